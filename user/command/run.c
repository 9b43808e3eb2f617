/* SPDX-License-Identifier: GPL-2.0-or-later */
/* luwatch run: the daemon. systemd/luwatchd.service starts it; in a terminal it runs as well. */
#include <argp.h>

#include "command/command.h"
#include "command/options.h"
#include "daemon/daemon.h"

static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0,
	  "Read only this file (default " LW_CONFIG_FILE ", then " LW_CONFIG_FOLDER "/*.conf)", 0 },
	{ "check-config", 'C', NULL, 0, "Only say what the configuration gives, or what is wrong with it", 0 },
	{ "show-config", 's', NULL, 0, "Only print the configuration in force, with where each value stands", 0 },
	LW_OPTION_SESSION,
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct lw_daemon_options *o = state->input;

	switch (key) {
	case 'c':
		o->config_file = arg;
		return 0;
	case 'C':
		o->check_config = true;
		return 0;
	case 's':
		o->show_config = true;
		return 0;
	case LW_KEY_SESSION:
		return lw_take_session(arg, state);
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument \"%s\"", arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp lw_argp_run = {
	.options = options,
	.parser = parse,
	.doc = "Arm this kernel and watch: faults, the hand-over that began this boot, "
	       "metrics, journal.",
};

int lw_command_run(int argc, char **argv)
{
	struct lw_daemon_options o = {};

	argp_parse(&lw_argp_run, argc, argv, 0, NULL, &o);
	return lw_daemon_run(&o);
}
