// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ed25519 keys of the audit log. What is signed is a short text of its own form with the machine id
 * in it, never bare record bytes: a signature made for something else is worth nothing here.
 */
#include "audit/key.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"

#define PRIVATE_WORD  "luwatch-audit-private-key/1"
#define PUBLIC_WORD   "luwatch-audit-public-key/1"
#define SIGNED_FORM   "luwatch.audit/1 signature\n%s\n%s\n" /* machine id, hash */
#define SIGNED_LENGTH 160
#define BASE64	      sodium_base64_VARIANT_ORIGINAL

int lw_audit_key_make(const char *machine, struct lw_audit_key *key)
{
	if (strlen(machine) != LW_MACHINE_TEXT - 1)
		return -EINVAL;
	if (sodium_init() < 0)
		return -EIO;
	*key = (struct lw_audit_key){ .private = true };
	memcpy(key->machine, machine, LW_MACHINE_TEXT);
	crypto_sign_keypair(key->public, key->secret);
	return 0;
}

char *lw_audit_key_format(const struct lw_audit_key *key, bool private)
{
	char text[sodium_base64_ENCODED_LEN(32, BASE64)];
	uint8_t seed[32];
	char *line;

	if (private) {
		crypto_sign_ed25519_sk_to_seed(seed, key->secret);
		sodium_bin2base64(text, sizeof(text), seed, sizeof(seed), BASE64);
		sodium_memzero(seed, sizeof(seed));
	} else {
		sodium_bin2base64(text, sizeof(text), key->public, sizeof(key->public), BASE64);
	}
	line = lw_format("%s %s %s\n", private ? PRIVATE_WORD : PUBLIC_WORD, key->machine, text);
	sodium_memzero(text, sizeof(text));
	return line;
}

int lw_audit_key_parse(const char *text, struct lw_audit_key *key)
{
	char word[32], machine[LW_MACHINE_TEXT], base64[64];
	uint8_t bytes[32];
	size_t length;
	int end = 0, r = -EINVAL;

	*key = (struct lw_audit_key){ 0 };
	if (sscanf(text, "%31s %32[0-9a-f] %63s %n", word, machine, base64, &end) != 3 ||
	    text[end] || strlen(machine) != LW_MACHINE_TEXT - 1)
		return -EINVAL;
	memcpy(key->machine, machine, sizeof(machine));
	key->private = !strcmp(word, PRIVATE_WORD);
	if (!sodium_base642bin(bytes, sizeof(bytes), base64, strlen(base64), NULL, &length, NULL,
			       BASE64) &&
	    length == sizeof(bytes)) {
		if (key->private)
			r = crypto_sign_seed_keypair(key->public, key->secret, bytes);
		else if (!strcmp(word, PUBLIC_WORD))
			r = 0;
		if (!r && !key->private)
			memcpy(key->public, bytes, sizeof(bytes));
	}
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(base64, sizeof(base64));
	return r;
}

int lw_audit_key_read(const char *path, struct lw_audit_key *key)
{
	LW_FREE uint8_t *text = NULL;
	size_t length = 0;
	int r = lw_read_file(path, 4096, &text, &length);

	if (r)
		return r;
	if (sodium_init() < 0)
		return -EIO;
	r = lw_audit_key_parse((char *)text, key);
	sodium_memzero(text, length);
	return r ? -EKEYREJECTED : 0;
}

void lw_audit_key_forget(struct lw_audit_key *key)
{
	sodium_memzero(key->secret, sizeof(key->secret));
}

static size_t signed_text(const struct lw_audit_key *key, const uint8_t hash[LW_AUDIT_HASH],
			  char message[SIGNED_LENGTH])
{
	char hex[LW_AUDIT_HASH_TEXT];

	sodium_bin2hex(hex, sizeof(hex), hash, LW_AUDIT_HASH);
	return snprintf(message, SIGNED_LENGTH, SIGNED_FORM, key->machine, hex);
}

int lw_audit_sign(const struct lw_audit_key *key, const uint8_t hash[LW_AUDIT_HASH],
		  char text[LW_AUDIT_SIGNATURE_TEXT])
{
	uint8_t signature[LW_AUDIT_SIGNATURE];
	char message[SIGNED_LENGTH];
	size_t length;

	if (!key->private)
		return -EINVAL;
	length = signed_text(key, hash, message);
	crypto_sign_detached(signature, NULL, (uint8_t *)message, length, key->secret);
	sodium_bin2base64(text, LW_AUDIT_SIGNATURE_TEXT, signature, sizeof(signature), BASE64);
	return 0;
}

bool lw_audit_signed(const struct lw_audit_key *key, const uint8_t hash[LW_AUDIT_HASH],
		     const char *text)
{
	uint8_t signature[LW_AUDIT_SIGNATURE];
	char message[SIGNED_LENGTH];
	size_t length, used;

	if (sodium_base642bin(signature, sizeof(signature), text, LW_AUDIT_SIGNATURE_TEXT - 1, NULL,
			      &length, NULL, BASE64) ||
	    length != sizeof(signature))
		return false;
	used = signed_text(key, hash, message);
	return !crypto_sign_verify_detached(signature, (uint8_t *)message, used, key->public);
}
