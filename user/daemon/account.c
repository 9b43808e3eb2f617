/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Booking faults. The bounds here are what keeps the number of series a host exports bounded. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/account.h"

struct lw_counted_slot {
	struct lw_fault_key key;
	uint64_t count;
	bool used;
};

/* The device's place, a new one if there is room for it, or NULL. */
static struct lw_account_device *place_of(struct lw_account *a, const struct lw_fault *fault)
{
	struct lw_account_device *device;
	size_t i;

	if (fault->rid == LW_RID_OTHER)
		return NULL;
	for (i = 0; i < a->device_count; i++)
		if (a->devices[i].rid == fault->rid)
			return &a->devices[i];
	if (a->device_count == LW_ACCOUNT_RIDS || a->series >= LW_ACCOUNT_SERIES)
		return NULL;
	if (fault->class == LW_CLASS_UNKNOWN_DEVICE) {
		if (a->unknown_count == LW_ACCOUNT_UNKNOWN)
			return NULL;
		a->unknown_count++;
	}
	device = &a->devices[a->device_count++];
	memset(device, 0, sizeof(*device));
	device->rid = fault->rid;
	return device;
}

void lw_account_add(struct lw_account *a, const struct lw_fault *fault, uint64_t count)
{
	struct lw_account_device *device;

	if (!count || fault->class >= LW_CLASSES || fault->window >= LW_WINDOWS)
		return;
	a->faults[fault->class][fault->window] += count;
	device = place_of(a, fault);
	if (!device || (!device->count[fault->class] && a->series >= LW_ACCOUNT_SERIES)) {
		a->other[fault->class] += count;
		return;
	}
	if (!device->count[fault->class])
		a->series++;
	device->count[fault->class] += count;
}

static struct lw_counted_slot *find(struct lw_counted *c, const struct lw_fault_key *key)
{
	uint64_t words[2], state = LW_MIX_SEED;
	size_t at;

	_Static_assert(sizeof(*key) == sizeof(words), "a key is two words");
	memcpy(words, key, sizeof(words));
	state = lw_mix(lw_mix(state, words[0]), words[1]);
	for (at = state & (c->size - 1);; at = (at + 1) & (c->size - 1))
		if (!c->slots[at].used || !memcmp(&c->slots[at].key, key, sizeof(*key)))
			return &c->slots[at];
}

static int grow(struct lw_counted *c)
{
	struct lw_counted old = *c;
	size_t i;

	c->size = old.size ? 2 * old.size : 64;
	c->slots = calloc(c->size, sizeof(*c->slots));
	if (!c->slots) {
		*c = old;
		return -ENOMEM;
	}
	for (i = 0; i < old.size; i++)
		if (old.slots[i].used)
			*find(c, &old.slots[i].key) = old.slots[i];
	free(old.slots);
	return 0;
}

int64_t lw_counted_delta(struct lw_counted *c, const struct lw_fault_key *key, uint64_t count)
{
	struct lw_counted_slot *slot;
	uint64_t before;

	if (2 * (c->used + 1) > c->size && grow(c))
		return -ENOMEM;
	slot = find(c, key);
	if (!slot->used) {
		slot->used = true;
		slot->key = *key;
		c->used++;
	}
	before = slot->count;
	slot->count = count;
	return count > before ? (int64_t)(count - before) : 0;
}

void lw_counted_free(struct lw_counted *c)
{
	free(c->slots);
	memset(c, 0, sizeof(*c));
}
