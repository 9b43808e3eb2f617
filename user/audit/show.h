/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the audit log for reading: which ones, and each as one line of text. Pure. */
#ifndef LUWATCH_AUDIT_SHOW_H
#define LUWATCH_AUDIT_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct lw_audit_filter {
	uint64_t since_ns; /* since 1970 */
	bool by_device;
	uint64_t rid;
	const char *kind;     /* NULL: all */
	const char *handover; /* beginning of an id; NULL: all */
};

bool lw_audit_filter_takes(const struct lw_audit_filter *filter, const json_t *record);

/* One line without newline, safe on a terminal; the caller frees it. */
char *lw_audit_show(const json_t *record);

#endif
