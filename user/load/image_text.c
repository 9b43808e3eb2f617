/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pure half of load/image.h: an entry's text, a kernel's header, a command line. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "carry/cmdline.h"
#include "load/image.h"

/* Documentation/arch/x86/boot.rst: the setup header. */
#define BOOT_FLAG	0x1fe
#define HEADER_MAGIC	0x202
#define PROTOCOL	0x206
#define KERNEL_VERSION	0x20e
#define XLOADFLAGS	0x236
#define CMDLINE_SIZE	0x238
#define XLF_KERNEL_64	0x01
#define FIRST_64_BIT	0x20c /* protocol 2.12 has xloadflags */

static uint16_t half(const uint8_t *at)
{
	return at[0] | at[1] << 8;
}

char *lw_image_release(const struct lw_image *image)
{
	const char *name = strrchr(image->kernel, '/');
	const char *dash = strstr(name ? name : image->kernel, "vmlinuz-");

	return strdup(dash ? dash + strlen("vmlinuz-") : image->version);
}

int lw_image_header(const uint8_t *bytes, size_t length, struct lw_image *image)
{
	size_t name;

	if (length < CMDLINE_SIZE + 4 || half(bytes + BOOT_FLAG) != 0xaa55 ||
	    memcmp(bytes + HEADER_MAGIC, "HdrS", 4) || half(bytes + PROTOCOL) < FIRST_64_BIT ||
	    !(half(bytes + XLOADFLAGS) & XLF_KERNEL_64))
		return -ENOEXEC;
	image->cmdline_most = half(bytes + CMDLINE_SIZE) |
			      (uint32_t)half(bytes + CMDLINE_SIZE + 2) << 16;
	name = 0x200 + half(bytes + KERNEL_VERSION);
	strcpy(image->version, "?");
	/* "6.12.117+deb12-amd64 (maintainer) #1 SMP …"; in some kernels it lies further back. */
	if (name < length)
		snprintf(image->version, sizeof(image->version), "%.*s",
			 (int)strcspn((const char *)bytes + name, " "), (const char *)bytes + name);
	return 0;
}

/* Adds VALUE to *TEXT behind a blank. */
static int join(char **text, const char *value)
{
	char *joined = *text ? lw_format("%s %s", *text, value) : strdup(value);

	if (!joined)
		return -ENOMEM;
	free(*text);
	*text = joined;
	return 0;
}

/* KEY VALUE of one line; both are cut out of it. */
static int take_line(char *line, struct lw_boot_entry *e)
{
	char *key = line + strspn(line, " \t"), *value = key + strcspn(key, " \t");

	if (!*value || *key == '#')
		return 0;
	*value++ = '\0';
	value += strspn(value, " \t");
	value[strcspn(value, "\r")] = '\0';
	if (!strcmp(key, "linux") && !e->linux_)
		return join(&e->linux_, value);
	if (!strcmp(key, "options"))
		return join(&e->options, value);
	if (!strcmp(key, "efi") || !strcmp(key, "uki"))
		e->unified = true;
	if (strcmp(key, "initrd"))
		return 0;
	e->many_initrds = e->initrd;
	return e->initrd ? 0 : join(&e->initrd, value);
}

int lw_boot_entry_parse(const char *text, struct lw_boot_entry *entry)
{
	LW_FREE char *copy = strdup(text);
	char *rest = copy, *line;
	int r = copy ? 0 : -ENOMEM;

	memset(entry, 0, sizeof(*entry));
	while (!r && (line = strsep(&rest, "\n")))
		r = take_line(line, entry);
	return r;
}

void lw_boot_entry_free(struct lw_boot_entry *entry)
{
	free(entry->linux_);
	free(entry->initrd);
	free(entry->options);
}

char *lw_without_loader_words(const char *cmdline)
{
	return lw_words_without(cmdline, (const char *const[]){ "BOOT_IMAGE", "initrd", NULL });
}

char *lw_line_problem(const char *line, uint32_t most, const char *running)
{
	size_t length = strlen(line);
	char root[256];

	if (length > most)
		return lw_format("the command line has %zu bytes, and that kernel takes %u: shorten yours "
				 "by %zu", length, most, length - most);
	if (lw_word_value(running, "root", root, sizeof(root)) &&
	    !lw_word_value(line, "root", root, sizeof(root)))
		return lw_format("the running kernel has root= on its command line and this one has "
				 "none: a host is lost so; add root=%s", root);
	return NULL;
}
