/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of PCI devices from the PCI ID database. */
#ifndef LUWATCH_PCI_NAMES_H
#define LUWATCH_PCI_NAMES_H

#include <stddef.h>
#include <stdint.h>

#define LW_PCI_NAME 96

struct lw_pci_names;

/*
 * Opens the database at PATH, or where the system keeps it when PATH is NULL. A missing or damaged
 * database is no error: devices then are called by their numbers. NULL only without memory.
 */
struct lw_pci_names *lw_pci_names_open(const char *path);
void lw_pci_names_close(struct lw_pci_names *names);

/*
 * "Intel 82574L Gigabit Network Connection"; "Intel device 10d3" when only the vendor is known;
 * "device 8086:10d3" when nothing is. NAMES may be NULL. Untrusted text: escape it for a terminal.
 * Not for use by several threads at once. Returns TEXT, always terminated.
 */
char *lw_pci_name(struct lw_pci_names *names, uint16_t vendor, uint16_t device,
		  char text[LW_PCI_NAME]);

#endif
