/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LUWATCH_LINE_FIXTURE_H
#define LUWATCH_LINE_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault/fault.h"
#include "fault/line.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct line_form {
	const char *text;
	uint64_t rid;
	bool segment;
	uint32_t flags, reason, pasid;
	uint64_t address;
};

/* Every way the driver has printed a fault, oldest first; a line end where the kernel put one. */
extern const struct line_form line_forms[];
extern const size_t line_form_count;

bool line_is_form(const struct lw_fault *fault, const struct line_form *form);

/* Parses a copy without terminator and of exact size, so that a sanitizer sees every overrun. */
struct lw_line line_of_record(const char *record, size_t length);

/* TEXT in a record of the kernel's, 3,1,2,-;TEXT, with the kernel's escape for a line end. */
struct lw_line line_of(const char *text, size_t length);
struct lw_line line_of_text(const char *text);

#endif
