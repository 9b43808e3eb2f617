/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which verdicts a person has looked at: one file beside the reports for each hand-over and verdict,
 * STATE/handovers/ID/acknowledged-VERDICT. A worse verdict of a later revision is not acknowledged.
 */
#ifndef LUWATCH_ACKNOWLEDGED_H
#define LUWATCH_ACKNOWLEDGED_H

#include <stdbool.h>

#include <jansson.h>

/* Whether its verdict is one to look at: not when it is clean, or of no hand-over. */
bool lw_can_acknowledge(const json_t *report);

/*
 * Keeps that the verdict of REPORT was looked at, with DETAIL (borrowed) as the file's content, on
 * disk on return. 0 also when it was before, whatever was said then; -EINVAL when that
 * cannot be; or a negative errno.
 */
int lw_acknowledge(const char *state, const json_t *report, const json_t *detail);

/* Whether that was done for hand-over ID when its verdict was VERDICT, a word. */
bool lw_acknowledged_as(const char *state, const char *id, const char *verdict);

/* Whether that was done for the verdict that REPORT has now. */
bool lw_is_acknowledged(const char *state, const json_t *report);

#endif
