// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a saved log. Beyond "no harm": what is read does not depend on how the bytes come in
 * where no line is cut, a fault's values are in range, and totals hold what is kept.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "log/stream.h"

static void read_all(struct lw_saved *log, const uint8_t *data, size_t size, size_t step)
{
	struct lw_stream *stream = malloc(sizeof(*stream));
	size_t at, n;

	MUST(stream);
	lw_saved_init(log);
	lw_saved_file(log, "fuzz");
	lw_stream_init(stream, log);
	for (at = 0; at < size; at += n) {
		n = step < size - at ? step : size - at;
		lw_stream_push(stream, (const char *)data + at, n);
	}
	lw_stream_end(stream);
	free(stream);
}

static void check(const struct lw_saved *log)
{
	uint64_t grouped = log->ungrouped;
	size_t i;

	for (i = 0; i < log->group_count; i++)
		grouped += log->groups[i].fault.count;
	MUST(grouped == log->faults);
	MUST(log->single_count <= log->faults && log->left_count <= lw_saved_left_total(log));
	for (i = 0; i < log->single_count; i++) {
		const struct lw_fault *f = &log->singles[i].fault;

		MUST(LW_RID_SEGMENT(f->rid) <= 0xfffff && f->reason <= 0xff);
		MUST(f->pasid <= 0xfffff || f->pasid == LW_NO_PASID);
		MUST(!(f->flags & LW_FAULT_INTERRUPT) || f->address <= 0xffff);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lw_saved whole, parts;

	read_all(&whole, data, size, size ? size : 1);
	check(&whole);
	read_all(&parts, data, size, 7);
	check(&parts);
	MUST(whole.faults == parts.faults);
	MUST(lw_saved_left_total(&whole) == lw_saved_left_total(&parts));
	lw_saved_free(&whole);
	lw_saved_free(&parts);
	return 0;
}
