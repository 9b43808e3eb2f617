/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The BPF programs as one set: which way each hook is attached, proved by attaching it. The set can
 * be pinned (arm) or dropped again (check).
 */
#ifndef LUWATCH_PROGRAMS_H
#define LUWATCH_PROGRAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "luwatch/control.h"
#include "probe/hooks.h"

struct luwatch_bpf;
struct bpf_link;

enum lw_attach_mode {
	LW_ATTACH_NONE,
	LW_ATTACH_FENTRY,	/* fentry or fexit */
	LW_ATTACH_KPROBE,	/* kprobe or kretprobe */
};

const char *lw_attach_mode_name(enum lw_attach_mode mode);

struct lw_hook_state {
	const struct lw_hook *hook;
	bool exists;			/* the kernel has the function */
	enum lw_attach_mode mode;	/* how it is attached, or would be */
	bool attached;
	char reason[240];		/* why not, or why not the better way; "" if nothing to say */
};

#define LW_PIN_ROOT "/sys/fs/bpf/luwatch"

/* The maps that outlive the programs they were loaded with: pinned, and taken over by the next. */
#define LW_SHARED_MAPS(X)                                                                      \
	X(control)                                                                             \
	X(area) X(area_pages) X(preserved) X(marked_rids) X(faults) X(fault_kinds)             \
		X(fault_devices) X(events) X(kept_tables) X(drift)

/* Their file descriptors; -1 = none, make a new one. */
#define LW_MAP_FD(name)	  int name;
#define LW_MAP_NONE(name) .name = -1,
#define LW_LUO_FD_NONE(number) .luo[number] = -1,
struct lw_shared_maps {
	LW_SHARED_MAPS(LW_MAP_FD)
	int luo[LW_LUO_MAP_COUNT];	/* of the luo carrier, where it was possible */
};
#define LW_NO_MAPS ((struct lw_shared_maps){ LW_SHARED_MAPS(LW_MAP_NONE) LW_LUO_MAPS(LW_LUO_FD_NONE) })

struct lw_programs {
	struct luwatch_bpf *skeleton;
	struct lw_hook_state hooks[LW_PROBE_BITS];	/* in the order of lw_hooks[] */
	struct bpf_link *links[LW_PROBE_BITS][LW_HOOK_PROGRAMS];
	uint64_t attached;		/* enum lw_probe_bit */
	uint64_t exists;
	bool with_luo;			/* they can write the luo carrier */
	int common_trace;		/* 0, or why each record is also in the kernel's common trace buffer */
};

/* How many elements maps have whose size is a matter of the machine. */
struct lw_map_sizes {
	uint32_t copies;		/* of context tables */
	uint32_t units;
	uint32_t preserved;		/* devices */
	uint32_t fault_devices;
	uint32_t faults;		/* kinds */
};

struct lw_programs_options {
	bool force_kprobe;
	bool end_early;			/* the last look is at the return of intel_iommu_shutdown() */
	uint32_t generation;
	const struct lw_map_sizes *sizes; /* or NULL: the largest */
	const struct lw_shared_maps *maps;	/* or NULL: all new */
	bool luo;			/* with the luo carrier, if this kernel takes such programs */
};

/*
 * Loads and attaches what this kernel allows: fentry where it works, else kprobe, else nothing, with
 * the reason beside each hook. The programs do nothing while the control map names another
 * generation. Returns 0 when every required hook is attached, -ENOTSUP when one is not (the others
 * are attached all the same), another negative errno when nothing could be loaded.
 */
int lw_programs_attach(struct lw_programs *programs, const struct lw_programs_options *options);

/* Detaches whatever is not pinned and frees all. */
void lw_programs_close(struct lw_programs *programs);

/* Whether the compiler of this build kept what tells the kernel of a uptr (clang 16). */
bool lw_programs_have_uptr(void);

/* Digest of the programs of this build: tells whether pinned programs are the same ones. */
uint64_t lw_programs_digest(void);

#endif
