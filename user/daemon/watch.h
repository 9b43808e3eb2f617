/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hand-over that began this boot, and the time in which a fault can still change its verdict.
 * Reports do not change: each change of the verdict is a revision of its own, and a last one,
 * final, comes when the watch period ends or the machine goes down.
 */
#ifndef LUWATCH_WATCH_H
#define LUWATCH_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "collect/case.h"
#include "collect/gather.h"
#include "correlate/handover.h"

struct lw_watch {
	const char *state;
	struct lw_gathered gathered;
	bool handed_over;    /* a kexec began this boot */
	char id[LW_ID_TEXT]; /* of the hand-over; "" when there was none */
	/* As it is now: the stored one, or newer with the same verdict. In a boot without a
	 * hand-over the last one of this host; NULL when there is none. */
	json_t *report;
	uint32_t revision; /* the last one stored, 0 = none */
	bool final;	   /* no further one comes */
	uint64_t from_ns;  /* boot clock when collected: the period begins */

	bool loaded; /* the evidence is there, and can be judged again */

	/* Told of each report when it was stored; or NULL. */
	void (*stored)(void *context, const json_t *report);
	void *context;

	/* Private. */
	struct lw_case c;
	struct lw_handover *handover;
	struct lw_fault *log_faults; /* of the saved log, and since then until programs watched */
	size_t log_fault_count, log_fault_room;
	char *verdict; /* of the stored revision */
	bool log_kept; /* no more of the log is needed */
};

/*
 * Gathers (unless that was done in this boot), and stores revision 1 unless there is one. 0 or a
 * negative errno, with a message said; only what gathering says is worth giving up for.
 */
int lw_watch_open(struct lw_watch *watch, const char *state,
		  void (*stored)(void *context, const json_t *report), void *context);

/* The same with what was gathered. */
void lw_watch_start(struct lw_watch *watch, const char *state, const struct lw_gathered *gathered,
		    void (*stored)(void *context, const json_t *report), void *context);
void lw_watch_close(struct lw_watch *watch);

/* Takes a fault of the kernel log that the saved log has not yet; SEQUENCE is its record's number.
 */
void lw_watch_log_fault(struct lw_watch *watch, const struct lw_fault *fault, uint64_t sequence);

/*
 * What the log had between the evidence and the programs, which watched from ARMED_NS on: kept once in a
 * boot by the daemon that read it, with what it MISSED, and taken from there by one that starts again.
 * Then no line is taken any more. lw_watch_log_kept(): whether that was so.
 */
void lw_watch_log_keep(struct lw_watch *watch, uint64_t armed_ns, struct lw_watch_losses missed);
bool lw_watch_log_kept(struct lw_watch *watch, uint64_t armed_ns, struct lw_watch_losses *missed);

struct lw_watch_input {
	const struct lw_fault *live; /* what programs of this kernel counted */
	size_t live_count;
	uint64_t armed_ns; /* boot clock from which they watched; UINT64_MAX: never */
	uint64_t now_ns;   /* boot clock */
	uint64_t period_s;
	struct lw_watch_losses losses;
	bool end; /* the period is over, or the machine goes down */
};

/*
 * Judges again with what is known now, and stores the next revision when the verdict has changed or
 * the end is there. Returns 1 when one was stored, 0 when not, or a negative errno: the report
 * could not be made or written, and the next call tries again.
 */
int lw_watch_judge(struct lw_watch *watch, const struct lw_watch_input *input);

/* "live-REVISION.json" beside the reports. 0, also when it is there, or a negative errno. */
int lw_watch_save_input(const struct lw_watch *w, const struct lw_watch_input *input, uint32_t revision);
int lw_watch_add_log_fault(struct lw_watch *w, const struct lw_fault *fault); /* 0 or -ENOMEM */

/* Boot clock at which the period ends. */
uint64_t lw_watch_end(const struct lw_watch *watch, uint64_t period_s);

#endif
