// SPDX-License-Identifier: GPL-2.0-or-later
/* The live-update sessions in which devices were preserved, from the marks of a report. */
#include <string.h>

#include "text/view.h"

#define MOST_SESSIONS 32
#define MOST_DEVICES  32

static const json_t *session_of(const json_t *mark)
{
	const json_t *session = json_object_get(mark, "session");

	return json_is_string(session) ? session : NULL;
}

/* NULL: those of which no session is known. */
static bool is_of(const json_t *mark, const json_t *session)
{
	const json_t *own = session_of(mark);

	return session && own ? json_equal((json_t *)own, (json_t *)session) : session == own;
}

static const char *devices_of(struct lw_view *view, const json_t *marks, const json_t *session)
{
	struct lw_fields *fields = &view->fields;
	const char *text = "";
	const json_t *mark;
	size_t i, listed = 0;

	json_array_foreach(marks, i, mark) {
		const char *token = lw_field_text(fields, mark, "token", NULL), *one;

		if (!is_of(mark, session))
			continue;
		if (listed++ == MOST_DEVICES)
			return lw_view_comma(view, text, "...");
		one = lw_field_text(fields, mark, "rid", "?");
		if (token)
			one = lw_field_format(fields, "%s (token %s)", one, token);
		text = lw_view_comma(view, text, one);
	}
	return text;
}

static bool is_first(const json_t *marks, size_t mark)
{
	const json_t *session = session_of(json_array_get(marks, mark));
	size_t i;

	for (i = 0; i < mark; i++)
		if (is_of(json_array_get(marks, i), session))
			return false;
	return true;
}

void lw_view_sessions(struct lw_view *view, lw_session_line line, void *context)
{
	const json_t *marks = json_object_get(lw_field(view->report, "sets"), "marks"), *mark;
	bool others = false;
	size_t i, listed = 0;

	json_array_foreach(marks, i, mark) {
		const json_t *session = session_of(mark);

		others |= !session;
		if (!session || listed == MOST_SESSIONS || !is_first(marks, i))
			continue;
		line(context, listed++,
		     lw_field_format(&view->fields, "\"%s\"", lw_field_text(&view->fields, mark, "session", "?")),
		     devices_of(view, marks, session));
	}
	if (listed && others)
		line(context, listed, "not known", devices_of(view, marks, NULL));
}
