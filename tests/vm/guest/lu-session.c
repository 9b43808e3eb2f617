// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A user of the live update orchestrator, as a hypervisor's manager is one: makes a session, puts
 * devices into it under tokens (lukernel/drivers/iommu/lu_test.c: a file of /dev/lu-device is one
 * device), and stays in the background, because closing the session gives them up. In the next
 * kernel it takes the session back.
 *
 *	lu-session create NAME TOKEN:RID...	prints its process id; kill it to close the session
 *	lu-session retrieve NAME TOKEN...	takes the files back and finishes the session
 *	lu-session finish NAME			finishes it with whatever was not taken
 *	lu-session hold NAME COMMAND...		makes a session, runs COMMAND with it as descriptor 3, stays
 *	lu-session put N TOKEN:RID...		puts devices into the session that is descriptor N, stays
 *	lu-session hand NAME COMMAND...		takes it back, runs COMMAND with it as descriptor 3, finishes it
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* include/uapi/linux/liveupdate.h; Debian 12 has no such header. */
#define LIVEUPDATE(number) _IO(0xba, number)
#define CREATE_SESSION LIVEUPDATE(0x00)
#define RETRIEVE_SESSION LIVEUPDATE(0x01)
#define PRESERVE_FD LIVEUPDATE(0x40)
#define RETRIEVE_FD LIVEUPDATE(0x41)
#define FINISH LIVEUPDATE(0x42)

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

struct finish_request {
	uint32_t size;
	uint32_t reserved;
};

static void die(const char *what)
{
	fprintf(stderr, "lu-session: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int session(const char *name, unsigned long command)
{
	struct session_request request = { .size = sizeof(request) };
	int fd = open("/dev/liveupdate", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("/dev/liveupdate");
	strncpy(request.name, name, sizeof(request.name) - 1);
	if (ioctl(fd, command, &request))
		die(name);
	close(fd); /* only one process may have it open */
	return request.fd;
}

/* WORD is TOKEN:RID. */
static void preserve(int session, const char *word)
{
	struct file_request request = { .size = sizeof(request) };
	char *rid;
	int fd;

	request.token = strtoull(word, &rid, 0);
	fd = open("/dev/lu-device", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("/dev/lu-device");
	if (*rid != ':' || write(fd, rid + 1, strlen(rid + 1)) < 0)
		die(word);
	request.fd = fd;
	if (ioctl(session, PRESERVE_FD, &request))
		die(word);
	close(fd); /* the session has a reference */
}

static void stay(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid) {
		printf("%d\n", pid);
		exit(0);
	}
	setsid();
	close(0);
	close(1);
	close(2);
	for (;;)
		pause();
}

/* COMMAND with the session as descriptor 3; its exit status. */
static int run(int session, char **command)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (dup2(session, 3) == 3)
			execvp(command[0], command);
		die(command[0]);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die(command[0]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	struct finish_request finish = { .size = sizeof(finish) };
	struct file_request file;
	int fd, i;

	if (argc < 3) {
		fprintf(stderr, "usage: lu-session create NAME TOKEN:RID... | retrieve NAME TOKEN... | finish NAME | "
				"hold|hand NAME COMMAND... | put N TOKEN:RID...\n");
		return 2;
	}
	if (!strcmp(argv[1], "create")) {
		fd = session(argv[2], CREATE_SESSION);
		for (i = 3; i < argc; i++)
			preserve(fd, argv[i]);
		stay();
	}
	if (!strcmp(argv[1], "put")) {
		for (i = 3; i < argc; i++)
			preserve(atoi(argv[2]), argv[i]);
		for (;;)
			pause();
	}
	if (!strcmp(argv[1], "hold") && argc > 3) {
		fd = session(argv[2], CREATE_SESSION);
		if (fd == 3)
			fd = dup(fd);
		i = run(fd, argv + 3);
		if (i)
			return i;
		stay();
	}
	fd = session(argv[2], RETRIEVE_SESSION);
	if (!strcmp(argv[1], "hand") && argc > 3) {
		i = run(fd == 3 ? dup(fd) : fd, argv + 3);
		if (ioctl(fd, FINISH, &finish))
			die("finish");
		return i;
	}
	for (i = 3; i < argc; i++) {
		file = (struct file_request){ .size = sizeof(file), .token = strtoull(argv[i], NULL, 0) };
		if (ioctl(fd, RETRIEVE_FD, &file))
			die(argv[i]);
		close(file.fd);
	}
	if (ioctl(fd, FINISH, &finish))
		die("finish");
	return 0;
}
