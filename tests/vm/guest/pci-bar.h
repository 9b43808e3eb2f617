/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opens BAR 0 of a PCI device through sysfs, with memory space and bus mastering on, so that a
 * small program can drive a device that has no driver.
 */
#ifndef PCI_BAR_H
#define PCI_BAR_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define PCI_COMMAND 4
#define PCI_COMMAND_MEMORY_AND_MASTER 6

static int pci_open(const char *rid, const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", rid, file);
	return open(path, O_RDWR | O_CLOEXEC);
}

/* Returns the mapped BAR or NULL after a message; the mapping lives as long as the program. */
static inline volatile uint8_t *pci_bar0(const char *rid, size_t size)
{
	uint16_t command = 0;
	void *bar;
	int fd;

	fd = pci_open(rid, "enable");
	if (fd >= 0) {
		if (write(fd, "1", 1) != 1)
			perror("pci enable");
		close(fd);
	}
	fd = pci_open(rid, "config");
	if (fd < 0 || pread(fd, &command, 2, PCI_COMMAND) != 2) {
		perror(rid);
		return NULL;
	}
	command |= PCI_COMMAND_MEMORY_AND_MASTER;
	if (pwrite(fd, &command, 2, PCI_COMMAND) != 2)
		perror("pci command");
	close(fd);
	fd = pci_open(rid, "resource0");
	bar = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (bar == MAP_FAILED) {
		perror("mmap of BAR 0");
		return NULL;
	}
	close(fd);
	return bar;
}

static inline void write32(volatile uint8_t *bar, unsigned int offset, uint32_t value)
{
	*(volatile uint32_t *)(bar + offset) = value;
}

static inline void write64(volatile uint8_t *bar, unsigned int offset, uint64_t value)
{
	*(volatile uint64_t *)(bar + offset) = value;
}

static inline uint32_t read32(volatile uint8_t *bar, unsigned int offset)
{
	return *(volatile uint32_t *)(bar + offset);
}

#endif
