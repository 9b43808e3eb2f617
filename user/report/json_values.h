/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values and lists of the JSON report. Only files of user/report/ include this. */
#ifndef LUWATCH_JSON_VALUES_H
#define LUWATCH_JSON_VALUES_H

#include "correlate/steps.h"
#include "report/json.h"

/*
 * Values; each a new reference, or NULL without memory. jansson's *_set_new() and *_append_new()
 * take NULL as a failure, so a caller need not look at each.
 */
json_t *lw_json_text(const char *text);		       /* null for NULL; bytes made safe */
json_t *lw_json_bytes(const void *bytes, size_t size); /* text in a field, perhaps unterminated */
json_t *lw_json_count(uint64_t count);
json_t *lw_json_hex(uint64_t value); /* "0x…" */
json_t *lw_json_rid(uint64_t rid);
json_t *lw_json_rids(const struct lw_rids *rids);
json_t *lw_json_time(uint64_t realtime_ns); /* null for 0 and UINT64_MAX */

/* Wall clock of a moment of the old kernel's boot clock; 0 when not known. */
uint64_t lw_old_realtime(const struct lw_handover *h, uint64_t boot_ns);

/* Lists; a new reference, or NULL without memory. */
json_t *lw_json_units(const struct lw_handover *h);
json_t *lw_json_entries(const struct lw_handover *h);
json_t *lw_json_faults(const struct lw_handover *h);
json_t *lw_json_carriers(const struct lw_handover *h);
json_t *lw_json_attempts(const struct lw_handover *h);
json_t *lw_json_losses(const struct lw_handover *h);
json_t *lw_json_findings(const struct lw_handover *h);
json_t *lw_json_invariants(const struct lw_handover *h);

#endif
