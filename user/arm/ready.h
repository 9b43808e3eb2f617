/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a kexec now would be fully recorded: what `luwatch status` and the metrics say. */
#ifndef LUWATCH_READY_H
#define LUWATCH_READY_H

#include <stdbool.h>

#include "arm/pins.h"
#include "probe/inspect.h"

/*
 * Why a kexec now would not be fully recorded, and what to do; a static string, NULL when it would.
 * PINS is NULL when nothing is armed, IMAGE when the loaded kexec image cannot be looked at; OFF:
 * nothing is to be armed. Pure.
 */
const char *lw_not_ready(const struct lw_pins *pins, const struct lw_image_view *image, bool off);

/* Segments of IMAGE that cover the records. */
int lw_image_covers(const struct lw_pins *pins, const struct lw_image_view *image);

#endif
