/* SPDX-License-Identifier: GPL-2.0-or-later */
/* luwatch decode: what makes a report, and what --fail-on says of faults. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/id.h"
#include "base/message.h"
#include "command/command.h"
#include "command/decode.h"
#include "report/json.h"
#include "report/stored.h"
#include "text/text.h"

int lw_decode_fail_on(struct lw_decode_options *o, const char *what)
{
	char *end;

	o->fail_on = what;
	o->fail_reason = -1;
	if (!strcmp(what, "any") || lw_word_of(&lw_causes, what) ||
	    lw_word_of(&lw_fault_classes, what))
		return 0;
	o->fail_reason = (int)strtol(what, &end, 16);
	return strncmp(what, "0x", 2) || *end || o->fail_reason < 0 || o->fail_reason > 0xff ?
		       -EINVAL : 0;
}

/* CLASS is NULL for a fault of a log, of which no hand-over is known. */
static bool is_asked_for(const struct lw_decode_options *o, const struct lw_fault *f,
			 const char *class)
{
	if (!o->fail_on || lw_known_has(&o->known, f))
		return false;
	if (o->fail_reason >= 0)
		return f->reason == (uint32_t)o->fail_reason;
	if (!strcmp(o->fail_on, "any"))
		return true;
	if (lw_fault_is_interrupt(f) && !strcmp(o->fail_on, lw_fault_class_name(LW_CLASS_INTERRUPT)))
		return true;
	return (class && !strcmp(o->fail_on, class)) ||
	       !strcmp(o->fail_on, lw_word_name(&lw_causes, lw_fault_caused_by(f)));
}

bool lw_decode_fails(const struct lw_decode_options *o, const struct lw_saved *log)
{
	size_t i;

	for (i = 0; i < log->group_count; i++)
		if (is_asked_for(o, &log->groups[i].fault, NULL))
			return true;
	return o->fail_on && log->ungrouped;
}

static bool report_fails(const struct lw_decode_options *o, const json_t *report)
{
	const json_t *item;
	uint64_t reason;
	size_t i;

	json_array_foreach(json_object_get(report, "faults"), i, item) {
		struct lw_fault f = {};

		if (lw_rid_or_other(lw_field_raw(item, "rid"), &f.rid) ||
		    !lw_field_count(item, "reason", &reason))
			continue;
		f.reason = (uint32_t)reason;
		if (is_asked_for(o, &f, lw_field_raw(item, "class")))
			return true;
	}
	return false;
}

int lw_decode_report(const struct lw_decode_options *o, const struct lw_evidence *evidence)
{
	struct lw_style style = lw_style_for(stdout);
	struct lw_handover *handover = NULL;
	json_t *report = NULL;
	int code, r = lw_correlate(evidence, &handover);

	if (!r) {
		report = lw_report_json(handover);
		r = report ? 0 : -ENOMEM;
	}
	if (r) {
		lw_error("%s: %s", o->files[0], strerror(-r));
		lw_handover_free(handover);
		return LW_EXIT_ERROR;
	}
	if (o->common.json || o->lines) {
		json_dumpf(report, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		putchar('\n');
	} else {
		lw_text_report(&style, report, o->common.verbose);
	}
	code = report_fails(o, report) ? LW_EXIT_VIOLATION : lw_stored_exit_code(report);
	json_decref(report);
	lw_handover_free(handover);
	return code;
}

/* One by one as far as they are kept so, the rest as counts. NULL without memory. */
static struct lw_fault *faults_of(const struct lw_saved *log, size_t *count)
{
	struct lw_fault *faults = calloc(log->single_count + log->group_count + 1, sizeof(*faults));
	const struct lw_saved_group *g;
	size_t i;

	*count = 0;
	if (!faults)
		return NULL;
	for (i = 0; i < log->single_count; i++)
		faults[(*count)++] = log->singles[i].fault;
	for (i = 0; i < log->group_count; i++) {
		g = &log->groups[i];
		if (g->fault.count == g->single)
			continue;
		faults[*count] = g->fault;
		faults[*count].count -= g->single;
		faults[*count].address_known = g->low == g->high;
		(*count)++;
	}
	return faults;
}

int lw_decode_records(const struct lw_decode_options *o, const struct lw_saved *log)
{
	const struct lw_carried carried = { .name = "file", .expected = true, .bytes = log->records,
					    .length = log->record_length };
	struct lw_evidence evidence = {
		.boot = LW_BOOT_KEXEC,
		.carried = &carried,
		.carried_count = 1,
		.id_free = true,
		.kernel_new = NULL,
		.log_complete = log->begins && lw_saved_complete(log) && !log->ungrouped,
		.log_suppressed = log->suppressed,
		.log_rejected = log->left_by[LW_SAVED_PROGRAM],
		.log_vtd = log->facts >> LW_FACT_VTD & 1,
		.watch_from_ns = UINT64_MAX,
		.revision = 1,
	};
	size_t count;
	struct lw_fault *faults = faults_of(log, &count);
	int code = LW_EXIT_ERROR;

	evidence.log_faults = faults;
	evidence.log_fault_count = count;
	if (faults)
		code = lw_decode_report(o, &evidence);
	else
		lw_error("%s: out of memory", o->files[0]);
	free(faults);
	return code;
}
