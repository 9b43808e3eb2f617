// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line in an image: found wherever the loader put its pages, and never read from what
 * makes no sense. The list is built here as kernel/kexec_core.c builds it; that a real kernel
 * builds it so is shown by the scenario `words`.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "carry/image.h"

#define PAGES 64

static _Alignas(4096) uint64_t memory[PAGES][512]; /* physical page N is at N << 12 */
static struct lw_image_view image;
static uint64_t *at; /* place of the next entry */
static int used;     /* pages handed out */
static int fail_at;  /* reads that still succeed, -1 = all */

static int read_memory(void *data, uint64_t address, uint64_t words[512])
{
	assert_ptr_equal(data, &image);
	if (!fail_at--)
		return -EIO;
	if (address % 4096 || address >> 12 >= PAGES)
		return -EFAULT;
	memcpy(words, memory[address >> 12], 4096);
	return 0;
}

static uint64_t new_page(void)
{
	assert_true(used < PAGES);
	return (uint64_t)used++ << 12;
}

static void add(uint64_t entry)
{
	if ((uintptr_t)(at + 1) % 4096 == (uintptr_t)memory % 4096) {
		uint64_t list = new_page();

		*at = list | 2;
		at = memory[list >> 12];
	}
	*at++ = entry;
}

/* A segment of COUNT pages that will be at ADDRESS; returns its first page now. */
static uint8_t *segment(uint64_t address, int count)
{
	uint8_t *first = NULL;
	uint64_t page;
	int i;

	image.segment[image.segments].address = address;
	image.segment[image.segments++].size = (uint64_t)count * 4096;
	add(address | 1);
	for (i = 0; i < count; i++) {
		page = new_page();
		add(page | 8);
		if (!i)
			first = (uint8_t *)memory[page >> 12];
	}
	return first;
}

static void parameters(uint8_t *page, uint64_t line, uint32_t limit)
{
	uint16_t version = 0x20f;
	uint32_t low = line, high = line >> 32;

	memcpy(page + 0x202, "HdrS", 4);
	memcpy(page + 0x206, &version, 2);
	memcpy(page + 0x228, &low, 4);
	memcpy(page + 0x0c8, &high, 4);
	memcpy(page + 0x238, &limit, 4);
}

static int fresh(void **state)
{
	memset(memory, 0, sizeof(memory));
	memset(&image, 0, sizeof(image));
	used = 1;
	fail_at = -1;
	image.image = 1;
	image.head = new_page() | 2;
	at = memory[1];
	return 0;
}

static int read_line(struct lw_image_line *line)
{
	return lw_image_read_line(&image, read_memory, &image, line);
}

static void found(void **state)
{
	struct lw_image_line line;
	uint8_t *page;

	segment(0x1000000, 20);
	/* As kexec_file_load(): the line behind the parameters, over the end of a page. */
	page = segment(0x123450000, 2);
	parameters(page, 0x123450ffd, 2047);
	memcpy(page + 0xffd, "abc", 3);
	strcpy((char *)memory[used - 1], "def");
	add(4);
	assert_int_equal(read_line(&line), 0);
	assert_string_equal(line.text, "abcdef");
	assert_int_equal(line.limit, 2047);
	assert_false(line.cut);
}

static void in_place(void **state)
{
	struct lw_image_line line;

	image.segment[0].address = 0x20000;
	image.segment[0].size = 0x1000;
	image.segments = 1;
	image.in_place = 1;
	parameters((uint8_t *)memory[0x20], 0x20800, 2047);
	strcpy((char *)memory[0x20] + 0x800, "as it is");
	add(4);
	assert_int_equal(read_line(&line), 0);
	assert_string_equal(line.text, "as it is");
	image.in_place = 0;
	assert_int_equal(read_line(&line), -ENOENT);
}

static void cut(void **state)
{
	struct lw_image_line line;
	uint8_t *page = segment(0x1000000, 2);

	parameters(page, 0x1000800, 100);
	memset(page + 0x800, 'x', 100);
	add(4);
	assert_int_equal(read_line(&line), 0);
	assert_true(line.cut);
	page[0x800 + 99] = page[0x800 + 98] = 0;
	assert_int_equal(read_line(&line), 0);
	assert_false(line.cut);
	memset(page + 0x800, 'x', 4096);
	assert_int_equal(read_line(&line), 0);
	assert_int_equal(strlen(line.text), 2048);
}

static void no_line(void **state)
{
	struct lw_image_line line;
	uint8_t *page = segment(0x1000000, 1);
	int i;

	add(4);
	assert_int_equal(read_line(&line), -ENOENT);
	parameters(page, 0x5000000, 2047); /* no page of the image */
	assert_int_equal(read_line(&line), -EBADMSG);
	parameters(page, 0, 2047);
	assert_int_equal(read_line(&line), -ENOENT);
	parameters(page, 0x1000800, 2047);
	for (i = 0; i < 4; i++) {
		fail_at = i;
		assert_int_equal(read_line(&line), -EIO);
	}
	fail_at = -1;
	memory[1][0] = 1 << 12 | 2; /* a list that leads to itself */
	assert_int_equal(read_line(&line), -EBADMSG);
	image.image = 0;
	assert_int_equal(read_line(&line), -ENOENT);
}

/* Whatever the words are: an answer, in time, within bounds (run under the sanitizers). */
static void nonsense(void **state)
{
	struct lw_image_line line;
	uint8_t *bytes = (uint8_t *)memory;
	int i;

	srand(7);
	for (i = 0; i < 2000; i++) {
		fresh(NULL);
		parameters(segment(0x1000000, 3), 0x1000000 + rand() % 0x3000, rand());
		segment(0x2000000, 600 % 40);
		add(4);
		bytes[0x1000 + rand() % 0x1000] = rand();
		bytes[0x2000 + rand() % 0x400] = rand();
		image.segments = rand() % 40;
		read_line(&line);
		assert_true(strlen(line.text) <= LW_COMMAND_LINE_SIZE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(found, fresh),	 cmocka_unit_test_setup(in_place, fresh),
		cmocka_unit_test_setup(cut, fresh),	 cmocka_unit_test_setup(no_line, fresh),
		cmocka_unit_test_setup(nonsense, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
