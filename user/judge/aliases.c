// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Entries of which nobody wrote down that they are an alias's of a preserved device, and which may be: of
 * such a device the kernel keeps them, and they are no stranger's.
 */
#include <stdlib.h>
#include <string.h>

#include "judge/judges.h"

static bool has_own_device(const struct lw_handover *h, uint64_t rid)
{
	const struct lw_owner *owner;

	for (owner = lw_owner_first(h, rid); owner; owner = lw_owner_next(h, owner))
		if (owner->device == rid)
			return true;
	return false;
}

struct lw_rids lw_new_aliases(struct lw_handover *h)
{
	const struct lw_device *devices = h->evidence->devices;
	struct lw_rids aliases = {};
	size_t i, j;

	for (i = 0; i < h->evidence->device_count; i++)
		for (j = 0; j < devices[i].alias_count; j++)
			if (lw_rids_have(&h->marked, devices[i].rid) &&
			    !lw_rids_have(&h->aliased, devices[i].rid))
				lw_rids_add(h, &aliases, devices[i].aliases[j]);
	lw_rids_sort(&aliases);
	return aliases;
}

/*
 * A device with a quirk sends with requester IDs that no bridge explains, and the kernel gives each of them
 * the device's own entry. Where the baseline does not have all aliases, an entry that is word for word that
 * of a preserved device of the same bus may be one. NEW: only of devices of which the baseline has none.
 */
bool lw_looks_like_alias(const struct lw_handover *h, const struct lw_entry *entry, bool new)
{
	unsigned int words = entry->unit->scalable_tables ? 4 : 2, devfn;
	uint64_t rid = entry->rid & ~0xffULL;
	const struct lw_rec_entry *kept;

	for (devfn = 0; entry->after && devfn < 256; devfn++) {
		if (!lw_preserved_find(h, rid | devfn) || (new && lw_rids_have(&h->aliased, rid | devfn)))
			continue;
		kept = lw_entry_words(h, entry->unit->index, rid | devfn, LW_AFTER);
		if (kept && !memcmp(kept->words, entry->after->words, words * sizeof(kept->words[0])))
			return true;
	}
	return false;
}

/*
 * The baseline has the aliases of the devices that there were at arming. One that was added since may be
 * preserved, and its aliases with it: requester IDs that no device has as its own.
 */
bool lw_may_be_new_alias(const struct lw_handover *h, const struct lw_entry *entry,
			 const struct lw_rids *aliases)
{
	return h->baseline && !has_own_device(h, entry->rid) &&
	       (lw_rids_have(aliases, entry->rid) || lw_looks_like_alias(h, entry, true));
}
