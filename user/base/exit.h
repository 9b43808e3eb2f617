/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the exit codes mean. Scripts and units depend on the numbers: they never change.
 */
#ifndef LUWATCH_EXIT_H
#define LUWATCH_EXIT_H

enum lw_exit {
	LW_EXIT_CLEAN = 0, /* clean, or simply done */
	LW_EXIT_ERROR = 1, /* any error that has no number of its own */
	LW_EXIT_USAGE = 2,
	LW_EXIT_INCOMPLETE = 3,
	LW_EXIT_NOT_POSSIBLE = 4, /* not here: kernel, hardware, permission */
	LW_EXIT_NO_HANDOVER = 5,  /* this boot is no hand-over */
	LW_EXIT_TIME_OUT = 6,	  /* what was waited for did not come in time */
	LW_EXIT_VIOLATION = 10,
};

/* The exit code for a negative errno: what cannot be here, whoever is to blame for it, and any other. */
int lw_exit_of(int error);

/* What to do about a negative errno of a file, to stand behind the message: "; make room there", or "". */
const char *lw_advice(int error);

#endif
