/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The warnings are those of libbpf 1.1 to 1.5 (src/libbpf.c and src/btf.c); a later one that none of the rows knows
 * gets the last row, which is true of any.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "base/message.h"
#include "probe/reason.h"

/* Linux, include/linux/errno.h: no errno of user space's. */
#define ENOTSUPP  524
#define LAST_ERRNO 133

static const struct {
	const char *warning; /* a part of it; NULL: of any */
	const char *means;
} rows[] = {
	{ "/proc/kallsyms", "this kernel does not list its functions: build it with CONFIG_KALLSYMS=y" },
	{ "trivial BPF program", "this kernel takes no BPF program at all: build it with CONFIG_BPF_SYSCALL=y" },
	{ "valid kernel BTF", "this kernel does not describe its types: build it with CONFIG_DEBUG_INFO_BTF=y" },
	{ "vmlinux BTF", "this kernel does not describe its types: build it with CONFIG_DEBUG_INFO_BTF=y" },
	{ "kernel BTF type ID", "the kernel's types do not describe this function: build it with CONFIG_DEBUG_INFO_BTF=y and "
				"the function not inlined" },
	{ "extern", "this kernel lacks a symbol that the programs read: build it with CONFIG_KALLSYMS_ALL=y and "
		    "CONFIG_DEBUG_INFO_BTF=y" },
	{ "ksym", "this kernel lacks a symbol that the programs read: build it with CONFIG_KALLSYMS_ALL=y and "
		  "CONFIG_DEBUG_INFO_BTF=y" },
	{ "kprobe", "this kernel takes no kprobe there: build it with CONFIG_KPROBES=y, CONFIG_KPROBE_EVENTS=y and "
		    "CONFIG_BPF_EVENTS=y" },
	{ "raw tracepoint", "this kernel takes no program at a tracepoint: build it with CONFIG_BPF_EVENTS=y" },
	{ "attach", "this kernel takes no BPF trampoline there: build it with CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y and "
		    "CONFIG_BPF_JIT=y" },
	{ "map '", "this kernel does not make a map of the programs: take Linux 6.1 or newer with CONFIG_BPF_SYSCALL=y" },
	{ NULL, "this kernel does not take the program: take Linux 6.1 or newer with CONFIG_BPF_SYSCALL=y, CONFIG_BPF_JIT=y, "
		"CONFIG_BPF_EVENTS=y and CONFIG_DEBUG_INFO_BTF=y" },
};

/* The errno whose name, number or words END is, or 0. */
static int errno_of(const char *end)
{
	const char *name;
	int error, number = 0;
	char last;

	if (sscanf(end, "-%d%c", &number, &last) == 1)
		return number > 0 ? number : 0;
	if (strstr(end, "EOPNOTSUPP") || !strcmp(end, "-ENOTSUPP"))
		return EOPNOTSUPP;
	for (error = 1; error <= LAST_ERRNO; error++) {
		name = strerrorname_np(error);
		if (!strcmp(end, strerror(error)) || (name && *end == '-' && !strcmp(end + 1, name)))
			return error;
	}
	return 0;
}

static void say(const char *means, int error, char *text, size_t size)
{
	const char *words = error == ENOTSUPP ? strerror(EOPNOTSUPP) : error ? strerror(error) : NULL;

	if (error == EPERM || error == EACCES)
		means = "be root, and boot without lockdown=confidentiality";
	else if (error == EBUSY)
		means = "something else traces or patches this function: see /sys/kernel/tracing/enabled_functions; "
			"Linux 6.12 or newer lets both be there";
	snprintf(text, size, "%s%s%s", words ? words : "", words ? "; " : "", means);
}

/* Where the last ": " of LINE ends, LINE when it has none. */
static const char *tail(const char *line)
{
	const char *at = line, *colon;

	while ((colon = strstr(at, ": ")))
		at = colon + 2;
	return at;
}

/* "Error in PLACE: WORDS(NUMBER). …" */
static int errno_within(const char *warning)
{
	const char *at = warning;
	int error;
	char end;

	while ((at = strchr(at, '('))) {
		if (sscanf(++at, "%d%c", &error, &end) == 2 && end == ')' && error > 0)
			return error;
	}
	return 0;
}

void lw_plain_reason(const char *warning, char *text, size_t size)
{
	size_t i = 0, length;
	char end[64];
	int error;

	snprintf(end, sizeof(end), "%s", tail(warning));
	for (length = strlen(end); length && (isspace((unsigned char)end[length - 1]) || end[length - 1] == '.');)
		end[--length] = '\0';
	while (rows[i].warning && !strstr(warning, rows[i].warning))
		i++;
	error = errno_of(end);
	say(rows[i].means, error ? error : errno_within(warning), text, size);
}

/* The first line of the first warning since lw_kernel_reason_forget(): the later ones only repeat that loading failed. */
static char first_warning[200];

static int message(enum libbpf_print_level level, const char *format, va_list args)
{
	char text[512];

	if (level == LIBBPF_DEBUG)
		return 0;
	if (lw_is_verbose()) {
		va_list copy;

		va_copy(copy, args);
		vfprintf(stderr, format, copy);
		va_end(copy);
	}
	vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	if (level == LIBBPF_WARN && !first_warning[0])
		snprintf(first_warning, sizeof(first_warning), "%s", text);
	return 0;
}

void lw_libbpf_messages(void)
{
	libbpf_set_print(message);
}

void lw_kernel_reason_note(const char *warning)
{
	snprintf(first_warning, sizeof(first_warning), "%s", warning);
}

void lw_kernel_reason_forget(void)
{
	first_warning[0] = '\0';
}

const char *lw_kernel_reason(int error)
{
	static char text[LW_REASON_TEXT];

	if (first_warning[0])
		lw_plain_reason(first_warning, text, sizeof(text));
	else
		say(rows[sizeof(rows) / sizeof(rows[0]) - 1].means, error < 0 ? -error : error, text, sizeof(text));
	return text;
}
