/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of an audit log: which there are, and their content, compressed or not. */
#ifndef LUWATCH_AUDIT_FILES_H
#define LUWATCH_AUDIT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A rotated file says with its name which record it ends with; 0 for any other name. */
uint64_t lw_audit_file_number(const char *path);

/*
 * Paths of the rotated files beside STEM ("/dir/audit"), oldest first; of a plain file and its
 * compressed copy (a crash can leave both) only the plain one. LIST is allocated, its strings too.
 */
int lw_audit_files_list(const char *stem, char ***list, size_t *count);
void lw_audit_files_free(char **list, size_t count);

/* Is told each line without its newline; TORN: there was none. Non-zero ends the walk. */
typedef int (*lw_audit_line_taker)(const char *bytes, size_t length, bool torn, void *data);

/*
 * Tells TAKE each line of a plain or compressed file of any size; of a line longer than a record can
 * be, its beginning, which is longer than that, too. *DAMAGED is set when the compressed form is
 * broken, and that before the last line that could be read is told. Returns what TAKE ended the walk
 * with, or a negative errno.
 */
int lw_audit_file_each_line(const char *path, lw_audit_line_taker take, void *data, bool *damaged);

/*
 * Reads a plain or compressed file to its end, at most 256 MiB (-EFBIG). *DAMAGED is set when the
 * compressed form is broken: *BYTES is then what could be read before. The caller frees *BYTES.
 */
int lw_audit_file_read(const char *path, char **bytes, size_t *length, bool *damaged);

/* Writes BYTES into TEMPORARY (mode 0640, synced) and renames it to PATH; 0 or negative errno. */
int lw_audit_file_write(const char *temporary, const char *path, const void *bytes, size_t length);

/* Writes BYTES compressed into PATH (mode 0640, through PATH.new, synced) and renames it there. */
int lw_audit_file_write_compressed(const char *path, const char *bytes, size_t length);

#endif
