// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the verifier had to do for each loaded tracing program, in one line each: PROGRAM, its name,
 * the instructions that were looked at (every path counts) and the bytes of machine code.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

/* The kernel cuts a program's own name after 15 characters; its function's is whole. */
static void show(int fd)
{
	struct bpf_func_info function = {};
	struct bpf_prog_info info = { .nr_func_info = 1,
				      .func_info_rec_size = sizeof(function),
				      .func_info = (unsigned long)&function };
	unsigned int size = sizeof(info);
	struct btf *btf;

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		exit(1);
	btf = btf__load_from_kernel_by_id(info.btf_id);
	printf("PROGRAM %s %u %u\n",
	       btf ? btf__name_by_offset(btf, btf__type_by_id(btf, function.type_id)->name_off)
		   : info.name,
	       info.verified_insns, info.jited_prog_len);
	btf__free(btf);
}

int main(void)
{
	unsigned int id = 0;

	while (!bpf_prog_get_next_id(id, &id)) {
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0)
			continue;
		show(fd);
		close(fd);
	}
	return 0;
}
