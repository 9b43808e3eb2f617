/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks in the folder of what runs now: one agent arms at a time, one daemon runs. */
#ifndef LUWATCH_LOCK_H
#define LUWATCH_LOCK_H

#include "base/folders.h"

/*
 * Takes the lock file NAME below LW_RUN_FOLDER, which is made when it is missing. *LOCK is the open
 * file, to be closed to give the lock back. 0 or a negative errno, told; -EBUSY, not told, when
 * somebody else has it.
 */
int lw_lock(const char *name, int *lock);

#endif
