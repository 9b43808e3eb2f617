// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checking a bundle. It comes from whoever wants to be believed. What is proved follows from the
 * public key alone: the key's chain of records leads to the key that signed the checkpoint, the
 * checkpoint's root to the records at both ends of the stretch, their chain to all between, and these to
 * the digests of the reports.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/bundle_parts.h"
#include "base/escape.h"
#include "base/io.h"
#include "base/time.h"

bool lw_audit_is_bundle(const char *path)
{
	LW_FREE char *about = lw_format("%s/bundle.json", path);

	return lw_exists(about);
}

/* --- the records ------------------------------------------------------------------------------ */

static bool same_hash(const uint8_t a[LW_AUDIT_HASH], const uint8_t b[LW_AUDIT_HASH])
{
	return !memcmp(a, b, LW_AUDIT_HASH);
}

static const struct lw_audit_line *proven(const struct lw_bundle_parts *p, uint64_t seq)
{
	size_t i;

	for (i = 0; i < p->proof_count; i++)
		if (p->proofs[i].line.seq == seq)
			return &p->proofs[i].line;
	return NULL;
}

/* What the tree says of the stretch's own records, as anchors of its chain. */
static int anchors_of(const struct lw_bundle_parts *p, const struct lw_audit_bundle_question *q,
		      struct lw_audit_kept **kept, size_t *count)
{
	char hex[LW_AUDIT_HASH_TEXT];
	size_t i;

	*kept = calloc(p->proof_count + q->anchor_count + 1, sizeof(**kept));
	if (!*kept)
		return -ENOMEM;
	for (i = 0; i < p->proof_count; i++) {
		if (p->proofs[i].line.seq + 1 < p->first || p->proofs[i].line.seq > p->last)
			continue;
		(*kept)[*count].seq = p->proofs[i].line.seq;
		strcpy((*kept)[(*count)++].hash, lw_audit_hash_text(p->proofs[i].line.hash, hex));
	}
	for (i = 0; i < q->anchor_count; i++)
		if (q->anchors[i].seq + 1 >= p->first && q->anchors[i].seq <= p->last)
			(*kept)[(*count)++] = q->anchors[i];
	return 0;
}

/* Anchors of records outside the stretch: the log is longer than that, or a proof has the record. */
static void check_other_anchors(struct lw_bundle_parts *p, const struct lw_audit_bundle_question *q)
{
	const struct lw_audit_line *line;
	char hex[LW_AUDIT_HASH_TEXT];
	size_t i;

	for (i = 0; i < q->anchor_count; i++) {
		const struct lw_audit_kept *kept = &q->anchors[i];

		if (kept->seq + 1 >= p->first && kept->seq <= p->last)
			continue;
		line = proven(p, kept->seq);
		if (kept->seq > p->checkpoint.size)
			lw_bundle_bad(p, "the log was cut: it has %" PRIu64 " records here, and record %" PRIu64
				      " is anchored", p->checkpoint.size, kept->seq);
		else if (!line)
			lw_bundle_unsure(p, "the anchor of record %" PRIu64 " was not checked: the record "
					 "is not in the bundle", kept->seq);
		else if (strncmp(lw_audit_hash_text(line->hash, hex), kept->hash, strlen(kept->hash)))
			lw_bundle_bad(p, "the log was written anew: record %" PRIu64
				      " is not the anchored one", kept->seq);
	}
}

static int check_chain(struct lw_bundle_parts *p, const struct lw_audit_bundle_question *q)
{
	struct lw_audit_chain chain = { .lines = p->records.lines, .count = p->records.count, .part = true };
	struct lw_audit_verdict v;
	struct lw_audit_kept *kept = NULL;
	size_t count = 0;
	int r = anchors_of(p, q, &kept, &count);

	chain.anchors = kept;
	chain.anchor_count = count;
	if (!r)
		lw_audit_chain_check(&chain, &v);
	free(kept);
	if (r)
		return r;
	if (v.broken == LW_AUDIT_REWRITTEN)
		lw_bundle_bad(p, "record %" PRIu64 " is not the one that the checkpoint or an anchor has: "
			      "another history", v.until ? v.until : v.seq);
	else if (v.broken != LW_AUDIT_HOLDS)
		lw_bundle_bad(p, "record %" PRIu64 " was %s", v.seq, lw_audit_break_name(v.broken));
	else if (v.first != p->first || v.held != p->last)
		lw_bundle_bad(p, "records %" PRIu64 " to %" PRIu64 " are said to be there, and those that are "
			      "are %" PRIu64 " to %" PRIu64 ": cut", p->first, p->last, v.first, v.held);
	if (v.clock_back)
		fprintf(p->out, "Note: the wall clock went back before record %" PRIu64 ".\n", v.clock_back);
	if (v.losses)
		fprintf(p->out, "Note: %zu records tell of events that could not be written.\n", v.losses);
	return 0;
}

/* Both ends are in the tree, and what lies beyond them is of another time. */
static void check_ends(struct lw_bundle_parts *p)
{
	const struct lw_audit_line *before = proven(p, p->first - 1), *after = proven(p, p->last + 1);
	const struct lw_audit_line *end = proven(p, p->last);

	if (!proven(p, p->first) || !end)
		lw_bundle_bad(p, "the proof that record %" PRIu64 " is in the log is missing",
			      proven(p, p->first) ? p->last : p->first);
	if (p->first > 1 && (!before || before->time_ns >= p->since_ns))
		lw_bundle_bad(p, "nothing shows that record %" PRIu64
			      " is the first of that time: records were left out at the beginning",
			      p->first);
	if (p->last < p->checkpoint.size &&
	    (!after || !end || !same_hash(after->prev, end->hash) || after->time_ns < p->until_ns))
		lw_bundle_bad(p, "nothing shows that record %" PRIu64
			      " is the last of that time: records were left out at the end", p->last);
	if (!proven(p, p->checkpoint.size))
		lw_bundle_bad(p, "the last record of the log, %" PRIu64 ", is missing", p->checkpoint.size);
}

/* --- the keys --------------------------------------------------------------------------------- */

/* All records of the bundle in their order: the key's way leads through all of them. */
static int in_order(const struct lw_bundle_parts *p, struct lw_audit_rows *all)
{
	size_t i, k = 0;

	*all = (struct lw_audit_rows){ 0 };
	all->lines = calloc(p->proof_count + p->records.count + 1, sizeof(*all->lines));
	if (!all->lines)
		return -ENOMEM;
	for (i = 0; i < p->proof_count && p->proofs[i].line.seq < p->first; i++)
		all->lines[all->count++] = p->proofs[i].line;
	for (k = 0; k < p->records.count; k++)
		all->lines[all->count++] = p->records.lines[k];
	for (; i < p->proof_count; i++)
		if (p->proofs[i].line.seq > p->last)
			all->lines[all->count++] = p->proofs[i].line;
	return 0;
}

static void check_signed_lines(struct lw_bundle_parts *p, const struct lw_audit_rows *all)
{
	uint64_t from = 0;
	size_t i;

	for (i = 0; i < all->count; i++) {
		const struct lw_audit_line *line = &all->lines[i];

		if (line->has_signature && !from)
			from = line->seq;
		if (line->has_signature && !line->signature_good) {
			lw_bundle_bad(p, "record %" PRIu64 " is forged: its signature is not that of the key "
				      "that was in force", line->seq);
			return;
		}
		if (!line->has_signature && from) {
			lw_bundle_bad(p, "record %" PRIu64 " is not signed, though records before it are",
				      line->seq);
			return;
		}
	}
}

/* An earlier checkpoint was signed by a key of its time. */
static void check_growths(struct lw_bundle_parts *p, const struct lw_audit_rows *all)
{
	struct lw_audit_key *keys = calloc(all->count + 1, sizeof(*keys));
	size_t i, count = 0;

	for (i = 0; keys && i < all->count; i++) {
		if (!all->lines[i].changes_key || !all->lines[i].signature_good)
			continue;
		keys[count] = *p->key;
		memcpy(keys[count].public, all->lines[i].next_public, sizeof(keys[count].public));
		keys[count].next = count ? &keys[count - 1] : p->key;
		count++;
	}
	for (i = 0; i < p->growth_count; i++) {
		LW_FREE char *name = lw_escape(p->growths[i].name, strlen(p->growths[i].name), 0);

		if (lw_proof_check(p->growths[i].text, p->growths[i].length,
				   count ? &keys[count - 1] : p->key, &p->growths[i].proof) !=
			    LW_PROOF_HOLDS ||
		    !p->growths[i].proof.earlier.size || !lw_bundle_ends_with_checkpoint(p, p->growths[i].text, p->growths[i].length))
			lw_bundle_bad(p, "%s does not hold", name);
		else
			fprintf(p->out, "The log extends the checkpoint with %" PRIu64 " records.\n",
				p->growths[i].proof.earlier.size);
	}
	free(keys);
}

static int check_keys(struct lw_bundle_parts *p, const struct lw_audit_bundle_question *q)
{
	struct lw_audit_rows all;
	struct lw_checkpoint again;
	int r = in_order(p, &all);

	p->key = q->key ? q->key : p->own_key;
	if (!q->key && p->own_key)
		lw_bundle_unsure(p, "first.pub is the bundle's own word; compare it with the key that you were "
				 "given when the host was set up, and name that with --key");
	if (!q->key && !p->own_key)
		lw_bundle_unsure(p, "nobody signed: whoever made the bundle could have made all of it");
	if (!r && p->key)
		r = lw_audit_rows_sign(&all, p->key);
	if (!r && p->key) {
		check_signed_lines(p, &all);
		check_growths(p, &all);
		/* The key that was in force at the log's end, and no other. */
		if (lw_checkpoint_parse(p->note, strlen(p->note), *all.key.machine ? &all.key : p->key,
					&again))
			lw_bundle_bad(p, "the checkpoint is not signed by the key that was in force at its end");
	}
	free(all.lines);
	return r;
}

/* --- the answer ------------------------------------------------------------------------------- */

static void check_question(struct lw_bundle_parts *p, const struct lw_audit_bundle_question *q)
{
	const struct lw_audit_line *last = proven(p, p->checkpoint.size);
	char time[LW_TIME_TEXT];

	if (q->since_ns < p->since_ns && p->first > 1)
		lw_bundle_unsure(p, "it does not cover the time asked for: it begins with %s",
				 lw_time_utc(p->since_ns, 0, time));
	if (q->until_ns != UINT64_MAX && p->until_ns < q->until_ns)
		lw_bundle_unsure(p, "it does not cover the time asked for: it ends before %s",
				 lw_time_utc(p->until_ns, 0, time));
	else if (q->until_ns != UINT64_MAX && last && last->time_ns < q->until_ns)
		lw_bundle_unsure(p, "the log ends at %s, before the time asked for: an older bundle, or a log "
				 "that was cut", lw_time_utc(last->time_ns, 0, time));
}

static void tell(struct lw_bundle_parts *p)
{
	static const char *const answers[] = { "HOLDS", "HOLDS AS FAR AS IT CAN BE SEEN", "BROKEN" };
	const struct lw_audit_line *last = proven(p, p->checkpoint.size);
	char time[LW_TIME_TEXT];

	fprintf(p->out, "%s: records %" PRIu64 " to %" PRIu64 " of %s, whose log has %" PRIu64
		" records, the last one of %s; %zu reports, %zu removed by retention\n",
		answers[p->answer], p->first, p->last, p->checkpoint.machine, p->checkpoint.size,
		last ? lw_time_utc(last->time_ns, 0, time) : "?", p->report_count, p->retained);
}

int lw_audit_bundle_check(const struct lw_audit_bundle_question *q, FILE *out,
			  enum lw_audit_answer *answer)
{
	struct lw_bundle_parts p = { .out = out, .answer = LW_AUDIT_YES };
	int r = lw_bundle_parts_read(&p, q->folder);

	if (!r && p.whole)
		r = check_chain(&p, q);
	if (!r && p.whole) {
		check_ends(&p);
		r = check_keys(&p, q);
	}
	if (!r && p.whole) {
		check_other_anchors(&p, q);
		check_question(&p, q);
		r = lw_bundle_reports_check(&p, q->folder);
	}
	if (!r && !p.whole)
		lw_bundle_bad(&p, "this is no whole bundle");
	else if (!r)
		tell(&p);
	*answer = p.answer;
	lw_bundle_parts_free(&p);
	return r;
}
