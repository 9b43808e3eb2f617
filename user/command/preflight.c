// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * luwatch preflight: what will go wrong in the hand-over, before it happens. Exit code as for a
 * report: 10 when it will be a violation as things stand, 3 when there are warnings or it would not
 * be fully recorded, 0 when there is nothing but notes.
 */
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "command/command.h"
#include "command/options.h"
#include "preflight/judge.h"
#include "preflight/read.h"
#include "preflight/text.h"
#include "probe/kernel.h"

static const struct argp_option options[] = { LW_OPTION_JSON, LW_OPTION_STATE, {} };

static int show(const struct lw_flight_facts *facts, bool as_json)
{
	static const int codes[LW_VERDICTS] = {
		[LW_VERDICT_CLEAN] = LW_EXIT_CLEAN,
		[LW_VERDICT_INCOMPLETE] = LW_EXIT_INCOMPLETE,
		[LW_VERDICT_VIOLATION] = LW_EXIT_VIOLATION,
	};
	struct lw_style style = lw_style_for(stdout);
	struct lw_warnings warnings;
	json_t *json;
	int code;

	if (lw_preflight(facts, &warnings)) {
		lw_error("out of memory");
		lw_warnings_free(&warnings);
		return LW_EXIT_ERROR;
	}
	code = codes[lw_preflight_outcome(&warnings)];
	if (as_json) {
		json = lw_preflight_json(facts, &warnings);
		json_dumpf(json, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(json);
	} else {
		lw_preflight_text(&style, facts, &warnings);
	}
	lw_warnings_free(&warnings);
	return code;
}

const struct argp lw_argp_preflight = {
	.options = options,
	.parser = lw_parse_common,
	.doc = "Show what will go wrong in the hand-over before it happens. Exit code: 0 nothing, "
	       "3 "
	       "warnings, or it would not be fully recorded, 10 it will be a violation as things "
	       "stand.",
};

int lw_command_preflight(int argc, char **argv)
{
	struct lw_common o = {};
	struct lw_flight_read *read;
	int r;

	argp_parse(&lw_argp_preflight, argc, argv, 0, NULL, &o);
	if (geteuid()) {
		lw_error("preflight reads tables and configuration space: run it as root");
		return LW_EXIT_NOT_POSSIBLE;
	}
	if (!lw_vtd_units()) {
		lw_error("this machine has no VT-d unit in use; boot an Intel machine with "
			 "intel_iommu=on");
		return LW_EXIT_NOT_POSSIBLE;
	}
	r = lw_flight_read("/sys", o.state, &read);
	if (r) {
		lw_error("%s/declared cannot be taken: %s; write it again with `luwatch declare`",
			 o.state, strerror(-r));
		return LW_EXIT_ERROR;
	}
	r = show(lw_flight_read_facts(read), o.json);
	lw_flight_read_free(read);
	return r;
}
