/* SPDX-License-Identifier: GPL-2.0-or-later */
/* luwatch kexec-load: loads the next kernel so that its hand-over is recorded, or loads nothing. */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/message.h"
#include "command/command.h"
#include "command/options.h"
#include "load/load.h"

static const struct argp_option options[] = {
	{ "kernel", 'k', "FILE", 0, "The kernel (default: the running one's, below /boot)", 0 },
	{ "initrd", 'i', "FILE|none", 0, "Its initrd (default: the one beside the kernel)", 0 },
	{ "cmdline", 'c', "STR", 0, "Its command line, ours aside (default: the running kernel's)", 0 },
	{ "entry", 'e', "ID|FILE", 0, "Take what is not given from this entry of the boot loader", 0 },
	{ "again", 'A', NULL, 0,
	  "Take what is loaded now, whoever loaded it: the same files, found by its own pages, and the same "
	  "command line", 0 },
	{ "way", 'w', "auto|file|memory", 0,
	  "file: kexec_file_load(2); memory: kexec_load(2), by kexec-tools; auto (default): the second "
	  "where the kernel lacks the first", 0 },
	LW_OPTION_STATE,
	LW_OPTION_DEBUG,
	{},
};

struct kexec_load_options {
	struct lw_common common;
	struct lw_load_options load;
};

static void take_way(struct lw_load_options *o, const char *arg, struct argp_state *state)
{
	static const char *const names[] = { "auto", "file", "memory" };
	int i;

	for (i = 0; i < 3; i++) {
		if (!strcmp(arg, names[i])) {
			o->way = i;
			return;
		}
	}
	argp_error(state, "--way takes auto, file or memory, not \"%s\"", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct kexec_load_options *o = state->input;
	const struct lw_image_wish *w = &o->load.wish;

	switch (key) {
	case 'k':
		o->load.wish.kernel = arg;
		return 0;
	case 'i':
		o->load.wish.initrd = arg;
		return 0;
	case 'c':
		if (!arg[strspn(arg, " \t\n")])
			argp_error(state, "--cmdline is empty; leave it out for the running kernel's");
		o->load.wish.cmdline = arg;
		return 0;
	case 'e':
		o->load.wish.entry = arg;
		return 0;
	case 'A':
		o->load.again = true;
		return 0;
	case ARGP_KEY_END:
		if (o->load.again && (w->kernel || w->initrd || w->cmdline || w->entry))
			argp_error(state, "--again takes what is loaded; leave out --kernel, --initrd, --cmdline and "
					  "--entry");
		return 0;
	case 'w':
		take_way(&o->load, arg, state);
		return 0;
	}
	return lw_parse_common(key, arg, state);
}

const struct argp lw_argp_kexec_load = {
	.options = options,
	.parser = parse,
	.doc = "Load the next kernel so that its hand-over is recorded: saves what is uncollected, arms if "
	       "need be, puts our words on the command line, loads, and looks whether a kexec now would "
	       "be recorded. When anything is wrong nothing is loaded, and what is wrong is said.",
};

static void say_nothing_loaded(void)
{
	char loaded[8] = "";

	lw_read_line("/sys/kernel/kexec_loaded", loaded, sizeof(loaded));
	if (*loaded == '1')
		lw_error("nothing was loaded; the image that was loaded before is still there");
	else
		lw_error("nothing is loaded");
}

int lw_command_kexec_load(int argc, char **argv)
{
	struct kexec_load_options o = {};
	struct lw_load_result result;
	int r;

	argp_parse(&lw_argp_kexec_load, argc, argv, 0, NULL, &o);
	o.load.state = o.common.state;
	r = lw_load(&o.load, &result);
	if (r) {
		say_nothing_loaded();
	} else {
		if (result.collected)
			puts("saved the evidence of the hand-over that began this boot");
		if (result.armed)
			puts("armed");
		if (result.tries)
			printf("loaded %d times: the image lay on the records, which were moved\n",
			       result.tries + 1);
		printf("%s: Linux %s, command line %s\n", result.unready ? "loaded" : "ready",
		       result.version, result.line);
		if (result.unready)
			lw_warn("its hand-over will not be recorded: %s", result.unready);
	}
	lw_load_free(&result);
	return result.refused ? LW_EXIT_USAGE : lw_exit_of(r);
}
