/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record as one line of text (record.h: LW_TEXT_PREFIX and 256 digits). */
#ifndef LUWATCH_CARRY_TEXT_H
#define LUWATCH_CARRY_TEXT_H

#include "luwatch/record.h"

/* Writes LW_TEXT_LEN characters and a terminator. */
void lw_record_to_text(const struct lw_record *record, char text[LW_TEXT_LEN + 1]);

#endif
