/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hand-overs that a carrier's records, or a baseline on disk, speak of. Pure. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collect/which.h"

struct lw_candidate *lw_candidate_of(struct lw_candidate **candidates, size_t *count,
				     struct lw_id id)
{
	struct lw_candidate *grown;
	size_t i;

	for (i = 0; i < *count; i++)
		if (lw_id_equal((*candidates)[i].id, id))
			return &(*candidates)[i];
	grown = realloc(*candidates, (*count + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	*candidates = grown;
	grown[*count] = (struct lw_candidate){ .id = id };
	return &grown[(*count)++];
}

/* What is asked for here fits one record; the pieces of longer texts are of no interest here. */
static void take_text(struct lw_candidate *c, const struct lw_rec_text *text)
{
	char bytes[LW_TEXT_BYTES + 1];

	if (text->offset || text->length > LW_TEXT_BYTES)
		return;
	memcpy(bytes, text->bytes, text->length);
	bytes[text->length] = '\0';
	if (text->key == LW_TEXT_BOOT_ID)
		c->kernel = lw_id_of_boot(bytes);
	else if (text->key == LW_TEXT_BEGAN_BY && lw_id_parse(bytes, &c->began_by))
		c->began_by = (struct lw_id){};
	else if (text->key == LW_TEXT_KEXECS)
		lw_counts_parse(bytes, &c->kexecs);
}

static void take_baseline(struct lw_candidate *c, const struct lw_record *r)
{
	/* Of several generations the newest: the longest that its kernel is known to have run. */
	if (r->baseline.realtime_ns > c->armed_ns)
		c->armed_ns = r->baseline.realtime_ns;
	/* By the boot clock, since a machine that was suspended has the counter begin anew. */
	if (r->baseline.tsc && r->time_ns >= c->armed_boot_ns) {
		c->armed_tsc = r->baseline.tsc;
		c->armed_boot_ns = r->time_ns;
	}
}

/* Only the newest attempt counts: what an earlier one left is of a kexec that was refused. */
static void take_log(struct lw_candidate *c, const struct lw_record *r)
{
	if (r->epoch < c->attempt)
		return;
	if (r->epoch > c->attempt) {
		c->attempt = r->epoch;
		c->refused = c->whole = false;
		c->kexec_ns = c->begin_boot_ns = c->end_boot_ns = c->tsc = 0;
	}
	if (r->time_ns > c->end_boot_ns)
		c->end_boot_ns = r->time_ns;
	switch (r->type) {
	case LW_REC_KEXEC:
		c->kexec_ns = r->kexec.realtime_ns;
		c->begin_boot_ns = r->time_ns;
		break;
	case LW_REC_CLOCKS:
		c->tsc = r->clocks.tsc;
		c->tsc_boot_ns = r->clocks.tsc_boot_ns;
		c->tsc_hz = r->clocks.tsc_hz;
		break;
	case LW_REC_ABORTED:
		c->refused = true;
		break;
	case LW_REC_LAST:
		c->whole = true;
		break;
	}
}

static bool is_candidate(const struct lw_candidate *candidates, size_t count, struct lw_id id)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (lw_id_equal(candidates[i].id, id))
			return true;
	return false;
}

int lw_candidates_add(struct lw_candidate **candidates, size_t *count,
		      const struct lw_decoded *decoded, unsigned int from)
{
	struct lw_candidate *c = NULL;
	bool crowded = false;
	size_t i;

	for (i = 0; i < decoded->count; i++) {
		const struct lw_record *r = &decoded->records[i];
		struct lw_id id = { r->handover[0], r->handover[1] };

		if ((!c || !lw_id_equal(c->id, id)) && *count >= LW_CANDIDATES &&
		    !is_candidate(*candidates, *count, id)) {
			crowded = true;
			continue;
		}
		if (!c || !lw_id_equal(c->id, id))
			c = lw_candidate_of(candidates, count, id);
		if (!c)
			return -ENOMEM;
		if (r->type == LW_REC_PAGE) {
			if (r->page.seen[0] || r->page.seen[1])
				c->seen_in = (struct lw_id){ r->page.seen[0], r->page.seen[1] };
			continue;
		}
		c->from |= from;
		if (r->type == LW_REC_BASELINE)
			take_baseline(c, r);
		else if (r->type == LW_REC_TEXT)
			take_text(c, &r->text);
		else if (!lw_record_is_baseline(r->type))
			take_log(c, r);
	}
	return crowded;
}
