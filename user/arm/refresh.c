/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bringing an armed kernel up to date: the declared set into the map the programs look at, and a
 * baseline that says so into every carrier and onto the disk.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "arm/arm.h"
#include "arm/arming.h"
#include "base/io.h"
#include "base/message.h"
#include "arm/baseline.h"
#include "arm/correlation.h"
#include "probe/counts.h"
#include "probe/kernel.h"

#define BASELINE_LIMIT (4 << 20)

char *lw_armed_path(const char *state, const char *boot_id)
{
	return lw_format("%s/armed/%s.baseline", state, boot_id);
}

static bool is_declared(const struct lw_declared *set, uint64_t rid)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->rids[i] == rid)
			return true;
	return false;
}

/* Takes the declared flag from what is no longer declared. */
static void drop_undeclared(int fd, const struct lw_declared *set)
{
	uint64_t rid, next, *key = NULL;
	struct lw_preserved p;
	int more = !bpf_map_get_next_key(fd, NULL, &next);

	while (more) {
		rid = next;
		key = &rid;
		more = !bpf_map_get_next_key(fd, key, &next);
		if (bpf_map_lookup_elem(fd, &rid, &p) || !(p.flags & LW_DECLARED) ||
		    is_declared(set, rid))
			continue;
		p.flags &= ~LW_DECLARED;
		if (p.flags)
			bpf_map_update_elem(fd, &rid, &p, BPF_EXIST);
		else
			bpf_map_delete_elem(fd, &rid);
	}
}

static int put_declared(int fd, const struct lw_declared *set)
{
	struct lw_preserved p;
	size_t i;
	int r = 0;

	drop_undeclared(fd, set);
	for (i = 0; !r && i < set->count; i++) {
		if (bpf_map_lookup_elem(fd, &set->rids[i], &p))
			memset(&p, 0, sizeof(p));
		p.flags |= LW_DECLARED;
		r = bpf_map_update_elem(fd, &set->rids[i], &p, BPF_ANY);
	}
	return r;
}

/*
 * Puts RID into the list of marked devices at its next place, and tells which. A place beyond the
 * end is no error: kernel_kexec() then asks the whole map (bpf/preserve.bpf.h, lw_carry_marked()).
 */
static int list_mark(struct arming *a, uint64_t rid, uint32_t *place)
{
	int r;

	*place = __atomic_fetch_add(&a->control->listed, 1, __ATOMIC_RELAXED);
	r = bpf_map_update_elem(a->maps.marked_rids, place, &rid, BPF_ANY);
	return r == -E2BIG ? 0 : r;
}

/*
 * What the kernel has marked before the hooks were there, or while an arming that starts anew had
 * thrown the set away. Who marked it, and when, nobody knows any more.
 */
static int put_marked(struct arming *a)
{
	int fd = a->maps.preserved, r = 0;
	struct lw_preserved p;
	uint32_t i, flags;

	for (i = 0; !r && i < a->devices.count; i++) {
		const struct lw_device_view *v = &a->devices.views[i];

		if (!v->marked)
			continue;
		flags = bpf_map_lookup_elem(fd, &v->rid, &p) ? 0 : p.flags;
		if (flags & LW_MARKED)
			continue;
		/* Task, session and token of an earlier mark are not those of this one. */
		memset(&p, 0, sizeof(p));
		p.flags = flags | LW_MARKED;
		p.marked_ns = lw_boot_clock();
		p.unit = LW_NO_UNIT;
		p.entry_known = v->entry_known;
		p.table = v->table;
		memcpy(p.words, v->words, sizeof(p.words));
		r = list_mark(a, v->rid, &p.place);
		if (!r)
			r = bpf_map_update_elem(fd, &v->rid, &p, BPF_ANY);
		if (!r)
			__atomic_fetch_add(&a->control->marked, 1, __ATOMIC_RELAXED);
	}
	return r;
}

/* A function's dma_alias_mask: bit devfn, of its own bus. Behind a VMD the controller's ID as well. */
static size_t list_own_aliases(const struct lw_device_view *v, struct lw_alias *aliases)
{
	size_t count = 0;
	unsigned int devfn;

	for (devfn = 0; devfn < 256; devfn++) {
		uint64_t alias = (v->rid & ~0xffULL) | devfn;

		if (!(v->aliases[devfn >> 6] >> (devfn & 63) & 1) || alias == v->rid)
			continue;
		if (aliases)
			aliases[count] = (struct lw_alias){ v->rid, alias };
		count++;
	}
	if (v->behind_vmd) {
		if (aliases)
			aliases[count] = (struct lw_alias){ v->rid, v->sender };
		count++;
	}
	return count;
}

/* Those of quirks from the kernel itself, those of bridges from the topology or the former baseline. */
static int list_aliases(const struct arming *a, const struct lw_arm_options *options,
			struct lw_baseline_input *input)
{
	const struct lw_rec_alias *former;
	struct lw_alias *list;
	size_t count = 0, i, j;

	for (i = 0; i < a->devices.count; i++)
		count += list_own_aliases(&a->devices.views[i], NULL);
	count += options->alias_count;
	for (i = 0; i < input->former_count; i++)
		count += input->former[i].type == LW_REC_ALIAS ? LW_ALIAS_RIDS : 0;
	list = calloc(count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (i = 0, count = 0; i < a->devices.count; i++)
		count += list_own_aliases(&a->devices.views[i], list + count);
	for (i = 0; i < options->alias_count; i++)
		list[count++] = options->aliases[i];
	for (i = 0; !options->aliases && i < input->former_count; i++) {
		former = &input->former[i].alias;
		for (j = 0; input->former[i].type == LW_REC_ALIAS && j < former->count &&
			    j < LW_ALIAS_RIDS; j++)
			list[count++] = (struct lw_alias){ former->rid, former->aliases[j] };
	}
	input->aliases = list;
	input->alias_count = lw_sort_aliases(list, count);
	input->aliases_known = a->devices.complete && (options->aliases || input->former_count);
	return 0;
}

/* Equal but for the times, the generation and with them the checksum. */
static bool same_baseline(const struct lw_record *a, size_t count, const uint8_t *old, size_t length)
{
	const struct lw_record *b = (const struct lw_record *)old;
	struct lw_record x, y;
	size_t i;

	if (length != count * sizeof(*a))
		return false;
	for (i = 0; i < count; i++) {
		x = a[i];
		y = b[i];
		x.time_ns = y.time_ns = 0;
		x.epoch = y.epoch = 0;
		x.checksum = y.checksum = 0;
		if (x.type == LW_REC_BASELINE && y.type == LW_REC_BASELINE)
			x.baseline.realtime_ns = y.baseline.realtime_ns = x.baseline.tsc =
				y.baseline.tsc = 0;
		if (memcmp(&x, &y, sizeof(x)))
			return false;
	}
	return true;
}

static int to_disk(const char *state, const struct lw_record *records, size_t count)
{
	LW_FREE char *folder = lw_format("%s/armed", state);
	LW_FREE char *path = lw_armed_path(state, lw_boot_id());
	int r = lw_make_directory(folder);

	return r ? r : lw_write_file(path, records, count * sizeof(*records), 0640);
}

/* The disk is the second copy: without it a hand-over is still complete from the carriers. */
static int publish(struct arming *a, const char *state, const struct lw_record *records, size_t count)
{
	int i, r, lost = 0;

	for (i = 0; i < LW_CARRIER_COUNT; i++) {
		if (!lw_carrier_armed(a->control, i))
			continue;
		r = lw_carriers[i]->write_baseline(a->control, &a->area, records, count);
		if (r)
			lw_warn("the baseline does not fit carrier %s: %s; disarm and arm again",
				lw_carriers[i]->name, strerror(-r));
		lost |= !!r << i;
	}
	r = to_disk(state, records, count);
	if (r)
		lw_warn("%s cannot be written: %s; reports rest on the carriers alone", state,
			strerror(-r));
	/* Nowhere: then nothing was armed. */
	return lost && lost == (int)a->control->carriers ? r : 0;
}

/* The boot clock is steered and drifts against the counter, so both are looked at again. */
#define CLOCKS_AGAIN_NS (60 * 1000000000ULL)

void lw_arm_refresh_clocks(struct lw_control *c)
{
	uint64_t tsc, boot_ns = lw_boot_clock();

	if (boot_ns - c->tsc_boot_ns > CLOCKS_AGAIN_NS)
		lw_arm_look_at_clocks(c, &tsc, &boot_ns);
}

void lw_arm_look_at_clocks(struct lw_control *c, uint64_t *tsc_then, uint64_t *boot_ns)
{
	struct lw_tsc tsc;

	c->tai_offset = lw_tai_offset();
	if (lw_tsc_read(&tsc)) {
		c->tsc = tsc.count;
		c->tsc_boot_ns = tsc.boot_ns;
		c->tsc_hz = tsc.hz;
		*boot_ns = tsc.boot_ns;
	}
	*tsc_then = tsc.count;
}

void lw_arm_note_counter(json_t *detail)
{
	struct lw_tsc tsc;

	if (lw_tsc_read(&tsc))
		json_object_set_new(detail, "tsc",
				    json_sprintf("0x%llx", (unsigned long long)tsc.count));
}

/* STATE/collected, of the collect of this boot: "boot-id hand-over". */
static void read_began_by(const char *state, struct lw_id *id)
{
	LW_FREE char *path = lw_format("%s/collected", state);
	char line[128];

	memset(id, 0, sizeof(*id));
	if (lw_read_line(path, line, sizeof(line)) > LW_BOOT_ID_TEXT &&
	    !strncmp(line, lw_boot_id(), LW_BOOT_ID_TEXT - 1))
		lw_id_parse(line + LW_BOOT_ID_TEXT, id);
}

/* They do not change while this kernel runs, so its former baseline has them. */
static void find_kexecs(const struct lw_baseline_input *input, char text[LW_COUNTS_TEXT])
{
	struct lw_counts counts;
	size_t i;

	for (i = 0; i < input->former_count; i++) {
		const struct lw_record *r = &input->former[i];

		if (r->type != LW_REC_TEXT || r->text.key != LW_TEXT_KEXECS ||
		    r->text.length > LW_TEXT_BYTES)
			continue;
		memcpy(text, r->text.bytes, r->text.length);
		text[r->text.length] = '\0';
		return;
	}
	lw_counts_read(&counts);
	lw_counts_format(&counts, text);
}

int lw_write_baseline(struct arming *a, const struct lw_arm_options *options)
{
	const char *state = options->state;
	LW_FREE char *path = lw_armed_path(state, lw_boot_id());
	LW_FREE struct lw_record *records = NULL;
	LW_FREE uint8_t *old = NULL;
	char machine_id[64] = "", hostname[65] = "", kexecs[LW_COUNTS_TEXT];
	char correlation[LW_CORRELATION_TEXT] = "";
	struct lw_baseline_input input = {
		.control = a->control,
		.generation = a->control->baseline_generation + 1,
		.exists = a->control->exists,
		.units = a->units,
		.unit_count = a->unit_count,
		.declared = &a->declared,
		.boot_ns = lw_boot_clock(),
		.realtime_ns = lw_wall_clock(),
		.kernel = lw_kernel_release(),
		.agent = LW_VERSION,
		.boot_id = lw_boot_id(),
		.machine_id = machine_id,
		.hostname = hostname,
		.labels = options->labels,
		.label_count = options->label_count,
		.ring = options->ring,
		.build_id = lw_kernel_build_id(),
		.correlation = correlation,
		.marks_readable = a->devices.marks_readable,
	};
	LW_FREE struct lw_alias *aliases = NULL;
	size_t length = 0;
	int count, r;

	lw_arm_look_at_clocks(a->control, &input.tsc, &input.boot_ns);
	read_began_by(state, &input.began_by);
	lw_correlation_load(state, input.boot_id, correlation);
	r = put_declared(a->maps.preserved, &a->declared);
	if (!r)
		r = put_marked(a);
	if (r)
		return r;
	lw_read_line("/etc/machine-id", machine_id, sizeof(machine_id));
	gethostname(hostname, sizeof(hostname) - 1);
	if (!lw_read_file(path, BASELINE_LIMIT, &old, &length)) {
		input.former = (const struct lw_record *)old;
		input.former_count = length / sizeof(*input.former);
	}
	find_kexecs(&input, kexecs);
	input.kexecs = kexecs;
	r = list_aliases(a, options, &input);
	aliases = (struct lw_alias *)input.aliases;
	if (r)
		return r;
	count = lw_baseline_build(&input, &records);
	if (count < 0)
		return count;
	if (old && same_baseline(records, count, old, length) && a->control->baseline_generation &&
	    a->control->baseline_area == a->control->area_base)
		return 0;
	r = publish(a, state, records, count);
	if (!r) {
		a->control->baseline_generation = input.generation;
		a->control->baseline_area = a->control->area_base;
	}
	return r;
}

int lw_arm_refresh(const struct lw_arm_options *options)
{
	LW_CLOSE int lock = -1;
	struct arming a = {};
	struct lw_pins pins;
	int r = lw_arm_lock(&lock);

	if (r)
		return r;
	lw_pins_open(&pins);
	r = pins.state == LW_PINS_COMPLETE ? lw_arm_look(&a, options) : -ENOENT;
	if (!r)
		r = lw_arm_adopt(&a, &pins);
	if (!r)
		r = lw_write_baseline(&a, options);
	lw_arm_finish(&a);
	lw_pins_close(&pins);
	return r;
}
