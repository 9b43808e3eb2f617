/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The levels: off arms nothing; probes attaches the programs and counts faults, but reserves no
 * memory and brings nothing across a kexec; full does everything.
 */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/message.h"
#include "carry/cmdline.h"
#include "config/level.h"

#define CMDLINE_LIMIT 65536

const char *lw_recording_off(const struct lw_config *config)
{
	LW_FREE uint8_t *cmdline = NULL;
	size_t length;

	if (!lw_read_file("/proc/cmdline", CMDLINE_LIMIT, &cmdline, &length) &&
	    lw_words_off((char *)cmdline))
		return "luwatch=off stands on the kernel command line";
	return config->level == LW_LEVEL_OFF ? "[record] level is off" : NULL;
}

static void keep_first(const char *file, int line, const char *problem, void *data)
{
	struct lw_refusal *first = data;

	if (*first->problem)
		return;
	snprintf(first->file, sizeof(first->file), "%s", file);
	snprintf(first->problem, sizeof(first->problem), "%s", problem);
	first->line = line;
}

void lw_refusal_take(const char *file, int line, const char *problem, void *data)
{
	if (line)
		lw_error("%s:%d: %s", file, line, problem);
	else
		lw_error("%s: %s", file, problem);
	keep_first(file, line, problem, data);
}

char *lw_refusal_text(const struct lw_refusal *r)
{
	if (!*r->problem)
		return NULL;
	return r->line ? lw_format("%s:%d: %s", r->file, r->line, r->problem)
		       : lw_format("%s: %s", r->file, r->problem);
}

int lw_host_config(struct lw_config *config)
{
	struct lw_refusal refusal = {};

	return lw_config_load(config, LW_CONFIG_FILE, LW_CONFIG_FOLDER, false, lw_refusal_take,
			      &refusal);
}

void lw_host_config_look(struct lw_config *config, struct lw_refusal *refusal)
{
	memset(refusal, 0, sizeof(*refusal));
	lw_config_load(config, LW_CONFIG_FILE, LW_CONFIG_FOLDER, false, keep_first, refusal);
}

const char *lw_level_name(int level)
{
	static const char *const names[] = { "off", "probes", "full" };

	return level >= LW_LEVEL_OFF && level <= LW_LEVEL_FULL ? names[level] : "?";
}
