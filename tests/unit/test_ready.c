// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a kexec now would be fully recorded: each thing that is missing is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arm/ready.h"

#define AREA  0x40000000ULL
#define IMAGE 0xffff888100000000ULL

static struct lw_control control;
static struct lw_pins pins;
static struct lw_image_view image;

static int whole(void **state)
{
	control = (struct lw_control){ .area_base = AREA, .area_count = 16 };
	pins = (struct lw_pins){ .state = LW_PINS_COMPLETE, .control = &control };
	image = (struct lw_image_view){ .image = IMAGE, .segments = 2,
					.segment = { { 0x1000000, 0x2000000 },
						     { AREA + 16 * 4096, 0x1000 } } };
	return 0;
}

static void misses(const char *word, const struct lw_pins *p, const struct lw_image_view *i, bool off)
{
	const char *problem = lw_not_ready(p, i, off);

	assert_non_null(problem);
	if (!strstr(problem, word))
		fail_msg("\"%s\" does not name \"%s\"", problem, word);
}

static void ready(void **state)
{
	assert_null(lw_not_ready(&pins, &image, false));
	control.trace_on = 1;
	control.area_base = control.area_count = 0;
	assert_null(lw_not_ready(&pins, &image, false));
}

static void not_armed(void **state)
{
	misses("not armed", NULL, &image, false);
	misses("recording is off", NULL, &image, true);
	pins.state = LW_PINS_NONE;
	misses("not armed", &pins, &image, false);
	pins = (struct lw_pins){ .state = LW_PINS_BROKEN };
	misses("half armed", &pins, &image, false);
	pins.state = LW_PINS_REPAIRABLE;
	misses("half armed", &pins, &image, true);
}

static void no_way_across(void **state)
{
	control.area_base = 0;
	misses("no carrier", &pins, &image, false);
	control.probes_only = 1;
	misses("only faults", &pins, &image, false);
}

static void wrong_image(void **state)
{
	misses("cannot be looked at", &pins, NULL, false);
	control.stale_image = IMAGE;
	misses("was loaded before", &pins, &image, false);
	control.stale_image = 0;
	image.segment[1].address--;
	misses("covers the records", &pins, &image, false);
	image.segment[1] = image.segment[0];
	image.segment[0].size = AREA - image.segment[0].address + 1;
	misses("covers the records", &pins, &image, false);
	image.image = 0;
	misses("no kexec image", &pins, &image, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ready, whole),
		cmocka_unit_test_setup(not_armed, whole),
		cmocka_unit_test_setup(no_way_across, whole),
		cmocka_unit_test_setup(wrong_image, whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
