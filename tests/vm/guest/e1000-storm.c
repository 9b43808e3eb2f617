// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A storm of real DMAR faults: an e1000 whose transmit ring lies at an address that is not mapped
 * faults once for every doorbell.
 *
 * e1000-storm RID N [DELAY_US [UNTIL]]
 *
 * Rings N doorbells, and then on until there is a file UNTIL. Prints how many and how long that took.
 * Faster than the fault handler clears its record, the unit may compress faults; DELAY_US between
 * doorbells avoids it.
 */
#include <stdlib.h>
#include <time.h>
#include "pci-bar.h"

enum {
	E1000_TCTL = 0x400,
	E1000_TCTL_EN = 2,
	E1000_TDBAL = 0x3800,
	E1000_TDBAH = 0x3804,
	E1000_TDLEN = 0x3808,
	E1000_TDH = 0x3810,
	E1000_TDT = 0x3818,
	RING_ADDRESS = 0x200000,
	RING_BYTES = 4096,
	RING_ENTRIES = RING_BYTES / 16,
};

int main(int argc, char **argv)
{
	struct timespec begin, end;
	volatile uint8_t *bar;
	const char *until;
	long i, n, delay;

	if (argc < 3) {
		fprintf(stderr, "usage: e1000-storm RID N [DELAY_US [UNTIL]]\n");
		return 2;
	}
	n = atol(argv[2]);
	delay = argc > 3 ? atol(argv[3]) : 0;
	until = argc > 4 ? argv[4] : NULL;
	bar = pci_bar0(argv[1], 0x20000);
	if (!bar)
		return 1;
	write32(bar, E1000_TDBAL, RING_ADDRESS);
	write32(bar, E1000_TDBAH, 0);
	write32(bar, E1000_TDLEN, RING_BYTES);
	write32(bar, E1000_TDH, 0);
	write32(bar, E1000_TDT, 0);
	write32(bar, E1000_TCTL, E1000_TCTL_EN);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (i = 1; i <= n || (until && access(until, F_OK)); i++) {
		write32(bar, E1000_TDT, i % RING_ENTRIES);
		if (delay)
			usleep(delay);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	write32(bar, E1000_TCTL, 0);
	printf("doorbells %ld in %.3f s\n", i - 1, (end.tv_sec - begin.tv_sec) +
	       (end.tv_nsec - begin.tv_nsec) / 1e9);
	return 0;
}
