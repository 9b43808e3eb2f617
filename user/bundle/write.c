/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing the archive, and the folder of a hand-over into it. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "audit/entry.h"
#include "base/io.h"
#include "bundle/bundle.h"
#include "log/archive.h"

#define FILE_LIMIT (256UL << 20)
#define EVIDENCE   "evidence.json"
#define ADDRESSES  "fault_addresses"

struct lw_bundle {
	const struct lw_archive *lib;
	struct archive *archive;
	char *name;
	bool addresses;
	struct lw_redaction redaction;
	time_t now;
	int error;
};

int lw_bundle_begin(struct lw_bundle **bundle, int fd, const char *name, bool addresses)
{
	struct lw_bundle *b = calloc(1, sizeof(*b));

	*bundle = b;
	if (!b)
		return -ENOMEM;
	b->name = lw_format("%s", name);
	b->addresses = addresses;
	b->now = time(NULL);
	b->lib = lw_archive_load();
	if (!b->lib)
		return b->error = -ENOSYS;
	b->archive = b->lib->archive_write_new();
	if (!b->archive || b->lib->archive_write_add_filter_gzip(b->archive) != ARCHIVE_OK ||
	    b->lib->archive_write_set_format_pax_restricted(b->archive) != ARCHIVE_OK ||
	    b->lib->archive_write_open_fd(b->archive, fd) != ARCHIVE_OK)
		b->error = -EIO;
	return b->error;
}

/* What writing ended with, where libarchive knows. */
static int failure(struct lw_bundle *b)
{
	int error = b->lib->archive_errno(b->archive);

	return error > 0 ? -error : -EIO;
}

static int put(struct lw_bundle *b, const char *name, const void *bytes, size_t length)
{
	LW_FREE char *path = lw_format("%s/%s", b->name, name);
	struct archive_entry *entry = b->error ? NULL : b->lib->archive_entry_new();

	if (!entry)
		return b->error = b->error ? b->error : -ENOMEM;
	b->lib->archive_entry_set_pathname(entry, path);
	b->lib->archive_entry_set_filetype(entry, AE_IFREG);
	b->lib->archive_entry_set_perm(entry, 0640);
	b->lib->archive_entry_set_size(entry, (la_int64_t)length);
	b->lib->archive_entry_set_mtime(entry, b->now, 0);
	if (b->lib->archive_write_header(b->archive, entry) != ARCHIVE_OK ||
	    b->lib->archive_write_data(b->archive, bytes, length) != (la_ssize_t)length)
		b->error = failure(b);
	b->lib->archive_entry_free(entry);
	return b->error;
}

int lw_bundle_add(struct lw_bundle *b, const char *name, const char *text, size_t length)
{
	LW_FREE char *redacted = NULL;

	if (b->error || b->addresses)
		return put(b, name, text, length);
	redacted = lw_redact_text(&b->redaction, text, length, &length);
	return redacted ? put(b, name, redacted, length) : (b->error = -ENOMEM);
}

static bool is_carrier(const json_t *evidence, const char *name)
{
	const json_t *item;
	const char *file;
	size_t i;

	json_array_foreach(json_object_get(evidence, "carriers"), i, item) {
		file = json_string_value(json_object_get(item, "file"));
		if (file && !strcmp(file, name))
			return true;
	}
	return false;
}

/* Another content has another hash. One that was wrong before stays wrong: it was changed by
 * others. */
static void note_hash(json_t *evidence, const char *name, const uint8_t before[LW_AUDIT_HASH],
		      const void *bytes, size_t length)
{
	json_t *file = json_object_get(json_object_get(evidence, "files"), name);
	const char *saved = json_string_value(json_object_get(file, "sha256"));
	char text[LW_AUDIT_HASH_TEXT];
	uint8_t hash[LW_AUDIT_HASH];

	if (!saved || strcmp(saved, lw_audit_hash_text(before, text)))
		return;
	lw_audit_hash(bytes, length, hash);
	json_object_set_new(file, "bytes", json_integer((json_int_t)length));
	json_object_set_new(file, "sha256", json_string(lw_audit_hash_text(hash, text)));
}

static int add_file(struct lw_bundle *b, json_t *evidence, const char *folder, const char *name)
{
	LW_FREE char *path = lw_format("%s/%s", folder, name);
	LW_FREE char *inside = lw_format(LW_BUNDLE_HANDOVER "/%s", name);
	LW_FREE uint8_t *bytes = NULL;
	LW_FREE char *redacted = NULL;
	uint8_t before[LW_AUDIT_HASH];
	size_t length;
	int r = lw_read_own_file(path, FILE_LIMIT, &bytes, &length);

	if (r || b->addresses)
		return r ? r : put(b, inside, bytes, length);
	lw_audit_hash(bytes, length, before);
	lw_redact_records(&b->redaction, bytes, length);
	if (is_carrier(evidence, name)) {
		/* pstore keeps records and the kernel's log in one file. */
		lw_redact_in_place(&b->redaction, (char *)bytes, length);
		note_hash(evidence, name, before, bytes, length);
		return put(b, inside, bytes, length);
	}
	redacted = lw_redact_text(&b->redaction, (char *)bytes, length, &length);
	if (!redacted)
		return b->error = -ENOMEM;
	note_hash(evidence, name, before, redacted, length);
	return put(b, inside, redacted, length);
}

/* Ordinary files in the order of their names; evidence.json, which has their hashes, behind them.
 */
static int add_files(struct lw_bundle *b, json_t *evidence, const char *folder)
{
	struct dirent **items = NULL;
	int count = scandir(folder, &items, NULL, alphasort), i, r = count < 0 ? -errno : 0;

	for (i = 0; i < count; i++) {
		if (!r && items[i]->d_name[0] != '.' && strcmp(items[i]->d_name, EVIDENCE))
			r = add_file(b, evidence, folder, items[i]->d_name);
		free(items[i]);
	}
	free(items);
	return r;
}

int lw_bundle_add_handover(struct lw_bundle *b, const char *folder)
{
	LW_FREE char *path = lw_format("%s/" EVIDENCE, folder), *text = NULL;
	LW_FREE uint8_t *bytes = NULL;
	json_t *evidence;
	size_t length;
	int r = lw_read_own_file(path, FILE_LIMIT, &bytes, &length);

	if (r)
		return r;
	evidence = json_loadb((char *)bytes, length, 0, NULL);
	r = add_files(b, evidence, folder);
	if (!r && evidence && !b->addresses) {
		json_object_set_new(evidence, ADDRESSES, json_string("numbered"));
		text = json_dumps(evidence, JSON_INDENT(1));
		r = text ? put(b, LW_BUNDLE_HANDOVER "/" EVIDENCE, text, strlen(text)) : -ENOMEM;
	} else if (!r) {
		r = put(b, LW_BUNDLE_HANDOVER "/" EVIDENCE, bytes, length);
	}
	json_decref(evidence);
	return r;
}

int lw_bundle_end(struct lw_bundle *b)
{
	int r = b ? b->error : -ENOMEM;

	if (!b)
		return r;
	if (b->archive && b->lib->archive_write_close(b->archive) != ARCHIVE_OK && !r)
		r = failure(b);
	if (b->archive)
		b->lib->archive_write_free(b->archive);
	lw_redaction_free(&b->redaction);
	free(b->name);
	free(b);
	return r;
}

bool lw_bundle_is_redacted(const char *folder)
{
	LW_FREE char *path = lw_format("%s/" EVIDENCE, folder);
	LW_FREE uint8_t *bytes = NULL;
	json_t *evidence;
	bool numbered;
	size_t length;

	if (lw_read_own_file(path, FILE_LIMIT, &bytes, &length))
		return false;
	evidence = json_loadb((char *)bytes, length, 0, NULL);
	numbered = json_object_get(evidence, ADDRESSES) != NULL;
	json_decref(evidence);
	return numbered;
}
