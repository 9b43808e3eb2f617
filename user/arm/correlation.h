/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The orchestrator's id of the hand-over that this boot will end in: 1 to 128 printable characters
 * of ASCII without blank, quote and backslash, so that it stands unchanged wherever it is copied to.
 * Kept below the state folder with the boot id, so that it never speaks of another hand-over.
 */
#ifndef LUWATCH_CORRELATION_H
#define LUWATCH_CORRELATION_H

#include <stdbool.h>

#define LW_CORRELATION_TEXT 129 /* with the terminator */

bool lw_is_correlation(const char *text);

/* Saves it for BOOT, "" that there is none. 0; -EINVAL for what is no such id; or the disk's errno. */
int lw_correlation_save(const char *state, const char *boot_id, const char *text);

/* That of BOOT, "" when there is none. */
void lw_correlation_load(const char *state, const char *boot_id, char text[LW_CORRELATION_TEXT]);

#endif
