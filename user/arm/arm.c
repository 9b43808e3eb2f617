/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arming. The sequence of a fresh arm: choose id and area, load and attach, pin maps, pin links,
 * write the baseline, and only then name the generation in the control map, which is what wakes the
 * programs up. Killed anywhere before that, the next arm finds and repairs what is half there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/vfs.h>
#include <linux/magic.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "arm/arm.h"
#include "arm/parts.h"
#include "audit/audit.h"
#include "base/io.h"
#include "base/message.h"
#include "carry/carrier.h"
#include "luwatch.skel.h"
#include "probe/kernel.h"

#define LOCK_PATH "/run/luwatch.lock"

static int take_lock(int *lock)
{
	*lock = open(LOCK_PATH, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*lock < 0) {
		lw_error("%s: %s", LOCK_PATH, strerror(errno));
		return -errno;
	}
	if (flock(*lock, LOCK_EX | LOCK_NB)) {
		lw_error("another luwatch is arming or disarming; try again");
		return -EBUSY;
	}
	return 0;
}

static int check_machine(void)
{
	struct statfs fs;

	if (geteuid()) {
		lw_error("arming needs root");
		return -EPERM;
	}
	if (!lw_vtd_units()) {
		lw_error("this machine has no VT-d unit in use; boot an Intel machine with intel_iommu=on");
		return -ENODEV;
	}
	if (statfs("/sys/fs/bpf", &fs) || fs.f_type != BPF_FS_MAGIC) {
		lw_error("/sys/fs/bpf is not a BPF file system; run: mount -t bpf bpf /sys/fs/bpf");
		return -ENOTSUP;
	}
	return 0;
}

/* Slots the log needs: what is carried grows with units and populated buses, not with devices. */
static void size_log(struct arming *a, struct lw_control *c)
{
	uint32_t tables = 0, slots, pages, i;

	for (i = 0; i < a->unit_count; i++)
		tables += lw_populated_tables(&a->units[i]);
	c->entry_quota = 128;
	c->fault_quota = 96;
	c->events_rate = 100;
	c->invalidation_quota = 64;
	slots = 128 + LW_DRIFT_SLOTS + c->invalidation_quota + 16 * a->unit_count + 5 * tables + 2 * c->entry_quota + 3 * c->fault_quota;
	a->copies = tables + tables / 2 + 16;
	c->baseline_pages = 3 + (a->unit_count * 2 + a->declared.count / 4) / (LW_PAGE_RECORDS - 1);
	pages = (slots + LW_PAGE_RECORDS - 2) / (LW_PAGE_RECORDS - 1) + 2 * c->baseline_pages;
	for (c->area_count = 16; c->area_count < pages; c->area_count *= 2)
		;
	if (c->area_count > LW_MAX_AREA_PAGES)
		c->area_count = LW_MAX_AREA_PAGES;
	c->log_slots = (c->area_count - 2 * c->baseline_pages) * (LW_PAGE_RECORDS - 1);
}

static int new_map(const char *name, uint32_t value_size, uint32_t entries)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(uint32_t), value_size, entries,
			      &options);
}

/* No pages carrier: the smallest map, so that the programs still load. */
static int no_area(struct arming *a, struct lw_control *c)
{
	c->area_base = 0;
	c->area_count = 0;
	c->log_slots = 0;
	a->maps.area = new_map("area", LW_PAGE_SIZE, 1);
	return a->maps.area < 0 ? -errno : lw_area_open(a->maps.area, 1, &a->area);
}

/*
 * A map large enough that some neighbouring frames are in it, and the area chosen from them. The
 * map grows by four until it succeeds; the frames of the last try stay ours.
 */
static int new_area(struct arming *a, struct lw_control *c)
{
	uint32_t pages;
	int r = -ENOSPC, fd;

	if (c->probes_only)
		return no_area(a, c);
	for (pages = 8 * c->area_count; pages <= 16384; pages *= 4) {
		fd = new_map("area", LW_PAGE_SIZE, pages);
		if (fd < 0)
			return -errno;
		r = lw_area_open(fd, pages, &a->area);
		if (!r)
			r = lw_area_choose(&a->area, c->area_count, &a->image);
		if (!r) {
			a->maps.area = fd;
			c->area_base = a->area.base;
			return 0;
		}
		lw_area_close(&a->area);
		close(fd);
		if (r != -ENOSPC)
			break;
	}
	lw_warn("no pages carrier: %s", r == -ENOSPC ? "no neighbouring frames were found" :
							strerror(-r));
	return no_area(a, c);
}

static int choose_id(struct lw_control *c)
{
	return getrandom(c->handover, sizeof(c->handover), 0) == sizeof(c->handover) ? 0 : -EIO;
}

static int fill_area_pages(const struct arming *a, int fd)
{
	uint32_t i;
	int r = 0;

	for (i = 0; !r && i < a->area.count; i++)
		r = bpf_map_update_elem(fd, &i, &a->area.order[i], 0);
	return r;
}

/* The bucket of devices that find no place must be there before they come. */
static int make_other_bucket(struct arming *a)
{
	struct lw_fault_device none = {};
	uint64_t other = LW_RID_OTHER;

	return bpf_map_update_elem(bpf_map__fd(a->programs.skeleton->maps.fault_devices), &other, &none,
				   BPF_ANY);
}

static void prepare_carriers(struct arming *a, struct lw_control *c)
{
	const struct lw_carrier *const *carrier;
	char detail[256];

	if (c->probes_only)
		return;
	for (carrier = lw_carriers; *carrier; carrier++) {
		if ((*carrier)->supported(detail, sizeof(detail)))
			continue;
		if ((*carrier)->prepare(c, &a->area, detail, sizeof(detail)))
			lw_warn("carrier %s: %s", (*carrier)->name, detail);
	}
}

/* Tells the programs which unit is which, so that a fault before the first walk has its number. */
static void number_units(struct arming *a)
{
	int fd = bpf_map__fd(a->programs.skeleton->maps.unit_index);
	uint32_t i, number = 0;
	uint64_t key;

	for (i = 0; i < a->unit_count; i++) {
		if (a->units[i].ignored)
			continue;
		key = a->units[i].iommu;
		bpf_map_update_elem(fd, &key, &number, BPF_ANY);
		number++;
	}
}

/* Loads, attaches and reports what could not be. */
static int attach(struct arming *a, const struct lw_arm_options *options, uint32_t generation)
{
	struct lw_programs_options how = {
		.force_kprobe = options->force_kprobe,
		.generation = generation,
		.copies = a->copies,
		.units = LW_MAX_UNITS,
		.maps = &a->maps,
	};
	int r = lw_programs_attach(&a->programs, &how);
	int i;

	if (r == -ENOTSUP)
		for (i = 0; i < lw_hook_count; i++)
			if (a->programs.hooks[i].hook->need == LW_NEED_REQUIRED &&
			    !a->programs.hooks[i].attached)
				lw_error("%s cannot be probed: %s; see `luwatch check`",
					 a->programs.hooks[i].hook->name, a->programs.hooks[i].reason);
	if (r && r != -ENOTSUP)
		lw_error("the programs cannot be loaded: %s",
			 lw_libbpf_reason()[0] ? lw_libbpf_reason() : strerror(-r));
	if (!r)
		number_units(a);
	return r;
}

static int arm_fresh(struct arming *a, const struct lw_arm_options *options)
{
	struct lw_control *c;
	int r;

	a->maps = (struct lw_shared_maps){ -1, -1, -1, -1, -1, -1, -1 };
	a->maps.control = new_map("control", sizeof(*c), 1);
	c = a->maps.control < 0 ? NULL : lw_control_map(a->maps.control);
	if (!c) {
		lw_error("the control map: %s", strerror(errno));
		return -errno;
	}
	a->control = c;
	c->layout = LW_CONTROL_LAYOUT;
	c->current_unit = LW_NO_UNIT;
	c->probes_only = options->probes_only;
	size_log(a, c);
	r = choose_id(c);
	if (!r)
		r = new_area(a, c);
	if (!r)
		r = attach(a, options, 1);
	if (r)
		return r;
	c->probes = a->programs.attached;
	c->exists = a->programs.exists;
	c->programs = lw_programs_digest();
	c->armed_ns = lw_boot_clock();
	c->stale_image = a->image.image;
	a->maps.area_pages = bpf_map__fd(a->programs.skeleton->maps.area_pages);
	a->maps.preserved = bpf_map__fd(a->programs.skeleton->maps.preserved);
	prepare_carriers(a, c);
	r = fill_area_pages(a, a->maps.area_pages);
	if (!r)
		r = make_other_bucket(a);
	if (!r)
		r = lw_pin_maps(&a->programs);
	if (!r)
		r = lw_pin_links(&a->programs, 1);
	if (!r)
		r = lw_write_baseline(a, options);
	if (r) {
		lw_error("arming failed: %s", strerror(-r));
		lw_unpin_all();
		return r;
	}
	__atomic_store_n(&c->generation, 1, __ATOMIC_RELEASE);
	return 0;
}

/* The attached and pinned programs take over from those before them. */
static void activate(struct arming *a, uint32_t generation)
{
	a->control->probes = a->programs.attached;
	a->control->exists = a->programs.exists;
	a->control->programs = lw_programs_digest();
	__atomic_store_n(&a->control->generation, generation, __ATOMIC_RELEASE);
	lw_unpin_links(generation);
}

/* New programs on the old maps: attached and pinned before the old ones go. */
static int replace_programs(struct arming *a, const struct lw_arm_options *options)
{
	uint32_t generation = a->control->generation + 1;
	int r = attach(a, options, generation);

	if (!r)
		r = lw_pin_links(&a->programs, generation);
	if (!r)
		activate(a, generation);
	return r;
}

/*
 * The image covers every frame of the map: a larger map, and programs that write to it. Killed on
 * the way, the area is no longer whole (see adopt()), and the next arm does it again.
 */
static int replace_area(struct arming *a, const struct lw_arm_options *options)
{
	struct lw_control *c = a->control;
	uint32_t generation = c->generation + 1;
	int r;

	lw_programs_close(&a->programs);
	lw_area_close(&a->area);
	r = new_area(a, c);
	if (!r)
		r = attach(a, options, generation);
	if (!r)
		r = lw_pin_links(&a->programs, generation);
	if (!r)
		r = lw_repin_area(a->maps.area);
	if (!r)
		prepare_carriers(a, c);
	if (!r)
		r = fill_area_pages(a, a->maps.area_pages);
	if (!r)
		activate(a, generation);
	return r;
}

/* The loaded image covers the area: moves it, so that the image can be loaded again. */
static int move_area(struct arming *a, const struct lw_arm_options *options)
{
	struct lw_control *c = a->control;
	int r = a->area.count ? lw_area_choose(&a->area, c->area_count, &a->image) : -ENOSPC;

	if (r == -ENOSPC) {
		r = replace_area(a, options);
	} else if (!r) {
		c->area_base = a->area.base;
		prepare_carriers(a, c);
		r = fill_area_pages(a, a->maps.area_pages);
	}
	c->area_moved++;
	c->stale_image = a->image.image;
	if (!r)
		lw_warn("the loaded kexec image covered the records; they moved: load it again with "
			"`luwatch kexec-args`");
	return r;
}

/* Whether the first page of the mapped area says that it is what the control map means. */
static bool area_is_whole(const struct arming *a)
{
	const struct lw_record *head;

	if (!a->area.count)
		return true;
	head = (const struct lw_record *)(a->area.pages + (size_t)a->area.order[0] * LW_PAGE_SIZE);
	return head->type == LW_REC_PAGE && head->page.base == a->control->area_base &&
	       head->handover[0] == a->control->handover[0];
}

/* Takes the pinned state over into A: maps, control, area. -ESTALE: half-way to another area. */
static int adopt(struct arming *a, struct lw_pins *pins)
{
	int r;

	a->maps = pins->maps;
	a->control = pins->control;
	r = lw_area_open(a->maps.area, pins->area_pages, &a->area);
	if (!r)
		r = lw_area_restore(&a->area, a->maps.area_pages, a->control);
	if (r == -EINVAL || (!r && !area_is_whole(a)))
		r = -ESTALE;
	return r;
}

static int arm_again(struct arming *a, struct lw_pins *pins, const struct lw_arm_options *options,
		     struct lw_arm_result *result)
{
	bool same, moved;
	int r = adopt(a, pins);

	moved = r == -ESTALE;
	if (r && !moved) {
		lw_error("the pinned maps cannot be read: %s", strerror(-r));
		return r;
	}
	same = a->control->programs == lw_programs_digest() && !options->force;
	if (pins->state == LW_PINS_COMPLETE && same) {
		result->outcome = LW_ARM_UNCHANGED;
		r = 0;
	} else if (pins->state == LW_PINS_COMPLETE && a->image.image && !options->force) {
		result->outcome = LW_ARM_KEPT;
		return 0;
	} else {
		result->outcome = pins->state == LW_PINS_COMPLETE ? LW_ARM_UPGRADED : LW_ARM_REPAIRED;
		r = moved ? 0 : replace_programs(a, options);
	}
	if (!r && moved) {
		r = replace_area(a, options);
	} else if (!r && lw_image_overlaps(&a->image, a->control->area_base,
					   (uint64_t)a->control->area_count * LW_PAGE_SIZE)) {
		r = move_area(a, options);
		result->area_moved = !r;
	}
	if (!r)
		r = lw_write_baseline(a, options);
	if (r)
		lw_error("arming again failed: %s", strerror(-r));
	return r;
}

static void fill_result(const struct arming *a, struct lw_arm_result *result)
{
	const struct lw_control *c = a->control;

	result->id = (struct lw_id){ c->handover[0], c->handover[1] };
	result->probes_only = c->probes_only;
	result->hooks_attached = __builtin_popcountll(c->probes);
	result->hooks_total = __builtin_popcountll(c->exists);
	snprintf(result->carriers, sizeof(result->carriers), "%s%s%s", c->area_base ? "pages" : "",
		 c->area_base && c->trace_on ? ", " : "", c->trace_on ? "trace" : "");
}

/* Looks at the machine: units, image, declared set. */
static int look(struct arming *a, const struct lw_arm_options *options)
{
	struct lw_inspect *inspect;
	int r = lw_inspect_open(&inspect);

	if (r) {
		lw_error("BPF programs cannot be loaded here: %s",
			 lw_libbpf_reason()[0] ? lw_libbpf_reason() : strerror(-r));
		return r;
	}
	r = lw_inspect_units(inspect, &a->units);
	a->unit_count = r > 0 ? r : 0;
	if (r >= 0)
		r = lw_inspect_image(inspect, &a->image);
	lw_inspect_close(inspect);
	if (r)
		return r;
	r = lw_declared_load(options->state, &a->declared);
	if (r)
		lw_error("%s/declared cannot be taken: %s; write it again with `luwatch declare`",
			 options->state, strerror(-r));
	return r;
}

static void finish(struct arming *a)
{
	lw_programs_close(&a->programs);
	lw_area_close(&a->area);
	lw_declared_free(&a->declared);
	free(a->units);
}

/* A failure has been told; an armed kernel without a record is better than one not armed. */
static void audit_armed(const struct lw_arm_result *result)
{
	static const char *const outcomes[] = { "fresh", "unchanged", "upgraded", "repaired", "kept" };
	struct lw_audit_event event = { .kind = LW_AUDIT_ARMED, .handover = result->id };
	json_t *detail;

	if (result->outcome == LW_ARM_UNCHANGED || result->outcome == LW_ARM_KEPT)
		return;
	detail = json_pack("{s:s, s:i, s:s, s:s}", "outcome", outcomes[result->outcome], "probes",
			   result->hooks_attached, "carriers", result->carriers, "level",
			   result->probes_only ? "probes" : "full");
	event.detail = detail;
	lw_audit_append(NULL, &event, NULL);
	json_decref(detail);
}

int lw_arm(const struct lw_arm_options *options, struct lw_arm_result *result)
{
	LW_CLOSE int lock = -1;
	struct arming a = {};
	struct lw_pins pins;
	bool other_level;
	int r;

	memset(result, 0, sizeof(*result));
	r = check_machine();
	if (!r)
		r = take_lock(&lock);
	if (r)
		return r;
	lw_pins_open(&pins);
	r = look(&a, options);
	if (!r && pins.state == LW_PINS_BROKEN) {
		if (a.image.image && !options->force) {
			lw_error("%s while a kexec image is loaded: unload it (kexec -u) or use --force",
				 pins.problem);
			r = -EBUSY;
		} else {
			lw_unpin_all();
		}
	}
	other_level = pins.control && pins.control->probes_only != options->probes_only;
	/* Arming anew forgets what the kernel has marked, and moves the records. */
	if (!r && other_level &&
	    ((!a.image.image && !pins.control->marked) || options->force)) {
		lw_unpin_all();
		lw_trace_stop();
		result->outcome = LW_ARM_FRESH;
		r = arm_fresh(&a, options);
	} else if (!r && other_level) {
		lw_warn("another level of recording is taken over once no kexec image is loaded and "
			"no device is preserved");
		r = arm_again(&a, &pins, options, result);
	} else if (!r && (pins.state == LW_PINS_NONE || pins.state == LW_PINS_BROKEN)) {
		result->outcome = pins.state == LW_PINS_NONE ? LW_ARM_FRESH : LW_ARM_REPAIRED;
		r = arm_fresh(&a, options);
	} else if (!r) {
		r = arm_again(&a, &pins, options, result);
	}
	if (!r) {
		fill_result(&a, result);
		audit_armed(result);
	}
	finish(&a);
	lw_pins_close(&pins);
	return r;
}

int lw_arm_refresh(const struct lw_arm_options *options)
{
	LW_CLOSE int lock = -1;
	struct arming a = {};
	struct lw_pins pins;
	int r = take_lock(&lock);

	if (r)
		return r;
	lw_pins_open(&pins);
	r = pins.state == LW_PINS_COMPLETE ? look(&a, options) : -ENOENT;
	if (!r)
		r = adopt(&a, &pins);
	if (!r)
		r = lw_write_baseline(&a, options);
	finish(&a);
	lw_pins_close(&pins);
	return r;
}

int lw_disarm(const struct lw_arm_options *options)
{
	LW_FREE char *baseline = lw_armed_path(options->state, lw_boot_id());
	struct lw_audit_event event = { .kind = LW_AUDIT_DISARMED };
	LW_CLOSE int lock = -1;
	struct lw_pins pins;
	int r;

	if (geteuid()) {
		lw_error("disarming needs root");
		return -EPERM;
	}
	r = take_lock(&lock);
	if (r)
		return r;
	if (!lw_exists(LW_PIN_ROOT))
		return -ENOENT;
	if (lw_kexec_loaded() && !options->force) {
		lw_error("a kexec image is loaded and counts on the records; use --force to disarm all "
			 "the same");
		return -EBUSY;
	}
	lw_pins_open(&pins);
	if (pins.control)
		event.handover = (struct lw_id){ pins.control->handover[0], pins.control->handover[1] };
	lw_pins_close(&pins);
	lw_audit_append(NULL, &event, NULL);
	lw_unpin_all();
	lw_trace_stop();
	lw_trace_clear();
	unlink(baseline);	/* or the next kernel would say that this one was armed */
	return 0;
}
