// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * luwatch audit export: a folder for an auditor who will never see this host (audit/bundle.h). Nothing
 * is summed up or made prettier: records and reports go out as the bytes that were hashed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/bundle.h"
#include "audit/files.h"
#include "audit/proof.h"
#include "base/io.h"
#include "base/message.h"
#include "base/time.h"
#include "collect/gather.h"
#include "command/audit.h"
#include "command/audit_grown.h"
#include "command/command.h"
#include "command/options.h"
#include "report/store.h"

#define SCHEMAS	     "/usr/share/luwatch"
#define REPORT_LIMIT (64u << 20)
#define SCHEMA_LIMIT (1u << 20)
#define MODE	     0640

struct export_options {
	struct lw_grown_options grown;
	const char *state, *schemas, *folder;
	const char *earlier[16];
	size_t earlier_count;
	uint64_t since, until;
};


static const struct argp_option options[] = {
	{ "since", 's', "TIME", 0, "Records from then on: " LW_TIME_FORMS, 0 },
	{ "until", 'u', "TIME", 0, "Records before that", 0 },
	{ "extends", 'x', "CHECKPOINT", 0,
	  "Prove that the log extends this earlier checkpoint; repeatable", 0 },
	LW_GROWN_OPTIONS,
	{ "schemas", 'c', "DIR", 0, "Where the schemas are (default " SCHEMAS ")", 0 },
	LW_OPTION_STATE,
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct export_options *o = state->input;

	switch (key) {
	case 's':
		o->since = lw_take_time(arg, true, state);
		return 0;
	case 'u':
		o->until = lw_take_time(arg, false, state);
		return 0;
	case 'x':
		if (o->earlier_count == sizeof(o->earlier) / sizeof(o->earlier[0]))
			argp_error(state, "too many checkpoints");
		o->earlier[o->earlier_count++] = arg;
		return 0;
	case 'c':
		o->schemas = arg;
		return 0;
	case 'S':
		o->state = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (o->folder)
			argp_error(state, "one folder, not \"%s\" too", arg);
		o->folder = arg;
		return 0;
	}
	return lw_grown_parse(key, arg, &o->grown);
}

/* What is under way. */
struct parcel {
	const struct export_options *o;
	struct lw_grown grown;
	uint64_t first, last, now; /* of the stretch; the record at hand */
	FILE *records;
	json_t *handovers; /* of reports in it */
	size_t reports, missing;
	int error;
};

static int put(const struct parcel *p, const char *name, const void *bytes, size_t length)
{
	LW_FREE char *path = lw_format("%s/%s", p->o->folder, name);
	FILE *file = fopen(path, "wex");
	int r = file ? 0 : -errno;

	if (file && fwrite(bytes, 1, length, file) != length)
		r = -EIO;
	if (file && fclose(file) && !r)
		r = -errno;
	if (r)
		lw_error("%s: %s", path, strerror(-r));
	return r;
}

static int make_folder(const struct parcel *p, const char *name)
{
	LW_FREE char *path = *name ? lw_format("%s/%s", p->o->folder, name) : strdup(p->o->folder);

	if (!mkdir(path, 0750))
		return 0;
	lw_error("%s: %s", path, strerror(errno));
	return -errno;
}

static int put_proof(struct parcel *p, uint64_t seq, const char *line)
{
	LW_FREE char *name = lw_format("proofs/%" PRIu64 ".proof", seq);
	LW_FREE char *proof =
		lw_proof_of_record(p->grown.leaves, p->grown.rows.count, seq, line, p->grown.note);

	return proof ? put(p, name, proof, strlen(proof)) : -ENOMEM;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* The bytes that were hashed, not the file's, which is laid out for people. */
static int put_report(struct parcel *p, const json_t *record)
{
	json_t *revision = json_object_get(json_object_get(record, "detail"), "revision"), *report;
	const char *id = text_of(record, "handover");
	LW_FREE char *source = NULL, *text = NULL, *name = NULL;
	LW_FREE uint8_t *bytes = NULL;
	size_t length;
	int r;

	if (!lw_store_is_id(id) || !json_is_integer(revision))
		return 0;
	json_object_set_new(p->handovers, id, json_true());
	name = lw_format("%s-%" JSON_INTEGER_FORMAT ".json", id, json_integer_value(revision));
	source = lw_format("%s/" LW_STORE_FOLDER "/%s/report-%" JSON_INTEGER_FORMAT ".json", p->o->state, id,
			   json_integer_value(revision));
	r = lw_read_own_file(source, REPORT_LIMIT, &bytes, &length);
	report = r ? NULL : json_loadb((char *)bytes, length, JSON_REJECT_DUPLICATES, NULL);
	text = report ? json_dumps(report, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	json_decref(report);
	if (!text) {
		lw_warn("%s: %s; the bundle is without it", source, r ? strerror(-r) : "no report");
		p->missing++;
		return 0;
	}
	p->reports++;
	free(source);
	source = lw_format("reports/%s", name);
	return put(p, source, text, strlen(text));
}

static bool is(const struct lw_audit_line *line, enum lw_audit_kind kind)
{
	return !strcmp(line->kind, lw_audit_kind_name(kind));
}

/* Whether an auditor needs a record that is not in the stretch. */
static bool wanted(const struct parcel *p, const struct lw_audit_line *line, const char *bytes,
		   size_t length)
{
	json_t *record;
	bool ours;

	if (line->seq + 1 == p->first || line->seq == p->last + 1 ||
	    line->seq == p->grown.rows.count || is(line, LW_AUDIT_KEY_CREATED) ||
	    is(line, LW_AUDIT_KEY_CHANGED))
		return true;
	if (!is(line, LW_AUDIT_RETENTION))
		return false;
	record = json_loadb(bytes, length, 0, NULL);
	ours = json_object_get(p->handovers, text_of(record, "handover"));
	json_decref(record);
	return ours;
}

static int take_ours(struct parcel *p, const struct lw_audit_line *line, const char *bytes, size_t length)
{
	json_t *record;
	int r = 0;

	fwrite(bytes, 1, length, p->records);
	fputc('\n', p->records);
	if (is(line, LW_AUDIT_COLLECTED) || is(line, LW_AUDIT_REVISED) || is(line, LW_AUDIT_FINAL)) {
		record = json_loadb(bytes, length, 0, NULL);
		r = put_report(p, record);
		json_decref(record);
	}
	return r;
}

static int take(const char *bytes, size_t length, bool torn, void *data)
{
	struct parcel *p = data;
	const struct lw_audit_line *line = &p->grown.rows.lines[p->now];
	bool ours = line->seq >= p->first && line->seq <= p->last;

	if (torn || p->now == p->grown.rows.count)
		return p->error = -EBADMSG; /* it was changed while we read it a second time */
	p->now++;
	if (ours)
		p->error = take_ours(p, line, bytes, length);
	if (!p->error && (ours ? line->seq == p->first || line->seq == p->last
			       : wanted(p, line, bytes, length))) {
		LW_FREE char *text = strndup(bytes, length);

		p->error = text ? put_proof(p, line->seq, text) : -ENOMEM;
	}
	return p->error;
}

static int put_records(struct parcel *p)
{
	LW_FREE char *path = lw_format("%s/records.jsonl", p->o->folder);
	const struct lw_audit_rows *rows = &p->grown.rows;
	bool damaged;
	size_t i;
	int r = 0;

	p->records = fopen(path, "wex");
	if (!p->records)
		return -errno;
	for (i = 0; i < rows->file_count && !r; i++)
		r = lw_audit_file_each_line(rows->files[i].path, take, p, &damaged);
	if ((ferror(p->records) | fclose(p->records)) && !r)
		r = -EIO;
	if (r)
		lw_error("%s: %s", path, strerror(-r));
	return r;
}

static int put_schemas(const struct parcel *p)
{
	static const char *const names[] = { "audit.schema.json", "audit-bundle.schema.json",
					     "report.schema.json", "summary.schema.json" };
	size_t i, length, found = 0;
	int r = make_folder(p, "schema");

	for (i = 0; i < sizeof(names) / sizeof(names[0]) && !r; i++) {
		LW_FREE char *from = lw_format("%s/%s", p->o->schemas, names[i]);
		LW_FREE char *to = lw_format("schema/%s", names[i]);
		LW_FREE uint8_t *bytes = NULL;

		if (lw_read_file(from, SCHEMA_LIMIT, &bytes, &length))
			continue;
		found++;
		r = put(p, to, bytes, length);
	}
	if (!r && !found)
		lw_warn("no schemas in %s; the bundle is without them", p->o->schemas);
	return r;
}

static json_t *time_json(uint64_t when)
{
	char text[LW_TIME_TEXT];

	lw_time_utc(when, 9, text);
	return *text ? json_string(text) : json_null();
}

static int put_about(const struct parcel *p)
{
	const char *machine = p->grown.note + strlen("luwatch/");
	json_t *about = json_pack("{ss, ss%, so, so, sI, sI, sI, ss}", "schema", LW_AUDIT_BUNDLE_SCHEMA,
				  "machine", machine, strcspn(machine, "\n"), "since",
				  time_json(p->o->since), "until", time_json(p->o->until), "first",
				  (json_int_t)p->first, "last", (json_int_t)p->last, "size",
				  (json_int_t)p->grown.rows.count, "agent", LW_VERSION);
	LW_FREE char *text = json_dumps(about, JSON_INDENT(1));
	LW_FREE char *line = lw_format("%s\n", text);

	json_decref(about);
	return put(p, "bundle.json", line, strlen(line));
}

/* The key that the log names first. */
static int put_first_key(const struct parcel *p)
{
	const struct lw_audit_rows *rows = &p->grown.rows;
	LW_FREE char *line = NULL, *text = NULL;
	json_t *record;
	size_t i;

	for (i = 0; i < rows->count && !is(&rows->lines[i], LW_AUDIT_KEY_CREATED); i++)
		;
	if (i == rows->count)
		return 0;
	line = lw_grown_line(&p->grown, i + 1);
	record = line ? json_loads(line, 0, NULL) : NULL;
	text = lw_format("%s\n", text_of(json_object_get(record, "detail"), "public"));
	json_decref(record);
	return put(p, "first.pub", text, strlen(text));
}

static int put_growths(const struct parcel *p)
{
	int code = LW_EXIT_CLEAN;
	size_t i;

	for (i = 0; i < p->o->earlier_count && !code; i++) {
		LW_FREE char *name = lw_format("extends-%zu.proof", i + 1), *proof = NULL;

		code = lw_grown_extends(&p->grown, p->o->earlier[i], &proof);
		if (!code && put(p, name, proof, strlen(proof)))
			code = LW_EXIT_ERROR;
	}
	return code;
}

/* From the first record that is not older to the last one before: what lies between comes with them. */
static int find_stretch(struct parcel *p)
{
	const struct lw_audit_rows *rows = &p->grown.rows;
	size_t i;

	for (i = 0; i < rows->count; i++) {
		if (!p->first && rows->lines[i].time_ns >= p->o->since)
			p->first = rows->lines[i].seq;
		if (rows->lines[i].time_ns < p->o->until)
			p->last = rows->lines[i].seq;
	}
	if (p->first && p->last >= p->first)
		return LW_EXIT_CLEAN;
	lw_error("the log has no record of that time");
	return LW_EXIT_INCOMPLETE;
}

static int pack(struct parcel *p)
{
	int code = find_stretch(p), r;

	if (code)
		return code;
	r = make_folder(p, "");
	if (!r)
		r = make_folder(p, "proofs");
	if (!r)
		r = make_folder(p, "reports");
	if (!r)
		r = put_records(p);
	if (!r)
		r = put(p, "checkpoint", p->grown.note, strlen(p->grown.note));
	if (!r)
		r = put_about(p);
	if (!r)
		r = put_first_key(p);
	if (!r)
		r = put(p, "README", lw_audit_bundle_readme, strlen(lw_audit_bundle_readme));
	if (!r)
		r = put_schemas(p);
	code = r ? LW_EXIT_ERROR : put_growths(p);
	if (!code)
		printf("%s: records %" PRIu64 " to %" PRIu64 " of %zu, %zu reports%s\n", p->o->folder,
		       p->first, p->last, p->grown.rows.count, p->reports,
		       p->missing ? ", some are missing" : "");
	return code;
}

const struct argp lw_argp_audit_export = {
	.options = options,
	.parser = parse,
	.args_doc = "FOLDER",
	.doc = "Write into a new FOLDER what an auditor needs who will not see this host: the records of a "
	       "stretch of time, their reports, and proofs that they are in this log. `luwatch audit "
	       "verify FOLDER` checks it on any machine.",
};

int lw_audit_command_export(int argc, char **argv)
{
	struct export_options o = { .grown.log = LW_AUDIT_PATH,
				    .schemas = SCHEMAS,
				    .state = LW_STATE_DIR,
				    .until = UINT64_MAX };
	struct parcel parcel = { .o = &o };
	int code;

	argp_parse(&lw_argp_audit_export, argc, argv, 0, NULL, &o);
	if (!o.folder) {
		lw_error("into which new folder?");
		return LW_EXIT_USAGE;
	}
	parcel.handovers = json_object();
	code = lw_grow(&o.grown, &parcel.grown);
	if (!code)
		code = pack(&parcel);
	json_decref(parcel.handovers);
	lw_grown_free(&parcel.grown);
	return code;
}
