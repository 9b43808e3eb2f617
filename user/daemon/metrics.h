/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The metrics as text, in the exposition format that Prometheus and node-exporter read. Names,
 * labels and meanings are stable (docs/compatibility.md). Pure: a struct in, a text out; at most
 * LW_METRICS_SERIES series whatever happened, and no address of any kind.
 */
#ifndef LUWATCH_METRICS_H
#define LUWATCH_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "arm/runs.h"
#include "config/config.h"
#include "correlate/handover.h"
#include "daemon/account.h"

#define LW_METRICS_SERIES 384 /* tests/unit/test_daemon_metrics.c counts them */
#define LW_METRICS_TEXT	  65  /* of a label value from outside, escaped */

/* The last hand-over of this host. */
struct lw_metrics_handover {
	char id[LW_ID_TEXT];
	char kernel_old[LW_METRICS_TEXT], kernel_new[LW_METRICS_TEXT]; /* escaped */
	double timestamp_s;
	double blackout_s; /* negative: unknown */
	enum lw_verdict verdict;
	bool final, acknowledged; /* the second is not from the report */
	uint64_t faults[LW_CLASSES]; /* since kernel_kexec() */
	uint64_t entries[LW_CONTEXT_STATES];
	enum lw_answer answers[LW_INVARIANTS]; /* LW_ANSWERS: not in the report */
};

struct lw_metrics {
	const char *version, *kernel;
	bool armed, ready;
	int level; /* enum lw_record_level */
	const char *ring; /* "" or NULL: none */
	const struct lw_label *labels;
	size_t label_count;
	uint64_t declared, marked;
	uint64_t probes; /* attached, enum lw_probe_bit */
	uint32_t carriers; /* armed, 1 << enum lw_carrier_number */
	const struct lw_account *account;
	uint64_t fault_interrupts;
	uint64_t uncounted_probes; /* kprobes whose skipped runs this kernel does not count */
	uint64_t losses[LW_LOSSES];
	const struct lw_metrics_handover *handover; /* or NULL */
	uint64_t audit_sequence, audit_write_errors;
	bool configuration_refused;
	const struct lw_program_runs *programs; /* what the kernel counts of them, or nothing */
	size_t program_count;
};

/* Text of *LENGTH bytes, to be released with free(); NULL without memory. */
char *lw_metrics_text(const struct lw_metrics *metrics, size_t *length);

/* The same text without what only a daemon knows: faults and what was not seen of them. */
char *lw_metrics_faults(const struct lw_metrics *metrics, size_t *length);

/*
 * Reads out of a report what the gauges show. False when it is no judged hand-over. The report is
 * from disk and not trusted: what is missing or of another type counts as unknown or 0.
 */
bool lw_metrics_of_report(const json_t *report, struct lw_metrics_handover *handover);

#endif
