// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * -v: every context entry of the report, with the words the hardware saw.
 */
#include "text/view.h"

#include <string.h>

/* "0x… 0x…" of a pair {lo, hi}; NULL when there is none. */
static const char *words(struct lw_view *view, const json_t *entry, const char *name)
{
	const json_t *pair = json_object_get(entry, name);

	if (!json_is_object(pair))
		return NULL;
	return lw_field_format(&view->fields, "%s %s",
			       lw_field_text(&view->fields, pair, "lo", "?"),
			       lw_field_text(&view->fields, pair, "hi", "?"));
}

static void write_entry(struct lw_view *view, const json_t *entry)
{
	const struct lw_style *style = &view->style;
	struct lw_fields *fields = &view->fields;
	const char *state = lw_field_word(fields, entry, "state", "?");
	const char *before = words(view, entry, "before"), *after = words(view, entry, "after");
	const char *note = lw_field_text(fields, entry, "note", NULL);

	fputs("  ", style->out);
	lw_style_cell(style, LW_TONE_PLAIN, lw_field_word(fields, entry, "rid", "?"), 14);
	lw_style_cell(style, LW_TONE_PLAIN, lw_field_word(fields, entry, "iommu", "?"), 9);
	lw_style_cell(style, lw_view_entry_tone(state), state, 9);
	fprintf(style->out, " %s\n", lw_field_text(fields, entry, "device", ""));
	if (note) {
		fprintf(style->out, "%16s", "");
		lw_style_wrap(style, LW_TONE_PLAIN, 16, 16, note);
	}
	if (before || after)
		fprintf(style->out, "      lo hi before %s  after %s\n", before ? before : "-",
			after ? after : "-");
}

void lw_view_entries(struct lw_view *view)
{
	const json_t *entries = lw_field(view->report, "entries"), *entry;
	size_t i;

	if (!json_array_size(entries))
		return;
	lw_style_heading(&view->style, "ENTRIES");
	json_array_foreach(entries, i, entry)
		write_entry(view, entry);
}
