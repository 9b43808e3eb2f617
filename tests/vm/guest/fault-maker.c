// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Faults that the emulated unit cannot make, through the armed programs' own code and maps, and
 * moments in which the kernel skips a program.
 *
 * fault-maker pasids RID N	N faults of one device, each with a PASID of its own
 * fault-maker refused RID N	N faults of one device in a kexec that is then refused
 * fault-maker devices N	N faults, each of a device of its own (from bus 20 on)
 * fault-maker busy N		the same, and one in each while a map is locked; prints how many
 * fault-maker miss MS COMMAND	after COMMAND a kprobe's program that runs so long: others nested
 *				in it are skipped
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "luwatch/control.h"
#include "fault-maker.skel.h"

#define PINS   "/sys/fs/bpf/luwatch/maps/"
#define SOURCE 0x2000 /* bus 20 */
#define REASON 0x06   /* read of a page without read permission */

static int share(struct bpf_map *map)
{
	char path[128];
	int fd, r;

	snprintf(path, sizeof(path), PINS "%s", bpf_map__name(map));
	fd = bpf_obj_get(path);
	if (fd < 0)
		return -errno;
	r = bpf_map__reuse_fd(map, fd);
	close(fd);
	return r;
}

static struct lw_control *control(void)
{
	int fd = bpf_obj_get(PINS "control");
	void *c = mmap(NULL, sizeof(struct lw_control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return c == MAP_FAILED ? NULL : c;
}

static int run(struct fault_maker_bpf *s)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);
	int r = bpf_prog_test_run_opts(bpf_program__fd(s->progs.flood), &options);

	return r ? r : (int)options.retval;
}

/* As between an entry of kernel_kexec() and its return. */
static int run_in_attempt(struct fault_maker_bpf *s)
{
	struct lw_control *c = control();
	int r;

	c->attempt++;
	c->seq = c->next_slot = 0;
	c->faults_written = 0;
	c->attempt_open = 1;
	r = run(s);
	c->attempt_open = 0;
	return r;
}

static struct fault_maker_bpf *load(int armed)
{
	struct fault_maker_bpf *s = fault_maker_bpf__open();
	struct bpf_program *program;
	int r = 0;

	if (!s)
		return NULL;
	bpf_object__for_each_program(program, s->obj)
		bpf_program__set_autoload(program, false);
	bpf_program__set_autoload(armed ? s->progs.flood : s->progs.keep_busy, true);
	if (armed) {
		struct bpf_map *maps[] = { s->maps.control, s->maps.area, s->maps.area_pages,
					   s->maps.preserved, s->maps.faults,
					   s->maps.fault_kinds, s->maps.fault_devices,
					   s->maps.events };
		size_t i;

		for (i = 0; !r && i < sizeof(maps) / sizeof(maps[0]); i++)
			r = share(maps[i]);
		if (r || !control())
			return NULL;
		s->rodata->lw_generation = control()->generation;
	}
	return s;
}

static int miss(unsigned int ms, const char *command)
{
	struct fault_maker_bpf *s = load(0);

	if (!s || fault_maker_bpf__load(s) || !bpf_program__attach(s->progs.keep_busy))
		return 1;
	s->bss->busy_ns = ms * 1000000ULL;
	if (system(command))
		return 1;
	umask(022);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct fault_maker_bpf *s;
	unsigned int bus, device, function;

	if (!strcmp(what, "miss") && argc == 4)
		return miss(atoi(argv[2]), argv[3]);
	s = load(1);
	if (!s) {
		fprintf(stderr, "fault-maker: this kernel is not armed\n");
		return 1;
	}
	if (!strcmp(what, "busy"))
		bpf_program__set_autoload(s->progs.in_bucket, true);
	if (fault_maker_bpf__load(s))
		return 1;
	s->bss->reason = REASON;
	if ((!strcmp(what, "pasids") || !strcmp(what, "refused")) && argc == 4 &&
	    sscanf(argv[2], "0000:%x:%x.%x", &bus, &device, &function) == 3) {
		s->bss->first_source = bus << 8 | device << 3 | function;
		s->bss->fault_count = atoi(argv[3]);
		if (!strcmp(what, "pasids"))
			s->bss->pasids = s->bss->fault_count;
	} else if ((!strcmp(what, "devices") || !strcmp(what, "busy")) && argc == 3) {
		s->bss->first_source = SOURCE;
		s->bss->sources = s->bss->fault_count = atoi(argv[2]);
	} else {
		fprintf(stderr, "usage: fault-maker pasids|refused RID N | devices|busy N | "
				"miss MS COMMAND\n");
		return 2;
	}
	if (!strcmp(what, "busy")) {
		if (!bpf_program__attach(s->progs.in_bucket))
			return 1;
		s->bss->sources = 30000; /* one_fault() adds to the number for those that nest */
		s->bss->nest = getpid();
	}
	if (!strcmp(what, "refused") ? run_in_attempt(s) : run(s))
		return 1;
	if (!strcmp(what, "busy"))
		printf("%u\n", s->bss->nested);
	return 0;
}
