// SPDX-License-Identifier: GPL-2.0-or-later
/* `luwatch report`: its exit code says the verdict, and its options what is wrong with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "command/command.h"
#include "store_fixture.h"

/* Runs `luwatch report` on the test's folder with its output thrown away. */
static int run(const char *a, const char *b)
{
	char *argv[] = { "report", "--state", state, (char *)a, (char *)b, NULL };
	int argc = b ? 5 : a ? 4 : 3, code;
	int out = dup(1), error = dup(2), null = open("/dev/null", O_WRONLY);

	fflush(stdout);
	dup2(null, 1);
	dup2(null, 2);
	code = lw_command_report(argc, argv);
	fflush(stdout);
	dup2(out, 1);
	dup2(error, 2);
	close(null);
	close(error);
	close(out);
	return code;
}

static void command_exits_by_verdict(void **unused)
{
	char boot_id[64] = "";
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");

	(void)unused;
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%63s", boot_id), 1);
	fclose(file);

	assert_int_equal(run(NULL, NULL), LW_EXIT_NO_HANDOVER);
	assert_int_equal(run("--list", NULL), LW_EXIT_CLEAN);
	assert_int_equal(run("aa", NULL), LW_EXIT_ERROR);
	assert_int_equal(run("../..", NULL), LW_EXIT_USAGE);
	save(ID_A, 1, "2026-10-03T02:00:00Z", boot_id);
	assert_int_equal(run(NULL, NULL), LW_EXIT_CLEAN);
	assert_int_equal(run("--json", NULL), LW_EXIT_CLEAN);
	assert_int_equal(run("aa", "-v"), LW_EXIT_CLEAN);
	assert_int_equal(run("--list", "--json"), LW_EXIT_CLEAN);
	write_raw("handovers/" ID_A "/report-2.json",
		  "{\"schema\":\"luwatch.report/1\",\"id\":\"" ID_A
		  "\",\"verdict\":\"violation\"}");
	assert_int_equal(run("aa", NULL), LW_EXIT_VIOLATION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(command_exits_by_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
