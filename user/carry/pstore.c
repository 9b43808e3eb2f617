/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pstore carrier: the machine's own store (ERST, EFI variables, ramoops), which outlives a reset
 * and with it a next kernel that dies. The programs write with bpf_trace_printk() into the kernel's
 * common trace buffer, the agent with trace_marker; when pstore is about to save the kernel's log, an
 * ftrace command prints that buffer into it. Nothing is needed on a command line, but pstore must be
 * told to save the log of a shutdown, too, and more of it than it does by default.
 *
 * pstore saves before machine_kexec(), so the last look is earlier (.ends_early). What is printed
 * goes to every console as well. In the next kernel the records are files below /sys/fs/pstore, until
 * systemd-pstore moves them.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "carry/carrier.h"
#include "carry/text.h"
#include "probe/common_trace.h"

#define STORE	"/sys/fs/pstore"
#define ARCHIVE "/var/lib/systemd/pstore"
#define TRACING "/sys/kernel/tracing"
#define COMMAND "pstore_dump:dump"

#define LOG_BYTES	65536	/* of the log that pstore is to save: about 180 records */
#define FILE_LIMIT	(1UL << 20)
#define TOTAL_LIMIT	(16UL << 20)
#define FILES_LIMIT	4096
#define DEPTH_LIMIT	3	/* systemd-pstore: TIME/NUMBER/file */
#define DUMP_SHUTDOWN	4	/* KMSG_DUMP_SHUTDOWN */

static int append_text(const char *path, const char *text)
{
	LW_CLOSE int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return lw_write_all(fd, text, strlen(text));
}

/* kmsg_bytes= among the options of the mount, the kernel's default when it is not there. */
static long log_bytes(void)
{
	char line[512], *option;
	FILE *mounts = fopen("/proc/self/mounts", "re");
	long bytes = -1;

	while (mounts && fgets(line, sizeof(line), mounts)) {
		if (!strstr(line, " " STORE " pstore "))
			continue;
		option = strstr(line, "kmsg_bytes=");
		bytes = option ? strtol(option + strlen("kmsg_bytes="), NULL, 10) : 10240;
	}
	if (mounts)
		fclose(mounts);
	return bytes;
}

static bool saves_shutdowns(const char *backend)
{
	char text[32] = "";

	if (!strcmp(backend, "ramoops") &&
	    lw_read_line("/sys/module/ramoops/parameters/max_reason", text, sizeof(text)) > 0)
		return atoi(text) >= DUMP_SHUTDOWN;
	lw_read_line("/sys/module/printk/parameters/always_kmsg_dump", text, sizeof(text));
	return text[0] == 'Y';
}

/*
 * All of the common buffer is printed while the machine waits, so it must be ours alone. NULL, or who
 * else uses it.
 */
static const char *other_user(void)
{
	LW_FREE uint8_t *events = NULL;
	char tracer[32] = "";
	char *line, *rest = NULL;
	size_t length;

	lw_read_line(TRACING "/current_tracer", tracer, sizeof(tracer));
	if (tracer[0] && strcmp(tracer, "nop"))
		return "a tracer (current_tracer)";
	if (lw_read_file(TRACING "/set_event", 1 << 20, &events, &length))
		return NULL;
	for (line = strtok_r((char *)events, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (strcmp(line, "bpf_trace:bpf_trace_printk"))
			return "events (set_event)";
	return NULL;
}

static int no(char *detail, size_t size, const char *text)
{
	snprintf(detail, size, "%s", text);
	return -ENOENT;
}

static int pstore_supported(char *detail, size_t size)
{
	char backend[64] = "";
	const char *other;

	lw_read_line("/sys/module/pstore/parameters/backend", backend, sizeof(backend));
	if (!backend[0] || !strcmp(backend, "(null)"))
		return no(detail, size, "no store: needs CONFIG_PSTORE=y and ERST, EFI variables (efi_pstore) or "
				"ramoops");
	if (!saves_shutdowns(backend) && !strcmp(backend, "ramoops"))
		return no(detail, size, "ramoops does not save shutdowns: load it with max_reason=4");
	if (!saves_shutdowns(backend))
		return no(detail, size, "to use it: echo Y >/sys/module/printk/parameters/always_kmsg_dump "
					"(pstore then saves the log of every shutdown), and arm anew");
	if (log_bytes() < 0)
		return no(detail, size, "run: mount -t pstore -o kmsg_bytes=65536 pstore " STORE);
	if (log_bytes() < LOG_BYTES)
		return no(detail, size, "it would cut off the beginning: mount -o remount,kmsg_bytes=65536 "
					STORE ", and arm anew");
	if (!lw_exists(TRACING "/set_ftrace_filter"))
		return no(detail, size, "no " TRACING "/set_ftrace_filter: needs CONFIG_DYNAMIC_FTRACE=y");
	other = other_user();
	if (other) {
		snprintf(detail, size, "the common trace buffer is in use by %s: all of it would be "
				       "printed in the blackout", other);
		return -EBUSY;
	}
	snprintf(detail, size, "%s: survives a reset; a record is a line on every console, too (30 ms at "
			       "115200 baud)", backend);
	return 0;
}

static void pstore_stop(void)
{
	append_text(TRACING "/set_ftrace_filter", "!" COMMAND);
}

static int pstore_prepare(struct lw_control *control, const struct lw_area *area, char *detail,
			  size_t size)
{
	int r;

	if (!(control->probes >> LW_PROBE_SHUTDOWN_END & 1)) {
		snprintf(detail, size, "the return of intel_iommu_shutdown() cannot be probed");
		return -ENOTSUP;
	}
	pstore_stop();
	r = append_text(TRACING "/set_ftrace_filter", COMMAND);
	if (r) {
		snprintf(detail, size, "ftrace refuses \"" COMMAND "\": %s", strerror(-r));
		return r;
	}
	r = append_text(LW_COMMON_TRACE_EVENT, "1");
	if (!r)
		r = append_text(TRACING "/tracing_on", "1");
	if (r)
		snprintf(detail, size, "%s: %s", TRACING, strerror(-r));
	return r;
}

/* What another user has put there since stays, and costs room; so do the records of a kexec under way. */
static int pstore_write_baseline(const struct lw_control *control, const struct lw_area *area,
				 const struct lw_record *records, size_t count)
{
	char text[LW_DENSE_LEN + 1];
	size_t i;
	int r = 0;

	if (!control->attempt_open && !other_user()) {
		LW_CLOSE int fd = open(TRACING "/trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

		(void)fd;
	}
	for (i = 0; !r && i < count; i++) {
		lw_record_to_text(&records[i], text);
		r = append_text(TRACING "/trace_marker", text);
	}
	return r;
}

/* A file of the store or of its archive. */
struct stored {
	char *path;
	int64_t time;
	size_t size;
};

static int by_time(const void *a, const void *b)
{
	const struct stored *x = a, *y = b;

	return x->time > y->time ? -1 : x->time < y->time;
}

/* The ordinary files below ROOT, at most FILES_LIMIT in all. */
static size_t list_files(const char *root, struct stored *files, size_t count)
{
	char *roots[] = { (char *)root, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	FTSENT *entry;

	while (tree && count < FILES_LIMIT && (entry = fts_read(tree))) {
		if (entry->fts_info == FTS_D && entry->fts_level >= DEPTH_LIMIT)
			fts_set(tree, entry, FTS_SKIP);
		if (entry->fts_info != FTS_F || strncmp(entry->fts_name, "dmesg", 5))
			continue;
		files[count].path = strdup(entry->fts_path);
		files[count].time = entry->fts_statp->st_mtime;
		files[count].size = entry->fts_statp->st_size;
		count += files[count].path != NULL;
	}
	if (tree)
		fts_close(tree);
	return count;
}

/* Appends the file if a record of ours is in it. What cannot be read is told; the rest counts. */
static void take(struct lw_recovered *out, const struct stored *file)
{
	LW_FREE uint8_t *bytes = NULL;
	uint8_t *grown;
	size_t length;
	int r = lw_read_own_file(file->path, FILE_LIMIT, &bytes, &length);

	if (!r && !lw_find_text(bytes, length))
		return;
	if (!r && length > TOTAL_LIMIT - 1 - out->length)
		r = -EFBIG;
	grown = r ? NULL : realloc(out->bytes, out->length + length + 1);
	if (!grown) {
		snprintf(out->problem, sizeof(out->problem), "%s: %s", file->path,
			 strerror(r ? -r : ENOMEM));
		return;
	}
	memcpy(grown + out->length, bytes, length);
	grown[out->length + length] = '\n';
	out->bytes = grown;
	out->length += length + 1;
}

static int pstore_recover(const char *cmdline, struct lw_recovered *out)
{
	struct stored *files = calloc(FILES_LIMIT, sizeof(*files));
	size_t count = 0, i;

	if (files) {
		count = list_files(STORE, files, count);
		count = list_files(ARCHIVE, files, count);
		qsort(files, count, sizeof(*files), by_time);
	}
	for (i = 0; i < count; i++) {
		take(out, &files[i]);
		free(files[i].path);
	}
	free(files);
	return out->length > 0;
}

static char *pstore_state(const struct lw_control *control)
{
	const char *other = other_user();
	char on[8] = "";

	lw_read_line(TRACING "/tracing_on", on, sizeof(on));
	if (on[0] == '0')
		return lw_format("nothing is written: tracing is off since an oops, or by hand; echo 1 >"
				 TRACING "/tracing_on");
	if (other)
		return lw_format("the common trace buffer is in use by %s: all of it will be printed in "
				 "the blackout", other);
	return lw_format("written when the log is saved, %ld bytes of it", log_bytes());
}

const struct lw_carrier lw_pstore_carrier = {
	.name = "pstore",
	.ends_early = true,
	.supported = pstore_supported,
	.prepare = pstore_prepare,
	.write_baseline = pstore_write_baseline,
	.recover = pstore_recover,
	.state = pstore_state,
	.stop = pstore_stop,
};
