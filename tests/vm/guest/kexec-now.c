// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loads and executes a kexec in two separate steps, without kexec-tools and without a service
 * manager: scenarios look at the machine between the two.
 *
 * kexec-now -l KERNEL INITRD CMDLINE   kexec_file_load
 * kexec-now -u                         unload
 * kexec-now -e                         reboot(2) KEXEC; returns only on an error
 *
 * Exit: 0, or the errno of the system call that failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int complain(const char *what)
{
	int error = errno;

	fprintf(stderr, "kexec-now: %s: %s\n", what, strerror(error));
	return error;
}

static int load(const char *kernel, const char *initrd, const char *cmdline)
{
	int kernel_fd = open(kernel, O_RDONLY | O_CLOEXEC);
	int initrd_fd = open(initrd, O_RDONLY | O_CLOEXEC);

	if (kernel_fd < 0 || initrd_fd < 0)
		return complain(kernel_fd < 0 ? kernel : initrd);
	if (syscall(SYS_kexec_file_load, kernel_fd, initrd_fd, strlen(cmdline) + 1, cmdline, 0UL))
		return complain("kexec_file_load");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "-l"))
		return load(argv[2], argv[3], argv[4]);
	if (argc == 2 && !strcmp(argv[1], "-u")) {
		if (syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, KEXEC_FILE_UNLOAD))
			return complain("kexec_file_load(unload)");
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "-e")) {
		syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			LINUX_REBOOT_CMD_KEXEC, NULL);
		return complain("reboot(KEXEC)");
	}
	fprintf(stderr, "usage: kexec-now -l KERNEL INITRD CMDLINE | -u | -e\n");
	return EINVAL;
}
