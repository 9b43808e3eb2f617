/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of carriers, and what is asked of all of them at once. */
#include <stdio.h>
#include <stdlib.h>

#include "base/io.h"
#include "base/message.h"
#include "carry/carrier.h"

#define DECLARATION(NAME, name) extern const struct lw_carrier lw_##name##_carrier;
LW_CARRIERS(DECLARATION)

#define ELEMENT(NAME, name) [LW_CARRIER_##NAME] = &lw_##name##_carrier,
const struct lw_carrier *const lw_carriers[LW_CARRIER_COUNT] = { LW_CARRIERS(ELEMENT) };

void lw_carriers_prepare(struct lw_control *control, const struct lw_area *area)
{
	char detail[256];
	int i;

	for (i = 0; i < LW_CARRIER_COUNT && !control->probes_only; i++) {
		control->carriers &= ~(1U << i);
		if (lw_carriers[i]->supported(detail, sizeof(detail)))
			continue;
		if (lw_carriers[i]->prepare(control, area, detail, sizeof(detail)))
			lw_warn("carrier %s: %s", lw_carriers[i]->name, detail);
		else
			control->carriers |= 1U << i;
	}
}

bool lw_carriers_end_early(const struct lw_control *control)
{
	char detail[256];
	int i;

	for (i = 0; i < LW_CARRIER_COUNT && !control->probes_only; i++)
		if (lw_carriers[i]->ends_early &&
		    (control->generation ? lw_carrier_armed(control, i)
					 : !lw_carriers[i]->supported(detail, sizeof(detail))))
			return true;
	return false;
}

/* LIST and MORE with SEPARATOR between; LIST is freed. */
static char *join(char *list, const char *separator, const char *more)
{
	LW_FREE char *before = list;

	return lw_format("%s%s%s", before ? before : "", before && *before ? separator : "", more);
}

char *lw_carriers_armed(const struct lw_control *control, const char *separator)
{
	char *list = lw_format("%s", "");
	int i;

	for (i = 0; i < LW_CARRIER_COUNT; i++)
		if (lw_carrier_armed(control, i))
			list = join(list, separator, lw_carriers[i]->name);
	return list;
}

bool lw_carriers_wordless(const struct lw_control *control)
{
	int i;

	for (i = 0; i < LW_CARRIER_COUNT; i++)
		if (lw_carrier_armed(control, i) && lw_carriers[i]->wordless)
			return true;
	return false;
}

int lw_carriers_covered(const struct lw_control *control, const struct lw_image_view *image)
{
	int i, count = 0;

	for (i = 0; i < LW_CARRIER_COUNT; i++)
		if (lw_carrier_armed(control, i) && lw_carriers[i]->covered)
			count += lw_carriers[i]->covered(control, image);
	return count;
}

char *lw_carriers_words(const struct lw_control *control, const char *running,
			struct lw_words *ours)
{
	char *list = NULL;
	int i;

	for (i = 0; i < LW_CARRIER_COUNT; i++) {
		LW_FREE char *words = NULL;

		if (lw_carrier_armed(control, i) && lw_carriers[i]->words)
			words = lw_carriers[i]->words(control, running, ours);
		if (words)
			list = join(list, " ", words);
	}
	return list;
}

uint64_t lw_carriers_dropped(const struct lw_control *control)
{
	uint64_t count = 0;
	int i;

	for (i = 0; i < LW_CARRIER_COUNT; i++)
		if (lw_carriers[i]->dropped)
			count += lw_carriers[i]->dropped(control);
	return count;
}

void lw_carriers_mark_seen(const char *cmdline, struct lw_id boot)
{
	int i;

	for (i = 0; i < LW_CARRIER_COUNT; i++)
		if (lw_carriers[i]->mark_seen)
			lw_carriers[i]->mark_seen(cmdline, boot);
}

void lw_carriers_stop(void)
{
	int i;

	for (i = 0; i < LW_CARRIER_COUNT; i++)
		if (lw_carriers[i]->stop)
			lw_carriers[i]->stop();
}

void lw_carriers_clear(void)
{
	int i;

	for (i = 0; i < LW_CARRIER_COUNT; i++)
		if (lw_carriers[i]->clear)
			lw_carriers[i]->clear();
}
