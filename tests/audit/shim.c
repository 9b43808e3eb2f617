// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded into luwatch by the crash tests. It counts the calls that change a file system (writes,
 * syncs, truncations, creations, renames, removals) and kills the process at one of them, makes one
 * fail, writes down all of them, or shifts the wall clock:
 *
 *	SHIM_KILL=N	SIGKILL at call N (from 1), SHIM_WHEN: before, after, or half of a write
 *	SHIM_FAIL=N	call N fails with SHIM_ERRNO; a write does half first when SHIM_WHEN=half
 *	SHIM_TRACE=FILE	one line a call: its name, inode, and what it did
 *	SHIM_CLOCK=S	seconds added to CLOCK_REALTIME
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static unsigned long calls;
static int trace_fd = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static unsigned long number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : 0;
}

static int is(const char *name, const char *value)
{
	const char *text = getenv(name);

	return text && !strcmp(text, value);
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("SHIM_TRACE");

	if (path)
		trace_fd = (int)syscall(SYS_openat, AT_FDCWD, path,
					O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void trace(const char *format, ...)
{
	char text[4096];
	va_list args;
	int n;

	if (trace_fd < 0)
		return;
	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	syscall(SYS_write, trace_fd, text, (size_t)n);
}

static void die(void)
{
	syscall(SYS_kill, getpid(), SIGKILL);
}

/* Inode of a file or folder; 0 for anything else, which is not counted. */
static unsigned long inode(int fd)
{
	struct stat st;

	if (fstat(fd, &st) || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return 0;
	return st.st_ino;
}

static unsigned long path_inode(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? 0 : st.st_ino;
}

/* Counts a call. Non-zero: it fails with that errno. */
static int enter(void)
{
	calls++;
	if (number("SHIM_KILL") == calls && is("SHIM_WHEN", "before"))
		die();
	if (number("SHIM_FAIL") == calls)
		return (int)number("SHIM_ERRNO");
	return 0;
}

static void leave(void)
{
	if (number("SHIM_KILL") == calls && !is("SHIM_WHEN", "before"))
		die();
}

static int fail(int error)
{
	errno = error;
	return -1;
}

static void trace_bytes(const unsigned char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		trace("%02x", bytes[i]);
	trace("\n");
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	unsigned long ino = inode(fd);
	int error, saved;
	ssize_t n;

	if (!ino)
		return syscall(SYS_write, fd, bytes, length);
	error = enter();
	if (error && is("SHIM_WHEN", "half") && length > 1) {
		/* A full disk takes what it can; the rest fails. */
		setenv("SHIM_WHEN", "rest", 1);
		calls--;
		return syscall(SYS_write, fd, bytes, length / 2);
	}
	if (error)
		return fail(error);
	if (number("SHIM_KILL") == calls && is("SHIM_WHEN", "half"))
		length /= 2;
	n = syscall(SYS_write, fd, bytes, length);
	saved = errno;
	if (n > 0) {
		trace("write %lu ", ino);
		trace_bytes(bytes, (size_t)n);
	}
	leave();
	errno = saved;
	return n;
}

int fsync(int fd)
{
	int error = enter(), r;

	if (error)
		return fail(error);
	r = (int)syscall(SYS_fsync, fd);
	trace("fsync %lu\n", inode(fd));
	leave();
	return r;
}

int ftruncate(int fd, off_t length)
{
	int error = enter(), r;

	if (error)
		return fail(error);
	r = (int)syscall(SYS_ftruncate, fd, length);
	trace("truncate %lu %ld\n", inode(fd), (long)length);
	leave();
	return r;
}

int fchmod(int fd, mode_t mode)
{
	int error = enter(), r;

	if (error)
		return fail(error);
	r = (int)syscall(SYS_fchmod, fd, mode);
	leave();
	return r;
}

int rename(const char *from, const char *to)
{
	int error = enter(), r;

	if (error)
		return fail(error);
	r = (int)syscall(SYS_rename, from, to);
	trace("rename %s %s\n", from, to);
	leave();
	return r;
}

int unlink(const char *path)
{
	int error = enter(), r;

	if (error)
		return fail(error);
	r = (int)syscall(SYS_unlink, path);
	if (!r)
		trace("unlink %s\n", path);
	leave();
	return r;
}

int mkdir(const char *path, mode_t mode)
{
	int error, r;

	if (path_inode(path))
		return fail(EEXIST);
	error = enter();
	if (error)
		return fail(error);
	r = (int)syscall(SYS_mkdir, path, mode);
	leave();
	return r;
}

int open(const char *path, int flags, ...)
{
	unsigned long there = path_inode(path);
	mode_t mode = 0;
	va_list args;
	int error, fd;

	va_start(args, flags);
	if (flags & O_CREAT)
		mode = va_arg(args, mode_t);
	va_end(args);
	if (!(flags & O_CREAT) || (there && !(flags & O_TRUNC)))
		return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	error = enter();
	if (error)
		return fail(error);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	if (fd >= 0)
		trace("%s %lu %s\n", there ? "empty" : "create", inode(fd), path);
	leave();
	return fd;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	int r = (int)syscall(SYS_clock_gettime, clock, time);
	const char *shift = getenv("SHIM_CLOCK");

	if (!r && shift && clock == CLOCK_REALTIME)
		time->tv_sec += strtol(shift, NULL, 10);
	return r;
}
