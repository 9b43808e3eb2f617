/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words on the kernel command line. Loaders that reuse /proc/cmdline pile words up from kexec to
 * kexec, and a kernel honours only four memmap= regions before it gives up physical KASLR, so the
 * earlier ones must go: a memmap= word is ours if its address stands in a luwatch= word.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "carry/cmdline.h"

#define KEY    "luwatch="
#define SWITCH KEY "off"

const char *lw_next_word(const char **at, size_t *length)
{
	const char *start = *at;
	bool quoted = false;

	while (isspace((unsigned char)*start))
		start++;
	*at = start;
	while (**at && (quoted || !isspace((unsigned char)**at))) {
		if (**at == '"')
			quoted = !quoted;
		(*at)++;
	}
	*length = *at - start;
	return *length ? start : NULL;
}

static bool has_key(const char *word, size_t length, const char *key)
{
	size_t n = strlen(key);

	return length > n && word[n] == '=' && !strncmp(word, key, n);
}

bool lw_word_value(const char *cmdline, const char *key, char *value, int size)
{
	const char *at = cmdline, *word;
	bool found = false;
	size_t length;

	while ((word = lw_next_word(&at, &length))) {
		if (!has_key(word, length, key))
			continue;
		snprintf(value, size, "%.*s", (int)(length - strlen(key) - 1),
			 word + strlen(key) + 1);
		found = true;
	}
	return found;
}

/* luwatch=VERSION,ADDRESS,SIZE,ID */
static int parse_word(const char *word, size_t length, struct lw_words *words)
{
	char id[LW_ID_TEXT + 1], text[128], *value = text;
	unsigned int version;
	int end = 0;

	memset(words, 0, sizeof(*words));
	snprintf(text, sizeof(text), "%.*s", (int)(length - strlen(KEY)), word + strlen(KEY));
	if (sscanf(value, "%u,%n", &version, &end) != 1 || !end)
		return -EINVAL;
	words->version = version;
	if (version > LW_WORD_VERSION)
		return -EPROTONOSUPPORT;
	value += end;
	end = 0;
	if (sscanf(value, "0x%" SCNx64 ",0x%" SCNx64 ",%33[0-9a-f]%n", &words->address,
		   &words->size, id, &end) != 3 || value[end])
		return -EINVAL;
	if (words->address % 4096 || words->size % 4096 || words->size > 64 << 20 ||
	    words->address + words->size < words->address)
		return -EINVAL;
	return lw_id_parse(id, &words->id);
}

static bool is_switch(const char *word, size_t length)
{
	return length == strlen(SWITCH) && !memcmp(word, SWITCH, length);
}

bool lw_words_off(const char *cmdline)
{
	const char *word;
	size_t length;

	while ((word = lw_next_word(&cmdline, &length)))
		if (is_switch(word, length))
			return true;
	return false;
}

int lw_words_find(const char *cmdline, struct lw_words *words)
{
	const char *word;
	size_t length;
	int r = 0;

	while ((word = lw_next_word(&cmdline, &length)))
		if (has_key(word, length, "luwatch") && !is_switch(word, length))
			r = parse_word(word, length, words) ?: 1;
	return r;
}

/* "64K$0x4a01000" → address; 0 when it is another form. */
static uint64_t memmap_address(const char *word, size_t length)
{
	char text[64], *dollar, *end;
	uint64_t address;

	if (!has_key(word, length, "memmap") || length >= sizeof(text))
		return 0;
	memcpy(text, word, length);
	text[length] = '\0';
	dollar = strchr(text, '$');
	if (!dollar)
		return 0;
	errno = 0;
	address = strtoull(dollar + 1, &end, 0);
	return errno || *end ? 0 : address;
}

char *lw_memmap_word(const char *cmdline, uint64_t address)
{
	const char *at = cmdline, *word;
	char *found = NULL;
	size_t length;

	while ((word = lw_next_word(&at, &length))) {
		if (memmap_address(word, length) != address || !address)
			continue;
		free(found);
		found = strndup(word, length);
	}
	return found;
}

/* Whether some luwatch= word of CMDLINE names this address. */
static bool is_ours(const char *cmdline, uint64_t address)
{
	const char *at = cmdline, *word;
	struct lw_words words;
	size_t length;

	while ((word = lw_next_word(&at, &length)))
		if (has_key(word, length, "luwatch") && !parse_word(word, length, &words) &&
		    words.address == address)
			return true;
	return false;
}

static void append(FILE *text, const char *word, size_t length)
{
	if (ftell(text) > 0)
		fputc(' ', text);
	fwrite(word, 1, length, text);
}

static bool has_word(const char *cmdline, const char *word, size_t length)
{
	const char *at = cmdline, *other;
	size_t n;

	while ((other = lw_next_word(&at, &n)))
		if (n == length && !memcmp(word, other, n))
			return true;
	return false;
}

char *lw_words_compose(const char *cmdline, const struct lw_words *words, const char *keep)
{
	const char *at, *word;
	char *text = NULL, id[LW_ID_TEXT];
	uint64_t address;
	size_t length, size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (words && words->size)
		fprintf(out, "memmap=%" PRIu64 "K$0x%" PRIx64 " ", words->size / 1024,
			words->address);
	if (words)
		fprintf(out, "luwatch=%d,0x%" PRIx64 ",0x%" PRIx64 ",%s", LW_WORD_VERSION,
			words->address, words->size, lw_id_format(words->id, id));
	at = keep ? keep : "";
	while ((word = lw_next_word(&at, &length)))
		if (!has_word(cmdline, word, length))
			append(out, word, length);
	at = cmdline;
	while ((word = lw_next_word(&at, &length))) {
		if (has_key(word, length, "luwatch") && !is_switch(word, length))
			continue;
		address = memmap_address(word, length);
		if (!address || ((!words || address != words->address) && !is_ours(cmdline, address)))
			append(out, word, length);
	}
	return fclose(out) ? NULL : text;
}

char *lw_words_without(const char *cmdline, const char *const keys[])
{
	const char *at = cmdline, *word;
	char *text = NULL;
	size_t length, size;
	FILE *out = open_memstream(&text, &size);
	int i;

	if (!out)
		return NULL;
	while ((word = lw_next_word(&at, &length))) {
		for (i = 0; keys[i] && !has_key(word, length, keys[i]); i++)
			;
		if (!keys[i])
			append(out, word, length);
	}
	return fclose(out) ? NULL : text;
}
