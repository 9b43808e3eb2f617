/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layouts of the Intel Virtualization Technology for Directed I/O specification (revision 4.1) that
 * both sides read: registers (chapter 11), root and context entries (9.1-9.4), fault recording
 * registers (11.4.15), invalidation descriptors (6.5.2). Integers are little endian as in memory.
 */
#ifndef LUWATCH_VTD_H
#define LUWATCH_VTD_H

#include <linux/types.h>

/* Register offsets from the unit's base. */
#define VTD_VER_REG		0x00
#define VTD_CAP_REG		0x08
#define VTD_ECAP_REG		0x10
#define VTD_GSTS_REG		0x1c
#define VTD_RTADDR_REG		0x20
#define VTD_FSTS_REG		0x34
#define VTD_FECTL_REG		0x38
#define VTD_PMEN_REG		0x64
#define VTD_IQH_REG		0x80
#define VTD_IQT_REG		0x88
#define VTD_IQA_REG		0x90
#define VTD_IRTA_REG		0xb8

#define VTD_GSTS_TES		(1U << 31)	/* translation enable status */
#define VTD_GSTS_QIES		(1U << 26)	/* queued invalidation enable status */
#define VTD_GSTS_IRES		(1U << 25)	/* interrupt remapping enable status */
#define VTD_PMEN_PRS		1U		/* protected region status */
#define VTD_CAP_PLMR(cap)	((cap) >> 5 & 1)
#define VTD_CAP_PHMR(cap)	((cap) >> 6 & 1)
#define VTD_CAP_DRAINS(cap)	((cap) >> 54 & 3)	/* write, read draining */
#define VTD_CAP_FRO(cap)	((__u32)((cap) >> 24 & 0x3ff) * 16)	/* fault records: offset */
#define VTD_CAP_NFR(cap)	((__u32)((cap) >> 40 & 0xff) + 1)	/* fault records: count */
#define VTD_ECAP_C(ecap)	((ecap) & 1)	/* page walks are coherent */

#define VTD_FSTS_PFO		1U
#define VTD_FSTS_PPF		2U
/* Invalidation queue: descriptor not accepted, completion failed, device TLB timed out. */
#define VTD_FSTS_QUEUE_ERRORS	0x70U
#define VTD_FSTS_PRO		0x80U		/* page-request queue overflow */
#define VTD_QUEUE_OFFSET(reg)	((reg) & 0x7fff0)	/* of IQH_REG and IQT_REG */
#define VTD_FSTS_FRI(fsts)	((fsts) >> 8 & 0xff)

/* RTADDR_REG: bits 11:10 are the translation table mode. */
#define VTD_RTADDR_MODE(rtaddr)	((rtaddr) >> 10 & 3)
#define VTD_MODE_LEGACY		0
#define VTD_MODE_SCALABLE	1
#define VTD_MODE_ABORT		3

#define VTD_PRESENT		1ULL
#define VTD_ADDRESS		0xfffffffffffff000ULL
#define VTD_ROOT_ENTRIES	256

/* Context entries, legacy mode: 16 bytes, index devfn. */
#define VTD_CONTEXT_FPD(lo)		((lo) >> 1 & 1)
#define VTD_CONTEXT_TYPE(lo)		((lo) >> 2 & 3)
#define VTD_CONTEXT_PAGE_TABLE(lo)	((lo) & VTD_ADDRESS)
#define VTD_CONTEXT_WIDTH(hi)		((hi) & 7)
#define VTD_CONTEXT_DOMAIN_ID(hi)	((hi) >> 8 & 0xffff)

/* Context entries, scalable mode: 32 bytes, index devfn & 0x7f. */
#define VTD_SM_CONTEXT_DTE(lo)		((lo) >> 2 & 1)
#define VTD_SM_CONTEXT_PASIDE(lo)	((lo) >> 3 & 1)
#define VTD_SM_CONTEXT_PRE(lo)		((lo) >> 4 & 1)
#define VTD_SM_CONTEXT_PRE_BIT		(1ULL << 4)
#define VTD_SM_CONTEXT_PDTS(lo)		((lo) >> 9 & 7)
#define VTD_SM_CONTEXT_PASID_DIR(lo)	((lo) & VTD_ADDRESS)
#define VTD_SM_CONTEXT_RID_PASID(hi)	((hi) & 0xfffff)

/* Fault recording register, 128 bits: lo and hi. */
#define VTD_FRCD_ADDRESS(lo)	((lo) & VTD_ADDRESS)
#define VTD_FRCD_INDEX(lo)	((lo) >> 48)		/* interrupt-remapping faults */
#define VTD_FRCD_SOURCE_ID(hi)	((__u16)(hi))
#define VTD_FRCD_REASON(hi)	((__u8)((hi) >> 32))
#define VTD_FRCD_PASID(hi)	((__u32)((hi) >> 40 & 0xfffff))
#define VTD_FRCD_T2(hi)		((hi) >> 28 & 1)
#define VTD_FRCD_PRIV(hi)	((hi) >> 29 & 1)
#define VTD_FRCD_EXE(hi)	((hi) >> 30 & 1)
#define VTD_FRCD_PP(hi)		((hi) >> 31 & 1)
#define VTD_FRCD_AT(hi)		((hi) >> 60 & 3)
#define VTD_FRCD_T1(hi)		((hi) >> 62 & 1)	/* 1 = read (or atomic with T2) */
#define VTD_FRCD_F(hi)		((hi) >> 63)

/* Fault reasons of interrupt remapping: 0x20 … 0x26 (and later 0x27). */
static inline __attribute__((always_inline)) int vtd_reason_is_interrupt(__u32 reason)
{
	return reason >= 0x20 && reason <= 0x27;
}

/* Invalidation descriptors: type = bits 3:0 and 11:9 (as bits 6:4) of the first word. */
#define VTD_INV_TYPE(qw0)	(((qw0) & 0xf) | ((qw0) >> 9 & 7) << 4)
#define VTD_INV_CONTEXT		1
#define VTD_INV_IOTLB		2
#define VTD_INV_DEVICE_TLB	3
#define VTD_INV_IEC		4
#define VTD_INV_WAIT		5
#define VTD_INV_PASID_IOTLB	6
#define VTD_INV_PASID_CACHE	7
#define VTD_INV_GRANULARITY(qw0) ((qw0) >> 4 & 3)	/* context, IOTLB, PASID-cache */
#define VTD_INV_DOMAIN_ID(qw0)	((__u16)((qw0) >> 16))
#define VTD_INV_SOURCE_ID(qw0)	((__u16)((qw0) >> 32))

#endif
