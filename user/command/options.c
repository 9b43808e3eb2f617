// SPDX-License-Identifier: GPL-2.0-or-later
/* The parser of what many commands take. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/folders.h"
#include "base/message.h"
#include "base/time.h"
#include "carry/session.h"
#include "command/options.h"

error_t lw_take_session(const char *arg, struct argp_state *state)
{
	char *end;
	long fd = strtol(arg, &end, 10);

	if (end == arg || *end || fd < 0 || fd > INT_MAX || lw_session_use(fd))
		argp_error(state, "--luo-session-fd takes the number of a descriptor that is a live-update "
				  "session, and \"%s\" is none", arg);
	return 0;
}

uint64_t lw_take_time(const char *arg, bool past, struct argp_state *state)
{
	uint64_t now = lw_wall_clock(), when = 0;
	char text[LW_TIME_TEXT];

	if (lw_time_parse(arg, now, &when))
		argp_error(state, "\"%s\" is no time; give one like %s", arg, LW_TIME_FORMS);
	if (past && when > now)
		argp_error(state, "\"%s\" is still to come: it is %s here", arg, lw_time_utc(now, 0, text));
	return when;
}

error_t lw_parse_common(int key, char *arg, struct argp_state *state)
{
	struct lw_common *common = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		common->state = LW_STATE_DIR;
		return 0;
	case 'S':
		common->state = arg;
		return 0;
	case 'j':
		common->json = true;
		return 0;
	case 'v':
		common->verbose = true;
		return 0;
	case 'f':
		common->force = true;
		return 0;
	case 'D':
		lw_set_verbose(1);
		return 0;
	case 'a':
		if (strcmp(arg, "auto") && strcmp(arg, "kprobe"))
			argp_error(state, "--attach takes auto or kprobe, not \"%s\"", arg);
		common->force_kprobe = !strcmp(arg, "kprobe");
		common->attach_given = true;
		return 0;
	case LW_KEY_SESSION:
		return lw_take_session(arg, state);
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument \"%s\"", arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}
