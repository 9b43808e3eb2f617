/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A synthetic machine and its hand-over. It has remapping units with real root and context tables
 * in memory, devices with aliases, and a kernel that clears as the versions of the series do; two
 * walks over these tables write the records as bpf/walk.bpf.h writes them. A test changes the
 * machine at a chosen moment, or the records afterwards, and asks what the correlation says.
 */
#ifndef LUWATCH_SYNTH_H
#define LUWATCH_SYNTH_H

#include <jansson.h>

#include "correlate/handover.h"

#define SYNTH_TABLES  512
#define SYNTH_ALIASES 4
#define SYNTH_NAME    40
#define SYNTH_UNITS   64

/* The last digest of a page: most pages are digested five times and changed once. */
struct synth_digest {
	uint64_t words[512], digest;
	bool known;
};

struct synth_table {
	uint64_t words[512];
	uint64_t address;
	bool unreadable;
	struct synth_digest seen;
};

struct synth_unit {
	uint16_t index;
	uint64_t reg_phys, cap, ecap, rtaddr, root_entry;
	uint32_t segment, gsts, fsts, pmen, iqh, iqt;
	bool scalable, gfx_dedicated, gone, root_unreadable;
	uint8_t mark;		     /* lw_rec_unit_state.preserved */
	uint16_t marks;		     /* the kernel's own count of preserved devices */
	uint64_t kept[8];	     /* tables that are preserved as a whole, with bitmap */
	uint64_t root[SYNTH_TABLES]; /* by bus << 1 | half */
	struct synth_table *tables[SYNTH_TABLES];
	uint64_t visited[2][256][4];
	/* What the walk before leaves for the walk after. */
	uint64_t old_root[SYNTH_TABLES];
	struct synth_table *copies[SYNTH_TABLES];
	bool copied[SYNTH_TABLES]; /* the programs have a copy, too */
	/* What was written since the last global invalidation of each kind: context, IOTLB, PASID. */
	uint64_t *flushed[SYNTH_TABLES]; /* words at the last one of any kind */
	uint64_t flushed_root[SYNTH_TABLES];
	unsigned int late[SYNTH_TABLES], late_root, invalidated; /* LW_LATE_* */
	struct synth_digest root_seen;
};

struct synth_device {
	uint64_t rid;
	struct synth_unit *unit;
	uint64_t aliases[SYNTH_ALIASES];
	size_t alias_count;
	bool marked, declared;
	bool hidden; /* the next kernel does not see it */
	bool assigned, rmrr;
	/* Scalable mode: where the entry points to, and the entry of RID_PASID there. */
	uint64_t directory, pasid_table;
	uint64_t pasid_words[7];
	uint64_t pasid_elsewhere; /* first word of another entry of the same table */
	char name[SYNTH_NAME];
	const char *session; /* live-update session that preserved it, or NULL */
	uint64_t token;
};

struct synth;
typedef void (*synth_change)(struct synth *s);

struct synth {
	struct lw_id id;
	unsigned int version; /* of the series, 1 … 5; 0 = a stock kernel */
	bool declared_known, alias_records;
	uint64_t probes, symbols;
	uint32_t entry_quota;
	uint32_t copy_limit; /* tables of which the programs can keep a copy */
	uint32_t copies;     /* kept */
	uint32_t generation, attempt;
	uint32_t marks_lost; /* marks the programs had no room for */
	bool scalable_tables; /* the programs record scalable-mode tables */
	/*
	 * Every context table there is before kernel_kexec() is preserved as a whole, as the series
	 * does, and the programs can read the kernel's bitmap.
	 */
	bool bitmap;
	int liveupdate_result;
	bool liveupdate; /* liveupdate_reboot() exists and is watched */
	uint8_t where;	 /* of the last look: 1 or 2 */

	struct synth_unit **units;
	size_t unit_count;
	struct synth_device **devices;
	size_t device_count, device_size;
	struct synth_device **known; /* marked or declared, by requester ID; made for each walk */
	size_t known_count;

	/* Called with the machine between two steps of the kernel, and with the records at the end.
	 */
	synth_change before_shutdown; /* after kernel_kexec(), before the first walk */
	synth_change after_clear;     /* when all tables are cleaned, nothing is invalidated */
	synth_change invalidate;      /* instead of the good invalidations */
	synth_change after_flush;     /* when everything is invalidated */
	synth_change at_last_look;    /* between the second walk and LAST: latched faults */
	synth_change records;	      /* when all records are written, before they are carried */
	int argument;
	void *owner;

	uint64_t now; /* boot clock */
	struct lw_record *baseline, *log;
	size_t baseline_count, baseline_size, log_count, log_size;

	/* The evidence, and the memory behind it. */
	struct lw_evidence evidence;
	struct lw_carried carried[4];
	uint8_t *bytes[4];
	struct lw_device *seen;
	struct lw_fault log_faults[32], live_faults[32];
	struct lw_unit_now units_now[SYNTH_UNITS];
	struct lw_page_now *pages_now;
	uint64_t **page_words; /* of .pages_now, to be changed */
	size_t page_now_size;
	struct lw_handover *handover;
	json_t *report;
};

/* An empty machine of version 4 of the series with every probe attached. */
struct synth *synth_new(void);
/* Another version: how the kernel clears, and which of its functions there are to watch. */
void synth_set_version(struct synth *s, unsigned int version);
void synth_free(struct synth *s);

struct synth_unit *synth_add_unit(struct synth *s, uint32_t segment, bool scalable);
/* A device with a context entry on UNIT; its table is made when there is none. */
struct synth_device *synth_add_device(struct synth *s, struct synth_unit *unit, uint64_t rid);
/* One more requester ID; with ENTRY it gets a context entry of its own. */
void synth_add_alias(struct synth_device *device, uint64_t rid, bool entry);
void synth_preserve(struct synth_device *device); /* marked and declared */

/*
 * Three units, five buses, one of them behind a bridge with an alias, one segment of five digits;
 * two preserved devices. See synth.c.
 */
struct synth *synth_standard(bool scalable);

#define SYNTH_KEPT    LW_RID(0, 1, 0x00)       /* preserved on dmar0 */
#define SYNTH_SIBLING LW_RID(0, 1, 0x01)       /* not preserved, same bus */
#define SYNTH_OTHER   LW_RID(0, 2, 0x08)       /* not preserved, a bus of its own, dmar0 */
#define SYNTH_ALIAS   LW_RID(0, 2, 0x00)       /* DMA alias of SYNTH_OTHER */
#define SYNTH_BUS0    LW_RID(0, 0, 0x18)       /* not preserved, bus 0, dmar0 */
#define SYNTH_VMD     LW_RID(0x10000, 0xe1, 0) /* preserved on dmar1, a five-digit segment */
#define SYNTH_LONELY  LW_RID(0, 0x80, 0x90)    /* on dmar2, where nothing is preserved */

/* The words of an entry in the machine's tables: two, or four in scalable mode. */
uint64_t *synth_entry(struct synth_unit *unit, uint64_t rid);
struct synth_unit *synth_unit_of(struct synth *s, uint64_t rid);
struct synth_device *synth_device(struct synth *s, uint64_t rid);
void synth_clear_entry(struct synth_unit *unit, uint64_t rid);

/* Runs the kexec: baseline, log. */
void synth_kexec(struct synth *s);

/* Appends a record to the log and completes it (sequence number, clock, checksum). */
struct lw_record *synth_emit(struct synth *s, const struct lw_record *record);
void synth_emit_fault(struct synth *s, uint64_t rid, uint32_t reason, uint64_t address,
		      uint32_t flags); /* flags: LW_FAULT_LATCHED */
void synth_emit_total(struct synth *s, uint64_t rid, uint32_t reason, uint32_t flags,
		      uint64_t count);

/* Records as a carrier has them; the caller frees. */
void synth_seal(struct lw_record *record);	/* new checksum */
void synth_drop(struct synth *s, size_t index); /* takes one record out of the log */
struct lw_record *synth_find(struct synth *s, unsigned int type, size_t nth);
uint8_t *synth_pages(const struct synth *s, size_t *length);
uint8_t *synth_text(const struct synth *s, size_t *length);
void synth_head(struct lw_record *record, const struct synth *s, unsigned int type);

/*
 * Global invalidation of a cache: KIND 0 context, 1 IOTLB, 2 PASID; SCOPE as in the descriptor, 1
 * (for PASID 3) is global.
 */
void synth_flush(struct synth *s, struct synth_unit *unit, unsigned int kind, unsigned int scope,
		 int result);
/* What is good for the unit and the version of the series, and that on every unit that is kept. */
void synth_flush_unit(struct synth *s, struct synth_unit *unit);
void synth_flush_all(struct synth *s);
/* As v1 and v2 do it for each cleared entry. */
void synth_flush_device(struct synth *s, struct synth_unit *unit, uint64_t rid, uint64_t domain);
/* LW_INV_ENTRY_* of a context invalidation of one device: whether its entry is still there. */
unsigned int synth_entry_flag(const struct synth_unit *unit, uint64_t descriptor);
bool synth_is_cleaned(const struct synth *s, const struct synth_unit *unit);
unsigned int synth_slot(const struct synth_unit *unit, uint64_t rid); /* index of its table */

/*
 * The page a preserved device's directory pointer leads to, and the table in it: 512 words each.
 * Returns false when there is no such memory.
 */
bool synth_pasid_pages(const struct synth_device *device, const uint64_t *entry, uint64_t *directory,
		       uint64_t *table);

/* The next kernel uses the carried tables as they are. After synth_evidence(). */
void synth_adopt(struct synth *s);
/* The words of the page at ADDRESS as the next kernel has them, to be changed; NULL: none. */
uint64_t *synth_page_now(struct synth *s, uint64_t address);
/* The same of the context entry of RID, and of its root entry. */
uint64_t *synth_entry_now(struct synth *s, uint64_t rid);
uint64_t *synth_root_now(struct synth *s, uint64_t rid);
/* It adds a context entry for a device of its own, and a root entry where there is none. */
void synth_adopt_and_add(struct synth *s);

/* Evidence of a good next kernel with one carrier "pages"; more can be added. */
void synth_evidence(struct synth *s);
void synth_carry(struct synth *s, const char *name, uint8_t *bytes, size_t length);
struct lw_fault *synth_log_fault(struct synth *s, uint64_t rid, uint32_t reason, uint64_t address);
struct lw_fault *synth_live_fault(struct synth *s, uint64_t rid, uint32_t reason, uint64_t count);

/*
 * Kexec (if not yet done), evidence (if not yet made), correlation, report. The report is also
 * written into the folder that LUWATCH_REPORT_DIR names, for the schema check.
 */
struct lw_handover *synth_judge(struct synth *s);
struct lw_handover *synth_judge_some(struct synth *s, uint32_t judged);

/* Answers of the judged hand-over. */
const char *synth_state(const struct synth *s, uint64_t rid); /* "" when not listed */
const char *synth_answer(const struct synth *s, enum lw_invariant invariant);
const char *synth_class(const struct synth *s, uint64_t rid); /* of its first fault, or "" */
bool synth_found(const struct synth *s, const char *words);   /* in a finding's message */

#endif
