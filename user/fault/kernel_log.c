// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The accumulator of a kernel log. It decides what is believed, keeps every fault while there are
 * not absurdly many, and counts each way in which something can be missing: a log without its
 * beginning or with gaps must never look like a log without faults.
 */
#include "fault/kernel_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MERGE_SLOTS ((size_t)LW_KERNEL_LOG_MERGED * 2)

void lw_kernel_log_init(struct lw_kernel_log *log)
{
	*log = (struct lw_kernel_log){ 0 };
}

void lw_kernel_log_free(struct lw_kernel_log *log)
{
	free(log->faults);
	free(log->merge_slots);
	lw_kernel_log_init(log);
}

static uint64_t add(uint64_t sum, uint64_t more)
{
	return __builtin_add_overflow(sum, more, &sum) ? UINT64_MAX : sum;
}

static int append(struct lw_kernel_log *log, const struct lw_fault *fault)
{
	size_t room = log->fault_room ? log->fault_room * 2 : 64;
	struct lw_fault *faults;

	if (log->fault_count == log->fault_room) {
		faults = reallocarray(log->faults, room, sizeof(*faults));
		if (!faults)
			return -ENOMEM;
		log->faults = faults;
		log->fault_room = room;
	}
	log->faults[log->fault_count++] = *fault;
	return 0;
}

static bool same(const struct lw_fault *a, const struct lw_fault *b)
{
	return a->rid == b->rid && a->segment_known == b->segment_known && a->reason == b->reason &&
	       a->flags == b->flags && a->pasid == b->pasid;
}

static size_t hash(const struct lw_fault *fault)
{
	uint64_t state = lw_mix(LW_MIX_SEED, fault->rid);

	state = lw_mix(state, (uint64_t)fault->reason << 32 | fault->flags);
	return lw_mix(state, fault->pasid) % MERGE_SLOTS;
}

/* Times that are not known (all ones) never replace one that is. */
static void merge_into(struct lw_fault *merged, const struct lw_fault *fault)
{
	merged->count = add(merged->count, fault->count);
	if (fault->first_ns < merged->first_ns)
		merged->first_ns = fault->first_ns;
	if (fault->last_ns != UINT64_MAX &&
	    (merged->last_ns == UINT64_MAX || fault->last_ns > merged->last_ns))
		merged->last_ns = fault->last_ns;
	if (fault->address != merged->address) {
		merged->address = 0;
		merged->address_known = false;
	}
}

/*
 * A fault beyond the limit. The slots are twice as many as the faults they can name, so a free one
 * is always found.
 */
static int merge(struct lw_kernel_log *log, const struct lw_fault *fault)
{
	size_t slot = hash(fault);
	int error;

	if (!log->merge_slots) {
		log->merge_slots = calloc(MERGE_SLOTS, sizeof(*log->merge_slots));
		if (!log->merge_slots)
			return -ENOMEM;
	}
	for (; log->merge_slots[slot]; slot = (slot + 1) % MERGE_SLOTS) {
		struct lw_fault *merged = &log->faults[log->merge_slots[slot] - 1];

		if (same(merged, fault)) {
			merge_into(merged, fault);
			log->merged++;
			return 0;
		}
	}
	if (log->merge_count == LW_KERNEL_LOG_MERGED) {
		log->unplaced++;
		return 0;
	}
	error = append(log, fault);
	if (error)
		return error;
	log->merge_slots[slot] = (uint32_t)log->fault_count;
	log->merge_count++;
	log->merged++;
	return 0;
}

static void add_fact(struct lw_kernel_log *log, const struct lw_line *line)
{
	struct lw_kernel_log_fact *fact;

	if (line->fact == LW_FACT_NONE)
		return;
	log->facts_seen |= 1U << line->fact;
	if (log->fact_count == LW_KERNEL_LOG_FACTS) {
		log->facts_dropped++;
		return;
	}
	fact = &log->facts[log->fact_count++];
	fact->fact = line->fact;
	fact->time_ns = line->time_ns;
	fact->boot = log->boots;
	memcpy(fact->unit, line->unit, sizeof(fact->unit));
}

/* What follows is another kernel's log, or the first one. */
static void begin_boot(struct lw_kernel_log *log)
{
	log->boots++;
	log->begins = true;
	log->boot_fault = log->fault_count;
	log->suppressed_earlier = add(log->suppressed_earlier, log->suppressed);
	log->suppressed = 0;
	log->facts_seen = 0;
	/* Merged faults do not reach across boots. */
	if (log->merge_slots)
		memset(log->merge_slots, 0, MERGE_SLOTS * sizeof(*log->merge_slots));
}

static int take(struct lw_kernel_log *log, const struct lw_line *line)
{
	bool fault = line->kind == LW_LINE_FAULT || line->kind == LW_LINE_INTERRUPT_FAULT;

	if (line->facility > 0) {
		log->rejected += fault;
		return 0;
	}
	switch (line->kind) {
	case LW_LINE_FAULT:
	case LW_LINE_INTERRUPT_FAULT:
		if (log->fault_count < LW_KERNEL_LOG_FAULTS)
			return append(log, &line->fault);
		return merge(log, &line->fault);
	case LW_LINE_STATUS:
		log->statuses++;
		break;
	case LW_LINE_SUPPRESSED:
		log->suppressed = add(log->suppressed, line->suppressed);
		break;
	case LW_LINE_BOOT:
		add_fact(log, line);
		break;
	case LW_LINE_OTHER:
		log->cut += line->incomplete;
		break;
	case LW_LINE_DUMP:
		break;
	}
	return 0;
}

/* Counts gaps; false for a record that was there before. */
static bool in_order(struct lw_kernel_log *log, uint64_t sequence)
{
	if (log->sequence_known) {
		if (sequence <= log->sequence) {
			log->repeated++;
			return false;
		}
		if (sequence - log->sequence > 1) {
			log->gaps++;
			log->lost = add(log->lost, sequence - log->sequence - 1);
		}
	} else if (!sequence && !log->begins) {
		begin_boot(log);
	}
	log->sequence_known = true;
	log->sequence = sequence;
	return true;
}

int lw_kernel_log_feed(struct lw_kernel_log *log, const char *record, size_t length)
{
	struct lw_line line;

	log->records++;
	lw_line_parse(record, length, &line);
	if (!line.kmsg) {
		log->malformed++;
		return 0;
	}
	if (!in_order(log, line.sequence))
		return 0;
	/* The first record is not always the banner (microcode speaks before it). */
	if (!line.facility && line.fact == LW_FACT_LINUX_VERSION && !log->begins)
		begin_boot(log);
	return take(log, &line);
}

int lw_kernel_log_feed_saved(struct lw_kernel_log *log, const char *bytes, size_t length)
{
	const char *at = bytes, *end = bytes + length, *next;
	int error = 0, one;

	while (at < end) {
		/* A record ends where a line does not begin with a blank: those are its dictionary.
		 */
		next = at;
		do {
			next = memchr(next, '\n', (size_t)(end - next));
			next = next ? next + 1 : end;
		} while (next < end && *next == ' ');
		one = lw_kernel_log_feed(log, at, (size_t)(next - at));
		error = error ? error : one;
		at = next;
	}
	return error;
}

bool lw_kernel_log_has(const struct lw_kernel_log *log, enum lw_fact fact)
{
	return log->facts_seen >> fact & 1;
}

bool lw_kernel_log_says(const struct lw_kernel_log *log, enum lw_fact fact, const char *unit)
{
	size_t i;

	for (i = 0; i < log->fact_count; i++) {
		const struct lw_kernel_log_fact *said = &log->facts[i];

		if (said->fact == fact && said->boot == log->boots &&
		    (!said->unit[0] || !strcmp(said->unit, unit)))
			return true;
	}
	return false;
}

bool lw_kernel_log_complete(const struct lw_kernel_log *log)
{
	return log->begins && !log->lost && !log->cut && !log->unplaced && !log->malformed;
}
