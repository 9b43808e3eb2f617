/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the audit log has of an arming: by which program, which BPF object and which configuration, and
 * in which kernel, what somebody had changed in that one included. A year later an auditor asks whether
 * what watched was what had been released.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "arm/arming.h"
#include "audit/entry.h"
#include "base/io.h"
#include "luwatch.skel.h"
#include "probe/kernel.h"

static json_t *digest(const void *bytes, size_t length)
{
	char hex[LW_AUDIT_HASH_TEXT];
	uint8_t hash[LW_AUDIT_HASH];

	lw_audit_hash(bytes, length, hash);
	return json_string(lw_audit_hash_text(hash, hex));
}

/* Of the program that runs, also when another one was installed under its name since. */
static json_t *program_digest(void)
{
	LW_CLOSE int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	json_t *text = NULL;
	struct stat st;
	void *bytes;

	if (fd < 0 || fstat(fd, &st) || !st.st_size)
		return json_null();
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return json_null();
	text = digest(bytes, (size_t)st.st_size);
	munmap(bytes, (size_t)st.st_size);
	return text;
}

static json_t *object_digest(void)
{
	size_t size;
	const void *bytes = luwatch_bpf__elf_bytes(&size);

	return digest(bytes, size);
}

/* Names of the livepatches that are there, those that are switched off with their word for it. */
static json_t *livepatches(void)
{
	json_t *list = json_array();
	glob_t found = {};
	uint64_t enabled;
	size_t i;

	if (!glob("/sys/kernel/livepatch/*/enabled", 0, NULL, &found)) {
		for (i = 0; i < found.gl_pathc; i++) {
			const char *name = found.gl_pathv[i] + strlen("/sys/kernel/livepatch/");
			int length = (int)strcspn(name, "/");
			int r = lw_read_number(found.gl_pathv[i], &enabled);

			json_array_append_new(list, json_sprintf("%.*s%s", length, name,
								 !r && !enabled ? " (disabled)" : ""));
		}
	}
	globfree(&found);
	return list;
}

static json_t *number_of(const char *path)
{
	uint64_t number;

	return lw_read_number(path, &number) ? json_null() : json_integer((json_int_t)number);
}

static json_t *text_or_null(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

void lw_arm_audit(const struct lw_arm_options *options, const struct lw_arm_result *result)
{
	static const char *const outcomes[] = { "fresh", "unchanged", "upgraded", "repaired", "kept" };
	struct lw_audit_event event = { .kind = LW_AUDIT_ARMED, .handover = result->id };
	json_t *detail;

	if (result->outcome == LW_ARM_UNCHANGED || result->outcome == LW_ARM_KEPT)
		return;
	detail = json_pack("{s:s, s:i, s:s, s:s}", "outcome", outcomes[result->outcome], "probes",
			   result->hooks_attached, "carriers", result->carriers, "level",
			   result->probes_only ? "probes" : "full");
	lw_arm_note_counter(detail);
	json_object_set_new(detail, "sha256",
			    json_pack("{so, so, so}", "program", program_digest(), "bpf",
				      object_digest(), "configuration",
				      text_or_null(options->configuration)));
	json_object_set_new(detail, "kernel",
			    json_pack("{ss, so, so, so, so}", "release", lw_kernel_release(),
				      "build_id", text_or_null(lw_kernel_build_id()), "lockdown",
				      text_or_null(lw_lockdown()), "taint",
				      number_of("/proc/sys/kernel/tainted"), "livepatches",
				      livepatches()));
	event.detail = detail;
	lw_audit_append(NULL, &event, NULL);
	json_decref(detail);
}
