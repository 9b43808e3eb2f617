/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the audit log for reading: which ones, and each as one line of text. Pure. */
#ifndef LUWATCH_AUDIT_SHOW_H
#define LUWATCH_AUDIT_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct lw_audit_filter {
	int64_t since_ns; /* since 1970 */
	bool by_device;
	uint64_t rid;
	const char *kind;     /* NULL: all */
	const char *handover; /* beginning of an id; NULL: all */
};

bool lw_audit_filter_takes(const struct lw_audit_filter *filter, const json_t *record);

/* One line without newline, safe on a terminal; the caller frees it. */
char *lw_audit_show(const json_t *record);

/*
 * A point in time: RFC 3339 in UTC, a day ("2024-05-31"), or how long ago ("90s", "30min", "2h",
 * "7d") seen from NOW_NS. -EINVAL.
 */
int lw_audit_since_parse(const char *text, int64_t now_ns, int64_t *ns);

#endif
