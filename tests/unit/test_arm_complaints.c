// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel writes about a program that it stops: counted, and really read where this kernel has
 * such streams (Linux 6.17), from a program that writes into its own.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "arm/complaints.h"
#include "probe/kernel.h"
#include "skip.h"

static void counts(void **state)
{
	static const struct {
		const char *text;
		uint64_t count;
	} rows[] = {
		{ "", 0 },
		{ "ERROR: Timeout detected for may_goto instruction\nCPU: 1\nERROR: again\n", 2 },
		{ "the middle of one, ERROR: not at its beginning\n", 1 },
		{ "ERROR:", 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(lw_complaints_count(rows[i].text, strlen(rows[i].text)), rows[i].count);
}

/* A text in a map that the program may only read: what the kernel's printing takes as a format. */
static int text_map(const char *said)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_RDONLY_PROG);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "text", 4, 32, 1, &options);
	char text[32] = "";
	uint32_t key = 0;

	strncpy(text, said, sizeof(text) - 1);
	assert_true(fd >= 0);
	assert_int_equal(bpf_map_update_elem(fd, &key, text, 0), 0);
	assert_int_equal(bpf_map_freeze(fd), 0);
	return fd;
}

/* Writes a complaint about itself, by what the kernel writes it with; -ENOENT when it has not that. */
static int complaining_program(void)
{
	static const char *const names[] = { "bpf_stream_vprintk", "bpf_stream_vprintk_impl" };
	struct btf *kernel = btf__load_vmlinux_btf();
	int id = -1, text = text_map("ERROR: nothing is wrong\n");
	size_t i;

	LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = BPF_F_SLEEPABLE);
	for (i = 0; kernel && id < 0 && i < 2; i++)
		id = btf__find_by_name_kind(kernel, names[i], BTF_KIND_FUNC);
	btf__free(kernel);
	if (id < 0)
		return -ENOENT;
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 2 },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 2, .src_reg = BPF_PSEUDO_MAP_VALUE,
		  .imm = text },
		{},
		/* Eight bytes of arguments that the format does not ask for. */
		{ .code = BPF_ST | BPF_DW | BPF_MEM, .dst_reg = 10, .off = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 3, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 3, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 4, .imm = 8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 5 },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = id },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "complains", "GPL", program,
			     sizeof(program) / sizeof(program[0]), &options);
}

static void reads(void **state)
{
	int fd;

	(void)state;
	LIBBPF_OPTS(bpf_test_run_opts, run);
	if (geteuid() || !lw_kernel_at_least(6, 17)) {
		skip_because("needs root and Linux 6.17");
	}
	fd = complaining_program();
	if (fd == -ENOENT) {
		skip_because("this kernel has no streams for programs");
	}
	assert_true(fd >= 0);
	assert_int_equal(lw_complaints_take(fd, "complains"), 0);
	assert_int_equal(bpf_prog_test_run_opts(fd, &run), 0);
	/* Kernels that cannot allocate without a lock write nothing there. */
	if (run.retval) {
		close(fd);
		skip_because("the kernel has no memory for it: %d", (int)run.retval);
	}
	assert_int_equal(lw_complaints_take(fd, "complains"), 1);
	assert_int_equal(lw_complaints_take(fd, "complains"), 0);
	close(fd);
	/* What is no program has none. */
	assert_int_equal(lw_complaints_take(STDIN_FILENO, "none"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
