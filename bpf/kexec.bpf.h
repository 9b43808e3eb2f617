/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One attempt: kernel_kexec() opens it, and everything that was only counted becomes a record;
 * liveupdate_reboot() can still refuse; a kernel_kexec() that comes back has been refused.
 */
#ifndef LUWATCH_KEXEC_BPF_H
#define LUWATCH_KEXEC_BPF_H

#include "preserve.bpf.h"
#include "drift.bpf.h"
#include "suspend.bpf.h"
#include "fault_carry.bpf.h"

/* The part of the log that may be left to refused attempts, for the history. */
#define REFUSED_SHARE 8

static __always_inline void begin_attempt(struct lw_control *c)
{
	c->attempt++;
	c->seq = 0;
	if (c->next_slot > c->log_slots / REFUSED_SHARE)
		c->next_slot = 0;
	c->dropped = 0;
	c->faults_written = 0;
	c->invalidations_written = 0;
	c->invalidations_dropped = 0;
	c->unseen_before = c->faults_unseen;
	c->overflows_before = c->overflows;
	c->lost_before = c->faults_lost;
	c->shutdown_seen = 0;
	c->current_unit = LW_NO_UNIT;
	c->fired = 1ULL << LW_PROBE_KERNEL_KEXEC;
}

/* With a stack frame of its own: see last.bpf.h. */
static __noinline int emit_kexec(void)
{
	struct lw_control *c = lw_get_control();
	struct lw_record r = {};
	struct kimage *image;
	u64 address, size;
	int i;

	if (!c)
		return 0;
	r.type = LW_REC_KEXEC;
	r.unit = LW_NO_UNIT;
	image = lw_loaded_image();
	if (image) {
		r.kexec.image = BPF_CORE_READ(image, start);
		r.kexec.segments = BPF_CORE_READ(image, nr_segments);
		for (i = 0; i < LW_MAX_SEGMENTS; i++) {
			if (i >= r.kexec.segments)
				break;
			address = BPF_CORE_READ(image, segment[i].mem);
			size = BPF_CORE_READ(image, segment[i].memsz);
			if (address < c->area_base + (u64)c->area_count * LW_PAGE_SIZE &&
			    c->area_base < address + size)
				r.kexec.overlap++;
		}
	}
	r.kexec.program_misses = c->program_misses;
	r.kexec.pid = bpf_get_current_pid_tgid() >> 32;
	r.kexec.uid = bpf_get_current_uid_gid();
	r.kexec.realtime_ns = bpf_ktime_get_tai_ns() - c->tai_offset;
	bpf_get_current_comm(r.kexec.comm, sizeof(r.kexec.comm));
	r.kexec.marked = c->marked;
	r.kexec.fault_totals = lw_count_totals(c);
	r.kexec.baseline_generation = c->baseline_generation;
	r.kexec.marks_lost = c->marks_lost;
	lw_emit(&r);
	return 0;
}

/* The agent's word on the image, if it is the one that the agent has looked at. */
static __noinline u32 judge_words(void)
{
	struct lw_control *c = lw_get_control();
	struct kimage *image = lw_loaded_image();
	u64 word, state = LW_MIX_SEED, base = lw_page_offset();
	int i;

	if (!c || !image || (u64)image != c->looked.image || c->area_base != c->looked.area ||
	    BPF_CORE_READ(image, start) != c->looked.start ||
	    BPF_CORE_READ(image, head) != c->looked.head)
		return LW_WORDS_NOT_LOOKED;
	for (i = 0; c->looked.line && i < LW_LOOKED_WORDS; i++) {
		word = 0;
		bpf_probe_read_kernel(&word, sizeof(word), (void *)(base + c->looked.line + i * 8));
		state = lw_mix(state, word);
	}
	return c->looked.line && state != c->looked.digest ? LW_WORDS_NOT_LOOKED : c->looked.words;
}

static __noinline int emit_clocks(int not_retrieved)
{
	struct lw_control *c = lw_get_control();
	struct lw_record r = {};

	if (!c)
		return 0;
	r.type = LW_REC_CLOCKS;
	r.unit = LW_NO_UNIT;
	r.clocks.tsc = c->tsc;
	r.clocks.tsc_boot_ns = c->tsc_boot_ns;
	r.clocks.tsc_hz = c->tsc_hz;
	r.clocks.words = judge_words();
	r.clocks.not_retrieved = not_retrieved + 1;
	lw_emit(&r);
	return 0;
}

static __always_inline int on_kernel_kexec(void)
{
	struct lw_control *c = lw_get_control();
	int not_retrieved;

	if (!c)
		return 0;
	begin_attempt(c);
	lw_luo_begin(c);
	not_retrieved = lw_read_marks();
	/* The first record, before a fault elsewhere can make one. */
	emit_kexec();
	emit_clocks(not_retrieved);
	c->attempt_open = 1;
	if (c->marked)
		lw_carry_marked(c);
	lw_carry_not_retrieved(not_retrieved);
	bpf_loop(LW_DRIFT_SLOTS, lw_carry_drift, NULL, 0);
	emit_suspend();
	lw_carry_totals(c, 0);
	return 0;
}

LW_ON_ENTRY(kernel_kexec, on_kernel_kexec())

/* kernel_kexec() came back: the attempt was refused and the machine runs on. */
static __always_inline int on_kernel_kexec_end(int result)
{
	struct lw_control *c = lw_get_control();
	struct lw_record r = {};

	if (!c)
		return 0;
	r.type = LW_REC_ABORTED;
	r.unit = LW_NO_UNIT;
	r.result.result = result;
	r.result.pid = bpf_get_current_pid_tgid() >> 32;
	lw_emit(&r);
	c->attempt_open = 0;
	bpf_ringbuf_output(&events, &r, sizeof(r), 0);
	return 0;
}

LW_ON_RETURN(kernel_kexec, on_kernel_kexec_end(result), int result)

/* liveupdate_reboot(): the last step that can refuse. */
static __always_inline int on_liveupdate_reboot(int result)
{
	struct lw_control *c = lw_fired(LW_PROBE_LIVEUPDATE_REBOOT);
	struct lw_record r = {};

	if (!c || !c->attempt_open)
		return 0;
	r.type = LW_REC_LIVEUPDATE;
	r.unit = LW_NO_UNIT;
	r.result.result = result;
	lw_emit(&r);
	return 0;
}

LW_ON_RETURN(liveupdate_reboot, on_liveupdate_reboot(result), int result)

#endif
