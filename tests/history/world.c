// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The machine. Its records are those of the synthetic hand-over of tests/unit, made once clean and
 * once with a leaked entry, and given the id, boot id and times of the kernel that leaves them.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "carry/carrier.h"
#include "carry/text.h"
#include "world.h"

#define AREA_PAGES     24
#define BASELINE_PAGES 2
#define ROOM	       (LW_PAGE_RECORDS - 1)
#define WALL	       1790000000ULL * SECOND

struct world *world;

static struct synth *templates[2]; /* clean, leaked */

static void add_clocks(struct synth *s)
{
	const struct lw_record r = { .type = LW_REC_CLOCKS, .unit = LW_NO_UNIT };

	synth_emit(s, &r);
}

static void leak(struct synth *s)
{
	struct synth_unit *unit = synth_unit_of(s, SYNTH_SIBLING);

	synth_entry(unit, SYNTH_SIBLING)[0] = 0x1234000 | 5;
}

static void make_templates(void)
{
	int i;

	for (i = 0; !templates[1] && i < 2; i++) {
		templates[i] = synth_standard(false);
		templates[i]->before_shutdown = add_clocks;
		if (i)
			templates[i]->after_clear = leak;
		synth_kexec(templates[i]);
	}
}

static void make_id(struct world *w, struct lw_id *id)
{
	*id = (struct lw_id){ roll(&w->dice) | 1, ++w->serial };
}

static void make_boot(struct world *w, char text[37])
{
	uint64_t a = roll(&w->dice) | 1, b = ++w->serial;

	snprintf(text, 37, "%08x-%04x-%04x-%04x-%012lx", (uint32_t)(a >> 32), (uint16_t)(a >> 16),
		 (uint16_t)a, (uint16_t)(b >> 48), (unsigned long)(b & 0xffffffffffffUL));
}

static uint64_t wall(const struct world *w)
{
	return WALL + w->now + w->kernel.clock_error;
}

static uint64_t counter(const struct world *w)
{
	return w->counter ? (w->now - w->power_on) / SECOND * TSC_HZ +
				    (w->now - w->power_on) % SECOND * (TSC_HZ / SECOND)
			  : 0;
}

static void begin_kernel(struct world *w, enum lw_boot kind)
{
	struct kernel *k = &w->kernel;

	free(k->armed.baseline);
	free(k->armed.log);
	memset(k, 0, sizeof(*k));
	make_boot(w, k->boot);
	k->kind = kind;
	k->born = w->now;
	strcpy(k->cmdline, "root=/dev/sda1 quiet");
	/* A clock without a battery, a chip in local time, one that nobody set for an hour. */
	if (roll_chance(&w->dice, 25)) {
		static const int64_t errors[] = { -20LL * 365 * 24 * (int64_t)HOUR,
						  2 * (int64_t)HOUR, -(int64_t)HOUR,
						  40 * (int64_t)SECOND };

		k->clock_error = errors[roll_below(&w->dice, 4)];
	}
}

/* --- memory and trace buffer ----------------------------------------------------------------- */

static void write_memory(struct world *w, uint64_t address, const void *bytes, size_t length)
{
	LW_CLOSE int fd = open(w->memory, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || pwrite(fd, bytes, length, address) != (ssize_t)length)
		abort();
}

static void wipe(struct world *w, uint64_t address)
{
	static const uint8_t zero[AREA_PAGES * LW_PAGE_SIZE];

	write_memory(w, address, zero, sizeof(zero));
}

static void put(uint8_t *area, size_t slot, size_t from, const struct lw_record *r)
{
	memcpy(area + (from + slot / ROOM) * LW_PAGE_SIZE + (1 + slot % ROOM) * LW_RECORD_SIZE, r,
	       sizeof(*r));
}

/* As pages_prepare() and pages_write_baseline() of user/carry/pages.c leave it. */
static void put_area(struct world *w)
{
	struct armed *a = &w->kernel.armed;
	uint8_t *area = calloc(AREA_PAGES, LW_PAGE_SIZE);
	struct lw_record head = { .magic = LW_RECORD_MAGIC,
				  .version = LW_RECORD_VERSION,
				  .type = LW_REC_PAGE,
				  .unit = LW_NO_UNIT,
				  .handover = { a->id.high, a->id.low } };
	size_t i;

	for (i = 0; i < AREA_PAGES; i++) {
		head.page = (struct lw_rec_page){ .base = a->address,
						  .index = i,
						  .count = AREA_PAGES,
						  .baseline_pages = BASELINE_PAGES };
		head.checksum = lw_checksum(&head);
		memcpy(area + i * LW_PAGE_SIZE, &head, sizeof(head));
	}
	for (i = 0; i < a->baseline_count; i++)
		put(area, i, a->generation % 2 ? 0 : BASELINE_PAGES, &a->baseline[i]);
	for (i = 0; i < a->log_count; i++)
		put(area, i, 2 * BASELINE_PAGES, &a->log[i]);
	write_memory(w, a->address, area, AREA_PAGES * LW_PAGE_SIZE);
	free(area);
}

static void to_trace(struct world *w, const struct lw_record *records, size_t count)
{
	char text[LW_TEXT_LEN + 1];
	FILE *file = fopen(w->trace, "a");
	size_t i;

	for (i = 0; i < count; i++) {
		lw_record_to_text(&records[i], text);
		fprintf(file, "  <...>-1 [000] ..... 1.000000: bpf_trace_printk: %s\n", text);
	}
	fclose(file);
}

static void empty_trace(struct world *w)
{
	if (truncate(w->trace, 0))
		abort();
}

/* --- records --------------------------------------------------------------------------------- */

static void seal(struct lw_record *r, const struct armed *a, uint64_t born_ns)
{
	r->handover[0] = a->id.high;
	r->handover[1] = a->id.low;
	r->time_ns = born_ns;
	r->checksum = lw_checksum(r);
}

/* As read_began_by() of user/arm/refresh.c. */
static struct lw_id began_by(const struct world *w)
{
	LW_FREE char *path = lw_format("%s/collected", w->state);
	struct lw_id id = {};
	char line[128];

	if (lw_read_line(path, line, sizeof(line)) > 37 && !strncmp(line, w->kernel.boot, 36))
		lw_id_parse(line + 37, &id);
	return id;
}

/* As the last text of a baseline. */
static void add_began_by(struct world *w, struct armed *a)
{
	struct lw_id before = began_by(w);
	struct lw_record *r = &a->baseline[a->baseline_count];
	char id[LW_ID_TEXT];

	if (lw_id_is_zero(before))
		return;
	*r = (struct lw_record){ .magic = LW_RECORD_MAGIC,
				 .version = LW_RECORD_VERSION,
				 .type = LW_REC_TEXT,
				 .unit = LW_NO_UNIT,
				 .seq = ++a->baseline_count,
				 .text = { .key = LW_TEXT_BEGAN_BY, .length = LW_ID_TEXT - 1 } };
	memcpy(r->text.bytes, lw_id_format(before, id), LW_ID_TEXT - 1);
}

static void make_baseline(struct world *w)
{
	struct armed *a = &w->kernel.armed;
	const struct synth *s = templates[0];
	size_t i;

	free(a->baseline);
	a->baseline = calloc(s->baseline_count + 1, sizeof(*a->baseline));
	a->baseline_count = s->baseline_count;
	memcpy(a->baseline, s->baseline, s->baseline_count * sizeof(*a->baseline));
	add_began_by(w, a);
	a->generation++;
	for (i = 0; i < a->baseline_count; i++) {
		struct lw_record *r = &a->baseline[i];

		r->epoch = a->generation;
		if (r->type == LW_REC_BASELINE) {
			r->baseline.records = a->baseline_count;
			r->baseline.realtime_ns = wall(w);
			r->baseline.tsc = counter(w);
		}
		if (r->type == LW_REC_TEXT && r->text.key == LW_TEXT_BOOT_ID)
			memcpy(r->text.bytes, w->kernel.boot, 36);
		seal(r, a, w->now - w->kernel.born);
	}
}

static void baseline_to_disk(struct world *w)
{
	const struct armed *a = &w->kernel.armed;
	LW_FREE char *folder = lw_format("%s/armed", w->state);
	LW_FREE char *path = lw_format("%s/%s.baseline", folder, w->kernel.boot);

	if (lw_make_directory(folder) ||
	    lw_write_file(path, a->baseline, a->baseline_count * sizeof(*a->baseline), 0640))
		abort();
}

static void publish(struct world *w)
{
	put_area(w);
	if (w->kernel.trace_on)
		to_trace(w, w->kernel.armed.baseline, w->kernel.armed.baseline_count);
	baseline_to_disk(w);
}

static void choose_area(struct world *w)
{
	struct armed *a = &w->kernel.armed;
	size_t i = w->serial % REGIONS;
	char memmap[64];

	/* Not one that this kernel was told to leave alone. */
	for (;; i = (i + 1) % REGIONS) {
		a->address = 0x100000 * (i + 1);
		snprintf(memmap, sizeof(memmap), "$0x%lx", (unsigned long)a->address);
		if (!strstr(w->kernel.cmdline, memmap))
			return;
	}
}

void world_arm(struct world *w)
{
	struct kernel *k = &w->kernel;

	if (k->kind == LW_BOOT_KDUMP)
		return;
	if (!k->armed_now) {
		/* user/arm/arm.c: what lies in the carriers is this boot's, whoever collects it. */
		lw_carriers_mark_seen(k->cmdline, lw_id_of_boot(k->boot));
		make_id(w, &k->armed.id);
		choose_area(w);
		if (w->trace_carrier && !k->trace_on) {
			empty_trace(w);
			k->trace_on = true;
		}
		k->armed_now = true;
	}
	make_baseline(w);
	publish(w);
}

void world_rearm(struct world *w)
{
	struct kernel *k = &w->kernel;

	if (!k->armed_now)
		return;
	wipe(w, k->armed.address);
	free(k->armed.baseline);
	free(k->armed.log);
	memset(&k->armed, 0, sizeof(k->armed));
	k->armed_now = false;
	world_arm(w);
}

static void add_log(struct world *w, const struct lw_record *records, size_t count)
{
	struct armed *a = &w->kernel.armed;
	uint64_t begin = w->now - w->kernel.born;
	size_t i, first = a->log_count;

	a->log = realloc(a->log, (a->log_count + count) * sizeof(*a->log));
	for (i = 0; i < count; i++) {
		struct lw_record *r = &a->log[a->log_count++];

		*r = records[i];
		r->epoch = a->attempt;
		if (r->type == LW_REC_KEXEC) {
			r->kexec.realtime_ns = wall(w);
			r->kexec.baseline_generation = a->generation;
		}
		if (r->type == LW_REC_CLOCKS)
			r->clocks = (struct lw_rec_clocks){ .tsc = counter(w),
							    .tsc_hz = TSC_HZ,
							    .tsc_boot_ns = begin };
		seal(r, a, begin + i * 1000000);
	}
	put_area(w);
	if (w->kernel.trace_on)
		to_trace(w, a->log + first, count);
}

/* --- what happens ---------------------------------------------------------------------------- */

void world_load(struct world *w, int words)
{
	struct kernel *k = &w->kernel;
	const struct armed *a = &k->armed;
	const struct lw_words ours = { .id = a->id,
				       .address = a->address,
				       .size = AREA_PAGES * LW_PAGE_SIZE };
	LW_FREE char *line = NULL;

	if (words == 0 && k->armed_now)
		line = lw_words_compose(k->cmdline, &ours, NULL);
	else if (words == 2)
		line = lw_words_compose(k->cmdline, NULL, NULL);
	snprintf(k->loaded, sizeof(k->loaded), "%s", line ? line : k->cmdline);
	k->any_loaded = true;
}

void world_refused(struct world *w)
{
	struct lw_record back = { .magic = LW_RECORD_MAGIC,
				  .version = LW_RECORD_VERSION,
				  .type = LW_REC_ABORTED,
				  .unit = LW_NO_UNIT,
				  .result.result = -16 };
	struct lw_record *both;
	size_t n;

	if (!w->kernel.armed_now || !w->kernel.any_loaded)
		return;
	w->kernel.armed.attempt++;
	for (n = 0; templates[0]->log[n].type != LW_REC_CLOCKS; n++)
		;
	both = calloc(n + 2, sizeof(*both));
	memcpy(both, templates[0]->log, (n + 1) * sizeof(*both));
	both[n + 1] = back;
	both[n + 1].seq = n + 2;
	add_log(w, both, n + 2);
	free(both);
	world_pass(w, SECOND);
}

/* Memory that the next kernel's command line does not name is that kernel's to use. */
static void take_memory(struct world *w, const char *cmdline)
{
	char word[64];
	size_t i;

	for (i = 0; i < REGIONS; i++) {
		snprintf(word, sizeof(word), "$0x%lx", 0x100000UL * (i + 1));
		if (!strstr(cmdline, word))
			wipe(w, 0x100000 * (i + 1));
	}
}

void world_kexec(struct world *w)
{
	struct kernel *k = &w->kernel;
	struct truth t = { .kexec = true, .armed = k->armed_now };
	char cmdline[512], right[64];
	bool trace_kept = roll_chance(&w->dice, 85);

	if (!k->any_loaded || k->kind == LW_BOOT_KDUMP)
		return;
	strcpy(cmdline, k->loaded);
	strcpy(t.boot, k->boot);
	if (k->armed_now) {
		t.leak = roll_chance(&w->dice, 40);
		t.id = k->armed.id;
		t.attempt = ++k->armed.attempt;
		snprintf(right, sizeof(right), "$0x%lx", (unsigned long)k->armed.address);
		add_log(w, templates[t.leak]->log, templates[t.leak]->log_count);
		t.ideal =
			w->counter && strstr(cmdline, right) &&
			k->armed.log_count * LW_RECORD_SIZE <
				(AREA_PAGES - 2 * BASELINE_PAGES) * (LW_PAGE_SIZE - LW_RECORD_SIZE);
	}
	world_pass(w, roll_below(&w->dice, 8) * SECOND + SECOND);
	begin_kernel(w, LW_BOOT_KEXEC);
	strcpy(w->kernel.cmdline, cmdline);
	take_memory(w, cmdline);
	if (!trace_kept) /* another build: its buffer has another layout */
		empty_trace(w);
	w->truth = t;
}

void world_reset(struct world *w, bool firmware_kexec)
{
	world_pass(w, roll_below(&w->dice, 100) * SECOND);
	w->power_on = w->now;
	world_pass(w, (30 + roll_below(&w->dice, 60)) * SECOND);
	begin_kernel(w, firmware_kexec ? LW_BOOT_KEXEC : LW_BOOT_COLD);
	w->kernel.firmware_kexec = firmware_kexec;
	take_memory(w, "");
	empty_trace(w);
	w->truth = (struct truth){};
}

void world_kdump(struct world *w)
{
	world_pass(w, 5 * SECOND);
	begin_kernel(w, LW_BOOT_KDUMP);
	w->truth = (struct truth){};
}

void world_pass(struct world *w, uint64_t ns)
{
	w->now += ns;
}

/* --- begin and end --------------------------------------------------------------------------- */

void empty_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *item;

	while (folder && (item = readdir(folder))) {
		LW_FREE char *one = NULL;

		if (!strcmp(item->d_name, ".") || !strcmp(item->d_name, ".."))
			continue;
		one = lw_format("%s/%s", path, item->d_name);
		if (item->d_type == DT_DIR) {
			empty_folder(one);
			rmdir(one);
		} else {
			unlink(one);
		}
	}
	if (folder)
		closedir(folder);
}

static void make_file(const char *path, size_t size)
{
	LW_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, size))
		abort();
}

void world_begin(struct world *w, uint64_t seed, const char *folder, bool tell)
{
	memset(w, 0, sizeof(*w));
	make_templates();
	world = w;
	w->seed = seed;
	w->tell = tell;
	w->dice.state = seed;
	snprintf(w->folder, sizeof(w->folder), "%s", folder);
	snprintf(w->state, sizeof(w->state), "%s/state", folder);
	snprintf(w->memory, sizeof(w->memory), "%s/memory", folder);
	snprintf(w->trace, sizeof(w->trace), "%s/trace", folder);
	empty_folder(folder);
	make_file(w->memory, 0x100000 * (REGIONS + 2));
	make_file(w->trace, 0);
	w->now = 1000 * SECOND;
	w->counter = roll_chance(&w->dice, 75);
	w->trace_carrier = roll_chance(&w->dice, 60);
	world_reset(w, false);
}

void world_end(struct world *w)
{
	free(w->kernel.armed.baseline);
	free(w->kernel.armed.log);
	memset(&w->kernel, 0, sizeof(w->kernel));
}
