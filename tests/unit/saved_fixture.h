/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LUWATCH_SAVED_FIXTURE_H
#define LUWATCH_SAVED_FIXTURE_H

#include <stdbool.h>

#include "log/saved.h"

/* BYTES as one saved file. Lives until the next call. */
const struct lw_saved *saved_of(const char *bytes, size_t length);
void saved_forget(void);

/* The same faults, and the same account of all else. */
bool saved_agree(const struct lw_saved *a, const struct lw_saved *b);

#endif
