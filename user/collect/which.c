/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A candidate is out when a fact says that it began another boot, or none: its evidence was saved
 * in another boot, its records were seen in another, it had started the kernel that another
 * candidate was armed in, its kernel is this one, or by the processor's counter the machine was
 * reset since, or another kernel ran in between. Others tell of kernels, too (witness.h): against
 * one that the counter does not vouch for, that is enough. Of those left the newest whole one is
 * taken. What cannot be decided so (no counter, and clocks that do not fit; a counter against the
 * others' word) is a doubt, and a doubt is never clean.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collect/which.h"
#include "collect/witness.h"

#define SECOND 1000000000ULL
/* From the last record to the next kernel's first tick: purgatory, decompression, early memory. */
#define GAP_SURE   (60 * SECOND)
#define GAP_AT_ALL (900 * SECOND)
/* The same by two wall clocks, which may be off against each other by as much as another kernel ran. */
#define GAP_CLOCKS (30 * SECOND)
/* In so short a time no kernel boots, arms and ends. */
#define GAP_NONE (10 * SECOND)
/* A machine whose firmware took longer before its boot loader started this kernel is not known. */
#define LOADER_LIMIT 900
/* So long after power-on no two boots are at the same point by chance. */
#define RESET_LIMIT 3600

static struct lw_id none;

static bool known(struct lw_id id)
{
	return !lw_id_is_zero(id);
}

/* Why a candidate did not begin this boot; NULL when it may have. GAP: between end and beginning.
 */
struct view {
	const char *out;
	bool reset;	/* .out because the machine was reset */
	const char *against; /* who tells that it did not, where the counter says that it did */
	bool gap_known;	     /* by the counter */
	int64_t gap_ns;
	uint64_t slack_ns;
};

/* The boot clock is steered by up to 500 ppm, and the rate was measured in 10 ms. */
static void look_at_counter(const struct lw_boot_facts *f, const struct lw_candidate *c,
			    struct view *v)
{
	int64_t since;

	if (!f->start_tsc || !f->tsc_hz)
		return;
	/* A later sample of the counter says more: suspend may have made it begin anew since arming. */
	if (c->armed_tsc && !(c->tsc && c->tsc_boot_ns > c->armed_boot_ns) && lw_cycles_to_ns((int64_t)(f->start_tsc - c->armed_tsc), f->tsc_hz) <
				    -(int64_t)(5 * SECOND + f->start_slack_ns)) {
		v->reset = true;
		v->out = "the machine was reset since";
		return;
	}
	if (!c->tsc || !c->tsc_hz || !c->end_boot_ns)
		return;
	since = (int64_t)(c->end_boot_ns - c->tsc_boot_ns);
	v->gap_ns = lw_cycles_to_ns((int64_t)(f->start_tsc - c->tsc), f->tsc_hz) - since;
	v->slack_ns = 5 * SECOND + f->start_slack_ns + (since > 0 ? since : -since) / 1000;
	v->gap_known = true;
	if (v->gap_ns < -(int64_t)v->slack_ns) {
		v->reset = true;
		v->out = "the machine was reset since";
	} else if (v->gap_ns > (int64_t)(GAP_AT_ALL + v->slack_ns)) {
		v->out = "this boot began long after its end";
	}
}

/* Another kernel than C's was armed after C's kexec: by the counter, else nobody can say. */
static bool armed_after(const struct lw_candidate *d, const struct lw_candidate *c)
{
	uint64_t end;

	if (!c->attempt || !c->tsc || !c->tsc_hz || !d->armed_tsc || !known(d->kernel) ||
	    !known(c->kernel) || lw_id_equal(d->kernel, c->kernel))
		return false;
	end = c->tsc + (__uint128_t)(c->end_boot_ns - c->tsc_boot_ns) * c->tsc_hz / SECOND;
	return d->armed_tsc > end;
}

static bool fits_well(const struct view *v)
{
	return v->gap_known && v->gap_ns <= (int64_t)(GAP_SURE + v->slack_ns);
}

static struct view look_at(const struct lw_boot_facts *f, const struct lw_candidate *c)
{
	struct view v = {};
	size_t i;

	if (known(c->collected_in) && !lw_id_equal(c->collected_in, f->boot))
		v.out = "its evidence was collected in an earlier boot";
	else if (known(c->seen_in) && !lw_id_equal(c->seen_in, f->boot))
		v.out = "its records were there in an earlier boot";
	else if (lw_id_equal(c->kernel, f->boot))
		v.out = "it is this kernel's own";
	for (i = 0; !v.out && i < f->count; i++)
		if (lw_id_equal(f->candidates[i].began_by, c->id))
			v.out = "it had begun an earlier boot";
	if (!v.out)
		look_at_counter(f, c, &v);
	v.against = v.out ? NULL : lw_told_against(f, c);
	if (v.against && !fits_well(&v))
		v.out = v.against;
	return v;
}

/* How much of a kexec is known of it, the more the better. */
static int rank(const struct lw_candidate *c)
{
	if (!c->attempt || c->refused)
		return c->from & LW_FROM_CARRIER ? 1 : 0;
	return c->whole ? 3 : 2;
}

/* Whether A is taken before B. */
static bool is_before(const struct lw_candidate *a, const struct lw_candidate *b)
{
	if (rank(a) != rank(b))
		return rank(a) > rank(b);
	if (rank(a) < 2 && (a->from ^ b->from) & LW_FROM_WORD)
		return a->from & LW_FROM_WORD;
	if (lw_id_equal(a->kernel, b->kernel) && a->begin_boot_ns != b->begin_boot_ns)
		return a->begin_boot_ns > b->begin_boot_ns;
	if (a->armed_tsc && b->armed_tsc && a->armed_tsc != b->armed_tsc)
		return a->armed_tsc > b->armed_tsc;
	if (a->kexec_ns != b->kexec_ns)
		return a->kexec_ns > b->kexec_ns;
	return a->armed_ns > b->armed_ns;
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/*
 * A machine that was reset comes to the same count again at about the same point of its next boot. Memory
 * that the word names is not read in that one, but a buffer at a fixed address lives through a reset.
 */
static bool may_be_of_before_reset(const struct lw_boot_facts *f, const struct lw_candidate *c)
{
	return !(c->from & LW_FROM_WORD) && f->start_tsc / f->tsc_hz < RESET_LIMIT &&
	       (!c->kexec_ns || !f->start_ns || apart(c->kexec_ns, f->start_ns) > GAP_CLOCKS);
}

/* Facts about the chosen one that do not fit together. */
static void doubt_chosen(const struct lw_boot_facts *f, struct lw_which *w, const struct view *v)
{
	const struct lw_candidate *c = w->chosen;
	char other[LW_ID_TEXT];
	size_t i;

	if (!c->attempt || c->refused)
		return; /* nothing of its kexec is judged */
	for (i = 0; i < f->count; i++) {
		const struct lw_candidate *d = &f->candidates[i];

		if (d == c || look_at(f, d).out || lw_id_equal(d->kernel, c->kernel))
			continue;
		/* By the counter it was armed before C's kexec, or C would not be the choice. */
		if (c->tsc && d->armed_tsc && known(d->kernel))
			continue;
		snprintf(w->doubt, sizeof(w->doubt),
			 "Records of two hand-overs may be the ones of this boot, and no fact says "
			 "which: hand-over %s was armed, too.",
			 lw_id_format(d->id, other));
		return;
	}
	if (v->against) {
		snprintf(w->doubt, sizeof(w->doubt),
			 "By the processor's counter this boot began when hand-over %s ended, but %s.",
			 lw_id_format(c->id, other), v->against);
		return;
	}
	if (v->gap_known) {
		if (!fits_well(v))
			snprintf(w->doubt, sizeof(w->doubt),
				 "This boot began %" PRId64
				 " s after the end of the recorded kexec, by the "
				 "processor's counter: another kernel may have run in between.",
				 v->gap_ns / (int64_t)SECOND);
		else if (may_be_of_before_reset(f, c))
			snprintf(w->doubt, sizeof(w->doubt),
				 "By the processor's counter hand-over %s fits, but so soon after power-on it "
				 "fits as well after a reset; this kernel's command line does not name it, and "
				 "the wall clocks do not fit.",
				 lw_id_format(c->id, other));
		return;
	}
	if (c->kexec_ns && f->start_ns && apart(c->kexec_ns, f->start_ns) > GAP_CLOCKS)
		snprintf(w->doubt, sizeof(w->doubt),
			 "The records are of a kexec %" PRIu64
			 " s away from the beginning of this boot "
			 "by the wall clock, and no processor's counter tells whether a clock was "
			 "wrong "
			 "or another kernel ran in between.",
			 (uint64_t)(apart(c->kexec_ns, f->start_ns) / SECOND));
	else if (!(c->from & LW_FROM_WORD))
		snprintf(w->doubt, sizeof(w->doubt),
			 "No processor's counter tells whether the machine was reset since the records of "
			 "hand-over %s, and this kernel's command line does not name it; wall clocks alone "
			 "fit now and then.",
			 lw_id_format(c->id, other));
}

/* Another kernel was armed after the kexec of the one that would be taken. */
static bool overtaken(const struct lw_boot_facts *f, const struct lw_candidate *c)
{
	struct view v = look_at(f, c);
	size_t i;

	if (v.gap_known && v.gap_ns < (int64_t)GAP_NONE)
		return false;
	for (i = 0; i < f->count; i++)
		if (&f->candidates[i] != c && !look_at(f, &f->candidates[i]).out &&
		    armed_after(&f->candidates[i], c))
			return true;
	return false;
}

static const struct lw_candidate *choose(const struct lw_boot_facts *f)
{
	const struct lw_candidate *best = NULL;
	size_t i;

	for (i = 0; i < f->count; i++) {
		const struct lw_candidate *c = &f->candidates[i];

		if (look_at(f, c).out || overtaken(f, c))
			continue;
		if (!best || is_before(c, best))
			best = c;
	}
	return best;
}

/* The word, held against what was found. */
static void judge_word(const struct lw_boot_facts *f, struct lw_which *w)
{
	const struct lw_candidate *named = NULL;
	char id[LW_ID_TEXT], other[LW_ID_TEXT];
	const char *why;
	size_t i;

	for (i = 0; i < f->count; i++)
		if (f->candidates[i].from & LW_FROM_WORD)
			named = &f->candidates[i];
	if (!named || named == w->chosen)
		return;
	w->stale_word = true;
	w->word = named->id;
	why = look_at(f, named).out;
	snprintf(w->finding, sizeof(w->finding),
		 "The image of this kernel was loaded with the words of an earlier hand-over, %s: "
		 "%s. %s%s.",
		 lw_id_format(named->id, id), why ? why : "a later one was recorded",
		 w->chosen ? "Judged is " : "Of the hand-over that led here nothing came across",
		 w->chosen ? lw_id_format(w->chosen->id, other) : "");
}

/* No word, no record, no other kernel since the machine was switched on minutes ago: its boot loader
 * is one. */
static void judge_loader(const struct lw_boot_facts *f, struct lw_which *w)
{
	size_t i;

	if (w->chosen || f->word != LW_WORD_NONE || !f->start_tsc || !f->tsc_hz ||
	    f->start_tsc / f->tsc_hz > LOADER_LIMIT || lw_told_of_kernel(f))
		return;
	w->boot_loader = true;
	for (i = 0; i < f->count; i++) {
		const struct lw_candidate *c = &f->candidates[i];

		if (c->from & LW_FROM_DISK && look_at(f, c).reset) {
			w->reset = true;
			w->id = c->id;
		}
	}
}

/* Records that would fit, but for what others tell. */
static void tell_refuted(const struct lw_boot_facts *f, struct lw_which *w)
{
	char id[LW_ID_TEXT];
	size_t i;

	for (i = 0; !w->chosen && !w->finding[0] && i < f->count; i++) {
		const struct lw_candidate *c = &f->candidates[i];
		struct view v = look_at(f, c);

		if (c->attempt && !c->refused && v.against)
			snprintf(w->finding, sizeof(w->finding),
				 "There are records of hand-over %s, but they are not of the kexec "
				 "that led here: %s.",
				 lw_id_format(c->id, id), v.out);
	}
}

void lw_which(const struct lw_boot_facts *facts, struct lw_which *which)
{
	struct view v;

	*which = (struct lw_which){ .id = facts->boot, .word = none };
	which->chosen = choose(facts);
	if (which->chosen) {
		which->id = which->chosen->id;
		v = look_at(facts, which->chosen);
		doubt_chosen(facts, which, &v);
	}
	if (facts->crowded)
		snprintf(which->doubt, sizeof(which->doubt),
			 "There are records of more than %d hand-overs, and which of them led here cannot "
			 "be told.", LW_CANDIDATES);
	judge_word(facts, which);
	tell_refuted(facts, which);
	judge_loader(facts, which);
}
