// SPDX-License-Identifier: GPL-2.0-or-later
/* What lies in the machine's memory and in its trace buffer, as the carriers of user/carry leave it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "carry/text.h"
#include "parts.h"

#define ROOM (LW_PAGE_RECORDS - 1)

static void write_memory(struct world *w, uint64_t address, const void *bytes, size_t length)
{
	LW_CLOSE int fd = open(w->memory, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || pwrite(fd, bytes, length, address) != (ssize_t)length)
		abort();
}

void wipe(struct world *w, uint64_t address)
{
	static const uint8_t zero[AREA_PAGES * LW_PAGE_SIZE];

	write_memory(w, address, zero, sizeof(zero));
}

static void put(uint8_t *area, size_t slot, size_t from, const struct lw_record *r)
{
	memcpy(area + (from + slot / ROOM) * LW_PAGE_SIZE + (1 + slot % ROOM) * LW_RECORD_SIZE, r,
	       sizeof(*r));
}

/* As pages_prepare() and pages_write_baseline() of user/carry/pages.c leave it. */
void put_area(struct world *w)
{
	struct armed *a = &w->kernel.armed;
	uint8_t *area = calloc(AREA_PAGES, LW_PAGE_SIZE);
	struct lw_record head = { .magic = LW_RECORD_MAGIC,
				  .version = LW_RECORD_VERSION,
				  .type = LW_REC_PAGE,
				  .unit = LW_NO_UNIT,
				  .handover = { a->id.high, a->id.low } };
	size_t i;

	for (i = 0; a->address && i < AREA_PAGES; i++) {
		head.page = (struct lw_rec_page){ .base = a->address,
						  .index = i,
						  .count = AREA_PAGES,
						  .baseline_pages = BASELINE_PAGES };
		head.checksum = lw_checksum(&head);
		memcpy(area + i * LW_PAGE_SIZE, &head, sizeof(head));
	}
	for (i = 0; i < a->baseline_count; i++)
		put(area, i, a->generation % 2 ? 0 : BASELINE_PAGES, &a->baseline[i]);
	for (i = 0; i < a->log_count; i++)
		put(area, i, 2 * BASELINE_PAGES, &a->log[i]);
	if (a->address)
		write_memory(w, a->address, area, AREA_PAGES * LW_PAGE_SIZE);
	free(area);
}

void to_trace(struct world *w, const struct lw_record *records, size_t count)
{
	char text[LW_DENSE_LEN + 1];
	FILE *file = fopen(w->trace, "a");
	size_t i;

	for (i = 0; i < count; i++) {
		lw_record_to_text(&records[i], text);
		fprintf(file, "  <...>-1 [000] ..... 1.000000: bpf_trace_printk: %s\n", text);
	}
	fclose(file);
}

void empty_trace(struct world *w)
{
	if (truncate(w->trace, 0))
		abort();
}
