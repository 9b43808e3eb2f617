// SPDX-License-Identifier: GPL-2.0-or-later
/* What the sections of the text report, and the page, share. */
#include "text/view.h"

#include <ctype.h>
#include <string.h>

#define LABEL_COLUMNS 12

void lw_view_line(struct lw_view *view, const char *label, enum lw_tone tone, const char *text)
{
	lw_style_cell(&view->style, LW_TONE_STRONG, label, LABEL_COLUMNS);
	lw_style_wrap(&view->style, tone, LABEL_COLUMNS, LABEL_COLUMNS, text);
}

const char *lw_view_time(struct lw_view *view, const char *path)
{
	static const char shape[] = "0000-00-00T00:00:00";
	const char *text = lw_field_text(&view->fields, view->report, path, NULL), *end;
	size_t i;

	if (!text)
		return NULL;
	for (i = 0; shape[i]; i++)
		if (shape[i] == '0' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
			return text;
	end = text + i;
	if (*end == '.')
		end += 1 + strspn(end + 1, "0123456789");
	if (strcmp(end, "Z"))
		return text;
	return lw_field_format(&view->fields, "%.10s %.8s UTC", text, text + 11);
}

const char *lw_view_comma(struct lw_view *view, const char *list, const char *more)
{
	return *list ? lw_field_format(&view->fields, "%s, %s", list, more) : more;
}
