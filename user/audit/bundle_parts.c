// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading the parts of a bundle. Every file is one that somebody else made: no links, no pipes, nothing
 * larger than such a part can be, and nothing that no part of this program looks at.
 */
#include "audit/bundle_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/io.h"
#include "base/time.h"

#define ABOUT_LIMIT 65536

static void say(struct lw_bundle_parts *p, enum lw_audit_answer answer, const char *format, va_list args)
{
	if (answer > p->answer)
		p->answer = answer;
	fputs(answer == LW_AUDIT_NO ? "Broken: " : "Not sure: ", p->out);
	vfprintf(p->out, format, args);
	fputs(".\n", p->out);
}

void lw_bundle_bad(struct lw_bundle_parts *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(p, LW_AUDIT_NO, format, args);
	va_end(args);
}

void lw_bundle_unsure(struct lw_bundle_parts *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(p, LW_AUDIT_UNSURE, format, args);
	va_end(args);
}

bool lw_bundle_ends_with_checkpoint(const struct lw_bundle_parts *p, const char *text, size_t length)
{
	size_t note = strlen(p->note);

	return length > note + 2 && !memcmp(text + length - note, p->note, note) &&
	       text[length - note - 1] == '\n';
}

/* A part's bytes; what cannot be read is said. */
static char *part(struct lw_bundle_parts *p, const char *folder, const char *name, size_t limit,
		  size_t *length)
{
	LW_FREE char *path = lw_format("%s/%s", folder, name);
	LW_FREE char *shown = lw_escape(name, strlen(name), 0);
	uint8_t *bytes = NULL;
	int r = lw_read_own_file(path, limit, &bytes, length);

	if (r)
		lw_bundle_bad(p, "%s cannot be read: %s", shown, strerror(-r));
	return (char *)bytes;
}

static uint64_t time_in(const json_t *about, const char *key, uint64_t none)
{
	const char *text = json_string_value(json_object_get(about, key));
	uint64_t when;

	return text && !lw_time_read(text, &when) ? when : none;
}

static bool read_about(struct lw_bundle_parts *p, const char *folder)
{
	size_t length;
	LW_FREE char *text = part(p, folder, "bundle.json", ABOUT_LIMIT, &length);
	json_t *about = text ? json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *schema = json_string_value(json_object_get(about, "schema"));
	json_int_t first = json_integer_value(json_object_get(about, "first"));
	json_int_t last = json_integer_value(json_object_get(about, "last"));
	bool good = schema && !strcmp(schema, LW_AUDIT_BUNDLE_SCHEMA) && first > 0 && last >= first;

	p->first = (uint64_t)first;
	p->last = (uint64_t)last;
	p->since_ns = time_in(about, "since", 0);
	p->until_ns = time_in(about, "until", UINT64_MAX);
	json_decref(about);
	if (!good)
		lw_bundle_bad(p, "bundle.json is not " LW_AUDIT_BUNDLE_SCHEMA);
	return good;
}

static bool read_checkpoint(struct lw_bundle_parts *p, const char *folder)
{
	size_t length;

	p->note = part(p, folder, "checkpoint", LW_CHECKPOINT_MAX, &length);
	if (p->note && strlen(p->note) == length &&
	    !lw_checkpoint_parse(p->note, length, NULL, &p->checkpoint) &&
	    p->last <= p->checkpoint.size)
		return true;
	lw_bundle_bad(p, "the checkpoint is none of this stretch");
	return false;
}

/* A record of another machine is not made ours by a chain that fits. */
static bool is_ours(struct lw_bundle_parts *p, const char *bytes, size_t length)
{
	json_t *record = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	const char *machine = json_string_value(json_object_get(record, "machine"));
	bool ours = machine && !strcmp(machine, p->checkpoint.machine);

	json_decref(record);
	return ours;
}

static int add_proof(struct lw_bundle_parts *p, const char *name, const char *text, size_t length)
{
	LW_FREE char *shown = lw_escape(name, strlen(name), 0);
	struct lw_proof proof;
	struct lw_bundle_proof *grown, *one;
	LW_FREE char *expected = NULL;
	bool good = lw_proof_check(text, length, NULL, &proof) == LW_PROOF_HOLDS && proof.line &&
		    lw_bundle_ends_with_checkpoint(p, text, length);

	expected = lw_format("%" PRIu64 ".proof", proof.seq);
	if (!good || strcmp(name, expected) || !is_ours(p, proof.line, strlen(proof.line))) {
		lw_bundle_bad(p, "proofs/%s does not lead to the checkpoint", shown);
		free(proof.line);
		return 0;
	}
	grown = reallocarray(p->proofs, p->proof_count + 1, sizeof(*grown));
	if (!grown) {
		free(proof.line);
		return -ENOMEM;
	}
	p->proofs = grown;
	one = &p->proofs[p->proof_count++];
	*one = (struct lw_bundle_proof){ .text = proof.line };
	lw_audit_line_parse(one->text, strlen(one->text), &one->line);
	return 0;
}

static int add_growth(struct lw_bundle_parts *p, const char *name, char *text, size_t length)
{
	struct lw_bundle_growth *grown = reallocarray(p->growths, p->growth_count + 1, sizeof(*grown));

	if (!grown) {
		free(text);
		return -ENOMEM;
	}
	p->growths = grown;
	p->growths[p->growth_count++] =
		(struct lw_bundle_growth){ .name = strdup(name), .text = text, .length = length };
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct lw_bundle_proof *left = a, *right = b;

	return left->line.seq < right->line.seq ? -1 : left->line.seq > right->line.seq;
}

static int read_proofs(struct lw_bundle_parts *p, const char *folder)
{
	LW_FREE char *path = lw_format("%s/proofs", folder);
	DIR *directory = opendir(path);
	struct dirent *entry;
	size_t length;
	int r = 0;

	while (directory && !r && (entry = readdir(directory))) {
		LW_FREE char *text = NULL;

		if (*entry->d_name == '.')
			continue;
		text = part(p, path, entry->d_name, LW_PROOF_MAX, &length);
		if (text)
			r = add_proof(p, entry->d_name, text, length);
	}
	if (directory)
		closedir(directory);
	if (p->proof_count)
		qsort(p->proofs, p->proof_count, sizeof(*p->proofs), compare);
	return r;
}

/* What stands in the folder; a file that nothing proves must not look as if something did. */
static int read_names(struct lw_bundle_parts *p, const char *folder)
{
	static const char *const known[] = { "bundle.json", "records.jsonl", "checkpoint", "proofs",
					     "reports", "schema", "README", "first.pub" };
	DIR *directory = opendir(folder);
	struct dirent *entry;
	size_t i, length;
	int r = 0;

	if (!directory)
		return -errno;
	while (!r && (entry = readdir(directory))) {
		LW_FREE char *shown = lw_escape(entry->d_name, strlen(entry->d_name), 0);
		char *text;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (!strcmp(known[i], entry->d_name))
				break;
		if (i < sizeof(known) / sizeof(known[0]))
			continue;
		if (strncmp(entry->d_name, "extends-", 8)) {
			lw_bundle_bad(p, "%s is no part of a bundle: nothing proves it", shown);
			continue;
		}
		text = part(p, folder, entry->d_name, LW_PROOF_MAX, &length);
		if (text)
			r = add_growth(p, entry->d_name, text, length);
	}
	closedir(directory);
	return r;
}

static void read_key(struct lw_bundle_parts *p, const char *folder)
{
	LW_FREE char *path = lw_format("%s/first.pub", folder), *text = NULL;
	size_t length;

	if (!lw_exists(path))
		return;
	text = part(p, folder, "first.pub", 4096, &length);
	if (!text || sodium_init() < 0)
		return;
	if (lw_audit_key_parse(text, &p->own) || p->own.private)
		lw_bundle_bad(p, "first.pub is no public key");
	else
		p->own_key = &p->own;
}

/* What is no record at all the chain names better. */
static int look_at_machine(const char *bytes, size_t length, bool torn, void *data)
{
	struct lw_bundle_parts *p = data;
	struct lw_audit_line line = { 0 };

	p->whole = torn || lw_audit_line_parse(bytes, length, &line) || is_ours(p, bytes, length);
	return p->whole ? 0 : 1;
}

static int read_records(struct lw_bundle_parts *p, const char *folder)
{
	LW_FREE char *path = lw_format("%s/records.jsonl", folder);
	bool damaged;
	LW_CLOSE int fd = lw_open_ordinary(path, O_NOFOLLOW);
	char begin = 0;
	int r;

	/* Nothing that is compressed: what a reader unpacks is not what he sees. */
	if (fd < 0 || read(fd, &begin, 1) != 1 || begin != '{') {
		lw_bundle_bad(p, "records.jsonl cannot be read: %s",
			      fd < 0 ? strerror(-fd) : "it does not begin with a record: cut");
		return 0;
	}
	r = lw_audit_rows_read(&path, 1, NULL, &p->records, NULL);
	if (r)
		return r;
	p->whole = true;
	r = lw_audit_file_each_line(path, look_at_machine, p, &damaged);
	if (r == 1)
		lw_bundle_bad(p, "records.jsonl has a line of another machine than %s", p->checkpoint.machine);
	p->whole = p->whole && p->records.count;
	if (!p->records.count)
		lw_bundle_bad(p, "records.jsonl has no record: cut");
	return r < 0 ? r : 0;
}

int lw_bundle_parts_read(struct lw_bundle_parts *p, const char *folder)
{
	int r = read_names(p, folder);

	if (r || !read_about(p, folder) || !read_checkpoint(p, folder))
		return r;
	read_key(p, folder);
	r = read_proofs(p, folder);
	return r ? r : read_records(p, folder);
}

void lw_bundle_parts_free(struct lw_bundle_parts *p)
{
	while (p->proof_count)
		free(p->proofs[--p->proof_count].text);
	while (p->growth_count) {
		free(p->growths[--p->growth_count].name);
		free(p->growths[p->growth_count].text);
		free(p->growths[p->growth_count].proof.line);
	}
	free(p->proofs);
	free(p->growths);
	free(p->note);
	lw_audit_rows_free(&p->records);
}
