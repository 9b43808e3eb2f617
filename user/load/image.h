/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be loaded: kernel, initrd and command line, as named by hand, by an entry of the boot
 * loader, or as this kernel was started. Nothing is guessed that a host could be lost by: without an
 * initrd only where that was said, without a root= only where this kernel has none either.
 */
#ifndef LUWATCH_IMAGE_H
#define LUWATCH_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lw_image_wish {
	const char *kernel, *initrd, *cmdline; /* NULL: found; .initrd "none": without one */
	const char *entry;		       /* id or path of a boot loader entry, or NULL */
};

struct lw_image {
	char *kernel, *initrd, *cmdline; /* .initrd is NULL for none */
	char version[64];		 /* the release, as the kernel's header says it */
	uint32_t cmdline_most;		 /* bytes that this kernel takes */
};

/*
 * Finds all of it. 0; or -EINVAL with a message said when something is wrong with what was named, or
 * the errno of a file. Release with lw_image_free() in either case.
 */
int lw_image_find(const struct lw_image_wish *wish, const char *running, struct lw_image *image);
void lw_image_free(struct lw_image *image);

/* One entry of the boot loader specification, type 1. Strings are allocated. */
struct lw_boot_entry {
	char *linux_, *initrd, *options;
	bool many_initrds, unified;
};

/* Reads TEXT of an entry file; what is missing is NULL. 0 or -ENOMEM. Pure. */
int lw_boot_entry_parse(const char *text, struct lw_boot_entry *entry);
void lw_boot_entry_free(struct lw_boot_entry *entry);

/*
 * PATH as ENTRY_FILE has it, which is below the partition that has the loader's folder, or as it stands
 * where there is no such file. Allocated; NULL without memory.
 */
char *lw_boot_entry_path(const char *entry_file, const char *path);

/* The first bytes of a kernel: enough for lw_image_header(). */
#define LW_HEADER_SIZE 4096

/*
 * Takes version and longest command line out of a bzImage's setup header. 0, or -ENOEXEC when it is
 * none that a 64-bit kexec can start. Pure.
 */
int lw_image_header(const uint8_t *bytes, size_t length, struct lw_image *image);

/*
 * The release of an image: what its name says (".../vmlinuz-RELEASE"), or its header (".../vmlinuz").
 * Allocated; NULL without memory. Pure.
 */
char *lw_image_release(const struct lw_image *image);

/* CMDLINE without the words that only the boot loader that wrote them understands. Pure. */
char *lw_without_loader_words(const char *cmdline);

/*
 * Why LINE must not be loaded by a kernel that takes MOST bytes and follows one with the command line
 * RUNNING; allocated, NULL when it may. Pure.
 */
char *lw_line_problem(const char *line, uint32_t most, const char *running);

#endif
