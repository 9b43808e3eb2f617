// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loading libarchive. All of its functions or none.
 */
#include "log/archive.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

static struct lw_archive functions;

static bool load(void)
{
	void *library = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return false;
#define LOAD(function)                                          \
	functions.function = dlsym(library, #function);         \
	if (!functions.function)                                \
		return false;
	LW_ARCHIVE_FUNCTIONS(LOAD)
#undef LOAD
	return true;
}

const struct lw_archive *lw_archive_load(void)
{
	static bool tried, loaded;

	if (!tried)
		loaded = load();
	tried = true;
	return loaded ? &functions : NULL;
}
