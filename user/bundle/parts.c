/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands of this host say, and the kernel log's lines about the subject. */
#include "bundle/parts.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/folders.h"
#include "base/io.h"
#include "bundle/bundle.h"
#include "fault/kernel_log.h"

#define LIMIT_MS   60000
#define TEXT_LIMIT (64UL << 20)
#define SELF	   "/proc/self/exe"

extern char **environ;

static const struct {
	const char *file, *program, *arguments[14]; /* two are left for --state */
	bool state;
} rows[] = {
	{ "check.txt", SELF, { "luwatch", "check" }, false },
	{ "check.json", SELF, { "luwatch", "check", "--json" }, false },
	{ "status.txt", SELF, { "luwatch", "status" }, true },
	{ "status.json", SELF, { "luwatch", "status", "--json" }, true },
	{ "preflight.txt", SELF, { "luwatch", "preflight" }, true },
	{ "configuration.conf", SELF, { "luwatch", "run", "--show-config" }, false },
	{ "configuration-check.txt", SELF, { "luwatch", "run", "--check-config" }, false },
	{ "reports.json", SELF, { "luwatch", "report", "--list", "--json" }, true },
	{ "audit.txt", SELF, { "luwatch", "audit", "verify" }, false },
	{ "system.txt", "cat", { "cat", "/etc/os-release", "/proc/version", "/proc/cmdline" }, false },
	{ "journal.txt",
	  "journalctl",
	  { "journalctl", "-u", "luwatchd", "-u", "luwatch-collect", "-b", "-n", "2000",
	    "--no-pager", "--utc", "-o", "short-iso" },
	  false },
};

/* The text of COMMAND's row; its exit code, or a negative errno. */
static int run(const char *program, char *const argv[], int out)
{
	posix_spawn_file_actions_t actions;
	struct pollfd end = { .events = POLLIN };
	int status = 0, r;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	r = -posix_spawnp(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (r)
		return r;
	end.fd = pidfd_open(pid, 0);
	if (end.fd >= 0 && poll(&end, 1, LIMIT_MS) == 0) {
		kill(pid, SIGKILL);
		r = -ETIME;
	}
	if (end.fd >= 0)
		close(end.fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return r ? r : WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}

static void take_output(struct lw_part *p, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);

	if (size > 0 && (size_t)size > TEXT_LIMIT)
		size = TEXT_LIMIT;
	p->text = size >= 0 ? malloc((size_t)size + 1) : NULL;
	if (!p->text || pread(fd, p->text, (size_t)size, 0) != size)
		p->missing = "out of memory";
	else
		p->length = (size_t)size;
}

static char *command_line(const char *const *arguments)
{
	char *line = lw_format("%s", *arguments);

	while (*++arguments) {
		LW_FREE char *before = line;

		line = lw_format("%s %s", before, *arguments);
	}
	return line;
}

static void run_row(struct lw_part *p, size_t row, const char *state)
{
	const char *arguments[sizeof(rows->arguments) / sizeof(*rows->arguments)];
	size_t i;
	LW_CLOSE int fd = memfd_create("luwatch-bugreport", MFD_CLOEXEC);

	memcpy(arguments, rows[row].arguments, sizeof(arguments));
	for (i = 0; arguments[i]; i++)
		;
	if (rows[row].state && strcmp(state, LW_STATE_DIR)) {
		arguments[i] = "--state";
		arguments[i + 1] = state;
	}
	p->file = rows[row].file;
	p->command = command_line(arguments);
	p->exit = fd < 0 ? -errno : run(rows[row].program, (char *const *)arguments, fd);
	if (p->exit == -ETIME)
		p->missing = "it did not end within a minute";
	else if (p->exit < 0)
		p->missing = strerror(-p->exit);
	else
		take_output(p, fd);
	if (p->exit < 0)
		p->exit = -1;
}

static int is_of_the_subject(const char *line, size_t length)
{
	static const char *const words[] = {
		"DMAR",
		"IOMMU",
		"iommu",
		"VT-d",
		"kexec",
		"KHO",
		"luo",
		"Live update",
		"liveupdate",
		"luwatch",
		"LWR1",
		"Linux version",
		"Kernel command line",
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (memmem(line, length, words[i], strlen(words[i])))
			return 1;
	return 0;
}

/*
 * As /dev/kmsg gives it, so that `luwatch decode` knows whose words they are. Of other lines only the
 * head, with the number in it: what is left out here was not lost, and what was lost shows.
 */
static void take_kernel_log(struct lw_part *p)
{
	struct lw_kmsg_raw raw = {};
	struct lw_kernel_log log;
	char *at, *end, *out, *text;
	int r;

	*p = (struct lw_part){ .file = LW_BUNDLE_LOG,
			       .command = lw_format("/dev/kmsg, lines about VT-d and kexec"),
			       .exit = -1 };
	lw_kernel_log_init(&log);
	r = lw_kernel_log_read_kmsg(&log, &raw);
	lw_kernel_log_free(&log);
	p->text = out = malloc(raw.length + 1);
	if (r || !out)
		p->missing = r ? strerror(-r) : "out of memory";
	for (at = (char *)raw.bytes; out && at && at < (char *)raw.bytes + raw.length; at = end) {
		end = memchr(at, '\n', (char *)raw.bytes + raw.length - at);
		end = end ? end + 1 : (char *)raw.bytes + raw.length;
		/* Continuation lines (" KEY=value") say nothing here. */
		if (*at == ' ')
			continue;
		text = memchr(at, ';', end - at);
		if (is_of_the_subject(at, end - at) || !text) {
			out = mempcpy(out, at, end - at);
		} else {
			out = mempcpy(out, at, text + 1 - at);
			*out++ = '\n';
		}
	}
	p->length = p->text ? (size_t)(out - p->text) : 0;
	lw_kmsg_raw_free(&raw);
}

void lw_parts_run(struct lw_parts *parts, const char *state)
{
	size_t i;

	memset(parts, 0, sizeof(*parts));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run_row(&parts->list[parts->count++], i, state);
	take_kernel_log(&parts->list[parts->count++]);
}

void lw_parts_free(struct lw_parts *parts)
{
	size_t i;

	for (i = 0; i < parts->count; i++) {
		free(parts->list[i].text);
		free(parts->list[i].command);
	}
	parts->count = 0;
}
