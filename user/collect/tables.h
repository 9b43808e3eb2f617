/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The units and the carried tables as the next kernel has them, for the evidence.
 */
#ifndef LUWATCH_COLLECT_TABLES_H
#define LUWATCH_COLLECT_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/*
 * Adds "units" ({name, reg_phys, rtaddr, gsts}, registers as "0x…") and, where the tables can be
 * read, "pages" (physical address of a carried table → its words now that are not zero, by index,
 * null when it cannot be read) to EVIDENCE. FOLDER holds the carriers' files that EVIDENCE names.
 * What cannot be read is left out, which the correlation takes as unknown.
 */
void lw_gather_tables(json_t *evidence, const char *folder);

/*
 * Whether what differs in the tables now may be right: they are looked at AGAIN, or so long after the
 * kernel began that whoever owns a preserved device has had time to attach it anew. BOOT_NS: lw_boot_clock().
 */
bool lw_tables_late(bool again, uint64_t boot_ns);

#endif
