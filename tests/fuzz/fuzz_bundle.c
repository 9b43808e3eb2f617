// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as the archive that somebody sends: opened, judged to the end and forgotten. Bytes that are
 * not compressed are a tar, so that a change of them is one of what is packed and not of the packing.
 * Nothing is written but in the one folder that is given back, and nothing is left of it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "base/io.h"
#include "bundle/bundle.h"
#include "collect/case.h"
#include "fuzz.h"
#include "judge/judge.h"
#include "report/json.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
static char top[] = "/dev/shm/luwatch-fuzz-XXXXXX";
static char inside[sizeof(top) + sizeof("/tmp")], archive[sizeof(top) + sizeof("/archive")];
static int silence, errors;

static void clean_up(void)
{
	unlink(archive);
	rmdir(inside);
	rmdir(top);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	MUST(mkdtemp(top));
	snprintf(inside, sizeof(inside), "%s/tmp", top);
	snprintf(archive, sizeof(archive), "%s/archive", top);
	MUST(!mkdir(inside, 0700) && !setenv("TMPDIR", inside, 1));
	MUST(!atexit(clean_up));
	silence = open("/dev/null", O_WRONLY | O_CLOEXEC);
	errors = dup(STDERR_FILENO);
	MUST(silence >= 0 && errors >= 0);
	return 0;
}

static void write_archive(const uint8_t *data, size_t size)
{
	gzFile packed;

	if (size >= 2 && !memcmp(data, "\x1f\x8b", 2)) {
		MUST(!lw_write_file(archive, data, size, 0600));
		return;
	}
	packed = gzopen(archive, "wb1");
	MUST(packed);
	MUST(!size || gzwrite(packed, data, (unsigned int)size) == (int)size);
	MUST(gzclose(packed) == Z_OK);
}

/* The names in FOLDER; each an ordinary file that is its owner's alone when FILES. */
static size_t names(const char *folder, bool files)
{
	DIR *open = opendir(folder);
	struct dirent *item;
	struct stat status;
	size_t count = 0;

	MUST(open);
	while ((item = readdir(open))) {
		if (!strcmp(item->d_name, ".") || !strcmp(item->d_name, ".."))
			continue;
		count++;
		MUST(!files || (!fstatat(dirfd(open), item->d_name, &status, AT_SYMLINK_NOFOLLOW) &&
				S_ISREG(status.st_mode) && (status.st_mode & 07777) == 0600));
	}
	closedir(open);
	return count;
}

static void judge(const char *folder)
{
	struct lw_handover *handover;
	struct lw_case c;
	json_t *report;

	if (!lw_case_load(folder, &c)) {
		MUST(!lw_correlate(&c.evidence, &handover));
		report = lw_report_json(handover);
		MUST(report);
		json_decref(report);
		lw_handover_free(handover);
	}
	lw_case_close(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *folder;
	int found;

	write_archive(data, size);
	/* What it says of a damaged file would be most of the fuzzer's log. */
	dup2(silence, STDERR_FILENO);
	found = lw_bundle_open(archive, &folder);
	MUST((found == 1) == (folder != NULL));
	if (folder) {
		MUST(names(folder, true) > 0);
		lw_bundle_is_redacted(folder);
		judge(folder);
		lw_bundle_forget(folder);
	}
	dup2(errors, STDERR_FILENO);
	MUST(names(inside, false) == 0);
	MUST(names(top, false) == 2);
	return 0;
}
