/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch status: what a worried operator runs first, and `status --ready` what a rollout script
 * asks: would a kexec now be fully recorded?
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arm/arm.h"
#include "arm/misses.h"
#include "arm/ready.h"
#include "base/folders.h"
#include "base/id.h"
#include "base/io.h"
#include "base/message.h"
#include "base/time.h"
#include "carry/carrier.h"
#include "command/command.h"
#include "command/options.h"
#include "collect/pending.h"
#include "config/level.h"
#include "daemon/maps.h"
#include "fault/known.h"
#include "fault/registers.h"
#include "probe/kernel.h"

struct status_options {
	struct lw_common common;
	bool ready;
};

static const struct argp_option options[] = {
	LW_OPTION_JSON,
	LW_OPTION_STATE,
	{ "ready", 'r', NULL, 0, "Say only whether a kexec now would be fully recorded (exit 0), or why "
				 "not (exit 3)", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct status_options *o = state->input;

	switch (key) {
	case 'r':
		o->ready = true;
		return 0;
	}
	return lw_parse_common(key, arg, state);
}

struct facts {
	struct lw_pins pins;
	struct lw_loaded loaded;
	int level;		/* configured, enum lw_record_level */
	const char *off;	/* why nothing is to be armed, or NULL */
	struct lw_refusal refusal;	/* the configuration files as they stand now */
	const char *uncollected; /* what is still to be done in this boot, or NULL */
	struct lw_known known;	/* the list of known faults as it stands now */
	const char *known_problem;
	int64_t known_faults;	/* of it, of those that were counted; negative: not readable */
	unsigned int uncounted;	/* probes whose skipped runs this kernel does not count */
};

/* How many of the counted faults are in the list. */
static int64_t count_known(const struct facts *f)
{
	struct lw_map_fault *faults = NULL;
	struct lw_fault fault;
	int64_t sum = 0;
	int count = f->known.count ? lw_map_faults(f->pins.maps.faults, &faults) : 0, i;

	for (i = 0; i < count; i++) {
		lw_fault_of_count(&faults[i].key, &faults[i].value, &fault);
		if (lw_known_has(&f->known, &fault))
			sum += (int64_t)fault.count;
	}
	free(faults);
	return count < 0 ? count : sum;
}

static void look(struct facts *f, const char *state)
{
	struct lw_inspect *inspect;
	struct lw_config config;

	memset(f, 0, sizeof(*f));
	lw_host_config_look(&config, &f->refusal);
	f->level = config.level;
	f->off = lw_recording_off(&config);
	f->uncollected = lw_uncollected(state);
	if (*config.known && lw_known_read(&f->known, config.known, &(unsigned int){ 0 }))
		f->known_problem = "the list of known faults cannot be read: luwatch run --check-config";
	lw_pins_open(&f->pins);
	if (f->pins.state == LW_PINS_COMPLETE)
		f->known_faults = count_known(f);
	if (f->pins.control)
		lw_arm_refresh_clocks(f->pins.control);
	if (f->pins.control)
		f->uncounted = lw_misses_count(f->pins.control).uncounted;
	if (lw_inspect_open(&inspect))
		inspect = NULL;
	lw_loaded_look(inspect, &f->loaded);
	if (f->pins.control)
		lw_loaded_note(f->pins.control, &f->loaded);
	lw_inspect_close(inspect);
}

static const char *not_ready(const struct facts *f)
{
	return lw_not_ready(&f->pins, &f->loaded, f->off);
}

#define MAX_COUNTERS 16

struct counter {
	const char *name;
	uint64_t value;
};

/* Every way to lose something. */
static int losses(const struct lw_control *c, struct counter out[MAX_COUNTERS])
{
	int n = 0;

	out[n++] = (struct counter){ "faults_unseen", c->faults_unseen };
	out[n++] = (struct counter){ "fault_overflows", c->overflows };
	out[n++] = (struct counter){ "page_request_overflows", c->page_request_overflows };
	out[n++] = (struct counter){ "faults_lost", c->faults_lost };
	out[n++] = (struct counter){ "events_lost", c->events_lost };
	out[n++] = (struct counter){ "marks_lost", c->marks_lost };
	out[n++] = (struct counter){ "units_gone", c->units_gone };
	out[n++] = (struct counter){ "records_dropped", lw_carriers_dropped(c) };
	out[n++] = (struct counter){ "faults_without_kind", c->details_other };
	out[n++] = (struct counter){ "faults_without_device", c->devices_other };
	out[n++] = (struct counter){ "maps_busy", c->maps_busy };
	out[n++] = (struct counter){ "program_misses", c->program_misses };
	out[n++] = (struct counter){ "program_complaints", c->complaints };
	return n;
}

/* The level in force: that of the armed kernel, else of the configuration. */
static const char *level_of(const struct facts *f)
{
	if (!f->pins.control)
		return lw_level_name(f->off ? LW_LEVEL_OFF : f->level);
	return lw_level_name(f->pins.control->probes_only ? LW_LEVEL_PROBES : LW_LEVEL_FULL);
}

static void show_carriers(const struct lw_control *c)
{
	LW_FREE char *armed = lw_carriers_armed(c, ", ");
	int i;

	printf("carriers    %s\n", c->probes_only ? "none" : armed);
	for (i = 0; i < LW_CARRIER_COUNT; i++) {
		LW_FREE char *state = NULL;

		if (lw_carrier_armed(c, i) && lw_carriers[i]->state)
			state = lw_carriers[i]->state(c);
		if (state)
			printf("%-11s %s\n", lw_carriers[i]->name, state);
	}
}

static void show_refusal(const struct facts *f)
{
	LW_FREE char *refused = lw_refusal_text(&f->refusal);

	if (refused)
		printf("refused     %s\n"
		       "            a running daemon keeps the configuration before, and would not start "
		       "again with this one\n", refused);
}

/* What the daemon says about its listener. */
static void show_metrics(void)
{
	char text[300];

	if (lw_read_line(LW_METRICS_PROBLEM, text, sizeof(text)) > 0)
		printf("metrics     %s\n", text);
}

static void show_text(const struct facts *f)
{
	const struct lw_control *c = f->pins.control;
	const char *problem = not_ready(f);
	struct counter lost[MAX_COUNTERS];
	uint64_t declared, marked;
	char id[LW_ID_TEXT];
	int i, n, shown = 0;

	show_refusal(f);
	show_metrics();
	if (f->uncollected)
		printf("this boot   %s\n", f->uncollected);
	if (!c) {
		printf("%s%s%s\n", f->pins.state == LW_PINS_NONE ? "not armed" : f->pins.problem,
		       f->off ? ": recording is off, " : "", f->off ? f->off : "");
		return;
	}
	printf("armed       %" PRIu64 " s ago, %d of %d probes, programs' generation %u\n",
	       (uint64_t)(lw_boot_clock() - c->armed_ns) / 1000000000, __builtin_popcountll(c->probes),
	       __builtin_popcountll(c->exists), c->generation);
	printf("hand-over   %s, attempts so far: %u\n",
	       lw_id_format((struct lw_id){ c->handover[0], c->handover[1] }, id), c->attempt);
	if (f->pins.problem[0])
		printf("problem     %s\n", f->pins.problem);
	printf("level       %s\n", level_of(f));
	show_carriers(c);
	lw_count_preserved(&f->pins, &declared, &marked);
	printf("preserved   declared %" PRIu64 ", marked %" PRIu64, declared, marked);
	if (c->area_base)
		printf(", room for the records of %u", c->preserved_fit);
	putchar('\n');
	if (marked && !f->loaded.error && !f->loaded.view.image)
		puts("            a reboot would hand none of them over: luwatch explain reboot");
	printf("image       %s\n", f->loaded.error	     ? "cannot be looked at" :
				   !f->loaded.view.image	     ? "none loaded" :
				   lw_loaded_problem(c, &f->loaded) ? "loaded, not as it must be (see ready)" :
								     "loaded, checked");
	printf("faults      %" PRIu64 " in %" PRIu64 " interrupts\n", (uint64_t)c->faults,
	       (uint64_t)c->fault_interrupts);
	if (f->known_problem)
		printf("known       %s\n", f->known_problem);
	else if (f->known.count)
		printf("known       %" PRId64 " of these are in the list of %zu known faults\n", f->known_faults,
		       f->known.count);
	n = losses(c, lost);
	printf("losses     ");
	for (i = 0; i < n; i++) {
		if (lost[i].value) {
			printf(" %s=%" PRIu64, lost[i].name, lost[i].value);
			shown++;
		}
	}
	puts(shown ? "" : " none");
	if (f->uncounted)
		printf("not counted skipped runs of %u kprobes: Linux 6.7 and later count them\n",
		       f->uncounted);
	printf("ready       %s%s\n", problem ? "no: " : "yes", problem ? problem : "");
}

static void show_json(const struct facts *f)
{
	const struct lw_control *c = f->pins.control;
	const char *problem = not_ready(f);
	json_t *json = json_pack("{s:s, s:b, s:b}", "schema", "luwatch.status/1", "armed",
				 f->pins.state == LW_PINS_COMPLETE, "ready", !problem);
	LW_FREE char *refused = lw_refusal_text(&f->refusal);
	struct counter lost[MAX_COUNTERS];
	char metrics[300];
	json_t *list;
	uint64_t declared, marked;
	char id[LW_ID_TEXT];
	int i, n;

	json_object_set_new(json, "not_ready", problem ? json_string(problem) : json_null());
	json_object_set_new(json, "configuration_refused",
			    refused ? json_string(refused) : json_null());
	json_object_set_new(json, "uncollected", f->uncollected ? json_string(f->uncollected) : json_null());
	json_object_set_new(json, "level", json_string(level_of(f)));
	if (lw_read_line(LW_METRICS_PROBLEM, metrics, sizeof(metrics)) > 0)
		json_object_set_new(json, "metrics_problem", json_string(metrics));
	json_object_set_new(json, "image_loaded", json_boolean(f->loaded.view.image != 0));
	if (c) {
		json_object_set_new(json, "id", json_string(lw_id_format(
			(struct lw_id){ c->handover[0], c->handover[1] }, id)));
		list = json_array();
		for (i = 0; i < LW_CARRIER_COUNT; i++)
			if (lw_carrier_armed(c, i))
				json_array_append_new(list, json_string(lw_carriers[i]->name));
		json_object_set_new(json, "carriers", list);
		json_object_set_new(json, "attempts", json_integer(c->attempt));
		lw_count_preserved(&f->pins, &declared, &marked);
		json_object_set_new(json, "declared", json_integer(declared));
		json_object_set_new(json, "marked", json_integer(marked));
		json_object_set_new(json, "faults", json_integer(c->faults));
		if (f->known.count && f->known_faults >= 0)
			json_object_set_new(json, "known_faults", json_integer(f->known_faults));
		list = json_object();
		n = losses(c, lost);
		for (i = 0; i < n; i++)
			json_object_set_new(list, lost[i].name, json_integer(lost[i].value));
		json_object_set_new(json, "losses", list);
		json_object_set_new(json, "uncounted_probes", json_integer(f->uncounted));
	}
	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(json);
}

const struct argp lw_argp_status = {
	.options = options,
	.parser = parse,
	.doc = "Show what is armed, the loaded kexec image, carriers and losses.",
};

int lw_command_status(int argc, char **argv)
{
	struct status_options o = {};
	const char *problem;
	struct facts f;
	int code;

	argp_parse(&lw_argp_status, argc, argv, 0, NULL, &o);
	if (geteuid()) {
		lw_error("status reads pinned maps: run it as root");
		return LW_EXIT_NOT_POSSIBLE;
	}
	look(&f, o.common.state);
	problem = not_ready(&f);
	code = o.ready && problem ? LW_EXIT_INCOMPLETE : LW_EXIT_CLEAN;
	if (o.common.json)
		show_json(&f);
	else if (o.ready)
		printf("%s%s\n", problem ? "not ready: " : "ready", problem ? problem : "");
	else
		show_text(&f);
	lw_loaded_free(&f.loaded);
	lw_pins_close(&f.pins);
	return code;
}
