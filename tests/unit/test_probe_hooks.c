// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of hooks against the programs that were built: no hook without its programs, no program
 * without a hook, no probe without a row.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch.skel.h"
#include "probe/hooks.h"

static int open_programs(void **state)
{
	*state = luwatch_bpf__open();
	return *state ? 0 : -1;
}

static int close_programs(void **state)
{
	luwatch_bpf__destroy(*state);
	return 0;
}

static void every_name_is_a_program(void **state)
{
	struct luwatch_bpf *skeleton = *state;
	const char *const *name;
	int i, way;

	for (i = 0; i < lw_hook_count; i++) {
		assert_non_null(lw_hooks[i].fentry[0]);
		for (way = 0; way < 2; way++)
			for (name = way ? lw_hooks[i].kprobe : lw_hooks[i].fentry; *name; name++)
				if (!bpf_object__find_program_by_name(skeleton->obj, *name))
					fail_msg("%s: there is no program %s", lw_hooks[i].name, *name);
	}
}

static bool has_hook(const char *program)
{
	const struct lw_hook *hook;
	int i, j;

	for (i = 0; i < lw_hook_count; i++) {
		hook = &lw_hooks[i];
		for (j = 0; j < LW_HOOK_PROGRAMS; j++)
			if ((hook->fentry[j] && !strcmp(hook->fentry[j], program)) ||
			    (hook->kprobe[j] && !strcmp(hook->kprobe[j], program)))
				return true;
	}
	return false;
}

/* A function that is not there is something to configure, or another kernel: which, each row says. */
static void every_row_says_where_it_comes_from(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < lw_hook_count; i++)
		if (!lw_hooks[i].since)
			fail_msg("%s: nobody says where a kernel gets it", lw_hooks[i].name);
}

static void every_program_has_a_hook(void **state)
{
	struct luwatch_bpf *skeleton = *state;
	struct bpf_program *program;

	bpf_object__for_each_program(program, skeleton->obj)
		if (!has_hook(bpf_program__name(program)))
			fail_msg("no hook names the program %s", bpf_program__name(program));
}

static void every_probe_has_one_row(void **state)
{
	int i, j;

	for (i = 0; i < lw_hook_count; i++) {
		assert_in_range(lw_hooks[i].bit, 0, LW_PROBE_BITS - 1);
		assert_non_null(lw_hooks[i].serves);
		for (j = 0; j < i; j++)
			assert_int_not_equal(lw_hooks[i].bit, lw_hooks[j].bit);
	}
	/* 25 was never given away. */
	for (i = 0; i < LW_PROBE_BITS; i++)
		assert_true(i == 25 || lw_hook_of(i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_a_program),
		cmocka_unit_test(every_row_says_where_it_comes_from),
		cmocka_unit_test(every_program_has_a_hook),
		cmocka_unit_test(every_probe_has_one_row),
	};

	return cmocka_run_group_tests(tests, open_programs, close_programs);
}
