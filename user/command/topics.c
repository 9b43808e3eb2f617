/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alerts, metrics and keys of the configuration as tables of words. */
#include "command/topics.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "config/config.h"
#include "daemon/metrics.h"

#define TOPICS 64

/* The document itself; the assembler finds it through -I. */
asm(".section .rodata.alerts,\"a\",@progbits\n"
    ".global lw_alerts_document\n"
    ".type lw_alerts_document, @object\nlw_alerts_document:\n"
    ".incbin \"docs/alerts.md\"\n"
    ".byte 0\n"
    ".size lw_alerts_document, . - lw_alerts_document\n"
    ".previous\n");
extern const char lw_alerts_document[];

/* Appends what is between AT and END as plain words: one blank for each run of them, no markup. */
static void put_plain(FILE *out, const char *at, const char *end)
{
	bool blank = false, any = false;

	for (; at < end; at++) {
		if (*at == '`' || *at == '*')
			continue;
		if (isspace((unsigned char)*at)) {
			blank = true;
			continue;
		}
		if (blank && any)
			putc(' ', out);
		blank = false;
		any = true;
		putc(*at, out);
	}
}

static bool is_step(const char *line)
{
	return isdigit((unsigned char)line[0]) && line[1] == '.' && line[2] == ' ';
}

/* Where the paragraph or step that begins at LINE ends. */
static const char *end_of_part(const char *line, const char *end)
{
	const char *next = line;

	do {
		next = memchr(next, '\n', end - next);
		next = next ? next + 1 : end;
	} while (next < end && *next != '\n' && !is_step(next));
	return next;
}

/* Paragraphs of one section: those before the first step are the story, from there on what to do.
 */
static void read_section(struct lw_word *word, const char *at, const char *end)
{
	char *story = NULL, *action = NULL;
	size_t length;
	FILE *stories = open_memstream(&story, &length),
	     *actions = open_memstream(&action, &length);
	bool steps = false, first[2] = { true, true };

	while (stories && actions && at < end) {
		const char *next = end_of_part(at, end);

		steps |= is_step(at);
		if (*at != '\n') {
			if (!first[steps])
				putc('\n', steps ? actions : stories);
			put_plain(steps ? actions : stories, at, next);
			first[steps] = false;
		}
		at = next + (next < end && *next == '\n');
	}
	if (stories)
		fclose(stories);
	if (actions)
		fclose(actions);
	if (action && !*action) {
		free(action);
		action = NULL;
	}
	word->story = story;
	word->action = action;
}

/* "Page. What it is." of the story: who is called, and why. */
static char *first_sentences(const char *story)
{
	const char *end = story ? strstr(story, ". ") : NULL;

	end = end ? strstr(end + 2, ". ") : NULL;
	return end ? strndup(story, end + 1 - story) : strdup(story ? story : "");
}

static const struct lw_word_table *table_of(struct lw_word *words, size_t count, const char *kind,
					    const char *heading)
{
	struct lw_word_table *table = malloc(sizeof(*table));
	const struct lw_word_table made = { kind, heading, words, count };

	if (table)
		memcpy(table, &made, sizeof(made));
	return table;
}

const struct lw_word_table *lw_topics_of_alerts(const char *text)
{
	static const char head[] = "\n## ";
	struct lw_word *words = calloc(TOPICS, sizeof(*words));
	const char *at = strstr(text, head), *next, *body;
	size_t count = 0;

	for (; words && at && count < TOPICS; at = next) {
		at += strlen(head);
		next = strstr(at, head);
		body = at + strcspn(at, "\n");
		words[count].name = strndup(at, body - at);
		read_section(&words[count], body + 1, next ? next + 1 : text + strlen(text));
		words[count].title = first_sentences(words[count].story);
		count++;
	}
	return words ? table_of(words, count, "alert", "Alerts") : NULL;
}

/* "# HELP NAME TEXT" of everything that can be exported. */
static const struct lw_word_table *read_metrics(void)
{
	static const char help[] = "# HELP ";
	static struct lw_account account;
	static struct lw_metrics_handover handover;
	static const struct lw_program_runs program;
	const struct lw_metrics m = { .version = "",
				      .kernel = "",
				      .account = &account,
				      .handover = &handover,
				      .programs = &program,
				      .program_count = 1 };
	const struct lw_fault fault = {};
	struct lw_word *words = calloc(TOPICS, sizeof(*words));
	size_t length, count = 0;
	LW_FREE char *text = NULL;
	const char *at, *name, *end;

	lw_account_add(&account, &fault, 1);
	text = lw_metrics_text(&m, &length);
	for (at = text ? strstr(text, help) : NULL; words && at && count < TOPICS;
	     at = strstr(end, help)) {
		name = at + strlen(help);
		at = name + strcspn(name, " ");
		end = at + strcspn(at, "\n");
		words[count].name = strndup(name, at - name);
		words[count++].title = strndup(at + 1, end - at - 1);
	}
	return words ? table_of(words, count, "metric", "Metrics") : NULL;
}

static const struct lw_word_table *read_keys(void)
{
	struct lw_word *words = calloc(lw_config_key_count, sizeof(*words));
	size_t i;

	for (i = 0; words && i < lw_config_key_count; i++) {
		const struct lw_config_key *key = &lw_config_keys[i];

		words[i].name = key->name;
		words[i].title = lw_format("[%s] %s: %s", key->section, key->name, key->help);
		words[i].story = lw_format("Allowed: %s. Default: %s.", key->allowed,
					   *key->fallback ? key->fallback : "nothing");
		words[i].action = "man luwatch.conf; 'luwatch run --show-config' prints what is in force.";
	}
	return words ? table_of(words, lw_config_key_count, "key", "Keys of the configuration") : NULL;
}

const struct lw_word_table *lw_topics(size_t index)
{
	static const struct lw_word_table *alerts, *metrics, *keys;

	if (index == 0)
		return alerts ? alerts : (alerts = lw_topics_of_alerts(lw_alerts_document));
	if (index == 1)
		return metrics ? metrics : (metrics = read_metrics());
	if (index == 2)
		return keys ? keys : (keys = read_keys());
	return NULL;
}
