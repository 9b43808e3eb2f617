// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same log twice: kern.log and syslog of one host, a dump appended to an earlier one. A line is
 * known again by its time and content. Equal ones within one copy are real (clocks stand still in
 * early boot), so per content the largest number in any copy counts, not the sum.
 */
#include <stdlib.h>
#include <string.h>

#include "log/saved.h"

#define ROOM_FIRST 4096
#define ROOM_LAST  (1UL << 20)

struct entry {
	uint64_t key; /* 0 = free */
	uint32_t pass;
	uint32_t here, most; /* in this pass, in any */
};

struct lw_saved_seen {
	struct entry *entries;
	size_t room, count;
	uint32_t pass, step; /* copies by the second, and by the stamp of a record */
};

void lw_saved_seen_free(struct lw_saved_seen *seen)
{
	if (seen)
		free(seen->entries);
	free(seen);
}

static struct entry *place(struct entry *entries, size_t room, uint64_t key)
{
	size_t at = key & (room - 1);

	while (entries[at].key && entries[at].key != key)
		at = (at + 1) & (room - 1);
	return &entries[at];
}

static bool grow(struct lw_saved_seen *seen)
{
	size_t room = seen->room ? seen->room * 2 : ROOM_FIRST, i;
	struct entry *entries;

	if (room > ROOM_LAST)
		return false;
	entries = calloc(room, sizeof(*entries));
	if (!entries)
		return false;
	for (i = 0; i < seen->room; i++)
		if (seen->entries[i].key)
			*place(entries, room, seen->entries[i].key) = seen->entries[i];
	free(seen->entries);
	seen->entries = entries;
	seen->room = room;
	return true;
}

static uint64_t mix_text(uint64_t state, const char *text)
{
	for (; *text; text++)
		state = lw_mix(state, (unsigned char)*text);
	return state;
}

/* Without a time nothing is known again: 0. A time of the boot clock is enough for itself. */
static uint64_t key_of(const struct lw_saved_about *about, uint64_t content)
{
	uint64_t state = lw_mix(LW_MIX_SEED, content);

	if (about->time_ns != UINT64_MAX)
		state = lw_mix(state, about->time_ns);
	else if (*about->when && *about->when != '+')
		state = mix_text(state, about->when);
	else
		return 0;
	state = mix_text(state, about->host);
	return state ? state : 1;
}

bool lw_saved_seen_before(struct lw_saved *log, const struct lw_saved_about *about, uint64_t content)
{
	uint64_t key = key_of(about, content);
	struct entry *entry;
	uint32_t pass;

	if (!key)
		return false;
	if (!log->seen)
		log->seen = calloc(1, sizeof(*log->seen));
	if (!log->seen || (log->seen->count * 2 >= log->seen->room && !grow(log->seen)))
		return false;
	entry = place(log->seen->entries, log->seen->room, key);
	log->seen->count += !entry->key;
	entry->key = key;
	pass = about->time_ns != UINT64_MAX ? log->seen->step : log->seen->pass;
	if (entry->pass != pass)
		entry->here = 0;
	entry->pass = pass;
	if (++entry->here <= entry->most)
		return true;
	entry->most = entry->here;
	return false;
}

void lw_saved_next_pass(struct lw_saved *log)
{
	lw_saved_step_back(log);
	if (log->seen)
		log->seen->pass++;
}

void lw_saved_step_back(struct lw_saved *log)
{
	if (log->seen)
		log->seen->step++;
}
