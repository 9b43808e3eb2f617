// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes audit logs for the tests of tampering: lines with right hashes and links, also where a
 * forger would have made them, and the check of the text that comes of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "audit/answer.h"
#include "audit/rows.h"
#include "audit_lines.h"
#include "base/io.h"

#define MACHINE "0123456789abcdef0123456789abcdef"

struct lw_audit_key private_key, public_key;

char *make_line(uint64_t seq, const uint8_t prev[LW_AUDIT_HASH], enum lw_audit_kind kind,
		const char *word, bool sign, uint8_t hash[LW_AUDIT_HASH])
{
	struct lw_audit_stamp stamp = { .seq = seq, .boot_id = "b", .machine = MACHINE };
	struct lw_audit_actor actor = { .loginuid = 1000, .session = 3, .command = "test" };
	struct lw_audit_event event = { .kind = kind, .actor = &actor };
	json_t *detail = json_pack("{ss}", "word", word);
	char *line;

	stamp.time.tv_sec = 1700000000 + (time_t)seq;
	stamp.boot_ns = seq;
	memcpy(stamp.prev, prev, LW_AUDIT_HASH);
	event.detail = detail;
	line = lw_audit_record_format(&stamp, &event, sign ? &private_key : NULL, hash);
	json_decref(detail);
	assert_non_null(line);
	return line;
}

void make_log(struct log *log, uint64_t first, const char *word, bool sign)
{
	uint8_t hash[LW_AUDIT_HASH] = { 0 };
	enum lw_audit_kind kind = first == 1 ? LW_AUDIT_LOG_STARTED : LW_AUDIT_LOG_OPENED;
	size_t i;

	if (first > 1)
		memset(hash, 0x5a, sizeof(hash));
	log->count = RECORDS;
	for (i = 0; i < RECORDS; i++) {
		log->lines[i] = make_line(first + i, hash, kind, word, sign, hash);
		kind = LW_AUDIT_NOTE;
	}
}

void free_log(struct log *log)
{
	while (log->count)
		free(log->lines[--log->count]);
}

char *join(const struct log *log)
{
	char *text = strdup(""), *longer;
	size_t i;

	for (i = 0; i < log->count; i++) {
		longer = lw_format("%s%s", text, log->lines[i]);
		free(text);
		text = longer;
	}
	return text;
}

void check_text(const char *text, size_t length, const char *anchor, bool key,
		struct lw_audit_verdict *verdict)
{
	char path[] = "/tmp/luwatch-audit-XXXXXX", *paths[] = { path };
	struct lw_audit_kept kept;
	struct lw_audit_chain chain = { .anchors = &kept, .key = key };
	struct lw_audit_rows rows;
	int fd = mkstemp(path);
	char *told;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), length);
	close(fd);
	if (anchor)
		assert_int_equal(lw_audit_kept_parse(anchor, &kept), 0);
	chain.anchor_count = anchor ? 1 : 0;
	assert_int_equal(lw_audit_rows_read(paths, 1, key ? &public_key : NULL, &rows, NULL), 0);
	unlink(path);
	chain.lines = rows.lines;
	chain.count = rows.count;
	lw_audit_chain_check(&chain, verdict);
	told = lw_audit_tell(&rows, verdict);
	assert_non_null(told);
	free(told);
	lw_audit_rows_free(&rows);
}

void expect(const struct log *log, const char *anchor, bool key, enum lw_audit_break broken,
	    uint64_t seq, uint64_t held)
{
	struct lw_audit_verdict verdict;
	char *text = join(log);

	check_text(text, strlen(text), anchor, key, &verdict);
	assert_string_equal(lw_audit_break_name(verdict.broken), lw_audit_break_name(broken));
	assert_int_equal(verdict.seq, seq);
	assert_int_equal(verdict.held, held);
	free(text);
}

void take_out(struct log *log, size_t at)
{
	free(log->lines[at]);
	log->count--;
	memmove(&log->lines[at], &log->lines[at + 1], (log->count - at) * sizeof(log->lines[0]));
}

void put_in(struct log *log, size_t at, char *line)
{
	memmove(&log->lines[at + 1], &log->lines[at], (log->count - at) * sizeof(log->lines[0]));
	log->lines[at] = line;
	log->count++;
}

void hash_of(const char *line, uint8_t hash[LW_AUDIT_HASH], uint8_t prev[LW_AUDIT_HASH])
{
	struct lw_audit_line parsed = { 0 };

	assert_int_equal(lw_audit_line_parse(line, strlen(line) - 1, &parsed), 0);
	memcpy(hash, parsed.hash, LW_AUDIT_HASH);
	memcpy(prev, parsed.prev, LW_AUDIT_HASH);
}

char *anchor_of(const struct log *log, size_t at)
{
	uint8_t hash[LW_AUDIT_HASH], prev[LW_AUDIT_HASH];
	struct lw_audit_anchor anchor = { .seq = at + 1 };

	hash_of(log->lines[at], hash, prev);
	memcpy(anchor.hash, hash, sizeof(hash));
	return lw_audit_anchor_format(&anchor);
}

int make_keys(void **state)
{
	char *line;
	int r;

	if (lw_audit_key_make(MACHINE, &private_key))
		return -1;
	line = lw_audit_key_format(&private_key, false);
	r = lw_audit_key_parse(line, &public_key);
	free(line);
	return r;
}
