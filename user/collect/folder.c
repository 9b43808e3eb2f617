/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folder of a hand-over's evidence, and of which boot it is. */
#include <stdio.h>
#include <string.h>

#include "collect/gather.h"
#include "collect/gathering.h"
#include "report/store.h"

char *lw_handover_folder(const char *state, struct lw_id id)
{
	char text[LW_ID_TEXT];

	return lw_format("%s/" LW_STORE_FOLDER "/%s", state, lw_id_format(id, text));
}

/* evidence.json of a folder; NULL when there is none. */
json_t *lw_evidence_json(const char *folder)
{
	LW_FREE char *path = lw_format("%s/" LW_EVIDENCE, folder);
	LW_FREE uint8_t *bytes = NULL;
	size_t length;

	if (lw_read_own_file(path, LW_EVIDENCE_MAX, &bytes, &length))
		return NULL;
	return json_loadb((char *)bytes, length, 0, NULL);
}

/* The boot whose evidence lies in a hand-over's folder, "" when there is none. */
void lw_boot_of_folder(const char *folder, char boot[LW_BOOT_ID_TEXT])
{
	json_t *json = lw_evidence_json(folder);
	const char *text = json_string_value(json_object_get(json, "boot_id"));

	snprintf(boot, LW_BOOT_ID_TEXT, "%s", text ? text : "");
	json_decref(json);
}
