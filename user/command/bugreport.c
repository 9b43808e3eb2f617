/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch bugreport: what somebody else needs to look into what was seen here, in one archive. Each
 * part is what a command says, run as an operator would run it; a part that could not be had says why
 * and stops nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <jansson.h>

#include "base/io.h"
#include "base/message.h"
#include "base/time.h"
#include "bundle/bundle.h"
#include "bundle/parts.h"
#include "command/command.h"
#include "command/options.h"
#include "report/store.h"

struct options {
	struct lw_common common;
	const char *id, *output;
	bool addresses;
};

static const struct argp_option option_table[] = {
	{ "output", 'o', "FILE", 0, "Write it there, - for standard output (default: "
				    "luwatch-bugreport-HOST-TIME.tar.gz in this folder)", 0 },
	{ "addresses", 'A', NULL, 0, "With the fault addresses, which are tenants' data", 0 },
	LW_OPTION_STATE,
	{},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o':
		if (!*argument)
			argp_error(state, "--output is empty");
		o->output = argument;
		return 0;
	case 'A':
		o->addresses = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->id)
			argp_error(state, "one hand-over at a time");
		o->id = argument;
		return 0;
	}
	return lw_parse_common(key, argument, state);
}

const struct argp lw_argp_bugreport = {
	.options = option_table,
	.parser = parse,
	.args_doc = "[ID]",
	.doc = "Write an archive for whoever is to look into it: what check, status and preflight say, "
	       "the configuration, versions, the kernel's words about VT-d and kexec, and the evidence "
	       "of the last hand-over, or of the one whose id begins with ID.\v"
	       "Fault addresses are replaced by numbers unless --addresses is given. `luwatch decode "
	       "ARCHIVE` judges the hand-over in it on any machine. Exit codes: 0 all parts are in it, 3 "
	       "some are not (about.json and standard error say which), 1 nothing was written, 2 usage.",
};

/* "luwatch-bugreport-HOST-20261128T231931Z" */
static char *name_of(void)
{
	struct utsname host;
	struct tm utc;
	char when[32];
	time_t now = time(NULL);
	char *at;

	uname(&host);
	for (at = host.nodename; *at; at++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *at))
			*at = '_';
	gmtime_r(&now, &utc);
	strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &utc);
	return lw_format("luwatch-bugreport-%s-%s", host.nodename, when);
}

/* The folder of the hand-over that was asked for, or of the newest; NULL and why. */
static char *handover_of(const struct options *o, const char **why)
{
	json_t *list = NULL, *item;
	int r = lw_store_list(o->common.state, &list);
	LW_FREE char *evidence = NULL;
	char *folder = NULL;
	const char *id;
	size_t i;

	json_array_foreach(list, i, item) {
		id = json_string_value(json_object_get(item, "id"));
		if (folder || !id || (o->id && strncmp(id, o->id, strlen(o->id))))
			continue;
		folder = lw_format("%s/" LW_STORE_FOLDER "/%s", o->common.state, id);
	}
	json_decref(list);
	evidence = folder ? lw_format("%s/evidence.json", folder) : NULL;
	if (folder && !lw_exists(evidence)) {
		*why = "its folder has a report alone, no evidence.json";
		free(folder);
		return NULL;
	}
	*why = !lw_exists(o->common.state) && strcmp(o->common.state, LW_STATE_DIR) ?
		       "there is no such folder; --state names the one with reports" :
	       r < 0 && r != -ENOENT ? strerror(-r) :
	       o->id ? "no such hand-over is stored; `luwatch report --list` shows them" :
		       "no hand-over is stored";
	return folder;
}

static json_t *versions(void)
{
	struct utsname host;

	uname(&host);
	return json_pack("{ss, ss, ss, ss, ss}", "luwatch", LW_VERSION, "kernel", host.release,
			 "kernel_build", host.version, "machine", host.machine, "libbpf",
			 libbpf_version_string());
}

/* What is in it: name, what was run, its exit code, or why it is missing. */
static char *about_of(const struct options *o, const struct lw_parts *parts, const char *missing)
{
	json_t *list = json_array(), *about;
	char now[LW_TIME_TEXT], *text;
	size_t i;

	for (i = 0; i < parts->count; i++) {
		const struct lw_part *p = &parts->list[i];

		json_array_append_new(list, json_pack("{ss, ss, so, ss*}", "file", p->file, "command",
						      p->command, "exit",
						      p->exit < 0 ? json_null() : json_integer(p->exit),
						      "missing", p->missing));
	}
	lw_time_utc(lw_wall_clock(), 0, now);
	about = json_pack("{ss, ss, so, ss, so, so}", "schema", LW_BUNDLE_SCHEMA, "made", now, "versions",
			  versions(), "fault_addresses", o->addresses ? "real" : "numbered", "parts", list,
			  "handover_missing", missing ? json_string(missing) : json_null());
	text = json_dumps(about, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	json_decref(about);
	return text;
}

/* An archive PATH of a folder NAME. */
static int write_bundle(const struct options *o, int fd, const char *name, const char *path,
			const struct lw_parts *parts)
{
	const char *why = NULL;
	LW_FREE char *folder = handover_of(o, &why);
	LW_FREE char *about = NULL;
	struct lw_bundle *b;
	int r = lw_bundle_begin(&b, fd, name, o->addresses), end;
	size_t i;

	if (folder)
		why = NULL;
	about = about_of(o, parts, why);
	if (!r)
		r = about ? lw_bundle_add(b, LW_BUNDLE_ABOUT, about, strlen(about)) : -ENOMEM;
	for (i = 0; !r && i < parts->count; i++)
		if (!parts->list[i].missing)
			r = lw_bundle_add(b, parts->list[i].file, parts->list[i].text,
					  parts->list[i].length);
	if (!r && folder)
		r = lw_bundle_add_handover(b, folder);
	end = lw_bundle_end(b);
	r = r ? r : end;
	if (r == -ENOSYS)
		lw_error("the archive is written by libarchive, which is not installed: install libarchive13");
	else if (r)
		lw_error("%s cannot be written whole: %s%s", path, strerror(-r), lw_advice(r));
	if (!r && why)
		lw_warn("without a hand-over's evidence: %s", why);
	return r ? LW_EXIT_ERROR : why ? LW_EXIT_INCOMPLETE : LW_EXIT_CLEAN;
}

int lw_command_bugreport(int argc, char **argv)
{
	LW_FREE char *name = name_of(), *path = NULL;
	struct options o = {};
	struct lw_parts parts;
	LW_CLOSE int fd = -1;
	bool to_stdout;
	size_t i;
	int code, r;

	argp_parse(&lw_argp_bugreport, argc, argv, 0, NULL, &o);
	to_stdout = o.output && !strcmp(o.output, "-");
	if (to_stdout && isatty(STDOUT_FILENO)) {
		lw_error("an archive is nothing for a terminal: redirect standard output, or name a FILE");
		return LW_EXIT_USAGE;
	}
	path = o.output ? lw_format("%s", o.output) : lw_format("%s.tar.gz", name);
	fd = to_stdout ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		r = -errno;
		lw_error("%s: %s%s", path, strerror(-r), r == -EEXIST ? "; it is not written over" :
			 r == -EACCES || r == -EROFS ? "; --output FILE writes it elsewhere" : lw_advice(r));
		return lw_exit_of(r);
	}
	if (geteuid())
		lw_warn("not root: what needs root is missing in it");
	lw_parts_run(&parts, o.common.state);
	code = write_bundle(&o, fd, name, to_stdout ? "standard output" : path, &parts);
	for (i = 0; i < parts.count; i++)
		if (parts.list[i].missing && code != LW_EXIT_ERROR) {
			lw_warn("without %s: %s", parts.list[i].file, parts.list[i].missing);
			code = LW_EXIT_INCOMPLETE;
		}
	lw_parts_free(&parts);
	if (code == LW_EXIT_ERROR && !to_stdout)
		unlink(path);
	else if (!to_stdout)
		printf("%s\n", path);
	if (code != LW_EXIT_ERROR && o.addresses)
		lw_warn("it holds fault addresses, which are tenants' data");
	return code;
}
