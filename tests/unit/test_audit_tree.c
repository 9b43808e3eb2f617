// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The Merkle tree of the audit log: roots as the public test vectors of RFC 6962 have them, every
 * proof of every small tree holds, and none holds for anything else.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "audit/proof.h"
#include "audit/tree.h"
#include "audit_lines.h"

#define SIZES 40

/* The inputs and roots of the vectors that Certificate Transparency's implementations share. */
static void known_roots(void **state)
{
	static const struct {
		const char *input, *root;
	} rows[] = {
		{ "", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
		{ "00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
		{ "10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
		{ "2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
		{ "3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
		{ "40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
		{ "5051525354555657",
		  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
		{ "606162636465666768696a6b6c6d6e6f",
		  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
	};
	struct lw_tree_hash leaves[8], root;
	uint8_t input[17] = { 0 };
	char hex[LW_AUDIT_HASH_TEXT];
	size_t i, length;

	for (i = 0; i < 8; i++) {
		input[0] = 0;
		sodium_hex2bin(input + 1, 16, rows[i].input, strlen(rows[i].input), NULL, &length,
			       NULL);
		crypto_hash_sha256(leaves[i].bytes, input, 1 + length);
		root = lw_tree_root(leaves, i + 1);
		sodium_bin2hex(hex, sizeof(hex), root.bytes, LW_AUDIT_HASH);
		assert_string_equal(hex, rows[i].root);
	}
}

static void make_leaves(struct lw_tree_hash *leaves)
{
	uint8_t record[LW_AUDIT_HASH];
	size_t i;

	for (i = 0; i < SIZES; i++) {
		memset(record, (int)i + 1, sizeof(record));
		leaves[i] = lw_tree_leaf(record);
	}
}

static void every_inclusion(void **state)
{
	struct lw_tree_hash leaves[SIZES], root;
	struct lw_tree_path path;
	uint64_t size, index, other;

	make_leaves(leaves);
	for (size = 1; size <= SIZES; size++) {
		root = lw_tree_root(leaves, size);
		for (index = 0; index < size; index++) {
			lw_tree_inclusion(leaves, size, index, &path);
			for (other = 0; other < size; other++) {
				assert_int_equal(lw_tree_included(leaves[other], index, size, &path,
								  root),
						 other == index);
				if (other != index)
					assert_false(lw_tree_included(leaves[index], other, size,
								      &path, root));
			}
			if (!path.count)
				continue;
			path.hashes[path.count - 1].bytes[7] ^= 1;
			assert_false(lw_tree_included(leaves[index], index, size, &path, root));
			path.count--;
			assert_false(lw_tree_included(leaves[index], index, size, &path, root));
		}
	}
}

static void every_growth(void **state)
{
	struct lw_tree_hash leaves[SIZES], root, first_root, other;
	struct lw_tree_path path;
	uint64_t size, first;

	make_leaves(leaves);
	for (size = 1; size <= SIZES; size++) {
		root = lw_tree_root(leaves, size);
		for (first = 1; first <= size; first++) {
			first_root = lw_tree_root(leaves, first);
			lw_tree_consistency(leaves, first, size, &path);
			assert_true(lw_tree_consistent(first, first_root, size, root, &path));
			other = first_root;
			other.bytes[0] ^= 1;
			assert_false(lw_tree_consistent(first, other, size, root, &path));
			other = root;
			other.bytes[31] ^= 1;
			assert_false(lw_tree_consistent(first, first_root, size, other, &path));
			if (!path.count)
				continue;
			path.hashes[0].bytes[3] ^= 1;
			assert_false(lw_tree_consistent(first, first_root, size, root, &path));
			path.hashes[0].bytes[3] ^= 1;
			path.count--;
			assert_false(lw_tree_consistent(first, first_root, size, root, &path));
		}
	}
}

/* A log of RECORDS records, their leaves and the signed checkpoint of the first SIZE of them. */
static char *checkpoint_of(const struct lw_tree_hash *leaves, uint64_t size)
{
	struct lw_checkpoint checkpoint = { .size = size, .root = lw_tree_root(leaves, size) };

	memcpy(checkpoint.machine, private_key.machine, sizeof(checkpoint.machine));
	return lw_checkpoint_format(&checkpoint, &private_key);
}

static void leaves_of(struct log *log, struct lw_tree_hash *leaves)
{
	uint8_t hash[LW_AUDIT_HASH], prev[LW_AUDIT_HASH];
	size_t i;

	for (i = 0; i < log->count; i++) {
		hash_of(log->lines[i], hash, prev);
		leaves[i] = lw_tree_leaf(hash);
		log->lines[i][strcspn(log->lines[i], "\n")] = '\0';
	}
}

static enum lw_proof_answer check(const char *text, size_t length)
{
	struct lw_proof proof;
	enum lw_proof_answer answer = lw_proof_check(text, length, &public_key, &proof);

	free(proof.line);
	return answer;
}

/* Whatever byte is changed, nothing else is ever proved; a proof may also become unreadable. */
static void no_byte_can_change(char *text)
{
	size_t length = strlen(text), i;

	assert_int_equal(check(text, length), LW_PROOF_HOLDS);
	for (i = 0; i < length; i++) {
		text[i] ^= 1;
		assert_int_not_equal(check(text, length), LW_PROOF_HOLDS);
		text[i] ^= 1;
		assert_int_not_equal(check(text, i), LW_PROOF_HOLDS);
	}
}

static void proofs_of_records(void **state)
{
	struct lw_tree_hash leaves[RECORDS + 4];
	struct log log;
	char *note, *proof;
	uint64_t seq;

	make_log(&log, 1, "x", true);
	leaves_of(&log, leaves);
	note = checkpoint_of(leaves, log.count);
	for (seq = 1; seq <= log.count; seq++) {
		proof = lw_proof_of_record(leaves, log.count, seq, log.lines[seq - 1], note);
		no_byte_can_change(proof);
		free(proof);
		proof = lw_proof_of_record(leaves, log.count, seq, log.lines[seq % log.count], note);
		assert_int_equal(check(proof, strlen(proof)), LW_PROOF_FALSE);
		free(proof);
	}
	free(note);
	free_log(&log);
}

static void proofs_of_growth(void **state)
{
	struct lw_tree_hash leaves[RECORDS + 4];
	char *earlier, *note, *proof;
	struct log log;
	uint64_t first;

	make_log(&log, 1, "x", true);
	leaves_of(&log, leaves);
	note = checkpoint_of(leaves, log.count);
	for (first = 1; first <= log.count; first++) {
		earlier = checkpoint_of(leaves, first);
		proof = lw_proof_of_growth(leaves, first, earlier, log.count, note);
		no_byte_can_change(proof);
		free(proof);
		free(earlier);
	}
	free(note);
	free_log(&log);
}

/* Another tool's note with our body and without our signature is not signed by us. */
static void a_signature_is_needed(void **state)
{
	struct lw_tree_hash leaf = lw_tree_leaf(private_key.public);
	struct lw_checkpoint checkpoint = { .size = 1, .root = leaf }, read;
	char *text;

	memcpy(checkpoint.machine, private_key.machine, sizeof(checkpoint.machine));
	text = lw_checkpoint_format(&checkpoint, NULL);
	assert_int_equal(lw_checkpoint_parse(text, strlen(text), NULL, &read), 0);
	assert_int_equal(read.size, 1);
	assert_int_equal(lw_checkpoint_parse(text, strlen(text), &public_key, &read), -EKEYREJECTED);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_roots),	     cmocka_unit_test(every_inclusion),
		cmocka_unit_test(every_growth),	     cmocka_unit_test(proofs_of_records),
		cmocka_unit_test(proofs_of_growth),  cmocka_unit_test(a_signature_is_needed),
	};

	return cmocka_run_group_tests_name("audit_tree", tests, make_keys, NULL);
}
