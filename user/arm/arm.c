/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arming. The sequence of a fresh arm: choose id and area, load and attach, pin maps, pin links,
 * write the baseline, and only then name the generation in the control map, which is what wakes the
 * programs up. Killed anywhere before that, the next arm finds and repairs what is half there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/vfs.h>
#include <linux/magic.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "arm/arm.h"
#include "arm/arming.h"
#include "base/io.h"
#include "base/message.h"
#include "carry/carrier.h"
#include "luwatch.skel.h"
#include "probe/kernel.h"

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

static int choose_id(struct lw_control *c)
{
	return getrandom(c->handover, sizeof(c->handover), 0) == sizeof(c->handover) ? 0 : -EIO;
}

/* The places of devices and of faults that find no place must be there before they come. */
static int make_other_buckets(struct arming *a)
{
	struct luwatch_bpf *s = a->programs.skeleton;
	const struct lw_fault_key key = { .rid = LW_RID_OTHER, .pasid = LW_NO_PASID,
					  .flags = LW_FAULT_OTHER };
	struct lw_fault_device no_device = {};
	struct lw_fault_value no_fault = { .unit = LW_NO_UNIT };
	int r;

	r = bpf_map_update_elem(bpf_map__fd(s->maps.fault_devices), &key.rid, &no_device, BPF_ANY);
	if (!r)
		r = bpf_map_update_elem(bpf_map__fd(s->maps.faults), &key, &no_fault, BPF_ANY);
	if (!r)
		r = bpf_map_update_elem(bpf_map__fd(s->maps.fault_kinds), &a->control->fault_kinds, &key,
					BPF_ANY);
	if (!r)
		a->control->fault_kinds++;
	return r;
}

/* What lies in the carriers is of the kexec that began this boot, whoever collects it. */
static void mark_seen(void)
{
	LW_FREE uint8_t *cmdline = NULL;
	size_t length;

	if (!lw_read_file("/proc/cmdline", 65536, &cmdline, &length))
		lw_carriers_mark_seen((char *)cmdline, lw_id_of_boot(lw_boot_id()));
}

/* What was loaded with the programs, beside the maps that were there before. */
static void take_maps(struct arming *a)
{
#define TAKE(name)                                                                   \
	if (a->maps.name < 0)                                                        \
		a->maps.name = bpf_map__fd(a->programs.skeleton->maps.name);
	LW_SHARED_MAPS(TAKE)
}

static int arm_fresh(struct arming *a, const struct lw_arm_options *options)
{
	struct lw_control *c;
	int r;

	a->maps = LW_NO_MAPS;
	a->maps.control = lw_new_map("control", sizeof(*c), 1);
	c = a->maps.control < 0 ? NULL : lw_control_map(a->maps.control);
	if (!c) {
		lw_error("the control map: %s", strerror(errno));
		return -errno;
	}
	a->control = c;
	mark_seen();
	c->layout = LW_CONTROL_LAYOUT;
	c->current_unit = LW_NO_UNIT;
	c->probes_only = options->probes_only;
	lw_area_size(a, c);
	r = choose_id(c);
	if (!r)
		r = lw_area_new(a, c);
	if (!r)
		r = lw_attach(a, options, 1);
	if (r)
		return r;
	c->probes = a->programs.attached;
	c->exists = a->programs.exists;
	c->programs = lw_programs_digest();
	c->armed_ns = lw_boot_clock();
	take_maps(a);
	lw_carriers_prepare(c, &a->area);
	r = lw_area_fill_pages(a, a->maps.area_pages);
	if (!r)
		r = make_other_buckets(a);
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

static int arm_again(struct arming *a, struct lw_pins *pins, const struct lw_arm_options *options,
		     struct lw_arm_result *result)
{
	bool same, moved, other_way;
	int r = lw_arm_adopt(a, pins);

	moved = r == -ESTALE;
	if (r && !moved) {
		lw_error("the pinned maps cannot be read: %s", strerror(-r));
		return r;
	}
	other_way = options->attach_wanted && a->control->attach != options->force_kprobe;
	same = a->control->programs == lw_programs_digest() && !options->force && !other_way;
	if (pins->state == LW_PINS_COMPLETE && same) {
		result->outcome = LW_ARM_UNCHANGED;
		r = 0;
	} else if (pins->state == LW_PINS_COMPLETE && a->image.image && !options->force) {
		result->outcome = LW_ARM_KEPT;
		result->attach_kept = other_way;
		return 0;
	} else {
		result->outcome = pins->state == LW_PINS_COMPLETE ? LW_ARM_UPGRADED : LW_ARM_REPAIRED;
		r = moved ? 0 : lw_replace_programs(a, options);
	}
	if (!r && moved) {
		r = lw_area_replace(a, options);
	} else if (!r && lw_carriers_covered(a->control, &a->image)) {
		r = lw_area_move(a, options);
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
	LW_FREE char *carriers = lw_carriers_armed(c, ", ");

	result->id = (struct lw_id){ c->handover[0], c->handover[1] };
	result->probes_only = c->probes_only;
	result->hooks_attached = __builtin_popcountll(c->probes);
	result->hooks_total = __builtin_popcountll(c->exists);
	snprintf(result->carriers, sizeof(result->carriers), "%s", carriers ? carriers : "");
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
		r = lw_arm_lock(&lock);
	if (r)
		return r;
	lw_pins_open(&pins);
	r = lw_arm_look(&a, options);
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
		lw_carriers_stop();
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
		lw_arm_audit(options, result);
	}
	lw_arm_finish(&a);
	lw_pins_close(&pins);
	return r;
}
