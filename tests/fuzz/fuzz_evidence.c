// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as the evidence.json of a saved hand-over, judged to the end. Without the carriers' files
 * no evidence can make it clean, whatever the file says.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "collect/case.h"
#include "fuzz.h"
#include "judge/judge.h"
#include "report/json.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
static char folder[] = "/dev/shm/luwatch-fuzz-XXXXXX";
static char path[sizeof(folder) + sizeof("/evidence.json")];
static int silence, errors;

static void clean_up(void)
{
	unlink(path);
	rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	MUST(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/evidence.json", folder);
	MUST(!atexit(clean_up));
	silence = open("/dev/null", O_WRONLY | O_CLOEXEC);
	errors = dup(STDERR_FILENO);
	MUST(silence >= 0 && errors >= 0);
	return 0;
}

static void judge(const struct lw_case *c)
{
	struct lw_handover *handover;
	json_t *report;

	MUST(!lw_correlate(&c->evidence, &handover));
	MUST(handover->verdict != LW_VERDICT_CLEAN);
	report = lw_report_json(handover);
	MUST(report);
	json_decref(report);
	lw_handover_free(handover);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *file = fopen(path, "w");
	struct lw_case c;
	int r;

	MUST(file && fwrite(data, 1, size, file) == size && !fclose(file));
	/* What it says of a damaged file would be most of the fuzzer's log. */
	dup2(silence, STDERR_FILENO);
	r = lw_case_load(folder, &c);
	dup2(errors, STDERR_FILENO);
	if (!r)
		judge(&c);
	lw_case_close(&c);
	return 0;
}
