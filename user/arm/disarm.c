/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking everything away.
 */
#include <errno.h>
#include <unistd.h>

#include "arm/arm.h"
#include "arm/arming.h"
#include "audit/audit.h"
#include "base/io.h"
#include "base/message.h"
#include "probe/kernel.h"

int lw_disarm(const struct lw_arm_options *options)
{
	LW_FREE char *baseline = lw_armed_path(options->state, lw_boot_id());
	struct lw_audit_event event = { .kind = LW_AUDIT_DISARMED };
	LW_CLOSE int lock = -1;
	struct lw_pins pins;
	json_t *detail;
	int r;

	if (geteuid()) {
		lw_error("disarming needs root");
		return -EPERM;
	}
	r = lw_arm_lock(&lock);
	if (r)
		return r;
	if (!lw_exists(LW_PIN_ROOT))
		return -ENOENT;
	if (lw_kexec_loaded() && !options->force) {
		lw_error("a kexec image is loaded and counts on the records; use --force to disarm all "
			 "the same");
		return -EBUSY;
	}
	lw_pins_open(&pins);
	if (pins.control)
		event.handover = (struct lw_id){ pins.control->handover[0], pins.control->handover[1] };
	lw_pins_close(&pins);
	detail = json_object();
	lw_arm_note_counter(detail);
	event.detail = detail;
	lw_audit_append(NULL, &event, NULL);
	json_decref(detail);
	lw_unpin_all();
	lw_carriers_stop();
	lw_carriers_clear();
	unlink(baseline);	/* or the next kernel would say that this one was armed */
	return 0;
}
