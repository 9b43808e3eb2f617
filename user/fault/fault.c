// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names of the kinds a fault can be of, as they stand in the JSON report. They are part of the
 * report's schema: one may be added, none may be renamed.
 */
#include <string.h>

#include "fault/fault.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const windows[] = {
	[LW_WINDOW_BEFORE] = "before",
	[LW_WINDOW_BLACKOUT] = "blackout",
	[LW_WINDOW_EARLY_BOOT] = "early-boot",
	[LW_WINDOW_AFTER] = "after",
};

static const char *const classes[] = {
	[LW_CLASS_PARKED] = "parked",
	[LW_CLASS_BROKEN] = "broken",
	[LW_CLASS_GUEST] = "guest",
	[LW_CLASS_LEAK_HIT] = "leak-hit",
	[LW_CLASS_ORDINARY] = "ordinary",
	[LW_CLASS_INTERRUPT] = "interrupt-remapping",
	[LW_CLASS_UNKNOWN_DEVICE] = "unknown-device",
};

static const char *const sources[] = {
	[LW_SOURCE_REGISTER] = "register",
	[LW_SOURCE_LATCHED] = "latched",
	[LW_SOURCE_LOG] = "log",
};

_Static_assert(COUNT(windows) == LW_WINDOWS, "every window has a name");
_Static_assert(COUNT(classes) == LW_CLASSES, "every class has a name");
_Static_assert(COUNT(sources) == LW_SOURCES, "every source has a name");

static const char *name(const char *const *names, size_t count, unsigned int index)
{
	return index < count ? names[index] : "unknown";
}

const char *lw_window_name(enum lw_window window)
{
	return name(windows, COUNT(windows), window);
}

const char *lw_fault_class_name(enum lw_fault_class class)
{
	return name(classes, COUNT(classes), class);
}

const char *lw_fault_source_name(enum lw_fault_source source)
{
	return name(sources, COUNT(sources), source);
}

static unsigned int value_of(const char *const *names, unsigned int count, const char *word)
{
	unsigned int i;

	for (i = 0; i < count && strcmp(names[i], word); i++)
		;
	return i;
}

enum lw_window lw_window_of(const char *word)
{
	return value_of(windows, LW_WINDOWS, word);
}

enum lw_fault_class lw_fault_class_of(const char *word)
{
	return value_of(classes, LW_CLASSES, word);
}

enum lw_fault_source lw_fault_source_of(const char *word)
{
	return value_of(sources, LW_SOURCES, word);
}

bool lw_fault_is_anybodys(const struct lw_fault *fault)
{
	return fault->rid == LW_RID_OTHER || (fault->flags & LW_FAULT_OTHER && !fault->reason);
}
