/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few fields of a PCI function's configuration space that matter here (PCI Express Base 5.0,
 * chapters 7.5 to 7.8). Pure: works on bytes that somebody read, and never looks beyond LENGTH.
 */
#ifndef LUWATCH_CONFIG_SPACE_H
#define LUWATCH_CONFIG_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LW_CONFIG_BYTES		 256  /* of a conventional function */
#define LW_CONFIG_EXTENDED_BYTES 4096 /* of a PCI Express function */

/* Device/port types of the PCI Express capability. */
#define LW_EXPRESS_ROOT_PORT  4
#define LW_EXPRESS_UPSTREAM   5
#define LW_EXPRESS_DOWNSTREAM 6
#define LW_EXPRESS_TO_PCI     7

/* Extended capabilities. */
#define LW_CAPABILITY_ATS   0x0f
#define LW_CAPABILITY_PASID 0x1b

/* Device/port type of the PCI Express capability, -1 when the function is no PCI Express one. */
int lw_config_express_type(const uint8_t *config, size_t length);

/* Whether the function may send requests (command register, bus master enable). */
bool lw_config_bus_master(const uint8_t *config, size_t length);

/* Whether it is a bridge: by its header type or its class. Bridges pass on the requests of others.
 */
bool lw_config_bridge(const uint8_t *config, size_t length);

/* Bus behind a bridge. */
uint8_t lw_config_secondary_bus(const uint8_t *config, size_t length);

/*
 * Whether ATS or PASID (LW_CAPABILITY_*) is switched on. A function without the capability has it
 * off; -ENODATA when it may have one, but LENGTH ends before the extended capabilities.
 */
int lw_config_enabled(const uint8_t *config, size_t length, unsigned int capability);

#endif
