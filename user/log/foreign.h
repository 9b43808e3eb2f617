/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only another program can turn into text. Pure. */
#ifndef LUWATCH_LOG_FOREIGN_H
#define LUWATCH_LOG_FOREIGN_H

#include <stddef.h>

/* What HEAD, the beginning of a file, is and the command that makes text of it; NULL: anything else. */
const char *lw_foreign(const char *head, size_t length);

#endif
