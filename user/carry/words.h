/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a command line has the words by which the next kernel will find this hand-over's records.
 * `luwatch kexec-args` makes such a line; whether the loaded image has it is another question,
 * because loaders reuse, cut and quote. Pure text work.
 */
#ifndef LUWATCH_CARRY_WORDS_H
#define LUWATCH_CARRY_WORDS_H

#include "carry/cmdline.h"
#include "carry/image.h"

struct lw_wanted_words {
	struct lw_words words; /* those of luwatch kexec-args; .size 0: no pages carrier */
	const char *trace;     /* words that the trace carrier needs, NULL when it is not armed */
};

/*
 * What is wrong with LINE and which command mends it, a static string; NULL when the next kernel
 * will find all records.
 */
const char *lw_words_problem(const struct lw_image_line *line,
			     const struct lw_wanted_words *wanted);

#endif
