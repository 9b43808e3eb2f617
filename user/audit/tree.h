/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Merkle tree over the records of an audit log, as RFC 6962 section 2.1 defines it, which is
 * also that of public transparency logs. The leaf of a record is its 32-byte hash, which covers its
 * whole line; record SEQ is leaf SEQ - 1. Pure; nothing here can fail but for memory.
 */
#ifndef LUWATCH_AUDIT_TREE_H
#define LUWATCH_AUDIT_TREE_H

#include "audit/audit.h"

#define LW_TREE_PATH 128 /* hashes of a proof in a tree of 2^63 leaves, at most */

struct lw_tree_hash {
	uint8_t bytes[LW_AUDIT_HASH];
};

struct lw_tree_path {
	struct lw_tree_hash hashes[LW_TREE_PATH];
	size_t count;
};

/* The leaf of a record whose hash is HASH. */
struct lw_tree_hash lw_tree_leaf(const uint8_t hash[LW_AUDIT_HASH]);

/* The root of the first SIZE leaves; of none it is the hash of nothing. */
struct lw_tree_hash lw_tree_root(const struct lw_tree_hash *leaves, uint64_t size);

/* What is missing between leaf INDEX and the root of SIZE leaves (RFC 6962, 2.1.1). */
void lw_tree_inclusion(const struct lw_tree_hash *leaves, uint64_t size, uint64_t index,
		       struct lw_tree_path *path);
bool lw_tree_included(struct lw_tree_hash leaf, uint64_t index, uint64_t size,
		      const struct lw_tree_path *path, struct lw_tree_hash root);

/*
 * What is missing between the root of the first FIRST leaves (at least one) and that of SIZE
 * (RFC 6962, 2.1.2): that nothing in the first was changed or taken out.
 */
void lw_tree_consistency(const struct lw_tree_hash *leaves, uint64_t first, uint64_t size,
			 struct lw_tree_path *path);
bool lw_tree_consistent(uint64_t first, struct lw_tree_hash first_root, uint64_t size,
			struct lw_tree_hash root, const struct lw_tree_path *path);

#endif
