/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The books. */
#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/id.h"
#include "daemon/books.h"
#include "fault/registers.h"

/* The place of this device and class among the untold; the last place is everybody's. */
static struct lw_untold *untold_of(struct lw_books *b, const struct lw_fault *fault)
{
	size_t i;

	for (i = 0; i < b->untold_count; i++)
		if (b->untold[i].like.rid == fault->rid && b->untold[i].like.class == fault->class)
			return &b->untold[i];
	if (b->untold_count < LW_UNTOLD)
		b->untold_count++;
	return &b->untold[b->untold_count - 1];
}

bool lw_books_knows(const struct lw_books *b, const struct lw_fault *fault)
{
	return b->known && lw_known_has(b->known, fault);
}

static void account(struct lw_books *b, const struct lw_fault *fault, uint64_t count)
{
	if (lw_books_knows(b, fault))
		b->account.known[fault->class] += count;
	else
		lw_account_add(&b->account, fault, count);
}

static void book(struct lw_books *b, const struct lw_fault *fault, uint64_t count,
		 struct lw_booked *booked)
{
	struct lw_untold *untold;

	account(b, fault, count);
	booked->faults += count;
	booked->damage |= lw_shows_damage(fault->class);
	if (lw_books_knows(b, fault))
		return;
	untold = untold_of(b, fault);
	if (untold->count && untold->like.rid != fault->rid) {
		untold->like.rid = LW_RID_OTHER;
		untold->like.flags = LW_FAULT_OTHER;
	} else {
		untold->like = *fault;
	}
	untold->count += count;
}

struct lw_booked lw_books_take(struct lw_books *b, const struct lw_live_context *context,
			       const struct lw_map_fault *faults, size_t count)
{
	struct lw_booked booked = {};
	struct lw_fault fault;
	int64_t more;
	size_t i;

	for (i = 0; i < count; i++) {
		more = lw_counted_delta(&b->counted, &faults[i].key, faults[i].value.count);
		if (more <= 0)
			continue;
		lw_fault_of_count(&faults[i].key, &faults[i].value, &fault);
		lw_live_classify(context, &fault);
		book(b, &fault, more, &booked);
	}
	return booked;
}

struct lw_booked lw_books_take_logged(struct lw_books *b, const struct lw_live_context *context,
				      const struct lw_fault *logged)
{
	struct lw_booked booked = {};
	struct lw_fault fault = *logged;

	lw_live_classify(context, &fault);
	book(b, &fault, fault.count, &booked);
	return booked;
}

/* Everything that tells one fault of a report from another, as a key to count by. */
static struct lw_fault_key key_of(const json_t *item, const struct lw_fault *fault)
{
	const char *type = lw_field_raw(item, "type"), *pasid = lw_field_raw(item, "pasid");

	return (struct lw_fault_key){
		.rid = fault->rid,
		.pasid = *pasid ? strtoul(pasid, NULL, 0) : LW_NO_PASID,
		.reason = fault->reason,
		.flags = *type,
		.attempt = fault->window << 4 | fault->class,
		.recorded = lw_word_index(&lw_fault_sources, lw_field_raw(item, "source")),
	};
}

void lw_books_take_report(struct lw_books *b, const json_t *report)
{
	struct lw_fault_key key;
	struct lw_fault fault;
	const json_t *item;
	uint64_t count, reason;
	int64_t more;
	size_t i;

	json_array_foreach(lw_field(report, "faults"), i, item) {
		memset(&fault, 0, sizeof(fault));
		fault.class = lw_word_index(&lw_fault_classes, lw_field_raw(item, "class"));
		fault.window = lw_word_index(&lw_windows, lw_field_raw(item, "window"));
		if (fault.class == LW_CLASSES || !lw_field_count(item, "count", &count) ||
		    !lw_field_count(item, "reason", &reason) ||
		    lw_rid_or_other(lw_field_raw(item, "rid"), &fault.rid) ||
		    (fault.window != LW_WINDOW_BLACKOUT && fault.window != LW_WINDOW_EARLY_BOOT))
			continue;
		fault.reason = reason;
		key = key_of(item, &fault);
		more = lw_counted_delta(&b->reported, &key, count);
		if (more > 0)
			account(b, &fault, (uint64_t)more);
	}
}

void lw_books_told(struct lw_books *b, const struct lw_fault *fault)
{
	struct lw_untold *untold = untold_of(b, fault);

	if (untold->count)
		untold->count--;
}

void lw_books_free(struct lw_books *b)
{
	lw_counted_free(&b->counted);
	lw_counted_free(&b->reported);
}
