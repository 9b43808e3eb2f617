// SPDX-License-Identifier: GPL-2.0-or-later
/* See bench.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bench.h"
#include "probe/kernel.h"
#include "luwatch/control.h"
#include "luwatch/vtd.h"
#include "walk.skel.h"

#define PAGES	    16384
#define FIRST_PAGE  0x100000000ULL /* physical address of the memory */
#define AREA_PAGES  LW_MAX_AREA_PAGES
#define LOG_SLOTS   ((AREA_PAGES - 2) * (LW_PAGE_RECORDS - 1))
#define NOWHERE	    0x10000000ULL /* a virtual address of user space: never read by the kernel */

/* As in bpf/kernel_types.h, which the programs are relocated against here. */
struct list_link {
	uint64_t next, prev;
};

struct unit_memory {
	struct list_link list; /* struct dmar_drhd_unit */
	uint64_t reg_base_addr;
	uint16_t drhd_segment;
	uint8_t flags;
	uint8_t pad[5];
	uint64_t iommu;
	/* struct intel_iommu */
	uint64_t reg, reg_phys, cap, ecap;
	int32_t seq_id;
	uint16_t segment;
	char name[16];
	uint8_t pad2[2];
	uint64_t root_entry;
	uint64_t preserved_state; /* struct iommu_device */
	uint64_t registers[0x100 / 8];
	uint32_t marks, ser_flags; /* struct iommu_hw_ser: header, then the bitmap */
	uint64_t kept[8];
};

#define UNIT_IOMMU offsetof(struct unit_memory, reg)

struct bench {
	struct walk_bpf *skel;
	uint8_t *memory, *area;
	struct lw_control *control;
	uint64_t base; /* kernel address of the memory */
	size_t pages;  /* used */
	unsigned int copies;
	uint32_t words_type;
};

static void *map_memory(struct bpf_map *map, size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static int run(struct bpf_program *program)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	if (bpf_prog_test_run_opts(bpf_program__fd(program), &opts))
		abort();
	return opts.retval;
}

static void number_pages(struct bench *b)
{
	uint32_t i;

	for (i = 0; i < AREA_PAGES; i++) {
		if (bpf_map__update_elem(b->skel->maps.area_pages, &i, sizeof(i), &i, sizeof(i),
					 BPF_ANY))
			abort();
	}
}

static bool load(struct bench *b, const char *object)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = object);
	struct bpf_program *program;

	b->skel = walk_bpf__open_opts(&opts);
	if (!b->skel)
		return false;
	bpf_object__for_each_program(program, b->skel->obj)
		bpf_program__set_autoload(program,
					  bpf_program__type(program) == BPF_PROG_TYPE_SYSCALL);
	b->skel->rodata->lw_words_type = b->words_type;
	bpf_map__set_max_entries(b->skel->maps.memory, PAGES);
	bpf_map__set_max_entries(b->skel->maps.area, AREA_PAGES);
	bpf_map__set_max_entries(b->skel->maps.copies, b->copies);
	if (walk_bpf__load(b->skel))
		return false;
	b->memory = map_memory(b->skel->maps.memory, PAGES * LW_PAGE_SIZE);
	b->area = map_memory(b->skel->maps.area, AREA_PAGES * LW_PAGE_SIZE);
	b->control = map_memory(b->skel->maps.control, LW_PAGE_SIZE);
	return b->memory && b->area && b->control;
}

struct bench *bench_open(const char *object, unsigned int copies, bool load_words)
{
	struct bench *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->copies = copies;
	b->words_type = load_words ? lw_words_type() : 0;
	if (!load(b, object)) {
		int error = errno;

		bench_close(b);
		errno = error;
		return NULL;
	}
	number_pages(b);
	run(b->skel->progs.locate);
	b->base = b->skel->bss->memory_address;
	b->skel->bss->page_offset = b->base - FIRST_PAGE;
	b->control->baseline_pages = 1;
	b->control->area_count = AREA_PAGES;
	b->control->log_slots = LOG_SLOTS;
	b->control->invalidation_quota = ~0U;
	return b;
}

void bench_close(struct bench *b)
{
	walk_bpf__destroy(b->skel);
	free(b);
}

/* --- addresses ------------------------------------------------------------------------------ */

static uint64_t new_page(struct bench *b)
{
	return FIRST_PAGE + LW_PAGE_SIZE * b->pages++;
}

static uint64_t nowhere(const struct bench *b)
{
	return NOWHERE - (b->base - FIRST_PAGE);
}

/* NULL for what leads nowhere. */
static void *page_at(struct bench *b, uint64_t address)
{
	uint64_t offset = (address & VTD_ADDRESS) - FIRST_PAGE;

	return offset < PAGES * LW_PAGE_SIZE ? b->memory + offset : NULL;
}

static struct unit_memory *unit_memory(struct bench *b, unsigned int unit)
{
	return (struct unit_memory *)(b->memory + LW_PAGE_SIZE) + unit;
}

static uint64_t kernel_address(const struct bench *b, const void *place)
{
	return b->base + ((const uint8_t *)place - b->memory);
}

static void place_unit(struct bench *b, struct synth_unit *unit)
{
	size_t slot;

	for (slot = 0; slot < SYNTH_TABLES; slot++) {
		struct synth_table *table = unit->tables[slot];

		if (!table)
			continue;
		table->address = table->unreadable ? nowhere(b) : new_page(b);
		unit->root[slot] = table->address | (unit->root[slot] & VTD_PRESENT);
	}
	if (!unit->root_entry)
		return;
	unit->root_entry = unit->root_unreadable ? nowhere(b) : new_page(b);
	unit->rtaddr = unit->root_entry | (unit->rtaddr & ~VTD_ADDRESS);
}

/* The directory of a preserved device in scalable mode, and its table. */
static void place_device(struct bench *b, struct synth_device *device)
{
	uint64_t *words = synth_entry(device->unit, device->rid), was = device->directory;

	if (!device->unit->scalable || !(device->marked || device->declared))
		return;
	device->directory = new_page(b);
	device->pasid_table = new_page(b);
	if ((words[0] & VTD_ADDRESS) == was)
		words[0] = device->directory | (words[0] & ~VTD_ADDRESS);
}

static size_t pages_needed(const struct synth *s)
{
	size_t pages = 1 + 64 + s->unit_count, i, slot;

	for (i = 0; i < s->unit_count; i++) {
		for (slot = 0; slot < SYNTH_TABLES; slot++)
			pages += s->units[i]->tables[slot] != NULL;
	}
	for (i = 0; i < s->device_count; i++)
		pages += s->devices[i]->marked || s->devices[i]->declared ? 2 : 0;
	return pages;
}

/* --- contents ------------------------------------------------------------------------------- */

static void put32(uint64_t *registers, unsigned int offset, uint32_t value)
{
	memcpy((uint8_t *)registers + offset, &value, sizeof(value));
}

static void copy_registers(const struct synth_unit *unit, uint64_t *registers)
{
	memset(registers, 0, 0x100);
	registers[VTD_RTADDR_REG / 8] = unit->rtaddr;
	put32(registers, VTD_GSTS_REG, unit->gsts);
	put32(registers, VTD_FSTS_REG, unit->fsts);
	put32(registers, VTD_PMEN_REG, unit->pmen);
	if (unit->gone)
		memset(registers, 0xff, 0x100);
}

/* The list ends where it began; units that the kernel does not use stand in between. */
static void link_unit(struct bench *b, unsigned int place, unsigned int count)
{
	struct unit_memory *m = unit_memory(b, place);
	void *next = place + 1 < count ? (void *)unit_memory(b, place + 1) : (void *)b->memory;

	m->list.next = kernel_address(b, next);
}

static void copy_unit(struct bench *b, const struct synth_unit *unit)
{
	struct unit_memory *m = unit_memory(b, 2 * unit->index + 1);
	void *root = page_at(b, unit->rtaddr);
	size_t slot;

	m->iommu = kernel_address(b, m) + UNIT_IOMMU;
	m->reg = kernel_address(b, m->registers);
	m->reg_phys = unit->reg_phys;
	m->cap = unit->cap;
	m->ecap = unit->ecap;
	m->segment = unit->segment;
	m->root_entry = unit->root_entry ? unit->root_entry - FIRST_PAGE + b->base : 0;
	m->preserved_state = unit->mark == 1 ? kernel_address(b, &m->marks) : 0;
	m->marks = unit->marks;
	memcpy(m->kept, unit->kept, sizeof(m->kept));
	copy_registers(unit, m->registers);
	if (root && unit->root_entry)
		memcpy(root, unit->root, LW_PAGE_SIZE);
	for (slot = 0; slot < SYNTH_TABLES; slot++) {
		void *page = unit->tables[slot] ? page_at(b, unit->tables[slot]->address) : NULL;

		if (page)
			memcpy(page, unit->tables[slot]->words, LW_PAGE_SIZE);
	}
}

static void copy_device(struct bench *b, struct synth_device *device)
{
	uint64_t words[2] = { device->directory, 0 }, *entry;
	uint64_t *directory = page_at(b, device->directory);
	uint64_t *table = page_at(b, device->pasid_table);

	if (!device->unit->scalable || !(device->marked || device->declared))
		return;
	entry = synth_entry(device->unit, device->rid);
	words[1] = entry[1];
	synth_pasid_pages(device, words, directory, table);
}

void bench_copy(struct bench *b, const struct synth *s)
{
	struct list_link *head = (struct list_link *)b->memory;
	size_t i, count = 2 * s->unit_count + 1;

	head->next = kernel_address(b, unit_memory(b, 0));
	b->skel->bss->list_address = b->base;
	for (i = 0; i < count; i++) {
		struct unit_memory *m = unit_memory(b, i);

		/* Ignored, or without a struct intel_iommu. */
		if (i % 2 == 0)
			*m = (struct unit_memory){ .flags = i % 4 == 0,
						   .iommu = i % 4 == 0 ? b->base : 0 };
		link_unit(b, i, count);
	}
	for (i = 0; i < s->unit_count; i++)
		copy_unit(b, s->units[i]);
	for (i = 0; i < s->device_count; i++)
		copy_device(b, s->devices[i]);
}

static void list_preserved(struct bench *b, const struct synth *s)
{
	struct lw_preserved mark = { .flags = LW_DECLARED | LW_MARKED };
	uint64_t key;
	size_t i;

	while (!bpf_map__get_next_key(b->skel->maps.preserved, NULL, &key, sizeof(key)))
		bpf_map__delete_elem(b->skel->maps.preserved, &key, sizeof(key), 0);
	for (i = 0; i < s->device_count; i++) {
		key = s->devices[i]->rid;
		if ((s->devices[i]->marked || s->devices[i]->declared) &&
		    bpf_map__update_elem(b->skel->maps.preserved, &key, sizeof(key), &mark,
					 sizeof(mark), BPF_ANY))
			abort();
	}
}

void bench_reset(struct bench *b)
{
	b->control->seq = b->control->next_slot = b->control->dropped = 0;
}

bool bench_begin(struct bench *b, struct synth *s)
{
	size_t i;

	bench_reset(b);
	b->control->entry_quota = s->entry_quota;
	if (pages_needed(s) >= PAGES || s->unit_count > LW_MAX_UNITS)
		return false;
	b->pages = 1 + 64;
	s->copy_limit = b->copies;
	for (i = 0; i < s->unit_count; i++)
		place_unit(b, s->units[i]);
	for (i = 0; i < s->device_count; i++)
		place_device(b, s->devices[i]);
	list_preserved(b, s);
	bench_copy(b, s);
	return true;
}

/* --- programs ------------------------------------------------------------------------------- */

void bench_walk(struct bench *b, const struct synth *s, unsigned int phase, unsigned int where)
{
	bench_copy(b, s);
	b->skel->bss->phase = phase;
	b->skel->bss->where = where;
	run(b->skel->progs.walk);
}

void bench_invalidate(struct bench *b, unsigned int unit, const struct lw_rec_invalidation *inv)
{
	struct unit_memory *m = unit_memory(b, 2 * unit + 1);

	memcpy((void *)b->skel->bss->descriptor, inv->qw, sizeof(inv->qw));
	b->skel->bss->unit = unit;
	b->skel->bss->iommu = kernel_address(b, m) + UNIT_IOMMU;
	/* What the programs find out themselves is not told. */
	b->skel->bss->flags = inv->flags & (LW_INV_RESULT_KNOWN | LW_INV_REGISTER | LW_INV_IOTLB);
	b->skel->bss->result = inv->result;
	run(b->skel->progs.invalidate);
}

void bench_visit(struct bench *b, const struct synth *s)
{
	struct lw_unit_scratch *u = calloc(1, sizeof(*u));
	uint32_t i;

	for (i = 0; u && i < s->unit_count; i++) {
		if (bpf_map__lookup_elem(b->skel->maps.units, &i, sizeof(i), u, sizeof(*u), 0))
			abort();
		memcpy(u->visited, s->units[i]->visited, sizeof(u->visited));
		if (bpf_map__update_elem(b->skel->maps.units, &i, sizeof(i), u, sizeof(*u), 0))
			abort();
	}
	free(u);
}

size_t bench_record_count(struct bench *b)
{
	return b->control->dropped ? 0 : b->control->next_slot;
}

void bench_record(struct bench *b, size_t index, struct lw_record *record)
{
	size_t page = 2 + index / (LW_PAGE_RECORDS - 1), slot = 1 + index % (LW_PAGE_RECORDS - 1);

	memcpy(record, b->area + page * LW_PAGE_SIZE + slot * LW_RECORD_SIZE, sizeof(*record));
}
