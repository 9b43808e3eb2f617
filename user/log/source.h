/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where logs come from: files, folders, standard input; compressed, in archives, in journal files,
 * one in the other.
 */
#ifndef LUWATCH_LOG_SOURCE_H
#define LUWATCH_LOG_SOURCE_H

#include "log/saved.h"

/*
 * Reads PATH ("-" is standard input) into LOG: a file of any kind, or every ordinary file below a
 * folder. What cannot be read to its end is told in LOG. A negative errno when PATH itself cannot be
 * opened; -EINVAL when it is a pipe or a device that was not handed over by the shell.
 */
int lw_source_read(struct lw_saved *log, const char *path);

/* A journal file in FD: its entries of the kernel and those that speak of the subject. */
int lw_source_journal(struct lw_saved *log, int fd);

/* Whether BYTES begin like a journal file. */
bool lw_source_is_journal(const void *bytes, size_t length);

#endif
