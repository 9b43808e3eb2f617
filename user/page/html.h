/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report as one page that needs nothing else: no network, no other file, and for the verdict,
 * the findings and the tables no JavaScript either. Like the text report it is a view over a stored
 * report and trusts nothing in it.
 */
#ifndef LUWATCH_HTML_H
#define LUWATCH_HTML_H

#include <stdio.h>

#include <jansson.h>

/* Bytes of a nonce, its terminator included. */
#define LW_HTML_NONCE 33

/*
 * Writes the page to OUT. NONCE (letters and digits) is what the page's own styles and scripts show
 * to run; it must not have been known when REPORT was written, so that nothing that stands in a
 * report can run, even if it came through the escaping. Returns 0, -EBADMSG when the report is
 * damaged (the page says so and shows what it can), -EIO when writing failed, -ENOMEM.
 */
int lw_html_report(FILE *out, const json_t *report, const char *nonce);

/* A random nonce. 0 or a negative errno. */
int lw_html_nonce(char nonce[LW_HTML_NONCE]);

#endif
