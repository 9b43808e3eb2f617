// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The baseline as the agent of the old kernel left it: who it was, which probes it had attached,
 * what was declared. Everything here was written while user space still lived, and may come from a
 * carrier or from the disk; the log of the hand-over comes from BPF and is read elsewhere.
 */
#include <stdlib.h>
#include <string.h>

#include "correlate/steps.h"

static bool same_text(const struct lw_record *a, const struct lw_record *b)
{
	return a->text.key == b->text.key && a->text.item == b->text.item && a->unit == b->unit;
}

/*
 * Puts together the string that begins with FIRST; its pieces follow one another. Bytes that no piece
 * brings are shown as "?".
 */
static char *join_text(struct lw_handover *h, const struct lw_record *first)
{
	const struct lw_record *end = h->stream.baseline + h->stream.baseline_count, *record;
	size_t length = first->text.length < LW_TEXT_LONGEST ? first->text.length : LW_TEXT_LONGEST;
	char *text = malloc(length + 1);

	if (!text) {
		h->error = -ENOMEM;
		return NULL;
	}
	memset(text, '?', length);
	text[length] = '\0';
	for (record = first; record < end && record->type == LW_REC_TEXT && same_text(record, first);
	     record++) {
		size_t offset = record->text.offset, n;

		if (offset >= length)
			continue;
		n = length - offset < LW_TEXT_BYTES ? length - offset : LW_TEXT_BYTES;
		memcpy(text + offset, record->text.bytes, n);
	}
	return text;
}

static void set_text(struct lw_handover *h, char **place, const struct lw_record *record)
{
	if (!*place)
		*place = join_text(h, record);
}

static void add_label(struct lw_handover *h, const struct lw_record *record)
{
	struct lw_origin *origin = &h->origin;
	char *text = join_text(h, record), **place;

	if (!text)
		return;
	place = lw_add(h, origin->labels, origin->label_count, origin->label_size);
	if (place)
		*place = text;
	else
		free(text);
}

/* RECORD is the first piece of a string. */
static void read_text(struct lw_handover *h, const struct lw_record *record)
{
	switch (record->text.key) {
	case LW_TEXT_KERNEL:
		return set_text(h, &h->origin.kernel, record);
	case LW_TEXT_AGENT:
		return set_text(h, &h->origin.agent, record);
	case LW_TEXT_BOOT_ID:
		return set_text(h, &h->origin.boot_id, record);
	case LW_TEXT_MACHINE_ID:
		return set_text(h, &h->origin.machine_id, record);
	case LW_TEXT_HOSTNAME:
		return set_text(h, &h->origin.hostname, record);
	case LW_TEXT_BUILD_ID:
		return set_text(h, &h->origin.build_id, record);
	case LW_TEXT_RING:
		return set_text(h, &h->origin.ring, record);
	case LW_TEXT_CORRELATION:
		return set_text(h, &h->origin.correlation, record);
	case LW_TEXT_LABEL:
		return add_label(h, record);
	}
}

static void read_declared(struct lw_handover *h, const struct lw_rec_declared *declared)
{
	uint64_t count = declared->count < LW_DECLARED_RIDS ? declared->count : LW_DECLARED_RIDS, i;

	for (i = 0; i < count; i++)
		lw_rids_add(h, &h->declared, declared->rids[i]);
}

void lw_read_baseline(struct lw_handover *h)
{
	const struct lw_stream *stream = &h->stream;
	size_t i;

	if (!stream->baseline_count)
		return;
	h->baseline = &stream->baseline[0].baseline;
	h->baseline_ns = stream->baseline[0].time_ns;
	h->probes = h->baseline->probes;
	h->symbols = h->baseline->symbols | h->probes;
	h->declared_known = h->baseline->declared_known;
	for (i = 1; i < stream->baseline_count; i++) {
		const struct lw_record *record = &stream->baseline[i];

		if (record->type == LW_REC_TEXT && record->text.offset == 0)
			read_text(h, record);
		else if (record->type == LW_REC_DECLARED)
			read_declared(h, &record->declared);
	}
	lw_rids_sort(&h->declared);
}

bool lw_probe_attached(const struct lw_handover *h, enum lw_probe_bit probe)
{
	return h->probes >> probe & 1;
}

bool lw_probe_exists(const struct lw_handover *h, enum lw_probe_bit probe)
{
	return h->symbols >> probe & 1;
}
