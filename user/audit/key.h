/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ed25519 keys of the audit log. A key is bound to one machine id, which is part of what is signed:
 * a record of one machine never passes for another's. One line of text a file:
 * "luwatch-audit-private-key/1 MACHINE-ID BASE64" and "luwatch-audit-public-key/1 ...".
 */
#ifndef LUWATCH_AUDIT_KEY_H
#define LUWATCH_AUDIT_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/audit.h"

#define LW_MACHINE_TEXT		33 /* 32 hexadecimal digits and the terminator */
#define LW_AUDIT_SIGNATURE	64
#define LW_AUDIT_SIGNATURE_TEXT 89 /* in base64, with the terminator */

struct lw_audit_key {
	char machine[LW_MACHINE_TEXT];
	uint8_t public[32];
	uint8_t secret[64]; /* only in a private key */
	bool private;
	const struct lw_audit_key *next; /* also good when records are read; NULL: the last */
};

/* A new key pair for MACHINE. */
int lw_audit_key_make(const char *machine, struct lw_audit_key *key);

/* The line of a private or public key file, with its newline; the caller frees it. */
char *lw_audit_key_format(const struct lw_audit_key *key, bool private);

/* Takes the text of a key file; -EINVAL when it is none. Pure. */
int lw_audit_key_parse(const char *text, struct lw_audit_key *key);

/* Reads a key file. -EKEYREJECTED when it is none. */
int lw_audit_key_read(const char *path, struct lw_audit_key *key);

/* Forgets the secret. */
void lw_audit_key_forget(struct lw_audit_key *key);

/* Signs the hash of a record's signed part. -EINVAL for a public key. */
int lw_audit_sign(const struct lw_audit_key *key, const uint8_t hash[LW_AUDIT_HASH],
		  char text[LW_AUDIT_SIGNATURE_TEXT]);

/* Whether TEXT (88 characters, not terminated) is KEY's signature of HASH. */
bool lw_audit_signed(const struct lw_audit_key *key, const uint8_t hash[LW_AUDIT_HASH],
		     const char *text);

#endif
