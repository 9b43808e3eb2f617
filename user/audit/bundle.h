/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an auditor gets: a folder with the records of a stretch of time, the reports they speak of, and
 * proofs that all of it is in the log of one signed checkpoint. It comes from whoever wants to be
 * believed: nothing in it is trusted but what the checkpoint's signature leads to.
 *
 *	bundle.json		luwatch.audit-bundle/1: which stretch, how large the log is
 *	records.jsonl		the records, as they stand in the log
 *	checkpoint		size and root of the whole log, signed
 *	proofs/SEQ.proof	records outside the stretch that are needed: its neighbours, the log's last one,
 *				every change of the key, the removal of reports; and its own first and last
 *	extends-N.proof		that the log extends the auditor's earlier checkpoint
 *	reports/ID-REVISION.json	the bytes whose SHA-256 a record has
 *	first.pub, README, schema/	to be read, and no proof of anything
 */
#ifndef LUWATCH_AUDIT_BUNDLE_H
#define LUWATCH_AUDIT_BUNDLE_H

#include <stdio.h>

#include "audit/answer.h"
#include "audit/chain.h"
#include "audit/key.h"

#define LW_AUDIT_BUNDLE_SCHEMA "luwatch.audit-bundle/1"

struct lw_audit_bundle_question {
	const char *folder;
	const struct lw_audit_key *key;	    /* NULL: that of the bundle, of which nobody vouches */
	const struct lw_audit_kept *anchors; /* kept elsewhere */
	size_t anchor_count;
	uint64_t since_ns, until_ns; /* the stretch it must cover; UINT64_MAX: any */
};

/* The README: how to verify. */
extern const char lw_audit_bundle_readme[];

/* Whether PATH is a bundle: a folder with a bundle.json. */
bool lw_audit_is_bundle(const char *path);

/*
 * Checks one, and says in words what holds and each thing that does not. -EIO, -ENOMEM or what else
 * kept it from being read; else 0 and *ANSWER.
 */
int lw_audit_bundle_check(const struct lw_audit_bundle_question *question, FILE *out,
			  enum lw_audit_answer *answer);

#endif
