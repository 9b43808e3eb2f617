// SPDX-License-Identifier: GPL-2.0-or-later
/* A file has the mode it was written with, whatever the umask: metrics are read by others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"

static void mode_is_meant(void **state)
{
	char folder[] = "/tmp/luwatch-test-XXXXXX";
	LW_FREE char *path = NULL;
	mode_t mask = umask(0077);
	struct stat found;

	assert_non_null(mkdtemp(folder));
	path = lw_format("%s/metrics.prom", folder);
	assert_int_equal(lw_write_file(path, "x\n", 2, 0644), 0);
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_mode & 07777, 0644);
	assert_int_equal(lw_write_file(path, "y\n", 2, 0600), 0);
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_mode & 07777, 0600);
	umask(mask);
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(mode_is_meant) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
