/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program where systemd is not the first process: a supervisor that belongs to nobody any more
 * starts it, waits for its end or its time limit, and says on standard error how it ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/message.h"
#include "daemon/verdict_hook.h"

#define NOBODY "nobody"
#define FAILED 127

static void run_program(const struct lw_verdict_hook *h, const struct passwd *user,
			const sigset_t *none)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char *argv[] = { (char *)h->program, NULL };

	setsid();
	sigprocmask(SIG_SETMASK, none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(null, STDIN_FILENO) < 0 || chdir("/") || setgroups(0, NULL) ||
	    setgid(user->pw_gid) || setuid(user->pw_uid) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || execve(h->program, argv, h->environment))
		lw_error("%s: %s", h->program, strerror(errno));
	_exit(FAILED);
}

static void say_end(const struct lw_verdict_hook *h, int status, bool late)
{
	if (late)
		lw_warn("%s ran longer than %llu s and was killed", h->program,
			(unsigned long long)h->seconds);
	else if (WIFSIGNALED(status))
		lw_warn("%s ended by signal %d", h->program, WTERMSIG(status));
	else if (WEXITSTATUS(status))
		lw_warn("%s ended with %d", h->program, WEXITSTATUS(status));
	else
		lw_warn("%s was told of %s", h->program, h->unit);
}

/* Without the daemon's descriptors: its lock ends with the daemon. */
static void supervise(const struct lw_verdict_hook *h, const struct passwd *user)
{
	struct timespec limit = { .tv_sec = h->seconds };
	sigset_t child, none;
	bool late = false;
	int status = 0;
	pid_t program;

	close_range(STDERR_FILENO + 1, ~0U, 0);
	setsid();
	sigemptyset(&none);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_SETMASK, &child, NULL);
	program = fork();
	if (!program)
		run_program(h, user, &none);
	if (program > 0 && sigtimedwait(&child, NULL, &limit) < 0) {
		late = true;
		kill(-program, SIGKILL);
		kill(program, SIGKILL);
	}
	if (program > 0 && waitpid(program, &status, 0) == program)
		say_end(h, status, late);
	_exit(0);
}

int lw_verdict_hook_start_process(const struct lw_verdict_hook *h)
{
	const struct passwd *user = getpwnam(*h->user ? h->user : NOBODY);
	pid_t first;

	if (!user)
		return -ENOENT;
	first = fork();
	if (first < 0)
		return -errno;
	if (!first) {
		if (!fork())
			supervise(h, user);
		_exit(0);
	}
	return waitpid(first, NULL, 0) == first ? 0 : -errno;
}
