/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch kexec-args: the complete command line for the kexec image. Whoever loads the image uses
 * it: kexec -l … --command-line="$(luwatch kexec-args)".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arm/pins.h"
#include "base/io.h"
#include "base/message.h"
#include "carry/carrier.h"
#include "carry/cmdline.h"
#include "carry/image.h"
#include "command/command.h"
#include "command/options.h"
#include "config/level.h"

/* What kexec_file_load() takes: it leaves room for " elfcorehdr=0x...". */
#define LINE_LIMIT (LW_COMMAND_LINE_SIZE - 1 - 30 - 1)

struct kexec_args_options {
	struct lw_common common;
	const char *cmdline;
};

static const struct argp_option options[] = {
	{ "cmdline", 'c', "STR", 0, "Start from this command line (default: the running kernel's)", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct kexec_args_options *o = state->input;

	switch (key) {
	case 'c':
		o->cmdline = arg;
		return 0;
	}
	return lw_parse_common(key, arg, state);
}

/* C is NULL while recording is off: the line is then without words of ours. */
static int print_line(const char *cmdline, const char *running, const struct lw_control *c)
{
	struct lw_words words = {};
	LW_FREE char *keep = c ? lw_carriers_words(c, running, &words) : NULL;
	LW_FREE char *line = NULL;

	if (c)
		words.id = (struct lw_id){ c->handover[0], c->handover[1] };
	line = lw_words_compose(cmdline, c ? &words : NULL, keep);

	if (!line) {
		lw_error("out of memory");
		return LW_EXIT_ERROR;
	}
	if (strlen(line) > LINE_LIMIT) {
		lw_error("the command line has %zu bytes, and kexec_file_load() takes %d: shorten yours by %zu",
			 strlen(line), LINE_LIMIT, strlen(line) - LINE_LIMIT);
		return LW_EXIT_ERROR;
	}
	puts(line);
	return LW_EXIT_CLEAN;
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
	const char *cmdline, *off;
	struct lw_config config;
	struct lw_pins pins;
	size_t length;
	int code, r;

	argp_parse(&lw_argp_kexec_args, argc, argv, 0, NULL, &o);
	r = lw_read_file("/proc/cmdline", 65536, &running, &length);
	if (r) {
		lw_error("/proc/cmdline: %s", strerror(-r));
		return LW_EXIT_ERROR;
	}
	cmdline = o.cmdline ? o.cmdline : (char *)running;
	lw_config_load(&config, LW_CONFIG_FILE, LW_CONFIG_FOLDER, false, NULL, NULL);
	off = lw_recording_off(&config);
	lw_pins_open(&pins);
	if (pins.state == LW_PINS_COMPLETE || pins.state == LW_PINS_REPAIRABLE) {
		code = print_line(cmdline, (char *)running, pins.control);
	} else if (pins.state == LW_PINS_NONE && off) {
		/* Whoever loads an image must not have to know that recording is off. */
		lw_warn("recording is off (%s): no words are added", off);
		code = print_line(cmdline, (char *)running, NULL);
	} else if (geteuid()) {
		lw_error("what is armed is in pinned maps: run it as root");
		code = LW_EXIT_NOT_POSSIBLE;
	} else {
		lw_error("not armed%s%s; run `luwatch arm` as root first", pins.problem[0] ? ": " : "",
			 pins.problem);
		code = LW_EXIT_ERROR;
	}
	lw_pins_close(&pins);
	return code;
}
