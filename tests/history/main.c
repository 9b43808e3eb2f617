// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A machine of boots: random histories against the real code of collect, from the carriers to the
 * stored report. At every collect the answer is about the last kexec, or incomplete; where nothing
 * stood in the way it is not incomplete. A history that fails is made as short as it gets.
 *
 *	history [--seed S] [--count N] [--blind word|stamp|counter|others] [--verbose]
 *	history --every-call	collect broken at each call that changes a file
 */
#include <stdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"

static char folder[128];

static int usage(void)
{
	fprintf(stderr,
		"usage: history [--seed S] [--count N] [--blind word|stamp|counter|others] [--verbose]\n");
	return 2;
}

int main(int argc, char **argv)
{
	uint64_t seed = 1, count = 1000, i;
	struct history h;
	int failed = 0, a;
	bool each = false;

	for (a = 1; a < argc; a++) {
		if (!strcmp(argv[a], "--every-call"))
			each = true;
		else if (!strcmp(argv[a], "--verbose"))
			verbose = true;
		else if (a + 1 < argc && !strcmp(argv[a], "--blind"))
			blind = !strcmp(argv[++a], "word")  ? BLIND_BUT_WORD
				: !strcmp(argv[a], "stamp") ? BLIND_TO_STAMP
				: !strcmp(argv[a], "others") ? BLIND_TO_OTHERS
							    : BLIND_TO_COUNTER;
		else if (a + 1 < argc && !strcmp(argv[a], "--seed"))
			seed = strtoull(argv[++a], NULL, 0);
		else if (a + 1 < argc && !strcmp(argv[a], "--count"))
			count = strtoull(argv[++a], NULL, 0);
		else
			return usage();
	}
	snprintf(folder, sizeof(folder), "/dev/shm/luwatch-history-%d", getpid());
	mkdir(folder, 0700);
	if (each) {
		failed = every_call(folder) | resets(folder);
		count = 0;
	}
	for (i = 0; i < count && failed < 5; i++) {
		make_history(&h, seed + i);
		if (run_history(&h, folder, verbose && count == 1))
			continue;
		failed++;
		printf("fail: seed %lu: %s\n", (unsigned long)(seed + i), problem);
		shrink(&h, folder);
		run_history(&h, folder, true);
		printf("#   → %s\n", problem);
	}
	empty_folder(folder);
	rmdir(folder);
	if (!each)
		printf("counts %lu histories, %lu collects (%lu killed, %lu on a full disk before): %lu "
	       "clean, %lu "
	       "violation, %lu incomplete; of %lu answers nothing stood in the way; %lu of a kexec whose next kernel was lost\n",
	       (unsigned long)i, counted.collects, counted.killed, counted.full, counted.clean,
	       counted.violation, counted.incomplete, counted.ideal, counted.lost);
	return failed ? 1 : 0;
}
