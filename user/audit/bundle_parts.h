/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a bundle while it is checked. Only the files bundle_*.c use it. */
#ifndef LUWATCH_AUDIT_BUNDLE_PARTS_H
#define LUWATCH_AUDIT_BUNDLE_PARTS_H

#include "audit/bundle.h"
#include "audit/proof.h"
#include "audit/rows.h"

struct lw_bundle_proof {
	struct lw_audit_line line;
	char *text; /* of the record */
};

struct lw_bundle_growth {
	char *name, *text;
	size_t length;
	struct lw_proof proof;
};

struct lw_bundle_parts {
	FILE *out;
	enum lw_audit_answer answer; /* the worst so far */
	bool whole;		     /* all parts could be read */
	uint64_t first, last, since_ns, until_ns;
	struct lw_checkpoint checkpoint;
	char *note; /* its text */
	struct lw_audit_rows records;
	struct lw_bundle_proof *proofs; /* ascending */
	size_t proof_count;
	struct lw_bundle_growth *growths;
	size_t growth_count;
	struct lw_audit_key own, *own_key; /* first.pub; NULL: none */
	const struct lw_audit_key *key;
	size_t report_count, retained;
};

/* Says what is wrong, or what cannot be known, and remembers it. */
void lw_bundle_bad(struct lw_bundle_parts *parts, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void lw_bundle_unsure(struct lw_bundle_parts *parts, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Reads all but the reports; what is no part of a bundle has been said. 0 or a negative errno. */
int lw_bundle_parts_read(struct lw_bundle_parts *parts, const char *folder);
void lw_bundle_parts_free(struct lw_bundle_parts *parts);

/* Whether a proof ends with the bundle's own checkpoint, its signature included. */
bool lw_bundle_ends_with_checkpoint(const struct lw_bundle_parts *parts, const char *text, size_t length);

/* bundle_reports.c: each record of a report against the file, each file against a record. */
int lw_bundle_reports_check(struct lw_bundle_parts *parts, const char *folder);

#endif
