// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The text report over the sample reports: the first line tells the truth, what matters is named,
 * the lines fit, and nothing that a terminal would obey comes out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/escape.h"
#include "correlate/handover.h"
#include "text/text.h"
#include "sample.h"

static const char *const samples[] = { "clean",	      "parked",	 "violation", "incomplete",
				       "plain-kexec", "hostile", "units-64" };

#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static void clean_needs_no_action(void **state)
{
	char *text = render_sample("clean", 100, false);

	(void)state;
	assert_first_line(text, "CLEAN: 2 devices kept, 5 cleared");
	assert_has(text, "\nNo action needed.\n");
	assert_has(text, "kexec 6.12.117+deb12-amd64 -> 7.2.4-1-amd64 at 2026-10-03 02:11:40 UTC, "
			 "blackout 1.84 s\n");
	assert_has(text, "\ndmar1   legacy   on -> on ");
	assert_has(text, "Losses      none counted\n");
	assert_lacks(text, "WHAT IS");
	free(text);
}

static void sessions_and_tokens_are_named(void **state)
{
	char *text = render_sample("clean", 100, false);

	(void)state;
	assert_has(text, "\nSessions    \"vm-web-4\": 0000:04:00.0 (token 0x11), 0000:04:00.1 (token 0x12)\n");
	free(text);
	text = render_sample("parked", 100, false);
	assert_has(text, "\nSessions    \"\\x1b[31m<b>one\": 0000:04:00.0 (token 0x11)\n"
			 "            not known: 0000:04:00.1\n");
	free(text);
	text = render_sample("violation", 100, false);
	assert_lacks(text, "Sessions");
	free(text);
}

static void parked_device_is_named_but_no_alarm(void **state)
{
	char *text = render_sample("parked", 100, false);

	(void)state;
	assert_first_line(text, "CLEAN SO FAR, 1 device still did DMA");
	assert_has(text, "Not final: faults are still being watched for.");
	assert_has(text, "  parked  0000:03:00.0  Samsung NVMe SSD Controller PM9A1\n");
	assert_has(text, "parked = blocked as promised, but the device was not quiet\n");
	assert_has(text, "118 guest");
	assert_lacks(text, "WHAT IS WRONG");
	free(text);
}

static void violation_names_devices_and_actions(void **state)
{
	char *text = render_sample("violation", 100, false);

	(void)state;
	assert_first_line(text,
			  "VIOLATION: 1 entry leaked, 1 preserved entry lost, 1 device broken");
	assert_has(text, "\nAction needed: ");
	assert_has(text, "  LEAKED  0000:03:00.0  Samsung NVMe SSD Controller PM9A1  (I1)\n");
	assert_has(text, "  LOST    0000:04:00.1  Mellanox ConnectX-6 Dx  (I2)\n");
	assert_has(text, "  BROKEN  0000:04:00.1  Mellanox ConnectX-6 Dx  (I10)\n");
	assert_has(text, "      Do: Check the guest that owns it");
	assert_has(text, "  FAIL           I1 ");
	assert_has(text, "  unknown        I4 ");
	assert_has(text, "  pass           I3 I5 I7 I9 I11 I12\n");
	assert_has(text, "Faults      12 broken, 2 ordinary\n");
	assert_has(text, "faults_unseen 4\n");
	assert_lacks(text, "records_dropped");
	/* What is grave stands above what is not. */
	assert_true(strstr(text, "LEAKED") < strstr(text, "ALSO NOTED"));
	assert_true(strstr(text, "broken   blackout") < strstr(text, "ordinary before"));
	free(text);
}

static void verbose_shows_everything(void **state)
{
	char *text = render_sample("violation", 100, true);

	(void)state;
	assert_has(text, "\nENTRIES\n");
	assert_has(text, "  0000:01:00.0  dmar0    cleared   QEMU edu device\n");
	assert_has(text, "before 0x0000000104e5d001 0x0000000000000102");
	assert_has(text, "  not-applicable I6  protected memory regions are off\n");
	assert_has(text, "      By: records 117 and 186\n");
	free(text);
}

static void incomplete_is_not_clean(void **state)
{
	char *text = render_sample("incomplete", 100, false);

	(void)state;
	assert_first_line(text, "INCOMPLETE: no record of the shutdown came across");
	assert_has(text, "\nNot proven clean: ");
	assert_has(text, "  I12     pages\n");
	assert_has(text, "no luwatch= word");
	assert_has(text, "  unknown        I1 I2 I3 I4 I5 I7 I11 I12 I13\n");
	/* What is not known is not shown as nothing. */
	assert_has(text,
		   "\ndmar0   legacy   ? -> ?             ?     ?       ?      ?     ?       ?");
	assert_has(text, "marked by the kernel ?, kept ?\n");
	free(text);
}

static void many_units_stay_readable(void **state)
{
	char *text = render_sample("units-64", 100, false);

	(void)state;
	assert_has(text, "\ndmar7 ");
	assert_has(text, "\ndmar41 ");
	assert_has(text, "<- on-although-nothing-is-preserved\n");
	assert_has(text, "\n61 more ");
	assert_lacks(text, "\ndmar8 ");
	free(text);

	text = render_sample("units-64", 100, true);
	assert_has(text, "\ndmar8 ");
	assert_lacks(text, " more ");
	free(text);
}

/* Lines fit the width unless a single word does not. */
static void lines_fit(void **state)
{
	static const char *const ordinary[] = { "clean", "parked", "violation", "incomplete",
						"plain-kexec" };
	size_t i;

	(void)state;
	for (i = 0; i < 2 * sizeof(ordinary) / sizeof(ordinary[0]); i++) {
		size_t width = i % 2 ? 80 : 100;
		char *text = render_sample(ordinary[i / 2], (unsigned int)width, false);
		char *line, *rest = text;

		while ((line = strsep(&rest, "\n"))) {
			size_t length = strlen(line);

			if (lw_escape_columns(line) > width)
				fail_msg("longer than %zu: %s", width, line);
			assert_false(length && line[length - 1] == ' ');
		}
		free(text);
	}
}

static void no_sample_sends_controls(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < 2 * SAMPLES; i++) {
		char *text = render_sample(samples[i / 2], 80, i % 2);

		for (j = 0; text[j]; j++) {
			unsigned char byte = (unsigned char)text[j];

			assert_true(byte == '\n' || (byte >= 0x20 && byte != 0x7f));
			assert_false(byte == 0xc2 && (unsigned char)text[j + 1] < 0xa0);
		}
		assert_lacks(text, "\xe2\x80\xae");
		free(text);
	}
}

/* The headline is free text: it never overrules the verdict. */
static void headline_cannot_hide_the_verdict(void **state)
{
	char *text = render_sample("hostile", 100, false);

	(void)state;
	assert_first_line(text, "VIOLATION");
	free(text);
}

static void colour_only_adds(void **state)
{
	json_t *report = load_sample("violation");
	struct lw_style style = { .width = 100, .colour = true };
	char *plain = render(report, 100, false, NULL), *text, *from, *to;
	size_t length;

	(void)state;
	style.out = open_memstream(&text, &length);
	lw_text_report(&style, report, false);
	fclose(style.out);
	assert_int_equal(strncmp(text, "\033[1;31mVIOLATION", 16), 0);
	/* Without the sequences it is the same text. */
	for (from = to = text; *from;) {
		if (*from == '\033')
			from = strchr(from, 'm') + 1;
		else
			*to++ = *from++;
	}
	*to = '\0';
	assert_string_equal(text, plain);
	free(text);
	free(plain);
	json_decref(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean_needs_no_action),
		cmocka_unit_test(sessions_and_tokens_are_named),
		cmocka_unit_test(parked_device_is_named_but_no_alarm),
		cmocka_unit_test(violation_names_devices_and_actions),
		cmocka_unit_test(verbose_shows_everything),
		cmocka_unit_test(incomplete_is_not_clean),
		cmocka_unit_test(many_units_stay_readable),
		cmocka_unit_test(lines_fit),
		cmocka_unit_test(no_sample_sends_controls),
		cmocka_unit_test(headline_cannot_hide_the_verdict),
		cmocka_unit_test(colour_only_adds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
