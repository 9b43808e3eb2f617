/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a saved log says about DMAR faults, and what of it could not be read. Filled by the readers
 * of this room: containers are peeled (source.c, stream.c, json.c, fields.c), the kernel's words are
 * searched in what is left (mark.c, passage.c), what stands in front of them is read backwards
 * (before.c), and every line that speaks of the subject ends in this account: taken, or left out
 * with a reason. Totals are exact whatever the size; only what is kept singly has a limit.
 */
#ifndef LUWATCH_SAVED_H
#define LUWATCH_SAVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault/fault.h"
#include "fault/line.h"

#define LW_SAVED_WHEN	40    /* a time as the log spells it */
#define LW_SAVED_HOST	64
#define LW_SAVED_WORDS	72    /* the kernel's own words for a reason */
#define LW_SAVED_TEXT	200   /* of a line that was left out */
#define LW_SAVED_SINGLE	65536 /* faults kept one by one */
#define LW_SAVED_GROUPS	4096  /* kinds of faults kept apart */
#define LW_SAVED_LEFT	256   /* lines left out that are kept one by one */
#define LW_SAVED_FUNCTIONS 8192 /* PCI functions that the log names */
#define LW_SAVED_NAMES	1024  /* hosts, and files, told apart */

/* Why a line about the subject gave no fault. The words are lw_saved_why_name(). */
enum lw_saved_why {
	LW_SAVED_CUT,	   /* begins or ends in the middle of a fault */
	LW_SAVED_SPELLING,   /* no kernel prints it like this */
	LW_SAVED_PROGRAM,	   /* another program's line */
	LW_SAVED_QUOTED,	   /* in a comment of source code, or the subject of a mail */
	LW_SAVED_OTHER_SYSTEM, /* Xen, ESXi, FreeBSD */
	LW_SAVED_COUNT,	   /* taken, but the number in front may be a count */
	LW_SAVED_LOST,	   /* the log says that lines are missing */
	LW_SAVED_DAMAGED,	   /* a file or container that could not be read to its end */
	LW_SAVED_ENCODED,	   /* something that has to be decoded by another program first */
	LW_SAVED_WHYS
};

/* What is known of a line beside its text. */
struct lw_saved_about {
	int facility;	   /* 0 the kernel, above 0 a program, -1 not told */
	bool program;	   /* told to be a program's by its container or tag */
	bool quoted, other_system;
	bool inside;	   /* a string out of a container: its neighbours are not next to it */
	uint64_t time_ns;  /* printk's clock, UINT64_MAX = not told */
	uint64_t line;	   /* number in its file, from 1; 0 = its container has none */
	uint64_t times;	   /* how often the log says it came: uniq -c, "repeated N times" */
	char when[LW_SAVED_WHEN];
	char host[LW_SAVED_HOST];
};

struct lw_saved_single {
	struct lw_fault fault; /* .count is 1 */
	uint64_t line;
	uint32_t file, host;   /* index + 1 into .files, .hosts; 0 = not known */
	char when[LW_SAVED_WHEN];
};

/* All faults of one host with the same device, kind, reason and PASID. */
struct lw_saved_group {
	struct lw_fault fault;	  /* .count is all of them */
	uint64_t low, high;	  /* addresses */
	uint64_t single;	  /* how many are kept singly */
	uint32_t host;
	char first[LW_SAVED_WHEN], last[LW_SAVED_WHEN];
	char words[LW_SAVED_WORDS]; /* as the kernel printed it */
};

struct lw_saved_left {
	enum lw_saved_why why;
	uint32_t file;
	uint64_t line;
	char text[LW_SAVED_TEXT];
};

struct lw_saved_names {
	char **names;
	size_t count;
	bool full; /* one was not kept */
};

/* "pci 0000:05:00.0: [8086:1137] type 00 class 0x0c0340" */
struct lw_saved_function {
	uint64_t rid;
	uint16_t vendor, device;
	uint32_t class;
};

struct lw_saved;

/* Called as things are found; either may be NULL. */
struct lw_saved_sink {
	void (*fault)(void *context, const struct lw_saved *log, const struct lw_saved_single *fault,
		      uint64_t times);
	void (*left)(void *context, const struct lw_saved *log, const struct lw_saved_left *left);
	void *context;
};

struct lw_saved_seen; /* seen.c */

struct lw_saved {
	struct lw_saved_single *singles;
	size_t single_count, single_room;
	struct lw_saved_group *groups;
	size_t group_count;
	uint32_t *slots;   /* index + 1 of a group */
	uint64_t ungrouped; /* faults of kinds beyond LW_SAVED_GROUPS */
	struct lw_saved_left left[LW_SAVED_LEFT];
	size_t left_count;
	uint64_t left_by[LW_SAVED_WHYS]; /* exact */
	struct lw_saved_names files, hosts;

	struct lw_saved_function *functions;
	size_t function_count;

	uint64_t lines, bytes;
	uint64_t faults;     /* all, also those not kept singly */
	uint64_t twice;	     /* of the same time and content, seen again in a later copy: not counted */
	uint64_t statuses, suppressed, boots;
	uint64_t lost;	     /* lines the log says are missing */
	uint64_t dmar_lines; /* other lines of the driver */
	uint64_t amd_lines;  /* of the other vendor's IOMMU */
	uint32_t facts;	     /* 1 << enum lw_fact */
	bool begins;
	int error;	     /* -ENOMEM: the account is not complete */

	/* Reads what is compressed or a file in a string; NULL: it is told. Set by whoever can (source.c). */
	void (*unpack)(struct lw_saved *log, const char *bytes, size_t length);

	/* Private. */
	unsigned int unpacking;
	struct lw_saved_seen *seen;
	struct lw_saved_sink sink;
	uint64_t last_time_ns;
	uint8_t *records; /* from the first record of luwatch on, for lw_decode() */
	size_t record_length, record_room;
	bool record_seen, record_full;
};

void lw_saved_init(struct lw_saved *log);
void lw_saved_free(struct lw_saved *log);

/* What follows is of the file (or the member of an archive) NAME. */
void lw_saved_file(struct lw_saved *log, const char *name);

/* WORDS: the kernel's text behind the reason. */
void lw_saved_fault(struct lw_saved *log, const struct lw_saved_about *about,
		  const struct lw_fault *fault, const char *words, size_t length);

/* A fault's status, or how many callbacks were suppressed; the other one is UINT64_MAX. */
void lw_saved_number(struct lw_saved *log, const struct lw_saved_about *about, uint64_t status,
		     uint64_t suppressed);
void lw_saved_left_out(struct lw_saved *log, const struct lw_saved_about *about, enum lw_saved_why why,
		     const char *text, size_t length);

/* A file, mostly compressed, that was in something else, at ABOUT. */
void lw_saved_unpack(struct lw_saved *log, const struct lw_saved_about *about, const char *bytes,
		     size_t length);

void lw_saved_function(struct lw_saved *log, const struct lw_saved_function *function);

/* What the log itself says about the function RID; NULL when nothing. */
const struct lw_saved_function *lw_saved_function_of(const struct lw_saved *log, uint64_t rid);

/* What a requester ID may be that is no ordinary device, in a sentence; NULL when it may well be. */
const char *lw_saved_rid_note(const struct lw_saved *log, uint64_t rid);

/* Whether anything at all speaks of VT-d, or shows that this is a whole kernel's log. */
bool lw_saved_has_subject(const struct lw_saved *log);

/* Whether everything that speaks of the subject was understood and nothing is known to be missing. */
bool lw_saved_complete(const struct lw_saved *log);

/* How many lines were left out, whatever the reason. */
uint64_t lw_saved_left_total(const struct lw_saved *log);

/* A word for JSON ("cut"), and a sentence for people. Static, never NULL. */
const char *lw_saved_why_name(enum lw_saved_why why);
const char *lw_saved_why_text(enum lw_saved_why why);

/* Name by index + 1, NULL for 0. */
const char *lw_saved_name(const struct lw_saved_names *names, uint32_t index);

/*
 * Whether a line with this time and content was already counted in an earlier copy of the log.
 * lw_saved_next_pass() tells one copy from the next. Bounded: beyond its room everything is new.
 */
bool lw_saved_seen_before(struct lw_saved *log, const struct lw_saved_about *about, uint64_t content);
void lw_saved_next_pass(struct lw_saved *log);

/* Stamps went back: equal ones from here on are a copy, for a record's stamp is its own. */
void lw_saved_step_back(struct lw_saved *log);
void lw_saved_seen_free(struct lw_saved_seen *seen);

#endif
