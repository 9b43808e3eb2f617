/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that come and go while this kernel is armed: a function that was plugged in may send with DMA
 * aliases that the baseline does not have, and may be preserved all the same. The kernel's uevents tell
 * of it; a little later, when the bus has settled, the baseline is written anew.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>

#include "base/message.h"
#include "daemon/daemon.h"
#include "daemon/hotplug.h"

#define KERNELS_GROUP 1 /* the group that the kernel itself sends to; 2 is that of udev */
#define SETTLE_S      2
#define UEVENT_SIZE   8192

/* The string after the one at AT, or NULL at the end. */
static const char *next_string(const char *at, const char *end)
{
	const char *zero = memchr(at, '\0', end - at);

	return zero && zero + 1 < end ? zero + 1 : NULL;
}

bool lw_uevent_changes_devices(const char *message, size_t length)
{
	const char *end = message + length, *at = message;
	bool comes = false, is_pci = false;

	/* Of the last string the zero may be cut off: it is not looked at then. */
	if (!length || end[-1])
		return false;
	for (; at; at = next_string(at, end)) {
		comes |= !strcmp(at, "ACTION=add") || !strcmp(at, "ACTION=remove");
		is_pci |= !strcmp(at, "SUBSYSTEM=pci");
	}
	return comes && is_pci;
}

/* Only the kernel's: anybody may send to the group, with the number of his process. */
static bool take_uevents(int fd)
{
	char message[UEVENT_SIZE];
	struct sockaddr_nl sender;
	socklen_t size;
	bool changed = false;
	ssize_t n;

	for (;;) {
		size = sizeof(sender);
		n = recvfrom(fd, message, sizeof(message), 0, (struct sockaddr *)&sender, &size);
		if (n >= 0)
			changed |= !sender.nl_pid && lw_uevent_changes_devices(message, n);
		else if (errno == ENOBUFS) /* some were lost, and may have been of devices */
			changed = true;
		else if (errno != EINTR)
			return changed;
	}
}

static int on_uevent(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct lw_daemon *d = context;

	if (take_uevents(fd))
		lw_daemon_timer(d->baseline_timer, SETTLE_S);
	return 0;
}

int lw_daemon_follow_devices(struct lw_daemon *d)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK, .nl_groups = KERNELS_GROUP };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT), r;

	r = fd < 0 || bind(fd, (struct sockaddr *)&kernel, sizeof(kernel)) ? -errno : 0;
	if (!r)
		r = sd_event_add_io(d->event, &d->uevent_source, fd, EPOLLIN, on_uevent, d);
	if (r >= 0)
		return sd_event_source_set_io_fd_own(d->uevent_source, true);
	if (fd >= 0)
		close(fd);
	lw_warn("devices that are plugged in from now on are in the baseline only after `systemctl reload "
		"luwatchd`: %s",
		strerror(-r));
	return r;
}

void lw_daemon_renew_baseline(struct lw_daemon *d)
{
	int r = d->armed ? lw_daemon_refresh_armed(d) : 0;

	if (r == -EBUSY) /* another luwatch is at it for a moment */
		lw_daemon_timer(d->baseline_timer, SETTLE_S);
	else if (r)
		lw_warn("the baseline cannot be written anew, and does not have the devices that were "
			"plugged in: %s",
			strerror(-r));
}
