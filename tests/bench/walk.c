// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the two walks take on this machine's own processor, in nanoseconds: over tables in memory of its
 * kernel (tests/walk), of units that hold one device on each bus and clear all but one.
 *
 * usage: walk OBJECT COPY|LOAD UNITSxBUSES...	OBJECT: tests/walk/walk.bpf.o; COPY: as on kernels before 6.2
 *
 * A line for each machine of so many units with so many buses each: "walk UNITSxBUSES BEFORE AFTER BEFORE
 * AFTER", the least of a hundred runs, and the first one.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/bench.h"

#define RUNS   100
#define COPIES 1024

static struct bench *bench;
static bool fits;

static uint64_t duration(struct synth *s, unsigned int phase)
{
	struct lw_record r = {};
	size_t count;

	bench_walk(bench, s, phase, phase == LW_AFTER ? 2 : 0);
	count = bench_record_count(bench);
	if (count)
		bench_record(bench, count - 1, &r);
	if (r.type != LW_REC_WALK || r.walk.phase != phase) {
		fprintf(stderr, "the walk did not come to its end\n");
		exit(1);
	}
	return r.walk.duration_ns;
}

/* Of [0] the first run and [1] the least: nanoseconds of each walk. */
static uint64_t took[2][2];

static void measure(struct synth *s, unsigned int phase)
{
	uint64_t ns, i;

	for (i = 0; i < RUNS; i++) {
		bench_reset(bench);
		ns = duration(s, phase);
		if (!i)
			took[0][phase] = ns;
		if (!i || ns < took[1][phase])
			took[1][phase] = ns;
	}
}

static void before(struct synth *s)
{
	fits = bench_begin(bench, s);
	if (fits)
		measure(s, LW_BEFORE);
}

static void after(struct synth *s)
{
	if (fits)
		measure(s, LW_AFTER);
}

static void invalidate_nothing(struct synth *s)
{
	(void)s;
}

static void run(unsigned int units, unsigned int buses)
{
	struct synth *s = synth_new();
	unsigned int i, bus;

	synth_set_version(s, 2);
	s->entry_quota = 1000;
	for (i = 0; i < units; i++) {
		struct synth_unit *unit = synth_add_unit(s, i, false);

		for (bus = 0; bus < buses; bus++) {
			struct synth_device *device = synth_add_device(s, unit, LW_RID(i, bus, 0));

			if (!i && !bus)
				synth_preserve(device);
		}
	}
	s->before_shutdown = before;
	s->invalidate = invalidate_nothing;
	s->at_last_look = after;
	synth_kexec(s);
	synth_free(s);
	printf("walk %ux%u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", units, buses,
	       took[1][LW_BEFORE], took[1][LW_AFTER], took[0][LW_BEFORE], took[0][LW_AFTER]);
}

int main(int argc, char **argv)
{
	unsigned int units, buses;
	int i;

	if (argc < 4) {
		fprintf(stderr, "usage: walk OBJECT COPY|LOAD UNITSxBUSES...\n");
		return 2;
	}
	bench = bench_open(argv[1], COPIES, !strcmp(argv[2], "LOAD"));
	if (!bench) {
		fprintf(stderr, "the programs cannot be loaded: %s\n", strerror(errno));
		return 1;
	}
	for (i = 3; i < argc; i++) {
		if (sscanf(argv[i], "%ux%u", &units, &buses) != 2)
			return 2;
		run(units, buses);
	}
	bench_close(bench);
	return 0;
}
