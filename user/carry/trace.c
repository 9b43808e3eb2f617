/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trace carrier: an ftrace instance whose ring buffer lies at a fixed physical address
 * (memmap= and trace_instance= on both kernels' command lines). The programs write with
 * bpf_trace_printk(), the agent with trace_marker; the next kernel's raw buffer pages are saved as
 * they are, and the decoder finds our lines in them by their prefix, so that event ids, which
 * differ between builds, do not matter.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "carry/carrier.h"
#include "carry/cmdline.h"
#include "carry/text.h"

#define INSTANCE "/sys/kernel/tracing/instances/" LW_TRACE_INSTANCE
#define TRACE_LIMIT (64UL << 20)

/*
 * "luwatch^traceoff@0x10000000:2M": only an instance at an address outlives the kernel, and only where
 * memmap= keeps that memory from other use (or reserve_mem=, which gives it a name). Otherwise what lies
 * there is anybody's, and the kernel dies of it when the instance's files are opened (seen on 7.3).
 */
static bool at_address(void)
{
	LW_FREE uint8_t *cmdline = NULL;
	LW_FREE char *memmap = NULL;
	char value[128], *at;
	size_t length;

	if (lw_read_file("/proc/cmdline", 65536, &cmdline, &length) ||
	    !lw_word_value((char *)cmdline, "trace_instance", value, sizeof(value)) ||
	    strncmp(value, LW_TRACE_INSTANCE, strlen(LW_TRACE_INSTANCE)))
		return false;
	at = strchr(value, '@');
	if (!at || at[1] < '0' || at[1] > '9')
		return at;
	memmap = lw_memmap_word((char *)cmdline, strtoull(at + 1, NULL, 0));
	return memmap;
}

static bool in_use(void)
{
	return lw_exists(INSTANCE) && at_address();
}

/* trace_instance= and the memmap= word of the same address, as the running kernel has them. */
static char *trace_words(const struct lw_control *control, const char *cmdline,
			 struct lw_words *ours)
{
	LW_FREE char *memmap = NULL;
	char value[128], *at;

	if (!cmdline || !lw_word_value(cmdline, "trace_instance", value, sizeof(value)))
		return NULL;
	at = strchr(value, '@');
	if (at)
		memmap = lw_memmap_word(cmdline, strtoull(at + 1, NULL, 0));
	return lw_format("%s%strace_instance=%s", memmap ? memmap : "", memmap ? " " : "", value);
}

static int trace_supported(char *detail, size_t size)
{
	if (!in_use()) {
		snprintf(detail, size,
			 "needs Linux 6.12 booted with memmap=2M$A "
			 "trace_instance=" LW_TRACE_INSTANCE "^traceoff@A:2M, A a free address");
		return -ENOENT;
	}
	snprintf(detail, size, "survives a kernel of another build if the buffer layout matches");
	return 0;
}

static int write_text(const char *path, const char *text)
{
	LW_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return lw_write_all(fd, text, strlen(text));
}

/* Enabling the event wipes what the buffer held: collect comes first. */
static int trace_prepare(struct lw_control *control, const struct lw_area *area, char *detail,
			 size_t size)
{
	char state[8] = "";
	int r = 0;

	lw_read_line(INSTANCE "/events/bpf_trace/bpf_trace_printk/enable", state, sizeof(state));
	if (state[0] != '1')
		r = write_text(INSTANCE "/events/bpf_trace/bpf_trace_printk/enable", "1");
	if (!r)
		r = write_text(INSTANCE "/tracing_on", "1");
	if (r) {
		snprintf(detail, size, "%s: %s", INSTANCE, strerror(-r));
		return r;
	}
	return 0;
}

static void trace_clear(void)
{
	LW_CLOSE int fd = -1;

	if (in_use())
		fd = open(INSTANCE "/trace", O_WRONLY | O_TRUNC | O_CLOEXEC);
}

static void trace_stop(void)
{
	if (in_use()) {
		write_text(INSTANCE "/tracing_on", "0");
		write_text(INSTANCE "/events/bpf_trace/bpf_trace_printk/enable", "0");
	}
}

static int trace_write_baseline(const struct lw_control *control, const struct lw_area *area,
				const struct lw_record *records, size_t count)
{
	char text[LW_DENSE_LEN + 1];
	size_t i;
	int r;

	for (i = 0; i < count; i++) {
		lw_record_to_text(&records[i], text);
		r = write_text(INSTANCE "/trace_marker", text);
		if (r)
			return r;
	}
	return 0;
}

/* As many bytes as all buffers hold, and the rest of a page that each may give. */
static size_t trace_consumes(void)
{
	glob_t files = {};
	size_t size = 0, i;
	char text[64];

	if (!in_use())
		return 0;
	if (!glob(INSTANCE "/per_cpu/cpu*/buffer_size_kb", 0, NULL, &files))
		for (i = 0; i < files.gl_pathc; i++)
			if (lw_read_line(files.gl_pathv[i], text, sizeof(text)) > 0)
				size += strtoull(text, NULL, 10) * 1024 + 2 * LW_PAGE_SIZE;
	globfree(&files);
	return size < TRACE_LIMIT ? size : TRACE_LIMIT;
}

/* Appends what one CPU's raw buffer holds. What is read is gone from it. */
static int read_raw(const char *path, struct lw_recovered *out)
{
	LW_CLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0)
		return -errno;
	while (out->room - out->length >= LW_PAGE_SIZE) {
		n = read(fd, out->into + out->length, LW_PAGE_SIZE);
		if (n <= 0)
			return n < 0 && errno != EAGAIN ? -errno : 0;
		out->length += n;
	}
	return -EFBIG;
}

static int trace_recover(const char *cmdline, struct lw_recovered *out)
{
	glob_t files = {};
	size_t i;
	int r;

	if (!in_use())
		return 0;
	if (!glob(INSTANCE "/per_cpu/cpu*/trace_pipe_raw", 0, NULL, &files)) {
		for (i = 0; i < files.gl_pathc; i++) {
			r = read_raw(files.gl_pathv[i], out);
			if (r)
				snprintf(out->problem, sizeof(out->problem), "%s: %s",
					 files.gl_pathv[i], strerror(-r));
		}
	}
	globfree(&files);
	if (!out->length && !out->problem[0])
		snprintf(out->problem, sizeof(out->problem),
			 "the trace buffer is empty: this kernel has reset it, or its layout "
			 "differs from the old kernel's");
	return 1;
}

const struct lw_carrier lw_trace_carrier = {
	.name = "trace",
	.emptied_by_arming = true,
	.supported = trace_supported,
	.prepare = trace_prepare,
	.write_baseline = trace_write_baseline,
	.recover = trace_recover,
	.words = trace_words,
	.stop = trace_stop,
	.clear = trace_clear,
	.consumes = trace_consumes,
};
