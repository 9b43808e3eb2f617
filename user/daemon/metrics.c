/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rendering the metrics. Everything that is exported stands in lw_metrics_text(), in one order, so
 * that the list of metrics can be read here from top to bottom.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/id.h"
#include "carry/carrier.h"
#include "config/level.h"
#include "daemon/metrics.h"
#include "probe/hooks.h"

static void head(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP luwatch_%s %s\n# TYPE luwatch_%s %s\n", name, help, name, type);
}

/* A label's value as the format wants it; what comes from outside was made printable before. */
static void label(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", out);
		else if (*value == '"' || *value == '\\')
			fprintf(out, "\\%c", *value);
		else
			fputc(*value, out);
	}
	fputc('"', out);
}

static void single(FILE *out, const char *name, const char *type, const char *help, uint64_t value)
{
	head(out, name, type, help);
	fprintf(out, "luwatch_%s %" PRIu64 "\n", name, value);
}

/* One series with one label. */
static void series(FILE *out, const char *name, const char *key, const char *word, uint64_t value)
{
	fprintf(out, "luwatch_%s{", name);
	label(out, key, word);
	fprintf(out, "} %" PRIu64 "\n", value);
}

static void series_of_two(FILE *out, const char *name, const char *key1, const char *word1,
			  const char *key2, const char *word2, uint64_t value)
{
	fprintf(out, "luwatch_%s{", name);
	label(out, key1, word1);
	fputc(',', out);
	label(out, key2, word2);
	fprintf(out, "} %" PRIu64 "\n", value);
}

static void armed_parts(FILE *out, const struct lw_metrics *m)
{
	size_t i;

	single(out, "ready", "gauge",
	       "Whether a kexec now would be fully recorded, as `luwatch status --ready` says.",
	       m->ready);
	head(out, "preserved_devices", "gauge",
	     "Devices that are to be preserved: declared by the operator, marked by the kernel.");
	series(out, "preserved_devices", "set", "declared", m->declared);
	series(out, "preserved_devices", "set", "marked", m->marked);
	head(out, "probe_armed", "gauge",
	     "Whether the probe is attached; 0 also where the kernel has no such function.");
	for (i = 0; i < (size_t)lw_hook_count; i++)
		series(out, "probe_armed", "probe", lw_hooks[i].name,
		       m->probes >> lw_hooks[i].bit & 1);
	single(out, "uncounted_probes", "gauge",
	       "Probes whose skipped runs this kernel does not count (kprobes before Linux 6.7).",
	       m->uncounted_probes);
	head(out, "carrier_armed", "gauge", "Whether records would cross a kexec on this carrier.");
	for (i = 0; i < LW_CARRIER_COUNT; i++)
		series(out, "carrier_armed", "carrier", lw_carriers[i]->name, m->carriers >> i & 1);
}

static void fault_counters(FILE *out, const struct lw_account *a)
{
	unsigned int class, window;

	head(out, "faults_total", "counter",
	     "DMAR faults of this boot and of the hand-over that began it, by class and time.");
	for (class = 0; class < LW_CLASSES; class ++)
		for (window = 0; window < LW_WINDOWS; window++)
			series_of_two(out, "faults_total", "class", lw_fault_class_name(class),
				      "window", lw_window_name(window), a->faults[class][window]);
}

/* Beside the others, so that no rule has to leave them out. */
static void known_counters(FILE *out, const struct lw_account *a)
{
	unsigned int class;

	head(out, "known_faults_total", "counter",
	     "Faults of the list of known ones ([faults] known), which are in no other count of faults.");
	for (class = 0; class < LW_CLASSES; class ++)
		series(out, "known_faults_total", "class", lw_fault_class_name(class), a->known[class]);
}

static void device_counters(FILE *out, const struct lw_account *a)
{
	unsigned int class;
	char rid[LW_RID_TEXT];
	size_t i;

	if (!a->device_count && !a->series)
		for (class = 0; class < LW_CLASSES && !a->other[class]; class ++)
			if (class == LW_CLASSES - 1)
				return;
	head(out, "device_faults_total", "counter",
	     "The same by requester ID: the first 16 that faulted by name, all further as other.");
	for (i = 0; i < a->device_count; i++)
		for (class = 0; class < LW_CLASSES; class ++)
			if (a->devices[i].count[class])
				series_of_two(out, "device_faults_total", "rid",
					      lw_rid_format(a->devices[i].rid, rid), "class",
					      lw_fault_class_name(class),
					      a->devices[i].count[class]);
	for (class = 0; class < LW_CLASSES; class ++)
		if (a->other[class])
			series_of_two(out, "device_faults_total", "rid", "other", "class",
				      lw_fault_class_name(class), a->other[class]);
}

static void handover_words(FILE *out, const struct lw_metrics_handover *h)
{
	unsigned int i;

	head(out, "last_handover_timestamp_seconds", "gauge",
	     "When the last hand-over of this host shut the old kernel down.");
	fprintf(out, "luwatch_last_handover_timestamp_seconds %.3f\n", h->timestamp_s);
	head(out, "last_handover_info", "gauge", "Which hand-over it was.");
	fputs("luwatch_last_handover_info{", out);
	label(out, "id", h->id);
	fputc(',', out);
	label(out, "kernel_old", h->kernel_old);
	fputc(',', out);
	label(out, "kernel_new", h->kernel_new);
	fputs("} 1\n", out);
	head(out, "last_handover_verdict", "gauge", "1 for the verdict that was given.");
	for (i = LW_VERDICT_CLEAN; i < LW_VERDICTS; i++)
		series(out, "last_handover_verdict", "verdict", lw_verdict_name(i),
		       h->verdict == i);
	single(out, "last_handover_final", "gauge",
	       "1 once the watch period is over and the verdict cannot change any more.", h->final);
	single(out, "last_handover_acknowledged", "gauge",
	       "1 once a person has acknowledged this verdict (`luwatch ack`).", h->acknowledged);
}

static void handover_counts(FILE *out, const struct lw_metrics_handover *h)
{
	unsigned int i, answer;

	head(out, "last_handover_faults", "gauge",
	     "Faults in its blackout, in early boot and in the watch period so far.");
	for (i = 0; i < LW_CLASSES; i++)
		series(out, "last_handover_faults", "class", lw_fault_class_name(i), h->faults[i]);
	head(out, "last_handover_entries", "gauge", "Context entries by what became of them.");
	for (i = 0; i < LW_CONTEXT_STATES; i++)
		series(out, "last_handover_entries", "state", lw_context_state_name(i),
		       h->entries[i]);
	head(out, "last_handover_invariant", "gauge",
	     "1 for the result of each check; `luwatch explain` says what they are.");
	for (i = 0; i < LW_INVARIANTS; i++)
		for (answer = 0; h->answers[i] < LW_ANSWERS && answer < LW_ANSWERS; answer++)
			series_of_two(out, "last_handover_invariant", "id", lw_invariant_name(i),
				      "result", lw_answer_name(answer), h->answers[i] == answer);
	if (h->blackout_s < 0)
		return;
	head(out, "last_handover_blackout_seconds", "gauge",
	     "From kernel_kexec() in the old kernel to the start of the next one's clock.");
	fprintf(out, "luwatch_last_handover_blackout_seconds %.3f\n", h->blackout_s);
}

static void build_info(FILE *out, const struct lw_metrics *m)
{
	head(out, "build_info", "gauge", "The agent's version and the kernel it runs on.");
	fputs("luwatch_build_info{", out);
	label(out, "version", m->version);
	fputc(',', out);
	label(out, "kernel", m->kernel);
	fputs("} 1\n", out);
}

/* Names of labels are checked when the configuration is read; the prefix keeps them apart. */
static void host_info(FILE *out, const struct lw_metrics *m)
{
	char name[LW_LABEL_NAME + 8];
	size_t i;

	head(out, "host_info", "gauge",
	     "The level of recording in force, and the operator's words about this host.");
	fputs("luwatch_host_info{", out);
	label(out, "level", lw_level_name(m->level));
	fputc(',', out);
	label(out, "ring", m->ring ? m->ring : "");
	for (i = 0; i < m->label_count; i++) {
		snprintf(name, sizeof(name), ",label_%s", m->labels[i].name);
		label(out, name, m->labels[i].value);
	}
	fputs("} 1\n", out);
}

/* Only where the kernel counts: a nought would be a lie. */
static void program_runs(FILE *out, const struct lw_metrics *m)
{
	size_t i;

	if (!m->program_count)
		return;
	head(out, "program_runs_total", "counter",
	     "Runs of each program, where kernel.bpf_stats_enabled is 1.");
	for (i = 0; i < m->program_count; i++)
		series(out, "program_runs_total", "program", m->programs[i].name, m->programs[i].runs);
	head(out, "program_seconds_total", "counter", "Processor time of these runs.");
	for (i = 0; i < m->program_count; i++)
		fprintf(out, "luwatch_program_seconds_total{program=\"%s\"} %.9f\n", m->programs[i].name,
			m->programs[i].time_ns / 1e9);
}

static void kernel_armed(FILE *out, const struct lw_metrics *m)
{
	single(out, "kernel_armed", "gauge",
	       "Whether the running kernel's hand-over would be recorded, even if this agent died.",
	       m->armed);
}

static void faults_and_losses(FILE *out, const struct lw_metrics *m)
{
	unsigned int i;

	fault_counters(out, m->account);
	known_counters(out, m->account);
	device_counters(out, m->account);
	single(out, "fault_interrupts_total", "counter",
	       "Runs of the kernel's fault handler since it was armed.", m->fault_interrupts);
	head(out, "losses_total", "counter",
	     "Everything that was not seen, not kept or not told, by kind.");
	for (i = 0; i < LW_LOSSES; i++)
		series(out, "losses_total", "kind", lw_loss_name(i), m->losses[i]);
}

static void daemons_own(FILE *out, const struct lw_metrics *m)
{
	program_runs(out, m);
	if (m->handover) {
		handover_words(out, m->handover);
		handover_counts(out, m->handover);
	}
	single(out, "audit_sequence", "gauge", "Number of the last record of the audit log.",
	       m->audit_sequence);
	single(out, "configuration_refused", "gauge",
	       "1 when the files were refused at the last reload: the configuration before is in force.",
	       m->configuration_refused);
	single(out, "audit_write_errors_total", "counter",
	       "Records of the audit log that could not be written.", m->audit_write_errors);
}

/* \p whole: also what only the daemon knows. Returns NULL without memory. */
static char *exposition(const struct lw_metrics *m, size_t *length, bool whole)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	if (!out)
		return NULL;
	build_info(out, m);
	host_info(out, m);
	kernel_armed(out, m);
	if (whole)
		armed_parts(out, m);
	faults_and_losses(out, m);
	if (whole)
		daemons_own(out, m);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

char *lw_metrics_faults(const struct lw_metrics *m, size_t *length)
{
	return exposition(m, length, false);
}

char *lw_metrics_text(const struct lw_metrics *m, size_t *length)
{
	return exposition(m, length, true);
}
