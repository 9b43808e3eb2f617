/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who did something: the login uid and audit session, which a process cannot put off again, beside
 * the uid that sudo left it with.
 */
#ifndef LUWATCH_AUDIT_ACTOR_H
#define LUWATCH_AUDIT_ACTOR_H

#include <stdint.h>
#include <sys/types.h>

#define LW_AUDIT_COMMAND 512 /* with the terminator; longer ones end in "..." */

struct lw_audit_actor {
	int64_t loginuid; /* -1: nobody logged in (a service), or not known */
	int64_t session;  /* audit session, -1 likewise */
	int64_t uid;	  /* real uid, -1: not known */
	pid_t pid;
	char command[LW_AUDIT_COMMAND]; /* arguments, escaped by lw_escape() */
};

/*
 * Reads who process PID is, 0 for this one. What cannot be read stays unknown: a record with a gap
 * is better than none. A PID of another process may be another's by the time it is read.
 */
void lw_audit_actor_read(pid_t pid, struct lw_audit_actor *actor);

#endif
