/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deciding what this boot is. Both loaders, kexec(8) and the kernel's kexec_file_load(), set the
 * boot loader type to 0xd (208 with version 0), so no word of ours is needed to know a kexec.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "collect/boot.h"
#include "probe/kernel.h"
#include "record/decode.h"

enum lw_boot lw_boot_kind(void)
{
	uint64_t type = 0;

	if (lw_exists("/proc/vmcore"))
		return LW_BOOT_KDUMP;
	lw_read_number("/proc/sys/kernel/bootloader_type", &type);
	return type == LW_BOOTLOADER_KEXEC ? LW_BOOT_KEXEC : LW_BOOT_COLD;
}

/* The id in a baseline file; -EBADMSG when the file holds no good record. */
static int id_of_file(const char *path, struct lw_id *id)
{
	struct lw_decoded decoded = {};
	uint8_t *bytes = NULL;
	size_t length;
	int r = lw_read_file(path, 4 << 20, &bytes, &length);

	if (r)
		return r;
	r = lw_decode(bytes, length, &decoded);
	free(bytes);
	if (!r && !decoded.count)
		r = -EBADMSG;
	if (!r)
		*id = (struct lw_id){ decoded.records[0].handover[0],
				      decoded.records[0].handover[1] };
	lw_decoded_free(&decoded);
	return r;
}

int lw_armed_find(const char *state, const struct lw_id *wanted, struct lw_armed_file *file)
{
	LW_FREE char *folder = lw_format("%s/armed", state);
	DIR *directory = opendir(folder);
	struct dirent *entry;
	struct timespec newest = {};

	memset(file, 0, sizeof(*file));
	if (!directory)
		return -ENOENT;
	while ((entry = readdir(directory))) {
		LW_FREE char *path = lw_format("%s/%s", folder, entry->d_name);
		const char *end = strstr(entry->d_name, ".baseline");
		struct lw_id id;
		struct stat st;

		if (!end || strcmp(end, ".baseline") || end - entry->d_name != 36 ||
		    !strncmp(entry->d_name, lw_boot_id(), 36))
			continue;
		if (stat(path, &st) || id_of_file(path, &id) ||
		    (wanted && !lw_id_equal(id, *wanted)))
			continue;
		if (file->path &&
		    (st.st_mtim.tv_sec < newest.tv_sec ||
		     (st.st_mtim.tv_sec == newest.tv_sec && st.st_mtim.tv_nsec < newest.tv_nsec)))
			continue;
		newest = st.st_mtim;
		free(file->path);
		file->path = path;
		path = NULL;
		memcpy(file->boot_id, entry->d_name, 36);
		file->id = id;
	}
	closedir(directory);
	return file->path ? 0 : -ENOENT;
}
