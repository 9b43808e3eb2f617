/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verdict on the audit log in words. Pure. */
#ifndef LUWATCH_AUDIT_ANSWER_H
#define LUWATCH_AUDIT_ANSWER_H

#include "audit/chain.h"
#include "audit/rows.h"

/* Whether the answer is yes, no, or that something needed for it is missing. */
enum lw_audit_answer { LW_AUDIT_YES, LW_AUDIT_UNSURE, LW_AUDIT_NO };
enum lw_audit_answer lw_audit_answer(const struct lw_audit_rows *rows,
				     const struct lw_audit_verdict *verdict);

/* Several lines, each with its newline, safe on a terminal; the caller frees them. */
char *lw_audit_tell(const struct lw_audit_rows *rows, const struct lw_audit_verdict *verdict);

#endif
