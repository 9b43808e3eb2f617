/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who loads a kexec image. kimage_terminate() is where kexec_load() and kexec_file_load() meet, when all of
 * the image is in memory and before it is the one that `kexec -e` starts. What it is, the daemon
 * reads from its pages; who brought it, only this moment knows.
 */
#ifndef LUWATCH_LOADED_BPF_H
#define LUWATCH_LOADED_BPF_H

#include "state.bpf.h"
#include "memory.bpf.h"

static __always_inline int on_kimage_terminate(struct kimage *image)
{
	struct lw_control *c = lw_fired(LW_PROBE_LOADED);
	struct task_struct *task = (void *)bpf_get_current_task();
	struct lw_record r = {};

	if (!c || BPF_CORE_READ_BITFIELD_PROBED(image, type))
		return 0;
	r.type = LW_REC_LOADED;
	r.unit = LW_NO_UNIT;
	r.time_ns = bpf_ktime_get_boot_ns();
	r.loaded.image = (u64)image;
	r.loaded.pid = bpf_get_current_pid_tgid() >> 32;
	r.loaded.uid = bpf_get_current_uid_gid();
	r.loaded.loginuid = ~0U;
	if (bpf_core_field_exists(task->loginuid))
		r.loaded.loginuid = BPF_CORE_READ(task, loginuid.val);
	bpf_get_current_comm(r.loaded.comm, sizeof(r.loaded.comm));
	bpf_ringbuf_output(&events, &r, sizeof(r), 0);
	return 0;
}

LW_ON_ENTRY(kimage_terminate, on_kimage_terminate(image), struct kimage *image)

#endif
