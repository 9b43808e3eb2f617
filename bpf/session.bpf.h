/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The live-update session (LUO) whose file is being preserved by this task: luo_preserve_file() is
 * what calls, in the end, iommu_preserve_device().
 */
#ifndef LUWATCH_SESSION_BPF_H
#define LUWATCH_SESSION_BPF_H

#include "state.bpf.h"

struct open_file {
	u64 token;
	u8 session[LW_SESSION_BYTES];
};

/* By task. An entry is good until the task preserves its next file; old ones make room. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 256);
	__type(key, u64);
	__type(value, struct open_file);
} preserving_files SEC(".maps");

/* A file set is part of its session, which has the name. */
static __always_inline int on_preserve_file(struct luo_file_set *set, u64 token)
{
	struct open_file file = { .token = token };
	u64 task = bpf_get_current_pid_tgid();

	if (!lw_fired(LW_PROBE_PRESERVE_FILE))
		return 0;
	if (bpf_core_field_exists(struct luo_session, file_set) &&
	    bpf_core_field_exists(struct luo_session, name))
		bpf_probe_read_kernel_str(file.session, sizeof(file.session),
					  (void *)set -
						  bpf_core_field_offset(struct luo_session, file_set) +
						  bpf_core_field_offset(struct luo_session, name));
	bpf_map_update_elem(&preserving_files, &task, &file, BPF_ANY);
	return 0;
}

LW_ON_ENTRY(luo_preserve_file, on_preserve_file(set, token), struct luo_file_set *set, u64 token)

/* Notes in P the session and token under which this task preserves. */
static __always_inline void lw_note_session(struct lw_preserved *p)
{
	u64 task = bpf_get_current_pid_tgid();
	struct open_file *file = bpf_map_lookup_elem(&preserving_files, &task);

	if (!file)
		return;
	p->token = file->token;
	__builtin_memcpy(p->session, file->session, sizeof(p->session));
}

#endif
