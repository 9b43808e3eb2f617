/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of plain text, of any length and any number, in blocks as they come. Pure. */
#ifndef LUWATCH_LOG_TEXT_H
#define LUWATCH_LOG_TEXT_H

#include "log/mail.h"
#include "log/passage.h"

#define LW_TEXT_DEPTH 4 /* containers in one another */

struct lw_text {
	struct lw_saved *log;
	struct lw_passage *passage;
	struct lw_saved_about about; /* what a container told of all of it; .line counts */
	unsigned int depth;	   /* containers around this one */
	unsigned int follow;	   /* so many more lines go into the passage */
	bool numbered;		   /* records of /dev/kmsg: numbers tell what is missing */
	bool sequence_known;
	uint64_t sequence;
	char *buffer; /* from the beginning of a line on */
	size_t length, room;
	uint64_t offset;    /* of the buffer in the text */
	size_t waiting;	    /* bytes that were pushed and not looked at */
	unsigned int nuls;  /* at the end of what was pushed, 4 or more are 4 */
	unsigned int width; /* of a character: so many less one NULs are part of it; 0 is 2 */
	bool carriage; /* ended the line before */
	struct lw_mail mail;
};

/* LINE: the number of the first line, 0 when its container has no numbers. */
void lw_text_init(struct lw_text *text, struct lw_passage *passage,
		  const struct lw_saved_about *about, unsigned int depth);
void lw_text_push(struct lw_text *text, const char *bytes, size_t length);

/* What was pushed is whole lines; the next one begins a block in CODING, of which there may be more. */
void lw_text_coded(struct lw_text *text, enum lw_coding coding);

/* The last line is over. The passage goes on. */
void lw_text_end(struct lw_text *text);

/* A whole string out of a container: its lines go into PASSAGE. */
void lw_text_string(struct lw_passage *passage, const struct lw_saved_about *about,
		    unsigned int depth, const char *bytes, size_t length);

/* "3,439,13396476,-;" at the beginning of BYTES. */
bool lw_text_is_kmsg(const char *bytes, size_t length, uint64_t *sequence);

#endif
