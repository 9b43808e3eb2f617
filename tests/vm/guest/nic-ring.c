// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The receive ring of an e1000 that has no driver, in memory that no kernel uses (memmap=): the host sends
 * numbered frames (vmlib/feed.py), the device writes them there by DMA, whoever runs meanwhile.
 *
 *	nic-ring start RID ADDRESS	makes the ring and lets the device receive
 *	nic-ring frames ADDRESS		how many frames are in it, the first and the last one's number, and how many
 *					between them are missing; the device is not touched
 *	nic-ring stop RID
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include "pci-bar.h"

enum {
	E1000_RCTL = 0x100,
	E1000_RCTL_EN = 1 << 1,
	E1000_RCTL_256 = 3 << 16,
	E1000_RCTL_SECRC = 1 << 26,
	E1000_RDBAL = 0x2800,
	E1000_RDBAH = 0x2804,
	E1000_RDLEN = 0x2808,
	E1000_RDH = 0x2810,
	E1000_RDT = 0x2818,
	STATUS_DONE = 1,
	RING = 2048,
	BUFFER = 256,
	BUFFERS_AT = 0x10000,
	NUMBER_AT = 14,
	ROOM = BUFFERS_AT + RING * BUFFER,
};

struct descriptor {
	uint64_t address;
	uint16_t length;
	uint16_t checksum;
	uint8_t status;
	uint8_t errors;
	uint16_t special;
};

static volatile uint8_t *memory(uint64_t address)
{
	int fd = open("/dev/mem", O_RDWR | O_CLOEXEC);
	void *at = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, fd, address);

	if (at != MAP_FAILED)
		return at;
	perror("/dev/mem");
	exit(1);
}

static void start(volatile uint8_t *bar, uint64_t address)
{
	volatile struct descriptor *ring = (void *)memory(address);
	int i;

	write32(bar, E1000_RCTL, 0);
	for (i = 0; i < RING; i++) {
		ring[i].status = 0;
		ring[i].address = address + BUFFERS_AT + i * BUFFER;
	}
	write32(bar, E1000_RDBAL, address);
	write32(bar, E1000_RDBAH, address >> 32);
	write32(bar, E1000_RDLEN, RING * sizeof(*ring));
	write32(bar, E1000_RDH, 0);
	write32(bar, E1000_RDT, RING - 1);
	write32(bar, E1000_RCTL, E1000_RCTL_EN | E1000_RCTL_256 | E1000_RCTL_SECRC);
}

static uint64_t number_in(volatile uint8_t *buffer)
{
	uint64_t number;

	memcpy(&number, (uint8_t *)buffer + NUMBER_AT, sizeof(number));
	return be64toh(number);
}

static void frames(uint64_t address)
{
	volatile uint8_t *at = memory(address);
	volatile struct descriptor *ring = (void *)at;
	uint64_t first = 0, last = 0;
	int i;

	for (i = 0; i < RING && ring[i].status & STATUS_DONE; i++) {
		last = number_in(at + BUFFERS_AT + i * BUFFER);
		if (!i)
			first = last;
	}
	printf("%d %llu %llu %lld\n", i, (unsigned long long)first, (unsigned long long)last,
	       i ? (long long)(last - first + 1 - i) : 0LL);
}

int main(int argc, char **argv)
{
	volatile uint8_t *bar;

	if (argc == 3 && !strcmp(argv[1], "frames")) {
		frames(strtoull(argv[2], NULL, 0));
		return 0;
	}
	if (!(argc == 4 && !strcmp(argv[1], "start")) && !(argc == 3 && !strcmp(argv[1], "stop"))) {
		fprintf(stderr, "usage: nic-ring start RID ADDRESS | frames ADDRESS | stop RID\n");
		return 2;
	}
	bar = pci_bar0(argv[2], 0x20000);
	if (!bar)
		return 1;
	if (argc == 4)
		start(bar, strtoull(argv[3], NULL, 0));
	else
		write32(bar, E1000_RCTL, 0);
	return 0;
}
