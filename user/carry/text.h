/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record as one line of text, as luwatch/text.h says, and as an older luwatch wrote it. Pure. */
#ifndef LUWATCH_CARRY_TEXT_H
#define LUWATCH_CARRY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "luwatch/text.h"

/* What stands in front of both forms; they differ in the character behind it. */
#define LW_TEXT_MAGIC	  "LWR1"
#define LW_TEXT_MAGIC_LEN 4

/* Writes at most LW_DENSE_LEN characters and a terminator; returns how many characters. */
size_t lw_record_to_text(const struct lw_record *record, char text[LW_DENSE_LEN + 1]);

/* Whether one of the prefixes stands at BYTES. */
bool lw_text_begins(const uint8_t *bytes, size_t length);

/*
 * Reads the text that begins at BYTES (lw_text_begins()) into *RECORD, whose checksum is not looked at.
 * *USED: how many characters it has, or how many were good. False: it is damaged or cut off.
 */
bool lw_record_of_text(const uint8_t *bytes, size_t length, struct lw_record *record, size_t *used);

/* The first text record in BYTES, as far as its prefix tells; NULL when there is none. */
const uint8_t *lw_find_text(const uint8_t *bytes, size_t length);

#endif
