// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Wrapped faults. The bytes say which fault, behind what, where it is broken and what stands between;
 * what is read is that fault, or it is told to be cut. Nothing else is ever read. Bytes that are left
 * are lines behind it, as they are.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "line_fixture.h"
#include "log/passage.h"
#include "saved_fixture.h"

static const char *const heads[] = {
	"", "[   12.345678] ", "Nov 22 10:00:00 host kernel: [   12.345678] ", "> ", "    ", "  12:", "<3>",
};
static const char *const others[] = {
	"", "[   12.345679] usb 1-1: new high-speed USB device number 7 using xhci_hcd",
	"[   12.345679] ata1.00: 976773168 sectors, multi 16", "-- \nsent from a telephone", "e1000e 0000:00:1f.6 eth0: up",
};

struct bytes {
	const uint8_t *at, *end;
};

static unsigned int next(struct bytes *b, size_t limit)
{
	return b->at < b->end ? (unsigned int)(*b->at++ % limit) : 0;
}

static char *append(char *out, const char *text, size_t length)
{
	memcpy(out, text, length);
	return out + length;
}

static void put(struct lw_passage *passage, const char *bytes, size_t size)
{
	struct lw_saved_about about = { .facility = -1, .time_ns = UINT64_MAX, .times = 1, .line = 1 };
	const char *at, *end = bytes + size, *line_end;

	for (at = bytes; at < end; at = line_end + 1, about.line++) {
		line_end = memchr(at, '\n', (size_t)(end - at));
		line_end = line_end ? line_end : end;
		lw_passage_add(passage, &about, at, (size_t)(line_end - at));
	}
}

static struct lw_passage *begin(struct lw_saved *log)
{
	struct lw_passage *passage = malloc(sizeof(*passage));

	MUST(passage);
	lw_saved_init(log);
	lw_passage_init(passage, log);
	return passage;
}

static void end(struct lw_passage *passage)
{
	lw_passage_end(passage);
	lw_passage_free(passage);
	free(passage);
}

/* The fault, broken; returns which. */
static const struct line_form *broken(struct bytes *b, char *text, size_t *length)
{
	const struct line_form *form = &line_forms[next(b, line_form_count)];
	const char *head = heads[next(b, COUNT(heads))], *at = form->text, *other;
	unsigned int breaks = 1 + next(b, 3), how;
	char *out = append(text, head, strlen(head));
	size_t n;

	while (breaks-- && *at) {
		n = 1 + next(b, strlen(at));
		out = append(out, at, n);
		at += n;
		how = next(b, 16);
		/* A mailer breaks at a blank, and takes it away; a terminal anywhere. */
		if (how & 1)
			while (out > text && out[-1] == ' ')
				out--;
		*out++ = '\n';
		other = others[how & 8 ? next(b, COUNT(others)) : 0];
		if (*other)
			out = append(append(out, other, strlen(other)), "\n", 1);
		if (how & 2)
			out = append(out, head, strlen(head));
	}
	out = append(out, at, strlen(at));
	*out++ = '\n';
	*length = (size_t)(out - text);
	return form;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, data + size };
	const struct line_form *form;
	struct lw_passage *passage;
	struct lw_saved log;
	char text[8192];
	size_t length;

	form = broken(&b, text, &length);
	passage = begin(&log);
	put(passage, text, length);
	end(passage);
	MUST(log.faults <= 1);
	if (log.faults)
		MUST(line_is_form(&log.singles[0].fault, form));
	else
		MUST(lw_saved_left_total(&log));
	lw_saved_free(&log);

	passage = begin(&log);
	put(passage, text, length / 2);
	put(passage, (const char *)b.at, (size_t)(b.end - b.at));
	end(passage);
	MUST(log.single_count <= log.faults);
	lw_saved_free(&log);
	return 0;
}
