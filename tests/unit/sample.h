/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sample reports (tests/unit/reports/) and looking at the text that is made of them. */
#ifndef LUWATCH_TEST_SAMPLE_H
#define LUWATCH_TEST_SAMPLE_H

#include <stdbool.h>

#include <jansson.h>

/* Loads tests/unit/reports/NAME.json; the test fails when it cannot be read. */
json_t *load_sample(const char *name);

/* The text report, to be freed; RESULT, if not NULL, receives what lw_text_report() returned. */
char *render(const json_t *report, unsigned int width, bool verbose, int *result);
char *render_sample(const char *name, unsigned int width, bool verbose);

void assert_has(const char *text, const char *part);
void assert_lacks(const char *text, const char *part);
void assert_first_line(const char *text, const char *line);

#endif
