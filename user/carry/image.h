/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of the kexec image that is loaded, read from the image's own pages. Whoever
 * loaded it, by kexec_load() or kexec_file_load(), the boot parameters in it say where the next
 * kernel will find its command line. Pure: pages come through a function that is handed in.
 */
#ifndef LUWATCH_CARRY_IMAGE_H
#define LUWATCH_CARRY_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "luwatch/control.h"

/* x86 kernels, arch/x86/include/asm/setup.h: COMMAND_LINE_SIZE; the terminator counts. */
#define LW_COMMAND_LINE_SIZE 2048

/* Reads the page at a physical address, as lw_inspect_page(). 0 or a negative errno. */
typedef int lw_page_reader(void *data, uint64_t address, uint64_t words[512]);

/* Is told where a page will be and where it is now. Not 0 ends the walk. */
typedef int lw_image_taker(void *data, uint64_t to, uint64_t from);

/*
 * Each page of the image that is to be copied, in the order of the kernel's list; not those of segments
 * that lie in place already. 0, -EBADMSG, or what READ or TAKE returned.
 */
int lw_image_each_page(const struct lw_image_view *image, lw_page_reader *read, void *pages,
		       lw_image_taker *take, void *data);

struct lw_image_line {
	char text[LW_COMMAND_LINE_SIZE + 1]; /* terminated; cut when .cut */
	uint32_t limit; /* bytes the image's kernel takes, terminator not counted */
	uint64_t place, digest; /* lw_looked.line and .digest */
	int cut;	/* it has more, or as much as a loader would have left */
};

/*
 * 0, or a negative errno: -ENOENT no image, or none of a Linux kernel with boot parameters (a
 * unified image, another system); -EBADMSG the list of its pages or what it points to makes no
 * sense; or what READ returned.
 */
int lw_image_read_line(const struct lw_image_view *image, lw_page_reader *read, void *data,
		       struct lw_image_line *line);

#endif
