/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel reads its command line word by word up to "--"; an open quote makes one word of all
 * that follows. Of memmap= regions its decompressor heeds four before it may put itself anywhere,
 * and memmap=exactmap forgets every region before it.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "carry/words.h"

#define REGIONS 4 /* arch/x86/boot/compressed/kaslr.c: MAX_MEMMAP_REGIONS */
#define AGAIN	"; load it again with `luwatch kexec-load`"

struct seen {
	const struct lw_wanted_words *wanted;
	uint64_t trace_address; /* of the memmap= word the trace carrier needs; 0 = none */
	int ours;		/* luwatch= words */
	bool right, newest_right;
	bool other_area; /* our id, another address or size */
	bool pages_kept, trace_kept, trace_named;
	int regions;
};

static bool begins(const char *word, size_t length, const char *with)
{
	return length >= strlen(with) && !memcmp(word, with, strlen(with));
}

/* memmap=SIZE$ADDRESS[,…]: which of our regions it keeps; exactmap drops those before it. */
static void take_regions(struct seen *s, const char *list, size_t length)
{
	LW_FREE char *text = strndup(list, length);
	char *rest = text, *region, *end;
	const struct lw_words *w = &s->wanted->words;
	uint64_t size, address;

	while (text && (region = strsep(&rest, ","))) {
		if (!strcmp(region, "exactmap")) {
			s->pages_kept = s->trace_kept = false;
			continue;
		}
		s->regions++;
		size = strtoull(region, &end, 0);
		while (*end && strchr("kKmMgG", *end)) {
			size <<= *end == 'k' || *end == 'K'   ? 10
				 : *end == 'm' || *end == 'M' ? 20
							      : 30;
			end++;
		}
		if (*end != '$')
			continue;
		address = strtoull(end + 1, NULL, 0);
		if (w->size && address <= w->address && address + size >= w->address + w->size)
			s->pages_kept = true;
		if (s->trace_address && address == s->trace_address)
			s->trace_kept = true;
	}
}

static void take_ours(struct seen *s, const char *word, size_t length)
{
	LW_FREE char *text = strndup(word, length);
	struct lw_words found;
	bool same;

	if (!text || !strcmp(text, "luwatch=off"))
		return;
	s->ours++;
	same = lw_words_find(text, &found) == 1 && lw_id_equal(found.id, s->wanted->words.id);
	s->newest_right = same && found.address == s->wanted->words.address &&
			  found.size == s->wanted->words.size;
	s->right |= s->newest_right;
	s->other_area |= same && !s->newest_right;
}

static void take_word(struct seen *s, const char *word, size_t length)
{
	if (begins(word, length, "memmap="))
		take_regions(s, word + 7, length - 7);
	else if (begins(word, length, "luwatch="))
		take_ours(s, word, length);
	else if (s->wanted->trace && begins(word, length, "trace_instance=")) {
		LW_FREE char *text = strndup(word, length);

		s->trace_named |= text && strstr(s->wanted->trace, text);
	}
}

static struct seen look(const char *text, const struct lw_wanted_words *wanted)
{
	struct seen s = { .wanted = wanted };
	const char *at = text, *word, *address;
	size_t length;

	/* "memmap=2M$0x10000000 trace_instance=…": reserve_mem= needs no region. */
	address = wanted->trace ? strchr(wanted->trace, '$') : NULL;
	if (address)
		s.trace_address = strtoull(address + 1, NULL, 0);
	while ((word = lw_next_word(&at, &length))) {
		if (length == 2 && !memcmp(word, "--", 2))
			break;
		take_word(&s, word, length);
	}
	return s;
}

const char *lw_words_problem(const struct lw_image_line *line, const struct lw_wanted_words *wanted)
{
	const char *hidden = strstr(line->text, "luwatch=");
	struct seen s = look(line->text, wanted);

	if (!s.ours && hidden && isdigit((unsigned char)hidden[strlen("luwatch=")]))
		return "the kexec image has luwatch's words where its kernel does not see them, "
		       "behind "
		       "\"--\" or inside a quote" AGAIN;
	if (!s.ours)
		return "the kexec image was loaded without luwatch's words" AGAIN;
	if (s.right && !s.newest_right)
		return "the kexec image has the words of an earlier hand-over behind the right "
		       "ones" AGAIN;
	if (s.other_area && !s.newest_right)
		return "the kexec image has words for records that have moved since" AGAIN;
	if (!s.newest_right)
		return "the kexec image was loaded with the words of an earlier hand-over (the "
		       "running "
		       "kernel's command line was taken over as it is)" AGAIN;
	if (line->cut)
		return "the command line of the kexec image fills all that its kernel takes, so "
		       "its end "
		       "may be cut off: shorten it" AGAIN;
	if (wanted->words.size && !s.pages_kept)
		return "the kexec image does not keep the memory of the records: its memmap= word "
		       "is "
		       "missing, or memmap=exactmap stands behind it" AGAIN;
	if (wanted->trace && (!s.trace_named || (s.trace_address && !s.trace_kept)))
		return "the kexec image lacks the trace carrier's words, trace_instance= and its "
		       "memmap=" AGAIN;
	if (s.regions > REGIONS)
		return "the kexec image has more than four memmap= regions, and its kernel may "
		       "place "
		       "itself over one of them: remove some" AGAIN;
	return NULL;
}
