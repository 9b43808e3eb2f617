/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "carry/cmdline.h"
#include "collect/boot.h"
#include "collect/gather.h"
#include "collect/pending.h"

const char *lw_uncollected(const char *state)
{
	LW_FREE uint8_t *cmdline = NULL;
	struct lw_armed_file file = {};
	struct lw_words words;
	struct lw_id id;
	size_t length;
	bool known;

	if (lw_boot_kind() != LW_BOOT_KEXEC || lw_collected(state, &id) ||
	    lw_read_file("/proc/cmdline", 65536, &cmdline, &length))
		return NULL;
	known = lw_words_find((char *)cmdline, &words) || !lw_armed_find(state, NULL, &file);
	free(file.path);
	return known ? "the hand-over that began this boot is not collected: run `luwatch collect` "
		       "before "
		       "the next kexec"
		     : NULL;
}
