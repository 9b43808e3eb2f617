// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The driver's lines beside the faults, and the kernel's about the machine: each tells something about
 * the log (how many faults there were, whose, whether it is a whole one) and none is a fault.
 */
#include "log/others.h"

#include <string.h>

#include "fault/cursor.h"
#include "fault/line_boot.h"

bool lw_others_number(const struct lw_passage_line *line, size_t start, uint64_t *status,
		      uint64_t *suppressed, size_t *end)
{
	struct lw_cursor c = { .at = line->text + start, .end = line->text + line->length };
	uint64_t n;

	*status = *suppressed = UINT64_MAX;
	if (lw_take(&c, "DRHD:") && lw_take_space(&c) && lw_take(&c, "handling") &&
	    lw_take_space(&c) && lw_take(&c, "fault") && lw_take_space(&c) &&
	    lw_take(&c, "status") && lw_take_space(&c) && lw_take(&c, "reg") && lw_take_space(&c) &&
	    (lw_take(&c, "0x"), lw_take_number(&c, 16, 1, 8, UINT32_MAX, &n)))
		*status = n;
	else if (lw_take(&c, "dmar_fault:") && lw_take_space(&c) && lw_take_number(&c, 10, 1, 10, UINT32_MAX, &n) &&
		 lw_take_space(&c) && lw_take(&c, "callbacks") && lw_take_space(&c) &&
		 lw_take(&c, "suppressed"))
		*suppressed = n;
	else
		return false;
	*end = (size_t)(c.at - line->text);
	return true;
}

/* "pci 0000:05:00.0: [8086:1137] type 00 class 0x0c0340": what the requester ID is. */
static void take_function(struct lw_saved *log, const struct lw_passage_line *line)
{
	struct lw_cursor c = { .at = memmem(line->text, line->length, "pci ", 4),
			       .end = line->text + line->length };
	uint64_t n[7];

	if (!c.at || !lw_take(&c, "pci ") || !lw_take_number(&c, 16, 4, 5, 0xfffff, &n[0]) ||
	    !lw_take(&c, ":") || !lw_take_number(&c, 16, 2, 2, 0xff, &n[1]) || !lw_take(&c, ":") ||
	    !lw_take_number(&c, 16, 2, 2, 0x1f, &n[2]) || !lw_take(&c, ".") ||
	    !lw_take_number(&c, 10, 1, 1, 7, &n[3]) || !lw_take(&c, ": [") ||
	    !lw_take_number(&c, 16, 4, 4, 0xffff, &n[4]) || !lw_take(&c, ":") ||
	    !lw_take_number(&c, 16, 4, 4, 0xffff, &n[5]))
		return;
	c.at = memmem(c.at, lw_left(&c), "class 0x", 8);
	if (!c.at || !lw_take(&c, "class 0x") || !lw_take_number(&c, 16, 6, 6, 0xffffff, &n[6]))
		return;
	lw_saved_function(log, &(struct lw_saved_function){
				     .rid = LW_RID(n[0], n[1], n[2] << 3 | n[3]),
				     .vendor = (uint16_t)n[4],
				     .device = (uint16_t)n[5],
				     .class = (uint32_t)n[6] });
}

void lw_others_take(struct lw_saved *log, const struct lw_passage_line *line)
{
	struct lw_line parsed = { .kind = LW_LINE_OTHER };
	struct lw_cursor c = { .end = line->text + line->length };

	c.at = memmem(line->text, line->length, "DMAR", 4);
	if (!c.at)
		c.at = memmem(line->text, line->length, "Linux version", 13);
	if (memmem(line->text, line->length, "] type 0", 8))
		take_function(log, line);
	log->amd_lines += memmem(line->text, line->length, "AMD-Vi", 6) != NULL;
	if (!c.at)
		return;
	lw_line_parse_boot(&c, &parsed);
	log->dmar_lines += *c.at == 'D';
	if (parsed.kind != LW_LINE_BOOT || parsed.fact == LW_FACT_NONE)
		return;
	log->facts |= 1U << parsed.fact;
	if (parsed.fact == LW_FACT_LINUX_VERSION) {
		log->boots++;
		log->begins = true;
	}
}

void lw_others_repetition(struct lw_passage *p, const struct lw_passage_line *line)
{
	static const char words[] = "last message repeated ";
	struct lw_cursor c = { .end = line->text + line->length };
	uint64_t n;

	if (!p->last.valid)
		return;
	c.at = memmem(line->text, line->length, words, sizeof(words) - 1);
	if (!c.at)
		return;
	c.at += sizeof(words) - 1;
	if (!lw_take_number(&c, 10, 1, 9, UINT32_MAX, &n) || !n || !lw_take(&c, " time"))
		return;
	p->last.about.times = n;
	p->last.about.time_ns = UINT64_MAX;
	p->last.about.when[0] = '\0';
	lw_saved_fault(p->log, &p->last.about, &p->last.fault, "", 0);
}
