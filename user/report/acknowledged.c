// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that say that a person has looked at a verdict. */
#include "report/acknowledged.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/io.h"
#include "report/store.h"
#include "report/stored.h"

/* A damaged report counts as incomplete everywhere, so it is acknowledged as that. */
static const char *verdict_of(const json_t *report)
{
	enum lw_verdict verdict = lw_stored_verdict(report, NULL);

	if (verdict == LW_VERDICT_VIOLATION)
		return lw_verdict_name(verdict);
	if (verdict == LW_VERDICT_INCOMPLETE || verdict == LW_VERDICT_DAMAGED)
		return lw_verdict_name(LW_VERDICT_INCOMPLETE);
	return NULL;
}

bool lw_can_acknowledge(const json_t *report)
{
	return verdict_of(report);
}

static void name_of(const char *verdict, char name[32])
{
	snprintf(name, 32, "acknowledged-%s", verdict);
}

int lw_acknowledge(const char *state, const json_t *report, const json_t *detail)
{
	const char *verdict = verdict_of(report);
	LW_FREE char *text = NULL;
	char name[32];
	int r;

	if (!verdict)
		return -EINVAL;
	text = json_dumps(detail, JSON_COMPACT | JSON_ENSURE_ASCII);
	if (!text)
		return -ENOMEM;
	name_of(verdict, name);
	r = lw_store_save_evidence(state, lw_field_raw(report, "id"), name, text, strlen(text));
	return r == -EEXIST ? 0 : r;
}

bool lw_acknowledged_as(const char *state, const char *id, const char *verdict)
{
	LW_FREE char *path = NULL;
	char name[32];

	if (!lw_store_is_id(id))
		return false;
	name_of(verdict, name);
	path = lw_format("%s/" LW_STORE_FOLDER "/%s/%s", state, id, name);
	return lw_exists(path);
}

bool lw_is_acknowledged(const char *state, const json_t *report)
{
	const char *verdict = verdict_of(report);

	return verdict && lw_acknowledged_as(state, lw_field_raw(report, "id"), verdict);
}
