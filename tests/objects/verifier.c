// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loaded before the agent (LD_PRELOAD): asks the kernel what its verifier says of each program that it takes, and
 * keeps in the file of VERIFIER_LOG what is no account of instructions and states, with N for every number. That
 * is what two compilers' programs have in common, or do not. The agent knows nothing of it.
 */
#include <ctype.h>
#include <dlfcn.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROOM  (96u << 20)
#define LEVEL 2 /* BPF_LOG_LEVEL2 of the kernel: of all paths, also those that it goes on from */

/* How lines begin that go through the program, in kernels from 6.1 on; numbers and a colon aside. */
static const char *const account[] = { "from ", ";", "mark_precise", "force_precise", "last_idx", "regs=", "parent ",
				       "propagating", "frame", "caller", "callee", "returning", "to caller", "func#",
				       "Live regs", "processed", "verification time", "stack depth", "R", "arg JOIN",
				       "SCC ", "subprog#", "topo_order" };

static bool is_account(const char *line)
{
	size_t i, numbers;

	line += strspn(line, " ");
	numbers = strspn(line, "0123456789 ");
	if (!*line || (numbers && line[numbers] == ':'))
		return true;
	for (i = 0; i < sizeof(account) / sizeof(account[0]); i++)
		if (!strncmp(line, account[i], strlen(account[i])))
			return true;
	return false;
}

static void write_line(FILE *file, const char *name, const char *line)
{
	fprintf(file, "%s: ", name);
	for (; *line; line++) {
		if (!isdigit((unsigned char)*line))
			putc(*line, file);
		else if (!isdigit((unsigned char)line[1]))
			putc('N', file);
	}
	putc('\n', file);
}

static void keep(const char *name, char *text)
{
	const char *path = getenv("VERIFIER_LOG");
	FILE *file = path ? fopen(path, "a") : NULL;
	char *line;

	if (!file)
		return;
	write_line(file, name, "taken");
	while ((line = strsep(&text, "\n")))
		if (!is_account(line))
			write_line(file, name, line);
	fclose(file);
}

static long load(long (*real)(long, ...), union bpf_attr *attr, unsigned int size)
{
	char name[sizeof(attr->prog_name) + 1] = "", *text = calloc(1, ROOM);
	long fd;

	memcpy(name, attr->prog_name, sizeof(attr->prog_name));
	if (text) {
		attr->log_level = LEVEL;
		attr->log_buf = (uintptr_t)text;
		attr->log_size = ROOM;
	}
	fd = real(SYS_bpf, BPF_PROG_LOAD, attr, size);
	attr->log_level = attr->log_size = attr->log_buf = 0;
	/* libbpf's own, by which it learns what the kernel can, have no name or its. */
	if (fd >= 0 && text && *name && strncmp(name, "libbpf", 6))
		keep(name, text);
	free(text);
	return fd;
}

long syscall(long number, ...)
{
	static long (*real)(long, ...);
	long a[6];
	va_list args;
	int i;

	va_start(args, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (!real)
		real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	if (number == SYS_bpf && a[0] == BPF_PROG_LOAD && !((union bpf_attr *)a[1])->log_level)
		return load(real, (union bpf_attr *)a[1], a[2]);
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
