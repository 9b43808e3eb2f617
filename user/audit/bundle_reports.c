// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reports of a bundle. Each is the bytes whose digest a record has; one that is not there was
 * removed as [state] keep says, and a record tells of it, or nobody knows why.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "audit/bundle_parts.h"
#include "base/escape.h"
#include "base/io.h"

#define REPORT_LIMIT (64u << 20)

struct search {
	struct lw_bundle_parts *parts;
	json_t *wanted;	  /* "ID-REVISION.json": digest */
	json_t *retained; /* ids that a record says were removed */
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void take(struct search *s, const char *bytes, size_t length)
{
	json_t *record = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	const char *kind = text_of(record, "kind"), *id = text_of(record, "handover");
	json_t *detail = json_object_get(record, "detail");

	if (!strcmp(kind, lw_audit_kind_name(LW_AUDIT_RETENTION))) {
		json_object_set_new(s->retained, id, json_true());
	} else if (!strcmp(kind, lw_audit_kind_name(LW_AUDIT_COLLECTED)) ||
		   !strcmp(kind, lw_audit_kind_name(LW_AUDIT_REVISED)) ||
		   !strcmp(kind, lw_audit_kind_name(LW_AUDIT_FINAL))) {
		LW_FREE char *name = lw_format("%s-%" JSON_INTEGER_FORMAT ".json", id,
					       json_integer_value(json_object_get(detail, "revision")));

		json_object_set_new(s->wanted, name, json_string(text_of(detail, "sha256")));
	}
	json_decref(record);
}

static int take_line(const char *bytes, size_t length, bool torn, void *data)
{
	if (!torn && memmem(bytes, length, "\"kind\":\"", 8))
		take(data, bytes, length);
	return 0;
}

static void check_file(struct search *s, const char *folder, const char *name)
{
	LW_FREE char *path = lw_format("%s/%s", folder, name), *shown = lw_escape(name, strlen(name), 0);
	const char *digest = json_string_value(json_object_get(s->wanted, name));
	char hex[LW_AUDIT_HASH_TEXT];
	uint8_t hash[LW_AUDIT_HASH];
	LW_FREE uint8_t *bytes = NULL;
	size_t length;
	int r;

	if (!digest) {
		lw_bundle_bad(s->parts, "no record speaks of reports/%s", shown);
		return;
	}
	r = lw_read_own_file(path, REPORT_LIMIT, &bytes, &length);
	if (!r)
		lw_audit_hash(bytes, length, hash);
	if (r)
		lw_bundle_bad(s->parts, "reports/%s cannot be read: %s", shown, strerror(-r));
	else if (strcmp(lw_audit_hash_text(hash, hex), digest))
		lw_bundle_bad(s->parts, "reports/%s is not the report that its record speaks of", shown);
	s->parts->report_count++;
	json_object_del(s->wanted, name);
}

static int check_files(struct search *s, const char *folder)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;

	if (!directory)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	while ((entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			check_file(s, folder, entry->d_name);
	closedir(directory);
	return 0;
}

/* Those that are left. */
static void check_missing(struct search *s)
{
	const char *name;
	json_t *digest;

	json_object_foreach(s->wanted, name, digest) {
		LW_FREE char *id = strndup(name, strcspn(name, "-"));

		if (json_object_get(s->retained, id)) {
			s->parts->retained++;
		} else {
			LW_FREE char *shown = lw_escape(name, strlen(name), 0);

			lw_bundle_unsure(s->parts, "the report %s is missing, and no record says that it was "
					 "removed", shown);
		}
	}
}

int lw_bundle_reports_check(struct lw_bundle_parts *p, const char *folder)
{
	LW_FREE char *records = lw_format("%s/records.jsonl", folder);
	LW_FREE char *reports = lw_format("%s/reports", folder);
	struct search s = { p, json_object(), json_object() };
	bool damaged;
	size_t i;
	int r = lw_audit_file_each_line(records, take_line, &s, &damaged);

	for (i = 0; i < p->proof_count; i++)
		if (!strcmp(p->proofs[i].line.kind, lw_audit_kind_name(LW_AUDIT_RETENTION)))
			take(&s, p->proofs[i].text, strlen(p->proofs[i].text));
	if (!r)
		r = check_files(&s, reports);
	if (!r)
		check_missing(&s);
	json_decref(s.wanted);
	json_decref(s.retained);
	return r;
}
