/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/common_trace.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "base/io.h"

#define TRIES	 50
#define PAUSE_NS 2000000

bool lw_common_trace_prints(void)
{
	char state[8];

	return lw_read_line(LW_COMMON_TRACE_EVENT, state, sizeof(state)) > 0 && state[0] == '1';
}

/* Linux 6.14 and stable kernels since turn it on a little after the programs were loaded. */
static bool came_on(void)
{
	struct timespec pause = { .tv_nsec = PAUSE_NS };
	int i;

	for (i = 0; i < TRIES && !lw_common_trace_prints(); i++)
		nanosleep(&pause, NULL);
	return i < TRIES;
}

int lw_common_trace_restore(bool printed)
{
	LW_CLOSE int fd = -1;

	if (printed || !lw_exists(LW_COMMON_TRACE_EVENT) || !came_on())
		return 0;
	fd = open(LW_COMMON_TRACE_EVENT, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return lw_write_all(fd, "0", 1);
}
