/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The members of an audit record's line that the chain needs, without making a tree of it: for the
 * form that lw_audit_record_format() gives nearly all lines. Pure.
 */
#ifndef LUWATCH_AUDIT_SCAN_H
#define LUWATCH_AUDIT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lw_audit_said {
	int64_t seq, boot_ns;
	char time[40], boot_id[64], kind[24], prev[65];
};

/*
 * COVERED are the LENGTH bytes of a line before `,"hash":"`. True: they are the beginning of an
 * object with the members of luwatch.audit/1 in their order, without duplicate keys, and SAID is
 * what a JSON parser finds in it. False says nothing of the line: it has escapes like \u, bytes
 * beyond ASCII, large numbers, many keys or another order, and is for a JSON parser.
 */
bool lw_audit_scan(const char *covered, size_t length, struct lw_audit_said *said);

#endif
