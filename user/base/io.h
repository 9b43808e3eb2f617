/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files: reading small ones whole, writing so that a crash leaves the old or the new content. */
#ifndef LUWATCH_IO_H
#define LUWATCH_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Frees or closes what the variable holds when it goes out of scope. */
#define LW_FREE __attribute__((cleanup(lw_free_pointer)))
#define LW_CLOSE __attribute__((cleanup(lw_close_fd)))
void lw_free_pointer(void *pointer_to_pointer);
void lw_close_fd(int *fd);

/*
 * Reads the first line of a file into TEXT, without the newline, always terminated. Returns its
 * length or a negative errno.
 */
int lw_read_line(const char *path, char *text, size_t size);

/* A decimal number in a file, as in /proc and /sys; negative errno when it is none. */
int lw_read_number(const char *path, uint64_t *number);

/*
 * Opens an ordinary file for reading: a pipe or a device would hang whoever opens or reads it, or
 * act on it. What the caller's shell handed over as /dev/fd/N may be anything. FLAGS: O_NOFOLLOW or
 * 0. A descriptor; -EISDIR, -EINVAL for what is no ordinary file, or another negative errno.
 */
int lw_open_ordinary(const char *path, int flags);

/*
 * Reads an ordinary file ("-": standard input) to its end, at most LIMIT bytes (-EFBIG beyond).
 * *BYTES is allocated, one NUL byte longer than *LENGTH; the caller frees it.
 */
int lw_read_file(const char *path, size_t limit, uint8_t **bytes, size_t *length);

/* The same where nobody but us should have put anything: a link is -EBADMSG, as what is no file. */
int lw_read_own_file(const char *path, size_t limit, uint8_t **bytes, size_t *length);

/* write() to the end; 0 or negative errno. */
int lw_write_all(int fd, const void *bytes, size_t length);

/* Writes a new file and renames it over PATH: content and directory are on disk on return. */
int lw_write_file(const char *path, const void *bytes, size_t length, unsigned int mode);

/* The same for what is not there as a whole: WRITE puts it into FILE and returns 0 or a negative errno. */
int lw_write_file_by(const char *path, int (*write)(FILE *file, void *context), void *context, unsigned int mode);

/* Makes a directory and its parents (0750). 0 or negative errno. */
int lw_make_directory(const char *path);

bool lw_exists(const char *path);

/* printf() into a new string that the caller frees; exits when memory is exhausted. */
char *lw_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
