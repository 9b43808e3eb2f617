// SPDX-License-Identifier: GPL-2.0-or-later
/* The edge of the list of known faults: the file it stands in. */
#include <errno.h>
#include <string.h>

#include "base/io.h"
#include "fault/known.h"

#define LIMIT 65536

int lw_known_read(struct lw_known *known, const char *path, unsigned int *line)
{
	LW_FREE uint8_t *text = NULL;
	size_t length;
	int r = lw_read_file(path, LIMIT, &text, &length);

	*line = 0;
	if (r)
		return r;
	if (strlen((char *)text) != length)
		return -EINVAL;
	*line = lw_known_parse(known, (char *)text);
	return *line ? -EINVAL : 0;
}
