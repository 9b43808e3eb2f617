// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Faults of the running kernel. What the hand-over before it says about a requester ID comes first;
 * after that counts what is to be preserved next and which devices are there now: both change while
 * the kernel runs, and the hand-over's evidence does not know of it.
 */
#include "correlate/live.h"
#include "correlate/steps.h"

static bool is_preserved(const struct lw_live_context *c, const struct lw_fault *fault)
{
	size_t i;

	for (i = 0; i < c->preserved_count; i++)
		if (c->preserved[i].rid == fault->rid)
			return fault->last_ns >= c->preserved[i].since_ns;
	return false;
}

static bool has_rid(const struct lw_device *device, uint64_t rid)
{
	size_t i;

	if (device->rid == rid)
		return true;
	for (i = 0; i < device->alias_count; i++)
		if (device->aliases[i] == rid)
			return true;
	return false;
}

/* The device that has the requester ID as its own, else one whose alias it is. */
static const struct lw_device *device_of(const struct lw_live_context *c, uint64_t rid)
{
	const struct lw_device *found = NULL;
	size_t i;

	for (i = 0; i < c->device_count; i++) {
		if (c->devices[i].rid == rid)
			return &c->devices[i];
		if (!found && has_rid(&c->devices[i], rid))
			found = &c->devices[i];
	}
	return found;
}

/* As lw_classify_faults() sees it, with this fault as the only one. */
static enum lw_fault_class class_after(const struct lw_handover *handover,
				       const struct lw_fault *fault)
{
	struct lw_handover alone = *handover;
	struct lw_fault copy = *fault;

	alone.faults = &copy;
	alone.fault_count = 1;
	alone.precedents = (struct lw_rids){};
	lw_classify_faults(&alone);
	free(alone.precedents.rid);
	return copy.class;
}

static enum lw_fault_class class_without(const struct lw_live_context *c,
					 const struct lw_fault *fault)
{
	const struct lw_device *device = device_of(c, fault->rid);
	bool hosts = lw_fault_caused_by(fault) == LW_CAUSED_BY_HOST;

	if (lw_fault_is_interrupt(fault))
		return LW_CLASS_INTERRUPT;
	if (lw_fault_is_anybodys(fault))
		return LW_CLASS_ORDINARY;
	if (is_preserved(c, fault))
		return hosts ? LW_CLASS_BROKEN : LW_CLASS_GUEST;
	if (!device)
		return c->device_count ? LW_CLASS_UNKNOWN_DEVICE : LW_CLASS_ORDINARY;
	return device->assigned && !hosts ? LW_CLASS_GUEST : LW_CLASS_ORDINARY;
}

void lw_live_classify(const struct lw_live_context *c, struct lw_fault *fault)
{
	fault->window = c->handed_over ? LW_WINDOW_AFTER : LW_WINDOW_BEFORE;
	fault->class = LW_CLASS_ORDINARY;
	if (c->handover)
		fault->class = class_after(c->handover, fault);
	/* Nothing that the hand-over would explain. */
	if (fault->class == LW_CLASS_ORDINARY || fault->class == LW_CLASS_UNKNOWN_DEVICE)
		fault->class = class_without(c, fault);
}
