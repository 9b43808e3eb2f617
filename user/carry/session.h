/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session of the kernel's live-update orchestrator (include/uapi/linux/liveupdate.h, Linux 7.0): a
 * descriptor that keeps files over the kexec for as long as somebody holds it. Who holds ours until
 * the kexec is not this program's matter: it was handed over, by a service manager among the
 * descriptors of sd_listen_fds(3), or with --luo-session-fd.
 */
#ifndef LUWATCH_CARRY_SESSION_H
#define LUWATCH_CARRY_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#define LW_LUO_DEVICE	"/dev/liveupdate"
#define LW_LUO_SESSION	"luwatch"		/* the name of one that is ours alone */
#define LW_LUO_TOKEN	0x6c75776174636801ULL	/* of our file in it: "luwatch", and 1 */

/* This descriptor is the session. -EINVAL when it is none. */
int lw_session_use(int fd);

/*
 * A session that was handed over: one to be filled for the next kernel, or one that the kernel before
 * this one has filled. -1 when there is none. It stays open; the caller does not close it.
 */
int lw_session_outgoing(void);
int lw_session_incoming(void);

/*
 * Takes the session LW_LUO_SESSION of the kernel before this one from the orchestrator itself. The
 * descriptor, which the kernel takes as the end of the session when it is closed; -ENOENT when there
 * is none, -EBUSY when another process has the orchestrator open, or another negative errno.
 */
int lw_session_retrieve(void);

/*
 * For a service whose descriptors its manager stores and keeps over the kexec (systemd 261 and newer):
 * what the kernel before this one has filled, and has been read, is finished and taken out of the store;
 * where none is there to be filled, one is made and stored. Does nothing elsewhere.
 */
void lw_session_renew(void);

/* FILE is kept over the kexec by SESSION. 0 or a negative errno. */
int lw_session_preserve(int session, int file, uint64_t token);

/* The file that an earlier kernel's session kept, as a new descriptor; -ENOENT, or another errno. */
int lw_session_file(int session, uint64_t token);

#endif
