// SPDX-License-Identifier: GPL-2.0-or-later
/* Collect killed, or on a full disk, at each call that changes a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "collect/case.h"
#include "collect/gather.h"
#include "history.h"
#include "report/store.h"

static const char *folder;

/* One good hand-over by the carriers of VARIANT, up to its collect. */
static void hand_over(struct world *w, int variant)
{
	world_begin(w, 42 + variant, folder, false);
	w->counter = true;
	w->trace_carrier = variant != 0;
	world_arm(w);
	world_load(w, variant == 2 ? 2 : 0);
	world_pass(w, 90 * SECOND);
	w->dice.state = 1; /* the trace buffer is kept, and something leaks or not */
	world_kexec(w);
	w->truth.ideal = true;
}

/*
 * Killed, or on a full disk from then on, at each call in turn that changes a file, and TIMES times
 * so; then collected. False when an answer was wrong; *CALLS is how many there were.
 */
static bool break_each(int variant, bool kill, int times, unsigned long *count)
{
	unsigned long before, call;
	struct world w;
	int i;

	for (call = 1;; call++) {
		hand_over(&w, variant);
		before = counted.killed + counted.full;
		for (i = 0; i < times; i++)
			collect_broken(call, kill);
		*count = call - 1;
		if (counted.killed + counted.full == before) {
			world_end(&w);
			return true;
		}
		if (!collect_and_check()) {
			printf("# call %lu: %s\n", call, problem);
			return false;
		}
		world_end(&w);
	}
}

/* As if an older luwatch had collected, and had met something that it could not read. */
static void make_older(struct lw_id id)
{
	LW_FREE char *path = lw_handover_folder(world->state, id);
	LW_FREE char *file = lw_format("%s/evidence.json", path);
	json_t *json = json_load_file(file, 0, NULL);

	json_object_set_new(json, "agent", json_string("0.0.1"));
	json_object_set_new(json, "newer", json_true());
	if (json_dump_file(json, file, 0))
		abort();
	json_decref(json);
}

/* Units, tables and the log's beginning as they were at the first collect. */
static bool has_first_look(const struct world *w, struct lw_id id)
{
	LW_FREE char *path = lw_handover_folder(w->state, id);
	struct lw_case c;
	bool first = !lw_case_load(path, &c) && c.evidence.unit_now_count &&
		     c.evidence.units_now[0].rtaddr == 0x7000000 && c.evidence.log_complete;

	if (!first)
		snprintf(problem, sizeof(problem), "the tables or the log are those of later");
	lw_case_close(&c);
	return first;
}

/* A newer luwatch collects again in the same boot, and is broken at each call. */
static bool again_each(int variant, bool kill, unsigned long *count)
{
	unsigned long before, call;
	struct lw_gathered gathered;
	json_t *report = NULL;
	struct world w;
	bool good = true;

	for (call = 1; good; call++) {
		hand_over(&w, variant);
		good = collect_and_check() && !lw_gather(w.state, &gathered);
		make_older(gathered.id);
		w.late = true;
		before = counted.killed + counted.full;
		collect_broken(call, kill);
		*count = call - 1;
		good = good && collect_and_check();
		if (good && !lw_store_load_boot(w.state, w.kernel.boot, "", &report)) {
			good = json_integer_value(json_object_get(report, "revision")) == 2 &&
			       has_first_look(&w, gathered.id);
			json_decref(report);
		}
		if (!good)
			printf("# call %lu: %s\n", call, problem);
		world_end(&w);
		if (counted.killed + counted.full == before)
			break;
	}
	return good;
}

/* The whole of another collect, in a process of its own. */
static void other_collect(void)
{
	collect_broken(0, false);
}

/*
 * Two at once: the second has seen that nothing is collected, and waits for the lock while the first
 * collects. What the first took away must not be looked for again.
 */
static bool at_once(int variant, bool newer)
{
	struct lw_gathered gathered;
	json_t *report = NULL;
	struct world w;
	bool good;

	hand_over(&w, variant);
	good = !newer || collect_and_check();
	if (newer && good) {
		lw_gather(w.state, &gathered);
		make_older(gathered.id);
	}
	before_lock = other_collect;
	good = good && collect_and_check();
	if (good && !lw_store_load_boot(w.state, w.kernel.boot, "", &report)) {
		good = json_integer_value(json_object_get(report, "revision")) == (newer ? 2 : 1);
		if (!good)
			snprintf(problem, sizeof(problem), "another revision than that of one collect");
		json_decref(report);
	}
	if (!good)
		printf("# %s\n", problem);
	world_end(&w);
	return good;
}

int every_call(const char *in)
{
	static const char *const carriers[] = { "pages", "both", "trace" };
	int variant, times, failed = 0, kill;

	folder = in;
	for (variant = 0; variant < 3; variant++)
		for (kill = 0; kill < 2; kill++)
			for (times = 1; times < 4; times += 2) {
				unsigned long count = 0;
				bool good = break_each(variant, kill, times, &count);

				failed |= !good;
				printf("%s history/%s-%s-%d-times: %lu calls\n", good ? "pass" : "fail",
				       kill ? "killed" : "disk-full", carriers[variant], times, count);
			}
	for (variant = 0; variant < 3; variant++)
		for (kill = 0; kill < 2; kill++) {
			unsigned long count = 0;
			bool good = again_each(variant, kill, &count);

			failed |= !good;
			printf("%s history/collected-again-%s-%s: %lu calls\n", good ? "pass" : "fail",
			       carriers[variant], kill ? "killed" : "disk-full", count);
		}
	for (variant = 0; variant < 3; variant++)
		for (times = 0; times < 2; times++) {
			bool good = at_once(variant, times);

			failed |= !good;
			printf("%s history/at-once-%s%s\n", good ? "pass" : "fail", carriers[variant],
			       times ? "-again" : "");
		}
	return failed;
}
