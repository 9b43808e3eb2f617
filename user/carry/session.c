/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "base/io.h"
#include "base/message.h"
#include "carry/session.h"

/* include/uapi/linux/liveupdate.h; Debian 12 and 13 have no such header. */
#define LIVEUPDATE(number) _IO(0xba, number)
#define CREATE_SESSION	   LIVEUPDATE(0x00)
#define RETRIEVE_SESSION   LIVEUPDATE(0x01)
#define PRESERVE_FD	   LIVEUPDATE(0x40)
#define RETRIEVE_FD	   LIVEUPDATE(0x41)
#define FINISH		   LIVEUPDATE(0x42)

struct session_request {
	uint32_t size;
	int32_t fd;
	char name[64];
};

struct file_request {
	uint32_t size;
	int32_t fd;
	uint64_t token;
};

struct finish_request {
	uint32_t size;
	uint32_t reserved;
};

#define NO_TOKEN ~0ULL

static int given = -1;

/* The kernel names them "[luo_session] NAME". */
static bool is_session(int fd)
{
	static const char expected[] = "anon_inode:[luo_session]";
	char path[64], target[128] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return readlink(path, target, sizeof(target) - 1) > 0 &&
	       !strncmp(target, expected, sizeof(expected) - 1);
}

int lw_session_use(int fd)
{
	if (fd < 0 || !is_session(fd))
		return -EINVAL;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	given = fd;
	return 0;
}

/* Only of one that an earlier kernel has filled can a file be asked for. */
static bool is_incoming(int fd)
{
	int file = lw_session_file(fd, NO_TOKEN);

	if (file >= 0)
		close(file);
	return file != -EINVAL;
}

/* Handed over by --luo-session-fd, or by a service manager. */
static int find(bool incoming)
{
	int i, fd, count = sd_listen_fds(0);

	if (given >= 0 && is_incoming(given) == incoming)
		return given;
	for (i = 0; i < count; i++) {
		fd = SD_LISTEN_FDS_START + i;
		if (is_session(fd) && is_incoming(fd) == incoming)
			return fd;
	}
	return -1;
}

int lw_session_outgoing(void)
{
	return find(false);
}

int lw_session_incoming(void)
{
	return find(true);
}

/* One of the name LW_LUO_SESSION: a new one, or that of the kernel before this one. */
static int ask_orchestrator(unsigned long command)
{
	struct session_request request = { .size = sizeof(request), .name = LW_LUO_SESSION };
	LW_CLOSE int device = open(LW_LUO_DEVICE, O_RDWR | O_CLOEXEC);

	if (device < 0)
		return -errno;
	return ioctl(device, command, &request) ? -errno : request.fd;
}

int lw_session_retrieve(void)
{
	return ask_orchestrator(RETRIEVE_SESSION);
}

static void finish(int session, const char *name)
{
	struct finish_request request = { .size = sizeof(request) };

	if (ioctl(session, FINISH, &request))
		lw_warn("the live-update session \"%s\" of the kernel before this one cannot be "
			"finished: %s", name, strerror(errno));
	sd_notifyf(0, "FDSTOREREMOVE=1\nFDNAME=%s", name);
	close(session);
}

void lw_session_renew(void)
{
	char **names = NULL;
	int i, fd, count = sd_listen_fds_with_names(0, &names);

	for (i = 0; i < count; i++) {
		fd = SD_LISTEN_FDS_START + i;
		if (is_session(fd) && is_incoming(fd))
			finish(fd, names[i]);
	}
	for (i = 0; i < count; i++)
		free(names[i]);
	free(names);
	if (lw_session_outgoing() >= 0 || !getenv("FDSTORE"))
		return;
	fd = ask_orchestrator(CREATE_SESSION);
	if (fd == -ENOENT) /* no orchestrator here */
		return;
	if (fd < 0) {
		lw_warn(LW_LUO_DEVICE ": no live-update session was made: %s", strerror(-fd));
		return;
	}
	i = sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=" LW_LUO_SESSION, &fd, 1);
	if (i <= 0) {
		/* Held by nobody but us it would not see the kexec. */
		lw_warn("the service manager does not store the live-update session: %s", strerror(-i));
		close(fd);
		return;
	}
	given = fd;
}

int lw_session_preserve(int session, int file, uint64_t token)
{
	struct file_request request = { .size = sizeof(request), .fd = file, .token = token };

	return ioctl(session, PRESERVE_FD, &request) ? -errno : 0;
}

int lw_session_file(int session, uint64_t token)
{
	struct file_request request = { .size = sizeof(request), .token = token };

	return ioctl(session, RETRIEVE_FD, &request) ? -errno : request.fd;
}
