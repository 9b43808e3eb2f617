/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts for lw_which(), and its answer as evidence. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "base/time.h"
#include "carry/cmdline.h"
#include "collect/earlier.h"
#include "collect/gather.h"
#include "collect/gathering.h"
#include "report/store.h"

/* A report that was made before stays, and the next one is another revision. */
static json_int_t next_revision(const struct gathering *g)
{
	char id[LW_ID_TEXT];
	json_t *report = NULL;
	json_int_t revision = 1;

	if (!g->again || lw_store_load(g->state, lw_id_format(g->old, id), &report))
		return 1;
	revision += json_integer_value(json_object_get(report, "revision"));
	json_decref(report);
	return revision;
}

static int add_word(struct gathering *g, struct lw_boot_facts *facts)
{
	struct lw_candidate *c;
	struct lw_words words;
	int r = lw_words_find(g->cmdline, &words);

	facts->word = r == 1		      ? LW_WORD_FOUND
		      : r == -EPROTONOSUPPORT ? LW_WORD_NEWER
		      : r		      ? LW_WORD_DAMAGED
					      : LW_WORD_NONE;
	g->newer |= facts->word == LW_WORD_NEWER;
	if (r != 1)
		return 0;
	c = lw_candidate_of(&g->candidates, &g->count, words.id);
	if (!c)
		return -ENOMEM;
	c->from |= LW_FROM_WORD;
	return 0;
}

/* What the clocks were at this boot's beginning; and now, for those who ask in a later boot. */
static void read_start(struct gathering *g, struct lw_boot_facts *facts)
{
	struct lw_tsc tsc;
	uint64_t since;

	facts->start_ns = lw_wall_clock() - lw_boot_clock();
	if (!lw_tsc_read(&tsc))
		return;
	json_object_set_new(g->json, "tsc", json_sprintf("0x%" PRIx64, tsc.count));
	json_object_set_new(g->json, "tsc_at_ns", json_integer(lw_wall_clock()));
	since = (__uint128_t)tsc.boot_ns * tsc.hz / 1000000000;
	if (tsc.count <= since)
		return;
	facts->start_tsc = tsc.count - since;
	facts->tsc_hz = tsc.hz;
	facts->start_slack_ns = tsc.boot_ns / 1000;
}

static void read_kexecs(struct gathering *g, struct lw_boot_facts *facts)
{
	json_t *json = json_object();
	size_t i;

	lw_counts_read(&facts->kexecs);
	for (i = 0; i < LW_COUNTERS; i++)
		json_object_set_new(json, lw_counter_name(i),
				    facts->kexecs.known & 1U << i ? json_integer(facts->kexecs.of[i])
								  : json_null());
	json_object_set_new(g->json, "kexecs_counted", json);
}

int lw_decide(struct gathering *g)
{
	struct lw_boot_facts facts = { .boot = lw_id_of_boot(lw_boot_id()) };
	const struct lw_earlier_places places = { .state = g->state, .audit = LW_AUDIT_PATH };
	struct lw_earlier_list earlier;
	char boot[LW_BOOT_ID_TEXT];
	size_t i;
	int r = add_word(g, &facts);

	if (r)
		return r;
	for (i = 0; i < g->count; i++) {
		LW_FREE char *folder = lw_handover_folder(g->state, g->candidates[i].id);

		lw_boot_of_folder(folder, boot);
		g->candidates[i].collected_in = lw_id_of_boot(boot);
	}
	read_start(g, &facts);
	facts.candidates = g->candidates;
	facts.count = g->count;
	facts.crowded = g->crowded;
	lw_earlier_read(&places, g->json, &earlier);
	facts.earlier = earlier.rows;
	facts.earlier_count = earlier.count;
	read_kexecs(g, &facts);
	lw_which(&facts, &g->which);
	lw_id_format(g->which.id, g->id_text);
	json_object_set_new(g->json, "id", json_string(g->id_text));
	json_object_set_new(g->json, "id_known", json_boolean(g->count > 0));
	json_object_set_new(g->json, "word_found",
			    json_boolean(facts.word != LW_WORD_NONE && !g->which.stale_word));
	json_object_set_new(g->json, "word_stale", json_boolean(g->which.stale_word));
	json_object_set_new(g->json, "which_finding", lw_text_or_null(g->which.finding));
	json_object_set_new(g->json, "which_doubt", lw_text_or_null(g->which.doubt));
	json_object_set_new(g->json, "newer", json_boolean(g->newer));
	json_object_set_new(g->json, "revision", json_integer(next_revision(g)));
	return 0;
}
