/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proofs that one file holds and anybody can check without the log: that a record is in the log of a
 * checkpoint (C2SP tlog-proof, with the record's line as its extra data), and that a later
 * checkpoint's log extends an earlier one's.
 */
#ifndef LUWATCH_AUDIT_PROOF_H
#define LUWATCH_AUDIT_PROOF_H

#include "audit/checkpoint.h"

#define LW_PROOF_MAX (8u << 20) /* bytes; a record's line may have 4 MiB */

/*
 * The proof for record SEQ, whose line without newline is LINE, in the log that CHECKPOINT (a note)
 * closes, LEAVES of it. The caller frees it; NULL without memory.
 */
char *lw_proof_of_record(const struct lw_tree_hash *leaves, uint64_t size, uint64_t seq,
			 const char *line, const char *checkpoint);

/* The proof that the log of CHECKPOINT extends that of EARLIER, both notes; sizes FIRST and SIZE. */
char *lw_proof_of_growth(const struct lw_tree_hash *leaves, uint64_t first, const char *earlier,
			 uint64_t size, const char *checkpoint);

enum lw_proof_answer {
	LW_PROOF_HOLDS,
	LW_PROOF_FALSE,	   /* well formed, and does not hold */
	LW_PROOF_UNSIGNED, /* a checkpoint is not signed by the key */
	LW_PROOF_MALFORMED,
};

struct lw_proof {
	struct lw_checkpoint checkpoint, earlier; /* earlier.size 0: it is about a record */
	uint64_t seq;				  /* of the record */
	char *line;				  /* the record, allocated */
};

/* Checks the proof at TEXT. KEY NULL: signatures are not looked at. Free PROOF->line. */
enum lw_proof_answer lw_proof_check(const char *text, size_t length,
				    const struct lw_audit_key *key, struct lw_proof *proof);

#endif
