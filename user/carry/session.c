/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "base/io.h"
#include "carry/session.h"

/* include/uapi/linux/liveupdate.h; Debian 12 and 13 have no such header. */
#define LIVEUPDATE(number) _IO(0xba, number)
#define RETRIEVE_SESSION   LIVEUPDATE(0x01)
#define PRESERVE_FD	   LIVEUPDATE(0x40)
#define RETRIEVE_FD	   LIVEUPDATE(0x41)

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

int lw_session_given(void)
{
	int i, count;

	if (given >= 0)
		return given;
	count = sd_listen_fds(0);
	for (i = 0; i < count; i++)
		if (!lw_session_use(SD_LISTEN_FDS_START + i))
			break;
	return given;
}

int lw_session_retrieve(void)
{
	struct session_request request = { .size = sizeof(request), .name = LW_LUO_SESSION };
	LW_CLOSE int device = open(LW_LUO_DEVICE, O_RDWR | O_CLOEXEC);

	if (device < 0)
		return -errno;
	return ioctl(device, RETRIEVE_SESSION, &request) ? -errno : request.fd;
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
