// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The edge of the kernel log: /dev/kmsg, read from its first record to its last without waiting.
 * Every record is kept as it came before anything is made of it, because it is evidence and the
 * ring buffer will not hold it for long.
 */
#include "fault/kernel_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Records have at most 8 KiB (CONSOLE_EXT_LOG_MAX; 2 KiB since 6.3). */
#define RECORD_SIZE 16384

/* Kernels go on behind a record that was gone or too big; one that does not must not hold us. */
#define FAILURES_IN_A_ROW 1000

void lw_kmsg_raw_free(struct lw_kmsg_raw *raw)
{
	free(raw->bytes);
	*raw = (struct lw_kmsg_raw){ 0 };
}

/* Appends one record and, should it have none, the line end that divides it from the next. */
static int keep(struct lw_kmsg_raw *raw, const char *record, size_t length)
{
	size_t room = raw->room ? raw->room : 1 << 16;
	char *bytes;

	while (room < raw->length + length + 1)
		room *= 2;
	if (room > raw->room) {
		bytes = realloc(raw->bytes, room);
		if (!bytes)
			return -ENOMEM;
		raw->bytes = bytes;
		raw->room = room;
	}
	memcpy(raw->bytes + raw->length, record, length);
	raw->length += length;
	if (record[length - 1] != '\n')
		raw->bytes[raw->length++] = '\n';
	return 0;
}

int lw_kernel_log_read(struct lw_kernel_log *log, struct lw_kmsg_raw *raw, lw_kmsg_read read,
		       void *context)
{
	char record[RECORD_SIZE];
	unsigned int failures = 0;
	ssize_t length;
	int error;

	while (raw->length < LW_KMSG_RAW_LIMIT) {
		length = read(context, record, sizeof(record));
		if (length == -EINTR)
			continue;
		if (!length || length == -EAGAIN)
			return 0;
		if ((length == -EPIPE || length == -EINVAL) && failures++ < FAILURES_IN_A_ROW) {
			raw->overwritten += length == -EPIPE;
			raw->oversized += length == -EINVAL;
			continue;
		}
		if (length < 0)
			return (int)length;
		failures = 0;
		error = keep(raw, record, (size_t)length);
		if (!error)
			error = lw_kernel_log_feed(log, record, (size_t)length);
		if (error)
			return error;
	}
	raw->full = true;
	return 0;
}

static ssize_t read_descriptor(void *context, char *buffer, size_t size)
{
	ssize_t length = read(*(int *)context, buffer, size);

	return length < 0 ? -errno : length;
}

int lw_kernel_log_read_kmsg(struct lw_kernel_log *log, struct lw_kmsg_raw *raw)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int error;

	if (fd < 0)
		return -errno;
	/* 0 is the first record there is, not the one behind the last `dmesg --clear`. */
	if (lseek(fd, 0, SEEK_SET) < 0)
		error = -errno;
	else
		error = lw_kernel_log_read(log, raw, read_descriptor, &fd);
	close(fd);
	return error;
}
