/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading saved evidence. The same folder gives the same case on any machine at any time, which is
 * what makes a second `collect`, and a look at it years later, agree with the first.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/entry.h"
#include "base/fields.h"
#include "base/io.h"
#include "base/message.h"
#include "collect/boot.h"
#include "collect/case.h"
#include "collect/save.h"

#define CARRIER_LIMIT (128UL << 20)

static const char *text_of(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static uint64_t hex_of(json_t *object, const char *key)
{
	const char *text = text_of(object, key);

	return text ? strtoull(text, NULL, 0) : 0;
}

/* File names come from the JSON: only plain names in this folder are taken. */
static bool is_plain_name(const char *name)
{
	return name && *name && *name != '.' && !strchr(name, '/');
}

/* A file as it was saved; -EKEYREJECTED when it has changed since, -ESTALE when it was not saved. */
static int read_saved(const struct lw_case *c, const char *folder, const char *name, size_t limit,
		      uint8_t **bytes, size_t *length)
{
	LW_FREE char *path = lw_format("%s/%s", folder, name);
	json_t *saved = json_object_get(json_object_get(c->json, "files"), name);
	char text[LW_AUDIT_HASH_TEXT];
	uint8_t hash[LW_AUDIT_HASH];
	int r = lw_read_own_file(path, limit, bytes, length);

	if (r)
		return r;
	lw_audit_hash(*bytes, *length, hash);
	if (saved && text_of(saved, "sha256") &&
	    !strcmp(text_of(saved, "sha256"), lw_audit_hash_text(hash, text)))
		return 0;
	free(*bytes);
	*bytes = NULL;
	*length = 0;
	return saved ? -EKEYREJECTED : -ESTALE;
}

/* Why it cannot be used, in words. Allocated. */
static char *unusable(const char *name, int error)
{
	return lw_format("the saved %s cannot be used: %s", name,
			 error == -EKEYREJECTED ? "it was changed after it was saved"
			 : error == -ESTALE	? "it was not there when the evidence was saved"
			 : error == -ENOENT	? "it is missing"
			 : error == -EBADMSG	? "it is no ordinary file"
						: strerror(-error));
}

static void load_carrier(struct lw_case *c, const char *folder, json_t *item)
{
	size_t n = c->evidence.carried_count;
	const char *file = text_of(item, "file");
	struct lw_carried *carried = &c->carried[n];
	int r;

	if (n == LW_CASE_CARRIERS || !text_of(item, "name"))
		return;
	carried->name = text_of(item, "name");
	carried->expected = json_is_true(json_object_get(item, "expected"));
	carried->problem = text_of(item, "problem");
	if (is_plain_name(file)) {
		r = read_saved(c, folder, file, CARRIER_LIMIT, &c->bytes[n], &carried->length);
		if (r) {
			c->notes[n] = unusable(file, r);
			carried->problem = c->notes[n];
			carried->expected = true;
		}
		carried->bytes = c->bytes[n];
	}
	c->evidence.carried_count++;
}

static int load_device(struct lw_device *d, json_t *item)
{
	json_t *list = json_object_get(item, "aliases"), *alias;
	uint64_t *aliases;
	size_t i;

	if (!text_of(item, "rid") || lw_rid_parse(text_of(item, "rid"), &d->rid))
		return -EBADMSG;
	aliases = calloc(json_array_size(list) + 1, sizeof(*aliases));
	if (!aliases)
		return -ENOMEM;
	d->aliases = aliases;
	json_array_foreach(list, i, alias)
		if (json_is_string(alias) &&
		    !lw_rid_parse(json_string_value(alias), &aliases[d->alias_count]))
			d->alias_count++;
	d->vendor = json_integer_value(json_object_get(item, "vendor"));
	d->device = json_integer_value(json_object_get(item, "device"));
	d->name = text_of(item, "name");
	d->driver = text_of(item, "driver");
	d->assigned = json_is_true(json_object_get(item, "assigned"));
	d->rmrr = json_is_true(json_object_get(item, "rmrr"));
	return 0;
}

static int load_devices(struct lw_case *c)
{
	json_t *list = json_object_get(c->json, "devices"), *item;
	struct lw_evidence *e = &c->evidence;
	size_t i;
	int r = 0;

	c->devices = calloc(json_array_size(list) + 1, sizeof(*c->devices));
	if (!c->devices)
		return -ENOMEM;
	json_array_foreach(list, i, item) {
		r = load_device(&c->devices[e->device_count], item);
		if (r == -ENOMEM)
			return r;
		if (!r)
			e->device_count++;
	}
	e->devices = c->devices;
	return 0;
}

static int load_units(struct lw_case *c)
{
	json_t *list = json_object_get(c->json, "units"), *item;
	struct lw_unit_now *u;
	size_t i;

	c->units = calloc(json_array_size(list) + 1, sizeof(*c->units));
	if (!c->units)
		return -ENOMEM;
	json_array_foreach(list, i, item) {
		u = &c->units[c->evidence.unit_now_count++];
		u->reg_phys = hex_of(item, "reg_phys");
		u->name = text_of(item, "name") ? text_of(item, "name") : "?";
		u->rtaddr = hex_of(item, "rtaddr");
		u->gsts = hex_of(item, "gsts");
		u->stuck = json_is_true(json_object_get(item, "stuck"));
	}
	c->evidence.units_now = c->units;
	return 0;
}

/* {"5": "0x…", …}: the words of a page that are not zero. */
static void load_words(json_t *object, uint64_t words[512])
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		unsigned long index = strtoul(key, NULL, 10);

		if (index < 512 && json_is_string(value))
			words[index] = strtoull(json_string_value(value), NULL, 0);
	}
}

static int load_pages(struct lw_case *c)
{
	json_t *object = json_object_get(c->json, "pages"), *value;
	struct lw_page_now *page;
	const char *key;

	c->pages = calloc(json_object_size(object) + 1, sizeof(*c->pages));
	c->words = calloc(json_object_size(object) + 1, sizeof(*c->words));
	if (!c->pages || !c->words)
		return -ENOMEM;
	json_object_foreach(object, key, value) {
		uint64_t *words = c->words[c->evidence.page_now_count];

		page = &c->pages[c->evidence.page_now_count++];
		page->address = strtoull(key, NULL, 0);
		if (!json_is_object(value))
			continue;
		load_words(value, words);
		page->words = words;
	}
	c->evidence.pages_now = c->pages;
	return 0;
}

/* A part that cannot be used leaves the log without it, and that is said. */
static int feed_log(struct lw_case *c, const char *folder, const char *name)
{
	LW_FREE uint8_t *bytes = NULL;
	size_t length = 0;
	int r = read_saved(c, folder, name, LW_KMSG_RAW_LIMIT + 65536, &bytes, &length);

	if (!r)
		return lw_kernel_log_feed_saved(&c->log, (char *)bytes, length);
	if (r != -ENOMEM && !c->log_note)
		c->log_note = unusable(name, r);
	return r == -ENOMEM ? r : 0;
}

/* The journal's part is there only where it was needed. */
static int feed_logs(struct lw_case *c, const char *folder)
{
	int r = 0;

	if (json_object_get(json_object_get(c->json, "files"), "journal.bin"))
		r = feed_log(c, folder, "journal.bin");
	return r ? r : feed_log(c, folder, "kmsg.bin");
}

/* Where the kernel's log had lost its beginning, the journal's copy of it comes first. */
static int load_log(struct lw_case *c, const char *folder)
{
	struct lw_evidence *e = &c->evidence;
	int r = feed_logs(c, folder);
	size_t i;

	if (r)
		return r;
	e->log_problem = c->log_note ? c->log_note : text_of(c->json, "log_problem");
	e->log_faults = c->log.faults;
	e->log_fault_count = c->log.fault_count;
	e->log_complete = lw_kernel_log_complete(&c->log) && !e->log_problem;
	e->log_suppressed = c->log.suppressed;
	e->log_rejected = c->log.rejected;
	e->log_facts_lost = c->log.facts_dropped;
	for (i = 0; i < e->unit_now_count; i++)
		c->units[i].discarded =
			lw_kernel_log_says(&c->log, LW_FACT_TRANSLATION_ON, c->units[i].name) &&
			!lw_kernel_log_says(&c->log, LW_FACT_TABLES_COPIED, c->units[i].name);
	return 0;
}

static bool has_schema(const char *path, json_t *json)
{
	const char *schema = text_of(json, "schema");

	if (schema && !strcmp(schema, LW_EVIDENCE_SCHEMA))
		return true;
	lw_error("%s is of another version (%s, this luwatch reads %s): use the luwatch that saved it, or "
		 "a newer one", path, schema ? schema : "no schema", LW_EVIDENCE_SCHEMA);
	return false;
}

static void load_host(struct lw_case *c)
{
	struct lw_evidence *e = &c->evidence;
	const char *boot = text_of(c->json, "boot");

	e->boot = boot ? lw_word_index(&lw_boots, boot) : LW_BOOTS;
	if (e->boot == LW_BOOTS)
		e->boot = LW_BOOT_COLD;
	e->id_known = json_is_true(json_object_get(c->json, "id_known"));
	e->word_found = json_is_true(json_object_get(c->json, "word_found"));
	e->word_stale = json_is_true(json_object_get(c->json, "word_stale"));
	e->which_finding = text_of(c->json, "which_finding");
	e->which_doubt = text_of(c->json, "which_doubt");
	e->baseline_boot_id = text_of(c->json, "baseline_boot_id");
	e->kernel_new = text_of(c->json, "kernel");
	e->build_id_new = text_of(c->json, "build_id");
	e->boot_id_new = text_of(c->json, "boot_id");
	e->agent_new = text_of(c->json, "agent");
	e->machine_id = text_of(c->json, "machine_id");
	e->hostname = text_of(c->json, "hostname");
	e->collected_ns = json_integer_value(json_object_get(c->json, "collected_ns"));
	lw_field_count(c->json, "number", &e->number);
	e->boot_realtime_ns = json_integer_value(json_object_get(c->json, "boot_realtime_ns"));
	e->tables_late = json_is_true(json_object_get(c->json, "tables_late"));
	e->log_vtd = json_is_true(json_object_get(c->json, "vtd"));
	e->watch_from_ns = UINT64_MAX;
	e->next_lost = json_is_true(json_object_get(c->json, "next_lost"));
	if (e->next_lost) {
		/* That is this kernel, not the one that was started; and nothing more will come. */
		e->kernel_new = e->build_id_new = NULL;
		e->boot_realtime_ns = 0;
		e->log_vtd = false;
		e->final = true;
	}
	e->revision = json_integer_value(json_object_get(c->json, "revision"));
	if (!e->revision)
		e->revision = 1;
}

int lw_case_load(const char *folder, struct lw_case *c)
{
	LW_FREE char *path = lw_format("%s/evidence.json", folder);
	LW_FREE uint8_t *bytes = NULL;
	json_error_t error;
	json_t *item;
	size_t length, i;
	int r;

	memset(c, 0, sizeof(*c));
	lw_kernel_log_init(&c->log);
	r = lw_read_own_file(path, LW_EVIDENCE_MAX, &bytes, &length);
	if (r == -EBADMSG || r == -ELOOP)
		lw_error("%s is no ordinary file", path);
	if (r)
		return r == -ELOOP ? -EBADMSG : r;
	c->json = json_loadb((char *)bytes, length, JSON_REJECT_DUPLICATES, &error);
	if (!c->json || !text_of(c->json, "id") ||
	    lw_id_parse(text_of(c->json, "id"), &c->evidence.id)) {
		lw_error("%s is damaged: %s", path,
			 c->json ? "it has no hand-over id" : error.text);
		return -EBADMSG;
	}
	if (!has_schema(path, c->json))
		return -EBADMSG;
	load_host(c);
	c->evidence.carried = c->carried;
	json_array_foreach(json_object_get(c->json, "carriers"), i, item)
		load_carrier(c, folder, item);
	r = load_devices(c);
	if (!r)
		r = load_units(c);
	if (!r)
		r = load_pages(c);
	if (!r)
		r = load_log(c, folder);
	return r;
}

void lw_case_close(struct lw_case *c)
{
	size_t i;

	for (i = 0; i < LW_CASE_CARRIERS; i++) {
		free(c->bytes[i]);
		free(c->notes[i]);
	}
	for (i = 0; c->devices && i < c->evidence.device_count; i++)
		free((void *)c->devices[i].aliases);
	free(c->devices);
	free(c->units);
	free(c->pages);
	free(c->words);
	free(c->log_note);
	lw_kernel_log_free(&c->log);
	json_decref(c->json);
	memset(c, 0, sizeof(*c));
}
