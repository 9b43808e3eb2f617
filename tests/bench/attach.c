// SPDX-License-Identifier: GPL-2.0-or-later
/* Loads a BPF object, attaches all its programs, says "ready" and keeps them. usage: attach OBJECT */
#include <stdio.h>
#include <unistd.h>

#include <bpf/libbpf.h>

int main(int argc, char **argv)
{
	struct bpf_object *object = argc == 2 ? bpf_object__open(argv[1]) : NULL;
	struct bpf_program *program;

	if (!object || bpf_object__load(object))
		return 1;
	bpf_object__for_each_program(program, object) {
		if (!bpf_program__attach(program))
			return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
