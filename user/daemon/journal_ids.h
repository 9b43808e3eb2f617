/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MESSAGE_IDs of the journal entries: random, never changed, never used for anything else.
 * systemd/luwatch.catalog explains each to an operator; a test holds it against this list.
 */
#ifndef LUWATCH_JOURNAL_IDS_H
#define LUWATCH_JOURNAL_IDS_H

/* name, id, priority (RFC 5424) unless the entry has a reason for another */
#define LW_MESSAGES(X)                                                \
	X(ARMED, "c3f278ebaa874c94b739be8c1594262f", 6)               \
	X(NOT_ARMED, "b9819c79bd8748a3af59295909556cb0", 3)           \
	X(HANDOVER_CLEAN, "ee3dd33f2cdd4dc0b758dd55ed60d5d1", 5)      \
	X(HANDOVER_INCOMPLETE, "64d3d2af924d4a45b5a9fdbee1939285", 4) \
	X(HANDOVER_VIOLATION, "9bb7c2815dc341fcb02b3604922922a4", 2)  \
	X(FAULT, "a7ede5e1ac6f4afc8ab52b00115c0d47", 4)               \
	X(FAULT_BROKEN, "fc7f5f3e098f4dfda896f7334628f642", 2)        \
	X(FAULTS, "9582f8e284a3482e9d6629e53b1591eb", 4)              \
	X(LOSSES, "5150291955fa4ad6baec21e6408ad826", 4)              \
	X(ABORTED, "6499091954d643738f1815c7fc3dcf3d", 3)             \
	X(CANNOT_WRITE, "904c9666a81a41fa8abae263116a1f77", 2)        \
	X(CONFIG_REFUSED, "1e243ee7384a4970b9fcb8c62c3302d9", 3)      \
	X(RESET, "028dc7b739884706be8e6e8c31573b9f", 5)               \
	X(HOOK_FAILED, "b57a1952e16844ca94d5c574e0177114", 3)

enum lw_message {
#define X(name, id, priority) LW_MESSAGE_##name,
	LW_MESSAGES(X)
#undef X
		LW_MESSAGE_KINDS
};

struct lw_message_kind {
	const char *id;
	int priority;
};

extern const struct lw_message_kind lw_message_kinds[LW_MESSAGE_KINDS];

#endif
