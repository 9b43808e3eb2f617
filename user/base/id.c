// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Text of hand-over ids and requester IDs. Both come back from places other programs can write to
 * (a kernel command line, a file, a command's arguments), so parsing takes one spelling and refuses
 * everything else: two texts that look different must never name the same thing by accident.
 */
#include "base/id.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luwatch/record.h"

bool lw_id_equal(struct lw_id a, struct lw_id b)
{
	return a.high == b.high && a.low == b.low;
}

bool lw_id_is_zero(struct lw_id id)
{
	return !id.high && !id.low;
}

char *lw_id_format(struct lw_id id, char text[LW_ID_TEXT])
{
	snprintf(text, LW_ID_TEXT, "%016llx%016llx", (unsigned long long)id.high,
		 (unsigned long long)id.low);
	return text;
}

/* The value of one hexadecimal digit in either case, -1 for anything else. Locale independent. */
static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int lw_id_parse(const char *text, struct lw_id *id)
{
	struct lw_id parsed = { 0 };
	int i, value;

	for (i = 0; i < LW_ID_TEXT - 1; i++) {
		value = digit(text[i]);
		if (value < 0)
			return -EINVAL;
		parsed.high = parsed.high << 4 | parsed.low >> 60;
		parsed.low = parsed.low << 4 | (unsigned int)value;
	}
	if (text[i])
		return -EINVAL;
	*id = parsed;
	return 0;
}

char *lw_rid_format(uint64_t rid, char text[LW_RID_TEXT])
{
	uint8_t devfn = LW_RID_DEVFN(rid);

	if (rid == LW_RID_OTHER)
		return strcpy(text, "other");
	/* A segment never has more than 20 bits; a damaged one must still fit. */
	snprintf(text, LW_RID_TEXT, "%04x:%02x:%02x.%x", LW_RID_SEGMENT(rid) & 0xfffff,
		 LW_RID_BUS(rid), devfn >> 3, devfn & 7);
	return text;
}

/* Takes exactly COUNT hexadecimal digits; returns their value or -1. */
static int digits(const char *text, int count)
{
	int value = 0, next, i;

	for (i = 0; i < count; i++) {
		next = digit(text[i]);
		if (next < 0)
			return -1;
		value = value << 4 | next;
	}
	return value;
}

int lw_rid_parse(const char *text, uint64_t *rid)
{
	int segment = 0, bus, device, function;
	size_t first = strspn(text, "0123456789abcdefABCDEF");

	if (first == 4 || first == 5) {
		segment = digits(text, (int)first);
		if (text[first] != ':')
			return -EINVAL;
		text += first + 1;
	} else if (first != 2) {
		return -EINVAL;
	}
	if (strlen(text) != strlen("bb:dd.f") || text[2] != ':' || text[5] != '.')
		return -EINVAL;
	bus = digits(text, 2);
	device = digits(text + 3, 2);
	function = digits(text + 6, 1);
	if (bus < 0 || device < 0 || device > 0x1f || function < 0 || function > 7)
		return -EINVAL;
	*rid = LW_RID((unsigned int)segment, bus, device << 3 | function);
	return 0;
}

int lw_rid_or_other(const char *text, uint64_t *rid)
{
	if (strcmp(text, "other"))
		return lw_rid_parse(text, rid);
	*rid = LW_RID_OTHER;
	return 0;
}

int lw_rid_compare(const void *pa, const void *pb)
{
	const uint64_t *a = pa, *b = pb;

	return *a < *b ? -1 : *a > *b;
}

bool lw_rid_in(const uint64_t *rids, size_t count, uint64_t rid)
{
	return count && bsearch(&rid, rids, count, sizeof(*rids), lw_rid_compare);
}

struct lw_id lw_id_of_boot(const char *boot_id)
{
	char digits[LW_ID_TEXT];
	struct lw_id id = {};
	int n = 0;

	for (; *boot_id && n < LW_ID_TEXT - 1; boot_id++)
		if (*boot_id != '-')
			digits[n++] = *boot_id;
	digits[n] = '\0';
	if (lw_id_parse(digits, &id))
		return (struct lw_id){};
	return id;
}
