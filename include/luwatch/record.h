/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The carried record: what the old kernel's BPF programs and the agent leave for the agent in the
 * next kernel. Both sides include this file, so it has only __uN types, explicit padding and no
 * pointers. All fields are little endian (x86-64 only), all addresses are physical unless a field
 * says otherwise, all times are nanoseconds.
 *
 * One record is always 128 bytes. That makes a page of a carrier 32 slots, lets BPF index slots
 * without arithmetic the verifier cannot follow, and fits as text into one line of a
 * trace buffer or a console, so every carrier brings the same thing.
 *
 * Nothing here proves who wrote a record: the checksum finds damage, not forgery. Root of the old
 * kernel can write any record it likes (docs/threat-model.md).
 */
#ifndef LUWATCH_RECORD_H
#define LUWATCH_RECORD_H

#include <linux/types.h>

#define LW_RECORD_MAGIC		0x3152574cU	/* "LWR1" as it stands in memory */
#define LW_RECORD_VERSION	1
#define LW_RECORD_SIZE		128
#define LW_RECORD_WORDS		(LW_RECORD_SIZE / 8)
#define LW_PAGE_SIZE		4096
#define LW_PAGE_RECORDS		(LW_PAGE_SIZE / LW_RECORD_SIZE)	/* the first one is LW_REC_PAGE */

/*
 * A record as text, as luwatch wrote it before 30 November 2026 and still reads it (text.h: as it writes it):
 * this prefix and 256 lower-case hexadecimal digits, byte 0 first.
 */
#define LW_TEXT_PREFIX		"LWR1:"
#define LW_TEXT_PREFIX_LEN	5
#define LW_TEXT_LEN		(LW_TEXT_PREFIX_LEN + 2 * LW_RECORD_SIZE)

#define LW_NO_UNIT		0xffff
#define LW_NO_PASID		0xffffffffU

/*
 * A requester ID with its segment: segment << 16 | bus << 8 | devfn. 64 bits, because a segment can
 * have five hexadecimal digits (VMD domains start at 0x10000).
 */
#define LW_RID(segment, bus, devfn) \
	((__u64)(segment) << 16 | (__u64)((bus) & 0xff) << 8 | ((devfn) & 0xff))
#define LW_RID_SEGMENT(rid)	((__u32)((rid) >> 16))
#define LW_RID_BUS(rid)		((__u8)((rid) >> 8))
#define LW_RID_DEVFN(rid)	((__u8)(rid))
#define LW_RID_SOURCE_ID(rid)	((__u16)(rid))
/* Under which faults are counted whose device found no place of its own. */
#define LW_RID_OTHER		(~0ULL)

/*
 * Every type of record: its number, and which lw_rec_… it carries. From this list come the numbers
 * below, which types the decoder knows, and a check that each payload fits and says how much of it
 * is still free (.unused). A new type takes a new number, a new field takes from .unused; neither
 * needs another LW_RECORD_VERSION, because a reader counts types it does not know and an older
 * writer leaves .unused zero. 27 and 36 are free: they were never released.
 */
#define LW_RECORDS(ROW)                                                                           \
	/* Baseline: written by the agent while it arms; .epoch is the baseline's generation. */  \
	ROW(PAGE, 1, page)                  /* head of each page of the pages carrier */          \
	ROW(BASELINE, 2, baseline)          /* first record (seq 1) of a baseline */              \
	ROW(TEXT, 3, text)                  /* a string in pieces */                              \
	ROW(UNIT, 4, unit)                  /* one remapping unit */                              \
	ROW(DECLARED, 5, declared)          /* requester IDs of the declared set */               \
	ROW(ALIAS, 6, alias)                /* DMA aliases of a device, from its topology */      \
	/* Log: written by BPF from kernel_kexec() on; .epoch is the number of the attempt. */    \
	ROW(KEXEC, 16, kexec)               /* entry of kernel_kexec(); always seq 1 */           \
	ROW(LIVEUPDATE, 17, result)         /* return of liveupdate_reboot() */                   \
	ROW(MARKED, 18, marked)             /* one device the kernel has marked preserved */      \
	ROW(FAULT_TOTAL, 19, fault_total)   /* faults that were counted, not carried singly */    \
	ROW(FAULT, 20, fault)               /* one fault record read since kernel_kexec() */      \
	ROW(SHUTDOWN, 21, none)             /* entry of intel_iommu_shutdown() */                 \
	ROW(UNIT_STATE, 22, unit_state)     /* registers of a unit */                             \
	ROW(TABLE, 23, table)               /* present bits of one context table */               \
	ROW(ENTRY, 24, entry)               /* one context entry in full */                       \
	ROW(CLEAR_BEGIN, 25, none)          /* entry of clear_unpreserved_context_entries() */    \
	ROW(CLEAR_END, 26, none)            /* its return */                                      \
	ROW(DISABLE, 28, none)              /* entry of iommu_disable_translation() */            \
	ROW(SHUTDOWN_END, 29, none)         /* return of intel_iommu_shutdown() */                \
	ROW(WALK, 30, walk)                 /* end of one walk over all units */                  \
	ROW(LAST, 31, last)                 /* the last record there can be */                    \
	ROW(INVALIDATION, 32, invalidation) /* one invalidation descriptor */                     \
	ROW(PASID_ENTRY, 33, pasid_entry)   /* one PASID table entry */                           \
	ROW(DRIFT, 34, drift)               /* a call that changes a preserved device */          \
	ROW(SUSPEND, 35, result)            /* return of iommu_suspend() while preserved */       \
	ROW(ABORTED, 37, result)            /* kernel_kexec() came back with this result */       \
	ROW(UNIT_SEEN, 38, unit)            /* a unit as the walk before found it */              \
	ROW(PASID_TABLE, 39, pasid_table)   /* PASID directory and table of a device */           \
	ROW(ROOT, 40, root)                 /* the root table of a unit as a whole */             \
	ROW(KEPT_TABLES, 41, kept_tables)   /* context tables the kernel has preserved */         \
	ROW(CLOCKS, 42, clocks)             /* what tells this kexec from others; behind KEXEC */ \
	ROW(TABLES, 43, tables)             /* present bits of up to four context tables */       \
	ROW(CLEARED, 44, cleared)           /* domains of entries that were cleared one by one */ \
	ROW(LOADED, 45, loaded)             /* to listeners only: a kexec image is loaded */      \
	ROW(NOT_RETRIEVED, 46, not_retrieved) /* a device that the kernel before had preserved */

#define LW_RECORD_NUMBER(NAME, number, payload) LW_REC_##NAME = number,
enum lw_record_type { LW_RECORDS(LW_RECORD_NUMBER) };

/* Which of the two walks (or looks) a record belongs to. */
enum lw_phase {
	LW_BEFORE = 0,		/* entry of intel_iommu_shutdown() */
	LW_AFTER = 1,		/* entry of machine_kexec(), or return of intel_iommu_shutdown() */
	LW_PRESERVED = 2,	/* when the device was preserved (drift comparison) */
};

struct lw_rec_page {
	__u64 base;		/* physical address of the first page of the area */
	__u32 index;		/* which page of the area this is, in slot order */
	__u32 count;		/* pages in the area */
	__u32 baseline_pages;	/* pages of one of the two baseline halves */
	__u32 pad;
	__u64 seen[2];		/* boot id of the first boot in which an agent found this area after
				 * its kexec, high half first; 0 = none yet. On the first page only */
	__u64 unused[4];
};

/* lw_rec_baseline.probes and lw_rec_last.fired: one bit per probe, enum lw_probe_bit. */
enum lw_probe_bit {
	LW_PROBE_KERNEL_KEXEC = 0,
	LW_PROBE_LIVEUPDATE_REBOOT = 1,
	LW_PROBE_PRESERVE_DEVICE = 2,
	LW_PROBE_UNPRESERVE_DEVICE = 3,
	LW_PROBE_SHUTDOWN = 4,
	LW_PROBE_SHUTDOWN_END = 5,
	LW_PROBE_CLEAR = 6,
	LW_PROBE_CLEAR_END = 7,
	LW_PROBE_CLEAR_DEVICE = 8,
	LW_PROBE_CLEAR_ALIAS = 9,
	LW_PROBE_DISABLE_TRANSLATION = 10,
	LW_PROBE_MACHINE_KEXEC = 11,
	LW_PROBE_DMAR_FAULT = 12,
	LW_PROBE_QI_SUBMIT = 13,
	LW_PROBE_QI_SUBMIT_END = 14,
	LW_PROBE_DRIFT_DETACH = 15,
	LW_PROBE_SUSPEND = 16,
	LW_PROBE_KERNEL_KEXEC_END = 17,
	LW_PROBE_DMAR_FAULT_END = 18,
	LW_PROBE_FLUSH_CONTEXT = 19,
	LW_PROBE_FLUSH_IOTLB = 20,
	LW_PROBE_DRIFT_RELEASE = 21,
	LW_PROBE_DRIFT_ATTACH = 22,
	LW_PROBE_DRIFT_IDENTITY = 23,
	LW_PROBE_DRIFT_BLOCK = 24,
	LW_PROBE_PRESERVE_FILE = 26,
	LW_PROBE_PRESERVE_UNIT = 27,
	LW_PROBE_LOADED = 28,
	LW_PROBE_BITS
};

struct lw_rec_baseline {
	__u32 records;		/* records of this baseline, this one included */
	__u32 record_level;	/* 0 off, 1 probes, 2 full */
	__u64 realtime_ns;	/* wall clock when written; .time_ns is the boot clock */
	__u64 probes;		/* attached probes */
	__u64 symbols;		/* probes whose function exists in this kernel */
	__u32 log_slots;	/* slots the log has in the pages carrier, 0 = no pages carrier */
	__u16 units;		/* LW_REC_UNIT records that follow */
	__u16 declared;		/* requester IDs in the LW_REC_DECLARED records that follow */
	__u32 declared_known;	/* 1: a declared set exists (perhaps empty), 0: nothing declared */
	__u32 marks_supported;	/* 1: this kernel marks what it preserves */
	__u32 aliases_known;	/* 1: the LW_REC_ALIAS records that follow are all there are */
	__u32 pad;
	__u64 tsc;		/* of the processor at .time_ns; 0 = not the kernel's clock source */
	__u64 unused[1];
};

/* Strings of the baseline. Unit names carry the unit in the record's .unit. */
enum lw_text_key {
	LW_TEXT_KERNEL = 1,	/* uname -r of the old kernel */
	LW_TEXT_AGENT = 2,	/* version of the agent that armed */
	LW_TEXT_BOOT_ID = 3,	/* /proc/sys/kernel/random/boot_id of the old kernel */
	LW_TEXT_UNIT_NAME = 4,	/* "dmar0" */
	LW_TEXT_LABEL = 5,	/* "key=value" of [labels] */
	LW_TEXT_MACHINE_ID = 6,
	LW_TEXT_HOSTNAME = 7,
	LW_TEXT_BEGAN_BY = 8,	/* id of the hand-over that had started this kernel, if any */
	LW_TEXT_KEXECS = 9,	/* kexecs since power-on as counted in this kernel: "kho=2 luo=1" */
	LW_TEXT_BUILD_ID = 10,	/* of the old kernel, hexadecimal */
	LW_TEXT_RING = 11,	/* [host] ring */
	LW_TEXT_CORRELATION = 12, /* an orchestrator's id of this hand-over (luwatch declare) */
};

#define LW_TEXT_BYTES 64

#define LW_TEXT_LONGEST 1024	/* of all pieces together */

struct lw_rec_text {
	__u16 key;		/* enum lw_text_key */
	__u16 item;		/* tells several strings with one key apart */
	__u16 offset;		/* of this piece in the string */
	__u16 length;		/* of the whole string, without terminator */
	__u8 bytes[LW_TEXT_BYTES];
	__u64 unused[0];	/* full */
};

struct lw_rec_unit {
	__u64 reg_phys;		/* register base: names the unit across kernels */
	__u64 cap;
	__u64 ecap;
	__u64 rtaddr;
	__u32 gsts;
	__u32 segment;
	__u32 seq_id;
	__u32 tables;		/* populated context tables when the baseline was written */
	__u64 version;		/* VER_REG */
	__u64 flags;		/* LW_UNIT_* */
	__u64 unused[1];
};

#define LW_UNIT_NEVER_OFF	1	/* a quirked graphics unit: the kernel leaves it on */
#define LW_UNIT_MAYBE_NEVER_OFF	2	/* a graphics unit; whether quirked could not be read */

#define LW_DECLARED_RIDS 8

struct lw_rec_declared {
	__u64 count;		/* of the following that are used */
	__u64 rids[LW_DECLARED_RIDS];
	__u64 unused[0];	/* full */
};

#define LW_ALIAS_RIDS 7

struct lw_rec_alias {
	__u64 rid;		/* the device's own requester ID */
	__u64 count;		/* of the following that are used; more may follow in a next record */
	__u64 aliases[LW_ALIAS_RIDS];
	__u64 unused[0];	/* full */
};

/* Never in a carrier: the daemon takes it from the buffer of events. */
struct lw_rec_loaded {
	__u64 image;		/* kernel address of the struct kimage, not yet the one in force */
	__u32 pid;
	__u32 uid;
	__u32 loginuid;		/* ~0: a service, nobody logged in, or not known */
	__u32 pad;
	__u8 comm[16];
	__u64 unused[4];
};

struct lw_rec_kexec {
	__u64 image;		/* start of the image, 0 if none is loaded */
	__u32 segments;
	__u32 overlap;		/* segments that cover a frame of the pages carrier */
	__u32 pid;
	__u32 uid;
	__u64 realtime_ns;	/* wall clock then, from CLOCK_TAI; 0 when it could not be read */
	__u8 comm[16];
	__u32 marked;		/* LW_REC_MARKED records that follow */
	__u32 marks_lost;	/* marks for which there was no place, since arming */
	__u32 fault_totals;	/* LW_REC_FAULT_TOTAL records that follow */
	__u32 baseline_generation; /* of the baseline written last, 0 = none was */
	__u64 program_misses;	/* program runs the kernel skipped, as the agent saw it last */
	__u64 unused[0];	/* full */
};

/*
 * The time-stamp counter goes on through a kexec and begins anew at a reset, whatever the wall clock
 * says: by it a hand-over's end and a kernel's beginning are one moment, or they are not.
 */
struct lw_rec_clocks {
	__u64 tsc;		/* at .tsc_boot_ns, as the agent saw it last; 0 = not known */
	__u64 tsc_boot_ns;	/* boot clock */
	__u64 tsc_hz;		/* as measured when it was armed */
	__u64 words;		/* enum lw_words_seen, of the image that is started */
	__u64 not_retrieved;	/* LW_REC_NOT_RETRIEVED records that follow, and one more;
				 * 0 = nobody looked: an older luwatch, or a kernel without marks */
	__u64 unused[4];
};

/* Whether the image had the words by which the next kernel finds the records. */
enum lw_words_seen {
	LW_WORDS_UNSAID = 0,	/* by an older luwatch */
	LW_WORDS_NOT_LOOKED = 1, /* the agent has not looked at this image */
	LW_WORDS_RIGHT = 2,
	LW_WORDS_WRONG = 3,
};

struct lw_rec_result {
	__s64 result;		/* 0 or a negative errno */
	__u64 pid;
	__u64 unused[7];
};

#define LW_SESSION_BYTES 24

struct lw_rec_marked {
	__u64 rid;
	__u64 preserved_ns;	/* boot clock when iommu_preserve_device() returned 0 */
	__u32 domain_id;	/* 0 when unknown */
	__u32 pid;
	__u64 token;		/* of the file in its live-update session, 0 when unknown */
	__u8 comm[16];
	__u8 session[24];	/* its name, cut, terminated, empty when unknown */
	__u64 unused[0];	/* full */
};

/* At kernel_kexec() its mark is still the one of the kernel before, so this hand-over clears it. */
struct lw_rec_not_retrieved {
	__u64 rid;
	__u64 unused[8];
};

struct lw_rec_fault_total {
	__u64 source_id;	/* requester ID with segment, LW_RID() */
	__u32 reason;
	__u32 flags;		/* LW_FAULT_* */
	__u32 pasid;		/* LW_NO_PASID when none was present */
	__u32 pad;
	__u64 count;
	__u64 first_ns;
	__u64 last_ns;
	__u64 last_address;	/* interrupt faults: the index */
	__u64 unused[2];
};

#define LW_FAULT_READ		1	/* a read; otherwise a write */
#define LW_FAULT_EXECUTE	2
#define LW_FAULT_PRIVILEGED	4
#define LW_FAULT_INTERRUPT	8	/* interrupt remapping: .address is the index */
#define LW_FAULT_OTHER		16	/* several kinds together: without PASID and address, and
					 * without a reason where that is 0 */
#define LW_FAULT_SINCE_KEXEC	32	/* total: counted after kernel_kexec(), beyond the quota of
					 * single LW_REC_FAULT records, and not among those */

struct lw_rec_fault {
	__u64 lo;		/* fault recording register, bits 63:0 */
	__u64 hi;		/* bits 127:64 */
	__u32 fsts;
	__u32 index;		/* of the fault recording register */
	__u32 phase_flags;	/* LW_FAULT_LATCHED: found at the last look, not by dmar_fault() */
	__u32 pad;
	__u64 rid;		/* source id with the unit's segment, LW_RID() */
	__u64 unused[4];
};

#define LW_FAULT_LATCHED 1

struct lw_rec_unit_state {
	__u64 reg_phys;
	__u64 rtaddr;		/* RTADDR_REG */
	__u64 root_entry;	/* physical address behind intel_iommu.root_entry */
	__u32 gsts;
	__u32 fsts;
	__u32 pmen;
	__u32 fectl;
	__u64 iqa;
	__u32 iqh;
	__u32 iqt;
	__u64 irta;
	__u8 phase;		/* enum lw_phase */
	__u8 preserved;		/* the kernel's mark on the unit: 0 no, 1 yes, 2 not readable */
	__u16 marks;		/* devices of the unit that the kernel preserves by its own
				 * count, up to 0xffff; 0 = none, or it does not say */
	__u32 flags;		/* LW_STATE_* */
	__u64 unused[0];	/* full */
};

#define LW_STATE_GONE		1	/* registers read as all ones */
#define LW_STATE_ROOT_UNREADABLE 2	/* root table could not be read: no tables follow */
#define LW_STATE_SCALABLE	4	/* RTADDR bits 11:10 = 1 */
#define LW_STATE_UNKNOWN_MODE	8	/* RTADDR bits 11:10 neither 0 nor 1: no tables follow */
#define LW_STATE_NO_ROOT	16	/* root pointer never set (RTADDR is 0): no tables exist */
#define LW_STATE_KEPT_TABLES	32	/* before: there is a LW_REC_KEPT_TABLES of this unit */

struct lw_rec_table {
	__u8 phase;
	__u8 bus;
	__u8 half;		/* scalable mode: 1 = devfn 0x80-0xff; legacy: 0 */
	__u8 flags;		/* LW_TABLE_* */
	__u32 present;		/* entries with the present bit */
	__u64 root;		/* the root entry half that points here */
	__u64 bits[4];		/* present bits, bit devfn (legacy) or devfn & 0x7f (scalable) */
	__u64 digest;		/* lw_digest() of the 4,096 bytes */
	__u64 late;		/* after: LW_LATE_* */
	__u64 unused[1];
};

/*
 * The table is not what it was when the last global invalidation of that kind was submitted for the
 * unit, so something in it was written after it. Not set where there was no such invalidation.
 */
#define LW_LATE_CONTEXT		1
#define LW_LATE_IOTLB		2
#define LW_LATE_PASID		4

#define LW_TABLE_SCALABLE	1
#define LW_TABLE_UNREADABLE	2	/* the table could not be read; bits mean nothing */
#define LW_TABLE_NO_COPY	4	/* no copy kept of the table before: changes not compared */
#define LW_TABLE_GONE		8	/* after: the root entry is no longer present; bits are those
					 * of the table it pointed to before, read once more */
#define LW_TABLE_MOVED		16	/* after: the root entry points to another table */

/*
 * Tables with few present entries, which most are: one record for several, because a record costs the
 * blackout more than what it says. lw_pack_table() and lw_unpack_table() (tables.h) know the bits.
 */
#define LW_TABLES_PACKED	4	/* tables in one record */
#define LW_PRESENT_PACKED	4	/* present entries that such a table can have */

struct lw_rec_tables {
	__u64 root[LW_TABLES_PACKED];	/* root entry half with .bus, .half, .flags...; 0 = no more */
	__u32 digest_low[LW_TABLES_PACKED];
	__u16 digest_high[LW_TABLES_PACKED];
	__u8 present[LW_TABLES_PACKED][LW_PRESENT_PACKED]; /* bits that are set in .bits */
	__u64 unused[0];	/* full */
};

struct lw_rec_entry {
	__u64 rid;
	__u8 phase;
	__u8 why;		/* enum lw_entry_why */
	__u8 visited;		/* after: LW_VISITED_* */
	__u8 pad[5];
	__u64 words[4];		/* legacy uses two; scalable all four */
	__u64 table;		/* physical address of the context table it was read from */
	__u64 unused[2];
};

enum lw_entry_why {
	LW_ENTRY_PRESERVED = 1,	/* declared or marked */
	LW_ENTRY_STAYED = 2,	/* after: still present, not preserved */
	LW_ENTRY_CHANGED = 3,	/* present before and after with other words */
	LW_ENTRY_APPEARED = 4,	/* not present before */
	LW_ENTRY_RESIDUE = 5,	/* not present, but words of it are not zero */
};

/* Which of the clearing function's callbacks were given the requester ID. */
#define LW_VISITED_DEVICE	1
#define LW_VISITED_ALIAS	2

struct lw_rec_walk {
	__u8 phase;
	__u8 where;		/* 0 intel_iommu_shutdown entry, 1 its return, 2 machine_kexec */
	__u16 units;
	__u32 tables;
	__u64 present;
	__u64 duration_ns;
	__u32 unreadable;	/* root or context tables that could not be read */
	__u32 no_copy;		/* tables for which no copy was kept */
	__u32 units_skipped;	/* units beyond what the programs can hold */
	__u32 entries_dropped;	/* LW_REC_ENTRY not written because the quota was used up */
	__u64 unused[4];
};

struct lw_rec_last {
	__u64 records;		/* records of this attempt, this one included = its seq */
	__u64 dropped;		/* records of this attempt that found no slot */
	__u64 fired;		/* probes that ran at least once in this attempt */
	__u64 fault_interrupts;	/* entries of dmar_fault() since arming */
	__u64 faults;		/* fault records seen since arming */
	/* Since arming, and of these since kernel_kexec(); both stay at their largest value. */
	__u32 faults_unseen;	/* consumed by the handler without being seen */
	__u32 unseen_in_attempt;
	__u32 overflows;	/* times FSTS.PFO was set */
	__u32 overflows_in_attempt;
	__u32 faults_lost;	/* seen, but not aggregated or carried: map full or busy */
	__u32 lost_in_attempt;
	__u16 where;		/* as lw_rec_walk.where */
	__u16 page_request_overflows; /* times a unit's page-request queue was full, since arming */
	__u16 invalidations_dropped;	/* not global and beyond the quota; 0xffff = that or more */
	__u16 drift_dropped;
	__u64 unused[0];	/* full */
};

struct lw_rec_invalidation {
	__u64 qw[4];		/* raw descriptor (6.5.2); LW_INV_REGISTER: below */
	__s32 result;		/* of qi_submit_sync(), with LW_INV_RESULT_KNOWN */
	__u32 flags;		/* LW_INV_* */
	__u64 unused[4];
};

#define LW_INV_RESULT_KNOWN	1
/* Of one device, context cache: whether its entry was still present when it was submitted. */
#define LW_INV_ENTRY_GONE	8
#define LW_INV_ENTRY_THERE	16
/*
 * Through registers, without a queue: qw[0] is the granularity as in CCMD_REG bits 62:61 or
 * IOTLB_REG bits 61:60 (1 global, 2 domain, 3 device or page), qw[1] the domain id, qw[2] the
 * source id or address.
 */
#define LW_INV_REGISTER		2
#define LW_INV_IOTLB		4	/* with LW_INV_REGISTER: IOTLB, otherwise context cache */

/*
 * Legacy mode, where no global IOTLB invalidation was seen: the domains that cleared entries had. Without
 * it nobody knows whether single invalidations were of the right ones.
 */
#define LW_CLEARED 16

struct lw_rec_cleared {
	__u32 count;
	__u32 pad;
	__u16 source_id[LW_CLEARED];
	__u16 domain[LW_CLEARED];
	__u64 unused[0];	/* full */
};

struct lw_rec_pasid_entry {
	__u64 rid_pasid;	/* rid << 20 | pasid */
	__u64 words[8];		/* VT-d specification 9.6, 512 bits; words[7] bits are reserved, so:
				 * bit 63 of words[7] = phase after, bit 62 = directory only: words[0]
				 * is the directory entry */
	__u64 unused[0];	/* full */
};

struct lw_rec_pasid_table {
	__u64 rid;
	__u64 phase;		/* enum lw_phase */
	__u64 directory;	/* physical address, from the context entry */
	__u64 directory_digest;	/* lw_digest of its first page; 0 = could not be read */
	__u64 table;		/* physical address, from the directory entry of RID_PASID; 0 = none */
	__u64 table_digest;
	__u64 unused[3];
};

struct lw_rec_root {
	__u64 phase;		/* enum lw_phase */
	__u64 rtaddr;
	__u64 digest;		/* of the 4,096 bytes of the root table */
	__u64 late;		/* after: LW_LATE_* */
	__u64 unused[5];
};

/*
 * Which context tables of a unit the kernel has preserved as a whole, its own bookkeeping (the
 * series' iommu_hw_ser.intel.context_tables_bitmap, v3 and later). Root entries of all others have to
 * be cleared. Bit: bus << 1 | half, in legacy mode half 0.
 */
struct lw_rec_kept_tables {
	__u64 bits[8];
	__u64 unused[1];
};

struct lw_rec_drift {
	__u64 rid;
	__u32 what;		/* enum lw_drift */
	__u32 pid;
	__u8 comm[16];
	__u64 stack[5];		/* return addresses of the old kernel, innermost first */
	__u64 unused[0];	/* full */
};

enum lw_drift {
	LW_DRIFT_RELEASE = 1,	/* iommu_release_device / release_device callback */
	LW_DRIFT_DETACH = 2,	/* context teardown */
	LW_DRIFT_BLOCK = 3,	/* blocking domain attached */
	LW_DRIFT_ATTACH = 4,	/* another domain attached */
};

/* This happened now. */
struct lw_rec_none {
	__u64 unused[9];
};

struct lw_record {
	__u32 magic;
	__u16 version;
	__u16 type;		/* enum lw_record_type */
	__u64 handover[2];	/* id of the hand-over, high half first */
	__u64 seq;		/* 1, 2, 3, … within (baseline or log, epoch) */
	__u64 time_ns;		/* bpf_ktime_get_boot_ns(); stands still once the clock source is off */
	__u32 epoch;		/* generation (baseline) or attempt (log), from 1 */
	__u16 cpu;
	__u16 unit;		/* index in dmar_drhd_units, LW_NO_UNIT when about none */
	union {
		__u64 words[9];
		struct lw_rec_page page;
		struct lw_rec_baseline baseline;
		struct lw_rec_text text;
		struct lw_rec_unit unit_info;
		struct lw_rec_declared declared;
		struct lw_rec_alias alias;
		struct lw_rec_kexec kexec;
		struct lw_rec_clocks clocks;
		struct lw_rec_result result;
		struct lw_rec_marked marked;
		struct lw_rec_not_retrieved not_retrieved;
		struct lw_rec_fault_total fault_total;
		struct lw_rec_fault fault;
		struct lw_rec_unit_state state;
		struct lw_rec_table table;
		struct lw_rec_entry entry;
		struct lw_rec_tables tables;
		struct lw_rec_walk walk;
		struct lw_rec_last last;
		struct lw_rec_invalidation invalidation;
		struct lw_rec_cleared cleared;
		struct lw_rec_pasid_entry pasid;
		struct lw_rec_drift drift;
		struct lw_rec_pasid_table pasid_table;
		struct lw_rec_root root;
		struct lw_rec_kept_tables kept_tables;
		struct lw_rec_loaded loaded;
	};
	__u64 checksum;		/* lw_checksum() of the 15 words before it */
};

_Static_assert(sizeof(struct lw_record) == LW_RECORD_SIZE, "a record is 128 bytes");

#define LW_RECORD_FITS(NAME, number, payload)                                                     \
	_Static_assert(__builtin_offsetof(struct lw_rec_##payload, unused) +                      \
				       sizeof(((struct lw_rec_##payload *)0)->unused) ==          \
			       sizeof(((struct lw_record *)0)->words),                            \
		       #NAME ": a payload has 72 bytes and ends with what of it is unused");
LW_RECORDS(LW_RECORD_FITS)

static inline int lw_record_is_baseline(__u16 type)
{
	return type < LW_REC_KEXEC;
}

/*
 * One step of the checksum: for a fixed state it is a bijection of the word and for a fixed word a
 * bijection of the state (xor, odd multiplication, xor-shift), so damage confined to one 64-bit
 * word is found with certainty and any other with all but 2^-64.
 */
#define LW_MIX_SEED	0x6c75776174636831ULL
#define LW_MIX_FACTOR	0x9e3779b97f4a7c15ULL

static inline __attribute__((always_inline)) __u64 lw_mix(__u64 state, __u64 word)
{
	state = (state ^ word) * LW_MIX_FACTOR;
	return state ^ state >> 32;
}

/*
 * Digest of a page of tables: of its groups of eight words that are not all zero, each with its number.
 * Most of a table is empty, and what is empty costs nothing. It has 48 bits, so that it can stand
 * in a record of several tables.
 */
#define LW_GROUP_WORDS	8
#define LW_PAGE_GROUPS	(LW_PAGE_SIZE / 8 / LW_GROUP_WORDS)

static inline __attribute__((always_inline)) __u64 lw_mix_group(__u64 state, __u32 group,
								const __u64 *words)
{
	int i;

	state = lw_mix(state, group);
	for (i = 0; i < LW_GROUP_WORDS; i++)
		state = lw_mix(state, words[i]);
	return state;
}

static inline __attribute__((always_inline)) __u64 lw_any_word(const __u64 *words)
{
	return words[0] | words[1] | words[2] | words[3] | words[4] | words[5] | words[6] | words[7];
}

/* The digest that STATE, LW_MIX_SEED and then all groups, comes to. */
static inline __attribute__((always_inline)) __u64 lw_digest_of(__u64 state)
{
	return state >> 16;
}

static inline __u64 lw_digest(const __u64 *words)
{
	__u64 state = LW_MIX_SEED;
	__u32 group;

	for (group = 0; group < LW_PAGE_GROUPS; group++) {
		if (lw_any_word(&words[group * LW_GROUP_WORDS]))
			state = lw_mix_group(state, group, &words[group * LW_GROUP_WORDS]);
	}
	return lw_digest_of(state);
}

static inline __attribute__((always_inline)) __u64 lw_checksum(const struct lw_record *record)
{
	const __u64 *words = (const __u64 *)record;
	__u64 state = LW_MIX_SEED;
	int i;

	for (i = 0; i < LW_RECORD_WORDS - 1; i++)
		state = lw_mix(state, words[i]);
	return state;
}

#endif
