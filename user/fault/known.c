// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The list of known faults. A BMC or a USB controller that reaches for its reserved region at every
 * boot must not hide the one that matters; nor may a whole device vanish because of it.
 */
#include "fault/known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"

static int parse_reason(const char *text, int *reason)
{
	char *end;
	unsigned long n;

	if (strncmp(text, "0x", 2) || !text[2])
		return -EINVAL;
	n = strtoul(text + 2, &end, 16);
	if (*end || n > 0xff)
		return -EINVAL;
	*reason = (int)n;
	return 0;
}

int lw_known_add(struct lw_known *known, const char *text)
{
	const char *colon = strrchr(text, ':');
	char rid[32];
	size_t length = strlen(text);
	int reason = -1;

	if (known->count == LW_KNOWN_FAULTS)
		return -ENOSPC;
	if (colon && !strncmp(colon + 1, "0x", 2)) {
		if (parse_reason(colon + 1, &reason))
			return -EINVAL;
		length = (size_t)(colon - text);
	}
	if (length >= sizeof(rid))
		return -EINVAL;
	memcpy(rid, text, length);
	rid[length] = '\0';
	if (lw_rid_parse(rid, &known->faults[known->count].rid))
		return -EINVAL;
	known->faults[known->count++].reason = reason;
	return 0;
}

unsigned int lw_known_parse(struct lw_known *known, const char *text)
{
	unsigned int line = 1;
	char word[64];
	size_t length;

	for (; *text; line++) {
		text += strspn(text, " \t\r");
		length = strcspn(text, " \t\r\n#");
		if (length >= sizeof(word))
			return line;
		memcpy(word, text, length);
		word[length] = '\0';
		if (length && lw_known_add(known, word))
			return line;
		text += length;
		text += strspn(text, " \t\r");
		if (*text && *text != '\n' && *text != '#')
			return line;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return 0;
}

bool lw_known_has(const struct lw_known *known, const struct lw_fault *fault)
{
	size_t i;

	for (i = 0; i < known->count; i++)
		if (known->faults[i].rid == fault->rid &&
		    (known->faults[i].reason < 0 ||
		     (uint32_t)known->faults[i].reason == fault->reason))
			return true;
	return false;
}
