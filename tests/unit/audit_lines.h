/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An audit log as text lines, which tests take apart, put together wrongly and have checked. */
#ifndef LUWATCH_TEST_AUDIT_LINES_H
#define LUWATCH_TEST_AUDIT_LINES_H

#include "audit/chain.h"

#define RECORDS 8

struct log {
	char *lines[RECORDS + 4];
	size_t count;
};

/* Of one machine; made by make_keys(), which is a group's setup. */
extern struct lw_audit_key private_key, public_key;
int make_keys(void **state);

char *make_line(uint64_t seq, const uint8_t prev[LW_AUDIT_HASH], enum lw_audit_kind kind,
		const char *word, bool sign, uint8_t hash[LW_AUDIT_HASH]);

/* Records FIRST to FIRST + RECORDS - 1 of a log that says WORD. */
void make_log(struct log *log, uint64_t first, const char *word, bool sign);
void free_log(struct log *log);
char *join(const struct log *log);
void take_out(struct log *log, size_t at);
void put_in(struct log *log, size_t at, char *line);
void hash_of(const char *line, uint8_t hash[LW_AUDIT_HASH], uint8_t prev[LW_AUDIT_HASH]);

/* The anchor of line AT of a log that begins with record 1; the caller frees it. */
char *anchor_of(const struct log *log, size_t at);

/* Checks TEXT as the only file of a log; ANCHOR may be NULL; KEY: against public_key. */
void check_text(const char *text, size_t length, const char *anchor, bool key,
		struct lw_audit_verdict *verdict);

/* Expects the break at record SEQ, and that the chain holds up to HELD. */
void expect(const struct log *log, const char *anchor, bool key, enum lw_audit_break broken,
	    uint64_t seq, uint64_t held);

#endif
