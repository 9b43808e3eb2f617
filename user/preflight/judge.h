/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What will go wrong in the hand-over as things stand now. Pure: facts in, warnings out.
 */
#ifndef LUWATCH_PREFLIGHT_JUDGE_H
#define LUWATCH_PREFLIGHT_JUDGE_H

#include "correlate/handover.h"
#include "preflight/facts.h"

#define LW_RELATED 8

struct lw_warning {
	/*
	 * VIOLATION: as things stand the report of this hand-over will say so. WARNING: it may go
	 * wrong. INCOMPLETE: it would not be fully recorded, or a fact could not be read. NOTICE:
	 * what happens by design, worth knowing.
	 */
	enum lw_severity severity;
	const char *topic;	      /* of `luwatch explain` */
	char subject[32];	      /* a requester ID, a unit's name, or "hand-over" */
	const char *name;	      /* of the device, from outside: escape it; or NULL */
	const char *unit;	      /* or NULL */
	char *message;		      /* what will happen; from outside in parts: escape it */
	const char *reason;	      /* why */
	const char *action;	      /* what to do */
	uint64_t related[LW_RELATED]; /* other devices that have to do with it */
	size_t related_count;	      /* all of them: may be more than there is room for */
};

struct lw_warnings {
	struct lw_warning *list; /* the gravest first, then by subject */
	size_t count, size;
	size_t by_severity[LW_SEVERITIES];
	int error; /* -ENOMEM: the list is not complete */
};

/*
 * Judges FACTS, which must live as long as the warnings. Returns 0 or -ENOMEM. Give the result to
 * lw_warnings_free() in either case.
 */
int lw_preflight(const struct lw_flight_facts *facts, struct lw_warnings *warnings);
void lw_warnings_free(struct lw_warnings *warnings);

/*
 * The outcome as a verdict: violation; incomplete when there are warnings or something is missing;
 * clean when there is nothing but notices.
 */
enum lw_verdict lw_preflight_outcome(const struct lw_warnings *warnings);

#endif
