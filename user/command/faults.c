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
#include "fault/kernel_log.h"
#include "fault/registers.h"

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

static const char *type_of(const struct lw_fault *f)
{
	if (f->flags & LW_FAULT_INTERRUPT)
		return "interrupt";
	if (f->flags & LW_FAULT_EXECUTE)
		return "execute";
	return f->flags & LW_FAULT_READ ? "read" : "write";
}

static json_t *fault_json(const struct lw_fault *f, const char *rid)
{
	const char *text = lw_reason_text(f->reason);
	LW_FREE char *address = lw_format("0x%" PRIx64, f->address);
	json_t *item = json_object();

	json_object_set_new(item, "rid", json_string(rid));
	json_object_set_new(item, "reason", json_integer(f->reason));
	json_object_set_new(item, "reason_text", text ? json_string(text) : json_null());
	json_object_set_new(item, "type", json_string(type_of(f)));
	json_object_set_new(item, "address", f->address_known ? json_string(address) : json_null());
	json_object_set_new(item, "pasid", f->pasid == LW_NO_PASID ? json_null() :
								      json_integer(f->pasid));
	json_object_set_new(item, "count", json_integer(f->count));
	json_object_set_new(item, "first_ns", json_integer(f->first_ns));
	json_object_set_new(item, "last_ns", json_integer(f->last_ns));
	json_object_set_new(item, "source", json_string(lw_fault_source_name(f->source)));
	return item;
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
		item = fault_json(f, rid);
		json_dumpf(item, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(item);
		return;
	}
	printf("%-13s %8" PRIu64 "  %-9s 0x%02x %s, last at 0x%" PRIx64 ", %.6f s", rid, f->count,
	       type_of(f), f->reason, text ? text : "(reason unknown to this version)", f->address,
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
	lw_pins_open(&pins);
	armed = pins.state == LW_PINS_COMPLETE;
	if (!armed)
		lw_warn("%s; only what the kernel log shows is known",
			geteuid() ? "not root" : "not armed");
	count += show_logged(&o, armed ? pins.control->armed_ns : UINT64_MAX);
	if (armed)
		count += show_counted(&o, pins.maps.faults);
	if (!count && !o.json)
		puts("no faults");
	if (armed && !o.json &&
	    (pins.control->faults_unseen || pins.control->overflows || pins.control->faults_lost))
		printf("not seen one by one: %" PRIu64 " consumed unseen, %" PRIu64
		       " overflows, %" PRIu64 " without a place\n",
		       (uint64_t)pins.control->faults_unseen, (uint64_t)pins.control->overflows,
		       (uint64_t)pins.control->faults_lost);
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
