// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Making and checking proofs. A proof comes from whoever wants to be believed: everything in it is
 * input from outside, and what it proves follows from the signed checkpoint alone.
 */
#include "audit/proof.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/entry.h"
#include "base/io.h"

#define RECORD_FORM "c2sp.org/tlog-proof@v1\n"
#define GROWTH_FORM "luwatch/tlog-growth@v1\n"
#define BASE64	    sodium_base64_VARIANT_ORIGINAL
#define HASH_TEXT   45

static void put_path(FILE *out, const struct lw_tree_path *path)
{
	char text[HASH_TEXT];
	size_t i;

	for (i = 0; i < path->count; i++)
		fprintf(out, "%s\n",
			sodium_bin2base64(text, sizeof(text), path->hashes[i].bytes, LW_AUDIT_HASH,
					  BASE64));
}

char *lw_proof_of_record(const struct lw_tree_hash *leaves, uint64_t size, uint64_t seq,
			 const char *line, const char *checkpoint)
{
	size_t length = strlen(line), room = sodium_base64_encoded_len(length, BASE64), written;
	LW_FREE char *extra = malloc(room);
	struct lw_tree_path path;
	char *text = NULL;
	FILE *out = extra ? open_memstream(&text, &written) : NULL;

	if (!out)
		return NULL;
	sodium_bin2base64(extra, room, (const uint8_t *)line, length, BASE64);
	lw_tree_inclusion(leaves, size, seq - 1, &path);
	fprintf(out, RECORD_FORM "extra %s\nindex %" PRIu64 "\n", extra, seq - 1);
	put_path(out, &path);
	fprintf(out, "\n%s", checkpoint);
	return fclose(out) ? NULL : text;
}

char *lw_proof_of_growth(const struct lw_tree_hash *leaves, uint64_t first, const char *earlier,
			 uint64_t size, const char *checkpoint)
{
	struct lw_tree_path path;
	char *text = NULL;
	size_t written;
	FILE *out = open_memstream(&text, &written);

	if (!out)
		return NULL;
	lw_tree_consistency(leaves, first, size, &path);
	fputs(GROWTH_FORM, out);
	put_path(out, &path);
	/* The length says where the earlier note ends: it has empty lines of its own. */
	fprintf(out, "earlier %zu\n\n%s%s", strlen(earlier), earlier, checkpoint);
	return fclose(out) ? NULL : text;
}

struct reader {
	const char *at, *end;
};

/* The next line without its newline; its length, or -1 when there is none. */
static ssize_t next_line(struct reader *r, const char **line)
{
	const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at));

	if (!newline)
		return -1;
	*line = r->at;
	r->at = newline + 1;
	return newline - *line;
}

static bool take(struct reader *r, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(r->end - r->at) < length || memcmp(r->at, text, length))
		return false;
	r->at += length;
	return true;
}

/* A decimal number behind NAME, alone on its line, without leading zeros. */
static bool take_number(struct reader *r, const char *name, uint64_t *number)
{
	const char *line;
	char text[24], again[24];
	ssize_t length;

	if (!take(r, name))
		return false;
	length = next_line(r, &line);
	if (length < 1 || (size_t)length >= sizeof(text))
		return false;
	memcpy(text, line, (size_t)length);
	text[length] = '\0';
	errno = 0;
	*number = strtoull(text, NULL, 10);
	snprintf(again, sizeof(again), "%" PRIu64, *number);
	return !errno && !strcmp(text, again);
}

/* The hashes up to a line that is none, which is not consumed. */
static bool take_path(struct reader *r, struct lw_tree_path *path)
{
	const char *line;
	struct reader ahead = *r;
	ssize_t length;
	size_t got;

	for (path->count = 0;; path->count++) {
		length = next_line(&ahead, &line);
		if (length != HASH_TEXT - 1)
			return true;
		if (path->count == LW_TREE_PATH ||
		    sodium_base642bin(path->hashes[path->count].bytes, LW_AUDIT_HASH, line,
				      (size_t)length, NULL, &got, NULL, BASE64) ||
		    got != LW_AUDIT_HASH)
			return false;
		*r = ahead;
	}
}

/* The line of the record as the extra data has it, which must be a record in itself. */
static bool take_record(struct reader *r, struct lw_proof *proof, struct lw_audit_line *line)
{
	const char *text;
	ssize_t length;
	size_t got;

	if (!take(r, "extra "))
		return false;
	length = next_line(r, &text);
	if (length < 1 || (size_t)length > LW_PROOF_MAX)
		return false;
	proof->line = malloc((size_t)length + 1);
	if (!proof->line || sodium_base642bin((uint8_t *)proof->line, (size_t)length, text,
					      (size_t)length, NULL, &got, NULL, BASE64))
		return false;
	proof->line[got] = '\0';
	return !lw_audit_line_parse(proof->line, got, line) && line->valid;
}

static enum lw_proof_answer answer_of(int error)
{
	return error == -EKEYREJECTED ? LW_PROOF_UNSIGNED : LW_PROOF_MALFORMED;
}

static enum lw_proof_answer check_record(struct reader *r, const struct lw_audit_key *key,
					 struct lw_proof *proof)
{
	struct lw_audit_line line = {};
	struct lw_tree_path path;
	uint64_t index;
	int error;

	if (!take_record(r, proof, &line) || !take_number(r, "index ", &index) ||
	    !take_path(r, &path) || !take(r, "\n"))
		return LW_PROOF_MALFORMED;
	error = lw_checkpoint_parse(r->at, (size_t)(r->end - r->at), key, &proof->checkpoint);
	if (error)
		return answer_of(error);
	proof->seq = line.seq;
	if (line.seq != index + 1 ||
	    !lw_tree_included(lw_tree_leaf(line.hash), index, proof->checkpoint.size, &path,
			      proof->checkpoint.root))
		return LW_PROOF_FALSE;
	return LW_PROOF_HOLDS;
}

static enum lw_proof_answer check_growth(struct reader *r, const struct lw_audit_key *key,
					 struct lw_proof *proof)
{
	struct lw_tree_path path;
	uint64_t length;
	int error;

	if (!take_path(r, &path) || !take_number(r, "earlier ", &length) || !take(r, "\n") ||
	    length > (uint64_t)(r->end - r->at))
		return LW_PROOF_MALFORMED;
	error = lw_checkpoint_parse(r->at, length, key, &proof->earlier);
	if (!error)
		error = lw_checkpoint_parse(r->at + length, (size_t)(r->end - r->at) - length, key,
					    &proof->checkpoint);
	if (error)
		return answer_of(error);
	if (strcmp(proof->earlier.machine, proof->checkpoint.machine) ||
	    !lw_tree_consistent(proof->earlier.size, proof->earlier.root, proof->checkpoint.size,
				proof->checkpoint.root, &path))
		return LW_PROOF_FALSE;
	return LW_PROOF_HOLDS;
}

enum lw_proof_answer lw_proof_check(const char *text, size_t length,
				    const struct lw_audit_key *key, struct lw_proof *proof)
{
	struct reader r = { text, text + length };

	*proof = (struct lw_proof){ .seq = 0 };
	if (length > LW_PROOF_MAX)
		return LW_PROOF_MALFORMED;
	if (take(&r, RECORD_FORM))
		return check_record(&r, key, proof);
	if (take(&r, GROWTH_FORM))
		return check_growth(&r, key, proof);
	return LW_PROOF_MALFORMED;
}
