// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a file: archives, compression, journal files, each in the other. What cannot be read is
 * told; nothing hangs, and no file is left behind.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "log/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct lw_saved log;
	char path[32];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	lseek(fd, 0, SEEK_SET);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	lw_saved_init(&log);
	if (lw_source_read(&log, path))
		abort();
	if (size && !log.lines && !log.bytes && !lw_saved_left_total(&log) && !log.files.count)
		abort();
	lw_saved_free(&log);
	close(fd);
	return 0;
}
