/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults for members of the group luwatch: out of the file that the daemon leaves in /run. */
#include <errno.h>
#include <string.h>

#include "base/fields.h"
#include "base/io.h"
#include "base/message.h"
#include "command/faults.h"
#include "fault/json.h"

#define SHARED_LIMIT (64 << 20)

static uint64_t number(const json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

static int64_t show_list(const struct lw_faults_options *o, const json_t *json)
{
	const json_t *item, *list = json_object_get(json, "faults");
	const char *schema = json_string_value(json_object_get(json, "schema"));
	struct lw_shown_fault shown;
	struct lw_fault fault;
	int64_t count = 0;
	size_t i;

	if (!schema || strcmp(schema, LW_FAULTS_SCHEMA) || !json_is_array(list))
		return -EBADMSG;
	json_array_foreach(list, i, item) {
		if (lw_fault_of_json(item, &fault))
			return -EBADMSG;
		shown = lw_faults_of_boot(&fault);
		if (lw_faults_show(o, &shown))
			count += fault.count;
	}
	if (!o->common.json)
		lw_faults_unseen(number(json, "unseen"), number(json, "overflows"),
				 number(json, "lost"), 0);
	return count;
}

int64_t lw_faults_shared(const struct lw_faults_options *o)
{
	LW_FREE uint8_t *text = NULL;
	struct lw_fields fields = {};
	size_t length;
	int64_t count;
	json_t *json;
	int r = lw_read_file(LW_FAULTS_FILE, SHARED_LIMIT, &text, &length);

	if (r == -EACCES)
		lw_error(LW_FAULTS_FILE ": not permitted; " LW_BE_MEMBER);
	else if (r)
		lw_error(LW_FAULTS_FILE ": %s; be root, or start luwatchd.service, which writes it",
			 strerror(-r));
	if (r)
		return r;
	json = json_loadb((char *)text, length, JSON_REJECT_DUPLICATES, NULL);
	lw_warn("not root: as luwatchd.service saw it at %s",
		lw_field_text(&fields, json, "time", "?"));
	lw_fields_release(&fields);
	count = show_list(o, json);
	json_decref(json);
	if (count < 0)
		lw_error(LW_FAULTS_FILE
			 " is damaged; restart luwatchd.service, which writes it anew");
	return count;
}
