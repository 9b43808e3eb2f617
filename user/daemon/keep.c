/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Retention: what [state] says about old hand-overs, at the start, at a reload and when a report
 * becomes final. Each that goes is in the audit log before it is gone; without that it stays.
 */
#include <string.h>

#include "base/fields.h"
#include "base/message.h"
#include "daemon/daemon.h"
#include "report/keep.h"

static int tell(void *data, const json_t *item, enum lw_keep_reason reason)
{
	struct lw_id id = {};

	lw_id_parse(lw_field_raw(item, "id"), &id);
	return lw_daemon_audit(data, LW_AUDIT_RETENTION, id,
			       json_pack("{ss, ss, ss}", "because",
					 reason == LW_GONE_BY_AGE ? "age" : "number", "verdict",
					 lw_field_raw(item, "verdict"), "collected",
					 lw_field_raw(item, "collected")));
}

void lw_daemon_keep(struct lw_daemon *d)
{
	const struct lw_keep rules = { d->config.keep, d->config.keep_days * 86400 };
	int64_t removed = lw_keep_apply(d->state, &rules, *d->watch.id ? d->watch.id : NULL,
					lw_wall_clock(), tell, d);

	if (removed < 0)
		lw_warn("old hand-overs are not removed as [state] says: %s",
			strerror((int)-removed));
}
