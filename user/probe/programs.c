/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading and attaching. What works is found by doing it: a plan is made from what is known (the
 * function exists, a livepatch sits on it), the whole set is loaded and attached by that plan, and
 * a hook that fails is tried the next way, until the set stands or a hook has no way left.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "base/message.h"
#include "luwatch.skel.h"
#include "probe/common_trace.h"
#include "probe/kernel.h"
#include "probe/programs.h"
#include "probe/reason.h"

/*
 * Without the luo carrier, two ways of a hook, two of what stands in for it, each may be refused when it is
 * loaded or when it is attached. Who stops before knows no reason to tell.
 */
#define TRIES 10

const char *lw_attach_mode_name(enum lw_attach_mode mode)
{
	static const char *const names[] = { "none", "fentry", "kprobe" };

	return names[mode];
}

uint64_t lw_programs_digest(void)
{
	const uint8_t *bytes;
	uint64_t digest = LW_MIX_SEED;
	size_t size, i;

	bytes = luwatch_bpf__elf_bytes(&size);
	for (i = 0; i < size; i++)
		digest = lw_mix(digest, bytes[i]);
	return digest;
}

/*
 * Before 6.12 a second BPF trampoline change on a livepatched function makes the kernel drop both
 * the programs and the livepatch (seen on 6.1), and a livepatch may come at any time after arming.
 */
static bool must_kprobe(const struct lw_hook *hook)
{
	if (lw_kernel_at_least(6, 12))
		return false;
	return hook->livepatch_target || lw_is_livepatched(hook->function);
}

static void plan_hook(struct lw_hook_state *s, const struct lw_programs_options *options)
{
	s->mode = LW_ATTACH_NONE;
	s->reason[0] = '\0';
	if (!s->exists) {
		snprintf(s->reason, sizeof(s->reason), "this kernel has no such function%s%s",
			 s->hook->since ? "; it comes with " : "",
			 s->hook->since ? s->hook->since : "");
		return;
	}
	if (s->hook->need == LW_NEED_FALLBACK && !options->end_early) {
		snprintf(s->reason, sizeof(s->reason), "not needed");
		return;
	}
	s->mode = LW_ATTACH_FENTRY;
	if (options->force_kprobe) {
		s->mode = LW_ATTACH_KPROBE;
		snprintf(s->reason, sizeof(s->reason), "as asked for");
	} else if (must_kprobe(s->hook)) {
		s->mode = LW_ATTACH_KPROBE;
		snprintf(s->reason, sizeof(s->reason),
			 "a BPF trampoline here could drop a livepatch on kernels before 6.12");
	}
}

static const char *const *programs_of(const struct lw_hook_state *s)
{
	static const char *const none[] = { NULL };

	return s->mode == LW_ATTACH_FENTRY ? s->hook->fentry :
	       s->mode == LW_ATTACH_KPROBE ? s->hook->kprobe :
					     none;
}

static void share_map(struct bpf_map *map, int fd)
{
	if (fd >= 0)
		bpf_map__reuse_fd(map, fd);
}

bool lw_programs_have_uptr(void)
{
	struct luwatch_bpf *skeleton = luwatch_bpf__open();
	bool found = false;
	uint32_t i;

	if (!skeleton)
		return false;
	for (i = 1; !found && i < btf__type_cnt(bpf_object__btf(skeleton->obj)); i++) {
		const struct btf *btf = bpf_object__btf(skeleton->obj);
		const struct btf_type *type = btf__type_by_id(btf, i);

		found = btf_is_type_tag(type) && !strcmp(btf__name_by_offset(btf, type->name_off), "uptr");
	}
	luwatch_bpf__destroy(skeleton);
	return found;
}

/* A kernel that knows no uptr refuses the maps of the luo carrier: without it they are not made. */
static void set_luo(struct luwatch_bpf *skeleton, bool with, const struct lw_shared_maps *maps)
{
	skeleton->rodata->lw_with_luo = with;
#define WITH_LUO(number)                                              \
	bpf_map__set_autocreate(skeleton->maps.luo_##number, with);   \
	if (with && maps)                                             \
		share_map(skeleton->maps.luo_##number, maps->luo[number]);
	LW_LUO_MAPS(WITH_LUO)
}

static void size_maps(struct luwatch_bpf *skeleton, const struct lw_map_sizes *sizes)
{
	bpf_map__set_max_entries(skeleton->maps.copies, sizes->copies);
	bpf_map__set_max_entries(skeleton->maps.units, sizes->units);
	bpf_map__set_max_entries(skeleton->maps.preserved, sizes->preserved);
	bpf_map__set_max_entries(skeleton->maps.marked_rids, sizes->preserved);
	bpf_map__set_max_entries(skeleton->maps.fault_devices, sizes->fault_devices);
	bpf_map__set_max_entries(skeleton->maps.faults, sizes->faults);
	bpf_map__set_max_entries(skeleton->maps.fault_kinds, sizes->faults);
}

static int open_skeleton(struct lw_programs *p, const struct lw_programs_options *options)
{
	struct luwatch_bpf *skeleton = luwatch_bpf__open();
	struct bpf_program *program;

	if (!skeleton)
		return -errno;
	bpf_object__for_each_program(program, skeleton->obj)
		bpf_program__set_autoload(program, false);
	skeleton->rodata->lw_generation = options->generation;
	skeleton->rodata->lw_words_type = lw_words_type();
	if (options->sizes)
		size_maps(skeleton, options->sizes);
#define SHARE(name) share_map(skeleton->maps.name, options->maps->name);
	if (options->maps) {
		LW_SHARED_MAPS(SHARE)
	}
	set_luo(skeleton, p->with_luo, options->maps);
	p->skeleton = skeleton;
	return 0;
}

static void enable_programs(struct lw_programs *p, const struct lw_hook_state *s)
{
	const char *const *name;

	for (name = programs_of(s); *name; name++)
		bpf_program__set_autoload(bpf_object__find_program_by_name(p->skeleton->obj, *name),
					  true);
}

static void drop(struct lw_programs *p)
{
	int i, j;

	for (i = 0; i < lw_hook_count; i++) {
		for (j = 0; j < LW_HOOK_PROGRAMS; j++) {
			bpf_link__destroy(p->links[i][j]);
			p->links[i][j] = NULL;
		}
		p->hooks[i].attached = false;
	}
	if (p->skeleton)
		luwatch_bpf__destroy(p->skeleton);
	p->skeleton = NULL;
	p->attached = 0;
}

/* The next way to attach a hook after its present one has failed for the reason libbpf gave. */
static void next_way(struct lw_hook_state *s)
{
	const char *reason = lw_kernel_reason(errno);

	lw_debug("%s by %s failed: %s", s->hook->name, lw_attach_mode_name(s->mode), reason);
	if (s->mode == LW_ATTACH_FENTRY) {
		s->mode = LW_ATTACH_KPROBE;
		snprintf(s->reason, sizeof(s->reason), "fentry refused: %s", reason);
	} else {
		s->mode = LW_ATTACH_NONE;
		snprintf(s->reason, sizeof(s->reason), "kprobe refused: %s", reason);
	}
}

/* Loads the programs of one hook alone, to learn whether it is the one that stops the set. */
static bool loads_alone(const struct lw_hook_state *s, const struct lw_programs_options *options)
{
	struct lw_programs alone = {};
	bool ok = false;

	lw_kernel_reason_forget();
	if (open_skeleton(&alone, options))
		return false;
	enable_programs(&alone, s);
	ok = !luwatch_bpf__load(alone.skeleton);
	drop(&alone);
	return ok;
}

/* The set could not be loaded: moves every hook that cannot be loaded to its next way. */
static bool blame(struct lw_programs *p, const struct lw_programs_options *options)
{
	bool moved = false;
	int i;

	for (i = 0; i < lw_hook_count; i++) {
		struct lw_hook_state *s = &p->hooks[i];

		if (s->mode == LW_ATTACH_NONE || loads_alone(s, options))
			continue;
		next_way(s);
		moved = true;
	}
	return moved;
}

static int attach_hook(struct lw_programs *p, int i)
{
	struct lw_hook_state *s = &p->hooks[i];
	const char *const *names = programs_of(s);
	struct bpf_program *program;
	int j;

	lw_kernel_reason_forget();
	for (j = 0; names[j]; j++) {
		program = bpf_object__find_program_by_name(p->skeleton->obj, names[j]);
		p->links[i][j] = bpf_program__attach(program);
		if (!p->links[i][j])
			return -errno;
	}
	s->attached = j > 0;
	return 0;
}

/* One try with the present plan. 0: all stands. -EAGAIN: the plan was changed, try again. */
static int try_plan(struct lw_programs *p, const struct lw_programs_options *options)
{
	bool again = false;
	int i, r;

	r = open_skeleton(p, options);
	if (r)
		return r;
	for (i = 0; i < lw_hook_count; i++)
		enable_programs(p, &p->hooks[i]);
	lw_kernel_reason_forget();
	r = luwatch_bpf__load(p->skeleton);
	if (r) {
		drop(p);
		if (p->with_luo) {
			lw_debug("the programs without the luo carrier: %s", lw_kernel_reason(r));
			p->with_luo = false;
			return -EAGAIN;
		}
		return blame(p, options) ? -EAGAIN : r;
	}
	for (i = 0; i < lw_hook_count; i++) {
		if (attach_hook(p, i)) {
			next_way(&p->hooks[i]);
			again = true;
		}
	}
	if (again) {
		drop(p);
		return -EAGAIN;
	}
	return 0;
}

/* A fallback hook comes in when the hook it stands in for has no way left. */
static bool bring_in_fallbacks(struct lw_programs *p, const struct lw_programs_options *options)
{
	bool changed = false;
	int i, j;

	for (i = 0; i < lw_hook_count; i++) {
		struct lw_hook_state *s = &p->hooks[i];

		if (s->hook->need != LW_NEED_FALLBACK || s->mode != LW_ATTACH_NONE || !s->exists ||
		    strcmp(s->reason, "not needed"))
			continue;
		for (j = 0; j < lw_hook_count; j++) {
			if (p->hooks[j].hook->bit != s->hook->instead_of || p->hooks[j].attached)
				continue;
			s->reason[0] = '\0';
			s->mode = options->force_kprobe || must_kprobe(s->hook) ? LW_ATTACH_KPROBE :
										   LW_ATTACH_FENTRY;
			changed = true;
		}
	}
	return changed;
}

/* Whether each required hook, or its fallback, is attached. */
static int judge(struct lw_programs *p)
{
	uint64_t have = p->attached;
	int i;

	for (i = 0; i < lw_hook_count; i++)
		if (p->hooks[i].hook->need == LW_NEED_FALLBACK && p->hooks[i].attached)
			have |= 1ULL << p->hooks[i].hook->instead_of;
	for (i = 0; i < lw_hook_count; i++)
		if (p->hooks[i].hook->need == LW_NEED_REQUIRED &&
		    !(have >> p->hooks[i].hook->bit & 1))
			return -ENOTSUP;
	return 0;
}

static int attach_hooks(struct lw_programs *p, const struct lw_programs_options *options)
{
	const char *names[LW_PROBE_BITS] = {};
	bool found[LW_PROBE_BITS];
	int i, r, tries = 0;

	memset(p, 0, sizeof(*p));
	p->with_luo = options->luo && lw_programs_have_uptr();
	for (i = 0; i < lw_hook_count; i++)
		names[i] = lw_hooks[i].function;
	lw_kernel_reason_forget();
	r = lw_kernel_functions(names, found, lw_hook_count);
	if (r) {
		lw_kernel_reason_note("/proc/kallsyms");
		return r;
	}
	for (i = 0; i < lw_hook_count; i++) {
		p->hooks[i].hook = &lw_hooks[i];
		p->hooks[i].exists = found[i];
		if (found[i] && (lw_hooks[i].need != LW_NEED_FALLBACK || options->end_early))
			p->exists |= 1ULL << lw_hooks[i].bit;
		plan_hook(&p->hooks[i], options);
	}
	do {
		r = try_plan(p, options);
		if (!r && bring_in_fallbacks(p, options)) {
			drop(p);
			r = -EAGAIN;
		}
	} while (r == -EAGAIN && ++tries < TRIES);
	if (r)
		return r;
	for (i = 0; i < lw_hook_count; i++)
		if (p->hooks[i].attached)
			p->attached |= 1ULL << p->hooks[i].hook->bit;
	return judge(p);
}

int lw_programs_attach(struct lw_programs *p, const struct lw_programs_options *options)
{
	bool printed = lw_common_trace_prints();
	int r = attach_hooks(p, options);

	p->common_trace = lw_common_trace_restore(printed);
	return r;
}

void lw_programs_close(struct lw_programs *p)
{
	drop(p);
}
