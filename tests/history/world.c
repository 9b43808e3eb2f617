// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine: its kernels begin, load, end. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "carry/carrier.h"
#include "parts.h"

struct world *world;

void make_id(struct world *w, struct lw_id *id)
{
	*id = (struct lw_id){ roll(&w->dice) | 1, ++w->serial };
}

static void make_boot(struct world *w, char text[37])
{
	uint64_t a = roll(&w->dice) | 1, b = ++w->serial;

	snprintf(text, 37, "%08x-%04x-%04x-%04x-%012lx", (uint32_t)(a >> 32), (uint16_t)(a >> 16),
		 (uint16_t)a, (uint16_t)(b >> 48), (unsigned long)(b & 0xffffffffffffUL));
}

uint64_t wall(const struct world *w)
{
	return WALL + w->now + w->kernel.clock_error;
}

uint64_t counter(const struct world *w)
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

void world_load(struct world *w, int words)
{
	struct kernel *k = &w->kernel;
	const struct armed *a = &k->armed;
	const struct lw_words ours = { .id = a->id,
				       .address = a->address,
				       .size = a->address ? AREA_PAGES * LW_PAGE_SIZE : 0 };
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
	uint64_t kho_count;

	if (!k->any_loaded || k->kind == LW_BOOT_KDUMP)
		return;
	strcpy(cmdline, k->loaded);
	strcpy(t.boot, k->boot);
	if (k->armed_now) {
		t.leak = roll_chance(&w->dice, 40);
		t.id = k->armed.id;
		t.unseen = k->unseen;
		t.attempt = ++k->armed.attempt;
		snprintf(right, sizeof(right), "$0x%lx", (unsigned long)k->armed.address);
		add_log(w, templates[t.leak]->log, templates[t.leak]->log_count);
		t.ideal =
			w->counter && !w->lies && !k->unseen && k->armed.address && strstr(cmdline, right) &&
			k->armed.log_count * LW_RECORD_SIZE <
				(AREA_PAGES - 2 * BASELINE_PAGES) * (LW_PAGE_SIZE - LW_RECORD_SIZE);
	}
	others_end_kernel(w, roll_chance(&w->dice, 80));
	world_pass(w, roll_below(&w->dice, 8) * SECOND + SECOND);
	kho_count = w->kho && roll_chance(&w->dice, 80) ? k->kho_count + 1 : 0;
	begin_kernel(w, LW_BOOT_KEXEC);
	w->kernel.kho_count = kho_count;
	strcpy(w->kernel.cmdline, cmdline);
	take_memory(w, cmdline);
	if (!trace_kept) /* another build: its buffer has another layout */
		empty_trace(w);
	w->truth = t;
	if (t.armed)
		w->kexecs[w->kexec_count++ % KEXECS] = t;
}

void world_reset(struct world *w, bool firmware_kexec)
{
	bool trace_kept;

	if (w->kernel.boot[0])
		others_end_kernel(w, false);
	world_pass(w, roll_below(&w->dice, 100) * SECOND);
	w->power_on = w->now;
	world_pass(w, (30 + roll_below(&w->dice, 60)) * SECOND);
	trace_kept = roll_chance(&w->dice, 40); /* a warm reset */
	begin_kernel(w, firmware_kexec ? LW_BOOT_KEXEC : LW_BOOT_COLD);
	w->kernel.firmware_kexec = firmware_kexec;
	w->kernel.kho_count = firmware_kexec && w->kho;
	take_memory(w, "");
	if (!trace_kept)
		empty_trace(w);
	w->truth = (struct truth){};
}

void world_kdump(struct world *w)
{
	others_end_kernel(w, false);
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
	w->marks_readable = roll_chance(&w->dice, 50);
	others_begin(w);
	world_reset(w, false);
}

void world_end(struct world *w)
{
	free(w->kernel.armed.baseline);
	free(w->kernel.armed.log);
	memset(&w->kernel, 0, sizeof(w->kernel));
}
