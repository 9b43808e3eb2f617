/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Earlier kernels, out of what luwatch itself has left on disk. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/rows.h"
#include "base/time.h"
#include "collect/earlier.h"
#include "collect/gather.h"
#include "collect/gathering.h"

#define AUDIT_LIMIT (256UL << 20)
#define AUDIT_TAIL  (1UL << 20) /* enough for months, and read in milliseconds */

static uint64_t hex_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? strtoull(text, NULL, 0) : 0;
}

/* The note of the last collect says which hand-over that was; its evidence says when. */
int lw_earlier_evidence(const struct lw_earlier_places *places, struct lw_earlier_list *list)
{
	LW_FREE char *note = lw_format("%s/collected", places->state);
	LW_FREE char *folder = NULL;
	struct lw_earlier row = { .teller = LW_TOLD_BY_EVIDENCE };
	char line[128] = "";
	struct lw_id id;
	json_t *json;

	if (lw_read_line(note, line, sizeof(line)) < LW_BOOT_ID_TEXT ||
	    lw_id_parse(line + LW_BOOT_ID_TEXT, &id))
		return -ENOENT;
	folder = lw_handover_folder(places->state, id);
	json = lw_evidence_json(folder);
	if (!json)
		return -ENOENT;
	row.kernel = lw_id_of_boot(json_string_value(json_object_get(json, "boot_id")) ?: "");
	row.tsc = hex_of(json, "tsc");
	row.seen_ns = json_integer_value(json_object_get(json, "tsc_at_ns"));
	json_decref(json);
	if (lw_id_is_zero(row.kernel))
		return -EBADMSG;
	lw_earlier_add(list, row);
	return 0;
}

/* A record of any boot; those of arming and disarming have the counter, too. */
static int take_record(const char *bytes, size_t length, bool torn, void *data)
{
	struct lw_earlier row = { .teller = LW_TOLD_BY_AUDIT };
	json_t *json = torn ? NULL : json_loadb(bytes, length, 0, NULL);
	const char *boot = json_string_value(json_object_get(json, "boot_id"));
	const char *time = json_string_value(json_object_get(json, "time"));

	row.kernel = lw_id_of_boot(boot ? boot : "");
	row.order = json_integer_value(json_object_get(json, "seq"));
	row.tsc = hex_of(json_object_get(json, "detail"), "tsc");
	if (!time || lw_time_read(time, &row.seen_ns))
		row.seen_ns = row.tsc = 0;
	json_decref(json);
	if (!lw_id_is_zero(row.kernel))
		lw_earlier_add(data, row);
	return 0;
}

int lw_earlier_audit(const struct lw_earlier_places *places, struct lw_earlier_list *list)
{
	LW_FREE uint8_t *bytes = NULL;
	size_t length, before = list->count;
	const char *from;
	int r = lw_read_file(places->audit, AUDIT_LIMIT, &bytes, &length);

	if (r)
		return r;
	from = (char *)bytes;
	if (length > AUDIT_TAIL) {
		from = memchr(bytes + length - AUDIT_TAIL, '\n', AUDIT_TAIL);
		if (!from)
			return -EBADMSG;
	}
	lw_audit_each_line(from, length - (from - (char *)bytes), take_record, list);
	return list->count > before ? 0 : -ENOENT;
}
