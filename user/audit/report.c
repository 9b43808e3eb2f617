/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the audit log says about a report: enough to prove later that a report file is the one that
 * was written then.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "audit/audit.h"
#include "audit/report.h"
#include "base/io.h"

static json_t *digest_of(const json_t *report)
{
	LW_FREE char *text = json_dumps(report, JSON_COMPACT | JSON_SORT_KEYS);
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(hash) + 1];

	if (!text)
		return NULL;
	crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
	return json_string(sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)));
}

int lw_audit_report(const json_t *report)
{
	const char *id = json_string_value(json_object_get(report, "id"));
	json_t *revision = json_object_get(report, "revision");
	struct lw_audit_event event = { .kind = LW_AUDIT_COLLECTED };
	json_t *detail = json_object();
	int r;

	if (json_is_true(json_object_get(report, "final")))
		event.kind = LW_AUDIT_FINAL;
	else if (json_integer_value(revision) > 1)
		event.kind = LW_AUDIT_REVISED;
	if (!id || lw_id_parse(id, &event.handover)) {
		json_decref(detail);
		return -EINVAL;
	}
	json_object_set(detail, "verdict", json_object_get(report, "verdict"));
	json_object_set(detail, "revision", revision);
	json_object_set_new(detail, "sha256", digest_of(report));
	event.detail = detail;
	r = lw_audit_append(NULL, &event, NULL);
	json_decref(detail);
	return r;
}
