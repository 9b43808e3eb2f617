/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A checkpoint: how many records an audit log has and the root of their tree, signed, in the form
 * that public transparency logs use, so that their tools and witnesses can read it: a signed note
 * whose body is origin, size, root, each on a line (C2SP tlog-checkpoint and signed-note).
 *
 *	luwatch/MACHINE-ID
 *	123
 *	BASE64 OF THE ROOT
 *
 *	— luwatch/MACHINE-ID BASE64 OF KEY HASH AND SIGNATURE
 */
#ifndef LUWATCH_AUDIT_CHECKPOINT_H
#define LUWATCH_AUDIT_CHECKPOINT_H

#include "audit/key.h"
#include "audit/tree.h"

#define LW_CHECKPOINT_MAX 1024 /* bytes of one that is read */

struct lw_checkpoint {
	char machine[LW_MACHINE_TEXT];
	uint64_t size;
	struct lw_tree_hash root;
};

/* The note, signed when KEY is a private key of that machine; the caller frees it. NULL: no memory. */
char *lw_checkpoint_format(const struct lw_checkpoint *checkpoint, const struct lw_audit_key *key);

/*
 * Reads the note at TEXT (LENGTH bytes). KEY NULL: signatures are not looked at; else one of its
 * keys must have signed it. 0, -EBADMSG (no checkpoint), -EKEYREJECTED (not signed by KEY).
 */
int lw_checkpoint_parse(const char *text, size_t length, const struct lw_audit_key *key,
			struct lw_checkpoint *checkpoint);

#endif
