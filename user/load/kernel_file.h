/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel's file is: its digests, whether it is signed, the build id of the kernel in it. */
#ifndef LUWATCH_LOAD_KERNEL_FILE_H
#define LUWATCH_LOAD_KERNEL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "audit/audit.h"
#include "probe/kernel.h"

#define LW_KERNEL_FILE_LIMIT (256u << 20)

struct lw_kernel_file {
	uint8_t file[LW_AUDIT_HASH];	/* SHA-256 of all of it */
	uint8_t loaded[LW_AUDIT_HASH];	/* of what is loaded: behind the real-mode part */
	uint64_t loaded_bytes;
	bool is_signed; /* it has a signature (PE, Authenticode); nobody here looks whose */
	char build_id[LW_BUILD_ID_TEXT]; /* "" when it cannot be read */
};

/* Reads a bzImage of LENGTH bytes. 0 or -ENOEXEC. Pure, but for libarchive, which unpacks. */
int lw_kernel_file_parse(const uint8_t *bytes, size_t length, struct lw_kernel_file *file);

/* Bytes that are loaded of the file with this header, of SIZE bytes; 0 when it is no bzImage. Pure. */
uint64_t lw_kernel_file_loaded(const uint8_t *header, size_t length, uint64_t size);

/* For the audit log: {path, sha256, loaded_sha256, build_id, signed}; what cannot be read is null. */
json_t *lw_kernel_file_json(const char *path);

/* {path, sha256}. */
json_t *lw_plain_file_json(const char *path);

/* Whether the kernel at PATH has these bytes behind its real-mode part. */
bool lw_kernel_file_is(const char *path, const uint8_t loaded[LW_AUDIT_HASH], uint64_t loaded_bytes);

/* The kernel below /boot and /lib/modules whose loaded bytes have this digest: as above; or null. */
json_t *lw_kernel_file_of(const uint8_t loaded[LW_AUDIT_HASH], uint64_t loaded_bytes);

#endif
