/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A loaded image lies in pages anywhere in memory; a list of entries (include/linux/kexec.h, IND_*)
 * says to which address each will be copied. The list is walked once for the first page of every
 * segment, one of which begins with the boot parameters (Documentation/arch/x86/boot.rst), and once
 * more for the pages of the command line that these point to.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "carry/image.h"

#define PAGE_MASK 0xfffULL
#define ENTRIES	  (LW_PAGE_SIZE / 8)
#define MAX_LISTS (1 << 14) /* pages of entries: an image of 32 GiB */

enum { DESTINATION = 1, INDIRECTION = 2, DONE = 4, SOURCE = 8 };

/* Boot parameters: offsets in the first page of the segment that holds them. */
#define EXT_CMD_LINE_PTR 0x0c8
#define MAGIC		 0x202
#define VERSION		 0x206
#define CMD_LINE_PTR	 0x228
#define CMDLINE_SIZE	 0x238

struct page_place {
	uint64_t address; /* where it will be when the image runs */
	uint64_t source;  /* where it is now; 0 = not in the list */
};

struct places {
	struct page_place *list;
	size_t count;
};

static int note_source(void *data, uint64_t to, uint64_t from)
{
	struct places *places = data;
	size_t i;

	for (i = 0; i < places->count; i++)
		if (places->list[i].address == to)
			places->list[i].source = from;
	return 0;
}

int lw_image_each_page(const struct lw_image_view *image, lw_page_reader *read, void *pages,
		       lw_image_taker *take, void *data)
{
	uint64_t words[ENTRIES], to = 0, entry = image->head;
	size_t at = ENTRIES, lists = 0;
	int r;

	for (;; entry = words[at++]) {
		if (entry & DONE || !entry)
			return 0;
		if (entry & INDIRECTION) {
			if (++lists > MAX_LISTS)
				return -EBADMSG;
			r = read(pages, entry & ~PAGE_MASK, words);
			if (r)
				return r;
			at = 0;
		} else if (entry & DESTINATION) {
			to = entry & ~PAGE_MASK;
		} else if (entry & SOURCE) {
			r = take(data, to, entry & ~PAGE_MASK);
			if (r)
				return r;
			to += LW_PAGE_SIZE;
		}
		if (at == ENTRIES)
			return -EBADMSG;
	}
}

static int find_sources(const struct lw_image_view *image, lw_page_reader *read, void *data,
			struct page_place *list, size_t count)
{
	struct places places = { list, count };

	return lw_image_each_page(image, read, data, note_source, &places);
}

/* The segment that ADDRESS belongs to, or -1. */
static int segment_of(const struct lw_image_view *image, uint64_t address)
{
	uint32_t i;

	for (i = 0; i < image->segments && i < LW_MAX_SEGMENTS; i++)
		if (address >= image->segment[i].address &&
		    address - image->segment[i].address < image->segment[i].size)
			return i;
	return -1;
}

static bool is_in_place(const struct lw_image_view *image, uint64_t address)
{
	int segment = segment_of(image, address);

	return segment >= 0 && image->in_place >> segment & 1;
}

/* Reads the page that will be at PLACE; false when the image has no such page. */
static int read_place(const struct lw_image_view *image, const struct page_place *place,
		      lw_page_reader *read, void *data, uint64_t words[ENTRIES])
{
	if (is_in_place(image, place->address))
		return read(data, place->address, words);
	return place->source ? read(data, place->source, words) : -ENOENT;
}

static uint32_t u32_at(const uint8_t *bytes, size_t offset)
{
	uint32_t value;

	memcpy(&value, bytes + offset, sizeof(value));
	return value;
}

/* Where the boot parameters say that the command line is, and how long it may be. */
static bool parse_parameters(const uint8_t *page, uint64_t *address, uint32_t *limit)
{
	uint16_t version;

	memcpy(&version, page + VERSION, sizeof(version));
	if (memcmp(page + MAGIC, "HdrS", 4) || version < 0x202)
		return false;
	*address = (uint64_t)u32_at(page, EXT_CMD_LINE_PTR) << 32 | u32_at(page, CMD_LINE_PTR);
	*limit = version >= 0x206 ? u32_at(page, CMDLINE_SIZE) : 255;
	if (!*limit || *limit > LW_COMMAND_LINE_SIZE - 1)
		*limit = LW_COMMAND_LINE_SIZE - 1;
	return *address;
}

static int find_line(const struct lw_image_view *image, lw_page_reader *read, void *data,
		     uint64_t *address, uint32_t *limit)
{
	struct page_place first[LW_MAX_SEGMENTS] = {};
	uint64_t words[ENTRIES];
	uint32_t count = image->segments < LW_MAX_SEGMENTS ? image->segments : LW_MAX_SEGMENTS, i;
	int r;

	for (i = 0; i < count; i++)
		first[i].address = image->segment[i].address & ~PAGE_MASK;
	r = find_sources(image, read, data, first, count);
	for (i = 0; !r && i < count; i++) {
		r = read_place(image, &first[i], read, data, words);
		if (!r && parse_parameters((uint8_t *)words, address, limit))
			return 0;
		if (r == -ENOENT)
			r = 0;
	}
	return r ? r : -ENOENT;
}

/* Words of the line on its first page, by which the programs know it again. */
static void mark_line(struct lw_image_line *line, const struct page_place *place, bool in_place,
		      const uint64_t words[ENTRIES], size_t offset)
{
	size_t first = offset / 8, i;

	if (first > ENTRIES - LW_LOOKED_WORDS)
		first = ENTRIES - LW_LOOKED_WORDS;
	line->place = (in_place ? place->address : place->source) + first * 8;
	line->digest = LW_MIX_SEED;
	for (i = 0; i < LW_LOOKED_WORDS; i++)
		line->digest = lw_mix(line->digest, words[first + i]);
}

int lw_image_read_line(const struct lw_image_view *image, lw_page_reader *read, void *data,
		       struct lw_image_line *line)
{
	struct page_place place[2] = {};
	uint64_t words[2][ENTRIES], address;
	size_t offset, length;
	int r;

	memset(line, 0, sizeof(*line));
	if (!image->image)
		return -ENOENT;
	r = find_line(image, read, data, &address, &line->limit);
	if (r)
		return r;
	offset = address & PAGE_MASK;
	place[0].address = address & ~PAGE_MASK;
	place[1].address = place[0].address + LW_PAGE_SIZE;
	r = find_sources(image, read, data, place, 2);
	if (r)
		return r;
	r = read_place(image, &place[0], read, data, words[0]);
	if (r)
		return r == -ENOENT ? -EBADMSG : r;
	mark_line(line, &place[0], is_in_place(image, place[0].address), words[0], offset);
	length = LW_PAGE_SIZE - offset;
	r = read_place(image, &place[1], read, data, words[1]);
	if (!r)
		length += LW_PAGE_SIZE;
	else if (r != -ENOENT)
		return r;
	if (length > LW_COMMAND_LINE_SIZE)
		length = LW_COMMAND_LINE_SIZE;
	memcpy(line->text, (char *)words + offset, length);
	/* kexec_file_load() counts the terminator, too. */
	line->cut = strlen(line->text) + 1 >= line->limit;
	return 0;
}
