/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder of stored hand-overs that a test fills; made and removed around each test. */
#ifndef LUWATCH_TEST_STORE_FIXTURE_H
#define LUWATCH_TEST_STORE_FIXTURE_H

#include <jansson.h>
#include <stdint.h>

#define ID_A "aaaa0000000000000000000000000001"
#define ID_B "aaaa0000000000000000000000000002"
#define ID_C "bbbb0000000000000000000000000003"

extern char state[64];

int make_state(void **unused);
int remove_state(void **unused);

json_t *make_report(const char *id, const char *collected, const char *boot);

/* Stores a clean report; BOOT is the boot that it began. */
void save(const char *id, uint32_t revision, const char *collected, const char *boot);

/* Writes TEXT to a file of the folder. */
void write_raw(const char *relative, const char *text);

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_state, remove_state)

#endif
