// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any text as a kernel command line, a configuration file, a requester ID, an address to listen on
 * and an anchor. Beyond "no harm": a command line that was composed has our word and has it once,
 * and what is found in it is what was put in.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/chain.h"
#include "base/id.h"
#include "carry/cmdline.h"
#include "config/config.h"
#include "fuzz.h"

static void check_command_line(const char *text)
{
	const struct lw_words ours = {
		.id = { 0x0123456789abcdefULL, 0xfedcba9876543210ULL },
		.address = 0x3fff0000,
		.size = 0x10000,
		.version = LW_WORD_VERSION,
	};
	char value[64], *line, *again;
	struct lw_words found;

	memset(&found, 0xa5, sizeof(found));
	lw_words_find(text, &found);
	lw_word_value(text, "luwatch", value, sizeof(value));
	free(lw_memmap_word(text, ours.address));
	line = lw_words_compose(text, &ours, "ours=1");
	MUST(line && lw_words_find(line, &found) == 1);
	MUST(found.address == ours.address && found.size == ours.size &&
	     lw_id_equal(found.id, ours.id));
	again = lw_words_compose(line, &ours, "ours=1");
	MUST(again && !strcmp(line, again));
	free(line);
	free(again);
}

static void no_word(const char *file, int line, const char *problem, void *data)
{
	MUST(file && line >= 0 && problem && *problem);
	++*(int *)data;
}

static void check_config(const char *text, size_t length)
{
	struct lw_config config;
	int problems = 0, r;

	lw_config_defaults(&config);
	r = lw_config_parse(&config, "fuzz", text, length, no_word, &problems);
	MUST(!r == !problems);
	MUST(config.label_count <= LW_CONFIG_LABELS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct lw_audit_kept kept;
	struct lw_listen listen;
	char shown[LW_RID_TEXT];
	uint64_t rid, same;

	MUST(text);
	memcpy(text, data, size);
	text[size] = '\0';
	check_command_line(text);
	check_config(text, size);
	lw_listen_parse(text, &listen);
	lw_audit_kept_parse(text, &kept);
	if (!lw_rid_parse(text, &rid))
		MUST(!lw_rid_parse(lw_rid_format(rid, shown), &same) && same == rid);
	free(text);
	return 0;
}
