// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The account of a saved log. Each fault goes into its group, which has exact counts for ever, and
 * while there is room also into the list of single ones. Each line that was not understood is
 * counted by reason and, while there is room, kept.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log/saved.h"

#define SLOTS ((size_t)LW_SAVED_GROUPS * 2)

/* Stamps of several processors come out of order; a copy of the log begins much earlier. */
#define BACKWARDS_NS 1000000000ULL

void lw_saved_init(struct lw_saved *log)
{
	*log = (struct lw_saved){ .last_time_ns = UINT64_MAX };
}

static void free_names(struct lw_saved_names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
}

void lw_saved_free(struct lw_saved *log)
{
	free_names(&log->files);
	free_names(&log->hosts);
	lw_saved_seen_free(log->seen);
	free(log->singles);
	free(log->groups);
	free(log->slots);
	free(log->functions);
	free(log->records);
	lw_saved_init(log);
}

const char *lw_saved_name(const struct lw_saved_names *names, uint32_t index)
{
	return index && index <= names->count ? names->names[index - 1] : NULL;
}

static uint32_t append_name(struct lw_saved *log, struct lw_saved_names *names, const char *name)
{
	if (names->count == LW_SAVED_NAMES) {
		names->full = true;
		return 0;
	}
	if (!names->names)
		names->names = calloc(LW_SAVED_NAMES, sizeof(*names->names));
	if (!names->names || !(names->names[names->count] = strdup(name))) {
		log->error = -ENOMEM;
		return 0;
	}
	return (uint32_t)++names->count;
}

/* Mostly the host of the line before. */
static uint32_t host_of(struct lw_saved *log, const char *host)
{
	struct lw_saved_names *names = &log->hosts;
	size_t i;

	if (!*host)
		return 0;
	for (i = names->count; i--;)
		if (!strcmp(names->names[i], host))
			return (uint32_t)i + 1;
	return append_name(log, names, host);
}

void lw_saved_file(struct lw_saved *log, const char *name)
{
	append_name(log, &log->files, name);
	lw_saved_next_pass(log);
	log->last_time_ns = UINT64_MAX;
}

static uint64_t add(uint64_t sum, uint64_t more)
{
	return __builtin_add_overflow(sum, more, &sum) ? UINT64_MAX : sum;
}

static bool same(const struct lw_saved_group *g, const struct lw_fault *f, uint32_t host)
{
	return g->host == host && g->fault.rid == f->rid && g->fault.reason == f->reason &&
	       g->fault.segment_known == f->segment_known && g->fault.flags == f->flags &&
	       g->fault.pasid == f->pasid;
}

/* The group of the fault, a new one if need be; NULL beyond the limit. */
static struct lw_saved_group *group_of(struct lw_saved *log, const struct lw_fault *fault,
				     uint32_t host)
{
	uint64_t hash = lw_mix(lw_mix(LW_MIX_SEED, fault->rid), host);
	struct lw_saved_group *group;
	size_t slot;

	if (!log->slots) {
		log->slots = calloc(SLOTS, sizeof(*log->slots));
		log->groups = calloc(LW_SAVED_GROUPS, sizeof(*log->groups));
		if (!log->slots || !log->groups) {
			log->error = -ENOMEM;
			free(log->slots);
			log->slots = NULL;
			return NULL;
		}
	}
	hash = lw_mix(hash, (uint64_t)fault->reason << 32 | fault->flags);
	slot = lw_mix(hash, fault->pasid) % SLOTS;
	for (; log->slots[slot]; slot = (slot + 1) % SLOTS) {
		group = &log->groups[log->slots[slot] - 1];
		if (same(group, fault, host))
			return group;
	}
	if (log->group_count == LW_SAVED_GROUPS)
		return NULL;
	group = &log->groups[log->group_count++];
	log->slots[slot] = (uint32_t)log->group_count;
	group->fault = *fault;
	group->fault.count = 0;
	group->low = UINT64_MAX;
	group->host = host;
	return group;
}

static void put_words(char words[LW_SAVED_WORDS], const char *text, size_t length)
{
	size_t end = 0;

	/* Up to what another record, a quote or a container put behind it. */
	while (end < length && end < LW_SAVED_WORDS - 1 && !strchr("[\"<>\n\t]", text[end]))
		end++;
	while (end && text[end - 1] == ' ')
		end--;
	memcpy(words, text, end);
	words[end] = '\0';
}

static void into_group(struct lw_saved *log, struct lw_saved_group *group,
		       const struct lw_saved_about *about, const struct lw_fault *fault)
{
	struct lw_fault *sum = &group->fault;

	sum->count = add(sum->count, about->times);
	if (fault->address < group->low)
		group->low = fault->address;
	if (fault->address > group->high)
		group->high = fault->address;
	if (fault->first_ns < sum->first_ns)
		sum->first_ns = fault->first_ns;
	if (fault->last_ns != UINT64_MAX &&
	    (sum->last_ns == UINT64_MAX || fault->last_ns > sum->last_ns))
		sum->last_ns = fault->last_ns;
	if (!*group->first)
		memcpy(group->first, about->when, LW_SAVED_WHEN);
	if (*about->when)
		memcpy(group->last, about->when, LW_SAVED_WHEN);
}

static bool keep(struct lw_saved *log, const struct lw_saved_single *single)
{
	size_t room = log->single_room ? log->single_room * 2 : 64;
	struct lw_saved_single *grown;

	if (log->single_count == LW_SAVED_SINGLE)
		return false;
	if (log->single_count == log->single_room) {
		grown = reallocarray(log->singles, room, sizeof(*grown));
		if (!grown) {
			log->error = -ENOMEM;
			return false;
		}
		log->singles = grown;
		log->single_room = room;
	}
	log->singles[log->single_count++] = *single;
	return true;
}

static void note_time(struct lw_saved *log, const struct lw_saved_about *about)
{
	if (about->time_ns == UINT64_MAX)
		return;
	if (log->last_time_ns != UINT64_MAX && about->time_ns + BACKWARDS_NS < log->last_time_ns)
		lw_saved_next_pass(log);
	else if (log->last_time_ns != UINT64_MAX && about->time_ns < log->last_time_ns)
		lw_saved_step_back(log);
	log->last_time_ns = about->time_ns;
}

static uint64_t content_of(const struct lw_fault *fault)
{
	uint64_t state = lw_mix(LW_MIX_SEED, fault->rid);

	state = lw_mix(state, (uint64_t)fault->reason << 32 | fault->flags);
	return lw_mix(lw_mix(state, fault->address), fault->pasid);
}

void lw_saved_fault(struct lw_saved *log, const struct lw_saved_about *about,
		  const struct lw_fault *fault, const char *words, size_t length)
{
	struct lw_saved_single single = {
		.fault = *fault,
		.line = about->line,
		.file = (uint32_t)log->files.count,
	};
	struct lw_saved_group *group;
	uint64_t i;

	note_time(log, about);
	if (lw_saved_seen_before(log, about, content_of(fault))) {
		log->twice = add(log->twice, about->times);
		return;
	}
	single.host = host_of(log, about->host);
	single.fault.first_ns = single.fault.last_ns = about->time_ns;
	memcpy(single.when, about->when, LW_SAVED_WHEN);
	log->faults = add(log->faults, about->times);
	group = group_of(log, &single.fault, single.host);
	if (group) {
		if (!*group->words)
			put_words(group->words, words, length);
		into_group(log, group, about, &single.fault);
	} else {
		log->ungrouped = add(log->ungrouped, about->times);
	}
	for (i = 0; i < about->times && keep(log, &single); i++)
		if (group)
			group->single++;
	if (log->sink.fault)
		log->sink.fault(log->sink.context, log, &single, about->times);
}

void lw_saved_number(struct lw_saved *log, const struct lw_saved_about *about, uint64_t status,
		     uint64_t suppressed)
{
	note_time(log, about);
	if (lw_saved_seen_before(log, about, lw_mix(lw_mix(LW_MIX_SEED, status), suppressed)))
		return;
	if (status != UINT64_MAX)
		log->statuses = add(log->statuses, about->times);
	else
		log->suppressed = add(log->suppressed, suppressed * about->times);
}

void lw_saved_left_out(struct lw_saved *log, const struct lw_saved_about *about, enum lw_saved_why why,
		     const char *text, size_t length)
{
	struct lw_saved_left left = {
		.why = why,
		.file = (uint32_t)log->files.count,
		.line = about->line,
	};

	log->left_by[why]++;
	if (length >= sizeof(left.text))
		length = sizeof(left.text) - 1;
	memcpy(left.text, text, length);
	if (log->left_count < LW_SAVED_LEFT)
		log->left[log->left_count++] = left;
	if (log->sink.left)
		log->sink.left(log->sink.context, log, &left);
}

void lw_saved_unpack(struct lw_saved *log, const struct lw_saved_about *about, const char *bytes,
		     size_t length)
{
	static const char words[] = "compressed: save it and decode that file";
	size_t files = log->files.count;

	if (!log->unpack) {
		lw_saved_left_out(log, about, LW_SAVED_DAMAGED, words, sizeof(words) - 1);
		return;
	}
	lw_saved_next_pass(log);
	log->unpack(log, bytes, length);
	/* What follows is of the file around it again. */
	if (files && log->files.count > files)
		lw_saved_file(log, log->files.names[files - 1]);
}

uint64_t lw_saved_left_total(const struct lw_saved *log)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < LW_SAVED_WHYS; i++)
		sum += log->left_by[i];
	return sum;
}

bool lw_saved_has_subject(const struct lw_saved *log)
{
	return log->faults || log->statuses || log->suppressed || log->dmar_lines || log->begins ||
	       lw_saved_left_total(log);
}

bool lw_saved_complete(const struct lw_saved *log)
{
	return !lw_saved_left_total(log) && !log->lost && !log->error && !log->files.full &&
	       (log->faults || !(log->statuses || log->suppressed));
}

static const struct {
	const char *name, *text;
} whys[LW_SAVED_WHYS] = {
	[LW_SAVED_CUT] = { "cut", "begins or ends in the middle of a fault" },
	[LW_SAVED_SPELLING] = { "spelling", "not as a kernel prints it" },
	[LW_SAVED_PROGRAM] = { "not-the-kernels", "not the kernel's: another program's line" },
	[LW_SAVED_QUOTED] = { "quoted", "quoted in a comment or a subject" },
	[LW_SAVED_OTHER_SYSTEM] = { "other-system", "another system's message, not Linux's" },
	[LW_SAVED_COUNT] = { "count", "taken once: the number in front may be a line's or uniq's count" },
	[LW_SAVED_LOST] = { "lost", "the log says that lines are missing here" },
	[LW_SAVED_ENCODED] = { "encoded", "has to be decoded by another program first" },
	[LW_SAVED_DAMAGED] = { "damaged", "could not be read to its end" },
};

const char *lw_saved_why_name(enum lw_saved_why why)
{
	return (unsigned int)why < LW_SAVED_WHYS ? whys[why].name : "unknown";
}

const char *lw_saved_why_text(enum lw_saved_why why)
{
	return (unsigned int)why < LW_SAVED_WHYS ? whys[why].text : "unknown";
}
