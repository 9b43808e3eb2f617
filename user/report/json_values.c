// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Single values of the JSON report. Text may come from anywhere (a device database, a task's name,
 * a forged record), and jansson takes only valid UTF-8: a string that is not keeps its ASCII part
 * and shows every other byte as \xNN.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "report/json_values.h"

static json_t *escaped(const char *text, size_t length)
{
	char *safe = malloc(4 * length + 1), *out = safe;
	json_t *value;
	size_t i;

	if (!safe)
		return NULL;
	for (i = 0; i < length; i++) {
		unsigned char c = text[i];

		if (c < 0x80)
			*out++ = c;
		else
			out += sprintf(out, "\\x%02x", c);
	}
	value = json_stringn(safe, out - safe);
	free(safe);
	return value;
}

json_t *lw_json_bytes(const void *bytes, size_t size)
{
	size_t length = strnlen(bytes, size);
	json_t *value = json_stringn(bytes, length);

	return value ? value : escaped(bytes, length);
}

json_t *lw_json_text(const char *text)
{
	return text ? lw_json_bytes(text, strlen(text)) : json_null();
}

json_t *lw_json_count(uint64_t count)
{
	return json_integer(count > INT64_MAX ? INT64_MAX : (json_int_t)count);
}

json_t *lw_json_hex(uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_string(text);
}

json_t *lw_json_rid(uint64_t rid)
{
	char text[LW_RID_TEXT];

	return json_string(lw_rid_format(rid, text));
}

json_t *lw_json_rids(const struct lw_rids *rids)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < rids->count; i++)
		json_array_append_new(list, lw_json_rid(rids->rid[i]));
	return list;
}

json_t *lw_json_time(uint64_t realtime_ns)
{
	char text[LW_TIME_TEXT];

	return *lw_time_utc(realtime_ns, 6, text) ? json_string(text) : json_null();
}

uint64_t lw_old_realtime(const struct lw_handover *h, uint64_t boot_ns)
{
	uint64_t real = h->kexec ? h->kexec->kexec.realtime_ns : 0;
	uint64_t boot = h->kexec ? h->kexec->time_ns : 0;

	if (!real && h->baseline) {
		real = h->baseline->realtime_ns;
		boot = h->baseline_ns;
	}
	if (!real || boot_ns == UINT64_MAX)
		return 0;
	return real + (boot_ns - boot);
}
