/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch decode: the same from files, on any machine: a memory image of the pages carrier, a raw
 * or textual trace buffer, and kernel logs in whatever form somebody kept them. A folder of saved
 * evidence is judged as collect judges it.
 */
#include "command/decode.h"

#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/message.h"
#include "bundle/bundle.h"
#include "collect/case.h"
#include "command/command.h"
#include "command/options.h"
#include "log/document.h"
#include "log/source.h"
#include "record/decode.h"
#include "text/log.h"

#define FOLDER_DEPTH 2

static const struct argp_option options[] = {
	LW_OPTION_JSON,
	{ "json-lines", 'J', NULL, 0, "Print each fault of a log as JSON as it is found, and the "
					    "sum as the last line", 0 },
	LW_OPTION_VERBOSE("Show every fault, every line left out; of a report every entry and every "
			  "invariant"),
	{ "fail-on", 'F', "WHAT", 0, "Exit with 10 when there is a fault of this kind: any, "
					     "interrupt-remapping, caused-by-host, caused-by-request, "
					     "caused-by-mapping, a reason (0x06), or in a folder of "
					     "evidence a class (broken)", 0 },
	{ "ignore", 'i', "RID[:REASON]", 0, "For --fail-on: a fault that is known; may be given "
						   "several times", 0 },
	{ "known", 'k', "FILE", 0, "For --fail-on: a file of known faults, one RID[:REASON] a line",
	  0 },
	{},
};

static void read_known(struct argp_state *state, struct lw_decode_options *o, const char *path)
{
	unsigned int line;
	int r = lw_known_read(&o->known, path, &line);

	if (r && !line)
		argp_error(state, "%s: %s", path, strerror(-r));
	else if (r)
		argp_error(state, "%s: line %u is no RID[:REASON] like 0000:00:02.0:0x06", path, line);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct lw_decode_options *o = state->input;

	switch (key) {
	case 'J':
		o->lines = true;
		return 0;
	case 'F':
		if (lw_decode_fail_on(o, arg))
			argp_error(state, "\"%s\" is no kind of fault: any, a cause (luwatch explain "
					  "caused-by-host), a reason like 0x06, or a class", arg);
		return 0;
	case 'i':
		if (lw_known_add(&o->known, arg))
			argp_error(state, "\"%s\" is no RID[:REASON] like 0000:00:02.0:0x06", arg);
		return 0;
	case 'k':
		read_known(state, o, arg);
		return 0;
	case ARGP_KEY_ARG:
		return ARGP_ERR_UNKNOWN; /* all of them together: */
	case ARGP_KEY_ARGS:
		o->files = state->argv + state->next;
		o->file_count = (size_t)(state->argc - state->next);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "name a FILE, or - for standard input");
		return 0;
	}
	return lw_parse_common(key, arg, state);
}

/* Of FOLDER, for which people say NAME; TEMPORARY: it goes as soon as it is read, whatever ends us then. */
static int decode_evidence(const struct lw_decode_options *o, char *folder, const char *name, bool temporary)
{
	struct lw_case c;
	int code = LW_EXIT_ERROR, r = lw_case_load(folder, &c);

	if (temporary)
		lw_bundle_forget(folder);
	if (!r)
		code = lw_decode_report(o, &c.evidence);
	else if (r != -EBADMSG)
		lw_error("%s: %s", name, strerror(-r));
	lw_case_close(&c);
	return code;
}

/* The archive of `luwatch bugreport`: its hand-over. FOLDER is taken over. */
static int decode_bundle(struct lw_decode_options *o, char *folder)
{
	if (lw_bundle_is_redacted(folder))
		lw_warn("fault addresses below are numbers that stand for the real ones (luwatch-bugreport(8))");
	return decode_evidence(o, folder, o->files[0], true);
}

/* The archive cannot be taken as one: whether it is worth reading as a log, and what to do. */
static bool bundle_as_logs(const char *file, int error)
{
	const char *temporary = getenv("TMPDIR");

	if (error == -ENODATA) {
		lw_warn("%s is an archive of luwatch bugreport without a hand-over (its about.json says why): below "
			"is what its kernel log has, with numbers for fault addresses unless it was made "
			"with --addresses", file);
		return true;
	}
	if (error == -ENOMSG) {
		lw_error("%s is an archive of luwatch bugreport without a hand-over and without a kernel log (its "
			 "about.json says why): there is nothing in it to judge; get one that root made", file);
		return false;
	}
	if (error == -EBADMSG || error == -EFBIG) {
		lw_warn("%s is an archive of luwatch bugreport, but %s: below is what can be read of it as "
			"of any log, and no answer about its hand-over; get it once more",
			file, error == -EFBIG ? "too big" : "cut off or damaged");
		return true;
	}
	lw_error("%s is an archive of luwatch bugreport and cannot be unpacked below %s: %s; set TMPDIR to "
		 "a folder with room for it",
		 file, temporary && *temporary ? temporary : "/tmp", strerror(-error));
	return false;
}

/* A line of --json-lines. Each names the schema: whoever reads one need not wait for another. ITEM is taken over. */
static void print_line(json_t *item)
{
	json_t *line = json_pack("{s:s}", "schema", LW_SAVED_LINE_SCHEMA);

	if (line && item && !json_object_update(line, item))
		json_dumpf(line, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(line);
	json_decref(item);
}

static void line_of_fault(void *context, const struct lw_saved *log, const struct lw_saved_single *fault,
			  uint64_t times)
{
	print_line(lw_saved_fault_json(log, fault, times));
}

static void line_of_left(void *context, const struct lw_saved *log, const struct lw_saved_left *left)
{
	print_line(json_pack("{s:o}", "left_out", lw_saved_left_json(log, left)));
}

static int show_json(const struct lw_decode_options *o, const struct lw_saved *log)
{
	struct lw_pci_names *names;
	json_t *json;

	if (o->lines) {
		print_line(json_pack("{s:o}", "summary", lw_saved_summary(log)));
		return 0;
	}
	names = lw_pci_names_open(NULL);
	json = lw_saved_document(log, names);
	if (json)
		json_dumpf(json, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(json);
	lw_pci_names_close(names);
	return json ? 0 : -ENOMEM;
}

static int show_log(const struct lw_decode_options *o, const struct lw_saved *log)
{
	struct lw_style style = lw_style_for(stdout);
	struct lw_pci_names *names;

	if (!lw_saved_has_subject(log) && !o->common.json && !o->lines) {
		lw_error("no line about VT-d among %" PRIu64 ", and no records of luwatch: this is no "
			 "kernel log of a machine with VT-d, or the part with it is missing%s",
			 log->lines, log->amd_lines ? "; lines of AMD-Vi, another IOMMU, are not read" : "");
		return LW_EXIT_ERROR;
	}
	if (o->common.json || o->lines) {
		if (show_json(o, log))
			lw_error("out of memory");
	} else {
		names = lw_pci_names_open(NULL);
		lw_text_log(&style, log, names, o->common.verbose);
		lw_pci_names_close(names);
	}
	if (log->error) {
		lw_error("out of memory: not everything was counted");
		return LW_EXIT_ERROR;
	}
	if (lw_decode_fails(o, log))
		return LW_EXIT_VIOLATION;
	if (!lw_saved_has_subject(log))
		return LW_EXIT_ERROR;
	return lw_saved_complete(log) ? LW_EXIT_CLEAN : LW_EXIT_INCOMPLETE;
}

static void tell_unreadable(const char *path, int error)
{
	if (error == -EINVAL)
		lw_error("%s is a pipe or a device, which could hang: give what it says to standard "
			 "input (luwatch decode -)", path);
	else
		lw_error("%s: %s", path, strerror(-error));
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/*
 * The files of a folder (pstore's, or where systemd-pstore puts them), at most three levels deep; links in
 * it are not followed. Returns the first error of a file that could not be read.
 */
static int read_folder(struct lw_saved *log, char *path)
{
	char *roots[] = { path, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_COMFOLLOW, by_name);
	FTSENT *entry;
	int r = tree ? 0 : -errno, one;

	while (tree && (entry = fts_read(tree))) {
		if (entry->fts_info == FTS_D && entry->fts_level > FOLDER_DEPTH)
			fts_set(tree, entry, FTS_SKIP);
		if (entry->fts_info != FTS_F && entry->fts_info != FTS_DNR)
			continue;
		one = entry->fts_info == FTS_DNR ? -entry->fts_errno : lw_source_read(log, entry->fts_path);
		if (one)
			tell_unreadable(entry->fts_path, one);
		r = r ? r : one;
	}
	if (tree)
		fts_close(tree);
	return r;
}

static bool is_folder(const char *path)
{
	struct stat status;

	return strcmp(path, "-") && !stat(path, &status) && S_ISDIR(status.st_mode);
}

static int decode_logs(const struct lw_decode_options *o)
{
	struct lw_decoded decoded = {};
	struct lw_saved log;
	int code = LW_EXIT_CLEAN, r = 0;
	size_t i;

	lw_saved_init(&log);
	if (o->lines)
		log.sink = (struct lw_saved_sink){ line_of_fault, line_of_left, NULL };
	for (i = 0; i < o->file_count; i++) {
		if (is_folder(o->files[i])) {
			r = read_folder(&log, o->files[i]);
		} else {
			r = lw_source_read(&log, o->files[i]);
			if (r)
				tell_unreadable(o->files[i], r);
		}
		if (r)
			code = LW_EXIT_ERROR;
	}
	if (log.record_seen)
		r = lw_decode(log.records, log.record_length, &decoded);
	if (log.record_full)
		lw_error("records of luwatch beyond 1 GiB: not all were read");
	if (!code && (decoded.count || decoded.counts.newer || decoded.counts.damaged))
		code = lw_decode_records(o, &log);
	else if (!code || log.lines)
		code = code ? (show_log(o, &log), code) : show_log(o, &log);
	lw_decoded_free(&decoded);
	lw_saved_free(&log);
	return code;
}

const struct argp lw_argp_decode = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE|FOLDER|-...",
	.doc = "Read kernel logs in any form they were kept in, decode a saved trace buffer or memory "
	       "image, or judge a folder of saved evidence again. Of another folder every file is "
	       "read (/sys/fs/pstore). Works on any machine.\v"
	       "Of a log: compressed, in archives, as JSON, from the journal, wrapped, quoted or "
	       "coloured. Exit codes: 0 every line about a fault was understood, 3 something was left "
	       "out or is missing, 10 --fail-on found one, 1 nothing about VT-d or not readable, 2 "
	       "usage.",
};

int lw_command_decode(int argc, char **argv)
{
	struct lw_decode_options o = {};
	LW_FREE char *evidence = NULL;
	char *bundle = NULL;
	int r;

	argp_parse(&lw_argp_decode, argc, argv, 0, NULL, &o);
	r = o.file_count == 1 ? lw_bundle_open(o.files[0], &bundle) : 0;
	if (r == 1)
		return decode_bundle(&o, bundle);
	if (r && !bundle_as_logs(o.files[0], r))
		return LW_EXIT_ERROR;
	evidence = lw_format("%s/evidence.json", o.files[0]);
	if (o.file_count == 1 && strcmp(o.files[0], "-") && lw_exists(evidence))
		return decode_evidence(&o, o.files[0], o.files[0], false);
	return decode_logs(&o);
}
