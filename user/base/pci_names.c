// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libpci's name database, without the rest of libpci: no bus is scanned and no network asked.
 * libpci ends the process when the database is damaged, which a daemon must not do over a name; so
 * its error function is replaced by one that jumps back here, and from then on numbers are used.
 */
#include "base/pci_names.h"

#include <pci/pci.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lw_pci_names {
	struct pci_access *access;
	bool broken;
};

static jmp_buf on_error;

static __attribute__((noreturn)) void fail(char *message, ...)
{
	(void)message;
	longjmp(on_error, 1);
}

static void ignore(char *message, ...)
{
	(void)message;
}

struct lw_pci_names *lw_pci_names_open(const char *path)
{
	struct lw_pci_names *names = calloc(1, sizeof(*names));
	char *copy = path ? strdup(path) : NULL;

	if (!names || (path && !copy)) {
		free(names);
		free(copy);
		return NULL;
	}
	names->access = pci_alloc();
	names->access->error = fail;
	names->access->warning = ignore;
	names->access->debug = ignore;
	if (copy)
		pci_set_name_list_path(names->access, copy, 1);
	return names;
}

void lw_pci_names_close(struct lw_pci_names *names)
{
	if (!names)
		return;
	if (!setjmp(on_error))
		pci_cleanup(names->access);
	free(names);
}

/* The name libpci has, or NULL. WHAT is PCI_LOOKUP_VENDOR or _DEVICE. */
static const char *look_up(struct lw_pci_names *names, char *text, size_t size, int what,
			   uint16_t vendor, uint16_t device)
{
	/* Not udev's copy of the same names: libpci 3.9 leaks a handle with each that is not in it. */
	const int flags = what | PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB;
	const char *found;

	if (!names || names->broken)
		return NULL;
	if (setjmp(on_error)) {
		names->broken = true;
		return NULL;
	}
	if (what & PCI_LOOKUP_DEVICE)
		found = pci_lookup_name(names->access, text, (int)size, flags, vendor, device);
	else
		found = pci_lookup_name(names->access, text, (int)size, flags, vendor);
	return found && *found && *found != '<' ? found : NULL;
}

/*
 * The part of a vendor's name by which people call it: what stands in brackets at the end
 * ("Advanced Micro Devices, Inc. [AMD]"), or else the name without its legal form.
 */
static void shorten_vendor(char *name)
{
	static const char *const forms[] = { ",",    " Corporation", " Corp", " Inc",
					     " Ltd", " GmbH",	     " Co.",  " Limited" };
	char *open = strrchr(name, '['), *close = strrchr(name, ']');
	size_t i;

	if (open && close && open + 1 < close) {
		*close = '\0';
		memmove(name, open + 1, strlen(open + 1) + 1);
		return;
	}
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		char *form = strstr(name, forms[i]);

		if (form && form != name)
			*form = '\0';
	}
}

char *lw_pci_name(struct lw_pci_names *names, uint16_t vendor, uint16_t device,
		  char text[LW_PCI_NAME])
{
	char vendor_text[256], device_text[256];
	const char *found;

	found = look_up(names, vendor_text, sizeof(vendor_text), PCI_LOOKUP_VENDOR, vendor, device);
	if (!found) {
		snprintf(text, LW_PCI_NAME, "device %04x:%04x", vendor, device);
		return text;
	}
	if (found != vendor_text)
		snprintf(vendor_text, sizeof(vendor_text), "%s", found);
	shorten_vendor(vendor_text);

	found = look_up(names, device_text, sizeof(device_text), PCI_LOOKUP_DEVICE, vendor, device);
	if (found)
		snprintf(text, LW_PCI_NAME, "%.31s %.62s", vendor_text, found);
	else
		snprintf(text, LW_PCI_NAME, "%.31s device %04x", vendor_text, device);
	return text;
}
