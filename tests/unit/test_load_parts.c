// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the loaded image is, by its own pages: kernel and initrd are found and hashed wherever they lie,
 * and the digest of a kernel's file is that of the bytes that a loader takes of it.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit/entry.h"
#include "load/kernel_file.h"
#include "load/parts.h"

#define PAGES 32

static _Alignas(4096) uint8_t memory[PAGES][4096];
static uint64_t list[512];
static struct lw_image_view image;
static size_t used, entries;

static int read_memory(void *data, uint64_t address, uint64_t words[512])
{
	(void)data;
	if (address % 4096 || address >> 12 >= PAGES)
		return -EFAULT;
	memcpy(words, memory[address >> 12], 4096);
	return 0;
}

/* BYTES at ADDRESS, in pages that lie backwards in memory; COUNT pages, zeros behind. */
static void segment(uint64_t address, const uint8_t *bytes, size_t length, int count)
{
	int i;

	image.segment[image.segments].address = address;
	image.segment[image.segments].loaded = length;
	image.segment[image.segments++].size = (uint64_t)count * 4096;
	list[entries++] = address | 1;
	for (i = 0; i < count; i++) {
		uint64_t page = PAGES - 1 - used++;

		if ((size_t)i * 4096 < length)
			memcpy(memory[page], bytes + (size_t)i * 4096,
			       length - (size_t)i * 4096 < 4096 ? length - (size_t)i * 4096 : 4096);
		list[entries++] = page << 12 | 8;
	}
	list[entries] = 4;
	memcpy(memory[0], list, sizeof(list));
}

static void parameters(uint32_t initrd, uint32_t size)
{
	static uint8_t page[4096];

	memcpy(page + 0x202, "HdrS", 4);
	memcpy(page + 0x218, &initrd, 4);
	memcpy(page + 0x21c, &size, 4);
	segment(0x90000, page, sizeof(page), 1);
}

static int fresh(void **state)
{
	(void)state;
	memset(memory, 0, sizeof(memory));
	memset(&image, 0, sizeof(image));
	used = entries = 0;
	image.image = 1;
	image.head = 2; /* the list is in page 0 */
	return 0;
}

static void is_hash(const struct lw_loaded_part *part, const uint8_t *bytes, size_t length)
{
	uint8_t hash[LW_AUDIT_HASH];

	lw_audit_hash(bytes, length, hash);
	assert_true(part->known);
	assert_int_equal(part->bytes, length);
	assert_memory_equal(part->hash, hash, sizeof(hash));
}

static void fill(uint8_t *bytes, size_t length, unsigned int seed)
{
	size_t i;

	for (i = 0; i < length; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 4096 + seed);
}

static void both(void **state)
{
	static uint8_t kernel[3 * 4096 + 100], initrd[2 * 4096 + 1], purgatory[4096];
	struct lw_loaded_parts parts;

	(void)state;
	fill(kernel, sizeof(kernel), 1);
	fill(initrd, sizeof(initrd), 2);
	segment(0x40000, purgatory, sizeof(purgatory), 1);
	parameters(0x3000000, sizeof(initrd));
	segment(0x1000000, kernel, sizeof(kernel), 7);
	segment(0x3000000, initrd, sizeof(initrd), 3);
	assert_int_equal(lw_loaded_parts_read(&image, read_memory, NULL, &parts), 0);
	is_hash(&parts.kernel, kernel, sizeof(kernel));
	is_hash(&parts.initrd, initrd, sizeof(initrd));
}

/* An initrd larger than the kernel is not taken for it; one that lies in place is read there. */
static void in_place(void **state)
{
	static uint8_t kernel[4096], initrd[3 * 4096];
	struct lw_loaded_parts parts;
	int i;

	(void)state;
	fill(kernel, sizeof(kernel), 3);
	fill(initrd, sizeof(initrd), 4);
	parameters(5 * 4096, sizeof(initrd));
	segment(0x1000000, kernel, sizeof(kernel), 1);
	image.segment[image.segments].address = 5 * 4096;
	image.segment[image.segments].loaded = image.segment[image.segments].size = sizeof(initrd);
	image.in_place = 1u << image.segments++;
	for (i = 0; i < 3; i++)
		memcpy(memory[5 + i], initrd + i * 4096, 4096);
	assert_int_equal(lw_loaded_parts_read(&image, read_memory, NULL, &parts), 0);
	is_hash(&parts.kernel, kernel, sizeof(kernel));
	is_hash(&parts.initrd, initrd, sizeof(initrd));
}

static void strange(void **state)
{
	static uint8_t bytes[4096];
	struct lw_loaded_parts parts;

	(void)state;
	segment(0x1000000, bytes, sizeof(bytes), 1);
	assert_int_equal(lw_loaded_parts_read(&image, read_memory, NULL, &parts), -ENOENT);
	fresh(NULL);
	parameters(0, 0);
	segment(0x1000000, bytes, sizeof(bytes), 1);
	assert_int_equal(lw_loaded_parts_read(&image, read_memory, NULL, &parts), 0);
	assert_true(parts.kernel.known && !parts.initrd.known);
	/* Pages that are not there, and a segment of which some are missing. */
	image.segment[1].loaded = 2 * 4096;
	image.segment[1].size = 2 * 4096;
	assert_int_equal(lw_loaded_parts_read(&image, read_memory, NULL, &parts), 0);
	assert_false(parts.kernel.known);
	list[entries - 1] = (uint64_t)PAGES << 12 | 8;
	memcpy(memory[0], list, sizeof(list));
	assert_int_equal(lw_loaded_parts_read(&image, read_memory, NULL, &parts), -EFAULT);
}

static void kernel_file(void **state)
{
	static uint8_t bytes[8 * 512];
	struct lw_kernel_file file;
	uint8_t hash[LW_AUDIT_HASH];

	(void)state;
	fill(bytes, sizeof(bytes), 5);
	bytes[0x1f1] = 3; /* sectors behind the first */
	memcpy(bytes + 0x202, "HdrS", 4);
	memset(bytes + 0x248, 0xff, 8); /* a payload beyond the end */
	assert_int_equal(lw_kernel_file_parse(bytes, sizeof(bytes), &file), 0);
	assert_int_equal(file.loaded_bytes, 4 * 512);
	lw_audit_hash(bytes + 4 * 512, 4 * 512, hash);
	assert_memory_equal(file.loaded, hash, sizeof(hash));
	lw_audit_hash(bytes, sizeof(bytes), hash);
	assert_memory_equal(file.file, hash, sizeof(hash));
	assert_false(file.is_signed);
	assert_string_equal(file.build_id, "");
	assert_int_equal(lw_kernel_file_parse(bytes, 0x25f, &file), -ENOEXEC);
	bytes[0x202] = 'h';
	assert_int_equal(lw_kernel_file_parse(bytes, sizeof(bytes), &file), -ENOEXEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(both, fresh), cmocka_unit_test_setup(in_place, fresh),
		cmocka_unit_test_setup(strange, fresh), cmocka_unit_test(kernel_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
