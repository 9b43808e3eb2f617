/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch faults: every DMAR fault of this boot. Since arming they come from the units' registers,
 * counted by the programs in the kernel; before that only the kernel log has them.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "arm/parts.h"
#include "base/id.h"
#include "base/io.h"
#include "base/message.h"
#include "command/command.h"
#include "command/options.h"
#include "fault/json.h"
#include "fault/kernel_log.h"
#include "fault/registers.h"
#include "report/fields.h"

#define SHARED_LIMIT (64 << 20)

struct faults_options {
	bool json, follow, filter;
	uint64_t rid;
};

static const struct argp_option options[] = {
	LW_OPTION_JSON,
	{ "device", 'd', "RID", 0, "Only this requester ID (ssss:bb:dd.f)", 0 },
	{ "follow", 'f', NULL, 0, "Go on and print each fault as it comes", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct faults_options *o = state->input;

	switch (key) {
	case 'j':
		o->json = true;
		return 0;
	case 'd':
		if (lw_rid_parse(arg, &o->rid))
			argp_error(state, "\"%s\" is no requester ID (ssss:bb:dd.f)", arg);
		o->filter = true;
		return 0;
	case 'f':
		o->follow = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument \"%s\"", arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void show(const struct faults_options *o, const struct lw_fault *f)
{
	const char *text = lw_reason_text(f->reason);
	char rid[LW_RID_TEXT];
	json_t *item;

	if (o->filter && f->rid != o->rid)
		return;
	lw_rid_format(f->rid, rid);
	if (o->json) {
		item = lw_fault_json(f);
		json_dumpf(item, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(item);
		return;
	}
	printf("%-13s %8" PRIu64 "  %-9s 0x%02x %s, last at 0x%" PRIx64 ", %.6f s", rid, f->count,
	       lw_fault_type(f), f->reason, text ? text : "(reason unknown to this version)", f->address,
	       f->last_ns / 1e9);
	if (f->pasid != LW_NO_PASID)
		printf(", PASID 0x%x", f->pasid);
	if (f->source == LW_SOURCE_LOG)
		printf(" (kernel log)");
	putchar('\n');
}

/* What the programs have counted since arming. */
static uint64_t show_counted(const struct faults_options *o, int fd)
{
	struct lw_fault_key key, next, *from = NULL;
	struct lw_fault_value value;
	struct lw_fault fault;
	uint64_t count = 0;

	while (!bpf_map_get_next_key(fd, from, &next)) {
		key = next;
		from = &key;
		if (bpf_map_lookup_elem(fd, &key, &value))
			continue;
		lw_fault_of_count(&key, &value, &fault);
		show(o, &fault);
		count += fault.count;
	}
	return count;
}

/* What only the kernel log has: faults before UNTIL (boot clock). */
static uint64_t show_logged(const struct faults_options *o, uint64_t until)
{
	struct lw_kmsg_raw raw = {};
	struct lw_kernel_log log;
	uint64_t count = 0;
	size_t i;
	int r;

	lw_kernel_log_init(&log);
	r = lw_kernel_log_read_kmsg(&log, &raw);
	if (r)
		lw_warn("the kernel log cannot be read: %s", strerror(-r));
	for (i = 0; i < log.fault_count; i++) {
		if (log.faults[i].first_ns >= until)
			continue;
		show(o, &log.faults[i]);
		count += log.faults[i].count;
	}
	if (log.suppressed && until == UINT64_MAX)
		lw_warn("the kernel suppressed %" PRIu64 " callbacks, about %" PRIu64
			" faults that nobody saw; arm to see all", log.suppressed, log.suppressed / 3);
	lw_kernel_log_free(&log);
	lw_kmsg_raw_free(&raw);
	return count;
}

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = 1;
}

static int on_event(void *context, void *data, size_t size)
{
	const struct lw_record *record = data;
	struct lw_fault fault;

	if (size != sizeof(*record) || record->type != LW_REC_FAULT)
		return 0;
	lw_fault_of_record(record, &fault);
	show(context, &fault);
	fflush(stdout);
	return 0;
}

static int follow(struct faults_options *o, int fd)
{
	struct sigaction action = { .sa_handler = stop };
	struct ring_buffer *ring = ring_buffer__new(fd, on_event, o, NULL);
	int r = 0;

	if (!ring) {
		lw_error("the events cannot be read: %s", strerror(errno));
		return LW_EXIT_ERROR;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (!stopped && (r >= 0 || r == -EINTR))
		r = ring_buffer__poll(ring, -1);
	ring_buffer__free(ring);
	return stopped ? LW_EXIT_CLEAN : LW_EXIT_ERROR;
}

static void conclude(const struct faults_options *o, uint64_t count, uint64_t unseen,
		     uint64_t overflows, uint64_t lost)
{
	if (o->json)
		return;
	if (!count)
		puts("no faults");
	if (unseen || overflows || lost)
		printf("not seen one by one: %" PRIu64 " consumed unseen, %" PRIu64
		       " overflows, %" PRIu64 " without a place\n", unseen, overflows, lost);
}

static uint64_t number(const json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

static int show_list(const struct faults_options *o, const json_t *json)
{
	const json_t *item, *list = json_object_get(json, "faults");
	const char *schema = json_string_value(json_object_get(json, "schema"));
	struct lw_fault fault;
	uint64_t count = 0;
	size_t i;

	if (!schema || strcmp(schema, LW_FAULTS_SCHEMA) || !json_is_array(list))
		return -EBADMSG;
	json_array_foreach(list, i, item) {
		if (lw_fault_of_json(item, &fault))
			return -EBADMSG;
		show(o, &fault);
		count += fault.count;
	}
	conclude(o, count, number(json, "unseen"), number(json, "overflows"), number(json, "lost"));
	return 0;
}

/* Without root: what the daemon wrote last for members of its group. */
static int show_shared(const struct faults_options *o)
{
	LW_FREE uint8_t *text = NULL;
	struct lw_fields fields = {};
	json_t *json = NULL;
	size_t length;
	int r;

	if (o->follow) {
		lw_error("--follow needs root");
		return LW_EXIT_NOT_POSSIBLE;
	}
	r = lw_read_file(LW_FAULTS_FILE, SHARED_LIMIT, &text, &length);
	if (r == -EACCES) {
		lw_error(LW_FAULTS_FILE ": not permitted; " LW_BE_MEMBER);
		return LW_EXIT_NOT_POSSIBLE;
	}
	if (r) {
		lw_error(LW_FAULTS_FILE ": %s; be root, or start luwatchd.service, which writes it",
			 strerror(-r));
		return LW_EXIT_NOT_POSSIBLE;
	}
	json = json_loadb((char *)text, length, JSON_REJECT_DUPLICATES, NULL);
	lw_warn("not root: as luwatchd.service saw it at %s",
		lw_field_text(&fields, json, "time", "?"));
	lw_fields_release(&fields);
	r = show_list(o, json);
	json_decref(json);
	if (!r)
		return LW_EXIT_CLEAN;
	lw_error(LW_FAULTS_FILE " is damaged; restart luwatchd.service, which writes it anew");
	return LW_EXIT_ERROR;
}

const struct argp lw_argp_faults = {
	.options = options,
	.parser = parse,
	.doc = "Show the DMAR faults of this boot: from the units' registers since arming, "
	       "from the kernel log before.",
};

int lw_command_faults(int argc, char **argv)
{
	struct faults_options o = {};
	struct lw_pins pins;
	uint64_t count = 0;
	int code = LW_EXIT_CLEAN;
	bool armed;

	argp_parse(&lw_argp_faults, argc, argv, 0, NULL, &o);
	if (geteuid())
		return show_shared(&o);
	lw_pins_open(&pins);
	armed = pins.state == LW_PINS_COMPLETE;
	if (!armed)
		lw_warn("not armed; only what the kernel log shows is known");
	count += show_logged(&o, armed ? pins.control->armed_ns : UINT64_MAX);
	if (armed)
		count += show_counted(&o, pins.maps.faults);
	if (armed)
		conclude(&o, count, pins.control->faults_unseen, pins.control->overflows,
			 pins.control->faults_lost);
	else
		conclude(&o, count, 0, 0, 0);
	if (o.follow) {
		if (armed) {
			code = follow(&o, pins.maps.events);
		} else {
			lw_error("--follow needs an armed kernel: run `luwatch arm`");
			code = LW_EXIT_NOT_POSSIBLE;
		}
	}
	lw_pins_close(&pins);
	return code;
}
