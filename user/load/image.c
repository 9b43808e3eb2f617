/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/io.h"
#include "base/message.h"
#include "load/image.h"

#define ENTRY_LIMIT 65536

static bool exists(const char *path)
{
	return path && !access(path, F_OK);
}

/* The first of FORMATS, each with one %s for RELEASE, that is there; allocated, or NULL. */
static char *first_of(const char *const formats[], const char *release)
{
	for (; *formats; formats++) {
		const char *at = strstr(*formats, "%s");
		char *path = lw_format("%.*s%s%s", (int)(at - *formats), *formats, release, at + 2);

		if (exists(path))
			return path;
		free(path);
	}
	return NULL;
}

static const char *const kernels[] = { "/boot/vmlinuz-%s", "/lib/modules/%s/vmlinuz", NULL };
static const char *const initrds[] = { "/boot/initrd.img-%s", "/boot/initramfs-%s.img",
				       "/boot/initrd-%s", NULL };

char *lw_boot_entry_path(const char *entry_file, const char *path)
{
	const char *loader = strstr(entry_file, "/loader/entries/");
	char *full = loader ? lw_format("%.*s/%s", (int)(loader - entry_file), entry_file,
					path + strspn(path, "/"))
			    : NULL;

	if (exists(full))
		return full;
	free(full);
	return strdup(path);
}

static char *find_entry(const char *entry)
{
	static const char *const places[] = { "/efi/loader/entries/%s.conf",
					      "/boot/loader/entries/%s.conf",
					      "/boot/efi/loader/entries/%s.conf", NULL };

	return strchr(entry, '/') ? strdup(entry) : first_of(places, entry);
}

/* Fills what the wish left open from the entry it names. */
static int take_entry(const struct lw_image_wish *wish, struct lw_image *image)
{
	LW_FREE char *file = find_entry(wish->entry);
	LW_FREE uint8_t *text = NULL;
	struct lw_boot_entry entry = {};
	size_t length;
	int r = file ? lw_read_file(file, ENTRY_LIMIT, &text, &length) : -ENOENT;

	if (r) {
		lw_error("boot entry %s: %s; `bootctl list` shows what there is", wish->entry, strerror(-r));
		return r;
	}
	r = lw_boot_entry_parse((char *)text, &entry);
	if (!r && (entry.unified || !entry.linux_ || entry.many_initrds)) {
		lw_error("%s: %s; name --kernel, --initrd and --cmdline", file,
			 entry.unified	    ? "it starts an EFI program, which kexec cannot"
			 : entry.many_initrds ? "it has several initrds, and kexec takes one"
					      : "it names no kernel");
		r = -EINVAL;
	}
	if (!r && !image->kernel)
		image->kernel = lw_boot_entry_path(file, entry.linux_);
	if (!r && !image->initrd && entry.initrd)
		image->initrd = lw_boot_entry_path(file, entry.initrd);
	if (!r && !image->cmdline)
		image->cmdline = strdup(entry.options ? entry.options : "");
	lw_boot_entry_free(&entry);
	return r;
}

static int find_initrd(const struct lw_image_wish *wish, struct lw_image *image)
{
	LW_FREE char *release = lw_image_release(image);

	if (wish->initrd && !strcmp(wish->initrd, "none"))
		return 0;
	if (!image->initrd && release)
		image->initrd = first_of(initrds, release);
	if (image->initrd)
		return 0;
	lw_error("no initrd was found for %s: name it with --initrd, or say --initrd=none", image->kernel);
	return -ENOENT;
}

static int read_header(struct lw_image *image)
{
	uint8_t bytes[LW_HEADER_SIZE] = {};
	LW_CLOSE int fd = open(image->kernel, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));

	if (length < 0) {
		lw_error("%s: %s", image->kernel, strerror(errno));
		return -errno;
	}
	if (!lw_image_header(bytes, length, image))
		return 0;
	lw_error("%s is no x86-64 bzImage: kexec cannot start it", image->kernel);
	return -EINVAL;
}

int lw_image_find(const struct lw_image_wish *wish, const char *running, struct lw_image *image)
{
	struct utsname uts;
	int r = 0;

	memset(image, 0, sizeof(*image));
	uname(&uts);
	image->kernel = wish->kernel ? strdup(wish->kernel) : NULL;
	image->initrd = wish->initrd && strcmp(wish->initrd, "none") ? strdup(wish->initrd) : NULL;
	image->cmdline = wish->cmdline ? strdup(wish->cmdline) : NULL;
	if (wish->entry)
		r = take_entry(wish, image);
	if (r)
		return r;
	if (!image->kernel)
		image->kernel = first_of(kernels, uts.release);
	if (!image->kernel) {
		lw_error("no image of %s was found below /boot: name it with --kernel", uts.release);
		return -ENOENT;
	}
	if (!image->cmdline)
		image->cmdline = lw_without_loader_words(running);
	r = read_header(image);
	if (!r)
		r = find_initrd(wish, image);
	if (!r && image->initrd && access(image->initrd, R_OK)) {
		r = -errno;
		lw_error("%s: %s", image->initrd, strerror(-r));
	}
	return r ? r : image->cmdline ? 0 : -ENOMEM;
}

void lw_image_free(struct lw_image *image)
{
	free(image->kernel);
	free(image->initrd);
	free(image->cmdline);
}
