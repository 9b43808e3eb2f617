/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes that somebody wrote as lines of other characters: base64, uuencode, and what hexdump, xxd and
 * od print. Pure.
 */
#ifndef LUWATCH_LOG_CODED_H
#define LUWATCH_LOG_CODED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LW_CODED_ROW 1024 /* longer lines are base64 */

enum lw_coding {
	LW_CODED_NONE,
	LW_CODED_BASE64,
	LW_CODED_UU,
	LW_CODED_HEX,	/* xxd -p */
	LW_CODED_BYTES, /* hexdump -C, od -t x1: an offset and bytes */
	LW_CODED_GROUPS, /* xxd: an offset with a colon, and groups of bytes */
	LW_CODED_WORDS, /* hexdump, od -x: words of this machine's order, little-endian */
	LW_CODED_OCTAL, /* od */
	LW_CODED_CHARS, /* od -c, hexdump -c */
};

struct lw_coded {
	enum lw_coding coding;
	uint32_t bits; /* base64: what the line before left over */
	unsigned int count;
	bool ended;
	bool pieces; /* base64: lines may have ends of their own */
};

/*
 * A line of the coding in CODED: writes its bytes to OUT, which has room for LENGTH and for 16, and
 * returns how many; -1 when it is no such line.
 */
ssize_t lw_coded_line(struct lw_coded *coded, const char *line, size_t length, char *out);

/*
 * The coding of a block that announces itself by what its first line holds: text or something
 * compressed. NEXT is the line behind, of no length when there is none.
 */
enum lw_coding lw_coded_begins(const char *line, size_t length, const char *next, size_t next_length);

/* "begin 644 NAME" */
bool lw_coded_is_uu(const char *line, size_t length);

/* All of STRING is base64 with perhaps line ends, and of what is worth a look. OUT: room for LENGTH. */
ssize_t lw_coded_string(const char *string, size_t length, char *out);

/* What is compressed, by its first bytes. */
bool lw_coded_is_packed(const char *bytes, size_t length);

#endif
