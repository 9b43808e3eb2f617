// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counts the guest's instructions between two places of its kernel: a plugin for QEMU's TCG. What is
 * counted does not depend on the machine below, and is repeatable where interrupts are off.
 *
 * Arguments: marks=FILE	has a line "COUNT FROM TO" (hexadecimal addresses of two functions) at
 *				some time before the first of them runs; the guest's own log does
 *	      out=FILE		gets one line "count N" when TO is reached, and the run ends there
 *	      profile=FILE	gets a line "ADDRESS INSTRUCTIONS RUNS" for each block that ran between
 *
 * From is the function's first instruction. To is the one after its call of a tracer, so that what
 * programs do at its entry is counted. The interface is declared here because Debian 12 packages no
 * header of it; only functions are used that all versions of it have.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info;
typedef void (*translated_fn)(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void (*executed_fn)(unsigned int cpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, translated_fn);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, executed_fn, int flags, void *);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, executed_fn, int flags, void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);

#ifndef PLUGIN_VERSION
#define PLUGIN_VERSION 1
#endif
__attribute__((visibility("default"))) int qemu_plugin_version = PLUGIN_VERSION;

#define KERNEL_SPACE (1ULL << 63)
#define ENDBR64_SIZE 4
#define CALL_SIZE    5

struct block {
	struct block *next;
	uint64_t address, instructions, runs;
	bool counted; /* translated after the marks were known */
};

static const char *marks_name, *out_name, *profile_name;
static uint64_t from, to, count;
static struct block *blocks;
static bool counting;

static void fail(const char *what)
{
	fprintf(stderr, "count: %s\n", what);
	exit(1);
}

/* The line may not be there yet; the file grows while the guest runs. */
static void look_for_marks(void)
{
	static unsigned int calls;
	char line[256];
	FILE *f;

	if (to || calls++ % 64)
		return;
	f = fopen(marks_name, "r");
	while (f && !to && fgets(line, sizeof(line), f))
		sscanf(line, "COUNT %" SCNx64 " %" SCNx64, &from, &to);
	if (f)
		fclose(f);
}

static void executed(unsigned int cpu, void *data)
{
	struct block *block = data;

	if (!counting)
		return;
	count += block->instructions;
	block->runs++;
}

/* DATA: how many instructions of its block stand before the mark. */
static void begin(unsigned int cpu, void *data)
{
	struct block *block;

	for (block = blocks; block; block = block->next)
		block->runs = 0;
	count = -(uint64_t)(uintptr_t)data;
	counting = true;
}

static void write_profile(void)
{
	FILE *f = fopen(profile_name, "w");
	const struct block *block;

	if (!f)
		fail("cannot write the profile");
	for (block = blocks; block; block = block->next) {
		if (block->runs)
			fprintf(f, "%" PRIx64 " %" PRIu64 " %" PRIu64 "\n", block->address,
				block->instructions, block->runs);
	}
	fclose(f);
}

/* DATA: how many instructions of its block stand after the mark, this one included. */
static void end(unsigned int cpu, void *data)
{
	FILE *f;

	if (!counting)
		return;
	f = fopen(out_name, "w");
	if (!f || fprintf(f, "count %" PRIu64 "\n", count - (uintptr_t)data) < 0 || fclose(f))
		fail("cannot write the result");
	if (profile_name)
		write_profile();
	_exit(0);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb), i;
	struct block *block;

	if (!(qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0)) & KERNEL_SPACE))
		return;
	look_for_marks();
	block = calloc(1, sizeof(*block));
	if (!block)
		fail("no memory");
	block->next = blocks;
	block->address = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
	block->instructions = n;
	blocks = block;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, 0, block);
	for (i = 0; to && i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t address = qemu_plugin_insn_vaddr(insn);
		static uint64_t after_call;

		if (address == from && !counting)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, begin, 0, (void *)i);
		if (address == to) {
			after_call = to + CALL_SIZE;
			if (qemu_plugin_insn_size(insn) == ENDBR64_SIZE)
				after_call += ENDBR64_SIZE;
		}
		if (address == after_call)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, end, 0, (void *)(n - i));
	}
}

__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "marks=", 6))
			marks_name = strdup(argv[i] + 6);
		else if (!strncmp(argv[i], "out=", 4))
			out_name = strdup(argv[i] + 4);
		else if (!strncmp(argv[i], "profile=", 8))
			profile_name = strdup(argv[i] + 8);
	}
	if (!marks_name || !out_name)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
