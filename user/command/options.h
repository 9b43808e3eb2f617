/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that look and work the same in every command that has them. */
#ifndef LUWATCH_OPTIONS_H
#define LUWATCH_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#define LW_OPTION_STATE { "state", 'S', "DIR", 0, "State folder (default " LW_STATE_DIR ")", 0 }
#define LW_OPTION_JSON { "json", 'j', NULL, 0, "Print JSON", 0 }
#define LW_OPTION_FORCE { "force", 'f', NULL, 0, "Also while a kexec image is loaded", 0 }
#define LW_OPTION_DEBUG { "debug", 'D', NULL, 0, "Show libbpf's messages", 0 }
#define LW_OPTION_ATTACH(help) { "attach", 'a', "auto|kprobe", 0, help, 0 }
#define LW_OPTION_VERBOSE(help) { "verbose", 'v', NULL, 0, help, 0 }

#define LW_KEY_SESSION 'L'
#define LW_OPTION_SESSION \
	{ "luo-session-fd", LW_KEY_SESSION, "N", 0, \
	  "Descriptor N is a live-update session: carry the records in it, or read them from it", 0 }

/* What they set: the first member of the input of a parser that ends in lw_parse_common(). */
struct lw_common {
	const char *state; /* never NULL once the options are parsed */
	bool json, verbose, force_kprobe, attach_given, force;
};

/*
 * Takes the options above, whichever the command's table has, and refuses arguments. For the keys
 * that a command's own parser does not take; or in place of one.
 */
error_t lw_parse_common(int key, char *arg, struct argp_state *state);

/* The value of LW_OPTION_SESSION, for a parser that does not end in it. */
error_t lw_take_session(const char *arg, struct argp_state *state);

/* The value of an option that takes a time (LW_TIME_FORMS); one that is PAST must not lie in the future. */
uint64_t lw_take_time(const char *arg, bool past, struct argp_state *state);

/* What to do when reports, faults or the audit log cannot be read. */
#define LW_BE_MEMBER "be root or a member of the group luwatch"

#endif
