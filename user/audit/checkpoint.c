// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing and reading checkpoints. Only the one spelling is read: a checkpoint is compared with
 * others, and two texts that look different must not be the same.
 */
#include "audit/checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"

#define ORIGIN	  "luwatch/"
#define DASH	  "\xe2\x80\x94 " /* U+2014 */
#define BASE64	  sodium_base64_VARIANT_ORIGINAL
#define KEY_HASH  4
#define ROOT_TEXT 45 /* 32 bytes in base64, and the terminator */

/* SHA-256 of name, newline, algorithm (1 is Ed25519) and key, cut to four bytes. */
static void key_hash(const char *machine, const uint8_t public[32], uint8_t hash[KEY_HASH])
{
	uint8_t bytes[128], full[LW_AUDIT_HASH];
	int length = snprintf((char *)bytes, 64, ORIGIN "%s\n\x01", machine);

	memcpy(bytes + length, public, 32);
	crypto_hash_sha256(full, bytes, length + 32);
	memcpy(hash, full, KEY_HASH);
}

char *lw_checkpoint_format(const struct lw_checkpoint *c, const struct lw_audit_key *key)
{
	uint8_t signature[KEY_HASH + LW_AUDIT_SIGNATURE];
	char root[ROOT_TEXT], text[sodium_base64_ENCODED_LEN(sizeof(signature), BASE64)];
	LW_FREE char *body = NULL;

	sodium_bin2base64(root, sizeof(root), c->root.bytes, LW_AUDIT_HASH, BASE64);
	body = lw_format(ORIGIN "%s\n%" PRIu64 "\n%s\n", c->machine, c->size, root);
	if (!body || !key || !key->private || strcmp(key->machine, c->machine))
		return body ? lw_format("%s\n", body) : NULL;
	key_hash(c->machine, key->public, signature);
	crypto_sign_detached(signature + KEY_HASH, NULL, (uint8_t *)body, strlen(body),
			     key->secret);
	sodium_bin2base64(text, sizeof(text), signature, sizeof(signature), BASE64);
	return lw_format("%s\n" DASH ORIGIN "%s %s\n", body, c->machine, text);
}

/* One line "— NAME BASE64" of those behind the body. */
static bool signs(const char *line, size_t length, const char *body, size_t body_length,
		  const struct lw_audit_key *key)
{
	uint8_t signature[KEY_HASH + LW_AUDIT_SIGNATURE], hash[KEY_HASH];
	char head[80];
	size_t used = snprintf(head, sizeof(head), DASH ORIGIN "%s ", key->machine), got;

	if (length <= used || memcmp(line, head, used) ||
	    sodium_base642bin(signature, sizeof(signature), line + used, length - used, NULL, &got,
			      NULL, BASE64) ||
	    got != sizeof(signature))
		return false;
	key_hash(key->machine, key->public, hash);
	return !memcmp(hash, signature, KEY_HASH) &&
	       !crypto_sign_verify_detached(signature + KEY_HASH, (const uint8_t *)body,
					    body_length, key->public);
}

static int parse_body(const char *body, size_t length, struct lw_checkpoint *c)
{
	char text[256], root[ROOT_TEXT], *again;
	int end = 0, same;
	size_t got;

	if (length >= sizeof(text))
		return -EBADMSG;
	memcpy(text, body, length);
	text[length] = '\0';
	if (sscanf(text, ORIGIN "%32[0-9a-f]\n%" SCNu64 "\n%44s\n%n", c->machine, &c->size, root,
		   &end) != 3 ||
	    (size_t)end != length || strlen(c->machine) != LW_MACHINE_TEXT - 1 ||
	    sodium_base642bin(c->root.bytes, LW_AUDIT_HASH, root, strlen(root), NULL, &got, NULL,
			      BASE64) ||
	    got != LW_AUDIT_HASH)
		return -EBADMSG;
	again = lw_checkpoint_format(c, NULL);
	same = again && !strncmp(again, text, length) && again[length] == '\n';
	free(again);
	return same ? 0 : -EBADMSG;
}

int lw_checkpoint_parse(const char *text, size_t length, const struct lw_audit_key *key,
			struct lw_checkpoint *c)
{
	const char *gap = memmem(text, length, "\n\n", 2), *line, *end, *stop = text + length;
	size_t body;

	*c = (struct lw_checkpoint){ .size = 0 };
	if (!gap || length > LW_CHECKPOINT_MAX)
		return -EBADMSG;
	body = (size_t)(gap + 1 - text);
	if (parse_body(text, body, c))
		return -EBADMSG;
	if (!key)
		return 0;
	for (; key; key = key->next) {
		if (strcmp(key->machine, c->machine))
			continue;
		for (line = gap + 2; line < stop; line = end + 1) {
			end = memchr(line, '\n', (size_t)(stop - line));
			if (!end)
				break;
			if (signs(line, (size_t)(end - line), text, body, key))
				return 0;
		}
	}
	return -EKEYREJECTED;
}
