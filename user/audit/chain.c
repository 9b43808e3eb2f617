// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Walks a row of audit records to the first that does not fit, and says what was done there by
 * looking at what stands around it. Anchors then say what the chain alone cannot: that its end is
 * missing, or that all of it was written anew.
 */
#include "audit/chain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ANCHOR_DIGITS 16

static const char *const names[] = {
	[LW_AUDIT_HOLDS] = "holds",
	[LW_AUDIT_CHANGED] = "changed",
	[LW_AUDIT_REPLACED] = "replaced",
	[LW_AUDIT_REMOVED] = "removed",
	[LW_AUDIT_INSERTED] = "inserted",
	[LW_AUDIT_REORDERED] = "reordered",
	[LW_AUDIT_CUT] = "cut",
	[LW_AUDIT_TORN] = "torn",
	[LW_AUDIT_REWRITTEN] = "rewritten",
	[LW_AUDIT_UNSIGNED] = "unsigned",
	[LW_AUDIT_FORGED] = "forged",
};

const char *lw_audit_break_name(enum lw_audit_break broken)
{
	return (size_t)broken < sizeof(names) / sizeof(names[0]) ? names[broken] : "?";
}

int lw_audit_kept_parse(const char *text, struct lw_audit_kept *kept)
{
	unsigned long long seq;
	size_t digits;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	seq = strtoull(text, &end, 10);
	if (errno || !seq || *end != ':')
		return -EINVAL;
	digits = strspn(end + 1, "0123456789abcdef");
	if (end[1 + digits] || digits < ANCHOR_DIGITS || digits >= LW_AUDIT_HASH_TEXT)
		return -EINVAL;
	kept->seq = seq;
	memcpy(kept->hash, end + 1, digits + 1);
	return 0;
}

static bool hash_equal(const uint8_t a[LW_AUDIT_HASH], const uint8_t b[LW_AUDIT_HASH])
{
	return !memcmp(a, b, LW_AUDIT_HASH);
}

static bool matches(const struct lw_audit_kept *anchor, const uint8_t hash[LW_AUDIT_HASH])
{
	char hex[LW_AUDIT_HASH_TEXT];

	return !strncmp(lw_audit_hash_text(hash, hex), anchor->hash, strlen(anchor->hash));
}

static bool links(const struct lw_audit_line *before, const struct lw_audit_line *line)
{
	return line->valid && !line->torn && line->seq == before->seq + 1 &&
	       hash_equal(line->prev, before->hash);
}

static bool is_kind(const struct lw_audit_line *line, enum lw_audit_kind kind)
{
	return !strcmp(line->kind, lw_audit_kind_name(kind));
}

/* The row begins where a file does, not somewhere in one. */
static bool may_begin(const struct lw_audit_chain *chain)
{
	static const uint8_t none[LW_AUDIT_HASH];
	const struct lw_audit_line *line = &chain->lines[0];

	if (!line->valid || line->torn)
		return false;
	if (chain->part && line->seq > 1)
		return true;
	if (line->seq == 1)
		return is_kind(line, LW_AUDIT_LOG_STARTED) && hash_equal(line->prev, none);
	return is_kind(line, LW_AUDIT_LOG_OPENED);
}

static size_t walk(const struct lw_audit_chain *chain)
{
	size_t i;

	if (!chain->count || !may_begin(chain))
		return 0;
	for (i = 1; i < chain->count; i++)
		if (!links(&chain->lines[i - 1], &chain->lines[i]))
			break;
	return i;
}

static void say(struct lw_audit_verdict *v, enum lw_audit_break broken, uint64_t seq, size_t at)
{
	v->broken = broken;
	v->seq = v->until = seq;
	v->at = at;
}

/* The line at AT is no record. */
static void judge_bad_line(const struct lw_audit_chain *chain, size_t at,
			   struct lw_audit_verdict *v)
{
	const struct lw_audit_line *line = &chain->lines[at];
	const struct lw_audit_line *before = at ? line - 1 : NULL;
	const struct lw_audit_line *after = at + 1 < chain->count ? line + 1 : NULL;
	uint64_t seq = before ? before->seq + 1 : 1;

	if (before && after && links(before, after))
		say(v, LW_AUDIT_INSERTED, seq, at);
	else if (line->torn && !line->newline_broken && !after)
		say(v, LW_AUDIT_TORN, seq, at);
	else
		say(v, LW_AUDIT_CHANGED, seq, at);
	if (v->broken != LW_AUDIT_CHANGED || !after || !after->valid)
		return;
	/* What stands after it says which numbers it had: two, when a newline was changed. */
	if (!before && after->seq > 3)
		v->seq = v->until = after->seq - 1;
	else if (!before)
		v->until = after->seq - 1;
	else if (after->seq > seq + 1)
		v->until = after->seq - 1;
}

/* The line at AT has the number that is due, but does not link to the one before. */
static void judge_link(const struct lw_audit_chain *chain, size_t at, struct lw_audit_verdict *v)
{
	const struct lw_audit_line *line = &chain->lines[at];

	if (at + 1 < chain->count && !links(line, line + 1)) {
		say(v, LW_AUDIT_REPLACED, line->seq, at);
		return;
	}
	say(v, LW_AUDIT_REPLACED, line->seq - 1, at - 1);
	v->held = at > 1 ? line->seq - 2 : 0;
}

/* The line at AT has a number that was there already. */
static void judge_repeated(const struct lw_audit_chain *chain, size_t at,
			   struct lw_audit_verdict *v)
{
	const struct lw_audit_line *line = &chain->lines[at], *before = line - 1;

	if (line->seq == before->seq && !hash_equal(line->hash, before->hash) &&
	    hash_equal(line->prev, before->prev) && at + 1 < chain->count &&
	    links(line, line + 1)) {
		say(v, LW_AUDIT_INSERTED, line->seq, at - 1);
		v->held = before->seq - 1;
		return;
	}
	say(v, LW_AUDIT_INSERTED, before->seq + 1, at);
}

/* The line at AT has a number that is not yet due. */
static void judge_gap(const struct lw_audit_chain *chain, size_t at, struct lw_audit_verdict *v)
{
	const struct lw_audit_line *line = &chain->lines[at], *before = line - 1;
	bool known = false, missing = true;
	size_t i;

	for (i = 0; i < chain->count; i++) {
		if (!chain->lines[i].valid || i == at)
			continue;
		known = known || hash_equal(chain->lines[i].hash, line->prev);
		if (i > at && links(before, &chain->lines[i]))
			missing = false;
	}
	if (missing) {
		say(v, LW_AUDIT_REMOVED, before->seq + 1, SIZE_MAX);
		v->until = line->seq - 1;
		v->at = at;
	} else {
		say(v, known ? LW_AUDIT_REORDERED : LW_AUDIT_INSERTED, before->seq + 1, at);
	}
}

static void judge(const struct lw_audit_chain *chain, size_t at, struct lw_audit_verdict *v)
{
	const struct lw_audit_line *line = &chain->lines[at];

	if (!line->valid || line->torn) {
		judge_bad_line(chain, at, v);
	} else if (!at) {
		/* A record that no file begins with: what stood before it is gone. */
		say(v, line->seq == 1 ? LW_AUDIT_CHANGED : LW_AUDIT_REMOVED, line->seq, at);
		if (line->seq > 1)
			v->seq = v->until = line->seq - 1;
	} else if (line->seq == line[-1].seq + 1) {
		judge_link(chain, at, v);
	} else if (line->seq <= line[-1].seq) {
		judge_repeated(chain, at, v);
	} else {
		judge_gap(chain, at, v);
	}
}

/* From where the rest, read backwards from its end to the line at LEAST, is a chain again. */
static uint64_t holds_again(const struct lw_audit_chain *chain, size_t least)
{
	size_t i = chain->count;

	while (i > least && chain->lines[i - 1].valid && !chain->lines[i - 1].torn &&
	       (i == chain->count || links(&chain->lines[i - 1], &chain->lines[i])))
		i--;
	return i < chain->count ? chain->lines[i].seq : 0;
}

/* Signatures of the records that hold; from the first signed one on all must be. */
static void check_signatures(const struct lw_audit_chain *chain, size_t count,
			     struct lw_audit_verdict *v)
{
	const struct lw_audit_line *line;
	size_t i;

	for (i = 0; i < count; i++) {
		line = &chain->lines[i];
		if (line->has_signature && !v->signed_from)
			v->signed_from = line->seq;
		if (!chain->key || (line->has_signature && line->signature_good) ||
		    (!line->has_signature && !v->signed_from))
			continue;
		say(v, line->has_signature ? LW_AUDIT_FORGED : LW_AUDIT_UNSIGNED, line->seq, i);
		v->held = i ? line->seq - 1 : 0;
		return;
	}
	if (chain->key && count && !v->signed_from && v->broken == LW_AUDIT_HOLDS) {
		say(v, LW_AUDIT_UNSIGNED, chain->lines[0].seq, 0);
		v->held = 0;
	}
}

/* An anchor that lies before what holds so far moves the break there. */
static void check_anchor(const struct lw_audit_chain *chain, const struct lw_audit_kept *anchor,
			 uint64_t *sure, struct lw_audit_verdict *v)
{
	size_t index = anchor->seq - v->first;

	if (v->held && anchor->seq == v->first - 1) {
		v->anchors_checked++;
		if (matches(anchor, chain->lines[0].prev)) {
			v->headless = false;
		} else {
			say(v, LW_AUDIT_REWRITTEN, v->first, 0);
			v->held = 0;
		}
	} else if (v->held && anchor->seq >= v->first && anchor->seq <= v->held) {
		v->anchors_checked++;
		if (matches(anchor, chain->lines[index].hash)) {
			*sure = anchor->seq > *sure ? anchor->seq : *sure;
		} else {
			say(v, LW_AUDIT_REWRITTEN, anchor->seq, index);
			v->held = anchor->seq - 1;
		}
	} else if (anchor->seq > v->held &&
		   (v->broken == LW_AUDIT_HOLDS || v->broken == LW_AUDIT_TORN ||
		    v->broken == LW_AUDIT_CUT)) {
		v->anchors_checked++;
		if (v->broken != LW_AUDIT_CUT)
			say(v, LW_AUDIT_CUT, v->held + 1, SIZE_MAX);
		v->until = anchor->seq > v->until ? anchor->seq : v->until;
	} else {
		v->anchors_outside++;
	}
}

static void check_anchors(const struct lw_audit_chain *chain, struct lw_audit_verdict *v)
{
	uint64_t sure = 0;
	size_t i;

	for (i = 0; i < chain->anchor_count; i++)
		check_anchor(chain, &chain->anchors[i], &sure, v);
	/* All that is known of a rewritten chain: it is the old one up to an anchor that fits. */
	if (v->broken == LW_AUDIT_REWRITTEN && v->held) {
		v->until = v->seq;
		v->seq = sure ? sure + 1 : v->first;
		v->held = sure;
	}
}

static void read_notes(const struct lw_audit_chain *chain, struct lw_audit_verdict *v)
{
	const struct lw_audit_line *line, *before;
	size_t i;

	for (i = 0; i < chain->count; i++) {
		line = &chain->lines[i];
		if (!line->valid)
			continue;
		v->repairs += is_kind(line, LW_AUDIT_LOG_REPAIRED);
		v->damages += is_kind(line, LW_AUDIT_LOG_DAMAGED);
		v->losses += is_kind(line, LW_AUDIT_LOG_LOST);
		before = i ? line - 1 : NULL;
		if (!before || !links(before, line))
			continue;
		if (line->time_ns < before->time_ns && !v->clock_back)
			v->clock_back = line->seq;
		if (!memcmp(line->boot_tag, before->boot_tag, sizeof(line->boot_tag)) &&
		    line->boot_ns < before->boot_ns && !v->boot_clock_back)
			v->boot_clock_back = line->seq;
	}
}

void lw_audit_chain_check(const struct lw_audit_chain *chain, struct lw_audit_verdict *v)
{
	size_t count = walk(chain);
	bool sound;

	*v = (struct lw_audit_verdict){ .at = SIZE_MAX, .signatures_checked = chain->key };
	if (count) {
		v->first = chain->lines[0].seq;
		v->held = chain->lines[count - 1].seq;
		v->headless = v->first != 1;
	}
	if (count < chain->count) {
		judge(chain, count, v);
		/* The line at COUNT is itself sound when the fault lies before it. */
		sound = v->at < count || v->broken == LW_AUDIT_REMOVED;
		v->again = holds_again(chain, sound ? count : count + 1);
	}
	check_signatures(chain, count, v);
	check_anchors(chain, v);
	read_notes(chain, v);
}
