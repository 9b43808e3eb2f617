// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The program of [hooks] on-verdict: what its environment says, and how it runs where systemd is
 * not the first process (tests/vm/scenarios/systemd.sh has it under systemd).
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "daemon/verdict_hook.h"
#include "sample.h"
#include "skip.h"

static const char *value_of(char **environment, const char *name)
{
	for (; *environment; environment++)
		if (!strncmp(*environment, name, strlen(name)) &&
		    (*environment)[strlen(name)] == '=')
			return *environment + strlen(name) + 1;
	return NULL;
}

static void environment(void **state)
{
	struct lw_journal_entry e;
	json_t *report = load_sample("violation"), *line;
	char **list, **at;

	(void)state;
	json_object_set_new(report, "labels",
			    json_pack("{ss}", "rack", "b12\nLUWATCH_VERDICT=clean"));
	lw_journal_report(&e, report);
	list = lw_verdict_hook_environment(&e, report);
	assert_non_null(list);
	assert_string_equal(value_of(list, "LUWATCH_VERDICT"), "violation");
	assert_string_equal(value_of(list, "LUWATCH_HANDOVER"),
			    lw_journal_field(&e, "LUWATCH_HANDOVER"));
	assert_string_equal(value_of(list, "LUWATCH_MESSAGE"), lw_journal_field(&e, "MESSAGE"));
	assert_string_equal(value_of(list, "LUWATCH_FAILED"),
			    lw_journal_field(&e, "LUWATCH_FAILED"));
	assert_non_null(value_of(list, "PATH"));
	line = json_loads(value_of(list, "LUWATCH_SUMMARY"), 0, NULL);
	assert_string_equal(json_string_value(json_object_get(line, "schema")),
			    "luwatch.summary/1");
	json_decref(line);
	/* Nothing of the journal's own, nothing of the caller's, and no line that breaks out. */
	for (at = list; *at; at++) {
		assert_true(!strncmp(*at, "LUWATCH_", 8) || !strncmp(*at, "PATH=", 5));
		assert_null(strchr(*at, '\n'));
	}
	lw_verdict_hook_free_environment(list);
	lw_journal_end(&e);
	json_decref(report);
}

static void none_is_none(void **state)
{
	struct lw_journal_entry e;
	json_t *report = load_sample("violation");
	struct lw_config c;

	(void)state;
	lw_config_defaults(&c);
	lw_journal_report(&e, report);
	assert_int_equal(lw_verdict_hook_tell(&c, &e, report), 0);
	lw_journal_end(&e);
	json_decref(report);
}

/* What PROGRAM and its supervisor print, for the caller to free; ERRORS_ONLY for one that prints without end. */
static char *ran(const char *program, unsigned int seconds, bool errors_only)
{
	char *environment[] = { "LUWATCH_VERDICT=violation", NULL };
	struct lw_verdict_hook hook = { .program = program,
					.user = "",
					.seconds = seconds,
					.unit = "luwatch-verdict-x-1.service",
					.environment = environment };
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO), ends[2];
	char *text = calloc(1, 65536);
	size_t used = 0;
	ssize_t n;

	fflush(NULL);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	dup2(ends[1], STDERR_FILENO);
	if (errors_only)
		assert_non_null(freopen("/dev/null", "w", stdout));
	else
		dup2(ends[1], STDOUT_FILENO);
	close(ends[1]);
	n = lw_verdict_hook_start_process(&hook);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	assert_int_equal(n, 0);
	/* Ends when neither of the two holds it any more. */
	while (used < 65000 && (n = read(ends[0], text + used, 65000 - used)) > 0)
		used += n;
	close(ends[0]);
	return text;
}

/* Seconds that no program takes that ends by itself, however busy the machine is. */
#define PLENTY 300

static void without_systemd(void **state)
{
	LW_FREE char *env = NULL, *who = NULL, *yes = NULL, *fails = NULL, *none = NULL;

	(void)state;
	if (geteuid())
		skip_because("only root can start a program as somebody else");
	env = ran("/usr/bin/env", PLENTY, false);
	assert_non_null(strstr(env, "LUWATCH_VERDICT=violation\nluwatch: "));
	assert_non_null(strstr(env, "/usr/bin/env was told of luwatch-verdict-x-1.service"));
	who = ran("/usr/bin/id", PLENTY, false);
	assert_non_null(strstr(who, "(nobody)"));
	assert_null(strstr(who, "(root)"));
	yes = ran("/usr/bin/yes", 1, true);
	assert_non_null(strstr(yes, "/usr/bin/yes ran longer than 1 s and was killed"));
	fails = ran("/usr/bin/false", PLENTY, false);
	assert_non_null(strstr(fails, "/usr/bin/false ended with 1"));
	none = ran("/nowhere/at/all", PLENTY, false);
	assert_non_null(strstr(none, "/nowhere/at/all: No such file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(environment),
		cmocka_unit_test(none_is_none),
		cmocka_unit_test(without_systemd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
