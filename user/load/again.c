/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files are looked for where boot loaders, kernel packages and entries of the boot loader have them. */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/entry.h"
#include "base/io.h"
#include "base/message.h"
#include "load/again.h"
#include "load/kernel_file.h"
#include "load/parts.h"

#define ENTRY_LIMIT 65536
#define CANDIDATES  256

static void add(glob_t *found, const char *pattern)
{
	if (pattern)
		glob(pattern, found->gl_pathc ? GLOB_APPEND : 0, NULL, found);
}

/* The files that an entry names. */
static void add_entry(const char *file, glob_t *kernels, glob_t *initrds)
{
	struct lw_boot_entry entry = {};
	LW_FREE uint8_t *text = NULL;
	size_t length;

	if (!lw_read_file(file, ENTRY_LIMIT, &text, &length) && !lw_boot_entry_parse((char *)text, &entry)) {
		LW_FREE char *kernel = entry.linux_ ? lw_boot_entry_path(file, entry.linux_) : NULL;
		LW_FREE char *initrd = entry.initrd ? lw_boot_entry_path(file, entry.initrd) : NULL;

		add(kernels, kernel);
		add(initrds, initrd);
	}
	lw_boot_entry_free(&entry);
}

static void list(glob_t *kernels, glob_t *initrds)
{
	static const char *const places[] = { "/boot", "/efi", "/boot/efi" };
	static const char *const of_kernels[] = { "/boot/vmlinu[xz]*", "/boot/*/vmlinu[xz]*",
						  "/lib/modules/*/vmlinuz" };
	static const char *const of_initrds[] = { "/boot/initr*", "/boot/*/initr*" };
	glob_t entries = {};
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		LW_FREE char *pattern = lw_format("%s/loader/entries/*.conf", places[i]);

		add(&entries, pattern);
	}
	for (i = 0; i < entries.gl_pathc && i < CANDIDATES; i++)
		add_entry(entries.gl_pathv[i], kernels, initrds);
	globfree(&entries);
	for (i = 0; i < sizeof(of_kernels) / sizeof(of_kernels[0]); i++)
		add(kernels, of_kernels[i]);
	for (i = 0; i < sizeof(of_initrds) / sizeof(of_initrds[0]); i++)
		add(initrds, of_initrds[i]);
}

static bool is_file(const char *path, const struct lw_loaded_part *part)
{
	uint8_t hash[LW_AUDIT_HASH];
	LW_FREE uint8_t *bytes = NULL;
	struct stat st;
	size_t length;

	if (stat(path, &st) || (uint64_t)st.st_size != part->bytes ||
	    lw_read_file(path, part->bytes + 1, &bytes, &length))
		return false;
	lw_audit_hash(bytes, length, hash);
	return !memcmp(hash, part->hash, sizeof(hash));
}

static bool is_kernel(const char *path, const struct lw_loaded_part *part)
{
	return lw_kernel_file_is(path, part->hash, part->bytes);
}

/* The first of FILES that IS the part, allocated; NULL when none is. */
static char *find(const glob_t *files, bool (*is)(const char *, const struct lw_loaded_part *),
		  const struct lw_loaded_part *part)
{
	size_t i;

	for (i = 0; part->known && i < files->gl_pathc && i < CANDIDATES; i++)
		if (is(files->gl_pathv[i], part))
			return strdup(files->gl_pathv[i]);
	return NULL;
}

static int find_files(const struct lw_loaded_parts *parts, struct lw_again *a)
{
	glob_t kernels = {}, initrds = {};

	list(&kernels, &initrds);
	a->kernel = find(&kernels, is_kernel, &parts->kernel);
	a->initrd = find(&initrds, is_file, &parts->initrd);
	globfree(&kernels);
	globfree(&initrds);
	if (!a->kernel || (!a->initrd && !parts->without_initrd)) {
		lw_error("no file below /boot, /efi or /lib/modules is the %s that is loaded: load it with --kernel, "
			 "--initrd and --cmdline", a->kernel ? "initrd" : "kernel");
		return -ENOENT;
	}
	a->wish.kernel = a->kernel;
	a->wish.initrd = a->initrd ? a->initrd : "none";
	return 0;
}

int lw_image_again(struct lw_again *a)
{
	struct lw_inspect *inspect = NULL;
	struct lw_loaded_parts parts;
	const char *problem = NULL;
	int r;

	memset(a, 0, sizeof(*a));
	if (lw_inspect_open(&inspect))
		inspect = NULL;
	lw_loaded_look(inspect, &a->loaded);
	r = a->loaded.error;
	if (!r && a->loaded.view.image && !a->loaded.line_error)
		r = lw_loaded_parts_read(&a->loaded.view, lw_loaded_page, inspect, &parts);
	lw_inspect_close(inspect);
	if (r)
		problem = "the kexec image cannot be looked at";
	else if (!a->loaded.view.image)
		problem = "no kexec image is loaded: there is nothing to load again";
	else if (a->loaded.line_error || a->loaded.line.cut)
		problem = "the command line of the kexec image cannot be read whole";
	if (problem) {
		lw_error("%s", problem);
		return r ? r : -ENOENT;
	}
	a->wish.cmdline = a->loaded.line.text;
	return find_files(&parts, a);
}

void lw_again_free(struct lw_again *a)
{
	free(a->kernel);
	free(a->initrd);
	lw_loaded_free(&a->loaded);
}
