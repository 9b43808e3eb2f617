/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs and users that the configuration names. The daemon is root: whoever can change what it
 * starts could wait for the day on which it is started with more than was meant. So the program and
 * every folder above it belong to root, and nobody else can write there.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "config/config.h"

static char *place_problem(const char *path)
{
	struct stat s;

	if (lstat(path, &s))
		return lw_format("%s: %s", path, strerror(errno));
	if (s.st_uid)
		return lw_format("%s belongs to user %u; give it to root: chown root %s", path,
				 s.st_uid, path);
	if (s.st_mode & 022)
		return lw_format("others than root can write to %s; chmod go-w %s, or take a "
				 "program elsewhere",
				 path, path);
	return NULL;
}

char *lw_program_problem(const char *path)
{
	LW_FREE char *real = realpath(path, NULL), *part = NULL;
	struct stat s;
	char *why, *slash;

	if (!real)
		return lw_format("%s", strerror(errno));
	if (strcmp(real, path))
		return lw_format("it goes through a link; name %s itself", real);
	part = lw_format("%s", path);
	for (;;) {
		why = place_problem(*part ? part : "/");
		slash = strrchr(part, '/');
		if (why || !slash)
			break;
		*slash = '\0';
	}
	if (why)
		return why;
	if (stat(path, &s) || !S_ISREG(s.st_mode))
		return lw_format("it is no file");
	if (!(s.st_mode & 0001))
		return lw_format("not everybody may execute it, and it is not started as root; "
				 "chmod a+rx %s",
				 path);
	return NULL;
}

char *lw_place_problem(const char *path)
{
	static const char *const hidden[] = { "/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/" };
	size_t i;

	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (!strncmp(path, hidden[i], strlen(hidden[i])))
			return lw_format("luwatchd.service does not see %.*s (ProtectHome=, PrivateTmp=); put "
					 "the file under /etc/luwatch or /usr/local",
					 (int)strlen(hidden[i]) - 1, hidden[i]);
	return NULL;
}

char *lw_user_problem(const char *name)
{
	const struct passwd *user;

	errno = 0;
	user = getpwnam(name);
	if (!user)
		return lw_format("there is no such user; adduser --system %s makes one", name);
	return user->pw_uid ? NULL
			    : lw_format("the program is not to be root's; name another user");
}
