/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a whole kernel log says: the faults, whether its beginning is there, what was lost, and what
 * the kernel found when it came up. It is filled record by record, and is pure: only
 * lw_kernel_log_read_kmsg() and lw_kernel_log_read_journal() touch the system. What was read from
 * /dev/kmsg is kept byte for byte, and feeding the copy gives the same result again.
 *
 * Believed is the kernel only. A /dev/kmsg record with a facility other than 0 was written by a
 * program; if it looks like a fault it is counted in .rejected. Logs that somebody saved as text are
 * another matter: log/saved.h.
 */
#ifndef LUWATCH_KERNEL_LOG_H
#define LUWATCH_KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fault/fault.h"
#include "fault/line.h"

/* One lw_fault per line up to here; further ones are merged into at most so many counts. */
#define LW_KERNEL_LOG_FAULTS 65536
#define LW_KERNEL_LOG_MERGED 4096
#define LW_KERNEL_LOG_FACTS  512 /* several a unit */

struct lw_kernel_log_fact {
	enum lw_fact fact;
	char unit[LW_LINE_UNIT]; /* "dmar0", or empty */
	uint64_t time_ns;	 /* UINT64_MAX when not shown */
	uint64_t boot;		 /* .boots when it was seen */
};

struct lw_kernel_log {
	/*
	 * In the order of the log: .count 1, source LW_SOURCE_LOG, .window and .class not set.
	 * Beyond LW_KERNEL_LOG_FAULTS, one for all with the same requester ID, reason, flags and
	 * PASID, with .count, first and last time, and .address_known false when the addresses
	 * differ.
	 */
	struct lw_fault *faults;
	size_t fault_count;
	uint64_t merged; /* lines that are in merged faults */

	/*
	 * A saved console log may hold several boots. The last one's faults begin at .boot_fault,
	 * and .begins, .suppressed and .facts_seen speak about it alone.
	 */
	uint64_t boots; /* beginnings of a log that were seen */
	size_t boot_fault;
	bool begins;		     /* the log's first record was there */
	uint64_t suppressed;	     /* sum of "callbacks suppressed"; three make about one fault */
	uint64_t suppressed_earlier; /* the same in the boots before the last */
	uint32_t facts_seen;	     /* 1 << enum lw_fact */
	struct lw_kernel_log_fact facts[LW_KERNEL_LOG_FACTS];
	size_t fact_count;

	/* What was fed and what of it is missing. */
	uint64_t records;    /* records or lines */
	uint64_t statuses;   /* "handling fault status reg" lines */
	uint64_t gaps, lost; /* places where sequence numbers are missing, and how many are */
	uint64_t repeated;   /* records with a number already seen: not counted twice */
	uint64_t rejected;   /* look like a fault, but are not the kernel's words */
	uint64_t cut;	     /* begin like a fault and end too early */
	uint64_t malformed;  /* no /dev/kmsg record, or damaged journal entries */
	uint64_t unplaced;   /* faults for which not even a merged count was left */
	uint64_t facts_dropped;

	/* Private. */
	size_t fault_room;
	uint32_t *merge_slots; /* index + 1 of a merged fault, 0 = free */
	size_t merge_count;
	bool sequence_known;
	uint64_t sequence;
};

void lw_kernel_log_init(struct lw_kernel_log *log);

/* Frees what LOG owns and leaves it as after lw_kernel_log_init(). */
void lw_kernel_log_free(struct lw_kernel_log *log);

/*
 * Takes one record as read(2) of /dev/kmsg gave it. 0, or -ENOMEM (LOG stays usable, the fault of
 * this record is not in it). Whatever else is wrong with the record is counted, not returned.
 */
int lw_kernel_log_feed(struct lw_kernel_log *log, const char *record, size_t length);

/* Takes many records, one after the other as in struct lw_kmsg_raw. 0 or -ENOMEM. */
int lw_kernel_log_feed_saved(struct lw_kernel_log *log, const char *bytes, size_t length);

/* Whether the last boot's log has FACT. */
bool lw_kernel_log_has(const struct lw_kernel_log *log, enum lw_fact fact);

/* Whether the last boot's log says FACT of UNIT ("dmar0"), by name or of all units together. */
bool lw_kernel_log_says(const struct lw_kernel_log *log, enum lw_fact fact, const char *unit);

/*
 * Whether the log can be taken for all that the kernel said: it begins, no record is missing, no
 * fault was cut or left out. Suppressed callbacks are apart: the kernel never said those. So is the
 * end: .full and .oversized of struct lw_kmsg_raw.
 */
bool lw_kernel_log_complete(const struct lw_kernel_log *log);

/* Records as they came from /dev/kmsg, one after the other. Bytes belong to the struct. */
struct lw_kmsg_raw {
	char *bytes;
	size_t length, room;
	uint64_t overwritten; /* times a record was gone before it could be read (EPIPE) */
	uint64_t oversized;   /* records that did not fit into the buffer (EINVAL) */
	bool full;	      /* LW_KMSG_RAW_LIMIT was reached: there is more */
};

#define LW_KMSG_RAW_LIMIT (64UL << 20)

void lw_kmsg_raw_free(struct lw_kmsg_raw *raw);

/* As read(2), but returns a negative errno. */
typedef ssize_t (*lw_kmsg_read)(void *context, char *buffer, size_t size);

/*
 * Feeds LOG with all that READ gives until -EAGAIN or 0, and appends it to RAW (both initialised;
 * RAW with zeroes). 0, or a negative errno of READ or -ENOMEM; what was read until then is kept.
 * Missing records show as gaps in LOG, from the sequence numbers alone, so that feeding RAW's bytes
 * with lw_kernel_log_feed_saved() gives the same LOG.
 */
int lw_kernel_log_read(struct lw_kernel_log *log, struct lw_kmsg_raw *raw, lw_kmsg_read read,
		       void *context);

/*
 * lw_kernel_log_read() of /dev/kmsg from its first record to its last. Needs CAP_SYSLOG where
 * dmesg_restrict is 1, otherwise -EPERM.
 */
int lw_kernel_log_read_kmsg(struct lw_kernel_log *log, struct lw_kmsg_raw *raw);

/*
 * What the journal has of boot BOOT_ID from before the first record of KMSG, in the form of
 * /dev/kmsg: feed it before KMSG. Journald's own word that it missed records, and entries that
 * cannot be read, become a gap in the numbers. FILES are journal files, NULL for this machine's.
 * RAW is to be freed with lw_kmsg_raw_free(). 0; -ENODATA when there is nothing; or a negative errno.
 */
int lw_kernel_log_read_journal(const char **files, const char *boot_id,
			       const struct lw_kmsg_raw *kmsg, struct lw_kmsg_raw *raw);

#endif
