/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LUWATCH_CORRELATE_ENTRY_STATE_H
#define LUWATCH_CORRELATE_ENTRY_STATE_H

#include "correlate/handover.h"

/* What a walk says of the present bit of an entry. */
enum lw_presence { LW_ABSENT, LW_PRESENT, LW_NOT_KNOWN };

/*
 * Sets state, difference and notes of ENTRY, whose unit, tables, words and preserved device are
 * filled in already, from its present bits BEFORE and AFTER the clearing.
 */
void lw_entry_set_state(const struct lw_handover *h, struct lw_entry *entry,
			enum lw_presence before, enum lw_presence after);

#endif
