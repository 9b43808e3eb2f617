// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requester IDs: sorted sets of them, and who owns one. A requester ID is not a device: several
 * devices may send with the same one (DMA aliases behind a bridge), and the clearing of a device's
 * entry hits all of them.
 */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/search.h"
#include "correlate/steps.h"

void lw_rids_add(struct lw_handover *h, struct lw_rids *rids, uint64_t rid)
{
	uint64_t *place = lw_add(h, rids->rid, rids->count, rids->size);

	if (place)
		*place = rid;
}

void lw_rids_sort(struct lw_rids *rids)
{
	size_t i, kept = 0;

	if (!rids->count)
		return;
	qsort(rids->rid, rids->count, sizeof(*rids->rid), lw_rid_compare);
	for (i = 1; i < rids->count; i++) {
		if (rids->rid[i] != rids->rid[kept])
			rids->rid[++kept] = rids->rid[i];
	}
	rids->count = kept + 1;
}

bool lw_rids_have(const struct lw_rids *rids, uint64_t rid)
{
	return lw_rid_in(rids->rid, rids->count, rid);
}

const struct lw_owner *lw_owner_first(const struct lw_handover *h, uint64_t rid)
{
	size_t at = lw_first_place(h->owner_count, i, h->owners[i].rid < rid);

	return at < h->owner_count && h->owners[at].rid == rid ? &h->owners[at] : NULL;
}

const struct lw_owner *lw_owner_next(const struct lw_handover *h, const struct lw_owner *owner)
{
	const struct lw_owner *next = owner + 1;

	return next < h->owners + h->owner_count && next->rid == owner->rid ? next : NULL;
}

struct lw_entry *lw_entry_first(const struct lw_handover *h, uint64_t rid)
{
	size_t at = lw_first_place(h->entry_count, i, h->entries[i].rid < rid);

	return at < h->entry_count && h->entries[at].rid == rid ? &h->entries[at] : NULL;
}

const struct lw_entry *lw_entry_next(const struct lw_handover *h, const struct lw_entry *entry)
{
	const struct lw_entry *next = entry + 1;

	return next < h->entries + h->entry_count && next->rid == entry->rid ? next : NULL;
}

const struct lw_preserved_rid *lw_preserved_find(const struct lw_handover *h, uint64_t rid)
{
	size_t at = lw_first_place(h->preserved_count, i, h->preserved[i].rid < rid);

	return at < h->preserved_count && h->preserved[at].rid == rid ? &h->preserved[at] : NULL;
}

const struct lw_device *lw_device_of(const struct lw_handover *h, uint64_t rid)
{
	const struct lw_device *device = NULL;
	const struct lw_owner *owner;

	for (owner = lw_owner_first(h, rid); owner; owner = lw_owner_next(h, owner)) {
		if (owner->device == rid && owner->seen)
			return owner->seen;
		if (owner->seen && !device)
			device = owner->seen;
	}
	return device;
}

char *lw_rid_and_name(const struct lw_handover *h, uint64_t rid, char *text, size_t size)
{
	const struct lw_device *device = lw_device_of(h, rid);
	char number[LW_RID_TEXT];

	lw_rid_format(rid, number);
	if (device && device->rid == rid && device->name)
		snprintf(text, size, "%s (%.120s)", number, device->name);
	else
		snprintf(text, size, "%s", number);
	return text;
}
