/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is loaded for a kexec, as files from which it can be loaded again. Its own pages say what it is,
 * so that it does not matter who loaded it and from where: a file with other bytes is another image, and is
 * never taken for it.
 */
#ifndef LUWATCH_LOAD_AGAIN_H
#define LUWATCH_LOAD_AGAIN_H

#include "arm/ready.h"
#include "load/image.h"

struct lw_again {
	struct lw_image_wish wish;	 /* points into what is below */
	char *kernel, *initrd;
	struct lw_loaded loaded;
};

/* 0 or a negative errno, with a message said; release with lw_again_free() in either case. */
int lw_image_again(struct lw_again *again);
void lw_again_free(struct lw_again *again);

#endif
