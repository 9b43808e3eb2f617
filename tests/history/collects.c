// SPDX-License-Identifier: GPL-2.0-or-later
/* A collect of the machine, whole or broken, and what must be so afterwards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "collect/case.h"
#include "collect/gather.h"
#include "collect/pending.h"
#include "history.h"
#include "judge/judge.h"
#include "report/json.h"
#include "report/store.h"

struct counted counted;
bool verbose;

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
void collect_broken(unsigned long call, bool kill)
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
		counted.killed++;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
		counted.full++;
	else if (!WIFEXITED(status))
		abort();
}

/* --- what must be so ------------------------------------------------------------------------- */

char problem[512];

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
		counted.incomplete++;
		if (t->ideal)
			wrong("incomplete, and nothing stood in the way: %s",
			      json_string_value(json_object_get(
				      json_object_get(json_object_get(report, "invariants"), "I12"),
				      "reason"))
				      ?: json_string_value(json_object_get(report, "headline")));
		return true;
	}
	*(strcmp(verdict, "clean") ? &counted.violation : &counted.clean) += 1;
	counted.ideal += t->ideal;
	if (t->unseen && !strcmp(verdict, "clean"))
		wrong("clean, and not all of what was preserved was seen");
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

/* Of a kexec whose next kernel never collected, and of which something survived a reset. */
static bool check_lost(json_t *report)
{
	const char *verdict = json_string_value(json_object_get(report, "verdict"));
	const char *id = json_string_value(json_object_get(report, "id"));
	char text[LW_ID_TEXT];
	size_t i;

	for (i = 0; i < KEXECS; i++) {
		const struct truth *t = &world->kexecs[i];

		if (!t->armed || strcmp(id, lw_id_format(t->id, text)))
			continue;
		counted.lost++;
		if (!strcmp(verdict, "clean"))
			wrong("clean, and the next kernel was lost");
		if (!strcmp(verdict, "violation") && !t->leak)
			wrong("a violation of a good kexec whose next kernel was lost");
		return true;
	}
	wrong("a kexec that never was");
}

bool collect_and_check(void)
{
	struct lw_gathered gathered;
	json_t *report = NULL;
	bool good;
	int r = collect(&gathered);

	counted.collects++;
	if (r)
		wrong("collect failed: %s", strerror(-r));
	if (gathered.boot == LW_BOOT_KEXEC && gathered.next_lost) {
		if (lw_store_load_boot(world->state, world->kernel.boot, "", &report))
			wrong("this boot has no report");
		good = check_store(world->kernel.boot, 1) && check_lost(report);
		json_decref(report);
		return good;
	}
	if (world->kernel.kind != LW_BOOT_KEXEC || gathered.boot != LW_BOOT_KEXEC) {
		/* Minutes after power-on a kernel of which nobody tells is no other than a boot
		 * loader. */
		if (world->truth.kexec && (world->kernel.born - world->power_on > 900 * SECOND ||
					   strstr(world->kernel.cmdline, "luwatch=") ||
					   others_know(world)))
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
