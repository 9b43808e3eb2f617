// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the fields of a record say about the line in it: who speaks, where and when, in the names that
 * journald, dmesg, log collectors and clouds give them.
 */
#include "log/json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fault/cursor.h"

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcasecmp(*names, name))
			return true;
	return false;
}

static bool is_kernel(const char *value, size_t length)
{
	return length >= 4 && (!strncasecmp(value, "kernel", length < 6 ? length : 6) ||
			       !strncasecmp(value, "klogd", length) ||
			       !strncasecmp(value, "dmesg", length));
}

static void read_number_field(struct lw_saved_about *about, const char *name, const char *value,
			      size_t length)
{
	struct lw_cursor c = { .at = value, .end = value + length };
	uint64_t n;

	if (!lw_take_number(&c, 10, 1, 19, UINT64_MAX / 1000, &n))
		return;
	if (!strcmp(name, "_SOURCE_MONOTONIC_TIMESTAMP"))
		about->time_ns = n * 1000;
	else if (!strcasecmp(name, "pri"))
		about->facility = (int)(n >> 3 & 0x7f);
	else
		about->facility = (int)(n & 0x7f);
}

/* dmesg --json has printk's clock as "time": 12.345678 */
static bool is_printk_time(const char *value, size_t length)
{
	const char *point = memchr(value, '.', length);

	return point && point - value < 9 && length - (size_t)(point - value) > 3 &&
	       strspn(value, "0123456789. ") >= length;
}

void lw_json_field(struct lw_saved_about *about, const char *name, const char *value, size_t length)
{
	static const char *const hosts[] = { "_HOSTNAME", "host",	"hostname", "nodename",
					     "node",	  "host_name",	NULL };
	static const char *const numbers[] = { "SYSLOG_FACILITY", "_SOURCE_MONOTONIC_TIMESTAMP",
					       "pri", NULL };
	static const char *const times[] = { "timestamp", "@timestamp", "time", "ts", "date",
					     "talos-time", "__REALTIME_TIMESTAMP", "eventTime",
					     NULL };
	static const char *const tags[] = { "SYSLOG_IDENTIFIER", "ident", "appname",
					    "programname", "app_name", "syslogtag", NULL };
	size_t size;

	if (is_one_of(name, numbers)) {
		read_number_field(about, name, value, length);
	} else if (!strcasecmp(name, "_TRANSPORT")) {
		about->program |= length != 6 || memcmp(value, "kernel", 6);
		if (!about->program && about->facility < 0)
			about->facility = 0;
	} else if (!strcasecmp(name, "facility") && length) {
		if (isdigit((unsigned char)*value))
			read_number_field(about, name, value, length);
		else
			about->facility = length == 4 && !strncasecmp(value, "kern", 4) ? 0 : 1;
	} else if (is_one_of(name, tags)) {
		about->program |= length && !is_kernel(value, length) &&
				  (length < 4 || strncasecmp(value, "dmar", 4));
	} else if (is_one_of(name, hosts)) {
		size = length < sizeof(about->host) ? length : sizeof(about->host) - 1;
		memcpy(about->host, value, size);
		about->host[size] = '\0';
	} else if (is_one_of(name, times)) {
		if (!strcmp(name, "time") && is_printk_time(value, length)) {
			about->time_ns = (uint64_t)(strtod(value, NULL) * 1e6 + 0.5) * 1000;
			return;
		}
		size = length < sizeof(about->when) ? length : sizeof(about->when) - 1;
		memcpy(about->when, value, size);
		about->when[size] = '\0';
	}
}
