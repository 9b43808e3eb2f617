// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as an audit log. Beyond "no harm": a chain that holds has no line without a good hash,
 * and what it says to hold lies within the file. A line that is read without a JSON parser reads the
 * same with it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "audit/chain.h"
#include "audit/entry.h"
#include "audit/scan.h"
#include "fuzz.h"

#define LINES 64

/* TEXT as a line up to its hash. */
static void compare(const char *text, size_t length)
{
	struct lw_audit_said said;
	json_t *record;
	char *whole;

	if (!lw_audit_scan(text, length, &said))
		return;
	whole = malloc(length + 1);
	MUST(whole);
	memcpy(whole, text, length);
	whole[length] = '}';
	record = json_loadb(whole, length + 1, JSON_REJECT_DUPLICATES, NULL);
	MUST(record && said.seq == json_integer_value(json_object_get(record, "seq")));
	MUST(!strcmp(said.prev, json_string_value(json_object_get(record, "prev"))));
	json_decref(record);
	free(whole);
}

/* LINES at most; returns how many. */
static size_t cut(const char *text, size_t size, struct lw_audit_line *lines)
{
	size_t n = 0;

	while (size && n < LINES) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;
		struct lw_audit_line *line = &lines[n];
		int r;

		memset(line, 0, sizeof(*line));
		line->number = ++n;
		r = lw_audit_line_parse(text, length, line);
		MUST(line->valid == !r);
		line->torn = !end;
		compare(text, length);
		text += length + !!end;
		size -= length + !!end;
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct lw_audit_line lines[LINES];
	struct lw_audit_chain chain = { .lines = lines };
	struct lw_audit_verdict verdict;
	size_t i;

	chain.count = cut((const char *)data, size, lines);
	memset(&verdict, 0xa5, sizeof(verdict));
	lw_audit_chain_check(&chain, &verdict);
	MUST(verdict.broken <= LW_AUDIT_FORGED);
	if (verdict.broken == LW_AUDIT_HOLDS)
		for (i = 0; i < chain.count; i++)
			MUST(lines[i].valid && lines[i].seq >= verdict.first &&
			     lines[i].seq <= verdict.held);
	else
		MUST(verdict.at == SIZE_MAX || verdict.at < chain.count);
	return 0;
}
