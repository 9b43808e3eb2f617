// SPDX-License-Identifier: GPL-2.0-or-later
/* See stuck.h. */
#include "probe/stuck.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "luwatch/vtd.h"

#define INTERRUPTS_LIMIT (16u << 20) /* 1,024 processors and 2,000 lines are 11 characters each */

/* "  24:   0   1  DMAR-MSI    0-edge      dmar0", from behind the colon to the end of the line. */
static bool ends_with(const char *line, size_t length, const char *name)
{
	size_t room = strlen(name);

	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	return room && length > room && !memcmp(line + length - room, name, room) &&
	       isspace((unsigned char)line[length - room - 1]);
}

uint64_t lw_interrupts_of(const char *text, const char *name)
{
	const char *line, *at;
	uint64_t sum = 0;
	size_t length;
	char *end;

	for (line = text; *line; line += length + (line[length] == '\n')) {
		length = strcspn(line, "\n");
		at = memchr(line, ':', length);
		if (!at || !ends_with(line, length, name))
			continue;
		for (at++;; at = end) {
			while (*at == ' ')
				at++;
			if (!isdigit((unsigned char)*at))
				break;
			sum += strtoull(at, &end, 10);
			/* "0-edge" is no number of a processor. */
			if (*end != ' ')
				break;
		}
	}
	return sum;
}

static const struct lw_stuck_unit *find(const struct lw_stuck *stuck, uint64_t iommu)
{
	size_t i;

	for (i = 0; i < stuck->count; i++)
		if (stuck->units[i].iommu == iommu)
			return &stuck->units[i];
	return NULL;
}

bool lw_stuck_is(const struct lw_stuck *stuck, uint64_t iommu)
{
	const struct lw_stuck_unit *unit = find(stuck, iommu);

	return unit && unit->stuck;
}

/* All ones: the unit is gone, or cannot be read. */
bool lw_fault_pending(const struct lw_unit_view *view)
{
	return view->fsts != ~0U && view->fsts & VTD_FSTS_PPF;
}

int lw_stuck_take(struct lw_stuck *stuck, const struct lw_unit_view *views, size_t count, const char *interrupts)
{
	struct lw_stuck_unit *units = calloc(count ? count : 1, sizeof(*units));
	size_t i;

	if (!units)
		return -ENOMEM;
	stuck->any_pending = false;
	for (i = 0; i < count; i++) {
		const struct lw_stuck_unit *before = find(stuck, views[i].iommu);
		struct lw_stuck_unit *now = &units[i];

		now->iommu = views[i].iommu;
		now->interrupts = lw_interrupts_of(interrupts, (const char *)views[i].name);
		now->pending = lw_fault_pending(&views[i]);
		now->stuck = now->pending && before && before->pending &&
			     before->interrupts == now->interrupts;
		stuck->any_pending |= now->pending;
		stuck->found += now->stuck && !before->stuck;
	}
	free(stuck->units);
	stuck->units = units;
	stuck->count = count;
	return 0;
}

int lw_stuck_look(struct lw_stuck *stuck, struct lw_inspect *inspect)
{
	LW_FREE struct lw_unit_view *views = NULL;
	LW_FREE uint8_t *text = NULL;
	int count = lw_inspect_units(inspect, &views);
	size_t length;

	if (count < 0)
		return count;
	/* Interrupts that nobody can count did not come: pending in two looks is enough then. */
	if (lw_read_file("/proc/interrupts", INTERRUPTS_LIMIT, &text, &length))
		return lw_stuck_take(stuck, views, (size_t)count, "");
	return lw_stuck_take(stuck, views, (size_t)count, (const char *)text);
}

void lw_stuck_free(struct lw_stuck *stuck)
{
	free(stuck->units);
	*stuck = (struct lw_stuck){};
}
