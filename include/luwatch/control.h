/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State shared by the BPF programs and the agent while a kernel is armed: values of the pinned
 * maps. Unlike record.h this never crosses a kexec; it is only read by an agent of the same boot,
 * perhaps a newer one, so LW_CONTROL_LAYOUT tells whether it may.
 */
#ifndef LUWATCH_CONTROL_H
#define LUWATCH_CONTROL_H

#include <linux/types.h>
#include "luwatch/record.h"

#define LW_CONTROL_LAYOUT	12
#define LW_MAX_UNITS		64
#define LW_MAX_PRESERVED	8192		/* devices */
#define LW_MAX_FAULTS		16384		/* devices that fault, and kinds of faults */
#define LW_MAX_AREA_PAGES	1024
#define LW_TRACE_INSTANCE	"luwatch"	/* name of the persistent trace instance */

/*
 * The carriers: user/carry/NAME.c says what each can do, in a table of operations (carrier.h). A new
 * one goes to the end, for its place is its bit in lw_control.carriers.
 */
#define LW_CARRIERS(ROW) \
	ROW(PAGES, pages) \
	ROW(TRACE, trace) \
	ROW(PSTORE, pstore) \
	ROW(LUO, luo)

#define LW_CARRIER_NUMBER(NAME, name) LW_CARRIER_##NAME,
enum lw_carrier_number { LW_CARRIERS(LW_CARRIER_NUMBER) LW_CARRIER_COUNT };

/* The luo carrier: its maps luo_0 to luo_5, and the pages that each has. */
#define LW_LUO_MAPS(X)	X(0) X(1) X(2) X(3) X(4) X(5)
#define LW_LUO_MAP_COUNT 6
#define LW_LUO_EACH	11
#define LW_LUO_PAGES	(LW_LUO_MAP_COUNT * LW_LUO_EACH)

/*
 * The loaded image as the agent saw it last. An image loaded since may stand at the same address, but
 * not with another command line on the same page.
 */
#define LW_LOOKED_WORDS 32

struct lw_looked {
	__u64 image, start, head;	/* as in lw_image_view; .image 0: nothing was looked at */
	__u64 area;			/* lw_control.area_base then */
	__u64 line;			/* physical address of LW_LOOKED_WORDS words of the command line,
					 * where they lie now; 0 = it could not be read */
	__u64 digest;			/* of these words, lw_mix() one after the other */
	__u64 words;			/* enum lw_words_seen */
};

/* Map "control": one element. */
struct lw_control {
	__u32 layout;			/* LW_CONTROL_LAYOUT */
	__u32 generation;		/* programs of another generation do nothing */
	__u64 handover[2];
	__u64 probes;			/* attached, enum lw_probe_bit */

	/* Carriers. An area page is an index into map "area"; map "area_pages" puts them in order. */
	__u64 area_base;		/* lowest physical address; 0 = no pages carrier */
	__u32 area_count;		/* pages of the area */
	__u32 baseline_pages;		/* of one baseline half */
	__u32 log_slots;
	__u32 carriers;			/* armed ones, 1 << enum lw_carrier_number */
	__u32 entry_quota;		/* LW_REC_ENTRY records of one walk */
	__u32 fault_quota;		/* LW_REC_FAULT records of one attempt */

	/* The attempt under way. */
	__u32 attempt;			/* kernel_kexec() entries so far */
	__u32 attempt_open;		/* between kernel_kexec() and its failure */
	__u64 seq;			/* of the last record */
	__u64 next_slot;		/* of the log; an attempt goes on behind a refused one */
	__u64 dropped;
	__u64 fired;
	__u32 invalidation_quota;	/* LW_REC_INVALIDATION records that are not global */
	__u32 invalidations_written;
	__u64 invalidations_dropped;
	__u32 drift_count;		/* drift noted since arming */
	__u32 marked;			/* devices marked now */
	__u32 suspends;			/* returns of iommu_suspend() while something was marked */
	__s32 suspend_result;		/* of the last one, or of the first that was not refused */
	__u32 faults_written;
	__u32 totals_written;
	__u64 totals_other;		/* faults in totals beyond the quota */
	__u32 shutdown_seen;
	__u32 current_unit;		/* between the clearing function's entry and return */

	/* Counters since arming. */
	__u64 fault_interrupts;
	__u64 faults;
	__u64 faults_unseen;
	__u64 overflows;
	__u64 faults_lost;		/* counted here only: no place in any map (full or busy) */
	__u64 page_request_overflows;	/* times a unit's page-request queue was full */
	__u64 unseen_before, overflows_before, lost_before; /* the attempt under way */
	__u64 devices_other;		/* faults of devices that found no place in "fault_devices" */
	__u64 details_other;		/* faults beyond a device's quota of details */
	__u64 events_lost;		/* no room in map "events" */
	__u64 events_held;		/* not offered to listeners: over .events_rate */
	__u64 events_window_ns;		/* begin of the present second */
	__u32 events_in_window;
	__u32 events_rate;		/* single events a second, 0 = none */
	__u64 units_gone;		/* FSTS read as all ones */
	__u64 marks_lost;		/* no place in map "preserved" */

	__s64 tai_offset;		/* CLOCK_TAI - wall clock, as the agent saw it last */
	__u64 tsc, tsc_boot_ns, tsc_hz;	/* lw_rec_clocks, as the agent saw them last */
	__u64 armed_ns;			/* boot clock */
	__u64 programs;			/* digest of the programs' build */
	__u64 exists;			/* probes whose function this kernel has */
	__u64 baseline_area;		/* .area_base when the baseline was written last */
	__u32 baseline_generation;	/* of the baseline written last */
	__u32 area_moved;		/* the area had to move after an image was loaded */
	__u32 probes_only;		/* [record] level = probes: no carriers */
	__u32 preserved_fit;		/* preserved devices whose records find room in the log */
	__u64 maps_busy;		/* a map of faults was locked by what was interrupted */
	__u64 program_misses;		/* runs the kernel skipped, as the agent saw it last */
	__u64 program_misses_before;	/* of them, those of programs that were replaced */
	__u32 luo_pages;		/* of the area, which the luo carrier mirrors; 0 = none */
	__u32 fault_kinds;		/* elements of map "fault_kinds" */
	struct lw_looked looked;
	__u64 complaints;		/* the kernel's about our programs, since arming (Linux 6.17) */
	__u32 attach;			/* as it was asked for: 0 the best way, 1 only kprobes */
	__u32 listed;			/* elements of map "marked_rids" */
};

/* Map "drift": calls that touched a preserved device, in the order they came. */
#define LW_DRIFT_SLOTS 64

struct lw_drift_slot {
	__u64 time_ns;
	struct lw_rec_drift drift;
};

/* Map "preserved": requester ID → why it is taken as preserved. */
struct lw_preserved {
	__u32 flags;			/* LW_DECLARED | LW_MARKED */
	__u32 pid;
	__u64 marked_ns;
	__u32 domain_id;
	__u32 entry_known;		/* .words and .table were read when it was preserved */
	__u8 comm[16];
	__u64 words[4];			/* its context entry then */
	__u64 table;			/* physical address of the context table it stood in */
	__u64 unit;			/* index of its unit, LW_NO_UNIT when not known */
	__u64 token;			/* of its file in a live-update session, 0 when not known */
	__u8 session[LW_SESSION_BYTES];	/* name of that session, cut, "" when not known */
	__u32 place;			/* in map "marked_rids", with LW_MARKED */
	__u32 pad;
};

/* Map "kept_tables": kernel address of a struct intel_iommu → what the kernel has preserved of it. */
struct lw_kept_tables {
	__u64 state;			/* kernel address of its struct iommu_hw_ser */
	__u64 bits[8];			/* lw_rec_kept_tables.bits at the last preservation */
	__u64 known;			/* 1: .bits could be read */
};

#define LW_DECLARED	1
#define LW_MARKED	2

/* Map "faults": what a fault is counted under. */
struct lw_fault_key {
	__u64 rid;			/* with segment */
	__u32 pasid;
	__u8 reason;
	__u8 flags;			/* LW_FAULT_* */
	__u8 attempt;			/* LW_ATTEMPT_MARK() of the attempt it happened in, 0 = none */
	__u8 recorded;			/* 1: each of these is also a record, LW_REC_FAULT */
};

/* From 1 to 255 and round again: 255 refused attempts later a mark means another attempt. */
#define LW_ATTEMPT_MARK(attempt)	((__u8)(((attempt) - 1) % 255 + 1))

struct lw_fault_value {
	__u64 count;
	__u64 first_ns;
	__u64 last_ns;
	__u64 last_address;
	__u64 unit;
};

/*
 * Kinds of faults (reason, type, PASID) kept apart for one requester ID. Further ones lose their
 * PASID (LW_FAULT_OTHER), not their reason: it tells a guest's mistake from a broken hand-over.
 */
#define LW_FAULT_DETAILS	32

/* Map "fault_devices": requester ID → its quota of kinds. Nothing is ever evicted. */
struct lw_fault_device {
	__u32 details;			/* kinds kept apart */
	__u32 pad;
};

/*
 * Map "units": what the walk before leaves for the walk after. A table is known by the index of its root
 * entry half; what stands here of one means something only when it is in .halves. Tables are looked
 * at by groups of eight words, of which most are zero: a bit a group says which are not.
 */
struct lw_unit_scratch {
	__u64 iommu;			/* kernel address of struct intel_iommu; 0 = no such unit */
	__u64 reg_phys;
	__u64 rtaddr;
	__u64 root[512];		/* root table before: groups that are not zero */
	__u64 root_groups;
	__u64 groups[512];		/* of each table before */
	__u32 copy[512];		/* index + 1 in map "copies" of the table before */
	__u16 halves[512];		/* present before */
	__u32 half_count;
	__u32 looks;			/* how often the tables were looked at between the walks */
	__u64 visited[2][256][4];	/* device and alias callbacks, by bus and devfn */
	/* What those groups held at the last look, and at which it was first seen so. */
	__u64 state[512];
	__u32 changed[512];
	__u64 root_state;
	__u32 root_changed;
	__u32 look_of[3];		/* at the last global context, IOTLB, PASID-cache invalidation;
					 * 0 = there was none */
	__u32 readable;			/* the root table could be read before */
	__u32 pending;			/* descriptors in .queue that wait for their result */
	__u64 queue[4][4];
	__u32 queue_flags[4];		/* LW_INV_ENTRY_* */
};

/* Map "list": units and one page, filled by the inspecting programs for the agent. */
struct lw_unit_view {
	__u64 iommu;			/* kernel address, never shown */
	__u64 reg_phys;
	__u64 cap, ecap, rtaddr;
	__u64 root_entry;		/* physical, from the driver's pointer */
	__u64 iqa, irta;
	__u32 version, gsts, fsts, fectl, pmen;
	__u32 segment, seq_id;
	__u32 gfx_dedicated;
	__u32 readable;			/* root[] was read */
	__u32 ignored;			/* the kernel does not use the unit */
	__u32 skip_te_disable;		/* iommu_skip_te_disable; 2: cannot be read */
	__u32 mark;			/* as lw_rec_unit_state.preserved */
	__u32 marks;			/* as lw_rec_unit_state.marks */
	__u32 pad;
	__u8 name[16];
	__u64 root[512];
};

/* A function that the kernel has marked, or that sends with further requester IDs. */
struct lw_device_view {
	__u64 rid;			/* its own; behind a bridge or a VMD others stand for it */
	__u64 table;			/* physical address of the context table it is in */
	__u64 words[4];			/* its context entry there */
	__u64 aliases[4];		/* dma_alias_mask: further functions of its bus */
	__u64 sender;			/* .behind_vmd: the controller's, which it sends with */
	__u32 marked;
	__u32 entry_known;		/* .words and .table were read */
	__u32 behind_vmd;
	__u32 incoming;			/* the kernel before has preserved it, and nobody took it back */
};

#define LW_DEVICE_VIEWS 8192

#define LW_MAX_SEGMENTS 16		/* KEXEC_SEGMENT_MAX */

struct lw_image_view {
	__u64 image;			/* kernel address of the struct kimage; 0 = nothing is loaded */
	__u64 start;
	__u64 head;			/* first entry of the list of its pages */
	__u32 segments;
	__u32 in_place;			/* bit per segment: it lies at its destination already */
	struct {
		__u64 address, size;
		__u64 loaded;		/* bytes of it that the loader brought; zeros behind */
	} segment[LW_MAX_SEGMENTS];
};

struct lw_page_view {
	__u64 address;			/* in: physical address of a page */
	__s64 result;			/* out: 0 or negative errno */
	__u64 words[512];		/* out */
};

#endif
