/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/daemon.h"

void lw_daemon_timer(sd_event_source *timer, uint64_t seconds)
{
	int on = SD_EVENT_OFF;

	sd_event_source_get_enabled(timer, &on);
	if (on != SD_EVENT_OFF)
		return;
	sd_event_source_set_time_relative(timer, seconds * 1000000);
	sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}
