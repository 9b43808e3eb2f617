// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What explain knows beside the words of a report: every alert of the rules with its steps, and every
 * metric that the agent can export.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "command/topics.h"
#include "skip.h"

/* They live for ever, and a leak detector that finds no pointer to them would not know. */
static const struct lw_word_table *volatile t, *volatile none;

static void alert_by_alert(void **state)
{
	(void)state;
	t = lw_topics_of_alerts("# Alerts\n\nwords\n\n## One\n**Page.** It `burns`,\n"
							    "all of it. More.\n\nAnother\nline.\n\n1. Run.\n2. Run\n"
							    "   faster.\n\nThen rest.\n## Two\n**Ticket.** Short.\n");

	assert_int_equal(t->count, 2);
	assert_string_equal(t->words[0].name, "One");
	assert_string_equal(t->words[0].title, "Page. It burns, all of it.");
	assert_string_equal(t->words[0].story, "Page. It burns, all of it. More.\nAnother line.");
	assert_string_equal(t->words[0].action, "1. Run.\n2. Run faster.\nThen rest.");
	assert_string_equal(t->words[1].title, "Ticket. Short.");
	assert_null(t->words[1].action);
	none = lw_topics_of_alerts("");
	assert_int_equal(none->count, 0);
}

/* Each "alert: NAME" of FILE is a topic with something to do. */
static void has_alerts_of(const char *file)
{
	FILE *in = open_of_tree(file);
	char line[256], name[64];
	const struct lw_word *word;
	int count = 0;

	while (fgets(line, sizeof(line), in)) {
		if (sscanf(line, " - alert: %63s", name) != 1)
			continue;
		count++;
		word = lw_word_of(lw_topics(0), name);
		if (!word || !word->action || !*word->title)
			fail_msg("explain does not know what to do about %s", name);
	}
	fclose(in);
	assert_true(count > 0);
}

static void every_alert(void **state)
{
	(void)state;
	has_alerts_of("contrib/prometheus/luwatch.rules.yml");
}

static void every_metric(void **state)
{
	FILE *in = open_of_tree("tests/compatibility/metrics.list");
	char line[256], name[64];

	(void)state;
	while (fgets(line, sizeof(line), in))
		if (sscanf(line, "%63s ", name) == 1 && !lw_word_of(lw_topics(1), name))
			fail_msg("explain does not know %s", name);
	fclose(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alert_by_alert),
		cmocka_unit_test(every_alert),
		cmocka_unit_test(every_metric),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
