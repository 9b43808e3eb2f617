/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of the rebuilding, in the order in which lw_rebuild() takes them, and the look-ups
 * that they and the judges share. Only files of user/correlate/ and user/judge/ include this. Without memory a step sets the sticky
 * error of the hand-over and returns; the caller looks at it once, at the end.
 */
#ifndef LUWATCH_STEPS_H
#define LUWATCH_STEPS_H

#include <errno.h>

#include "correlate/array.h"
#include "correlate/handover.h"

/* Steps. */
void lw_read_baseline(struct lw_handover *h);  /* strings, declared set, probes */
void lw_index_records(struct lw_handover *h);  /* for the look-ups below */
void lw_rebuild_units(struct lw_handover *h);  /* landmarks, units, tables, entry words */
void lw_find_preserved(struct lw_handover *h); /* owners, marked set, preserved IDs */
void lw_list_entries(struct lw_handover *h);   /* entries with their states, kept set */
void lw_sort_sources(struct lw_handover *h);   /* all requester IDs by source id */
void lw_find_conditions(struct lw_handover *h); /* of each unit */
void lw_gather_faults(struct lw_handover *h);  /* faults with windows, each once */
void lw_classify_faults(struct lw_handover *h);

/* Sorted sets of requester IDs. */
void lw_rids_add(struct lw_handover *h, struct lw_rids *rids, uint64_t rid);
void lw_rids_sort(struct lw_rids *rids); /* and removes repeated ones */
bool lw_rids_have(const struct lw_rids *rids, uint64_t rid);

/* Look-ups; NULL when there is none. */
struct lw_unit *lw_unit_at(const struct lw_handover *h, unsigned int index);
/* Records by what they are about (index.c): the first of several; NULL when there is none. */
const struct lw_rec_entry *lw_entry_words(const struct lw_handover *h, unsigned int unit,
					  uint64_t rid, unsigned int phase);
const struct lw_record *lw_entry_at_preservation(const struct lw_handover *h, uint64_t rid);
const struct lw_rec_marked *lw_mark_of(const struct lw_handover *h, uint64_t rid);
const struct lw_rec_pasid_table *lw_pasid_table_of(const struct lw_handover *h, unsigned int unit,
						   uint64_t rid, unsigned int phase);
const struct lw_rec_pasid_entry *lw_pasid_entry_of(const struct lw_handover *h, unsigned int unit,
						   uint64_t rid, unsigned int phase);
const struct lw_preserved_rid *lw_preserved_find(const struct lw_handover *h, uint64_t rid);
const struct lw_owner *lw_owner_first(const struct lw_handover *h, uint64_t rid);
struct lw_entry *lw_entry_first(const struct lw_handover *h, uint64_t rid);

/* The next one with the same requester ID. */
const struct lw_owner *lw_owner_next(const struct lw_handover *h, const struct lw_owner *owner);
const struct lw_entry *lw_entry_next(const struct lw_handover *h, const struct lw_entry *entry);

/* The device that has RID as its own, else one whose alias it is. */
const struct lw_device *lw_device_of(const struct lw_handover *h, uint64_t rid);

/* Faults: whether some entry of RID is in one of STATES (1 << enum lw_context_state). */
bool lw_any_entry(const struct lw_handover *h, uint64_t rid, unsigned int states);
/* Whether the carried tables were in use when it happened. */
bool lw_carried_tables_count(const struct lw_handover *h, const struct lw_fault *fault);
/*
 * The next known requester ID with FAULT's source id, from place *AT (0 at first) on. FITTING: only
 * those whose entry can give that reason.
 */
bool lw_segment_candidate(const struct lw_handover *h, const struct lw_fault *fault, bool fitting,
			  size_t *at, uint64_t *rid);
/* Puts FAULT into the one segment in which its reason fits what became of the entry. */
void lw_settle_segment(const struct lw_handover *h, struct lw_fault *fault);

/* Questions about a unit. */
bool lw_unit_is_on(const struct lw_unit *unit);	      /* after: translates, as far as known */
bool lw_unit_blocks(const struct lw_unit *unit); /* after: on, and refuses every request */
bool lw_unit_after_known(const struct lw_unit *unit); /* its registers were read at the end */
bool lw_unit_excepted(const struct lw_unit *unit);    /* quirked graphics unit */
bool lw_unit_has_bus(const struct lw_unit *unit, uint64_t rid); /* a table for the bus of RID */

/* Why the unit's tables are not known in one of the walks (enum lw_phase), or NULL. */
const char *lw_unit_tables_missing(const struct lw_unit *unit, unsigned int phase);
bool lw_unit_cleans(const struct lw_unit *unit); /* on, and something of it preserved */
/* The unit in the next kernel, or NULL; what that kernel did with the carried tables. */
enum lw_receiver { LW_RECEIVER_UNKNOWN, LW_RECEIVER_ADOPTED, LW_RECEIVER_DISCARDED };
const struct lw_unit_now *lw_unit_now_of(const struct lw_handover *h, const struct lw_unit *unit);
enum lw_receiver lw_unit_receiver(const struct lw_handover *h, const struct lw_unit *unit,
				  const struct lw_unit_now *now);

static inline const char *lw_unit_name(const struct lw_unit *unit)
{
	return unit ? unit->name : "no unit";
}

bool lw_table_bit(const struct lw_rec_table *table, unsigned int devfn);

/* Probes: attached in the old kernel; its function exists there. */
bool lw_probe_attached(const struct lw_handover *h, enum lw_probe_bit probe);
bool lw_probe_exists(const struct lw_handover *h, enum lw_probe_bit probe);

/* Formatted text in fresh memory; NULL (and the sticky error) without memory. */
char *lw_text(struct lw_handover *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "0000:02:00.0 (Intel 82574L)" or only the ID, in TEXT; returns TEXT. */
char *lw_rid_and_name(const struct lw_handover *h, uint64_t rid, char *text, size_t size);

#define LW_RID_AND_NAME 160

#endif
