// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of warnings: who judges, in what order they are shown, and what they come to. */
#include <stdlib.h>
#include <string.h>

#include "preflight/flight.h"

static int by_severity(const void *pa, const void *pb)
{
	const struct lw_warning *a = pa, *b = pb;
	/* What makes the record incomplete stands before what may go wrong. */
	int order = (int)a->severity - (int)b->severity;

	if (!order)
		order = strcmp(a->subject, b->subject);
	return order ? order : strcmp(a->topic, b->topic);
}

int lw_preflight(const struct lw_flight_facts *facts, struct lw_warnings *warnings)
{
	struct flight f = { .facts = facts, .out = warnings };
	size_t i;

	memset(warnings, 0, sizeof(*warnings));
	lw_warn_devices(&f);
	lw_warn_units(&f);
	lw_warn_sets(&f);
	if (warnings->count)
		qsort(warnings->list, warnings->count, sizeof(*warnings->list), by_severity);
	for (i = 0; i < warnings->count; i++)
		warnings->by_severity[warnings->list[i].severity]++;
	return warnings->error;
}

void lw_warnings_free(struct lw_warnings *warnings)
{
	size_t i;

	for (i = 0; i < warnings->count; i++)
		free(warnings->list[i].message);
	free(warnings->list);
	memset(warnings, 0, sizeof(*warnings));
}

enum lw_verdict lw_preflight_outcome(const struct lw_warnings *warnings)
{
	const size_t *n = warnings->by_severity;

	if (n[LW_SEVERITY_VIOLATION])
		return LW_VERDICT_VIOLATION;
	return n[LW_SEVERITY_WARNING] || n[LW_SEVERITY_INCOMPLETE] ? LW_VERDICT_INCOMPLETE
								   : LW_VERDICT_CLEAN;
}
