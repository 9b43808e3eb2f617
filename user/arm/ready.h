/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a kexec now would be fully recorded: what `luwatch status` and the metrics say. */
#ifndef LUWATCH_READY_H
#define LUWATCH_READY_H

#include <stdbool.h>

#include "arm/pins.h"
#include "carry/image.h"
#include "probe/inspect.h"

/* The loaded kexec image, as far as it could be looked at. */
struct lw_loaded {
	int error; /* negative errno: whether one is loaded is not known */
	struct lw_image_view view;
	int line_error; /* negative errno: its command line cannot be read */
	struct lw_image_line line;
	char *running; /* this kernel's own command line, or NULL */
};

/* lw_inspect_page() as an lw_page_reader. */
int lw_loaded_page(void *inspect, uint64_t address, uint64_t words[512]);

/* Looks through INSPECT, NULL when that could not be opened. Freed by lw_loaded_free(). */
void lw_loaded_look(struct lw_inspect *inspect, struct lw_loaded *loaded);
void lw_loaded_free(struct lw_loaded *loaded);

/*
 * What is wrong with the loaded image, as the next kernel will find the records of C by it, and
 * which command mends it; a static string, NULL when all is right. Pure.
 */
const char *lw_loaded_problem(const struct lw_control *c, const struct lw_loaded *loaded);

/* Leaves with the programs what was seen, for kernel_kexec(). */
void lw_loaded_note(struct lw_control *c, const struct lw_loaded *loaded);

/*
 * Why a kexec now would not be fully recorded, and what to do; a static string, NULL when it would.
 * PINS is NULL when nothing is armed; OFF: nothing is to be armed. Pure.
 */
const char *lw_not_ready(const struct lw_pins *pins, const struct lw_loaded *loaded, bool off);

#endif
