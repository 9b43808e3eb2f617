// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the log itself tells about the functions whose requester IDs fault: it lists them at boot.
 */
#include <errno.h>
#include <stdlib.h>

#include "log/saved.h"

void lw_saved_function(struct lw_saved *log, const struct lw_saved_function *function)
{
	if (!log->functions)
		log->functions = calloc(LW_SAVED_FUNCTIONS, sizeof(*log->functions));
	if (!log->functions)
		log->error = -ENOMEM;
	else if (log->function_count < LW_SAVED_FUNCTIONS)
		log->functions[log->function_count++] = *function;
}

const struct lw_saved_function *lw_saved_function_of(const struct lw_saved *log, uint64_t rid)
{
	size_t i;

	for (i = log->function_count; i--;)
		if (log->functions[i].rid == rid)
			return &log->functions[i];
	return NULL;
}

const char *lw_saved_rid_note(const struct lw_saved *log, uint64_t rid)
{
	const struct lw_saved_function *function = lw_saved_function_of(log, rid);

	if (LW_RID_SEGMENT(rid) >= 0x10000)
		return "a domain that a VMD controller makes: the device is behind it";
	if (function && function->class >> 8 == 0x0604)
		return "a bridge: a device behind it uses this requester ID";
	if (log->function_count >= 8 && !function)
		return "in no list of functions in this log: an alias of a device behind a bridge, a "
		       "virtual function, or a device that came later or was removed";
	return NULL;
}
