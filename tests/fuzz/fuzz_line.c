// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as /dev/kmsg records, and behind the head of one. Beyond "no harm": a fault's values are in
 * range, a fault needs its words in the input, and a log that is fed as saved records twice gives the
 * same counts.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fault/kernel_log.h"
#include "fault/line.h"
#include "fuzz.h"

static const char head[] = "3,439,13396476,-;";

static void check_fault(const struct lw_fault *fault)
{
	MUST(LW_RID_SEGMENT(fault->rid) <= 0xfffff);
	MUST(fault->segment_known || !LW_RID_SEGMENT(fault->rid));
	MUST(fault->reason <= 0xff);
	MUST(fault->pasid <= 0xfffff || fault->pasid == LW_NO_PASID);
	MUST(!(fault->flags & ~(uint32_t)(LW_FAULT_READ | LW_FAULT_INTERRUPT)));
	MUST(!(fault->flags & LW_FAULT_INTERRUPT) || fault->address <= 0xffff);
	MUST(fault->count && fault->source == LW_SOURCE_LOG);
}

static void check_line(const char *text, size_t length)
{
	struct lw_line line;

	memset(&line, 0xa5, sizeof(line));
	lw_line_parse(text, length, &line);
	if (line.kind == LW_LINE_FAULT || line.kind == LW_LINE_INTERRUPT_FAULT) {
		check_fault(&line.fault);
		MUST(memmem(text, length, "Request", 7) && memmem(text, length, "reason", 6));
		MUST((line.kind == LW_LINE_INTERRUPT_FAULT) ==
		     (line.fault.flags == LW_FAULT_INTERRUPT));
	}
	MUST(!line.incomplete || line.kind == LW_LINE_OTHER);
	MUST((line.facility >= 0) == line.kmsg && line.fact < LW_FACTS);
	MUST(line.kmsg || line.kind == LW_LINE_OTHER);
	MUST(memchr(line.unit, 0, sizeof(line.unit)));
}

static void check_log(const struct lw_kernel_log *log)
{
	size_t i;

	for (i = 0; i < log->fault_count; i++)
		check_fault(&log->faults[i]);
	MUST(log->fault_count <= log->records && log->boot_fault <= log->fault_count);
	MUST(log->fact_count <= LW_KERNEL_LOG_FACTS);
	MUST(log->begins == (log->boots > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct lw_kernel_log log, again;
	char *record = malloc(sizeof(head) - 1 + size);

	MUST(record);
	memcpy(record, head, sizeof(head) - 1);
	memcpy(record + sizeof(head) - 1, text, size);
	check_line(record, sizeof(head) - 1 + size);
	free(record);
	check_line(text, size);

	lw_kernel_log_init(&log);
	lw_kernel_log_feed_saved(&log, text, size);
	check_log(&log);
	lw_kernel_log_init(&again);
	lw_kernel_log_feed_saved(&again, text, size);
	MUST(log.fault_count == again.fault_count && log.lost == again.lost &&
	     log.rejected == again.rejected && log.malformed == again.malformed);
	/* Fed once more, nothing is counted twice: every number has been seen. */
	lw_kernel_log_feed_saved(&again, text, size);
	MUST(log.fault_count == again.fault_count && log.suppressed == again.suppressed);
	lw_kernel_log_free(&again);
	lw_kernel_log_free(&log);
	return 0;
}
