// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "base/exit.h"

int lw_exit_of(int error)
{
	switch (error) {
	case 0:
		return LW_EXIT_CLEAN;
	case -EPERM:
	case -ENODEV:
	case -ENOTSUP:
		return LW_EXIT_NOT_POSSIBLE;
	}
	return LW_EXIT_ERROR;
}
