// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What `luwatch check` says where a kernel lacks something: each line that says no names what to change, and none
 * has the words of a library in it. The kernel is a model (linked with --wrap): which functions it has,
 * and what libbpf complains of, in its own words (libbpf 1.1, src/libbpf.c). Which lines a real one gives is in the
 * scenario commands.
 */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/io.h"
#include "command/command.h"
#include "inspect.skel.h"
#include "luwatch.skel.h"
#include "probe/kernel.h"
#include "probe/programs.h"
#include "probe/reason.h"
#include "seam.h"

/* What a change of the kernel, of its command line or of this machine's settings looks like. */
#define CHANGE "CONFIG_[A-Z0-9_]+|Linux [0-9]+\\.[0-9]+|series, v[0-9]|intel_iommu=on|lockdown=|memmap=|kho=on|" \
	       "max_reason=|^run: mount|echo Y >|--luo-session-fd|clang 16"
/* Words that are of no use to who runs the host. */
#define THEIRS "extern|not resolved|libbpf|ksym|failed to|prog '|BTF type ID|Error in|-E[A-Z]+|trivial"

static struct {
	bool (*has)(const char *function); /* which functions the kernel has */
	const char *load, *attach; /* libbpf's words, NULL: it goes well */
	int error;
	int units;
	int kallsyms;
	bool old;
} kernel;

static libbpf_print_fn_t print;

SEAM(libbpf_print_fn_t, libbpf_set_print, libbpf_print_fn_t function)
{
	print = function;
	return NULL;
}

static void warn(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	print(LIBBPF_WARN, format, list);
	va_end(list);
}

SEAM(int, bpf_object__load_skeleton, struct bpf_object_skeleton *skeleton)
{
	if (!kernel.load)
		return 0;
	warn("libbpf: %s\n", kernel.load);
	warn("libbpf: failed to load BPF skeleton 'luwatch_bpf': %d\n", -kernel.error);
	errno = kernel.error;
	return -kernel.error;
}

SEAM(struct bpf_link *, bpf_program__attach, const struct bpf_program *program)
{
	static char link;

	if (!kernel.attach)
		return (struct bpf_link *)&link;
	if (*kernel.attach)
		warn("libbpf: prog '%s': %s\n", bpf_program__name(program), kernel.attach);
	errno = kernel.error;
	return NULL;
}

SEAM(int, bpf_link__destroy, struct bpf_link *link)
{
	return 0;
}

SEAM(int, lw_kernel_functions, const char *const *names, bool *found, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		found[i] = kernel.has(names[i]);
	return kernel.kallsyms;
}

SEAM(bool, lw_kernel_at_least, int major, int minor)
{
	return !kernel.old;
}

SEAM(int, lw_vtd_units, void)
{
	return kernel.units;
}

SEAM(bool, lw_exists, const char *path)
{
	return false;
}

SEAM(uid_t, geteuid, void)
{
	return 0;
}

static bool all(const char *function)
{
	return true;
}

static bool none(const char *function)
{
	return false;
}

/* As one without live update and without kexec. */
static bool some(const char *function)
{
	return strstr(function, "iommu") && !strstr(function, "preserve");
}

static bool matches(const char *text, const char *expression)
{
	regex_t regex;
	bool found;

	assert_int_equal(regcomp(&regex, expression, REG_EXTENDED | REG_NOSUB), 0);
	found = !regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	return found;
}

/* What `luwatch check WORD` prints, allocated. */
static char *printed(const char *word)
{
	char path[] = "/tmp/luwatch-check-XXXXXX";
	char *argv[] = { "check", (char *)word, NULL };
	int fd = mkstemp(path), out = dup(STDOUT_FILENO);
	uint8_t *text = NULL;
	size_t length;

	assert_true(fd >= 0 && out >= 0);
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	lw_command_check(word ? 2 : 1, argv);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	assert_int_equal(lw_read_file(path, 1 << 20, &text, &length), 0);
	close(fd);
	close(out);
	unlink(path);
	return (char *)text;
}

/* Asks every line; returns how many said that something is not there. */
static int lacking(void)
{
	static const char *const lacks[] = { "no", "absent", "off", "too old", "confidentiality" };
	LW_FREE char *text = printed("--json");
	LW_FREE char *lines = printed(NULL);
	json_t *json = json_loads(text, 0, NULL), *list, *fact;
	const char *group;
	size_t i, j;
	int count = 0;

	assert_non_null(json);
	if (matches(lines, THEIRS))
		fail_msg("a library's words: %s", lines);
	json_object_foreach(json, group, list) {
		json_array_foreach(list, i, fact) {
			const char *name = json_string_value(json_object_get(fact, "name"));
			const char *state = json_string_value(json_object_get(fact, "state"));
			const char *detail = json_string_value(json_object_get(fact, "detail"));

			for (j = 0; j < sizeof(lacks) / sizeof(lacks[0]) && strcmp(state, lacks[j]); j++)
				;
			/* What stands in for a hook that is there lacks nothing. */
			if (j == sizeof(lacks) / sizeof(lacks[0]) || !strcmp(detail, "not needed"))
				continue;
			count++;
			if (!matches(detail, CHANGE))
				fail_msg("%s: %s is %s and names nothing to change: %s", group, name, state, detail);
			if (matches(detail, THEIRS))
				fail_msg("%s: %s has a library's words: %s", group, name, detail);
		}
	}
	json_decref(json);
	return count;
}

static int before(void **state)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.has = all;
	kernel.units = 1;
	lw_libbpf_messages();
	return 0;
}

static void functions(void **state)
{
	assert_true(lacking() < lw_hook_count);
	kernel.has = some;
	assert_true(lacking() > 10);
	kernel.has = none;
	kernel.units = 0;
	kernel.old = true;
	assert_true(lacking() > lw_hook_count);
	kernel.kallsyms = -ENOENT;
	assert_true(lacking() >= 3);
}

/* WHERE is what the kernel says, each of WORDS in turn. */
static void each_lacks_more_than(int few, const char **where, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		before(NULL);
		*where = words[i];
		kernel.error = EINVAL;
		assert_true(lacking() > few);
	}
}

static void nothing_loads(void **state)
{
	static const char *const words[] = {
		"Error in bpf_object__probe_loading():Function not implemented(38). Couldn't load trivial BPF program. Make "
		"sure your kernel supports BPF (CONFIG_BPF_SYSCALL=y) and/or that RLIMIT_MEMLOCK is set to big enough value.",
		"Error in bpf_object__probe_loading():Operation not permitted(1). Couldn't load trivial BPF program.",
		"kernel BTF is missing at '/sys/kernel/btf/vmlinux', was CONFIG_DEBUG_INFO_BTF enabled?",
		"failed to find valid kernel BTF",
		"Error loading vmlinux BTF: -3",
		"extern (var ksym) 'page_offset_base': not found in kernel BTF",
		"extern (func ksym) 'bpf_rdonly_cast': not found in kernel or module BTFs",
		"extern 'CONFIG_HZ' (strong): not resolved",
		"prog 'fe_machine_kexec': failed to find kernel BTF type ID of 'machine_kexec': -3",
		"prog 'fe_machine_kexec': BPF program load failed: Invalid argument",
		"prog 'fe_machine_kexec': BPF program load failed: Permission denied",
		"map 'control': failed to create: Cannot allocate memory(-12)",
		"a warning of a later libbpf: -EINVAL",
	};

	each_lacks_more_than(4, &kernel.load, words, sizeof(words) / sizeof(words[0]));
}

static void nothing_attaches(void **state)
{
	static const char *const words[] = {
		"failed to attach: Device or resource busy",
		"failed to attach: ERROR: strerror_r(-524)=22",
		"failed to create kprobe 'machine_kexec+0x0' perf event: No such file or directory",
		"failed to create kretprobe 'machine_kexec+0x0' perf event: Permission denied",
		"failed to determine kprobe perf type: No such file or directory",
		"failed to attach to raw tracepoint 'qi_submit': Invalid argument",
		"",
	};

	each_lacks_more_than((int)lw_hook_count / 2, &kernel.attach, words, sizeof(words) / sizeof(words[0]));
}

/* The option is the one that is missing, and the errno stays. */
static void reasons(void **state)
{
	static const struct {
		const char *warning, *means;
	} each[] = {
		{ "libbpf: failed to find valid kernel BTF", "CONFIG_DEBUG_INFO_BTF=y" },
		{ "libbpf: extern (var ksym) 'x': not found in kernel BTF", "CONFIG_KALLSYMS_ALL=y" },
		{ "Error in f():Function not implemented(38). Couldn't load trivial BPF program.", "CONFIG_BPF_SYSCALL=y" },
		{ "Error in f():Function not implemented(38). Couldn't load trivial BPF program.", "Function not implemented; " },
		{ "prog 'x': failed to create kprobe 'f+0x0' perf event: No such file or directory", "CONFIG_KPROBE_EVENTS=y" },
		{ "prog 'x': failed to create kprobe 'f+0x0' perf event: -ENOENT", "No such file or directory; " },
		{ "prog 'x': failed to attach: -22", "Invalid argument; " },
		{ "prog 'x': failed to attach: Invalid argument", "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y" },
		{ "prog 'x': failed to attach: Device or resource busy", "Linux 6.12" },
		{ "prog 'x': BPF program load failed: Permission denied", "be root, and boot without lockdown=" },
		{ "something new", "Linux 6.1 or newer" },
	};
	char text[LW_REASON_TEXT];
	size_t i;

	for (i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		lw_plain_reason(each[i].warning, text, sizeof(text));
		if (!strstr(text, each[i].means))
			fail_msg("\"%s\" means \"%s\", not \"%s\"", each[i].warning, text, each[i].means);
		assert_true(strlen(text) < sizeof(text) - 1);
	}
}

/* A kernel without the symbol loads the programs all the same: no extern of theirs has to be resolved. */
static void only_weak(const void *bytes, size_t size)
{
	Elf *elf = elf_memory((char *)bytes, size);
	Elf_Scn *section = NULL;
	int found = 0;

	assert_non_null(elf);
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		GElf_Sym symbol;
		Elf_Data *data;
		int i;

		gelf_getshdr(section, &header);
		data = elf_getdata(section, NULL);
		for (i = 1; header.sh_type == SHT_SYMTAB && gelf_getsym(data, i, &symbol); i++) {
			if (symbol.st_shndx != SHN_UNDEF)
				continue;
			found++;
			if (GELF_ST_BIND(symbol.st_info) != STB_WEAK)
				fail_msg("%s has to be resolved", elf_strptr(elf, header.sh_link, symbol.st_name));
		}
	}
	assert_true(found > 0);
	elf_end(elf);
}

static void externs_are_weak(void **state)
{
	const void *bytes;
	size_t size;

	elf_version(EV_CURRENT);
	bytes = luwatch_bpf__elf_bytes(&size);
	only_weak(bytes, size);
	bytes = inspect_bpf__elf_bytes(&size);
	only_weak(bytes, size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(functions, before),
		cmocka_unit_test_setup(nothing_loads, before),
		cmocka_unit_test_setup(nothing_attaches, before),
		cmocka_unit_test(reasons),
		cmocka_unit_test(externs_are_weak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
