/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Earlier kernels, out of the journal: in the order in which it has them, which is that of its
 * numbers and not of a clock. The last one may have said how it ends.
 */
#include <errno.h>
#include <string.h>
#include <systemd/sd-journal.h>

#include "base/io.h"
#include "collect/earlier.h"
#include "probe/kernel.h"

#define BOOTS 8

static struct lw_id id_of(sd_id128_t id)
{
	struct lw_id out = {};
	size_t i;

	for (i = 0; i < 8; i++) {
		out.high = out.high << 8 | id.bytes[i];
		out.low = out.low << 8 | id.bytes[8 + i];
	}
	return out;
}

static int match(sd_journal *journal, const char *name, const char *value)
{
	LW_FREE char *text = lw_format("%s=%s", name, value);

	return sd_journal_add_match(journal, text, 0);
}

static int match_boot(sd_journal *journal, sd_id128_t boot)
{
	char text[SD_ID128_STRING_MAX];

	sd_journal_flush_matches(journal);
	return match(journal, "_BOOT_ID", sd_id128_to_string(boot, text));
}

/* Moves to the last entry before BOOT's first. 1; 0 when there is none; or a negative errno. */
static int go_before(sd_journal *journal, sd_id128_t boot)
{
	LW_FREE char *first = NULL;
	int r = match_boot(journal, boot);

	if (r >= 0)
		r = sd_journal_seek_head(journal);
	if (r >= 0)
		r = sd_journal_next(journal);
	if (r > 0)
		r = sd_journal_get_cursor(journal, &first);
	if (r < 0 || !first)
		return r;
	sd_journal_flush_matches(journal);
	r = sd_journal_seek_cursor(journal, first);
	if (r >= 0)
		r = sd_journal_next(journal);
	return r > 0 ? sd_journal_previous(journal) : r;
}

/* systemd says that it has reached kexec.target. */
static bool ended_by_kexec(sd_journal *journal, sd_id128_t boot)
{
	return match_boot(journal, boot) >= 0 && match(journal, "UNIT", "kexec.target") >= 0 &&
	       match(journal, "JOB_RESULT", "done") >= 0 && sd_journal_seek_tail(journal) >= 0 &&
	       sd_journal_previous(journal) > 0;
}

static int walk_back(sd_journal *journal, sd_id128_t boot, struct lw_earlier_list *list)
{
	struct lw_earlier row = { .teller = LW_TOLD_BY_JOURNAL, .order = BOOTS };
	uint64_t realtime, unused;
	sd_id128_t before;
	int r;

	for (; row.order && (r = go_before(journal, boot)) > 0; row.order--, boot = before) {
		r = sd_journal_get_realtime_usec(journal, &realtime);
		if (r >= 0)
			r = sd_journal_get_monotonic_usec(journal, &unused, &before);
		if (r < 0 || sd_id128_equal(before, boot))
			break;
		row.kernel = id_of(before);
		row.seen_ns = realtime * 1000;
		row.kexec = row.order == BOOTS && ended_by_kexec(journal, before);
		lw_earlier_add(list, row);
	}
	return row.order < BOOTS ? 0 : r < 0 ? r : -ENOENT;
}

int lw_earlier_journal(const struct lw_earlier_places *places, struct lw_earlier_list *list)
{
	const char **files = places->journal;
	sd_journal *journal;
	sd_id128_t boot;
	int r;

	r = sd_id128_from_string(lw_boot_id(), &boot);
	if (r >= 0)
		r = files ? sd_journal_open_files(&journal, files, 0)
			  : sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
	if (r < 0)
		return r;
	r = walk_back(journal, boot, list);
	sd_journal_close(journal);
	return r;
}
