/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration space. The lists of capabilities are linked by offsets that the device chooses, so
 * every step is checked and the number of steps is bounded.
 */
#include <errno.h>

#include "collect/config_space.h"

#define COMMAND		    0x04
#define COMMAND_MASTER	    4
#define STATUS		    0x06
#define STATUS_CAPABILITIES 0x10
#define BASE_CLASS	    0x0b
#define CLASS_BRIDGE	    0x06
#define HEADER_TYPE	    0x0e
#define SECONDARY_BUS	    0x19
#define CAPABILITIES	    0x34
#define CAPABILITY_EXPRESS  0x10
#define EXTENDED	    0x100
#define ATS_CONTROL	    0x06
#define ATS_ENABLE	    0x8000
#define PASID_CONTROL	    0x06
#define PASID_ENABLE	    1

static uint8_t read8(const uint8_t *config, size_t length, size_t at)
{
	return at < length ? config[at] : 0;
}

static uint16_t read16(const uint8_t *config, size_t length, size_t at)
{
	return read8(config, length, at) | read8(config, length, at + 1) << 8;
}

int lw_config_express_type(const uint8_t *config, size_t length)
{
	unsigned int at, hops;

	if (!(read8(config, length, STATUS) & STATUS_CAPABILITIES))
		return -1;
	at = read8(config, length, CAPABILITIES) & 0xfc;
	for (hops = 0; at >= 0x40 && hops < 48; hops++) {
		if (read8(config, length, at) == CAPABILITY_EXPRESS)
			return read8(config, length, at + 2) >> 4;
		at = read8(config, length, at + 1) & 0xfc;
	}
	return -1;
}

bool lw_config_bus_master(const uint8_t *config, size_t length)
{
	return read8(config, length, COMMAND) & COMMAND_MASTER;
}

bool lw_config_bridge(const uint8_t *config, size_t length)
{
	return (read8(config, length, HEADER_TYPE) & 0x7f) == 1 ||
	       read8(config, length, BASE_CLASS) == CLASS_BRIDGE;
}

uint8_t lw_config_secondary_bus(const uint8_t *config, size_t length)
{
	return read8(config, length, SECONDARY_BUS);
}

/* Offset of an extended capability, 0 when there is none. */
static unsigned int find_extended(const uint8_t *config, size_t length, unsigned int capability)
{
	unsigned int at = EXTENDED, hops;

	for (hops = 0; at >= EXTENDED && at + 8 <= length && hops < 480; hops++) {
		if (read16(config, length, at) == capability)
			return at;
		at = read16(config, length, at + 2) >> 4 & ~3U;
	}
	return 0;
}

int lw_config_enabled(const uint8_t *config, size_t length, unsigned int capability)
{
	unsigned int at;

	if (lw_config_express_type(config, length) < 0)
		return 0;
	if (length < LW_CONFIG_EXTENDED_BYTES)
		return -ENODATA;
	at = find_extended(config, length, capability);
	if (!at)
		return 0;
	return capability == LW_CAPABILITY_ATS
		       ? !!(read16(config, length, at + ATS_CONTROL) & ATS_ENABLE)
		       : !!(read16(config, length, at + PASID_CONTROL) & PASID_ENABLE);
}
