// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes the seed corpus of fuzz_audit into the folder named on the command line: whole logs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_lines.h"

static int write_log(const char *folder, const char *name, uint64_t first, bool sign)
{
	struct log log;
	char path[4096], *text;
	FILE *file;
	int bad;

	make_log(&log, first, name, sign);
	text = join(&log);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	bad = !file || fwrite(text, 1, strlen(text), file) != strlen(text) || fclose(file);
	free(text);
	free_log(&log);
	return bad;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	return make_keys(NULL) || write_log(argv[1], "plain", 1, false) ||
	       write_log(argv[1], "signed", 1, true) || write_log(argv[1], "later", 1000, false);
}
