/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "arm/ready.h"
#include "carry/carrier.h"

int lw_image_covers(const struct lw_pins *pins, const struct lw_image_view *image)
{
	const struct lw_control *c = pins->control;

	return c ? lw_image_overlaps(image, c->area_base, (uint64_t)c->area_count * LW_PAGE_SIZE) : 0;
}

const char *lw_not_ready(const struct lw_pins *pins, const struct lw_image_view *image, bool off)
{
	const struct lw_control *c;

	if ((!pins || pins->state == LW_PINS_NONE) && off)
		return "recording is off: [record] level, or luwatch=off on the kernel command line";
	if (!pins || pins->state == LW_PINS_NONE)
		return "not armed: run `luwatch arm`";
	if (pins->state != LW_PINS_COMPLETE)
		return "half armed: run `luwatch arm`";
	c = pins->control;
	if (c->probes_only)
		return "only faults are recorded: [record] level is probes";
	if (!c->area_base && !c->trace_on)
		return "no carrier is armed: see `luwatch check`";
	if (!image)
		return "the kexec image cannot be looked at";
	if (!image->image)
		return "no kexec image is loaded: load one with the words of `luwatch kexec-args`";
	if (image->image == c->stale_image)
		return "the kexec image was loaded before the present words of `luwatch kexec-args` "
		       "existed: load it again with them";
	if (lw_image_covers(pins, image))
		return "the kexec image covers the records: run `luwatch arm` and load the image "
		       "again with the new words of `luwatch kexec-args`";
	return NULL;
}
