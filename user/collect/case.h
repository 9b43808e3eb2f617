/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A case: the saved evidence of one hand-over, read back from its folder into what the correlation
 * takes. Works on any machine; the files are input from outside and are checked as such.
 */
#ifndef LUWATCH_CASE_H
#define LUWATCH_CASE_H

#include <jansson.h>

#include "collect/save.h"
#include "correlate/evidence.h"
#include "fault/kernel_log.h"
#include "luwatch/control.h"

/* What collect can put there: each carrier, what interrupted tries took from it, disk and crash logs. */
#define LW_CASE_CARRIERS (LW_CARRIER_COUNT * (1 + LW_TRIES) + 2)

struct lw_case {
	struct lw_evidence evidence; /* points into what follows */
	json_t *json;		     /* evidence.json */
	struct lw_carried carried[LW_CASE_CARRIERS];
	uint8_t *bytes[LW_CASE_CARRIERS];
	struct lw_kernel_log log;
	struct lw_device *devices;
	struct lw_unit_now *units;
	struct lw_page_now *pages;
	uint64_t (*words)[512];	       /* of .pages */
	char *log_note;		       /* of .evidence.log_problem */
	char *notes[LW_CASE_CARRIERS]; /* problems made while loading */
};

/*
 * Loads the evidence in FOLDER. 0; -ENOENT when there is none; -EBADMSG when evidence.json is
 * damaged or of another version, with a message said. Files that are missing, were changed or were not
 * saved with it become problems of their carriers, or of the log. Give the case to lw_case_close() in
 * any event.
 */
int lw_case_load(const char *folder, struct lw_case *c);
void lw_case_close(struct lw_case *c);

#endif
