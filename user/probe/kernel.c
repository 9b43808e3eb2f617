/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts about the running kernel, each from the place where the kernel itself publishes it.
 */
#include <elf.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <bpf/btf.h>

#include "base/io.h"
#include "base/time.h"
#include "probe/kernel.h"

#define NOTES_LIMIT 65536

const char *lw_kernel_release(void)
{
	static struct utsname name;

	if (!name.release[0])
		uname(&name);
	return name.release;
}

bool lw_kernel_at_least(int major, int minor)
{
	int a = 0, b = 0;

	if (sscanf(lw_kernel_release(), "%d.%d", &a, &b) != 2)
		return false;
	return a > major || (a == major && b >= minor);
}

uint32_t lw_words_type(void)
{
	static int type = -1;
	struct btf *btf;

	if (type >= 0)
		return type;
	type = 0;
	btf = btf__load_vmlinux_btf();
	if (btf && btf__find_by_name_kind(btf, "bpf_rdonly_cast", BTF_KIND_FUNC) > 0)
		type = btf__find_by_name_kind(btf, "pt_regs", BTF_KIND_STRUCT);
	btf__free(btf);
	type = type > 0 ? type : 0;
	return type;
}

/* Each note: sizes of name and content, type, both padded to four bytes. */
bool lw_notes_build_id(const uint8_t *bytes, size_t length, char text[LW_BUILD_ID_TEXT])
{
	size_t at = 0, name, content, i;
	Elf64_Nhdr note;

	while (at + sizeof(note) <= length) {
		memcpy(&note, bytes + at, sizeof(note));
		name = at + sizeof(note);
		content = name + (((size_t)note.n_namesz + 3) & ~(size_t)3);
		if (content > length || note.n_descsz > length - content)
			return false;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof(ELF_NOTE_GNU) &&
		    !memcmp(bytes + name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) && note.n_descsz &&
		    2 * (size_t)note.n_descsz < LW_BUILD_ID_TEXT) {
			for (i = 0; i < note.n_descsz; i++)
				sprintf(text + 2 * i, "%02x", bytes[content + i]);
			return true;
		}
		at = content + (((size_t)note.n_descsz + 3) & ~(size_t)3);
	}
	return false;
}

const char *lw_kernel_build_id(void)
{
	static char text[LW_BUILD_ID_TEXT];
	LW_FREE uint8_t *notes = NULL;
	size_t length;

	if (!text[0] && !lw_read_file("/sys/kernel/notes", NOTES_LIMIT, &notes, &length))
		lw_notes_build_id(notes, length, text);
	return text;
}

const char *lw_boot_id(void)
{
	static char id[LW_BOOT_ID_TEXT];

	if (!id[0])
		lw_read_line("/proc/sys/kernel/random/boot_id", id, sizeof(id));
	return id;
}

/* A line is "address type name[\t[module]]"; functions have type t, T, w or W. */
static void match_symbol(char *line, const char *const *names, bool *found, size_t count)
{
	char *type = strchr(line, ' '), *name;
	size_t i;

	if (!type || !type[1] || !type[2] || !strchr("tTwW", type[1]))
		return;
	name = type + 3;
	name[strcspn(name, "\t\n")] = '\0';
	for (i = 0; i < count; i++)
		if (names[i] && !strcmp(name, names[i]))
			found[i] = true;
}

int lw_kernel_functions(const char *const *names, bool *found, size_t count)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	LW_FREE char *line = NULL;
	size_t size = 0;

	memset(found, 0, count * sizeof(*found));
	if (!file)
		return -errno;
	while (getline(&line, &size, file) > 0)
		match_symbol(line, names, found, count);
	fclose(file);
	return 0;
}

bool lw_is_livepatched(const char *function)
{
	LW_FREE char *pattern = lw_format("/sys/kernel/livepatch/*/vmlinux/%s,*", function);
	glob_t matches = {};
	bool found;

	found = !glob(pattern, 0, NULL, &matches) && matches.gl_pathc;
	globfree(&matches);
	return found;
}

/* The file reads "none [integrity] confidentiality": the mode in force is in brackets. */
const char *lw_lockdown(void)
{
	static char mode[32];
	char text[128], *open, *close;

	if (lw_read_line("/sys/kernel/security/lockdown", text, sizeof(text)) <= 0)
		return "";
	open = strchr(text, '[');
	close = open ? strchr(open, ']') : NULL;
	if (!close)
		return "";
	*close = '\0';
	snprintf(mode, sizeof(mode), "%s", open + 1);
	return mode;
}

int lw_vtd_units(void)
{
	glob_t matches = {};
	int count = 0;

	if (!glob("/sys/class/iommu/dmar*", 0, NULL, &matches))
		count = matches.gl_pathc;
	globfree(&matches);
	return count;
}

bool lw_kexec_loaded(void)
{
	uint64_t loaded = 0;

	return !lw_read_number("/sys/kernel/kexec_loaded", &loaded) && loaded;
}

/* The counter beside the clock, from the closest of some tries: the process may be interrupted. */
static struct lw_tsc tsc_beside_clock(void)
{
	struct lw_tsc best = {};
	uint64_t before, after, clock, width = UINT64_MAX;
	int i;

	for (i = 0; i < 5; i++) {
		before = __builtin_ia32_rdtsc();
		clock = lw_boot_clock();
		after = __builtin_ia32_rdtsc();
		if (after - before >= width)
			continue;
		width = after - before;
		best = (struct lw_tsc){ .count = before + width / 2, .boot_ns = clock };
	}
	return best;
}

/* "tsc-early" until the kernel has measured the counter against another clock: a second or more. */
bool lw_is_counter(const char *source)
{
	return !strcmp(source, "tsc") || !strcmp(source, "tsc-early");
}

bool lw_tsc_read(struct lw_tsc *tsc)
{
	const struct timespec wait = { .tv_nsec = 10000000 };
	struct lw_tsc first, last;
	char source[32];

	memset(tsc, 0, sizeof(*tsc));
	lw_read_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", source,
		     sizeof(source));
	if (!lw_is_counter(source))
		return false;
	first = tsc_beside_clock();
	nanosleep(&wait, NULL);
	last = tsc_beside_clock();
	if (last.boot_ns <= first.boot_ns || last.count <= first.count)
		return false;
	*tsc = last;
	tsc->hz = (__uint128_t)(last.count - first.count) * 1000000000 / (last.boot_ns - first.boot_ns);
	return tsc->hz;
}
