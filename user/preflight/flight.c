/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the judges share: looking up devices and units among the facts, and adding to the warnings.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "preflight/flight.h"

struct lw_warning *lw_foresee(struct flight *f, struct lw_warning about, const char *format, ...)
{
	struct lw_warnings *out = f->out;
	struct lw_warning *grown;
	va_list arguments;
	int r;

	if (out->count == out->size) {
		size_t size = out->size ? 2 * out->size : 16;

		grown = realloc(out->list, size * sizeof(*grown));
		if (!grown) {
			out->error = -ENOMEM;
			return NULL;
		}
		out->list = grown;
		out->size = size;
	}
	va_start(arguments, format);
	r = vasprintf(&about.message, format, arguments);
	va_end(arguments);
	if (r < 0) {
		out->error = -ENOMEM;
		return NULL;
	}
	out->list[out->count] = about;
	return &out->list[out->count++];
}

struct lw_warning lw_about_device(const struct lw_flight_device *device, enum lw_severity severity,
				  const char *topic)
{
	struct lw_warning about = { .severity = severity, .topic = topic };

	lw_rid_format(device->pci->rid, about.subject);
	about.name = device->pci->name;
	about.unit = device->unit;
	return about;
}

static int by_rid(const void *key, const void *element)
{
	const struct lw_flight_device *device = element;
	uint64_t rid = *(const uint64_t *)key;

	return rid < device->pci->rid ? -1 : rid > device->pci->rid;
}

const struct lw_flight_device *lw_flight_device(const struct lw_flight_facts *facts, uint64_t rid)
{
	if (!facts->device_count)
		return NULL;
	return bsearch(&rid, facts->devices, facts->device_count, sizeof(*facts->devices), by_rid);
}

const struct lw_flight_unit *lw_flight_unit(const struct lw_flight_facts *facts, const char *name)
{
	size_t i;

	for (i = 0; name && i < facts->unit_count; i++)
		if (!strcmp(facts->units[i].name, name))
			return &facts->units[i];
	return NULL;
}

bool lw_unit_stays_on(const struct lw_flight_facts *facts, const char *unit)
{
	const struct lw_flight_unit *known = lw_flight_unit(facts, unit);
	size_t i;

	if (!unit || !facts->marks_supported)
		return false;
	if (known && known->marked)
		return true;
	for (i = 0; i < facts->device_count; i++) {
		const struct lw_flight_device *device = &facts->devices[i];

		if (lw_planned(device) && device->unit && !strcmp(device->unit, unit))
			return true;
	}
	return false;
}

bool lw_sends_as(const struct lw_device *device, uint64_t rid)
{
	size_t i;

	if (device->rid == rid)
		return true;
	for (i = 0; i < device->alias_count; i++)
		if (device->aliases[i] == rid)
			return true;
	return false;
}

void lw_relate(struct lw_warning *warning, uint64_t rid)
{
	if (!warning)
		return;
	if (warning->related_count < LW_RELATED)
		warning->related[warning->related_count] = rid;
	warning->related_count++;
}
