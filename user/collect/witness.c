/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of who tells what; none of them is asked for more than it can know. */
#include <string.h>

#include "collect/witness.h"

#define SECOND 1000000000ULL
/* A wall clock may be set while a kernel runs, and was then off by as much. */
#define CLOCK_SET (60 * SECOND)

static const struct {
	const char *name;
	const char *another; /* it knows of a kernel after the one that was armed */
} tellers[LW_TELLERS] = {
	[LW_TOLD_BY_EVIDENCE] = { "evidence",
				  "another kernel has collected a hand-over since" },
	[LW_TOLD_BY_AUDIT] = { "audit", "by the audit log another kernel ran since" },
	[LW_TOLD_BY_JOURNAL] = { "journal", "by the journal another kernel ran since" },
};

/* Of a kernel that is one further in the chain each says one more, or nothing at all. */
static const char *const miscounted[LW_COUNTERS] = {
	[LW_COUNTED_BY_KHO] = "the kernel's kexec handover (KHO) has not counted one kexec since",
	[LW_COUNTED_BY_LUO] = "the kernel (LUO) has not counted one live update since",
	[LW_COUNTED_BY_SYSTEMD] = "systemd has not counted one kexec since",
	[LW_COUNTED_BY_IMA] = "IMA's measurement list does not have one kernel more",
};

const char *lw_teller_name(enum lw_teller teller)
{
	return tellers[teller].name;
}

int64_t lw_cycles_to_ns(int64_t cycles, uint64_t hz)
{
	return (__int128)cycles * (int64_t)SECOND / (int64_t)hz;
}

static void drop(struct lw_earlier_list *list, size_t i)
{
	list->count--;
	memmove(&list->rows[i], &list->rows[i + 1], (list->count - i) * sizeof(*list->rows));
}

void lw_earlier_add(struct lw_earlier_list *list, struct lw_earlier row)
{
	size_t i, oldest = 0, of_teller = 0;

	for (i = list->count; i--;) {
		struct lw_earlier *old = &list->rows[i];

		if (old->teller != row.teller)
			continue;
		if (lw_id_equal(old->kernel, row.kernel)) {
			if (!row.tsc && old->tsc) {
				row.tsc = old->tsc;
				row.seen_ns = old->seen_ns;
			}
			drop(list, i);
			continue;
		}
		oldest = i;
		of_teller++;
	}
	if (of_teller == LW_EARLIER_MAX)
		drop(list, oldest);
	list->rows[list->count++] = row;
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/*
 * The wall clock went on since by as much as the counter did. Had the machine been reset, the
 * counter would lack at least what it had shown then.
 */
static bool is_of_power_cycle(const struct lw_boot_facts *f, const struct lw_earlier *e)
{
	uint64_t limit;

	if (!e->tsc || !e->seen_ns || !f->start_ns || !f->tsc_hz || e->tsc >= f->start_tsc)
		return false;
	limit = lw_cycles_to_ns(e->tsc, f->tsc_hz) / 2;
	if (limit > CLOCK_SET)
		limit = CLOCK_SET;
	return apart(f->start_ns - e->seen_ns,
		     lw_cycles_to_ns(f->start_tsc - e->tsc, f->tsc_hz)) <= limit;
}

/* When C's last record was written; 0 when that is not known. */
static uint64_t end_tsc(const struct lw_candidate *c)
{
	if (!c->attempt || !c->tsc || !c->tsc_hz || c->end_boot_ns < c->tsc_boot_ns)
		return 0;
	return c->tsc + (__uint128_t)(c->end_boot_ns - c->tsc_boot_ns) * c->tsc_hz / SECOND;
}

/* Whether E ran after C's kernel did. */
static bool is_after(const struct lw_boot_facts *f, const struct lw_earlier *e,
		     const struct lw_candidate *c)
{
	size_t i;

	if (lw_id_equal(e->kernel, c->kernel) || lw_id_equal(e->kernel, f->boot))
		return false;
	if (end_tsc(c) && e->tsc > end_tsc(c) && is_of_power_cycle(f, e))
		return true;
	for (i = 0; i < f->earlier_count; i++)
		if (f->earlier[i].teller == e->teller &&
		    lw_id_equal(f->earlier[i].kernel, c->kernel) &&
		    f->earlier[i].order < e->order)
			return true;
	return false;
}

const char *lw_told_against(const struct lw_boot_facts *f, const struct lw_candidate *c)
{
	size_t i;

	if (lw_id_is_zero(c->kernel))
		return NULL;
	for (i = 0; i < f->earlier_count; i++)
		if (is_after(f, &f->earlier[i], c))
			return tellers[f->earlier[i].teller].another;
	for (i = 0; i < LW_COUNTERS; i++)
		if (f->kexecs.of[i] && f->kexecs.known & c->kexecs.known & 1U << i &&
		    f->kexecs.of[i] != c->kexecs.of[i] + 1)
			return miscounted[i];
	return NULL;
}

/* It has announced its kexec, and not in an earlier power cycle by the clocks. */
static bool announced_kexec(const struct lw_boot_facts *f, const struct lw_earlier *e)
{
	uint64_t on = f->tsc_hz ? lw_cycles_to_ns(f->start_tsc, f->tsc_hz) : 0;

	return e->kexec && (!on || e->seen_ns + CLOCK_SET >= f->start_ns - on);
}

bool lw_told_of_kernel(const struct lw_boot_facts *f)
{
	size_t i;

	/* The first may have been a boot loader's. */
	for (i = 0; i < LW_COUNTERS; i++)
		if (f->kexecs.known & 1U << i && f->kexecs.of[i] > 1)
			return true;
	for (i = 0; i < f->earlier_count; i++)
		if (!lw_id_equal(f->earlier[i].kernel, f->boot) &&
		    (is_of_power_cycle(f, &f->earlier[i]) || announced_kexec(f, &f->earlier[i])))
			return true;
	return false;
}
