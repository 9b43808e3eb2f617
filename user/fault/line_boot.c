// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lines around the faults: what the kernel says while it sets VT-d up, from which one learns
 * whether it found translation on and what it did with the old tables, and the table entries it
 * prints after a fault. A table of beginnings, because only a few of them carry a value.
 */
#include "fault/line_boot.h"

struct form {
	const char *words; /* how the line begins; '*' stands for one word, the unit's name */
	enum lw_line_kind kind;
	enum lw_fact fact;
};

/* From drivers/iommu/intel/{iommu,irq_remapping,dmar}.c, 3.x to 7.x. The first that fits counts. */
static const struct form forms[] = {
	{ "Linux version ", LW_LINE_BOOT, LW_FACT_LINUX_VERSION },
	{ "DMAR: IOMMU enabled", LW_LINE_BOOT, LW_FACT_IOMMU_ENABLED },
	{ "Intel-IOMMU: enabled", LW_LINE_BOOT, LW_FACT_IOMMU_ENABLED },
	{ "DMAR: Intel-IOMMU force enabled", LW_LINE_BOOT, LW_FACT_IOMMU_ENABLED },
	{ "DMAR: Forcing Intel-IOMMU to enabled", LW_LINE_BOOT, LW_FACT_IOMMU_ENABLED },
	{ "DMAR: IOMMU disabled", LW_LINE_BOOT, LW_FACT_IOMMU_DISABLED },
	{ "DMAR: Intel(R) Virtualization Technology for Directed I/O", LW_LINE_BOOT, LW_FACT_VTD },
	{ "PCI-DMA: Intel(R) Virtualization Technology for Directed I/O", LW_LINE_BOOT,
	  LW_FACT_VTD },
	{ "DMAR: Translation is enabled prior to OS", LW_LINE_BOOT, LW_FACT_TRANSLATION_ON },
	{ "DMAR: Translation already enabled - trying to copy", LW_LINE_BOOT,
	  LW_FACT_TRANSLATION_ON },
	{ "DMAR: Translation was enabled for * but we are not in kdump mode", LW_LINE_BOOT,
	  LW_FACT_TRANSLATION_ON },
	{ "DMAR: Copied translation tables from previous kernel for *", LW_LINE_BOOT,
	  LW_FACT_TABLES_COPIED },
	{ "DMAR: Failed to copy translation tables from previous kernel for *", LW_LINE_BOOT,
	  LW_FACT_TABLES_NOT_COPIED },
	{ "DMAR-IR: IRQ remapping was enabled on * but we are not in kdump mode", LW_LINE_BOOT,
	  LW_FACT_INTERRUPTS_ON },
	{ "DMAR-IR: Copied IR table for * from previous kernel", LW_LINE_BOOT,
	  LW_FACT_INTERRUPTS_COPIED },
	{ "DMAR-IR: Failed to copy IR table for * from previous kernel", LW_LINE_BOOT,
	  LW_FACT_INTERRUPTS_NOT_COPIED },

	{ "DMAR: DRHD base:", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR: RMRR base:", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR: ATSR flags:", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR: SATC flags:", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR: RHSA base:", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR: ANDD device:", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR: No RMRR found", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR: No ATSR found", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR: No SATC found", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR: [Firmware Bug]: ", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR: *: reg_base_addr ", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR: *: Using Queued invalidation", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR: *: Using Register based invalidation", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR-IR: HPET id ", LW_LINE_BOOT, LW_FACT_NONE },
	{ "DMAR-IR: IOAPIC id ", LW_LINE_BOOT, LW_FACT_NONE },
	{ "dmar: IOMMU *: reg_base_addr ", LW_LINE_BOOT, LW_FACT_NONE },
	{ "ACPI: Reserving DMAR table memory ", LW_LINE_BOOT, LW_FACT_NONE },
	{ "ACPI: DMAR 0x", LW_LINE_BOOT, LW_FACT_NONE },
	{ "ACPI DMAR:", LW_LINE_BOOT, LW_FACT_NONE },
	{ "IOMMU: Setting ", LW_LINE_BOOT, LW_FACT_NONE },
	{ "iommu: Default domain type: ", LW_LINE_BOOT, LW_FACT_NONE },
	{ "iommu: DMA domain ", LW_LINE_BOOT, LW_FACT_NONE },
	{ "pci *: Adding to iommu group ", LW_LINE_BOOT, LW_FACT_NONE },
	{ "KHO: ", LW_LINE_BOOT, LW_FACT_NONE },
	{ "luo: ", LW_LINE_BOOT, LW_FACT_NONE },

	{ "DMAR: Dump * table entries for IOVA ", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: root entry: ", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: root table is not present", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: scalable mode root entry: ", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: context entry: ", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: context table is not present", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: pasid dir entry: ", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: pasid directory table is not present", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: pasid table entry[", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: pasid table is not present", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: pte level: ", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: PTE not present at level ", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: page table not present at level ", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: legacy mode page table is not present", LW_LINE_DUMP, LW_FACT_NONE },
	{ "DMAR: scalable mode page table is not present", LW_LINE_DUMP, LW_FACT_NONE },
};

/* Takes one word (up to a blank or, unless a digit follows it, a colon) into UNIT. */
static bool take_unit(struct lw_cursor *c, char unit[LW_LINE_UNIT])
{
	const char *at = c->at;
	size_t length;

	/* A colon inside a PCI address is followed by its next digit, the one after the word not.
	 */
	while (at<c->end && * at> ' ' && *at < 0x7f &&
	       !(*at == ':' && (at + 1 == c->end || lw_digit(at[1]) < 0)))
		at++;
	length = (size_t)(at - c->at);
	if (!length || length >= LW_LINE_UNIT)
		return false;
	memcpy(unit, c->at, length);
	unit[length] = '\0';
	c->at = at;
	return true;
}

static bool fits(const struct form *form, struct lw_cursor c, char unit[LW_LINE_UNIT])
{
	const char *star = strchr(form->words, '*');

	unit[0] = '\0';
	if (!star)
		return lw_take(&c, form->words);
	return lw_take_bytes(&c, form->words, (size_t)(star - form->words)) &&
	       take_unit(&c, unit) && lw_take(&c, star + 1);
}

/* "Command line: … elfcorehdr=0x…": only a crash kernel is given that word. */
static bool is_crash_command_line(struct lw_cursor c)
{
	if (!lw_take(&c, "Command line: ") && !lw_take(&c, "Kernel command line: "))
		return false;
	while (lw_left(&c)) {
		if (lw_take(&c, "elfcorehdr="))
			return true;
		while (lw_left(&c) && *c.at != ' ')
			c.at++;
		lw_take_blanks(&c);
	}
	return false;
}

void lw_line_parse_boot(const struct lw_cursor *cursor, struct lw_line *line)
{
	char unit[LW_LINE_UNIT];
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (!fits(&forms[i], *cursor, unit))
			continue;
		line->kind = forms[i].kind;
		line->fact = forms[i].fact;
		memcpy(line->unit, unit, sizeof(unit));
		return;
	}
	if (is_crash_command_line(*cursor)) {
		line->kind = LW_LINE_BOOT;
		line->fact = LW_FACT_KDUMP;
	}
}

const char *lw_line_kind_name(enum lw_line_kind kind)
{
	switch (kind) {
	case LW_LINE_FAULT:
		return "fault";
	case LW_LINE_INTERRUPT_FAULT:
		return "irfault";
	case LW_LINE_STATUS:
		return "status";
	case LW_LINE_SUPPRESSED:
		return "ratelimit";
	case LW_LINE_DUMP:
		return "dump";
	case LW_LINE_BOOT:
		return "boot";
	case LW_LINE_OTHER:
		break;
	}
	return "negative";
}

const char *lw_fact_name(enum lw_fact fact)
{
	static const char *const names[LW_FACTS] = {
		[LW_FACT_NONE] = "none",
		[LW_FACT_LINUX_VERSION] = "beginning of the log",
		[LW_FACT_KDUMP] = "crash kernel",
		[LW_FACT_VTD] = "VT-d in use",
		[LW_FACT_IOMMU_ENABLED] = "IOMMU switched on",
		[LW_FACT_IOMMU_DISABLED] = "IOMMU switched off",
		[LW_FACT_TRANSLATION_ON] = "translation was on",
		[LW_FACT_TABLES_COPIED] = "translation tables copied",
		[LW_FACT_TABLES_NOT_COPIED] = "translation tables not copied",
		[LW_FACT_INTERRUPTS_ON] = "interrupt remapping was on",
		[LW_FACT_INTERRUPTS_COPIED] = "interrupt-remapping table copied",
		[LW_FACT_INTERRUPTS_NOT_COPIED] = "interrupt-remapping table not copied",
	};

	return (unsigned int)fact < LW_FACTS ? names[fact] : "unknown";
}
