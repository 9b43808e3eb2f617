/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every way of arming begins and ends with: the lock, a look at the machine, taking over what
 * is pinned, letting go of it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "arm/arming.h"
#include "audit/entry.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/message.h"
#include "probe/reason.h"

#define LOCK "lock"

int lw_arm_lock(int *lock)
{
	int r = lw_lock(LOCK, lock);

	if (r == -EBUSY)
		lw_error("another luwatch is arming or disarming; try again");
	return r;
}

int lw_arm_look(struct arming *a, const struct lw_arm_options *options)
{
	struct lw_inspect *inspect;
	int r = lw_inspect_open(&inspect);

	if (r) {
		lw_error("BPF programs cannot be loaded here: %s",
			 lw_kernel_reason(r));
		return r;
	}
	r = lw_inspect_units(inspect, &a->units);
	a->unit_count = r > 0 ? r : 0;
	a->functions = lw_count_functions();
	if (r >= 0)
		r = lw_inspect_image(inspect, &a->image);
	if (!r)
		r = lw_inspect_devices(inspect, &a->devices);
	lw_inspect_close(inspect);
	if (r)
		return r;
	r = lw_declared_load(options->state, &a->declared);
	if (r)
		lw_error("%s/declared cannot be taken: %s; write it again with `luwatch declare`",
			 options->state, strerror(-r));
	lw_size_maps(a);
	return r;
}

/* Reads the order of the area's pages back from map "area_pages". */
static int restore_area(struct lw_area *area, int area_pages_fd, const struct lw_control *control)
{
	uint32_t i;
	int r = 0;

	area->count = control->area_count;
	area->base = control->area_base;
	area->order = calloc(area->count ? area->count : 1, sizeof(*area->order));
	if (!area->order)
		return -ENOMEM;
	for (i = 0; !r && i < area->count; i++) {
		r = bpf_map_lookup_elem(area_pages_fd, &i, &area->order[i]);
		if (!r && area->order[i] >= area->page_count)
			r = -EINVAL;
	}
	return r;
}

int lw_arm_adopt(struct arming *a, struct lw_pins *pins)
{
	int r;

	a->maps = pins->maps;
	a->control = pins->control;
	r = lw_area_open(a->maps.area, pins->area_pages, &a->area);
	if (!r)
		r = restore_area(&a->area, a->maps.area_pages, a->control);
	a->area.luo = a->maps.luo[0] >= 0 ? a->maps.luo : NULL;
	if (r == -EINVAL || (!r && !lw_area_is_whole(a)))
		r = -ESTALE;
	return r;
}

void lw_arm_finish(struct arming *a)
{
	lw_programs_close(&a->programs);
	lw_area_close(&a->area);
	lw_declared_free(&a->declared);
	free(a->units);
	free(a->devices.views);
}

void lw_config_arming(const struct lw_config *config, struct lw_label_texts *texts,
		      struct lw_arm_options *options)
{
	LW_FREE char *text = lw_config_text(config);
	uint8_t hash[LW_AUDIT_HASH];
	size_t i;

	if (text) {
		lw_audit_hash(text, strlen(text), hash);
		options->configuration = lw_audit_hash_text(hash, texts->configuration);
	}
	for (i = 0; i < config->label_count; i++) {
		snprintf(texts->text[i], sizeof(texts->text[i]), "%s=%s", config->labels[i].name,
			 config->labels[i].value);
		texts->list[i] = texts->text[i];
	}
	options->labels = texts->list;
	options->label_count = config->label_count;
	options->ring = config->ring;
	options->probes_only = config->level == LW_LEVEL_PROBES;
	if (options->attach_wanted)
		return;
	options->force_kprobe = config->attach == LW_ATTACH_CHOICE_KPROBE;
	options->attach_wanted = options->force_kprobe;
}
