/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/message.h"
#include "load/kexec.h"

/* What else a refusal of kexec_file_load() means than its errno says. */
static const char *hint(int error)
{
	switch (error) {
	case EPERM:
		return "; be root, and see `luwatch check` for lockdown";
	case ENOEXEC:
		return "; this kernel cannot load such a file";
	case ENODATA:
	case EBADMSG:
	case ENOPKG:
	case ENOKEY:
	case EKEYREJECTED:
		return "; this kernel wants a signature that it trusts";
	case EBUSY:
		return "; another kexec is under way";
	default:
		return "";
	}
}

static int load_files(const struct lw_image *image, const char *line, bool quiet)
{
	LW_CLOSE int kernel = open(image->kernel, O_RDONLY | O_CLOEXEC);
	LW_CLOSE int initrd = image->initrd ? open(image->initrd, O_RDONLY | O_CLOEXEC) : -1;
	int error;

	if (kernel < 0 || (image->initrd && initrd < 0)) {
		error = errno;
		lw_error("%s: %s", kernel < 0 ? image->kernel : image->initrd, strerror(error));
		return -error;
	}
	if (!syscall(SYS_kexec_file_load, kernel, initrd, strlen(line) + 1, line,
		     image->initrd ? 0UL : (unsigned long)KEXEC_FILE_NO_INITRAMFS))
		return 0;
	error = errno;
	if (!quiet)
		lw_error("kexec_file_load: %s%s", strerror(error), hint(error));
	return -error;
}

/* kexec-tools knows how to build the segments; that is not ours to do a second time. */
static int load_memory(const struct lw_image *image, const char *line)
{
	LW_FREE char *initrd = image->initrd ? lw_format("--initrd=%s", image->initrd) : NULL;
	LW_FREE char *cmdline = lw_format("--command-line=%s", line);
	char *const argv[] = { "kexec", "--kexec-syscall", "-l", image->kernel, cmdline, initrd, NULL };
	static char *const environment[] = { "PATH=/usr/sbin:/sbin:/usr/bin:/bin", NULL };
	static const char *const places[] = { "/usr/sbin/kexec", "/sbin/kexec", "/usr/bin/kexec", NULL };
	const char *const *at = places;
	int status = 0;
	pid_t child;

	while (*at && access(*at, X_OK))
		at++;
	if (!*at || posix_spawn(&child, *at, NULL, NULL, argv, environment)) {
		lw_error("kexec_load is done by kexec-tools, which is not installed");
		return -ENOENT;
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		lw_error("kexec --kexec-syscall failed");
		return -EIO;
	}
	return 0;
}

int lw_kexec_load(const struct lw_image *image, const char *line, enum lw_kexec_way way)
{
	int r;

	if (way == LW_KEXEC_MEMORY)
		return load_memory(image, line);
	r = load_files(image, line, way == LW_KEXEC_AUTO);
	if (way == LW_KEXEC_FILE || !r)
		return r;
	/* Not where it was refused: a second way round a missing signature is none. */
	if (r == -ENOSYS || r == -ENOEXEC || r == -EADDRNOTAVAIL) {
		lw_warn("kexec_file_load: %s; trying kexec_load", strerror(-r));
		return load_memory(image, line);
	}
	lw_error("kexec_file_load: %s%s", strerror(-r), hint(-r));
	return r;
}

int lw_kexec_unload(void)
{
	if (!syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, (unsigned long)KEXEC_FILE_UNLOAD) ||
	    !syscall(SYS_kexec_load, 0UL, 0UL, NULL, 0UL))
		return 0;
	lw_error("the image cannot be unloaded: %s", strerror(errno));
	return -errno;
}

bool lw_kexec_disabled(void)
{
	uint64_t disabled;

	return !lw_read_number("/proc/sys/kernel/kexec_load_disabled", &disabled) && disabled;
}
