/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries about faults, reports and losses. Pure; systemd/luwatch.catalog explains them. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "base/fields.h"
#include "base/id.h"
#include "base/io.h"
#include "daemon/journal.h"

/* A guest's own mistakes are its business; the rest is somebody's here. */
static int priority_of(const struct lw_fault *f)
{
	if (lw_shows_damage(f->class))
		return LOG_CRIT;
	return f->class == LW_CLASS_GUEST ? LOG_INFO : LOG_WARNING;
}

static const char *type_of(const struct lw_fault *f)
{
	if (f->flags & LW_FAULT_OTHER)
		return "several kinds";
	if (f->flags & LW_FAULT_INTERRUPT)
		return "interrupt";
	if (f->flags & LW_FAULT_EXECUTE)
		return "execute";
	return f->flags & LW_FAULT_READ ? "read" : "write";
}

/* Device, kind and class: what every entry about faults can be searched for. */
static void add_kind(struct lw_journal_entry *e, const struct lw_journal_context *c,
		     const struct lw_fault *f, const char *rid)
{
	const char *reason = lw_reason_text(f->reason);
	char text[32];

	lw_journal_text(e, "RID", rid);
	if (!(f->flags & LW_FAULT_OTHER)) {
		snprintf(text, sizeof(text), "0x%02x", f->reason);
		lw_journal_text(e, "REASON", text);
		lw_journal_text(e, "REASON_TEXT",
				reason ? reason : "a reason that this version does not know");
	}
	lw_journal_text(e, "TYPE", type_of(f));
	lw_journal_text(e, "CLASS", lw_fault_class_name(f->class));
	lw_journal_text(e, "WINDOW", lw_window_name(f->window));
	lw_journal_text(e, "SOURCE", lw_fault_source_name(f->source));
	if (f->pasid != LW_NO_PASID) {
		snprintf(text, sizeof(text), "0x%x", f->pasid);
		lw_journal_text(e, "PASID", text);
	}
	lw_journal_text(e, "HANDOVER", c->handover);
	lw_journal_priority(e, priority_of(f));
}

void lw_journal_fault(struct lw_journal_entry *e, const struct lw_journal_context *c,
		      const struct lw_fault *f)
{
	const char *reason = lw_reason_text(f->reason);
	char rid[LW_RID_TEXT], address[32];

	lw_journal_begin(e, lw_shows_damage(f->class) ? LW_MESSAGE_FAULT_BROKEN : LW_MESSAGE_FAULT,
			 "DMAR fault (%s): %s of %s blocked, reason 0x%02x%s%s",
			 lw_fault_class_name(f->class), type_of(f), lw_rid_format(f->rid, rid),
			 f->reason, reason ? ", " : "", reason ? reason : "");
	add_kind(e, c, f, lw_rid_format(f->rid, rid));
	lw_journal_number(e, "COUNT", f->count);
	if (c->addresses && f->address_known) {
		snprintf(address, sizeof(address), "0x%" PRIx64, f->address);
		lw_journal_text(e, "ADDRESS", address);
	}
}

void lw_journal_faults(struct lw_journal_entry *e, const struct lw_journal_context *c,
		       const struct lw_fault *like, uint64_t count, uint64_t seconds)
{
	char rid[LW_RID_TEXT], when[48] = "since arming";

	if (seconds)
		snprintf(when, sizeof(when), "in the last %" PRIu64 " s", seconds);
	lw_journal_begin(e, LW_MESSAGE_FAULTS, "%" PRIu64 " DMAR faults (%s) of %s %s", count,
			 lw_fault_class_name(like->class), lw_rid_format(like->rid, rid), when);
	add_kind(e, c, like, lw_rid_format(like->rid, rid));
	lw_journal_number(e, "COUNT", count);
	if (seconds)
		lw_journal_number(e, "SECONDS", seconds);
}

static enum lw_message message_of(enum lw_verdict verdict)
{
	switch (verdict) {
	case LW_VERDICT_CLEAN:
		return LW_MESSAGE_HANDOVER_CLEAN;
	case LW_VERDICT_VIOLATION:
		return LW_MESSAGE_HANDOVER_VIOLATION;
	default:
		return LW_MESSAGE_HANDOVER_INCOMPLETE;
	}
}

/* "I1 I10": the checks with this answer. */
static void add_checks(struct lw_journal_entry *e, const char *name,
		       const struct lw_metrics_handover *h, enum lw_answer answer)
{
	char list[8 * LW_INVARIANTS] = "";
	unsigned int i;

	for (i = 0; i < LW_INVARIANTS; i++) {
		if (h->answers[i] != answer)
			continue;
		if (*list)
			strcat(list, " ");
		strcat(list, lw_invariant_name(i));
	}
	lw_journal_text(e, name, *list ? list : "none");
}

/*
 * The headline is the report's own text, and reports have addresses: here a number that could be
 * one becomes "0x...". Reasons and buses have two digits. To be freed; NULL without memory.
 */
static char *headline_of(const json_t *report)
{
	char *text = strdup(lw_field_raw(report, "headline")), *at = text;
	size_t digits;

	while (at && (at = strcasestr(at, "0x"))) {
		at += 2;
		digits = strspn(at, "0123456789abcdefABCDEF");
		if (digits < 3)
			continue;
		memcpy(at, "...", 3);
		memmove(at + 3, at + digits, strlen(at + digits) + 1);
	}
	return text;
}

/* LUWATCH_LABEL_RACK=b12: the [labels] that the report has. */
static void add_labels(struct lw_journal_entry *e, const json_t *report)
{
	json_t *labels = json_object_get(report, "labels"), *value;
	char field[LW_LABEL_NAME + 8], *at;
	size_t count = 0;
	const char *name;

	json_object_foreach(labels, name, value) {
		if (count++ == LW_CONFIG_LABELS)
			return;
		if (!lw_is_label_name(name))
			continue;
		snprintf(field, sizeof(field), "LABEL_%s", name);
		for (at = field; *at; at++)
			*at = toupper((unsigned char)*at);
		lw_journal_text(e, field, json_string_value(value));
	}
}

void lw_journal_report(struct lw_journal_entry *e, const json_t *report)
{
	LW_FREE char *headline = headline_of(report);
	const char *old = lw_field_raw(report, "kernel.old");
	const char *new = lw_field_raw(report, "kernel.new");
	struct lw_metrics_handover h;
	uint64_t revision = 0;

	lw_metrics_of_report(report, &h);
	lw_field_count(report, "revision", &revision);
	lw_journal_begin(e, message_of(h.verdict), "hand-over %s, revision %" PRIu64 "%s: %s", h.id,
			 revision, h.final ? " (final)" : "", headline ? headline : "");
	lw_journal_text(e, "HANDOVER", h.id);
	lw_journal_text(e, "VERDICT", lw_verdict_name(h.verdict));
	lw_journal_text(e, "HEADLINE", headline);
	lw_journal_number(e, "REVISION", revision);
	lw_journal_text(e, "FINAL", h.final ? "yes" : "no");
	lw_journal_text(e, "KERNEL_OLD", *old ? old : "unknown");
	lw_journal_text(e, "KERNEL_NEW", *new ? new : "unknown");
	add_labels(e, report);
	add_checks(e, "FAILED", &h, LW_FAIL);
	add_checks(e, "UNKNOWN", &h, LW_UNKNOWN);
}

bool lw_journal_losses(struct lw_journal_entry *e, const uint64_t totals[LW_LOSSES],
		       const uint64_t before[LW_LOSSES])
{
	char message[512] = "", name[48], *at;
	unsigned int i;
	size_t used;

	for (i = 0; i < LW_LOSSES; i++) {
		if (totals[i] <= before[i])
			continue;
		used = strlen(message);
		snprintf(message + used, sizeof(message) - used, "%s%s %" PRIu64, used ? ", " : "",
			 lw_loss_name(i), totals[i] - before[i]);
	}
	if (!*message)
		return false;
	lw_journal_begin(e, LW_MESSAGE_LOSSES, "not seen, not kept or not told: %s", message);
	for (i = 0; i < LW_LOSSES; i++) {
		if (totals[i] <= before[i])
			continue;
		snprintf(name, sizeof(name), "LOST_%s", lw_loss_name(i));
		for (at = name; *at; at++)
			if (*at >= 'a' && *at <= 'z')
				*at += 'A' - 'a';
		lw_journal_number(e, name, totals[i] - before[i]);
	}
	return true;
}
