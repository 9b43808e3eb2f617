/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One hand-over's records, put together from everything the carriers brought: the newest baseline
 * and the log of the last attempt, each in order of sequence number, each record once. Says what is
 * missing and which carriers disagree. Pure.
 */
#ifndef LUWATCH_STREAM_H
#define LUWATCH_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "luwatch/record.h"
#include "record/decode.h"

/* What one carrier brought, decoded. Earlier inputs win where two disagree. */
struct lw_stream_input {
	const char *name;
	const struct lw_decoded *decoded;
};

/* Per input, in the order of the inputs. */
struct lw_stream_share {
	uint64_t records;    /* of the wanted id, heads of pages not counted */
	uint64_t log;	     /* of these, records of the last attempt's log */
	uint64_t lacks;	     /* of the last attempt's numbers, those it did not bring; 0 without a log */
	uint64_t alone;	     /* records that were used and that no other input has */
	uint64_t wrong_id;   /* records of another hand-over: not believed */
	uint32_t area_pages; /* pages the area has according to its heads, 0 = no head seen */
	uint32_t pages_seen; /* heads of the wanted id */
};

/* Sequence numbers first … last are missing. */
struct lw_gap {
	uint64_t first, last;
};

/* One kernel_kexec() entry. The last one is the hand-over, the others were aborted. */
struct lw_attempt {
	uint32_t number;
	uint64_t records;
	const struct lw_rec_kexec *kexec; /* points into the inputs' copy in .kept, or NULL */
	uint64_t kexec_ns;		  /* boot clock of the old kernel */
	bool result_known;		  /* kernel_kexec(), or liveupdate_reboot(), returned */
	int64_t result;
	bool aborted;	     /* kernel_kexec() came back */
	bool shutdown, last; /* these records exist */
};

/* Two different records with one place in the order. */
struct lw_conflict {
	bool baseline;
	uint32_t epoch;
	uint64_t seq;
	const char *used, *ignored; /* names of inputs; the same when one contradicts itself */
};

#define LW_CONFLICTS_NAMED 8

struct lw_stream {
	struct lw_id id;
	bool id_guessed; /* the caller did not know it */
	size_t ids_seen; /* different ids among all records (counted up to 64) */

	const struct lw_record *baseline; /* seq 1 … n of the newest complete generation */
	size_t baseline_count;
	uint32_t baseline_generation; /* 0 = none is complete */
	uint32_t baseline_newest;     /* newest one of which anything was seen */

	const struct lw_record *log; /* of the last attempt, with each table on its own */
	size_t log_count;
	uint32_t attempt;    /* its number; 0 = no log */
	struct lw_gap *gaps; /* in the log, up to LAST or to the highest number */
	size_t gap_count;
	uint64_t missing; /* sum of the gaps */

	struct lw_attempt *attempts;
	size_t attempt_count;

	struct lw_conflict conflicts[LW_CONFLICTS_NAMED];
	uint64_t conflict_count;      /* in the baseline and the log that are used */
	uint64_t conflicts_elsewhere; /* in aborted attempts and old baselines */
	uint64_t wrong_id;
	uint64_t stale_baseline; /* records of generations that are not used */
	uint64_t stale_log;	 /* records of aborted attempts */
	uint64_t duplicates;	 /* the same record twice in one input */
	uint64_t copies;	 /* the same record in a further input: confirmation */

	struct lw_stream_share *shares;
	size_t share_count;

	struct lw_record *kept; /* memory behind baseline and attempts */
	struct lw_record *expanded; /* ... and behind the log */
};

/*
 * Merges INPUTS. With ID the records of that hand-over are taken; with NULL those of the id that
 * lw_stream_choose_id() gives. Returns 0, also when there are no records, or -ENOMEM. The caller
 * owns *STREAM (give it to lw_stream_free(), also after an error). The names in INPUTS must live
 * as long as the stream, the decoded records need not.
 */
int lw_stream_build(const struct lw_stream_input *inputs, size_t count, const struct lw_id *id,
		    struct lw_stream *stream);

void lw_stream_free(struct lw_stream *stream);

/*
 * The id to take when nobody names one: that with the latest kernel_kexec(), else that with the
 * most records. *IDS_SEEN (or NULL) gets the number of different ids, counted up to 64. Returns
 * -ENOENT when there is no record at all.
 */
int lw_stream_choose_id(const struct lw_stream_input *inputs, size_t count, struct lw_id *id,
			size_t *ids_seen);

/* The first record of TYPE (and, unless LW_NO_UNIT, of UNIT) in an ordered array, or NULL. */
const struct lw_record *lw_record_find(const struct lw_record *records, size_t count,
				       unsigned int type, unsigned int unit);

#endif
