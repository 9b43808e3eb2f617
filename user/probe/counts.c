/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KHO and LUO say their numbers in the kernel log only. A kernel that got nothing handed over is
 * silent: with a log that has its first record that is zero. IMA hands its whole list over, in which
 * every kernel begins with an entry of its own, also where all of them are the same; its kexec_execute
 * would count the same, where a policy asks for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#include "base/io.h"
#include "probe/counts.h"

#define IMA_LIST    "/sys/kernel/security/ima/ascii_runtime_measurements"
#define IMA_LIMIT   (64UL << 20)
#define SYSTEMD_USEC 250000

static const struct {
	const char *name;
	/* A line of the kernel log that begins so, its number behind .number. */
	const char *begins, *number;
} counters[LW_COUNTERS] = {
	[LW_COUNTED_BY_KHO] = { "kho", "KHO: exec from: ", " (count " },
	[LW_COUNTED_BY_LUO] = { "luo", "luo: Retrieved live update data, ",
				"liveupdate number: " },
	[LW_COUNTED_BY_SYSTEMD] = { "systemd", NULL, NULL },
	[LW_COUNTED_BY_IMA] = { "ima", NULL, NULL },
};

const char *lw_counter_name(enum lw_counter counter)
{
	return counters[counter].name;
}

static void set(struct lw_counts *counts, enum lw_counter counter, uint64_t number)
{
	counts->of[counter] = number;
	counts->known |= 1U << counter;
}

/* "PRIORITY,SEQUENCE,TIME,FLAGS;TEXT", of facility 0, the kernel. */
void lw_counts_take_kmsg(struct lw_counts *counts, const char *record)
{
	const char *text = strchr(record, ';'), *at;
	unsigned int priority, i;
	uint64_t sequence;

	if (!text || sscanf(record, "%u,%" SCNu64, &priority, &sequence) != 2 || priority >> 3)
		return;
	for (i = 0; i < LW_COUNTERS; i++) {
		if (!counters[i].begins)
			continue;
		if (!sequence && !(counts->known & 1U << i))
			set(counts, i, 0);
		if (strncmp(text + 1, counters[i].begins, strlen(counters[i].begins)))
			continue;
		at = strstr(text + strlen(counters[i].begins), counters[i].number);
		if (at)
			set(counts, i, strtoull(at + strlen(counters[i].number), NULL, 10));
	}
}

static void read_kmsg(struct lw_counts *counts)
{
	LW_CLOSE int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char record[8192];
	ssize_t n;

	while (fd >= 0 && ((n = read(fd, record, sizeof(record) - 1)) > 0 ||
			   (n < 0 && (errno == EPIPE || errno == EINTR)))) {
		if (n < 0)
			continue;
		record[n] = '\0';
		lw_counts_take_kmsg(counts, record);
	}
}

/* systemd 262 has it as KExecCount; its documents and its tests spell it in two other ways. */
static void read_systemd(struct lw_counts *counts)
{
	static const char *const names[] = { "KExecCount", "KExecsCount", "KexecsCount" };
	sd_bus *bus = NULL;
	uint32_t number;
	size_t i;
	int r = sd_bus_new(&bus);

	/* Straight to PID 1: early in the boot nobody else carries messages. */
	if (r >= 0)
		r = sd_bus_set_address(bus, "unix:path=/run/systemd/private");
	if (r >= 0)
		r = sd_bus_set_method_call_timeout(bus, SYSTEMD_USEC);
	if (r >= 0)
		r = sd_bus_start(bus);
	for (i = 0; r >= 0 && i < sizeof(names) / sizeof(names[0]); i++) {
		if (sd_bus_get_property_trivial(bus, "org.freedesktop.systemd1",
						"/org/freedesktop/systemd1",
						"org.freedesktop.systemd1.Manager", names[i], NULL, 'u',
						&number) < 0)
			continue;
		set(counts, LW_COUNTED_BY_SYSTEMD, number);
		break;
	}
	sd_bus_unref(bus);
}

/* No blank is in a file's name there, so no file can pass for it. */
uint64_t lw_ima_kernels(const char *list)
{
	static const char first[] = " boot_aggregate";
	uint64_t count = 0;

	for (; (list = strstr(list, first)); list += sizeof(first) - 1)
		count += strchr(" \n", list[sizeof(first) - 1]) != NULL;
	return count;
}

static void read_ima(struct lw_counts *counts)
{
	LW_FREE uint8_t *list = NULL;
	size_t length;
	uint64_t kernels;

	if (lw_read_file(IMA_LIST, IMA_LIMIT, &list, &length))
		return;
	kernels = lw_ima_kernels((char *)list);
	if (kernels)
		set(counts, LW_COUNTED_BY_IMA, kernels - 1);
}

void lw_counts_read(struct lw_counts *counts)
{
	memset(counts, 0, sizeof(*counts));
	read_kmsg(counts);
	read_systemd(counts);
	read_ima(counts);
}

char *lw_counts_format(const struct lw_counts *counts, char text[LW_COUNTS_TEXT])
{
	size_t used = 0, i;

	text[0] = '\0';
	for (i = 0; i < LW_COUNTERS && used < LW_COUNTS_TEXT; i++)
		if (counts->known & 1U << i && counts->of[i] < 1000000)
			used += snprintf(text + used, LW_COUNTS_TEXT - used, "%s%s=%" PRIu64,
					 used ? " " : "", counters[i].name, counts->of[i]);
	return text;
}

void lw_counts_parse(const char *text, struct lw_counts *counts)
{
	size_t i, length;

	memset(counts, 0, sizeof(*counts));
	for (; *text; text += strspn(text, " ")) {
		for (i = 0; i < LW_COUNTERS; i++) {
			length = strlen(counters[i].name);
			if (!strncmp(text, counters[i].name, length) && text[length] == '=' &&
			    text[length + 1] >= '0' && text[length + 1] <= '9')
				set(counts, i, strtoull(text + length + 1, NULL, 10));
		}
		text += strcspn(text, " ");
	}
}
