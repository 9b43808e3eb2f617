/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of `luwatch faults` share. */
#ifndef LUWATCH_COMMAND_FAULTS_H
#define LUWATCH_COMMAND_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "arm/pins.h"
#include "command/options.h"
#include "daemon/account.h"
#include "fault/fault.h"

struct lw_faults_options {
	struct lw_common common;
	bool follow;
	const char *textfile; /* for node-exporter; NULL: shown */
	bool one_device; /* only .rid */
	uint64_t rid;
	uint64_t since; /* wall clock; 0 = this boot */
};

/* A fault as it is shown. */
struct lw_shown_fault {
	struct lw_fault fault;
	uint64_t first, last; /* wall clock; 0 = not known */
	const char *handover; /* id of that in whose report it is, escaped; NULL = of this boot */
};

/* A fault of this boot: its wall-clock times follow from the clock of the boot. */
struct lw_shown_fault lw_faults_of_boot(const struct lw_fault *fault);

/*
 * Shows one fault as a line of text or of JSON. False when the options ask for another device or for
 * a later time; without a time it counts as asked for.
 */
bool lw_faults_show(const struct lw_faults_options *options, const struct lw_shown_fault *shown);

/*
 * Without root: what the daemon wrote last for members of its group. Their count, or a negative
 * errno, told.
 */
int64_t lw_faults_shared(const struct lw_faults_options *options);

/* What is in no line. */
void lw_faults_unseen(uint64_t unseen, uint64_t overflows, uint64_t lost, uint64_t misses);

/* Faults of stored reports since options->since. Their count, or a negative errno, told. */
int64_t lw_faults_stored(const struct lw_faults_options *options);

/*
 * What the programs have counted and COUNTED has not seen yet. With --follow a count is what came
 * since the line before. Their count, or a negative errno, told.
 */
int64_t lw_faults_counted(const struct lw_faults_options *options, const struct lw_pins *pins,
			  struct lw_counted *counted);

/* Writes the armed counters into PATH for node-exporter's textfile collector. Returns enum lw_exit. */
int lw_faults_textfile(const char *path, const struct lw_pins *pins);

/* Goes on until a signal. Returns enum lw_exit. */
int lw_faults_follow(const struct lw_faults_options *options, const struct lw_pins *pins,
		     struct lw_counted *counted);

#endif
