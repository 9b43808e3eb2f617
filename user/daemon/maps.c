/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the maps of an armed kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "base/io.h"
#include "daemon/maps.h"

#define BATCH 512

uint32_t lw_map_id(int fd)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);

	return fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.id;
}

uint32_t lw_map_pinned_id(const char *name)
{
	LW_FREE char *path = lw_format(LW_PIN_ROOT "/maps/%s", name);
	LW_CLOSE int fd = bpf_obj_get(path);

	return lw_map_id(fd);
}

/* Keys and values of a whole map, in batches: a storm's map is read in a few calls. */
int lw_map_faults(int fd, struct lw_map_fault **list)
{
	struct lw_fault_key *keys = calloc(BATCH, sizeof(*keys));
	struct lw_fault_value *values = calloc(BATCH, sizeof(*values));
	uint64_t token[4] = {};
	void *from = NULL;
	int room = 64, total = 0, r = 0;
	uint32_t count, i;

	*list = malloc(room * sizeof(**list));
	if (!keys || !values || !*list)
		r = -ENOMEM;
	while (!r) {
		count = BATCH;
		r = bpf_map_lookup_batch(fd, from, token, keys, values, &count, NULL);
		if (r && r != -ENOENT)
			break;
		if (total + (int)count > room) {
			struct lw_map_fault *more;

			room = 2 * (total + count);
			more = realloc(*list, room * sizeof(*more));
			if (!more) {
				r = -ENOMEM;
				break;
			}
			*list = more;
		}
		for (i = 0; i < count; i++)
			if (values[i].count)
				(*list)[total++] = (struct lw_map_fault){ keys[i], values[i] };
		from = token;
	}
	free(keys);
	free(values);
	if (r == -ENOENT)
		return total;
	free(*list);
	*list = NULL;
	return r;
}

static int add(struct lw_preserved_now *set, size_t *room, uint64_t rid, uint64_t since)
{
	if (set->count == *room) {
		struct lw_live_preserved *more;

		*room = *room ? 2 * *room : 64;
		more = realloc(set->rids, *room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		set->rids = more;
	}
	set->rids[set->count++] = (struct lw_live_preserved){ rid, since };
	return 0;
}

static int add_device(struct lw_preserved_now *set, size_t *room, uint64_t rid, uint64_t since,
		      const struct lw_device *devices, size_t count)
{
	size_t i, j;
	int r = add(set, room, rid, since);

	for (i = 0; !r && i < count; i++)
		for (j = 0; !r && devices[i].rid == rid && j < devices[i].alias_count; j++)
			r = add(set, room, devices[i].aliases[j], since);
	return r;
}

struct taking {
	struct lw_preserved_now *set;
	size_t room;
	bool marks;
	const struct lw_device *devices;
	size_t device_count;
};

static int take_preserved(void *context, uint64_t rid, const struct lw_preserved *p)
{
	struct taking *t = context;

	if (!(p->flags & (t->marks ? LW_MARKED : LW_DECLARED)))
		return 0;
	return add_device(t->set, &t->room, rid, t->marks ? p->marked_ns : 0, t->devices,
			  t->device_count);
}

int lw_map_preserved(const struct lw_pins *pins, const struct lw_device *devices,
		     size_t device_count, struct lw_preserved_now *set)
{
	struct taking taking = {
		.set = set,
		.marks = pins->control->exists >> LW_PROBE_PRESERVE_DEVICE & 1,
		.devices = devices,
		.device_count = device_count,
	};

	memset(set, 0, sizeof(*set));
	return lw_each_preserved(pins, take_preserved, &taking);
}

struct marks {
	struct lw_map_mark *list;
	size_t count, room;
};

static int take_mark(void *context, uint64_t rid, const struct lw_preserved *p)
{
	struct marks *m = context;
	struct lw_map_mark *mark;

	if (!(p->flags & LW_MARKED))
		return 0;
	if (m->count == m->room) {
		size_t room = m->room ? 2 * m->room : 64;
		struct lw_map_mark *grown = realloc(m->list, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		m->list = grown;
		m->room = room;
	}
	mark = &m->list[m->count++];
	*mark = (struct lw_map_mark){ .rid = rid, .marked_ns = p->marked_ns, .pid = p->pid,
				       .token = p->token };
	memcpy(mark->comm, p->comm, sizeof(p->comm));
	memcpy(mark->session, p->session, sizeof(p->session));
	return 0;
}

static int by_rid(const void *a, const void *b)
{
	const struct lw_map_mark *x = a, *y = b;

	return x->rid < y->rid ? -1 : x->rid > y->rid;
}

int lw_map_marks(const struct lw_pins *pins, struct lw_map_mark **list)
{
	struct marks marks = {};
	int r = lw_each_preserved(pins, take_mark, &marks);

	*list = marks.list;
	if (r) {
		free(marks.list);
		*list = NULL;
		return r;
	}
	if (marks.count)
		qsort(marks.list, marks.count, sizeof(*marks.list), by_rid);
	return marks.count;
}
