// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A machine of boots: random histories against the real code of collect, from the carriers to the
 * stored report. At every collect the answer is about the last kexec, or incomplete; where nothing
 * stood in the way it is not incomplete. A history that fails is made as short as it gets.
 *
 *	history [--seed S] [--count N] [--blind word|stamp|counter] [--verbose]
 *	history --every-call	collect broken at each call that changes a file
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "collect/case.h"
#include "collect/gather.h"
#include "collect/pending.h"
#include "judge/judge.h"
#include "report/json.h"
#include "report/store.h"
#include "world.h"

#define STEPS 24

enum step {
	ARM,
	REARM,
	LOAD_RIGHT,
	LOAD_OLD,
	LOAD_NONE,
	KEXEC,
	REFUSED,
	RESET,
	FIRMWARE_KEXEC,
	KDUMP,
	COLLECT,
	COLLECT_KILLED,
	COLLECT_FULL,
	STATE_LOST,
	CLOCK_SET,
	SECONDS,
	HOURS,
	STEP_KINDS
};

static const char *const names[STEP_KINDS] = {
	"arm",
	"arm anew",
	"load, right words",
	"load, this kernel's line",
	"load, no words",
	"kexec",
	"kexec refused",
	"reset",
	"reset, firmware kexecs",
	"kdump",
	"collect",
	"collect, killed",
	"collect, disk full",
	"state lost",
	"clock set right",
	"a minute",
	"hours",
};

struct move {
	enum step step;
	uint64_t seed;
};

struct history {
	uint64_t seed;
	struct move moves[STEPS];
	size_t count;
};

static unsigned long answers[3], ideal_answers, collects, killed, full; /* answers by verdict */
static bool verbose;
static char folder[128];

/* --- the collect of user/command/collect.c --------------------------------------------------- */

static int judge(const char *state, struct lw_id id)
{
	LW_FREE char *path = lw_handover_folder(state, id);
	struct lw_handover *h = NULL;
	char text[LW_ID_TEXT];
	json_t *report = NULL;
	struct lw_case c;
	int r = lw_case_load(path, &c);

	if (!r)
		r = lw_correlate(&c.evidence, &h);
	if (!r) {
		report = lw_report_json(h);
		r = lw_store_save(state, lw_id_format(id, text), c.evidence.revision, report);
	}
	json_decref(report);
	lw_handover_free(h);
	lw_case_close(&c);
	return r;
}

static int collect(struct lw_gathered *gathered)
{
	char text[LW_ID_TEXT];
	json_t *report = NULL;
	int r = lw_gather(world->state, gathered);

	if (r || gathered->boot != LW_BOOT_KEXEC)
		return r;
	if (!lw_store_load(world->state, lw_id_format(gathered->id, text), &report)) {
		json_decref(report);
		return 0;
	}
	return judge(world->state, gathered->id);
}

/* In a process of its own, which call CALL kills or finds the disk full. */
static void collect_broken(unsigned long call, bool kill)
{
	struct lw_gathered gathered;
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (!child) {
		if (!verbose)
			close(2);
		seams_fail_at(call, kill);
		_exit(collect(&gathered) ? 1 : 0);
	}
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 9)
		killed++;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
		full++;
	else if (!WIFEXITED(status))
		abort();
}

/* --- what must be so ------------------------------------------------------------------------- */

static char problem[512];

#define wrong(...)                                               \
	do {                                                     \
		snprintf(problem, sizeof(problem), __VA_ARGS__); \
		return false;                                    \
	} while (0)

static const char *text_at(json_t *report, const char *object, const char *key)
{
	const char *text = json_string_value(json_object_get(json_object_get(report, object), key));

	return text ? text : "";
}

static bool has_leak(json_t *report)
{
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(report, "entries"), i, entry)
		if (!strcmp(json_string_value(json_object_get(entry, "state")), "leaked"))
			return true;
	return false;
}

static bool check_report(json_t *report)
{
	const struct truth *t = &world->truth;
	const char *verdict = json_string_value(json_object_get(report, "verdict"));
	const char *id = json_string_value(json_object_get(report, "id"));
	char wanted[LW_ID_TEXT];

	lw_id_format(t->id, wanted);
	if (strcmp(text_at(report, "boot", "new"), world->kernel.boot))
		wrong("the report is of boot %s", text_at(report, "boot", "new"));
	if (!strcmp(verdict, "incomplete")) {
		answers[0]++;
		if (t->ideal)
			wrong("incomplete, and nothing stood in the way: %s",
			      json_string_value(json_object_get(
				      json_object_get(json_object_get(report, "invariants"), "I12"),
				      "reason"))
				      ?: json_string_value(json_object_get(report, "headline")));
		return true;
	}
	answers[strcmp(verdict, "clean") ? 2 : 1]++;
	ideal_answers += t->ideal;
	if (!t->kexec || !t->armed)
		wrong("%s, although no armed kernel was handed over", verdict);
	if (strcmp(id, wanted) || strcmp(text_at(report, "boot", "old"), t->boot))
		wrong("%s about hand-over %.8s of boot %.8s; the last was %.8s of %.8s", verdict,
		      id, text_at(report, "boot", "old"), wanted, t->boot);
	if (has_leak(report) != t->leak)
		wrong("%s, and the last kexec %s", verdict, t->leak ? "leaked" : "was good");
	return true;
}

/* One report, and no more, says that it is of this boot. */
static bool check_store(const char *boot, size_t wanted)
{
	json_t *list = NULL, *item;
	size_t i, count = 0;

	if (!lw_store_list(world->state, &list))
		json_array_foreach(list, i, item) {
			const char *of = json_string_value(json_object_get(item, "boot"));

			count += of && !strcmp(of, boot);
		}
	json_decref(list);
	if (count != wanted)
		wrong("%zu reports of this boot", count);
	return true;
}

static bool collect_and_check(void)
{
	struct lw_gathered gathered;
	json_t *report = NULL;
	bool good;
	int r = collect(&gathered);

	collects++;
	if (r)
		wrong("collect failed: %s", strerror(-r));
	if (world->kernel.kind != LW_BOOT_KEXEC || gathered.boot != LW_BOOT_KEXEC) {
		/* Minutes after power-on a kernel of which nothing is left is no other than a boot
		 * loader. */
		if (world->truth.kexec && (world->kernel.born - world->power_on > 900 * SECOND ||
					   strstr(world->kernel.cmdline, "luwatch=")))
			wrong("a kexec was taken for another boot");
		return check_store(world->kernel.boot, 0);
	}
	if (!check_store(world->kernel.boot, 1))
		return false;
	if (lw_store_load_boot(world->state, world->kernel.boot, "", &report))
		wrong("this boot has no report");
	good = check_report(report);
	if (good && lw_uncollected(world->state)) {
		good = false;
		snprintf(problem, sizeof(problem), "it is still called uncollected");
	}
	json_decref(report);
	return good;
}

/* --- histories ------------------------------------------------------------------------------- */

static bool run_move(const struct move *m)
{
	struct world *w = world;

	w->dice.state = m->seed;
	switch (m->step) {
	case ARM:
		world_arm(w);
		w->truth.ideal &= lw_boot_kind() != LW_BOOT_KEXEC || !lw_uncollected(w->state);
		break;
	case REARM:
		world_rearm(w);
		break;
	case LOAD_RIGHT:
	case LOAD_OLD:
	case LOAD_NONE:
		world_load(w, m->step - LOAD_RIGHT);
		break;
	case KEXEC:
		/* No kernel boots, loads an image and ends within a minute. */
		world_pass(w, 90 * SECOND);
		world_kexec(w);
		break;
	case REFUSED:
		world_refused(w);
		break;
	case RESET:
	case FIRMWARE_KEXEC:
		world_reset(w, m->step == FIRMWARE_KEXEC);
		break;
	case KDUMP:
		world_kdump(w);
		break;
	case COLLECT_KILLED:
	case COLLECT_FULL:
		collect_broken(1 + roll_below(&w->dice, 60), m->step == COLLECT_KILLED);
		break;
	case COLLECT:
		return collect_and_check();
	case STATE_LOST:
		empty_folder(w->state);
		w->truth.ideal = false;
		break;
	case CLOCK_SET:
		w->kernel.clock_error = 0;
		break;
	case SECONDS:
		world_pass(w, 60 * SECOND);
		break;
	default:
		world_pass(w, (1 + roll_below(&w->dice, 40)) * HOUR);
		break;
	}
	return true;
}

static bool run(const struct history *h, bool tell)
{
	struct world w;
	bool good = true;
	size_t i;

	world_begin(&w, h->seed, folder, tell);
	for (i = 0; i < h->count && good; i++) {
		if (tell)
			printf("#   %s\n", names[h->moves[i].step]);
		good = run_move(&h->moves[i]);
	}
	world_end(&w);
	return good;
}

/* What happens on real machines most of the time, with what goes wrong in between. */
static void make_history(struct history *h, uint64_t seed)
{
	static const enum step cycle[] = { ARM, LOAD_RIGHT, KEXEC, COLLECT };
	struct dice dice = { seed * 0x9e3779b97f4a7c15ULL + 1 };
	size_t at = roll_below(&dice, 4), length = 8 + roll_below(&dice, STEPS - 8);

	h->seed = seed;
	for (h->count = 0; h->count < length; h->count++) {
		struct move *m = &h->moves[h->count];

		m->seed = roll(&dice);
		m->step = cycle[at];
		if (roll_chance(&dice, 45))
			m->step = roll_below(&dice, STEP_KINDS);
		if (m->step == cycle[at] || roll_chance(&dice, 40))
			at = (at + 1) % 4;
	}
	h->moves[h->count - 1].step = COLLECT;
}

static void shrink(struct history *h)
{
	struct history shorter;
	size_t i;
	bool again = true;

	while (again) {
		again = false;
		for (i = 0; i < h->count; i++) {
			shorter = *h;
			memmove(&shorter.moves[i], &shorter.moves[i + 1],
				(h->count - i - 1) * sizeof(*h->moves));
			shorter.count--;
			if (run(&shorter, false))
				continue;
			*h = shorter;
			again = true;
			break;
		}
	}
}

/* --- every call ------------------------------------------------------------------------------ */

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
		before = killed + full;
		for (i = 0; i < times; i++)
			collect_broken(call, kill);
		*count = call - 1;
		if (killed + full == before) {
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
		before = killed + full;
		collect_broken(call, kill);
		*count = call - 1;
		good = good && collect_and_check();
		if (good && !lw_store_load_boot(w.state, w.kernel.boot, "", &report)) {
			good = json_integer_value(json_object_get(report, "revision")) == 2;
			json_decref(report);
		}
		if (!good)
			printf("# call %lu: %s\n", call, problem);
		world_end(&w);
		if (killed + full == before)
			break;
	}
	return good;
}

static int every_call(void)
{
	static const char *const carriers[] = { "pages", "both", "trace" };
	int variant, times, failed = 0, kill;

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
	return failed;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: history [--seed S] [--count N] [--blind word|stamp|counter] [--verbose]\n");
	return 2;
}

int main(int argc, char **argv)
{
	uint64_t seed = 1, count = 1000, i;
	struct history h;
	int failed = 0, a;
	bool each = false;

	for (a = 1; a < argc; a++) {
		if (!strcmp(argv[a], "--every-call"))
			each = true;
		else if (!strcmp(argv[a], "--verbose"))
			verbose = true;
		else if (a + 1 < argc && !strcmp(argv[a], "--blind"))
			blind = !strcmp(argv[++a], "word")  ? BLIND_BUT_WORD
				: !strcmp(argv[a], "stamp") ? BLIND_TO_STAMP
							    : BLIND_TO_COUNTER;
		else if (a + 1 < argc && !strcmp(argv[a], "--seed"))
			seed = strtoull(argv[++a], NULL, 0);
		else if (a + 1 < argc && !strcmp(argv[a], "--count"))
			count = strtoull(argv[++a], NULL, 0);
		else
			return usage();
	}
	snprintf(folder, sizeof(folder), "/dev/shm/luwatch-history-%d", getpid());
	mkdir(folder, 0700);
	if (each) {
		failed = every_call();
		count = 0;
	}
	for (i = 0; i < count && failed < 5; i++) {
		make_history(&h, seed + i);
		if (run(&h, verbose && count == 1))
			continue;
		failed++;
		printf("fail: seed %lu: %s\n", (unsigned long)(seed + i), problem);
		shrink(&h);
		run(&h, true);
		printf("#   → %s\n", problem);
	}
	empty_folder(folder);
	rmdir(folder);
	if (!each)
		printf("counts %lu histories, %lu collects (%lu killed, %lu on a full disk before): %lu "
	       "clean, %lu "
	       "violation, %lu incomplete; of %lu answers nothing stood in the way\n",
	       (unsigned long)i, collects, killed, full, answers[1], answers[2], answers[0],
	       ideal_answers);
	return failed ? 1 : 0;
}
