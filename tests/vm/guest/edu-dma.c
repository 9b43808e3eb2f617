// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes an edu device (1234:11e8) read or write guest memory by DMA: a fault at will.
 *
 * edu-dma RID [ADDRESS [COUNT]] [--write] [--late]
 *
 * The device transfers 64 bytes about 100 ms after the command; the program waits for each
 * transfer, except for the last one with --late, which is then under way when the program ends: a
 * kexec at once lands it in the blackout if bus mastering is still on by then (the fixture's
 * `busy` sets it again). Addresses advance by a page. Default: 0x100000 once.
 */
#include <stdlib.h>
#include <string.h>
#include "pci-bar.h"

enum {
	EDU_SOURCE = 0x80,
	EDU_DESTINATION = 0x88,
	EDU_COUNT = 0x90,
	EDU_COMMAND = 0x98,
	EDU_BUFFER = 0x40000,
	EDU_START = 1,
	EDU_TO_MEMORY = 2,
};

int main(int argc, char **argv)
{
	uint64_t address = 0x100000;
	int count = 1, late = 0, to_memory = 0, words = 0, i, wait;
	volatile uint8_t *bar;
	const char *rid = NULL;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--late"))
			late = 1;
		else if (!strcmp(argv[i], "--write"))
			to_memory = 1;
		else if (words++ == 0)
			rid = argv[i];
		else if (words == 2)
			address = strtoull(argv[i], NULL, 0);
		else
			count = atoi(argv[i]);
	}
	if (!rid) {
		fprintf(stderr, "usage: edu-dma RID [ADDRESS [COUNT]] [--write] [--late]\n");
		return 2;
	}
	bar = pci_bar0(rid, 4096);
	if (!bar)
		return 1;
	for (i = 0; i < count; i++, address += 4096) {
		write64(bar, EDU_SOURCE, to_memory ? EDU_BUFFER : address);
		write64(bar, EDU_DESTINATION, to_memory ? address : EDU_BUFFER);
		write64(bar, EDU_COUNT, 64);
		write64(bar, EDU_COMMAND, EDU_START | (to_memory ? EDU_TO_MEMORY : 0));
		if (late && i == count - 1)
			break;
		for (wait = 0; wait < 500 && (read32(bar, EDU_COMMAND) & EDU_START); wait++)
			usleep(10000);
		if (wait == 500) {
			fprintf(stderr, "edu-dma: %s does not finish\n", rid);
			return 1;
		}
	}
	return 0;
}
