// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kexec whose next kernel dies: the machine is reset, and what the trace buffer still has is looked at,
 * whatever breaks the look. Where that is the kexec, it is a hand-over whose next kernel died.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "collect/case.h"
#include "collect/gather.h"
#include "history.h"

#define wrong(...)                                               \
	do {                                                     \
		snprintf(problem, sizeof(problem), __VA_ARGS__); \
		return false;                                    \
	} while (0)

/* By the loader's type the boot is cold, or that of a boot loader that is a kernel itself. */
static void die(struct world *w, bool firmware_kexec)
{
	w->power_on = w->now;
	world_pass(w, 60 * SECOND);
	w->kernel.kind = firmware_kexec ? LW_BOOT_KEXEC : LW_BOOT_COLD;
	strcpy(w->kernel.boot, "0d1ed1ed-0000-4000-8000-000000000001");
	w->kernel.born = w->now - SECOND;
	strcpy(w->kernel.cmdline, "root=/dev/sda1");
	w->kernel.kho_count = 0;
}

static bool check(struct world *w, struct lw_id id, bool records)
{
	LW_FREE char *folder = lw_handover_folder(w->state, id);
	struct lw_gathered g;
	struct lw_case c;
	int i;

	/* A second look has the same answer. */
	for (i = 0; i < 2; i++) {
		if (lw_gather(w->state, &g) || !lw_id_equal(g.id, id))
			wrong("look %d: failed", i);
		if (records && g.boot == LW_BOOT_KEXEC && g.next_lost)
			continue;
		if (g.boot != LW_BOOT_COLD || !g.armed_before || g.next_lost)
			wrong("look %d: not a reset of the armed machine", i);
		if (records || g.survived.records != records || g.survived.whole != records ||
		    g.survived.attempt != records)
			wrong("look %d: records %d, attempt %u, whole %d", i, g.survived.records,
			      g.survived.attempt, g.survived.whole);
	}
	if (!records)
		return lw_exists(folder) ? (strcpy(problem, "a folder of nothing"), false) : true;
	if (lw_case_load(folder, &c) || !c.evidence.next_lost || c.evidence.carried_count < 2)
		wrong("the evidence cannot be read back");
	lw_case_close(&c);
	return true;
}

static bool reset_each(const char *folder, bool firmware_kexec, bool kill, bool records,
		       unsigned long *count)
{
	unsigned long before, call;
	struct world w;
	bool good = true;

	for (call = 1; good; call++) {
		struct lw_id id;

		world_begin(&w, 42, folder, false);
		w.counter = true;
		w.trace_carrier = records;
		world_pass(&w, 600 * SECOND);
		world_arm(&w);
		id = w.kernel.armed.id;
		world_load(&w, 2);
		world_pass(&w, 90 * SECOND);
		w.dice.state = 1; /* the trace buffer is kept */
		world_kexec(&w);
		die(&w, firmware_kexec);
		before = counted.killed + counted.full;
		collect_broken(call, kill);
		*count = call - 1;
		good = check(&w, id, records);
		if (!good)
			printf("# call %lu: %s\n", call, problem);
		world_end(&w);
		if (counted.killed + counted.full == before)
			break;
	}
	return good;
}

/* Leaves of the trace buffer what an ordinary reboot left, after a kexec that was refused. */
static void leave_reboot(struct world *w)
{
	LW_FREE uint8_t *bytes = NULL;
	struct lw_decoded decoded;
	size_t length, i;

	if (lw_read_file(w->trace, 16 << 20, &bytes, &length) || lw_decode(bytes, length, &decoded))
		abort();
	for (i = 0; i < decoded.count; i++)
		if (decoded.records[i].type == LW_REC_SHUTDOWN &&
		    lw_write_file(w->trace, &decoded.records[i], sizeof(decoded.records[i]), 0600))
			abort();
	lw_decoded_free(&decoded);
}

/* The record of a reboot is none of a kexec. */
static bool rebooted(const char *folder)
{
	struct lw_gathered g;
	struct world w;
	bool good;

	world_begin(&w, 42, folder, false);
	w.counter = w.trace_carrier = true;
	world_pass(&w, 600 * SECOND);
	world_arm(&w);
	world_load(&w, 2);
	world_pass(&w, 90 * SECOND);
	w.dice.state = 1;
	world_kexec(&w);
	leave_reboot(&w);
	die(&w, false);
	good = !lw_gather(w.state, &g) && g.boot == LW_BOOT_COLD && g.armed_before && g.survived.records &&
	       !g.survived.attempt && g.survived.saved;
	world_end(&w);
	return good;
}

int resets(const char *folder)
{
	int variant, failed = 0;

	for (variant = 0; variant < 8; variant++) {
		bool loader = variant & 1, kill = variant & 2, records = !(variant & 4);
		unsigned long count = 0;
		bool good = reset_each(folder, loader, kill, records, &count);

		failed |= !good;
		printf("%s history/reset%s%s-%s: %lu calls\n", good ? "pass" : "fail",
		       loader ? "-boot-loader" : "", records ? "" : "-nothing-left",
		       kill ? "killed" : "disk-full", count);
	}
	failed |= !rebooted(folder);
	printf("%s history/reboot-after-refused\n", failed ? "fail" : "pass");
	return failed;
}
