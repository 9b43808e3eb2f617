/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inner header of the page: what its sections share. Each lw_html_*() below the helpers writes what
 * stands in page/page.html in place of @@NAME@@.
 */
#ifndef LUWATCH_PAGE_H
#define LUWATCH_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include "report/stored.h"
#include "text/view.h"

struct lw_page {
	FILE *out;
	const json_t *report;
	const char *nonce;
	enum lw_verdict verdict;
	const char *problem; /* why the report is damaged, escaped; NULL when it is not */
	struct lw_view view; /* for the helpers of the text views */
};

/*
 * Writes FORMAT, in which every "%s" stands for a const char * whose text is written so that HTML
 * shows it as it is, in content and in a quoted attribute. Texts of the report must have come
 * through base/fields.h before: that takes away what is invisible or turns the reading direction.
 */
void lw_html_put(struct lw_page *page, const char *format, ...);

/* COUNT as text, kept with the page; and COUNT with its noun, "1 entry", "2 entries". */
const char *lw_html_count(struct lw_page *page, size_t count);
const char *lw_html_plural(struct lw_page *page, size_t count, const char *one, const char *many);

/* The first fault or entry that names a device with this requester ID; "" when none does. */
const char *lw_html_device(struct lw_page *page, const char *rid);

void lw_html_top(struct lw_page *page);
void lw_html_facts(struct lw_page *page);
void lw_html_findings(struct lw_page *page);
void lw_html_units(struct lw_page *page);
void lw_html_entries(struct lw_page *page);
void lw_html_faults(struct lw_page *page);
void lw_html_checks(struct lw_page *page);
void lw_html_evidence(struct lw_page *page);
void lw_html_data(struct lw_page *page);

/* States of entries in the order in which the page shows them; what is none of them is the last. */
#define LW_HTML_STATES (LW_CONTEXT_STATES + 1)
#define LW_HTML_OTHER  LW_CONTEXT_STATES
#define LW_HTML_ALWAYS (LW_CONTEXT_ALTERED + 1) /* so many are shown when there are none, too */
const char *lw_html_state_name(unsigned int state);

/* "plain", "good", "warn", "bad", "strong": a class of page.css. */
const char *lw_html_tone(enum lw_tone tone);

/* Colours and shapes of the states as style sheet. */
void lw_html_state_style(struct lw_page *page);

/* Files of page/, embedded; texts with a terminating NUL. */
extern const char lw_page_html[], lw_page_style[], lw_page_script[];

#endif
