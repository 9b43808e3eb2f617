// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Entries of which nobody wrote down that they are an alias's of a preserved device, and which may be: of
 * such a device the kernel keeps them, and they are no stranger's.
 */
#include <stdlib.h>
#include <string.h>

#include "judge/judges.h"

#define UNSEEN_COMPARED 1024

static bool has_own_device(const struct lw_handover *h, uint64_t rid)
{
	const struct lw_owner *owner;

	for (owner = lw_owner_first(h, rid); owner; owner = lw_owner_next(h, owner))
		if (owner->device == rid)
			return true;
	return false;
}

/* A preserved device that is no one's: no record of the baseline has it, and the next kernel does not see it. */
static bool is_unseen(const struct lw_handover *h, const struct lw_preserved_rid *preserved)
{
	return h->evidence->device_count && preserved->rid == preserved->device &&
	       !lw_owner_first(h, preserved->rid);
}

struct lw_late lw_late_devices(struct lw_handover *h)
{
	const struct lw_device *devices = h->evidence->devices;
	struct lw_late late = {};
	size_t i, j;

	for (i = 0; i < h->evidence->device_count; i++)
		for (j = 0; j < devices[i].alias_count; j++)
			if (lw_rids_have(&h->marked, devices[i].rid) &&
			    !lw_rids_have(&h->aliased, devices[i].rid))
				lw_rids_add(h, &late.aliases, devices[i].aliases[j]);
	lw_rids_sort(&late.aliases);
	for (i = 0; i < h->preserved_count; i++)
		if (is_unseen(h, &h->preserved[i]))
			lw_rids_add(h, &late.unseen, h->preserved[i].rid);
	return late;
}

void lw_late_free(struct lw_late *late)
{
	free(late->aliases.rid);
	free(late->unseen.rid);
}

static bool same_words(const struct lw_handover *h, const struct lw_entry *entry, uint64_t rid)
{
	unsigned int words = entry->unit->scalable_tables ? 4 : 2;
	const struct lw_rec_entry *kept = lw_entry_words(h, entry->unit->index, rid, LW_AFTER);

	return kept && !memcmp(kept->words, entry->after->words, words * sizeof(kept->words[0]));
}

/*
 * A device with a quirk sends with requester IDs that no bridge explains, and the kernel gives each of them
 * the device's own entry. Where the baseline does not have all aliases, an entry that is word for word that
 * of a preserved device of the same bus may be one. NEW: only of devices of which the baseline has none.
 */
bool lw_looks_like_alias(const struct lw_handover *h, const struct lw_entry *entry, bool new)
{
	uint64_t rid = entry->rid & ~0xffULL;
	unsigned int devfn;

	for (devfn = 0; entry->after && devfn < 256; devfn++) {
		if (!lw_preserved_find(h, rid | devfn) || (new && lw_rids_have(&h->aliased, rid | devfn)))
			continue;
		if (same_words(h, entry, rid | devfn))
			return true;
	}
	return false;
}

/*
 * The aliases of a device that nobody saw may lie on any bus: a requester ID that is no one's either, with the
 * very words of such a device. Of too many to compare nobody knows which.
 */
static bool looks_like_unseen(const struct lw_handover *h, const struct lw_entry *entry,
			      const struct lw_rids *unseen)
{
	size_t i;

	if (!entry->after || lw_owner_first(h, entry->rid))
		return false;
	for (i = 0; i < unseen->count && unseen->count <= UNSEEN_COMPARED; i++)
		if (same_words(h, entry, unseen->rid[i]))
			return true;
	return unseen->count > UNSEEN_COMPARED;
}

bool lw_is_late_alias(const struct lw_handover *h, uint64_t rid, const struct lw_late *late)
{
	return h->baseline && lw_rids_have(&late->aliases, rid) && !has_own_device(h, rid) &&
	       !lw_preserved_find(h, rid);
}

/*
 * The baseline has the aliases of the devices that there were at arming. One that was added since may be
 * preserved, and its aliases with it: requester IDs that no device has as its own.
 */
bool lw_may_be_late_alias(const struct lw_handover *h, const struct lw_entry *entry,
			  const struct lw_late *late)
{
	return h->baseline && !has_own_device(h, entry->rid) &&
	       (lw_rids_have(&late->aliases, entry->rid) || lw_looks_like_alias(h, entry, true) ||
		looks_like_unseen(h, entry, &late->unseen));
}
