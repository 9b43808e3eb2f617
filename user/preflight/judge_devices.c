// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Warnings about single devices. A device is "planned" when it is marked or declared; the behaviour
 * of the kernel is that of the live-update series (v4: aliases cleared one by one; v5: devices of a
 * shared group and devices with ATS refused).
 */
#include "base/id.h"
#include "preflight/flight.h"

/* A requester ID that both devices send with; false when there is none. */
static bool common_rid(const struct lw_device *a, const struct lw_device *b, uint64_t *rid)
{
	size_t i;

	*rid = a->rid;
	if (lw_sends_as(b, a->rid))
		return true;
	for (i = 0; i < a->alias_count; i++) {
		*rid = a->aliases[i];
		if (lw_sends_as(b, *rid))
			return true;
	}
	return false;
}

static bool is_rival(const struct lw_flight_device *device, const struct lw_flight_device *other,
		     uint64_t *rid)
{
	return other != device && !lw_planned(other) && common_rid(device->pci, other->pci, rid);
}

static void warn_contested(struct flight *f, const struct lw_flight_device *device)
{
	const struct lw_flight_unit *unit = lw_flight_unit(f->facts, device->unit);
	/* Scalable mode: the kernel makes no entries for aliases of bridges. */
	bool scalable = unit && unit->scalable;
	struct lw_warning about = lw_about_device(
		device, scalable ? LW_SEVERITY_WARNING : LW_SEVERITY_VIOLATION, "contested");
	struct lw_warning *warning = NULL;
	char shared[LW_RID_TEXT];
	uint64_t rid;
	size_t i;

	about.reason = scalable ? "Behind a bridge both carry the bridge's requester ID. In "
				  "scalable mode that ID has no "
				  "entry, so neither can do DMA through it."
				: "Both send with that requester ID (a DMA alias of the bridge "
				  "above them), and a "
				  "context entry belongs to a requester ID, not to a device. "
				  "Clearing the one takes it "
				  "from the other; leaving it lets both through.";
	about.action =
		"Preserve all devices that share the ID, or none of them; or move the device to "
		"a slot that is not behind the bridge.";
	for (i = 0; i < f->facts->device_count; i++) {
		if (!is_rival(device, &f->facts->devices[i], &rid))
			continue;
		if (!warning)
			warning = lw_foresee(
				f, about,
				"It shares the requester ID %s with a device that is not to "
				"be preserved: the kernel refuses to preserve it, or its "
				"entry is cleared with the other's.",
				lw_rid_format(rid, shared));
		lw_relate(warning, f->facts->devices[i].pci->rid);
	}
}

static void warn_shared_group(struct flight *f, const struct lw_flight_device *device)
{
	struct lw_warning about = lw_about_device(device, LW_SEVERITY_WARNING, "shared-group");
	size_t i, members = 0, rivals = 0, bridges = 0;
	struct lw_warning *warning;
	uint64_t rid;

	for (i = 0; device->group >= 0 && i < f->facts->device_count; i++) {
		const struct lw_flight_device *other = &f->facts->devices[i];

		if (other == device || other->group != device->group)
			continue;
		members++;
		if (is_rival(device, other, &rid))
			rivals++;
		else
			bridges += other->bridge;
	}
	/* "contested" is the graver word for the same thing. */
	if (!members || (rivals && rivals + bridges == members))
		return;
	about.reason =
		"The members of a group cannot be kept apart by the unit: they share requester "
		"IDs, or reach each other without passing it. From v5 of the live-update "
		"series on the kernel refuses such devices; earlier ones preserve one and clear "
		"the others.";
	about.action =
		"Preserve devices that are alone in their group: use a slot behind a port with "
		"access control services (ACS), or one without a bridge.";
	warning = lw_foresee(
		f, about,
		"It shares IOMMU group %d with %zu other function%s: the kernel may refuse to "
		"preserve it.",
		device->group, members, members == 1 ? "" : "s");
	for (i = 0; i < f->facts->device_count; i++) {
		const struct lw_flight_device *other = &f->facts->devices[i];

		if (other != device && other->group == device->group)
			lw_relate(warning, other->pci->rid);
	}
}

static void warn_ats(struct flight *f, const struct lw_flight_device *device)
{
	struct lw_warning about = lw_about_device(device, LW_SEVERITY_WARNING, "ats");

	if (!lw_unit_stays_on(f->facts, device->unit))
		return;
	if (device->ats < 0 && lw_planned(device)) {
		about.severity = LW_SEVERITY_INCOMPLETE;
		about.reason = "The extended configuration space could not be read.";
		about.action = "Run as root, and look at `lspci -vv -s` of the device for ATSCtl.";
		lw_foresee(f, about,
			   "Whether it uses address translation services (ATS) is not known.");
		return;
	}
	if (device->ats != 1)
		return;
	about.reason =
		"The device keeps translations in a cache of its own. From v5 of the live-update "
		"series on the kernel refuses devices with ATS on; earlier ones do not "
		"invalidate that cache when they clear entries.";
	if (lw_planned(device)) {
		about.action =
			"Switch ATS off (boot with pci=noats, or in the device's firmware) or do "
			"not preserve the device.";
		lw_foresee(f, about,
			   "Address translation services (ATS) are on: the kernel may refuse to "
			   "preserve "
			   "it, and its cached translations are not watched.");
	} else {
		about.severity = LW_SEVERITY_NOTICE;
		about.action = "Unbind its driver before the hand-over if it must be quiet.";
		lw_foresee(f, about,
			   "Address translation services (ATS) are on: its entry is cleared, its "
			   "cached "
			   "translations are not invalidated.");
	}
}

static void warn_pasids(struct flight *f, const struct lw_flight_device *device)
{
	struct lw_warning about = lw_about_device(device, LW_SEVERITY_WARNING, "pasid");

	if (device->pasids < 0) {
		about.severity = LW_SEVERITY_INCOMPLETE;
		about.reason = "Its PASID directory or a table behind it could not be read.";
		about.action = "Run it again; if it stays so, `luwatch snapshot --json` shows the "
			       "address.";
		lw_foresee(f, about, "How many PASIDs are in use on it is not known.");
		return;
	}
	if (!device->pasids)
		return;
	about.reason =
		"What they translate belongs to processes and guests of this kernel, which end "
		"with it. luwatch follows only the entry for requests without PASID (RID_PASID).";
	about.action =
		"Stop what uses them (shared virtual addressing, scalable I/O virtualization) "
		"before the hand-over.";
	lw_foresee(f, about,
		   "%d PASID%s in use on it: their entries stay in the preserved tables, and DMA "
		   "with them "
		   "reaches memory that the next kernel uses for something else.",
		   device->pasids, device->pasids == 1 ? " is" : "s are");
}

static void warn_rmrr(struct flight *f, const struct lw_flight_device *device)
{
	struct lw_warning about = lw_about_device(device, LW_SEVERITY_WARNING, "rmrr");

	if (!device->pci->rmrr)
		return;
	about.reason =
		"Firmware reserved memory for it (RMRR): firmware, a management controller or "
		"another agent of the platform drives the device, and no driver of this kernel "
		"can stop that.";
	if (!lw_unit_stays_on(f->facts, device->unit))
		return;
	if (lw_planned(device)) {
		about.action =
			"Do not preserve it; or ask the vendor how to switch off what uses the "
			"region (often an option of the BIOS).";
		lw_foresee(f, about,
			   "It has a reserved memory region: it cannot be given to a guest, and "
			   "whether "
			   "the region is still mapped afterwards is up to its domain.");
	} else {
		about.action =
			"Expect parked faults of this device in the report; they are no "
			"violation. What its firmware offers stops until the next kernel has "
			"set it up.";
		lw_foresee(f, about,
			   "It goes on doing DMA by design: its entry is cleared, and its requests "
			   "are "
			   "blocked and counted as faults.");
	}
}

static void warn_bus_master(struct flight *f, const struct lw_flight_device *device)
{
	struct lw_warning about = lw_about_device(device, LW_SEVERITY_WARNING, "bus-master");

	if (lw_planned(device) || !device->config_known || device->bridge || !device->bus_master ||
	    device->pci->driver)
		return;
	about.reason =
		"Bus mastering is on and no driver is bound, so nobody tells the device to stop. "
		"Before a kexec the kernel switches bus mastering off for devices whose power "
		"state it knows, which those that never had a driver are not.";
	about.action = "Bind its driver, or remove the device (echo 1 > "
		       "/sys/bus/pci/devices/RID/remove), before the hand-over.";
	if (lw_unit_stays_on(f->facts, device->unit))
		lw_foresee(f, about,
			   "It may still do DMA when its entry is cleared: blocked, and a parked "
			   "fault in "
			   "the report.");
	else
		lw_foresee(f, about,
			   "It may still do DMA when translation is switched off: it then reaches "
			   "memory at the addresses it was given, whatever is there.");
}

static void warn_virtual(struct flight *f, const struct lw_flight_device *device)
{
	struct lw_warning about = lw_about_device(device, LW_SEVERITY_WARNING, "virtual-function");

	if (!device->is_virtual)
		return;
	about.reason = "A virtual function exists only while the driver of its physical function keeps it "
		       "enabled, which the next kernel cannot take over. The PCI core refuses to preserve it.";
	about.action = "Preserve the physical function, or stop the guest that has it before the hand-over.";
	lw_foresee(f, about, "It is a virtual function: the kernel refuses to preserve it.");
}

static void warn_incoming(struct flight *f, const struct lw_flight_device *device)
{
	struct lw_warning about = lw_about_device(device, LW_SEVERITY_WARNING, "not-retrieved");

	if (!device->incoming)
		return;
	about.reason = "A device stays preserved for one hand-over. Whoever retrieves its file from the "
		       "session can preserve it again; this one's file is still where the kernel before "
		       "left it.";
	about.action = "Have its owner retrieve it and finish the session, then preserve it again; or expect "
		       "it to lose its translation.";
	lw_foresee(f, about, "It came over from the kernel before, and nobody has retrieved it: as it stands "
			     "its entry is cleared in the next hand-over.");
}

void lw_warn_devices(struct flight *f)
{
	size_t i;

	for (i = 0; i < f->facts->device_count; i++) {
		const struct lw_flight_device *device = &f->facts->devices[i];

		/* A kernel without live update switches every unit off: nothing to be spared. */
		if (lw_planned(device) && f->facts->marks_supported) {
			warn_contested(f, device);
			warn_shared_group(f, device);
			warn_pasids(f, device);
			warn_virtual(f, device);
		}
		warn_incoming(f, device);
		warn_ats(f, device);
		warn_rmrr(f, device);
		warn_bus_master(f, device);
	}
}
