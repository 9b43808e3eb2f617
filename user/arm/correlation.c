/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The orchestrator's id as one line on disk: "BOOT-ID ID". */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "arm/correlation.h"
#include "base/io.h"

bool lw_is_correlation(const char *text)
{
	const char *at;

	for (at = text; *at; at++)
		if (*at <= ' ' || *at > '~' || strchr("\"'\\", *at))
			return false;
	return at > text && at - text < LW_CORRELATION_TEXT;
}

int lw_correlation_save(const char *state, const char *boot_id, const char *text)
{
	LW_FREE char *path = lw_format("%s/correlation", state);
	LW_FREE char *line = lw_format("%s %s\n", boot_id, text);

	if (*text && !lw_is_correlation(text))
		return -EINVAL;
	return lw_write_file(path, line, strlen(line), 0640);
}

void lw_correlation_load(const char *state, const char *boot_id, char text[LW_CORRELATION_TEXT])
{
	LW_FREE char *path = lw_format("%s/correlation", state);
	size_t boot = strlen(boot_id);
	char line[256];

	text[0] = '\0';
	if (boot && lw_read_line(path, line, sizeof(line)) > (int)boot + 1 &&
	    !strncmp(line, boot_id, boot) && line[boot] == ' ' && lw_is_correlation(line + boot + 1))
		strcpy(text, line + boot + 1);
}
