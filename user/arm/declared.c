/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The declared set as a text file. A malformed line refuses the whole text: half a set would make
 * the report accuse the wrong device.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/declared.h"
#include "base/id.h"
#include "base/io.h"
#include "base/search.h"

#define DECLARED_LIMIT (1 << 20)

void lw_declared_free(struct lw_declared *set)
{
	free(set->rids);
	memset(set, 0, sizeof(*set));
}

/* Index of RID, or of the place where it belongs. */
static size_t place(const struct lw_declared *set, uint64_t rid, bool *found)
{
	size_t at = lw_first_place(set->count, i, set->rids[i] < rid);

	*found = at < set->count && set->rids[at] == rid;
	return at;
}

int lw_declared_add(struct lw_declared *set, uint64_t rid)
{
	uint64_t *grown;
	size_t at;
	bool found;

	at = place(set, rid, &found);
	if (found)
		return -EEXIST;
	if (set->count >= LW_DECLARED_MAX)
		return -ENOSPC;
	grown = realloc(set->rids, (set->count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	set->rids = grown;
	memmove(&grown[at + 1], &grown[at], (set->count - at) * sizeof(*grown));
	grown[at] = rid;
	set->count++;
	set->known = true;
	return 0;
}

int lw_declared_remove(struct lw_declared *set, uint64_t rid)
{
	size_t at;
	bool found;

	at = place(set, rid, &found);
	if (!found)
		return -ENOENT;
	memmove(&set->rids[at], &set->rids[at + 1], (set->count - at - 1) * sizeof(*set->rids));
	set->count--;
	return 0;
}

/* Takes one line without its newline; returns what is wrong with it, or NULL. */
static const char *take_line(struct lw_declared *set, const char *line, size_t length)
{
	char word[64];
	uint64_t rid;
	size_t n;

	if (memchr(line, '\0', length))
		return "it has a NUL byte";
	n = strcspn(line, "#\n");
	if (n < length)
		length = n;
	while (length && isspace((unsigned char)*line)) {
		line++;
		length--;
	}
	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	if (!length)
		return NULL;
	if (length >= sizeof(word))
		return "it is no requester ID (ssss:bb:dd.f)";
	memcpy(word, line, length);
	word[length] = '\0';
	if (lw_rid_parse(word, &rid))
		return "it is no requester ID (ssss:bb:dd.f)";
	switch (lw_declared_add(set, rid)) {
	case 0:
		return NULL;
	case -EEXIST:
		return "it repeats an earlier line";
	case -ENOSPC:
		return "there are more than 4096 requester IDs";
	default:
		return "out of memory";
	}
}

int lw_declared_parse(const char *text, size_t length, struct lw_declared *set,
		      void (*say)(int line, const char *problem, void *data), void *data)
{
	const char *at = text, *end = text + length, *newline, *problem;
	int number = 0, bad = 0;

	memset(set, 0, sizeof(*set));
	set->known = true;
	while (at < end) {
		newline = memchr(at, '\n', end - at);
		if (!newline)
			newline = end;
		number++;
		problem = take_line(set, at, newline - at);
		if (problem) {
			bad++;
			if (say)
				say(number, problem, data);
		}
		at = newline + 1;
	}
	if (!bad)
		return 0;
	lw_declared_free(set);
	return -EINVAL;
}

char *lw_declared_format(const struct lw_declared *set)
{
	char *text = NULL, rid[LW_RID_TEXT];
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (i = 0; i < set->count; i++)
		fprintf(out, "%s\n", lw_rid_format(set->rids[i], rid));
	return fclose(out) ? NULL : text;
}

int lw_declared_load(const char *state, struct lw_declared *set)
{
	LW_FREE char *path = lw_format("%s/declared", state);
	LW_FREE uint8_t *text = NULL;
	size_t length;
	int r = lw_read_file(path, DECLARED_LIMIT, &text, &length);

	memset(set, 0, sizeof(*set));
	if (r == -ENOENT)
		return 0;
	if (r)
		return r;
	return lw_declared_parse((char *)text, length, set, NULL, NULL);
}

int lw_declared_save(const char *state, const struct lw_declared *set)
{
	LW_FREE char *path = lw_format("%s/declared", state);
	LW_FREE char *text = lw_declared_format(set);
	int r;

	if (!text)
		return -ENOMEM;
	r = lw_make_directory(state);
	return r ? r : lw_write_file(path, text, strlen(text), 0640);
}
