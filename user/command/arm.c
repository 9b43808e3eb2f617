/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch arm, luwatch disarm: for hosts without the daemon, and what the daemon itself calls.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "arm/arm.h"
#include "base/message.h"
#include "command/command.h"
#include "command/options.h"
#include "config/level.h"

#define LW_OPTION_FORCE { "force", 'f', NULL, 0, "Also while a kexec image is loaded", 0 }

static const struct argp_option options[] = {
	LW_OPTION_STATE,
	{ "attach", 'a', "auto|kprobe", 0, "auto (default): fentry where it works; kprobe: only kprobes",
	  0 },
	LW_OPTION_FORCE,
	LW_OPTION_VERBOSE,
	{},
};

static const struct argp_option disarm_options[] = {
	LW_OPTION_STATE, LW_OPTION_FORCE, LW_OPTION_VERBOSE, {},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct lw_arm_options *o = state->input;

	switch (key) {
	case 'S':
		o->state = arg;
		return 0;
	case 'a':
		if (strcmp(arg, "auto") && strcmp(arg, "kprobe"))
			argp_error(state, "--attach takes auto or kprobe, not \"%s\"", arg);
		o->force_kprobe = !strcmp(arg, "kprobe");
		return 0;
	case 'f':
		o->force = true;
		return 0;
	case 'D':
		lw_set_verbose(1);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument \"%s\"", arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp lw_argp_arm = {
	.options = options,
	.parser = parse,
	.doc = "Attach and pin the probes and ready the carriers. They stay armed until the "
	       "kernel ends; arming again moves nothing.",
};

int lw_command_arm(int argc, char **argv)
{
	static const char *const words[] = { "armed", "armed already", "armed, programs upgraded",
					     "armed, a half-done state repaired",
					     "armed already; the older programs stay until the loaded "
					     "kexec image is gone" };
	struct lw_arm_options o = { .state = LW_STATE_DIR };
	struct lw_label_texts labels;
	struct lw_arm_result result;
	struct lw_config config;
	char id[LW_ID_TEXT];
	const char *off;
	int r;

	argp_parse(&lw_argp_arm, argc, argv, 0, NULL, &o);
	if (lw_host_config(&config))
		return LW_EXIT_ERROR;
	off = lw_recording_off(&config);
	if (off) {
		lw_error("not armed: %s", off);
		return LW_EXIT_NOT_POSSIBLE;
	}
	lw_config_arming(&config, &labels, &o);
	r = lw_arm(&o, &result);
	if (r)
		return lw_exit_of(r);
	printf("%s: hand-over %s, %d of %d probes, carriers: %s\n", words[result.outcome],
	       lw_id_format(result.id, id), result.hooks_attached, result.hooks_total,
	       result.carriers[0] ? result.carriers : "none");
	if (result.probes_only) {
		puts("level probes: faults are counted, a hand-over is not recorded");
		return LW_EXIT_CLEAN;
	}
	if (!result.carriers[0]) {
		lw_warn("no carrier is armed, so no record can cross a kexec; see `luwatch check`");
		return LW_EXIT_INCOMPLETE;
	}
	return LW_EXIT_CLEAN;
}

const struct argp lw_argp_disarm = {
	.options = disarm_options,
	.parser = parse,
	.doc = "Detach the probes and give up the carriers.",
};

int lw_command_disarm(int argc, char **argv)
{
	struct lw_arm_options o = { .state = LW_STATE_DIR };
	int r;

	argp_parse(&lw_argp_disarm, argc, argv, 0, NULL, &o);
	r = lw_disarm(&o);
	if (r == -ENOENT) {
		puts("nothing was armed");
		return LW_EXIT_CLEAN;
	}
	if (!r)
		puts("disarmed");
	return lw_exit_of(r);
}
