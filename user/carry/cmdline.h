/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our words on a kernel command line: "luwatch=1,ADDRESS,SIZE,ID" tells the next kernel's agent
 * where the records are and which hand-over they belong to; "memmap=SIZE$ADDRESS" tells the next
 * kernel to leave that memory alone. Pure text work.
 */
#ifndef LUWATCH_CMDLINE_H
#define LUWATCH_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"

#define LW_WORD_VERSION 1

struct lw_words {
	struct lw_id id;
	uint64_t address;	/* 0 with .size 0: no pages carrier */
	uint64_t size;
	uint32_t version;
};

/*
 * The next word from *AT on, and its *LENGTH; NULL at the end. Quotes keep blanks together as in the
 * kernel's parser.
 */
const char *lw_next_word(const char **at, size_t *length);

/* Whether CMDLINE has the operator's switch, "luwatch=off". */
bool lw_words_off(const char *cmdline);

/*
 * Finds the last luwatch= word in CMDLINE that is not the switch. Returns 1 when there is one that can be read, 0 when
 * there is none, -EINVAL when the last one is damaged, -EPROTONOSUPPORT when it is of a newer
 * version (.version is set).
 */
int lw_words_find(const char *cmdline, struct lw_words *words);

/*
 * A command line for the kexec image: our words, then KEEP if CMDLINE lacks it (words of the trace
 * carrier, may be NULL), then CMDLINE without any earlier luwatch= word and without the memmap=
 * words that belong to them. Ours come first: after "--" or an open quote the kernel would not see
 * them; WORDS is NULL for none. The caller frees the result. NULL when memory is exhausted.
 */
char *lw_words_compose(const char *cmdline, const struct lw_words *words, const char *keep);

/* CMDLINE without the words KEY=… of KEYS (ends with NULL), which the caller frees; NULL without memory. */
char *lw_words_without(const char *cmdline, const char *const keys[]);

/* The last memmap=SIZE$ADDRESS word with this address, allocated; NULL when there is none. */
char *lw_memmap_word(const char *cmdline, uint64_t address);

/* The value of the last KEY=value word, copied into VALUE; false when there is none. */
bool lw_word_value(const char *cmdline, const char *key, char *value, int size);

#endif
