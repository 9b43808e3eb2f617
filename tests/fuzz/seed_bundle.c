// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes the seed corpus of fuzz_bundle into the folder named on the command line: archives with the
 * records of the synthetic machine's hand-over, packed and as tar; with the names that must not be
 * taken among them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "audit/entry.h"
#include "base/io.h"
#include "bundle/bundle.h"
#include "synth.h"

static const char log_text[] = "4,1,1000,-;Linux version 6.12\n"
			       "3,2,2000,-;DMAR: [DMA Read NO_PASID] Request device [65:00.0] fault addr "
			       "0xdeadbeef000 [fault reason 0x06] PTE Read access is not set\n";

static const char *const strange[] = { "handover/../../escaped", "handover/sub/escaped",
				       "handover/.hidden",	 "handover/kmsg.bin",
				       "/etc/escaped",		 "handover/evidence.json" };

static json_t *noted(const void *bytes, size_t length)
{
	char text[LW_AUDIT_HASH_TEXT];
	uint8_t hash[LW_AUDIT_HASH];

	lw_audit_hash(bytes, length, hash);
	return json_pack("{sI, ss}", "bytes", (json_int_t)length, "sha256",
			 lw_audit_hash_text(hash, text));
}

/* evidence.json; the caller frees it. */
static char *evidence(const void *records, size_t length)
{
	json_t *json = json_pack("{ss, ss, sb, ss, s[{ss, ss, sb}], s{so, so}}", "schema",
				 "luwatch.evidence/1", "id", "c0ffee4f2a97e1b3846a0bb1c93d77e2",
				 "id_known", true, "boot", "kexec", "carriers", "name", "pages", "file",
				 "pages.bin", "expected", true, "files", "pages.bin",
				 noted(records, length), "kmsg.bin", noted(log_text, strlen(log_text)));
	char *text = json_dumps(json, JSON_INDENT(1));

	json_decref(json);
	return text;
}

/* PATH.tar beside PATH. */
static int unpack(const char *path)
{
	LW_FREE char *name = lw_format("%s.tar", path);
	gzFile in = gzopen(path, "rb");
	FILE *out = fopen(name, "w");
	char block[4096];
	int n, bad = !in || !out;

	while (!bad && (n = gzread(in, block, sizeof(block))) > 0)
		bad = fwrite(block, 1, (size_t)n, out) != (size_t)n;
	return (in && gzclose(in) != Z_OK) || (out && fclose(out)) || bad;
}

static int write_seed(const char *folder, const char *name, const struct synth *s, bool odd)
{
	LW_FREE char *path = lw_format("%s/%s", folder, name), *about = NULL;
	size_t length = s->log_count * sizeof(s->log[0]), i;
	LW_FREE char *json = evidence(s->log, length);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), bad;
	struct lw_bundle *b;

	bad = fd < 0 || lw_bundle_begin(&b, fd, "luwatch-bugreport-x", true);
	if (bad)
		return 1;
	bad = lw_bundle_add(b, LW_BUNDLE_ABOUT, "{}", 2) ||
	      lw_bundle_add(b, "handover/evidence.json", json, strlen(json)) ||
	      lw_bundle_add(b, "handover/pages.bin", (const char *)s->log, length) ||
	      lw_bundle_add(b, "handover/kmsg.bin", log_text, strlen(log_text));
	for (i = 0; odd && !bad && i < sizeof(strange) / sizeof(strange[0]); i++)
		bad = lw_bundle_add(b, strange[i], "x", 1);
	bad |= lw_bundle_end(b) != 0;
	close(fd);
	return bad || unpack(path);
}

int main(int argc, char **argv)
{
	struct synth *s;
	int bad;

	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	s = synth_standard(false);
	synth_kexec(s);
	bad = write_seed(argv[1], "plain", s, false) || write_seed(argv[1], "odd", s, true);
	synth_free(s);
	return bad;
}
