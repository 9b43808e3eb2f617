/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading error streams of programs. */
#include "arm/complaints.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/io.h"
#include "base/message.h"

/* Of Linux 6.17; the headers that this is built with may be older. */
#define PROG_STREAM_READ_BY_FD 37
#define STREAM_STDERR	       2

struct stream_read {
	uint64_t buffer;
	uint32_t length, stream, fd, pad;
};

uint64_t lw_complaints_count(const char *text, size_t length)
{
	static const char begin[] = "ERROR:";
	const char *at = text, *end = text + length;
	uint64_t count = 0;

	while (at < end && (at = memmem(at, end - at, begin, strlen(begin)))) {
		count += at == text || at[-1] == '\n';
		at++;
	}
	return count ? count : length > 0;
}

static size_t first_line(const char *text, size_t length)
{
	const char *end = memchr(text, '\n', length);

	return end ? (size_t)(end - text) : length;
}

uint64_t lw_complaints_take(int fd, const char *name)
{
	char text[4096];
	struct stream_read read = { (uintptr_t)text, sizeof(text), STREAM_STDERR, fd, 0 };
	LW_FREE char *first = NULL;
	uint64_t count = 0;
	long n;

	while ((n = syscall(__NR_bpf, PROG_STREAM_READ_BY_FD, &read, sizeof(read))) > 0) {
		count += lw_complaints_count(text, n);
		if (!first)
			first = lw_escape(text, first_line(text, n), 200);
	}
	if (count)
		lw_warn("the kernel stopped the program %s: %s", name, first ? first : "?");
	return count;
}
