// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of commands: help, man pages and completion are made from it, so it has no gaps. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "command/command.h"

/* One line without a full stop, as it stands in lists and in the head of a man page. */
static void check_summary(const char *text)
{
	assert_non_null(text);
	assert_true(islower((unsigned char)text[0]) || isupper((unsigned char)text[1]));
	assert_null(strchr(text, '\n'));
	assert_int_not_equal(text[strlen(text) - 1], '.');
}

static void check_options(const struct argp_option *options)
{
	bool seen[128] = {};

	for (; options && options->name; options++) {
		assert_non_null(options->doc);
		/* The man page puts the full stop. */
		assert_int_not_equal(options->doc[strlen(options->doc) - 1], '.');
		assert_true(options->key > ' ' && options->key < 127);
		assert_false(seen[options->key]);
		seen[options->key] = true;
		assert_true(strlen(options->name) > 1);
	}
}

static void check_parts(const struct lw_command *command)
{
	const struct lw_command *part;

	for (part = command->parts; part->name; part++) {
		check_summary(part->summary);
		assert_ptr_equal(lw_command_part(command, part->name), part);
		if (part->parts) {
			assert_null(part->argp);
			check_parts(part);
			continue;
		}
		assert_non_null(part->run);
		assert_non_null(part->argp);
		assert_non_null(part->argp->doc);
		check_options(part->argp->options);
	}
}

static void table_has_no_gaps(void **state)
{
	check_parts(&lw_luwatch);
}

static void unknown_names(void **state)
{
	assert_null(lw_command_part(&lw_luwatch, ""));
	assert_null(lw_command_part(&lw_luwatch, "repor"));
	assert_null(lw_command_part(&lw_luwatch, "reports"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_has_no_gaps),
		cmocka_unit_test(unknown_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
