// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a kexec now would be fully recorded: each thing that is missing is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arm/ready.h"

#define AREA  0x40000000ULL
#define IMAGE 0xffff888100000000ULL

static struct lw_control control;
static struct lw_pins pins;
static struct lw_loaded loaded;

#define ID    "0123456789abcdef0123456789abcdef"
#define WORDS "memmap=64K$0x40000000 luwatch=1,0x40000000,0x10000," ID
#define TRACE "memmap=2M$0x10000000 trace_instance=luwatch^traceoff@0x10000000:2M"

static void line(const char *text)
{
	snprintf(loaded.line.text, sizeof(loaded.line.text), "%s", text);
}

static int whole(void **state)
{
	control = (struct lw_control){ .area_base = AREA, .area_count = 16,
					.carriers = 1 << LW_CARRIER_PAGES };
	pins = (struct lw_pins){ .state = LW_PINS_COMPLETE, .control = &control };
	control.handover[0] = 0x0123456789abcdefULL;
	control.handover[1] = 0x0123456789abcdefULL;
	loaded = (struct lw_loaded){ .view = { .image = IMAGE, .segments = 2,
					       .segment = { { 0x1000000, 0x2000000 },
							    { AREA + 16 * 4096, 0x1000 } } } };
	line(WORDS " root=/dev/sda1 quiet");
	return 0;
}

static void misses(const char *word, const struct lw_pins *p, const struct lw_loaded *i, bool off)
{
	const char *problem = lw_not_ready(p, i, off);

	assert_non_null(problem);
	if (!strstr(problem, word))
		fail_msg("\"%s\" does not name \"%s\"", problem, word);
}

static void ready(void **state)
{
	assert_null(lw_not_ready(&pins, &loaded, false));
	control.carriers |= 1 << LW_CARRIER_TRACE;
	loaded.running = TRACE;
	line(WORDS " " TRACE);
	assert_null(lw_not_ready(&pins, &loaded, false));
	control.carriers = 1 << LW_CARRIER_TRACE;
	control.area_base = control.area_count = 0;
	line(TRACE " luwatch=1,0x0,0x0," ID);
	assert_null(lw_not_ready(&pins, &loaded, false));
}

static void not_armed(void **state)
{
	misses("not armed", NULL, &loaded, false);
	misses("recording is off", NULL, &loaded, true);
	pins.state = LW_PINS_NONE;
	misses("not armed", &pins, &loaded, false);
	pins = (struct lw_pins){ .state = LW_PINS_BROKEN };
	misses("half armed", &pins, &loaded, false);
	pins.state = LW_PINS_REPAIRABLE;
	misses("half armed", &pins, &loaded, true);
}

static void no_way_across(void **state)
{
	control.carriers = 0;
	misses("no carrier", &pins, &loaded, false);
	control.probes_only = 1;
	misses("only faults", &pins, &loaded, false);
}

static void wrong_image(void **state)
{
	loaded.error = -1;
	misses("cannot be looked at", &pins, &loaded, false);
	loaded.error = 0;
	loaded.line_error = -1;
	misses("cannot be read", &pins, &loaded, false);
	loaded.view.segment[1].address--;
	misses("covers the records", &pins, &loaded, false);
	loaded.view.segment[1] = loaded.view.segment[0];
	loaded.view.segment[0].size = AREA - loaded.view.segment[0].address + 1;
	misses("covers the records", &pins, &loaded, false);
	loaded.view.image = 0;
	misses("no kexec image", &pins, &loaded, false);
}

/* Every way in which a loader gets the words wrong, and what is said. */
static void wrong_words(void **state)
{
	static const struct {
		const char *line, *says;
	} rows[] = {
		{ "root=/dev/sda1", "without luwatch's words" },
		{ "", "without luwatch's words" },
		{ "luwatch=off root=/dev/sda1", "without luwatch's words" },
		{ "memmap=64K$0x40000000 luwatch=1,0x40000000,0x10000,fedcba9876543210fedcba9876543210",
		  "earlier hand-over" },
		{ WORDS " luwatch=1,0x50000000,0x10000,fedcba9876543210fedcba9876543210",
		  "behind the right ones" },
		{ "memmap=64K$0x50000000 luwatch=1,0x50000000,0x10000," ID, "have moved" },
		{ "memmap=64K$0x40000000 luwatch=9,0x40000000,0x10000," ID, "earlier hand-over" },
		{ "quiet -- " WORDS, "does not see them" },
		{ "dyndbg=\"file a +p " WORDS, "does not see them" },
		{ "luwatch=1,0x40000000,0x10000," ID, "does not keep the memory" },
		{ "memmap=32K$0x40000000 luwatch=1,0x40000000,0x10000," ID, "does not keep the memory" },
		{ "memmap=64K@0x40000000 luwatch=1,0x40000000,0x10000," ID, "does not keep the memory" },
		{ "luwatch=1,0x40000000,0x10000," ID " -- memmap=64K$0x40000000",
		  "does not keep the memory" },
		{ WORDS " memmap=exactmap memmap=512M@1M", "exactmap" },
		{ WORDS " memmap=1M,exactmap", "exactmap" },
		{ WORDS " memmap=1M$1G memmap=1M$2G,1M$3G memmap=1M$4G", "more than four" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		line(rows[i].line);
		misses(rows[i].says, &pins, &loaded, false);
		misses("kexec-load", &pins, &loaded, false);
	}
	line("memmap=exactmap memmap=512M@1M " WORDS);
	assert_null(lw_not_ready(&pins, &loaded, false));
	line(WORDS " memmap=1M$1G memmap=1M$2G,1M$3G");
	assert_null(lw_not_ready(&pins, &loaded, false));
	loaded.line.cut = 1;
	misses("cut off", &pins, &loaded, false);
	loaded.line.cut = 0;
	control.carriers |= 1 << LW_CARRIER_TRACE;
	loaded.running = TRACE;
	misses("trace carrier", &pins, &loaded, false);
	line(WORDS " trace_instance=luwatch^traceoff@0x10000000:2M");
	misses("trace carrier", &pins, &loaded, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ready, whole),
		cmocka_unit_test_setup(not_armed, whole),
		cmocka_unit_test_setup(no_way_across, whole),
		cmocka_unit_test_setup(wrong_image, whole),
		cmocka_unit_test_setup(wrong_words, whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
