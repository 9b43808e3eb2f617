/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernels before this one, asked of everybody who may know some. Each is somebody else's file:
 * one that is missing, cut or strange is a teller that tells nothing, and never an error.
 */
#include <string.h>

#include "base/time.h"
#include "collect/earlier.h"

static int (*const tellers[LW_TELLERS])(const struct lw_earlier_places *places,
				     struct lw_earlier_list *list) = {
	[LW_TOLD_BY_EVIDENCE] = lw_earlier_evidence,
	[LW_TOLD_BY_AUDIT] = lw_earlier_audit,
	[LW_TOLD_BY_JOURNAL] = lw_earlier_journal,
};

static json_t *row_json(const struct lw_earlier *row)
{
	json_t *json = json_pack("{ss}", "from", lw_teller_name(row->teller));
	char id[LW_ID_TEXT], time[LW_TIME_TEXT];

	json_object_set_new(json, "boot_id", json_string(lw_id_format(row->kernel, id)));
	if (row->order)
		json_object_set_new(json, "order", json_integer(row->order));
	if (row->seen_ns)
		json_object_set_new(json, "seen", json_string(lw_time_utc(row->seen_ns, 6, time)));
	if (row->tsc)
		json_object_set_new(json, "tsc", json_sprintf("0x%llx", (unsigned long long)row->tsc));
	if (row->kexec)
		json_object_set_new(json, "ended", json_string("kexec"));
	return json;
}

void lw_earlier_read(const struct lw_earlier_places *places, json_t *evidence,
		     struct lw_earlier_list *list)
{
	json_t *array = json_array();
	size_t i;
	int r;

	list->count = 0;
	for (i = 0; i < LW_TELLERS; i++) {
		r = tellers[i](places, list);
		if (r)
			json_array_append_new(array, json_pack("{ss ss}", "from", lw_teller_name(i),
							       "nothing", strerror(-r)));
	}
	for (i = 0; i < list->count; i++)
		json_array_append_new(array, row_json(&list->rows[i]));
	json_object_set_new(evidence, "earlier_kernels", array);
}
