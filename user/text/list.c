// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hand-overs in one line each. Columns that should be empty show a dash when they are, so that a
 * number stands out; a count that nobody knows is a "?", never a dash.
 */
#include <stdio.h>
#include <string.h>

#include "base/fields.h"
#include "text/list.h"

/* Enough digits of an id to be unique among any number of hand-overs of one host. */
#define ID_DIGITS 12

static void put_count(const struct lw_style *style, const json_t *item, const char *path, int width,
		      enum lw_tone tone)
{
	char text[24] = "?";
	uint64_t count = 1;

	if (lw_field_count(item, path, &count))
		snprintf(text, sizeof(text), "%llu", (unsigned long long)count);
	if (!count)
		strcpy(text, "-");
	lw_style_cell(style, count ? tone : LW_TONE_PLAIN, text, -width);
}

static void put_duration(const struct lw_style *style, const json_t *item)
{
	char text[32] = "?";
	uint64_t ns;

	if (lw_field_count(item, "shutdown_path_ns", &ns))
		snprintf(text, sizeof(text), ns < 10000000000 ? "%.1f ms" : "%.0f ms", ns / 1e6);
	lw_style_cell(style, LW_TONE_PLAIN, text, -10);
}

/* "2026-11-22 16:34:08": of the shutdown, else of the collecting. */
static const char *when(struct lw_fields *fields, const json_t *item)
{
	const char *text = lw_field_text(fields, item, "shutdown", NULL);

	if (!text)
		text = lw_field_text(fields, item, "collected", "?");
	if (strlen(text) < 20 || text[10] != 'T')
		return lw_field_format(fields, "%.19s", text);
	return lw_field_format(fields, "%.10s %.8s", text, text + 11);
}

static const char *kernels(struct lw_fields *fields, const json_t *item)
{
	const char *old = lw_field_word(fields, item, "kernel.old", "?");
	const char *new = lw_field_word(fields, item, "kernel.new", "?");

	if (!strcmp(old, new) && strcmp(old, "?"))
		return lw_field_format(fields, "%s, both", old);
	return lw_field_format(fields, "%s -> %s", old, new);
}

static void put_row(const struct lw_style *style, const json_t *item, const char *boot_id)
{
	const char *verdict = lw_field_raw(item, "verdict");
	const char *problem = lw_field_raw(item, "problem");
	const char *boot = lw_field_raw(item, "boot");
	struct lw_fields fields = {};

	fputs(*boot && !strcmp(boot, boot_id) ? "* " : "  ", style->out);
	fprintf(style->out, "%.*s  ", ID_DIGITS, lw_field_text(&fields, item, "id", "?"));
	lw_style_cell(style, LW_TONE_PLAIN, when(&fields, item), 21);
	if (!*verdict)
		verdict = lw_verdict_name(*problem ? LW_VERDICT_DAMAGED : LW_VERDICT_NONE);
	lw_style_cell(style, lw_tone_of(&lw_verdicts, verdict, LW_TONE_PLAIN), verdict, 12);
	if (*problem) {
		fprintf(style->out, "%s\n", lw_field_text(&fields, item, "problem", ""));
		lw_fields_release(&fields);
		return;
	}
	lw_style_cell(style, LW_TONE_PLAIN,
		      lw_field_format(&fields, "%s%s",
				      lw_field_count_text(&fields, item, "revision"),
				      json_is_true(lw_field(item, "final")) ? " final" : ""),
		      9);
	put_duration(style, item);
	put_count(style, item, "entries.cleared", 8, LW_TONE_PLAIN);
	put_count(style, item, "entries.kept", 6, LW_TONE_PLAIN);
	put_count(style, item, "entries.leaked", 7, LW_TONE_BAD);
	put_count(style, item, "entries.lost", 6, LW_TONE_BAD);
	put_count(style, item, "entries.altered", 8, LW_TONE_BAD);
	put_count(style, item, "faults", 8, LW_TONE_WARN);
	put_count(style, item, "losses", 7, LW_TONE_WARN);
	fprintf(style->out, "  %s\n", kernels(&fields, item));
	lw_fields_release(&fields);
}

void lw_summary_table(const struct lw_style *style, const json_t *list, const char *boot_id)
{
	const json_t *item;
	size_t i;

	if (!json_array_size(list)) {
		fputs("No hand-over is stored.\n", style->out);
		return;
	}
	lw_style_put(style, LW_TONE_STRONG,
		     "  HAND-OVER     SHUTDOWN (UTC)       VERDICT     REVISION    IN PATH CLEARED"
		     "  KEPT LEAKED  LOST ALTERED  FAULTS LOSSES  KERNELS (* this boot)\n");
	json_array_foreach(list, i, item)
		put_row(style, item, boot_id);
}
