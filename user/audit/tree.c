// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RFC 6962's Merkle tree. Making a proof follows the recursive definitions of its section 2.1 word
 * for word; checking one climbs from the leaf up, as its successor (RFC 9162, 2.1.3.2 and 2.1.4.2)
 * describes, so that no check repeats how the proof was made.
 */
#include "audit/tree.h"

#include <sodium.h>
#include <string.h>

static struct lw_tree_hash node(struct lw_tree_hash left, struct lw_tree_hash right)
{
	uint8_t bytes[1 + 2 * LW_AUDIT_HASH] = { 1 };
	struct lw_tree_hash hash;

	memcpy(bytes + 1, left.bytes, LW_AUDIT_HASH);
	memcpy(bytes + 1 + LW_AUDIT_HASH, right.bytes, LW_AUDIT_HASH);
	crypto_hash_sha256(hash.bytes, bytes, sizeof(bytes));
	return hash;
}

struct lw_tree_hash lw_tree_leaf(const uint8_t record[LW_AUDIT_HASH])
{
	uint8_t bytes[1 + LW_AUDIT_HASH] = { 0 };
	struct lw_tree_hash hash;

	memcpy(bytes + 1, record, LW_AUDIT_HASH);
	crypto_hash_sha256(hash.bytes, bytes, sizeof(bytes));
	return hash;
}

static bool equal(struct lw_tree_hash a, struct lw_tree_hash b)
{
	return !memcmp(a.bytes, b.bytes, LW_AUDIT_HASH);
}

/* The largest power of two below SIZE, which is at least 2: where a tree parts. */
static uint64_t parting(uint64_t size)
{
	return 1ULL << (63 - __builtin_clzll(size - 1));
}

struct lw_tree_hash lw_tree_root(const struct lw_tree_hash *leaves, uint64_t size)
{
	struct lw_tree_hash hash;
	uint64_t k;

	if (size == 1)
		return leaves[0];
	if (!size) {
		crypto_hash_sha256(hash.bytes, NULL, 0);
		return hash;
	}
	k = parting(size);
	return node(lw_tree_root(leaves, k), lw_tree_root(leaves + k, size - k));
}

static void add(struct lw_tree_path *path, struct lw_tree_hash hash)
{
	if (path->count < LW_TREE_PATH)
		path->hashes[path->count++] = hash;
}

static void include(const struct lw_tree_hash *leaves, uint64_t size, uint64_t index,
		    struct lw_tree_path *path)
{
	uint64_t k;

	if (size <= 1)
		return;
	k = parting(size);
	if (index < k) {
		include(leaves, k, index, path);
		add(path, lw_tree_root(leaves + k, size - k));
	} else {
		include(leaves + k, size - k, index - k, path);
		add(path, lw_tree_root(leaves, k));
	}
}

void lw_tree_inclusion(const struct lw_tree_hash *leaves, uint64_t size, uint64_t index,
		       struct lw_tree_path *path)
{
	path->count = 0;
	include(leaves, size, index, path);
}

bool lw_tree_included(struct lw_tree_hash leaf, uint64_t index, uint64_t size,
		      const struct lw_tree_path *path, struct lw_tree_hash root)
{
	uint64_t last = size - 1;
	size_t i;

	if (index >= size)
		return false;
	for (i = 0; i < path->count; i++) {
		if (!last)
			return false;
		if (index & 1 || index == last) {
			leaf = node(path->hashes[i], leaf);
			while (!(index & 1) && index) {
				index >>= 1;
				last >>= 1;
			}
		} else {
			leaf = node(leaf, path->hashes[i]);
		}
		index >>= 1;
		last >>= 1;
	}
	return !last && equal(leaf, root);
}

/* WHOLE: the first FIRST of these leaves are a tree of their own whose root the reader has. */
static void connect(const struct lw_tree_hash *leaves, uint64_t first, uint64_t size, bool whole,
		    struct lw_tree_path *path)
{
	uint64_t k;

	if (first == size) {
		if (!whole)
			add(path, lw_tree_root(leaves, size));
		return;
	}
	k = parting(size);
	if (first <= k) {
		connect(leaves, first, k, whole, path);
		add(path, lw_tree_root(leaves + k, size - k));
	} else {
		connect(leaves + k, first - k, size - k, false, path);
		add(path, lw_tree_root(leaves, k));
	}
}

void lw_tree_consistency(const struct lw_tree_hash *leaves, uint64_t first, uint64_t size,
			 struct lw_tree_path *path)
{
	path->count = 0;
	connect(leaves, first, size, true, path);
}

bool lw_tree_consistent(uint64_t first, struct lw_tree_hash first_root, uint64_t size,
			struct lw_tree_hash root, const struct lw_tree_path *path)
{
	struct lw_tree_hash old, new;
	uint64_t f = first - 1, s = size - 1;
	size_t i = 0;

	if (!first || first > size)
		return false;
	if (first == size)
		return !path->count && equal(first_root, root);
	if (!path->count)
		return false;
	while (f & 1) {
		f >>= 1;
		s >>= 1;
	}
	/* A power of two is itself the first node. */
	old = new = f ? path->hashes[i++] : first_root;
	for (; i < path->count; i++) {
		if (!s)
			return false;
		if (f & 1 || f == s) {
			old = node(path->hashes[i], old);
			new = node(path->hashes[i], new);
			while (!(f & 1) && f) {
				f >>= 1;
				s >>= 1;
			}
		} else {
			new = node(new, path->hashes[i]);
		}
		f >>= 1;
		s >>= 1;
	}
	return !s && equal(old, first_root) && equal(new, root);
}
