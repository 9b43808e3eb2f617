// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reader of kernel log records about VT-d. In early boot and in the blackout no program watches,
 * so the log is the only witness of the faults that happened there; and it is a witness that anyone
 * may quote. So the forms are spelled out token by token, and what deviates is not a fault.
 */
#include "fault/line.h"

#include "fault/cursor.h"
#include "fault/line_boot.h"
#include "luwatch/vtd.h"

#define NS_PER_US 1000ULL

/* "0x" is printed since 5.14, in front of the bus and device only in 5.14 to 5.17. */
static bool take_hex(struct lw_cursor *c, size_t min, size_t max, uint64_t limit, uint64_t *value)
{
	struct lw_cursor at = *c;

	lw_take(&at, "0x");
	if (!lw_take_number(&at, 16, min, max, limit, value)) {
		c->ended |= at.ended;
		return false;
	}
	*c = at;
	return true;
}

/* "03:00.0", "0x03:0x00.0" or, since 7.2, "0000:03:00.0" with a segment of four or five digits. */
static bool take_rid(struct lw_cursor *c, struct lw_fault *fault)
{
	struct lw_cursor at = *c;
	uint64_t segment = 0, bus, device, function;

	if (lw_take_number(&at, 16, 4, 5, 0xfffff, &segment)) {
		fault->segment_known = true;
		if (!lw_take(&at, ":"))
			goto no;
	}
	if (!take_hex(&at, 2, 2, 0xff, &bus) || !lw_take(&at, ":") ||
	    !take_hex(&at, 2, 2, 0x1f, &device) || !lw_take(&at, ".") ||
	    !lw_take_number(&at, 10, 1, 1, 7, &function))
		goto no;
	fault->rid = LW_RID(segment, bus, device << 3 | function);
	*c = at;
	return true;
no:
	c->ended |= at.ended;
	return false;
}

/* All words of TEXT, with any blanks or line ends where TEXT has a blank. */
static bool take_words(struct lw_cursor *c, const char *text)
{
	size_t length;

	for (;;) {
		length = strcspn(text, " ");
		if (!lw_take_bytes(c, text, length))
			return false;
		text += length;
		if (!*text)
			return true;
		if (!lw_take_space(c))
			return false;
		text++;
	}
}

/* "dmar: ", "DMAR: ", and both one after the other: kernels before 4.5. */
static bool take_driver(struct lw_cursor *c)
{
	bool any = false;
	int i;

	for (i = 0; i < 2; i++) {
		if (!lw_take(c, "DMAR:") && !lw_take(c, "dmar:"))
			break;
		any = true;
		lw_take(c, " ");
	}
	return any;
}

/* PASID 0xfffff is a value; the kernel's "none" is a 32-bit -1. */
static bool take_pasid(struct lw_cursor *c, struct lw_fault *fault)
{
	uint64_t pasid;

	if (!take_hex(c, 1, 8, UINT32_MAX, &pasid))
		return false;
	if (pasid > 0xfffff && pasid != LW_NO_PASID) {
		c->ended |= !lw_left(c);
		return false;
	}
	fault->pasid = (uint32_t)pasid;
	return true;
}

/* "[fault reason 0x06]", or decimal before 5.14: "[fault reason 06]", "[fault reason 113]". */
static bool take_reason(struct lw_cursor *c, struct lw_fault *fault)
{
	uint64_t reason;

	if (!take_words(c, "[fault reason") || !lw_take_space(c))
		return false;
	if (lw_take(c, "0x")) {
		if (!lw_take_number(c, 16, 2, 2, 0xff, &reason))
			return false;
	} else if (!lw_take_number(c, 10, 2, 3, 0xff, &reason)) {
		return false;
	}
	if (!lw_take(c, "]"))
		return false;
	fault->reason = (uint32_t)reason;
	return true;
}

/* "Request device [" … "]", "[[" … "]" before 4.5 for interrupts. */
static bool take_device(struct lw_cursor *c, struct lw_fault *fault, bool *begun)
{
	if (!take_words(c, "Request device [")) {
		*begun = false;
		return false;
	}
	*begun = true;
	if (fault->flags & LW_FAULT_INTERRUPT)
		lw_take(c, "[");
	return take_rid(c, fault) && lw_take(c, "]") && lw_take_space(c);
}

static bool take_dma_fault(struct lw_cursor *c, struct lw_fault *fault, bool *begun)
{
	bool pasid = false;

	if (lw_take(c, "Read"))
		fault->flags = LW_FAULT_READ;
	else if (!lw_take(c, "Write"))
		return false;
	if (lw_take_space(c)) {
		pasid = true;
		if (!lw_take(c, "NO_PASID") &&
		    (!lw_take(c, "PASID") || !lw_take_space(c) || !take_pasid(c, fault)))
			return false;
	}
	if (!lw_take(c, "]") || !lw_take_space(c) || !take_device(c, fault, begun))
		return false;
	if (!pasid && lw_take(c, "PASID") &&
	    (!lw_take_space(c) || !take_pasid(c, fault) || !lw_take_space(c)))
		return false;
	if (!take_words(c, "fault addr") || !lw_take_space(c) ||
	    !take_hex(c, 1, 16, UINT64_MAX, &fault->address) || !lw_take_space(c))
		return false;
	if (take_driver(c))
		lw_take_space(c);
	if (!take_reason(c, fault))
		return false;
	/*
	 * A reason of interrupt remapping that the driver has no text for is printed as a DMA
	 * fault, with the page address of the register in which the index is bits 48 to 63.
	 */
	if (vtd_reason_is_interrupt(fault->reason)) {
		fault->flags = LW_FAULT_INTERRUPT;
		fault->address = VTD_FRCD_INDEX(fault->address);
		fault->pasid = LW_NO_PASID;
	}
	return true;
}

static bool take_interrupt_fault(struct lw_cursor *c, struct lw_fault *fault, bool *begun)
{
	fault->flags = LW_FAULT_INTERRUPT;
	lw_take_space(c);
	if (!take_device(c, fault, begun) || !take_words(c, "fault index") || !lw_take_space(c) ||
	    !take_hex(c, 1, 4, 0xffff, &fault->address) || !lw_take_space(c))
		return false;
	take_driver(c);
	lw_take(c, "INTR-REMAP:");
	return take_reason(c, fault) && vtd_reason_is_interrupt(fault->reason);
}

/* After the last bracket comes the driver's text for the reason, which is not looked at. */
static bool at_word_end(struct lw_cursor *c)
{
	return !lw_left(c) || lw_take_space(c);
}

static bool take_fault(struct lw_cursor *c, bool driver, struct lw_fault *fault, bool *begun)
{
	*fault = (struct lw_fault){
		.pasid = LW_NO_PASID,
		.address_known = true,
		.count = 1,
		.first_ns = UINT64_MAX,
		.last_ns = UINT64_MAX,
		.source = LW_SOURCE_LOG,
	};
	if (driver && lw_take(c, "[DMA") && lw_take_space(c))
		return take_dma_fault(c, fault, begun);
	if ((driver && lw_take(c, "[INTR-REMAP]")) || lw_take(c, "INTR-REMAP:"))
		return take_interrupt_fault(c, fault, begun);
	return false;
}

enum lw_fault_words lw_line_fault_words(struct lw_cursor *c, struct lw_fault *fault)
{
	struct lw_cursor at = *c;
	bool begun;

	at.ended = false;
	if (take_fault(&at, true, fault, &begun)) {
		*c = at;
		return LW_WORDS_FAULT;
	}
	return at.ended ? LW_WORDS_CUT : LW_WORDS_NONE;
}

static bool parse_fault(struct lw_cursor c, struct lw_line *line)
{
	struct lw_fault fault;
	bool begun = false, driver = take_driver(&c);

	if (!take_fault(&c, driver, &fault, &begun) || !at_word_end(&c)) {
		line->incomplete = begun && c.ended;
		return false;
	}
	fault.first_ns = fault.last_ns = line->time_ns;
	line->kind = fault.flags & LW_FAULT_INTERRUPT ? LW_LINE_INTERRUPT_FAULT : LW_LINE_FAULT;
	line->fault = fault;
	return true;
}

static bool parse_status(struct lw_cursor c, struct lw_line *line)
{
	uint64_t status;

	take_driver(&c);
	if (!lw_take(&c, "DRHD: handling fault status reg ") ||
	    !take_hex(&c, 1, 8, UINT32_MAX, &status) || lw_left(&c))
		return false;
	line->kind = LW_LINE_STATUS;
	line->status = (uint32_t)status;
	return true;
}

static bool parse_suppressed(struct lw_cursor c, struct lw_line *line)
{
	uint64_t count;

	if (!lw_take(&c, "dmar_fault: ") || !lw_take_number(&c, 10, 1, 10, UINT32_MAX, &count) ||
	    !lw_take(&c, " callbacks suppressed") || lw_left(&c))
		return false;
	line->kind = LW_LINE_SUPPRESSED;
	line->suppressed = count;
	return true;
}

/* Line ends and blanks after the last word. */
static void trim(struct lw_cursor *c)
{
	while (c->end > c->at && strchr(" \t\r\n", c->end[-1]) && c->end[-1])
		c->end--;
}

/* "3,439,13396476,-;" with more fields before the semicolon in newer kernels ("caller=T1"). */
static bool take_head(struct lw_cursor *c, struct lw_line *line, bool *fragment)
{
	struct lw_cursor at = *c;
	uint64_t priority, sequence, us;
	const char *flags;

	if (!lw_take_number(&at, 10, 1, 10, UINT32_MAX, &priority) || !lw_take(&at, ",") ||
	    !lw_take_number(&at, 10, 1, 20, UINT64_MAX, &sequence) || !lw_take(&at, ",") ||
	    !lw_take_number(&at, 10, 1, 20, UINT64_MAX / NS_PER_US, &us) || !lw_take(&at, ","))
		return false;
	flags = at.at;
	while (lw_left(&at) && *at.at != ';' && *at.at != '\n')
		at.at++;
	if (!lw_take(&at, ";"))
		return false;
	line->kmsg = true;
	line->facility = (int)(priority >> 3);
	line->sequence = sequence;
	line->time_ns = us * NS_PER_US;
	*fragment = *flags == '+' || *flags == 'c';
	*c = at;
	return true;
}

void lw_line_parse(const char *record, size_t length, struct lw_line *line)
{
	struct lw_cursor c = { .at = record, .end = record + length };
	const char *line_end;
	bool fragment;

	*line = (struct lw_line){ .facility = -1, .time_ns = UINT64_MAX };
	if (!take_head(&c, line, &fragment) || fragment)
		return;
	line_end = memchr(c.at, '\n', lw_left(&c));
	if (line_end)
		c.end = line_end;
	trim(&c);
	if (!parse_fault(c, line) && !parse_status(c, line) && !parse_suppressed(c, line))
		lw_line_parse_boot(&c, line);
}
