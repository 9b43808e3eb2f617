// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A whole bundle (tests/fuzz/whole-bundle) with other bytes in one of its parts, which the first byte
 * names. Beyond "no harm": with the host's key from elsewhere nothing but the very bytes is believed.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/bundle.h"
#include "base/io.h"
#include "fuzz.h"

static const char *const parts[] = {
	"bundle.json", "checkpoint", "records.jsonl", "extends-1.proof", "first.pub",
	"proofs/10.proof", "reports/11111111111111111111111111111111-1.json",
};

/* Of these the text may be laid out in another way, or nobody relies on it. */
#define FREE_FORM ((1u << 0) | (1u << 4))

static char folder[] = "/dev/shm/luwatch-fuzz-XXXXXX";
static struct lw_audit_key key;
static uint8_t *whole[sizeof(parts) / sizeof(parts[0])];
static size_t lengths[sizeof(parts) / sizeof(parts[0])];

static void put(size_t part, const void *bytes, size_t length)
{
	char *path = lw_format("%s/%s", folder, parts[part]);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	MUST(fd >= 0 && !lw_write_all(fd, bytes, length));
	close(fd);
	free(path);
}

static void clean(void)
{
	char *command = lw_format("rm -rf %s", folder);

	MUST(!system(command));
	free(command);
}

static void begin(void)
{
	char *source = lw_format("%.*s", (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__);
	char *public = lw_format("%s/whole-bundle.pub", source), *command;
	size_t i;

	MUST(mkdtemp(folder) && !lw_audit_key_read(public, &key));
	command = lw_format("cp -r %s/whole-bundle/. %s", source, folder);
	MUST(!system(command));
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *path = lw_format("%s/%s", folder, parts[i]);

		MUST(!lw_read_file(path, 1 << 20, &whole[i], &lengths[i]));
		free(path);
	}
	atexit(clean);
	free(command);
	free(public);
	free(source);
}

static enum lw_audit_answer ask(void)
{
	struct lw_audit_bundle_question question = { .folder = folder, .key = &key,
						     .since_ns = UINT64_MAX, .until_ns = UINT64_MAX };
	enum lw_audit_answer answer;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	int r;

	MUST(out);
	r = lw_audit_bundle_check(&question, out, &answer);
	fclose(out);
	free(text);
	return r ? LW_AUDIT_NO : answer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	size_t part;
	bool same;

	if (!begun) {
		begin();
		begun = true;
		MUST(ask() == LW_AUDIT_YES);
	}
	if (!size)
		return 0;
	part = data[0] % (sizeof(parts) / sizeof(parts[0]));
	same = size - 1 == lengths[part] && !memcmp(data + 1, whole[part], size - 1);
	put(part, data + 1, size - 1);
	MUST((ask() == LW_AUDIT_YES) == same || FREE_FORM >> part & 1);
	put(part, whole[part], lengths[part]);
	return 0;
}
