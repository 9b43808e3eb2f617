// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a key file, a checkpoint, a proof and a kernel's file. Beyond "no harm": what is read has
 * one spelling, and what a key signed nobody else can change.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/proof.h"
#include "fuzz.h"
#include "load/kernel_file.h"

static void as_key(const char *text)
{
	struct lw_audit_key key, again;
	char *line;

	if (lw_audit_key_parse(text, &key))
		return;
	line = lw_audit_key_format(&key, key.private);
	MUST(line && !lw_audit_key_parse(line, &again) && !memcmp(key.public, again.public, 32));
	free(line);
}

static void as_checkpoint(const char *text, size_t size)
{
	struct lw_audit_key stranger = { .machine = "0123456789abcdef0123456789abcdef" };
	struct lw_checkpoint checkpoint;
	char *body;

	if (lw_checkpoint_parse(text, size, NULL, &checkpoint))
		return;
	body = lw_checkpoint_format(&checkpoint, NULL);
	MUST(body && !strncmp(body, text, strlen(body)));
	free(body);
	MUST(lw_checkpoint_parse(text, size, &stranger, &checkpoint));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct lw_kernel_file file;
	struct lw_proof proof;

	MUST(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	as_key(text);
	as_checkpoint(text, size);
	if (lw_proof_check(text, size, NULL, &proof) == LW_PROOF_HOLDS)
		MUST(proof.earlier.size ? proof.earlier.size <= proof.checkpoint.size
					: proof.line && proof.seq && proof.seq <= proof.checkpoint.size);
	free(proof.line);
	if (!lw_kernel_file_parse(data, size, &file))
		MUST(file.loaded_bytes && file.loaded_bytes < size);
	free(text);
	return 0;
}
