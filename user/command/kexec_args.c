/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch kexec-args: the complete command line for the kexec image, for who loads it by other means
 * than kexec-load: args=$(luwatch kexec-args) && kexec -l … --command-line="$args". Scripts that leave
 * the failure unseen must not load an empty line and lose the host, so that on a failure the line is
 * printed as well, without our words.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arm/pins.h"
#include "base/io.h"
#include "base/message.h"
#include "command/command.h"
#include "command/options.h"
#include "config/level.h"
#include "load/load.h"

struct kexec_args_options {
	struct lw_common common;
	const char *cmdline;
	bool words;
};

static const struct argp_option options[] = {
	{ "cmdline", 'c', "STR", 0, "Start from this command line (default: the running kernel's)", 0 },
	{ "words", 'w', NULL, 0, "Only the words of luwatch; nothing where there are none", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct kexec_args_options *o = state->input;

	switch (key) {
	case 'c':
		o->cmdline = arg;
		return 0;
	case 'w':
		o->words = true;
		return 0;
	}
	return lw_parse_common(key, arg, state);
}

/* C is NULL while nothing is armed: the line is then without words of ours. */
static int print_line(const struct kexec_args_options *o, const char *running, const struct lw_control *c)
{
	const char *cmdline = o->words ? "" : o->cmdline ? o->cmdline : running;
	LW_FREE char *line = lw_load_line(c, cmdline, running);
	LW_FREE char *plain = NULL;

	if (!line) {
		lw_error("out of memory");
		return LW_EXIT_ERROR;
	}
	if (strlen(line) <= LW_LOAD_LINE_MOST) {
		if (*line)
			puts(line);
		return LW_EXIT_CLEAN;
	}
	lw_error("the command line has %zu bytes, and kexec_file_load() takes %d: shorten yours by %zu",
		 strlen(line), LW_LOAD_LINE_MOST, strlen(line) - LW_LOAD_LINE_MOST);
	plain = lw_load_line(NULL, cmdline, running);
	if (plain)
		puts(plain);
	return LW_EXIT_ERROR;
}

const struct argp lw_argp_kexec_args = {
	.options = options,
	.parser = parse,
	.doc = "Print the complete command line for the kexec image: our words first, all "
	       "earlier luwatch words removed.",
};

int lw_command_kexec_args(int argc, char **argv)
{
	struct kexec_args_options o = {};
	LW_FREE uint8_t *running = NULL;
	struct lw_config config;
	struct lw_pins pins;
	const char *off;
	size_t length;
	int code, r;

	argp_parse(&lw_argp_kexec_args, argc, argv, 0, NULL, &o);
	r = lw_read_file("/proc/cmdline", 65536, &running, &length);
	if (r) {
		lw_error("/proc/cmdline: %s", strerror(-r));
		return LW_EXIT_ERROR;
	}
	lw_config_load(&config, LW_CONFIG_FILE, LW_CONFIG_FOLDER, false, NULL, NULL);
	off = lw_recording_off(&config);
	lw_pins_open(&pins);
	if (pins.state == LW_PINS_COMPLETE || pins.state == LW_PINS_REPAIRABLE) {
		code = print_line(&o, (char *)running, pins.control);
		lw_pins_close(&pins);
		return code;
	}
	code = print_line(&o, (char *)running, NULL);
	if (pins.state == LW_PINS_NONE && off) {
		/* Whoever loads an image must not have to know that recording is off. */
		lw_warn("recording is off (%s): no words are added", off);
	} else if (geteuid()) {
		lw_error("what is armed is in pinned maps: run it as root; the line is without our words");
		code = LW_EXIT_NOT_POSSIBLE;
	} else {
		lw_error("not armed%s%s: the line is without our words; run `luwatch arm` as root first, or "
			 "`luwatch kexec-load` instead", pins.problem[0] ? ": " : "", pins.problem);
		code = LW_EXIT_ERROR;
	}
	lw_pins_close(&pins);
	return code;
}
