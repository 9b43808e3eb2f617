/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fault as JSON: what `luwatch faults --json` prints, one a line, and what the daemon leaves in
 * /run/luwatch for members of the group luwatch. Pure.
 *
 *	{"rid":"0000:03:00.0","reason":5,"reason_text":"...","type":"write","address":"0x1000",
 *	 "pasid":null,"several_kinds":false,"count":2,"first_ns":1,"last_ns":2,"source":"register"}
 *
 * A time that is not known is null. The requester ID may be "other" (LW_RID_OTHER).
 */
#ifndef LUWATCH_FAULT_JSON_H
#define LUWATCH_FAULT_JSON_H

#include <jansson.h>

#include "fault/fault.h"

/*
 * The daemon's file, mode 0640: {"schema":"luwatch.faults/1","time":RFC 3339,"unseen":N,"overflows":N,
 * "lost":N,"faults":[...]}, the counters as in struct lw_control. Fields may be added.
 */
#define LW_FAULTS_SCHEMA "luwatch.faults/1"
#define LW_FAULTS_FILE	 "/run/luwatch/faults.json"

/* "read", "write", "execute" or "interrupt". */
const char *lw_fault_type(const struct lw_fault *fault);

/* The LW_FAULT_* flags that the word means; -EBADMSG when it, or NULL, is none of these. */
int lw_fault_flags_of(const char *type, uint32_t *flags);

/* A new object; the caller releases it. */
json_t *lw_fault_json(const struct lw_fault *fault);

/* The other way round; .window and .class are not set. 0, or -EBADMSG for anything else. */
int lw_fault_of_json(const json_t *json, struct lw_fault *fault);

#endif
