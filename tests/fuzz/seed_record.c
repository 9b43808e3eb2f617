// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes the seed corpus of fuzz_record into the folder named on the command line: whole hand-overs
 * of the synthetic machine in both modes, as pages and as text, in every surrounding.
 */
#include <stdio.h>
#include <stdlib.h>

#include "carry/text.h"
#include "synth.h"

static int write_seed(const char *folder, const char *name, unsigned int how, const uint8_t *bytes,
		      size_t length)
{
	char path[4096];
	FILE *file;
	int bad;

	snprintf(path, sizeof(path), "%s/%s-%02x", folder, name, how);
	file = fopen(path, "w");
	if (!file)
		return 1;
	bad = fputc(how, file) == EOF || fwrite(bytes, 1, length, file) != length;
	return fclose(file) || bad;
}

/* The records one behind the other: small, so that a mutation hits something. */
static int write_records(const char *folder, const struct synth *s, const char *name)
{
	size_t count = s->baseline_count + s->log_count, i;
	struct lw_record *records = calloc(count, sizeof(*records));
	unsigned int how;
	int bad = 0;

	for (i = 0; i < s->baseline_count; i++)
		records[i] = s->baseline[i];
	for (i = 0; i < s->log_count; i++)
		records[s->baseline_count + i] = s->log[i];
	for (how = 0; how < 128; how += 2)
		bad |= write_seed(folder, name, how, (uint8_t *)records, count * sizeof(*records));
	free(records);
	return bad;
}

/* As pstore has it: the parts newest first, each line with the kernel's and the tracer's prefix. */
static int write_store(const char *folder, const struct synth *s, const char *name)
{
	char *text = NULL, line[LW_DENSE_LEN + 1];
	size_t length, i;
	FILE *out = open_memstream(&text, &length);
	int part, bad;

	if (!out)
		return 1;
	for (part = 1; part <= 2; part++) {
		fprintf(out, "Shutdown#1 Part%d\n", part);
		for (i = s->log_count / 2 * (2 - part); i < (part == 1 ? s->log_count : s->log_count / 2); i++) {
			lw_record_to_text(&s->log[i], line);
			fprintf(out, "<0>[   12.%06zu] kexec-7  0d..1. %zuus : bpf_trace_printk: %s\n", i, i,
				line);
		}
	}
	for (i = 0; i < s->baseline_count; i++) {
		lw_record_to_text(&s->baseline[i], line);
		fprintf(out, "<0>[   12.000000] luwatch-7  0..... 1us : tracing_mark_write: %s\n", line);
	}
	bad = fclose(out) || write_seed(folder, name, 1, (uint8_t *)text, length);
	free(text);
	return bad;
}

static int write_machine(const char *folder, bool scalable)
{
	struct synth *s = synth_standard(scalable);
	uint8_t *bytes;
	size_t length;
	int bad;

	synth_kexec(s);
	bad = write_records(folder, s, scalable ? "scalable" : "legacy");
	bytes = synth_pages(s, &length);
	bad |= write_seed(folder, scalable ? "pages-scalable" : "pages-legacy", 0, bytes, length);
	free(bytes);
	bytes = synth_text(s, &length);
	bad |= write_seed(folder, scalable ? "text-scalable" : "text-legacy", 1, bytes, length);
	free(bytes);
	bad |= write_store(folder, s, scalable ? "store-scalable" : "store-legacy");
	synth_free(s);
	return bad;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	return write_machine(argv[1], false) || write_machine(argv[1], true);
}
