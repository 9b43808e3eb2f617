/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults out of fault recording registers: from records, and from what the programs counted. Pure. */
#ifndef LUWATCH_FAULT_REGISTERS_H
#define LUWATCH_FAULT_REGISTERS_H

#include "fault/fault.h"
#include "luwatch/control.h"

/* From an LW_REC_FAULT record (VT-d specification 11.4.15). .window and .class are not set. */
void lw_fault_of_record(const struct lw_record *record, struct lw_fault *fault);

/* From an LW_REC_FAULT_TOTAL record. */
void lw_fault_of_total(const struct lw_record *record, struct lw_fault *fault);

/* From an element of map "faults". */
void lw_fault_of_count(const struct lw_fault_key *key, const struct lw_fault_value *value,
		       struct lw_fault *fault);

#endif
