/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The agent's own look at the kernel. The programs are of type "syscall": they run when asked, in
 * this process, and attach to nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "inspect.skel.h"
#include "luwatch/vtd.h"
#include "probe/inspect.h"

struct lw_inspect {
	struct inspect_bpf *skeleton;
};

int lw_inspect_open(struct lw_inspect **inspect)
{
	struct lw_inspect *i = calloc(1, sizeof(*i));
	int r;

	if (!i)
		return -ENOMEM;
	i->skeleton = inspect_bpf__open_and_load();
	if (!i->skeleton) {
		r = errno == EPERM || errno == EACCES ? -EPERM : -ENOTSUP;
		free(i);
		return r;
	}
	*inspect = i;
	return 0;
}

void lw_inspect_close(struct lw_inspect *inspect)
{
	if (!inspect)
		return;
	inspect_bpf__destroy(inspect->skeleton);
	free(inspect);
}

static int run(struct bpf_program *program)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);

	return bpf_prog_test_run_opts(bpf_program__fd(program), &options);
}

int lw_inspect_units(struct lw_inspect *inspect, struct lw_unit_view **views)
{
	struct inspect_bpf *s = inspect->skeleton;
	struct lw_unit_view *v;
	uint32_t count, i;
	int r = run(s->progs.list_units);

	if (r)
		return r;
	count = s->bss->unit_count;
	v = calloc(count ? count : 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		r = bpf_map_lookup_elem(bpf_map__fd(s->maps.unit_views), &i, &v[i]);
		if (r) {
			free(v);
			return r;
		}
		v[i].name[sizeof(v[i].name) - 1] = '\0';
	}
	*views = v;
	return count;
}

int lw_inspect_devices(struct lw_inspect *inspect, struct lw_inspect_devices *devices)
{
	struct inspect_bpf *s = inspect->skeleton;
	uint32_t i;
	int r;

	memset(devices, 0, sizeof(*devices));
	r = run(s->progs.list_devices);
	if (r)
		return r;
	devices->marks_readable = s->bss->marks_readable;
	devices->complete = s->bss->devices_complete && !s->bss->devices_skipped;
	devices->views = calloc(s->bss->device_count + 1, sizeof(*devices->views));
	if (!devices->views)
		return -ENOMEM;
	for (i = 0; !r && i < s->bss->device_count; i++)
		r = bpf_map_lookup_elem(bpf_map__fd(s->maps.device_views), &i, &devices->views[i]);
	devices->count = r ? 0 : i;
	return r;
}

int lw_unit_never_off(const struct lw_unit_view *view)
{
	if (!view->gfx_dedicated || !VTD_CAP_DRAINS(view->cap) || !view->skip_te_disable)
		return 0;
	return view->skip_te_disable == 1 ? 1 : -1;
}

int lw_inspect_page(struct lw_inspect *inspect, uint64_t address, uint64_t words[512])
{
	int fd = bpf_map__fd(inspect->skeleton->maps.page_view);
	struct lw_page_view view = { .address = address };
	uint32_t zero = 0;
	int r;

	r = bpf_map_update_elem(fd, &zero, &view, 0);
	if (!r)
		r = run(inspect->skeleton->progs.read_page);
	if (!r)
		r = bpf_map_lookup_elem(fd, &zero, &view);
	if (r)
		return r;
	memcpy(words, view.words, sizeof(view.words));
	return view.result;
}

int lw_inspect_image(struct lw_inspect *inspect, struct lw_image_view *image)
{
	uint32_t zero = 0;
	int r = run(inspect->skeleton->progs.view_image);

	if (r)
		return r;
	return bpf_map_lookup_elem(bpf_map__fd(inspect->skeleton->maps.image_view), &zero, image);
}

uint32_t lw_populated_tables(const struct lw_unit_view *view)
{
	bool scalable = VTD_RTADDR_MODE(view->rtaddr) == VTD_MODE_SCALABLE;
	uint32_t count = 0;
	int i;

	if (!view->readable)
		return 0;
	for (i = 0; i < 512; i += scalable ? 1 : 2)
		count += view->root[i] & VTD_PRESENT;
	return count;
}
