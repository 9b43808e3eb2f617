/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the loaded image is, by its own pages: whoever loaded it and whatever file he says it was, these
 * are the bytes that would run.
 */
#ifndef LUWATCH_LOAD_PARTS_H
#define LUWATCH_LOAD_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/audit.h"
#include "carry/image.h"

struct lw_loaded_part {
	bool known;
	uint64_t bytes;
	uint8_t hash[LW_AUDIT_HASH]; /* SHA-256 of what the loader brought */
};

struct lw_loaded_parts {
	struct lw_loaded_part kernel; /* without its real-mode part, which nobody loads */
	struct lw_loaded_part initrd; /* the file */
	bool without_initrd;	      /* the boot parameters name none */
};

/* Reads them. 0 or a negative errno; a part that the image does not have is not known. */
int lw_loaded_parts_read(const struct lw_image_view *image, lw_page_reader *read, void *pages,
			 struct lw_loaded_parts *parts);

#endif
