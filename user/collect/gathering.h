/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of user/collect/ share while they gather; nobody else includes it. */
#ifndef LUWATCH_GATHERING_H
#define LUWATCH_GATHERING_H

#include <jansson.h>

#include "base/io.h"
#include "collect/boot.h"
#include "collect/gather.h"
#include "collect/save.h"
#include "collect/which.h"
#include "probe/kernel.h"

#define BASELINES 16

/* A baseline on disk of another boot: nobody has collected that boot's hand-over yet. */
struct uncollected {
	char *path;
	char boot[LW_BOOT_ID_TEXT];
	uint8_t *bytes;
	size_t length;
	struct lw_id id;
};

struct gathering {
	const char *state;
	struct lw_saving saving;
	struct lw_which which;
	struct lw_candidate *candidates;
	size_t count;
	struct uncollected disk[BASELINES];
	size_t disk_count;
	char id_text[LW_ID_TEXT];
	char *cmdline;
	json_t *json;
	bool again;	  /* once more in the same boot, by another luwatch */
	struct lw_id old; /* with .again: under which it was collected first */
	bool armed_now; /* this kernel was armed before anything was collected */
	bool crowded;	/* records of more hand-overs than LW_CANDIDATES */
	bool newer;	/* something is of a newer version: another luwatch may read it */
};

static inline json_t *lw_text_or_null(const char *text)
{
	json_t *string = text && *text ? json_string(text) : NULL;

	return string ? string : json_null();
}

/* evidence.json of a folder; NULL when there is none. */
json_t *lw_evidence_json(const char *folder);

/* The boot whose evidence lies in a hand-over's folder, "" when there is none. */
void lw_boot_of_folder(const char *folder, char boot[LW_BOOT_ID_TEXT]);

/* Each 0 or a negative errno, told. */

/* sources.c: saves what the carriers hold; CONSUMED: those that reading empties, and no others. */
int lw_gather_carriers(struct gathering *g, bool consumed);

/* sources.c: looks for baselines of other boots on disk; saves them, the chosen one's as a carrier. */
int lw_find_baselines(struct gathering *g);
int lw_save_baselines(struct gathering *g);

/* sources.c: with .again, what the first collect of this boot took from where it was. */
int lw_gather_old(struct gathering *g);

/* sources.c: saves LENGTH bytes that NAME brought, which can be read again. */
int lw_gather_bytes(struct gathering *g, const char *name, const uint8_t *bytes, size_t length);

/*
 * reset.c: what survived of a kexec from the armed hand-over ID; as the evidence of a hand-over, or of
 * none (lw_was_under_way()).
 */
int lw_gather_reset(struct gathering *g, struct lw_id id, struct lw_survived *survived);

/* Whether the kexec was not refused, as far as is known: then the next kernel died, or the old one. */
static inline bool lw_was_under_way(const struct lw_survived *survived)
{
	return survived->records && survived->attempt && !survived->refused;
}

/* surroundings.c: this kernel's log, its devices, and what it is. */
int lw_gather_log(struct gathering *g);
void lw_gather_devices(struct gathering *g);
void lw_gather_host(struct gathering *g);

/* decide.c: which hand-over all this is about. */
int lw_decide(struct gathering *g);

#endif
