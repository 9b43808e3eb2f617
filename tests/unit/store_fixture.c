// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>
#include <jansson.h>
#include <sys/stat.h>

#include "report/store.h"
#include "store_fixture.h"

char state[64];

int make_state(void **unused)
{
	(void)unused;
	strcpy(state, "/tmp/luwatch-test-store-XXXXXX");
	umask(022);
	return mkdtemp(state) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

int remove_state(void **unused)
{
	(void)unused;
	return nftw(state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

json_t *make_report(const char *id, const char *collected, const char *boot)
{
	return json_pack("{ss, ss, ss, sb, ss, s{s{ss}}, s{ss, ss}, s{ss}}", "schema",
			 "luwatch.report/1", "id", id, "verdict", "clean", "final", 1, "headline",
			 "CLEAN", "invariants", "I12", "result", "pass", "boot", "kind", "kexec",
			 "new", boot, "time", "collected", collected);
}

void save(const char *id, uint32_t revision, const char *collected, const char *boot)
{
	json_t *report = make_report(id, collected, boot);

	assert_non_null(report);
	assert_int_equal(lw_store_save(state, id, revision, report), 0);
	json_decref(report);
}

void write_raw(const char *relative, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", state, relative);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}
