/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All segments are hashed in one walk over the list of pages, which has each segment's pages one after the
 * other. The boot parameters among them say where the initrd is; the largest of the others is the
 * kernel: beside it there are only the purgatory and what one kernel hands to the next, some pages.
 */
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "load/parts.h"

/* Boot parameters (Documentation/arch/x86/boot.rst, zero-page.rst). */
#define MAGIC		 0x202
#define RAMDISK_IMAGE	 0x218
#define RAMDISK_SIZE	 0x21c
#define EXT_RAMDISK	 0x0c0
#define EXT_RAMDISK_SIZE 0x0c4

struct segment {
	crypto_hash_sha256_state state;
	uint64_t seen; /* bytes */
	bool parameters;
};

struct reading {
	const struct lw_image_view *image;
	lw_page_reader *read;
	void *pages;
	struct segment segments[LW_MAX_SEGMENTS];
	uint64_t initrd, initrd_size;
};

static uint64_t u32_at(const uint8_t *page, size_t offset)
{
	uint32_t value;

	memcpy(&value, page + offset, sizeof(value));
	return value;
}

static void look_at_first(struct reading *r, struct segment *s, const uint8_t *page)
{
	s->parameters = !memcmp(page + MAGIC, "HdrS", 4);
	if (!s->parameters)
		return;
	r->initrd = u32_at(page, EXT_RAMDISK) << 32 | u32_at(page, RAMDISK_IMAGE);
	r->initrd_size = u32_at(page, EXT_RAMDISK_SIZE) << 32 | u32_at(page, RAMDISK_SIZE);
}

/* The page at OFFSET of segment I lies at FROM now. */
static int take_page(struct reading *r, uint32_t i, uint64_t offset, uint64_t from)
{
	struct segment *s = &r->segments[i];
	uint64_t words[LW_PAGE_SIZE / 8], rest = r->image->segment[i].loaded;
	int error;

	if (offset >= rest) /* zeros that nobody brought */
		return 0;
	if (offset != s->seen)
		return -EBADMSG;
	error = r->read(r->pages, from, words);
	if (error)
		return error;
	if (!offset)
		look_at_first(r, s, (uint8_t *)words);
	rest -= offset;
	rest = rest < LW_PAGE_SIZE ? rest : LW_PAGE_SIZE;
	crypto_hash_sha256_update(&s->state, (uint8_t *)words, rest);
	s->seen += rest;
	return 0;
}

static int take(void *data, uint64_t to, uint64_t from)
{
	struct reading *r = data;
	uint32_t i;

	for (i = 0; i < r->image->segments && i < LW_MAX_SEGMENTS; i++)
		if (to >= r->image->segment[i].address &&
		    to - r->image->segment[i].address < r->image->segment[i].size)
			return take_page(r, i, to - r->image->segment[i].address, from);
	return 0;
}

static int take_in_place(struct reading *r, uint32_t i)
{
	uint64_t offset;
	int error = 0;

	for (offset = 0; offset < r->image->segment[i].loaded && !error; offset += LW_PAGE_SIZE)
		error = take_page(r, i, offset, r->image->segment[i].address + offset);
	return error;
}

static void finish(struct reading *r, uint32_t i, struct lw_loaded_part *part)
{
	part->known = r->segments[i].seen == r->image->segment[i].loaded;
	part->bytes = r->segments[i].seen;
	crypto_hash_sha256_final(&r->segments[i].state, part->hash);
}

int lw_loaded_parts_read(const struct lw_image_view *image, lw_page_reader *read, void *pages,
			 struct lw_loaded_parts *parts)
{
	static struct reading r; /* large, and nobody else asks at the same time */
	uint32_t count = image->segments < LW_MAX_SEGMENTS ? image->segments : LW_MAX_SEGMENTS, i;
	uint32_t kernel = LW_MAX_SEGMENTS, initrd = LW_MAX_SEGMENTS;
	bool parameters = false;
	int error;

	memset(parts, 0, sizeof(*parts));
	memset(&r, 0, sizeof(r));
	r.image = image;
	r.read = read;
	r.pages = pages;
	for (i = 0; i < count; i++)
		crypto_hash_sha256_init(&r.segments[i].state);
	error = lw_image_each_page(image, read, pages, take, &r);
	for (i = 0; i < count && !error; i++)
		if (image->in_place >> i & 1)
			error = take_in_place(&r, i);
	if (error)
		return error;
	for (i = 0; i < count; i++) {
		parameters |= r.segments[i].parameters;
		if (r.initrd_size && image->segment[i].address == r.initrd)
			initrd = i;
		else if (!r.segments[i].parameters &&
			 (kernel == LW_MAX_SEGMENTS ||
			  image->segment[i].loaded > image->segment[kernel].loaded))
			kernel = i;
	}
	if (!parameters)
		return -ENOENT; /* no Linux kernel */
	parts->without_initrd = !r.initrd_size;
	if (kernel < LW_MAX_SEGMENTS)
		finish(&r, kernel, &parts->kernel);
	if (initrd < LW_MAX_SEGMENTS)
		finish(&r, initrd, &parts->initrd);
	return 0;
}
