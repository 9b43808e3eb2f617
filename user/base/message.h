/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages to the person at the terminal or in the journal: one line each, on standard error. */
#ifndef LUWATCH_MESSAGE_H
#define LUWATCH_MESSAGE_H

/* What went wrong and, after a colon or semicolon, what to do next. No newline at the end. */
void lw_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void lw_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Shown only after lw_set_verbose(1). */
void lw_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void lw_set_verbose(int verbose);
int lw_is_verbose(void);

#endif
