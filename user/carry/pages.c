/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pages carrier: frames of an mmap-able BPF array that the next kernel is told to leave alone
 * (memmap=SIZE$ADDRESS). The frames of the array are single pages in whatever order the allocator
 * gave them, often descending, so they are sorted and the area is the lowest run of neighbours; a
 * page's head says which page of the area it is. The map is pinned, so the frames stay.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "carry/carrier.h"
#include "carry/cmdline.h"
#include "probe/kernel.h"

struct frame {
	uint64_t number;	/* physical frame */
	uint32_t page;		/* of the map */
};

int lw_area_open(int fd, size_t page_count, struct lw_area *area)
{
	memset(area, 0, sizeof(*area));
	area->pages = mmap(NULL, page_count * LW_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (area->pages == MAP_FAILED) {
		area->pages = NULL;
		return -errno;
	}
	area->page_count = page_count;
	return 0;
}

void lw_area_close(struct lw_area *area)
{
	if (area->pages)
		munmap(area->pages, area->page_count * LW_PAGE_SIZE);
	free(area->order);
	memset(area, 0, sizeof(*area));
}

/* /proc/self/pagemap: bit 63 present, bits 54:0 the frame (0 without CAP_SYS_ADMIN). */
static int read_frames(const struct lw_area *area, struct frame *frames)
{
	LW_CLOSE int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	volatile const uint8_t *touch;
	uint64_t entry;
	uint32_t i;

	if (fd < 0)
		return -errno;
	for (i = 0; i < area->page_count; i++) {
		touch = area->pages + (size_t)i * LW_PAGE_SIZE;
		(void)*touch;
		if (pread(fd, &entry, sizeof(entry), (uintptr_t)touch / LW_PAGE_SIZE * 8) != 8)
			return -EIO;
		frames[i].number = entry & ((1ULL << 55) - 1);
		frames[i].page = i;
		if (!(entry >> 63) || !frames[i].number)
			return -EPERM;
	}
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct frame *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

int lw_image_overlaps(const struct lw_image_view *image, uint64_t base, uint64_t size)
{
	uint32_t i;
	int count = 0;

	if (!image || !image->image)
		return 0;
	for (i = 0; i < image->segments && i < LW_MAX_SEGMENTS; i++)
		count += image->segment[i].address < base + size &&
			 base < image->segment[i].address + image->segment[i].size;
	return count;
}

int lw_area_choose(struct lw_area *area, uint32_t count, const struct lw_image_view *avoid)
{
	LW_FREE struct frame *frames = calloc(area->page_count, sizeof(*frames));
	uint32_t start = 0, i;
	int r;

	if (!frames)
		return -ENOMEM;
	r = read_frames(area, frames);
	if (r)
		return r;
	qsort(frames, area->page_count, sizeof(*frames), by_number);
	for (i = 0; i < area->page_count; i++) {
		uint64_t base;

		if (i && frames[i].number != frames[i - 1].number + 1)
			start = i;
		if (i - start + 1 < count)
			continue;
		base = frames[i + 1 - count].number * LW_PAGE_SIZE;
		if (lw_image_overlaps(avoid, base, (uint64_t)count * LW_PAGE_SIZE))
			continue;
		free(area->order);
		area->order = calloc(count, sizeof(*area->order));
		if (!area->order)
			return -ENOMEM;
		for (start = 0; start < count; start++)
			area->order[start] = frames[i + 1 - count + start].page;
		area->count = count;
		area->base = base;
		return 0;
	}
	return -ENOSPC;
}

/* By opening it, too: what lw_lockdown() reads is there only where securityfs is mounted. */
static bool is_locked(void)
{
	LW_CLOSE int fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);

	return (fd < 0 && errno == EPERM) || !strcmp(lw_lockdown(), "integrity") ||
	       !strcmp(lw_lockdown(), "confidentiality");
}

static int pages_supported(char *detail, size_t size)
{
	if (is_locked()) {
		snprintf(detail, size, "the next kernel's /dev/mem is closed by lockdown, as this one's; "
				       "boot both without lockdown= and Secure Boot, or use the trace carrier or a pstore");
		return -EPERM;
	}
	if (!lw_exists("/dev/mem")) {
		snprintf(detail, size, "no /dev/mem: the next kernel needs CONFIG_DEVMEM=y");
		return -ENOENT;
	}
	snprintf(detail, size, "needs the words of `luwatch kexec-args`; lost on a machine reset");
	return 0;
}

void lw_area_write_heads(const struct lw_control *control, const struct lw_area *area)
{
	struct lw_record *head;
	uint32_t i;

	for (i = 0; i < area->count; i++) {
		head = (struct lw_record *)(area->pages + (size_t)area->order[i] * LW_PAGE_SIZE);
		memset(head, 0, LW_PAGE_SIZE);
		head->magic = LW_RECORD_MAGIC;
		head->version = LW_RECORD_VERSION;
		head->type = LW_REC_PAGE;
		head->handover[0] = control->handover[0];
		head->handover[1] = control->handover[1];
		head->unit = LW_NO_UNIT;
		head->page.base = area->base;
		head->page.index = i;
		head->page.count = area->count;
		head->page.baseline_pages = control->baseline_pages;
		head->checksum = lw_checksum(head);
	}
}

static int pages_prepare(struct lw_control *control, const struct lw_area *area, char *detail,
			 size_t size)
{
	if (!area->count) {
		snprintf(detail, size, "no physical interval was free; arm again later");
		return -ENOSPC;
	}
	lw_area_write_heads(control, area);
	return 0;
}

/*
 * The two halves take turns by generation: while one is written the other still holds the complete
 * baseline before it.
 */
int lw_area_write_baseline(const struct lw_control *control, const struct lw_area *area,
			   const struct lw_record *records, size_t count)
{
	uint32_t first = records[0].epoch % 2 ? 0 : control->baseline_pages, page, slot;
	uint32_t slots = control->baseline_pages * (LW_PAGE_RECORDS - 1), i;
	static const struct lw_record empty;

	if (count > slots)
		return -ENOSPC;
	for (i = 0; i < slots; i++) {
		page = area->order[first + i / (LW_PAGE_RECORDS - 1)];
		slot = 1 + i % (LW_PAGE_RECORDS - 1);
		memcpy(area->pages + (size_t)page * LW_PAGE_SIZE + slot * LW_RECORD_SIZE,
		       i < count ? &records[i] : &empty, LW_RECORD_SIZE);
	}
	return 0;
}

static int pages_recover(const char *cmdline, struct lw_recovered *out)
{
	struct lw_words words;
	LW_CLOSE int fd = -1;
	void *map;
	int r = lw_words_find(cmdline, &words);

	memset(out, 0, sizeof(*out));
	if (r == 0) {
		snprintf(out->problem, sizeof(out->problem),
			 "the command line has no luwatch= word: the image was loaded without "
			 "`luwatch kexec-args`");
		return 0;
	}
	if (r == -EPROTONOSUPPORT) {
		snprintf(out->problem, sizeof(out->problem),
			 "the luwatch= word is of version %u: install a newer luwatch and collect "
			 "again in this boot", words.version);
		return 1;
	}
	if (r < 0) {
		snprintf(out->problem, sizeof(out->problem),
			 "the luwatch= word on the command line is damaged");
		return 1;
	}
	if (!words.size)
		return 0;
	fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(out->problem, sizeof(out->problem), "/dev/mem: %s", strerror(errno));
		return 1;
	}
	map = mmap(NULL, words.size, PROT_READ, MAP_SHARED, fd, words.address);
	if (map == MAP_FAILED) {
		snprintf(out->problem, sizeof(out->problem),
			 "/dev/mem where the luwatch= word points to: %s (is the matching memmap= "
			 "word on the command line?)", strerror(errno));
		return 1;
	}
	out->bytes = malloc(words.size);
	if (out->bytes) {
		memcpy(out->bytes, map, words.size);
		out->length = words.size;
	} else {
		snprintf(out->problem, sizeof(out->problem), "out of memory");
	}
	munmap(map, words.size);
	return 1;
}

static int pages_covered(const struct lw_control *control, const struct lw_image_view *image)
{
	return lw_image_overlaps(image, control->area_base,
				 (uint64_t)control->area_count * LW_PAGE_SIZE);
}

/* The memmap= word goes with the luwatch= word (cmdline.c). */
static char *pages_words(const struct lw_control *control, const char *running,
			 struct lw_words *ours)
{
	ours->address = control->area_base;
	ours->size = (uint64_t)control->area_count * LW_PAGE_SIZE;
	return NULL;
}

static char *pages_state(const struct lw_control *control)
{
	return lw_format("%u KiB at 0x%" PRIx64 ", %u slots%s", control->area_count * 4,
			 (uint64_t)control->area_base, control->log_slots,
			 control->area_moved ? " (moved)" : "");
}

static uint64_t pages_dropped(const struct lw_control *control)
{
	return control->dropped;
}

/* The head of the first page is the only thing that is ever written into another kernel's area. */
static void pages_mark_seen(const char *cmdline, struct lw_id boot)
{
	struct lw_words words;
	struct lw_record head, *there;
	LW_CLOSE int fd = -1;

	if (lw_words_find(cmdline, &words) != 1 || !words.size)
		return;
	fd = open("/dev/mem", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	there = mmap(NULL, LW_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, words.address);
	if (there == MAP_FAILED)
		return;
	head = *there;
	if (head.magic == LW_RECORD_MAGIC && head.version == LW_RECORD_VERSION &&
	    head.type == LW_REC_PAGE && head.checksum == lw_checksum(&head) &&
	    head.handover[0] == words.id.high && head.handover[1] == words.id.low &&
	    !head.page.seen[0] && !head.page.seen[1]) {
		head.page.seen[0] = boot.high;
		head.page.seen[1] = boot.low;
		head.checksum = lw_checksum(&head);
		*there = head;
	}
	munmap(there, LW_PAGE_SIZE);
}

const struct lw_carrier lw_pages_carrier = {
	.name = "pages",
	.supported = pages_supported,
	.prepare = pages_prepare,
	.write_baseline = lw_area_write_baseline,
	.recover = pages_recover,
	.covered = pages_covered,
	.words = pages_words,
	.state = pages_state,
	.dropped = pages_dropped,
	.mark_seen = pages_mark_seen,
};
