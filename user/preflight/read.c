// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading the facts. The only file of user/preflight/ that looks at the machine; it judges nothing.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "arm/declared.h"
#include "arm/ready.h"
#include "base/io.h"
#include "collect/config_space.h"
#include "collect/pending.h"
#include "collect/topology.h"
#include "config/level.h"
#include "luwatch/vtd.h"
#include "preflight/pasid.h"
#include "preflight/read.h"
#include "probe/inspect.h"
#include "probe/kernel.h"
#include "probe/programs.h"

struct lw_flight_read {
	struct lw_flight_facts facts;
	struct lw_topology topology;
	struct lw_declared declared;
	struct lw_pins pins;
	struct lw_inspect *inspect;
	struct lw_unit_view *views;
	int view_count;
	struct lw_flight_device *devices;
	struct lw_flight_unit *units;
	uint64_t *marked, *incoming; /* ascending */
	size_t marked_count, incoming_count;
	bool marks_readable; /* the kernel's own marks were read, all of them */
};

static void unread(struct lw_flight_read *r, const char *what)
{
	struct lw_flight_facts *f = &r->facts;

	if (f->unread_count < sizeof(f->unread) / sizeof(f->unread[0]))
		f->unread[f->unread_count++] = what;
}

/* --- what is to be preserved ----------------------------------------------------------------- */

static int add_rid(uint64_t **rids, size_t *count, uint64_t rid)
{
	uint64_t *grown = realloc(*rids, (*count + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	*rids = grown;
	grown[(*count)++] = rid;
	return 0;
}

static void sort_rids(uint64_t *rids, size_t *count)
{
	size_t i, kept;

	if (*count)
		qsort(rids, *count, sizeof(*rids), lw_rid_compare);
	for (i = 1, kept = 0; i < *count; i++)
		if (rids[i] != rids[kept])
			rids[++kept] = rids[i];
	*count = *count ? kept + 1 : 0;
}

static int take_marked(void *context, uint64_t rid, const struct lw_preserved *preserved)
{
	struct lw_flight_read *r = context;

	return preserved->flags & LW_MARKED ? add_rid(&r->marked, &r->marked_count, rid) : 0;
}

/* What the kernel itself says, with or without anything armed. */
static int read_kernels_marks(struct lw_flight_read *r)
{
	struct lw_inspect_devices devices = {};
	int error = 0;
	size_t i;

	if (r->inspect && !lw_inspect_devices(r->inspect, &devices)) {
		for (i = 0; !error && i < devices.count; i++) {
			const struct lw_device_view *v = &devices.views[i];

			if (v->marked)
				error = add_rid(&r->marked, &r->marked_count, v->rid);
			else if (v->incoming)
				error = add_rid(&r->incoming, &r->incoming_count, v->rid);
		}
		r->marks_readable = devices.marks_readable && devices.complete;
	}
	free(devices.views);
	sort_rids(r->marked, &r->marked_count);
	sort_rids(r->incoming, &r->incoming_count);
	return error;
}

static int read_marked(struct lw_flight_read *r)
{
	int error = lw_each_preserved(&r->pins, take_marked, r);

	return error ? error : read_kernels_marks(r);
}

static void read_marks_supported(struct lw_flight_read *r)
{
	static const char *const names[] = { "iommu_preserve_device" };
	const struct lw_control *c = r->pins.control;
	bool found = false;

	if (c)
		found = c->exists >> LW_PROBE_PRESERVE_DEVICE & 1;
	else if (lw_kernel_functions(names, &found, 1))
		unread(r, "whether this kernel can preserve devices is not known: /proc/kallsyms "
			  "cannot be read");
	if (r->marks_readable)
		found = true;
	r->facts.marks_supported = found;
	if (r->marks_readable)
		return;
	if (c && found && !(c->probes >> LW_PROBE_PRESERVE_DEVICE & 1))
		unread(r,
		       "which devices are preserved is not known: iommu_preserve_device() is not "
		       "watched (`luwatch check` says why)");
	else if (!c && found)
		unread(r, "which devices are preserved is not known: nothing is armed");
}

static void read_ready(struct lw_flight_read *r)
{
	struct lw_loaded loaded;
	struct lw_config config;

	lw_config_load(&config, LW_CONFIG_FILE, LW_CONFIG_FOLDER, false, NULL, NULL);
	lw_loaded_look(r->inspect, &loaded);
	r->facts.not_ready =
		lw_not_ready(&r->pins, &loaded, lw_recording_off(&config));
	r->facts.no_image = !loaded.error && !loaded.view.image;
	lw_loaded_free(&loaded);
}

/* --- units ----------------------------------------------------------------------------------- */

static void read_unit(const struct lw_flight_read *r, const struct lw_unit_view *view,
		      struct lw_flight_unit *unit)
{
	uint32_t mode = VTD_RTADDR_MODE(view->rtaddr), slot;
	int fd = r->pins.maps.kept_tables;
	struct lw_kept_tables kept;
	uint64_t key = view->iommu;

	unit->name = (const char *)view->name;
	unit->segment = view->segment;
	unit->translating = view->gsts & VTD_GSTS_TES;
	unit->scalable = mode == VTD_MODE_SCALABLE;
	unit->marked = view->mark == 1;
	for (slot = 0; view->readable && slot < 64 * LW_TABLE_WORDS; slot += unit->scalable ? 1 : 2)
		if (view->root[slot] & VTD_PRESENT)
			unit->present[slot >> 6] |= 1ULL << (slot & 63);
	if (fd < 0 || bpf_map_lookup_elem(fd, &key, &kept) || !kept.known)
		return;
	memcpy(unit->kept, kept.bits, sizeof(unit->kept));
	unit->kept_known = view->readable;
}

static int read_units(struct lw_flight_read *r)
{
	int i;

	if (!r->inspect) {
		unread(r,
		       "units and their tables cannot be read: the programs that do so cannot be "
		       "loaded");
		return 0;
	}
	r->view_count = lw_inspect_units(r->inspect, &r->views);
	if (r->view_count < 0) {
		r->view_count = 0;
		unread(r, "units cannot be listed: the kernel's list is hidden");
	}
	r->units = calloc(r->view_count + 1, sizeof(*r->units));
	if (!r->units)
		return -ENOMEM;
	for (i = 0; i < r->view_count; i++) {
		if (r->views[i].ignored)
			continue;
		if (!r->views[i].readable)
			unread(r, "the root table of a unit cannot be read");
		read_unit(r, &r->views[i], &r->units[r->facts.unit_count++]);
	}
	r->facts.units = r->units;
	return 0;
}

/* --- devices --------------------------------------------------------------------------------- */

/* The last part of the link FILE of a device, in TEXT; false when there is none. */
static bool read_link(const char *sysfs, const char *rid, const char *file, char text[PATH_MAX])
{
	LW_FREE char *path = lw_format("%s/bus/pci/devices/%s/%s", sysfs, rid, file);
	ssize_t n = readlink(path, text, PATH_MAX - 1);
	char *slash;

	if (n < 0)
		return false;
	text[n] = '\0';
	slash = strrchr(text, '/');
	if (slash)
		memmove(text, slash + 1, strlen(slash));
	return true;
}

static void read_config(const char *sysfs, const char *rid, struct lw_flight_device *device)
{
	LW_FREE char *path = lw_format("%s/bus/pci/devices/%s/config", sysfs, rid);
	LW_FREE uint8_t *config = NULL;
	size_t length;

	device->ats = -EIO;
	if (lw_read_file(path, 2 * LW_CONFIG_EXTENDED_BYTES, &config, &length) || length < 64)
		return;
	device->config_known = true;
	device->bridge = lw_config_bridge(config, length);
	device->bus_master = lw_config_bus_master(config, length);
	device->ats = lw_config_enabled(config, length, LW_CAPABILITY_ATS);
}

static int read_page(void *inspect, uint64_t address, uint64_t words[512])
{
	return lw_inspect_page(inspect, address, words);
}

/* The kernel's own names of units: those of sysfs are the same. */
static const struct lw_unit_view *find_view(const struct lw_flight_read *r, const char *name)
{
	int i;

	for (i = 0; i < r->view_count; i++)
		if (!strcmp((const char *)r->views[i].name, name))
			return &r->views[i];
	return NULL;
}

static void read_device(struct lw_flight_read *r, const char *sysfs, const struct lw_device *pci,
			struct lw_flight_device *device)
{
	char rid[LW_RID_TEXT], text[PATH_MAX];
	const struct lw_unit_view *view = NULL;

	lw_rid_format(pci->rid, rid);
	device->pci = pci;
	device->declared = lw_rid_in(r->declared.rids, r->declared.count, pci->rid);
	device->marked = lw_rid_in(r->marked, r->marked_count, pci->rid);
	device->incoming = lw_rid_in(r->incoming, r->incoming_count, pci->rid);
	device->is_virtual = read_link(sysfs, rid, "physfn", text);
	device->group = read_link(sysfs, rid, "iommu_group", text) ? atoi(text) : -1;
	if (read_link(sysfs, rid, "iommu", text))
		view = find_view(r, text);
	if (view)
		device->unit = (const char *)view->name;
	read_config(sysfs, rid, device);
	if (view && (device->declared || device->marked))
		device->pasids = lw_pasids_in_use(view, pci->rid, read_page, r->inspect);
}

static int read_devices(struct lw_flight_read *r, const char *sysfs)
{
	size_t i;
	int error = lw_topology_read(sysfs, &r->topology);

	if (error == -ENOMEM)
		return error;
	if (error)
		unread(r, "the PCI devices cannot be listed");
	r->devices = calloc(r->topology.count + 1, sizeof(*r->devices));
	if (!r->devices)
		return -ENOMEM;
	for (i = 0; i < r->topology.count; i++)
		read_device(r, sysfs, &r->topology.devices[i], &r->devices[i]);
	r->facts.devices = r->devices;
	r->facts.device_count = r->topology.count;
	return 0;
}

int lw_flight_read(const char *sysfs, const char *state, struct lw_flight_read **read)
{
	struct lw_flight_read *r = calloc(1, sizeof(*r));
	int error;

	if (!r)
		return -ENOMEM;
	lw_pins_open(&r->pins);
	if (lw_inspect_open(&r->inspect))
		r->inspect = NULL;
	read_ready(r);
	error = lw_declared_load(state, &r->declared);
	if (!error)
		error = read_marked(r);
	read_marks_supported(r);
	if (!error)
		error = read_units(r);
	if (!error)
		error = read_devices(r, sysfs);
	if (error) {
		lw_flight_read_free(r);
		return error;
	}
	r->facts.uncollected = lw_uncollected(state);
	r->facts.declared_known = r->declared.known;
	r->facts.declared = r->declared.rids;
	r->facts.declared_count = r->declared.count;
	r->facts.marked = r->marked;
	r->facts.marked_count = r->marked_count;
	*read = r;
	return 0;
}

const struct lw_flight_facts *lw_flight_read_facts(const struct lw_flight_read *read)
{
	return &read->facts;
}

void lw_flight_read_free(struct lw_flight_read *r)
{
	if (!r)
		return;
	lw_inspect_close(r->inspect);
	lw_pins_close(&r->pins);
	lw_topology_free(&r->topology);
	lw_declared_free(&r->declared);
	free(r->views);
	free(r->devices);
	free(r->units);
	free(r->marked);
	free(r->incoming);
	free(r);
}
