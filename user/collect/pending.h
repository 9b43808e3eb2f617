/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hand-over that began this boot and that nobody has collected yet. */
#ifndef LUWATCH_PENDING_H
#define LUWATCH_PENDING_H

/*
 * What to say of it and to do, a static string; NULL when there is none: this boot is no kexec, its
 * hand-over is collected, or neither the command line nor the disk knows of one.
 */
const char *lw_uncollected(const char *state);

#endif
