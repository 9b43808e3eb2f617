/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growing an array by one place at a time, for the lists of the correlation. */
#ifndef LUWATCH_ARRAY_H
#define LUWATCH_ARRAY_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * Makes room for one more item of ITEM bytes in ARRAY, which has *SIZE places of which COUNT are
 * used. Returns the array, perhaps moved, or NULL (then the old one is still valid).
 */
static inline void *lw_array_grow(void *array, size_t *size, size_t count, size_t item)
{
	size_t wanted;
	void *grown;

	if (count < *size)
		return array;
	wanted = *size ? *size * 2 : 16;
	grown = reallocarray(array, wanted, item);
	if (grown)
		*size = wanted;
	return grown;
}

/* One more place in HANDOVER's array LIST, zeroed; NULL (and the sticky error) without memory. */
#define lw_add(handover, list, list_count, list_size)                                              \
	({                                                                                         \
		void *grown_ = lw_array_grow((list), &(list_size), (list_count), sizeof(*(list))); \
		__typeof__(list) added_ = NULL;                                                    \
		if (grown_) {                                                                      \
			(list) = grown_;                                                           \
			added_ = &(list)[(list_count)++];                                          \
			memset(added_, 0, sizeof(*added_));                                        \
		} else {                                                                           \
			(handover)->error = -ENOMEM;                                               \
		}                                                                                  \
		added_;                                                                            \
	})

#endif
