/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading what is known of the kernels that ran here before this one. */
#ifndef LUWATCH_EARLIER_H
#define LUWATCH_EARLIER_H

#include <jansson.h>

#include "collect/witness.h"

/* Where they lie. */
struct lw_earlier_places {
	const char *state, *audit;
	const char **journal; /* its files, ended by NULL; NULL: this machine's */
};

/*
 * Everything that can be read, also as "earlier_kernels" in EVIDENCE: a row each, and for a teller
 * without one why.
 */
void lw_earlier_read(const struct lw_earlier_places *places, json_t *evidence, struct lw_earlier_list *list);

/* The tellers, each a negative errno when it is not there. */
int lw_earlier_evidence(const struct lw_earlier_places *places, struct lw_earlier_list *list);
int lw_earlier_journal(const struct lw_earlier_places *places, struct lw_earlier_list *list);
int lw_earlier_audit(const struct lw_earlier_places *places, struct lw_earlier_list *list);

#endif
