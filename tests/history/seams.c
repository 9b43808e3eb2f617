// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the code under test asks the machine (linked with --wrap): its clocks, its boot id, its
 * command line, /dev/mem, the kernel's log, the trace buffer. Everything else of gather, case,
 * judge and store is the real code on a real file system, and its system calls can be made to fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/io.h"
#include "carry/carrier.h"
#include "collect/topology.h"
#include "collect/which.h"
#include "fault/kernel_log.h"
#include "probe/kernel.h"
#include "probe/programs.h"
#include "../unit/seam.h"
#include "parts.h"



static unsigned long calls, fail_call;
static bool fail_kills;

void seams_fail_at(unsigned long call, bool kill)
{
	calls = 0;
	fail_call = call;
	fail_kills = kill;
}

/* True: this call finds the disk full. */
static bool fails(void)
{
	if (!fail_call || ++calls < fail_call)
		return false;
	if (fail_kills)
		_exit(9);
	return true; /* and stays full */
}

/* --- system calls ---------------------------------------------------------------------------- */

SEAM(ssize_t, write, int fd, const void *bytes, size_t length)
{
	if (fd > 2 && fails()) {
		errno = ENOSPC;
		return -1;
	}
	return __real_write(fd, bytes, length);
}

SEAM(int, rename, const char *from, const char *to)
{
	if (fails() && fail_kills)
		return -1;
	return __real_rename(from, to);
}

SEAM(int, unlink, const char *path)
{
	fails();
	return __real_unlink(path);
}

SEAM(int, mkdir, const char *path, mode_t mode)
{
	struct stat st;

	if (stat(path, &st) && fails()) {
		errno = ENOSPC;
		return -1;
	}
	return __real_mkdir(path, mode);
}

SEAM(int, fsync, int fd)
{
	fails();
	return 0; /* no power is cut here: tests/audit does that */
}

SEAM(int, ftruncate, int fd, off_t length)
{
	fails();
	return __real_ftruncate(fd, length);
}

SEAM(int, posix_fallocate, int fd, off_t offset, off_t length)
{
	return fails() ? ENOSPC : __real_posix_fallocate(fd, offset, length);
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	va_start(args, flags);
	if (flags & O_CREAT)
		mode = va_arg(args, mode_t);
	va_end(args);
	if (!strcmp(path, "/dev/mem"))
		path = world->memory;
	else if (flags & O_CREAT && access(path, F_OK) && fails()) {
		errno = ENOSPC;
		return -1;
	}
	return __real_open(path, flags, mode);
}

/* Another collect that came first: it has all of the time before the lock. */
void (*before_lock)(void);

SEAM(int, flock, int fd, int operation)
{
	void (*other)(void) = before_lock;

	before_lock = NULL;
	if (other && operation & LOCK_EX)
		other();
	return __real_flock(fd, operation);
}

SEAM(uid_t, geteuid, void)
{
	return 0;
}

/* --- the machine ----------------------------------------------------------------------------- */

SEAM(enum lw_boot, lw_boot_kind, void)
{
	return world->kernel.kind;
}

SEAM(const char *, lw_boot_id, void)
{
	return world->kernel.boot;
}

SEAM(uint64_t, lw_boot_clock, void)
{
	return world->now - world->kernel.born;
}

SEAM(uint64_t, lw_wall_clock, void)
{
	return WALL + world->now + world->kernel.clock_error;
}

SEAM(bool, lw_tsc_read, struct lw_tsc *tsc)
{
	uint64_t on = world->now - world->power_on;

	memset(tsc, 0, sizeof(*tsc));
	if (!world->counter)
		return false;
	*tsc = (struct lw_tsc){ .count = on * (TSC_HZ / SECOND),
				.hz = TSC_HZ,
				.boot_ns = world->now - world->kernel.born };
	return true;
}

SEAM(int, lw_vtd_units, void)
{
	return 3;
}

SEAM(bool, lw_exists, const char *path)
{
	return strcmp(path, LW_PIN_ROOT) ? !access(path, F_OK) : world->kernel.armed_now;
}

SEAM(int, lw_read_file, const char *path, size_t limit, uint8_t **bytes, size_t *length)
{
	if (strcmp(path, "/proc/cmdline"))
		return __real_lw_read_file(path, limit, bytes, length);
	*bytes = (uint8_t *)strdup(world->kernel.cmdline);
	*length = strlen(world->kernel.cmdline);
	return 0;
}

static const char *const log_lines[] = {
	"5,0,1000,-;Linux version 6.13.0-synthetic\n",
	"6,1,2000,-;DMAR: IOMMU enabled\n",
	"4,2,3000,-;DMAR: Translation was enabled for dmar0 but we are not in kdump mode\n",
	"4,3,3001,-;DMAR: Translation was enabled for dmar1 but we are not in kdump mode\n",
	"6,4,4000,-;DMAR: Intel(R) Virtualization Technology for Directed I/O\n",
};

static ssize_t next_line(void *context, char *buffer, size_t size)
{
	size_t *next = context;

	if (*next == sizeof(log_lines) / sizeof(*log_lines))
		return -EAGAIN;
	strcpy(buffer, log_lines[*next]);
	return strlen(log_lines[(*next)++]);
}

SEAM(int, lw_kernel_log_read_kmsg, struct lw_kernel_log *log, struct lw_kmsg_raw *raw)
{
	size_t next = world->late ? 2 : 0;

	return lw_kernel_log_read(log, raw, next_line, &next);
}

SEAM(int, lw_kernel_log_read_journal, const char **files, const char *boot_id,
     const struct lw_kmsg_raw *kmsg, struct lw_kmsg_raw *raw)
{
	return -ENODATA;
}

SEAM(int, lw_topology_read, const char *sysfs, struct lw_topology *topology)
{
	memset(topology, 0, sizeof(*topology));
	return 0;
}

SEAM(void, lw_gather_tables, json_t *evidence, const char *folder)
{
	json_t *units = json_array();
	int i;

	for (i = 0; i < 3; i++)
		json_array_append_new(
			units,
			json_pack("{ss so ss ss}", "name", i ? i == 1 ? "dmar1" : "dmar2" : "dmar0",
				  "reg_phys", json_sprintf("0x%x", 0xfed90000 + 0x1000 * i),
				  "rtaddr", world->late ? "0x9000000" : "0x7000000", "gsts", "0x0"));
	json_object_set_new(evidence, "units", units);
	json_object_set_new(evidence, "pages", json_pack("{sn}", "0x7000000"));
}

/* --- others ---------------------------------------------------------------------------------- */

SEAM(int, lw_earlier_journal, const struct lw_earlier_places *places, struct lw_earlier_list *list)
{
	return others_tell(world, LW_TOLD_BY_JOURNAL, list);
}

SEAM(int, lw_earlier_audit, const struct lw_earlier_places *places, struct lw_earlier_list *list)
{
	return others_tell(world, LW_TOLD_BY_AUDIT, list);
}

SEAM(void, lw_counts_read, struct lw_counts *counts)
{
	others_count(world, counts);
}

/* --- the decision ---------------------------------------------------------------------------- */

enum blind blind;

SEAM(void, lw_which, const struct lw_boot_facts *facts, struct lw_which *which)
{
	struct lw_boot_facts seen = *facts;
	struct lw_candidate *candidates = calloc(facts->count + 1, sizeof(*candidates));
	size_t i;

	memcpy(candidates, facts->candidates, facts->count * sizeof(*candidates));
	for (i = 0; i < facts->count; i++)
		if (blind == BLIND_TO_STAMP)
			candidates[i].seen_in = candidates[i].collected_in =
				candidates[i].began_by = (struct lw_id){};
	if (blind == BLIND_TO_COUNTER)
		seen.start_tsc = 0;
	if (blind == BLIND_TO_OTHERS) {
		seen.earlier_count = 0;
		seen.kexecs.known = 0;
	}
	seen.candidates = candidates;
	__real_lw_which(&seen, which);
	for (i = 0; i < facts->count; i++)
		if (blind == BLIND_BUT_WORD && candidates[i].from & LW_FROM_WORD)
			*which = (struct lw_which){ .id = candidates[i].id };
	which->chosen = NULL;
	free(candidates);
}

/* --- carriers -------------------------------------------------------------------------------- */

static size_t trace_consumes(void)
{
	struct stat st;

	return world->trace_carrier && !stat(world->trace, &st) ? st.st_size + 4096 : 0;
}

/* As ftrace: what is read is gone. */
static int trace_recover(const char *cmdline, struct lw_recovered *out)
{
	LW_CLOSE int fd = __real_open(world->trace, O_RDWR | O_CLOEXEC);
	ssize_t n;

	if (!world->trace_carrier || !out->into)
		return world->trace_carrier;
	while ((n = read(fd, out->into + out->length, 4096)) > 0) {
		out->length += n;
		/* The page is out of the buffer: killed here, only the file has it. */
		fails();
	}
	if (__real_ftruncate(fd, 0))
		abort();
	if (!out->length)
		strcpy(out->problem, "the trace buffer is empty");
	return 1;
}

static const struct lw_carrier trace = {
	.name = "trace",
	.emptied_by_arming = true,
	.recover = trace_recover,
	.consumes = trace_consumes,
};

static int nothing_stored(const char *cmdline, struct lw_recovered *out)
{
	return 0;
}

static const struct lw_carrier pstore = { .name = "pstore", .recover = nothing_stored };
static const struct lw_carrier luo = { .name = "luo", .recover = nothing_stored };

/* Those of the machine, and for each of the others one that is not in use. */
extern const struct lw_carrier lw_pages_carrier;
const struct lw_carrier *const __wrap_lw_carriers[LW_CARRIER_COUNT] = {
	[LW_CARRIER_PAGES] = &lw_pages_carrier,
	[LW_CARRIER_TRACE] = &trace,
	[LW_CARRIER_PSTORE] = &pstore,
	[LW_CARRIER_LUO] = &luo,
};
_Static_assert(LW_CARRIER_COUNT == 4, "each carrier has a row here");

SEAM(void, lw_carriers_clear, void)
{
	if (truncate(world->trace, 0))
		abort();
}
