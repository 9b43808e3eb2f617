/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a text that are coded: of a mail in base64, of anything as a dump. Pure. */
#ifndef LUWATCH_LOG_MAIL_H
#define LUWATCH_LOG_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/coded.h"

struct lw_text;

/* What reads a text, as log/text.h has it: a part of a mail is a text again. */
struct lw_mail_reader {
	void (*begin)(struct lw_text *part, const struct lw_text *whole);
	void (*push)(struct lw_text *part, const char *bytes, size_t length);
	void (*end)(struct lw_text *part);
};

struct lw_mail {
	const struct lw_mail_reader *reader;
	enum { LW_MAIL_NONE, LW_MAIL_HEADERS, LW_MAIL_BODY } state;
	struct lw_text *part; /* reads what was decoded */
	struct lw_coded coded;
	bool begun;
	bool announced;	       /* by a header: what is not base64 is damage */
	enum lw_coding again;  /* a block of it came without a header: there may be more */
	char *packed;	       /* what is compressed waits for its end */
	size_t packed_length, packed_room;
};

/* Whether the line belongs to a coded part or its headers. A part's text is read as a log. */
bool lw_mail_line(struct lw_text *text, const char *line, size_t length);

/* The next line is the first of a block in CODING. */
void lw_mail_begin(struct lw_text *text, enum lw_coding coding);
void lw_mail_end(struct lw_text *text);

#endif
