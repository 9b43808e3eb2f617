// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Warnings about units: those that will be switched off, and context tables that came after the
 * last preservation.
 */
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "preflight/flight.h"

static struct lw_warning about_unit(const struct lw_flight_unit *unit, enum lw_severity severity,
				    const char *topic)
{
	struct lw_warning about = { .severity = severity, .topic = topic, .unit = unit->name };

	snprintf(about.subject, sizeof(about.subject), "%s", unit->name);
	return about;
}

static bool has_marked(const struct lw_flight_facts *facts, const char *unit)
{
	size_t i;

	for (i = 0; i < facts->device_count; i++)
		if (facts->devices[i].marked && facts->devices[i].unit &&
		    !strcmp(facts->devices[i].unit, unit))
			return true;
	return false;
}

static void relate_declared(const struct lw_flight_facts *facts, const char *unit,
			    struct lw_warning *warning)
{
	size_t i;

	for (i = 0; i < facts->device_count; i++) {
		const struct lw_flight_device *device = &facts->devices[i];

		if (device->declared && device->unit && !strcmp(device->unit, unit))
			lw_relate(warning, device->pci->rid);
	}
}

static void warn_goes_off(struct flight *f, const struct lw_flight_unit *unit)
{
	struct lw_warning about = about_unit(unit, LW_SEVERITY_NOTICE, "goes-off");
	size_t i, declared = 0;
	struct lw_warning *warning;

	if (unit->marked || has_marked(f->facts, unit->name))
		return;
	for (i = 0; i < f->facts->device_count; i++) {
		const struct lw_flight_device *device = &f->facts->devices[i];

		declared += device->declared && device->unit && !strcmp(device->unit, unit->name);
	}
	about.reason =
		"The kernel leaves translation on only for a unit with at least one preserved "
		"device.";
	if (!declared) {
		about.action =
			"Nothing, when nothing behind it is to be preserved; its devices should be "
			"quiet by then.";
		lw_foresee(f, about,
			   "Translation will be switched off: nothing behind it is preserved.");
		return;
	}
	about.severity = f->facts->marks_supported ? LW_SEVERITY_WARNING : LW_SEVERITY_VIOLATION;
	about.action = f->facts->marks_supported ? "Have the orchestrator preserve the declared "
						   "devices, then look again; `luwatch status` "
						   "shows what is marked."
						 : "Boot a kernel with live update of the IOMMU; "
						   "`luwatch check` says whether this is one.";
	if (!f->facts->marks_supported)
		about.reason =
			"This kernel cannot preserve devices: a kexec switches every unit off.";
	warning = lw_foresee(
		f, about,
		"Translation will be switched off although %zu declared device%s behind it: "
		"none of them is marked as preserved.",
		declared, declared == 1 ? " is" : "s are");
	relate_declared(f->facts, unit->name, warning);
}

static bool bit(const uint64_t *words, unsigned int slot)
{
	return words[slot >> 6] >> (slot & 63) & 1;
}

/* A marked device whose context entry is, or would be, in this table. */
static bool holds_marked(const struct lw_flight_facts *facts, const struct lw_flight_unit *unit,
			 unsigned int slot)
{
	size_t i, j;

	for (i = 0; i < facts->marked_count; i++) {
		const struct lw_flight_device *device = lw_flight_device(facts, facts->marked[i]);
		uint64_t rid = facts->marked[i];

		for (j = 0;; j++) {
			if (LW_RID_SEGMENT(rid) == unit->segment && LW_RID_BUS(rid) == slot >> 1 &&
			    (!unit->scalable || LW_RID_DEVFN(rid) >> 7 == (slot & 1)))
				return true;
			if (!device || j >= device->pci->alias_count)
				break;
			rid = device->pci->aliases[j];
		}
	}
	return false;
}

static void warn_newer_table(struct flight *f, const struct lw_flight_unit *unit, unsigned int slot)
{
	struct lw_warning about = about_unit(unit, LW_SEVERITY_WARNING, "newer-table");

	snprintf(about.subject, sizeof(about.subject), "%s bus %02x%s", unit->name, slot >> 1,
		 !unit->scalable ? ""
		 : slot & 1	 ? " upper half"
				 : " lower half");
	about.reason =
		"The kernel preserves the context tables that exist when a device is preserved. "
		"This one came later: its memory is not handed over, and its root entry has to "
		"be cleared.";
	about.action =
		"Preserve a device of this unit once more (unpreserve and preserve) after the "
		"last device was added.";
	if (holds_marked(f->facts, unit, slot)) {
		about.severity = LW_SEVERITY_VIOLATION;
		lw_foresee(f, about,
			   "A preserved device has its context entry in a table that is not "
			   "preserved: it "
			   "loses its root entry, or the next kernel uses the table for something "
			   "else.");
	} else {
		lw_foresee(
			f, about,
			"Its context table is newer than the last preservation: a kernel that "
			"leaves the "
			"root entry (the series before v3) points the unit at memory that the next "
			"kernel uses for something else.");
	}
}

static void warn_tables(struct flight *f, const struct lw_flight_unit *unit)
{
	unsigned int slot;

	if (!unit->kept_known || !has_marked(f->facts, unit->name))
		return;
	for (slot = 0; slot < 64 * LW_TABLE_WORDS; slot++)
		if (bit(unit->present, slot) && !bit(unit->kept, slot))
			warn_newer_table(f, unit, slot);
}

void lw_warn_units(struct flight *f)
{
	size_t i;

	for (i = 0; i < f->facts->unit_count; i++) {
		const struct lw_flight_unit *unit = &f->facts->units[i];

		if (!unit->translating)
			continue;
		warn_goes_off(f, unit);
		warn_tables(f, unit);
	}
}
