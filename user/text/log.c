// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A saved log as text. The sum stands first, then one paragraph for each kind of fault, then
 * everything that keeps the sum from being the whole truth.
 */
#include "text/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/id.h"
#include "base/io.h"
#include "fault/json.h"
#include "log/document.h"

#define LEFT_SHOWN 5

static void indented(const struct lw_style *style, enum lw_tone tone, const char *text)
{
	fputs("    ", style->out);
	lw_style_wrap(style, tone, 4, 6, text);
}

static char *escaped(const char *text)
{
	char *safe = lw_escape(text, strlen(text), 0);

	return safe ? safe : lw_format("?");
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void headline(const struct lw_style *style, const struct lw_saved *log)
{
	LW_FREE char *text = NULL;
	enum lw_tone tone = LW_TONE_STRONG;

	if (log->faults) {
		text = lw_format("%" PRIu64 " fault%s, %zu kind%s, in %" PRIu64 " lines", log->faults,
				 plural(log->faults), log->group_count, plural(log->group_count),
				 log->lines);
	} else if (lw_saved_complete(log)) {
		text = lw_format("0 faults in %" PRIu64 " lines", log->lines);
	} else {
		text = lw_format("no fault could be read in %" PRIu64
				 " lines, which does not mean that there was none",
				 log->lines);
		tone = LW_TONE_WARN;
	}
	lw_style_put(style, tone, text);
	fputc('\n', style->out);
}

static char *pasid_text(const struct lw_fault *f)
{
	return f->pasid == LW_NO_PASID ? lw_format("%s", "") : lw_format(", PASID 0x%x", f->pasid);
}

/* Both clocks when the log has both; one time when it is the only one. */
static void times(const struct lw_style *style, const struct lw_saved_group *g)
{
	const struct lw_fault *f = &g->fault;
	LW_FREE char *first = escaped(g->first);
	LW_FREE char *last = escaped(g->last);
	LW_FREE char *wall = NULL, *stamps = NULL, *text = NULL;
	bool stamped = f->first_ns != UINT64_MAX;

	if (*first)
		wall = strcmp(first, last) ? lw_format("%s to %s", first, last) :
					     lw_format("%s", first);
	if (stamped && f->last_ns != f->first_ns)
		stamps = lw_format("%.6f s to %.6f s after boot", (double)f->first_ns / 1e9,
				   (double)f->last_ns / 1e9);
	else if (stamped)
		stamps = lw_format("%.6f s after boot", (double)f->first_ns / 1e9);
	if (!wall && !stamps)
		return;
	text = lw_format("%s%s%s", wall ? wall : "", wall && stamps ? "; " : "",
			 stamps ? stamps : "");
	indented(style, LW_TONE_PLAIN, text);
}

static void device(const struct lw_style *style, const struct lw_saved *log, uint64_t rid,
		   struct lw_pci_names *names)
{
	const struct lw_saved_function *function = lw_saved_function_of(log, rid);
	const char *note = lw_saved_rid_note(log, rid);
	char name[LW_PCI_NAME];
	LW_FREE char *safe = NULL;

	if (function) {
		safe = escaped(lw_pci_name(names, function->vendor, function->device, name));
		indented(style, LW_TONE_PLAIN, safe);
	}
	if (note)
		indented(style, LW_TONE_PLAIN, note);
}

static void group(const struct lw_style *style, const struct lw_saved *log,
		  const struct lw_saved_group *g, struct lw_pci_names *names)
{
	const struct lw_fault *f = &g->fault;
	const char *reason = lw_reason_text(f->reason);
	const char *where = f->flags & LW_FAULT_INTERRUPT ? "index" : "at";
	const char *host = lw_saved_name(&log->hosts, g->host);
	LW_FREE char *pasid = pasid_text(f);
	LW_FREE char *safe_host = host && log->hosts.count > 1 ? escaped(host) : NULL;
	LW_FREE char *words = *g->words ? escaped(g->words) : NULL;
	LW_FREE char *line = NULL, *range = NULL;
	char rid[LW_RID_TEXT];

	fputc('\n', style->out);
	lw_style_put(style, LW_TONE_STRONG, lw_rid_format(f->rid, rid));
	fputs("  ", style->out);
	line = lw_format("%" PRIu64 " x %s, 0x%02x %s%s%s", f->count, lw_fault_type(f), f->reason,
			 reason ? reason : "(reason unknown to this version)",
			 safe_host ? ", on " : "", safe_host ? safe_host : "");
	lw_style_wrap(style, LW_TONE_PLAIN, (unsigned int)strlen(rid) + 2, 4, line);
	range = g->low == g->high ?
			lw_format("%s 0x%" PRIx64 "%s", where, g->low, pasid) :
			lw_format("%s 0x%" PRIx64 " to 0x%" PRIx64 "%s", where, g->low, g->high, pasid);
	indented(style, LW_TONE_PLAIN, range);
	times(style, g);
	device(style, log, f->rid, names);
	if (words) {
		LW_FREE char *quoted = lw_format("the kernel: \"%s\"", words);

		indented(style, LW_TONE_FAINT, quoted);
	}
}

static void groups(const struct lw_style *style, const struct lw_saved *log,
		   struct lw_pci_names *names)
{
	const struct lw_saved_group **sorted = lw_saved_sorted(log);
	size_t i;

	for (i = 0; sorted && i < log->group_count; i++)
		group(style, log, sorted[i], names);
	free(sorted);
	if (log->ungrouped)
		fprintf(style->out, "\n%" PRIu64 " faults of other kinds: only %d kinds are kept apart\n",
			log->ungrouped, LW_SAVED_GROUPS);
	if (log->faults)
		fprintf(style->out, "\nWhat a reason means and what to try: luwatch explain 0x%02x\n",
			log->groups[0].fault.reason);
}

static void singles(const struct lw_style *style, const struct lw_saved *log)
{
	const struct lw_saved_single *s;
	char rid[LW_RID_TEXT];
	size_t i;

	if (log->single_count)
		lw_style_heading(style, "ONE BY ONE");
	for (i = 0; i < log->single_count; i++) {
		LW_FREE char *when = NULL, *pasid = NULL;

		s = &log->singles[i];
		when = escaped(s->when);
		pasid = pasid_text(&s->fault);
		fprintf(style->out, "  line %-7" PRIu64 " %-13s %-9s 0x%02x at 0x%" PRIx64 "%s", s->line,
			lw_rid_format(s->fault.rid, rid), lw_fault_type(&s->fault),
			s->fault.reason, s->fault.address, pasid);
		if (s->fault.first_ns != UINT64_MAX)
			fprintf(style->out, "  %.6f", (double)s->fault.first_ns / 1e9);
		fprintf(style->out, "%s%s\n", *when ? "  " : "", when);
	}
	if (log->single_count < log->faults)
		fprintf(style->out, "  and %" PRIu64 " more, which are only counted\n",
			log->faults - log->single_count);
}

static void put_file(const struct lw_style *style, const char *name)
{
	LW_FREE char *safe = escaped(name ? name : "?");

	fprintf(style->out, "%s, ", safe);
}

static void left_out(const struct lw_style *style, const struct lw_saved *log, bool verbose)
{
	size_t shown = verbose || log->left_count <= LEFT_SHOWN ? log->left_count : LEFT_SHOWN, i;
	uint64_t total = lw_saved_left_total(log);
	const struct lw_saved_left *left;

	if (!total)
		return;
	lw_style_heading(style, "LEFT OUT");
	for (i = 0; i < LW_SAVED_WHYS; i++)
		if (log->left_by[i])
			fprintf(style->out, "  %" PRIu64 " line%s: %s\n", log->left_by[i],
				plural(log->left_by[i]), lw_saved_why_text((enum lw_saved_why)i));
	for (i = 0; i < shown; i++) {
		LW_FREE char *text = NULL;

		left = &log->left[i];
		text = lw_escape(left->text, strlen(left->text), 100);
		fputs("  ", style->out);
		if (log->files.count > 1 && left->line)
			put_file(style, lw_saved_name(&log->files, left->file));
		if (left->line)
			fprintf(style->out, "line %" PRIu64 ": ", left->line);
		fprintf(style->out, "%s\n", text ? text : "?");
	}
	if (shown < total)
		fprintf(style->out, "  and %" PRIu64 " more%s\n", total - shown,
			verbose ? "" : " (-v shows them)");
}

static void closing(const struct lw_style *style, const struct lw_saved *log)
{
	FILE *out = style->out;

	fputc('\n', out);
	if (log->suppressed)
		fprintf(out, "The kernel suppressed %" PRIu64 " callbacks: about %" PRIu64
			     " faults more, which no log has.\n",
			log->suppressed, log->suppressed / 3);
	if (log->lost)
		fprintf(out, "Missing by the log's own numbers: %" PRIu64 " records.\n", log->lost);
	if (log->twice)
		fprintf(out, "%" PRIu64 " faults stand more than once with the same time; each is "
			     "counted once.\n", log->twice);
	if (log->statuses && !log->faults)
		fprintf(out, "%" PRIu64 " times the kernel says that it handled faults; which, this log "
			     "does not have.\n", log->statuses);
	if (log->amd_lines)
		fprintf(out, "%" PRIu64 " lines are AMD-Vi's: another IOMMU, which luwatch does not "
			     "read.\n", log->amd_lines);
	if (log->files.full || log->hosts.full)
		fprintf(out, "More than %d files or hosts: not all are told apart.\n", LW_SAVED_NAMES);
}

void lw_text_log(const struct lw_style *style, const struct lw_saved *log,
		 struct lw_pci_names *names, bool verbose)
{
	headline(style, log);
	groups(style, log, names);
	if (verbose)
		singles(style, log);
	left_out(style, log, verbose);
	closing(style, log);
}
