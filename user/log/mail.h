/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a mail that are in base64. Pure. */
#ifndef LUWATCH_LOG_MAIL_H
#define LUWATCH_LOG_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
	uint32_t bits;
	unsigned int count; /* of bits */
	bool begun, ended;
};

/* Whether the line belongs to a part in base64 or its headers. A part's text is read as a log. */
bool lw_mail_line(struct lw_text *text, const char *line, size_t length);
void lw_mail_end(struct lw_text *text);

#endif
