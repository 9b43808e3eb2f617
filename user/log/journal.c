// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Journal files, read by the library that writes them. Whose message it is stands in fields that
 * programs cannot write.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-journal.h>

#include "log/json.h"
#include "log/mark.h"
#include "log/source.h"
#include "log/text.h"

bool lw_source_is_journal(const void *bytes, size_t length)
{
	return length >= 8 && !memcmp(bytes, "LPKSHHRH", 8);
}

static const char *field(sd_journal *journal, const char *name, size_t *length)
{
	size_t skip = strlen(name) + 1;
	const void *data;

	if (sd_journal_get_data(journal, name, &data, length) < 0 || *length < skip)
		return NULL;
	*length -= skip;
	return (const char *)data + skip;
}

static void take_entry(sd_journal *journal, struct lw_passage *passage)
{
	static const char *const names[] = { "_TRANSPORT", "SYSLOG_FACILITY", "SYSLOG_IDENTIFIER",
					     "_HOSTNAME", "_SOURCE_MONOTONIC_TIMESTAMP" };
	struct lw_saved_about about = { .facility = -1, .time_ns = UINT64_MAX, .times = 1 };
	const char *value;
	char text[32];
	uint64_t us;
	size_t length, i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = field(journal, names[i], &length);
		if (value && length < sizeof(text)) {
			memcpy(text, value, length);
			text[length] = '\0';
			lw_json_field(&about, names[i], text, length);
		}
	}
	if (!sd_journal_get_realtime_usec(journal, &us)) {
		snprintf(about.when, sizeof(about.when), "%" PRIu64 ".%06u", us / 1000000,
			 (unsigned int)(us % 1000000));
	}
	value = field(journal, "MESSAGE", &length);
	if (value && lw_mark_find(value, value + length))
		lw_text_string(passage, &about, 0, value, length);
	else /* It may hold the rest of a line that was wrapped: nothing is joined over it. */
		lw_passage_end(passage);
}

int lw_source_journal(struct lw_saved *log, int fd)
{
	int fds[] = { fd };
	struct lw_passage passage;
	sd_journal *journal;
	int r = sd_journal_open_files_fd(&journal, fds, 1, 0);

	if (r < 0)
		return r;
	sd_journal_set_data_threshold(journal, 0);
	lw_passage_init(&passage, log);
	r = sd_journal_seek_head(journal);
	while (r >= 0 && (r = sd_journal_next(journal)) > 0) {
		log->lines++;
		take_entry(journal, &passage);
	}
	lw_passage_end(&passage);
	lw_passage_free(&passage);
	sd_journal_close(journal);
	return r < 0 ? r : 0;
}
