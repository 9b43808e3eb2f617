// SPDX-License-Identifier: GPL-2.0-or-later
/* Random numbers that are the same everywhere, and lists of requester IDs. */
#include <stdlib.h>

#include "trial.h"

uint64_t roll(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

uint64_t roll_below(struct dice *dice, uint64_t limit)
{
	uint64_t value = roll(dice);

	return limit ? value % limit : 0;
}

bool roll_chance(struct dice *dice, unsigned int percent)
{
	return roll_below(dice, 100) < percent;
}

void list_add(struct rid_list *list, uint64_t rid)
{
	if (list->count == list->size) {
		list->size = list->size ? list->size * 2 : 64;
		list->rid = reallocarray(list->rid, list->size, sizeof(*list->rid));
		if (!list->rid)
			abort();
	}
	list->rid[list->count++] = rid;
}

static int compare(const void *pa, const void *pb)
{
	const uint64_t *a = pa, *b = pb;

	return *a < *b ? -1 : *a > *b;
}

void list_sort(struct rid_list *list)
{
	if (list->count)
		qsort(list->rid, list->count, sizeof(*list->rid), compare);
}

bool list_has(const struct rid_list *list, uint64_t rid)
{
	return list->count && bsearch(&rid, list->rid, list->count, sizeof(*list->rid), compare);
}

bool list_contains(const struct rid_list *list, uint64_t rid)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (list->rid[i] == rid)
			return true;
	}
	return false;
}
