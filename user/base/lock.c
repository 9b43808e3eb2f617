/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/lock.h"
#include "base/message.h"

int lw_lock(const char *name, int *lock)
{
	LW_FREE char *path = lw_format(LW_RUN_FOLDER "/%s", name);
	int r;

	if (mkdir(LW_RUN_FOLDER, 0750) && errno != EEXIST) {
		r = -errno;
		lw_error(LW_RUN_FOLDER ": %s", strerror(-r));
		return r;
	}
	*lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*lock < 0) {
		r = -errno;
		lw_error("%s: %s", path, strerror(-r));
		return r;
	}
	if (!flock(*lock, LOCK_EX | LOCK_NB))
		return 0;
	r = -errno;
	return r == -EWOULDBLOCK ? -EBUSY : r;
}
