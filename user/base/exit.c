// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "base/exit.h"

int lw_exit_of(int error)
{
	switch (error) {
	case 0:
		return LW_EXIT_CLEAN;
	case -EACCES:
	case -EPERM:
	case -EROFS:
	case -ENODEV:
	case -ENOTSUP:
		return LW_EXIT_NOT_POSSIBLE;
	}
	return LW_EXIT_ERROR;
}

const char *lw_advice(int error)
{
	switch (error) {
	case -ENOSPC:
	case -EDQUOT:
		return "; make room there";
	case -EROFS:
		return "; mount it writable";
	case -EACCES:
	case -EPERM:
		return "; run as root";
	case -EIO:
		return "; the disk may be failing: see `dmesg`";
	}
	return "";
}
