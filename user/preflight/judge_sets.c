// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Warnings about the declared and the marked set, and about what would be missing in the record.
 */
#include <stdio.h>

#include "base/id.h"
#include "preflight/flight.h"

static struct lw_warning about_rid(const struct lw_flight_facts *facts, uint64_t rid,
				   enum lw_severity severity, const char *topic)
{
	const struct lw_flight_device *device = lw_flight_device(facts, rid);
	struct lw_warning about = { .severity = severity, .topic = topic };

	if (device)
		return lw_about_device(device, severity, topic);
	lw_rid_format(rid, about.subject);
	return about;
}

static void warn_absent(struct flight *f, uint64_t rid, const char *how)
{
	struct lw_warning about = about_rid(f->facts, rid, LW_SEVERITY_VIOLATION, "absent");

	about.reason =
		"It was removed, moved to another address, or the declaration has a wrong one.";
	about.action = "Compare `luwatch declare list` with `lspci -D`.";
	lw_foresee(f, about,
		   "It is %s, but there is no such PCI function now: nothing of it can be "
		   "handed over.",
		   how);
}

static void warn_not_marked(struct flight *f, uint64_t rid)
{
	struct lw_warning about = about_rid(f->facts, rid, LW_SEVERITY_WARNING, "not-marked");

	about.reason = "The kernel marks a device when its file is put into a live-update session.";
	about.action = "Preserve it before the kexec, or take it out of the declared set.";
	lw_foresee(f, about,
		   "It is declared, but not marked as preserved so far: as it stands, its entry "
		   "is cleared and I9 fails.");
}

static void warn_not_declared(struct flight *f, uint64_t rid)
{
	struct lw_warning about = about_rid(f->facts, rid, LW_SEVERITY_VIOLATION, "not-declared");

	about.reason = "Somebody preserved it who is not known to whoever declared the set.";
	about.action = "Find out who preserved it; declare it, or have it unpreserved.";
	lw_foresee(f, about,
		   "It is marked as preserved, but nobody declared it: its DMA goes on through "
		   "the hand-over, and I9 fails.");
}

static void warn_sets(struct flight *f)
{
	const struct lw_flight_facts *facts = f->facts;
	size_t i;

	for (i = 0; i < facts->declared_count; i++) {
		uint64_t rid = facts->declared[i];

		if (!lw_flight_device(facts, rid))
			warn_absent(f, rid, "declared");
		else if (facts->marks_supported && !lw_rid_in(facts->marked, facts->marked_count, rid))
			warn_not_marked(f, rid);
	}
	for (i = 0; i < facts->marked_count; i++) {
		uint64_t rid = facts->marked[i];
		bool declared = lw_rid_in(facts->declared, facts->declared_count, rid);

		if (!lw_flight_device(facts, rid) && !declared)
			warn_absent(f, rid, "marked as preserved");
		if (facts->declared_known && !declared)
			warn_not_declared(f, rid);
	}
}

static void warn_incomplete(struct flight *f, const char *topic, const char *message,
			    const char *action)
{
	struct lw_warning about = { .severity = LW_SEVERITY_INCOMPLETE, .topic = topic };

	snprintf(about.subject, sizeof(about.subject), "hand-over");
	about.reason = "Without it the report of this hand-over is incomplete, or this list is.";
	about.action = action;
	lw_foresee(f, about, "%s.", message);
}

/* Without an image the way down is a reboot, and that hands nothing over. */
static void warn_reboot(struct flight *f)
{
	struct lw_warning about = { .severity = LW_SEVERITY_NOTICE, .topic = "reboot" };
	size_t count = f->facts->marked_count;

	if (!f->facts->no_image || !count)
		return;
	snprintf(about.subject, sizeof(about.subject), "hand-over");
	about.reason = "The shutdown of the units does not ask how the kernel ends: behind a unit with "
		       "something preserved only the other devices lose their entries, whatever comes next.";
	about.action = "Load the next kernel before the machine goes down; before a reboot that is meant, end "
		       "the sessions that preserve.";
	lw_foresee(f, about,
		   "%zu device%s preserved, and no kexec image is loaded: a reboot or power-off now hands "
		   "nothing over, and leaves their units translating until the machine is reset.",
		   count, count == 1 ? " is" : "s are");
}

void lw_warn_sets(struct flight *f)
{
	size_t i;

	warn_sets(f);
	warn_reboot(f);
	if (f->facts->uncollected)
		warn_incomplete(f, "not-collected", f->facts->uncollected,
				"Run `luwatch collect`: the next kexec overwrites what it would have read.");
	if (f->facts->not_ready)
		warn_incomplete(f, "not-ready", f->facts->not_ready,
				"Do what it says; `luwatch status --ready` asks the same again.");
	for (i = 0; i < f->facts->unread_count; i++)
		warn_incomplete(
			f, "unread", f->facts->unread[i],
			"Mend what it names; `luwatch check` says what this kernel allows.");
}
