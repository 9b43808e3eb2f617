/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LUWATCH_LIST_H
#define LUWATCH_LIST_H

#include <jansson.h>

#include "text/style.h"

/*
 * The table of LIST's objects, each as lw_summary_of() makes it; the hand-over that began boot
 * BOOT_ID gets a star.
 */
void lw_summary_table(const struct lw_style *style, const json_t *list, const char *boot_id);

#endif
