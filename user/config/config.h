/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's configuration: /etc/luwatch/luwatch.conf, then /etc/luwatch/conf.d/ in the order of
 * names, what is said later wins. One table has every key with its type, range, default and help;
 * parser, messages and the test of the shipped file all read it. What the table does not know is
 * refused with file and line: a misspelt key must not look like a setting.
 */
#ifndef LUWATCH_CONFIG_H
#define LUWATCH_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LW_CONFIG_FILE	 "/etc/luwatch/luwatch.conf"
#define LW_CONFIG_FOLDER "/etc/luwatch/conf.d"
#define LW_CONFIG_TEXT	 192 /* longest value and its terminator; a line is at most 197 bytes */
#define LW_CONFIG_LABELS 16
#define LW_CONFIG_KEYS	 24 /* places for keys; the table has fewer */
#define LW_CONFIG_ORIGIN 320
#define LW_LABEL_NAME	 33
#define LW_LABEL_VALUE	 65

enum lw_record_level { LW_LEVEL_OFF, LW_LEVEL_PROBES, LW_LEVEL_FULL };
enum lw_attach_choice { LW_ATTACH_CHOICE_AUTO, LW_ATTACH_CHOICE_KPROBE };

/* COUNT in SECONDS. */
struct lw_rate {
	uint32_t count, seconds;
};

struct lw_label {
	char name[LW_LABEL_NAME];
	char value[LW_LABEL_VALUE]; /* printable UTF-8 */
};

/* What was given for a key and where, "FILE:LINE"; empty: the default. */
struct lw_config_source {
	char text[LW_CONFIG_TEXT], origin[LW_CONFIG_ORIGIN];
};

struct lw_config {
	int level;  /* enum lw_record_level */
	int attach; /* enum lw_attach_choice */
	uint64_t watch_period_s;
	char listen[LW_CONFIG_TEXT];   /* as lw_listen_parse() takes it */
	char textfile[LW_CONFIG_TEXT]; /* "" = none */
	uint64_t textfile_interval_s;
	struct lw_rate events_rate; /* a second */
	struct lw_rate journal_rate;
	bool addresses;
	char ring[LW_CONFIG_TEXT]; /* "" = none */
	uint64_t heartbeat_s;
	uint64_t keep, keep_days; /* old hand-overs; 0 = all */
	char known[LW_CONFIG_TEXT]; /* file of known faults; "" = none */
	char hook[LW_CONFIG_TEXT]; /* program that is told of verdicts; "" = none */
	char hook_user[LW_CONFIG_TEXT]; /* "" = one made for each run */
	uint64_t hook_timeout_s;
	struct lw_label labels[LW_CONFIG_LABELS];
	size_t label_count;
	char label_origins[LW_CONFIG_LABELS][LW_CONFIG_ORIGIN];
	struct lw_config_source sources[LW_CONFIG_KEYS]; /* by index in the table */
};

enum lw_config_type {
	LW_CONFIG_CHOICE,	/* int: index into .words */
	LW_CONFIG_FLAG,		/* bool: yes or no */
	LW_CONFIG_DURATION,	/* uint64_t seconds: 90s, 15min, 1h30m, 2d */
	LW_CONFIG_NUMBER,	/* uint64_t, which may have .words[0] behind it */
	LW_CONFIG_RATE,		/* struct lw_rate: 20/s, 60/min, 10/h; only units in .words */
	LW_CONFIG_LISTEN,	/* char[LW_CONFIG_TEXT]: lw_listen_parse() takes it */
	LW_CONFIG_FILE_OR_NONE, /* char[LW_CONFIG_TEXT]: absolute, ends in .words[0] if any; or nothing */
	LW_CONFIG_PROGRAM_OR_NONE, /* char[LW_CONFIG_TEXT]: absolute, lw_program_problem(); or nothing */
	LW_CONFIG_USER_OR_NONE, /* char[LW_CONFIG_TEXT]: as a word, lw_user_problem(); or nothing */
	LW_CONFIG_WORD_OR_NONE, /* char[LW_CONFIG_TEXT]: at most .most of a-z, A-Z, 0-9, "._-" */
};

struct lw_config_key {
	const char *section, *name;
	enum lw_config_type type;
	size_t offset;	      /* in struct lw_config */
	uint64_t least, most; /* durations in seconds, numbers, counts of rates, length of words */
	const char *words[4]; /* choices, or the units of a rate */
	const char *fallback; /* the default, as it would stand in the file */
	const char *allowed;  /* what messages say is allowed */
	const char *help;     /* one sentence for man page and --help */
};

extern const struct lw_config_key lw_config_keys[];
extern const size_t lw_config_key_count;

/* Section whose keys are free: names and values of labels. */
#define LW_CONFIG_LABEL_SECTION "labels"

/* Told of each problem; LINE is 0 when it is about the whole file. */
typedef void (*lw_config_say)(const char *file, int line, const char *problem, void *data);

/* All defaults. */
void lw_config_defaults(struct lw_config *config);

/*
 * Takes the TEXT of one file over what CONFIG has. Every problem is told to SAY; 0, or -EINVAL when
 * there was one (CONFIG is then half changed: throw it away). Pure.
 */
int lw_config_parse(struct lw_config *config, const char *file, const char *text, size_t length,
		    lw_config_say say, void *data);

/*
 * Puts VALUE into the key's place in CONFIG. 0; -EINVAL when it is not allowed. Pure.
 */
int lw_config_set(struct lw_config *config, const struct lw_config_key *key, const char *value);

/* Whether the key's value is the same in both. */
bool lw_config_same(const struct lw_config *a, const struct lw_config *b,
		    const struct lw_config_key *key);

/* 1 to 32 of a-z, 0-9 and _, no digit first. */
bool lw_is_label_name(const char *name);

/* Adds or replaces a label. 0, or -EINVAL with *PROBLEM set to a static string. */
int lw_config_set_label(struct lw_config *config, const char *name, const char *value,
			const char **problem);

/*
 * Reads FILE and then the *.conf files of FOLDER. A missing FILE or FOLDER is as an empty one,
 * unless MUST_EXIST (the file was named by hand). With a FOLDER it is the configuration of the unit,
 * and the files that it names must be where the unit sees them (lw_place_problem()). 0, -EINVAL, or the
 * errno of a file that cannot be read, told to SAY.
 */
int lw_config_load(struct lw_config *config, const char *file, const char *folder, bool must_exist,
		   lw_config_say say, void *data);

/*
 * Why root's daemon must not start the program at PATH: somebody else than root could change what
 * is started, or nothing could be. NULL when it may; the caller frees the text.
 */
char *lw_program_problem(const char *path);

/*
 * Why the daemon does not find the file at PATH when its unit starts it, whatever a shell sees
 * there: the unit has no homes of people and temporary folders of its own. As above.
 */
char *lw_place_problem(const char *path);

/* Why programs cannot be started as the user NAME: unknown, or root. As above. */
char *lw_user_problem(const char *name);

/*
 * The configuration as a file that would give it again, each value with where it stands; to be
 * released with free(), NULL without memory. Pure.
 */
char *lw_config_text(const struct lw_config *config);

enum lw_listen_kind { LW_LISTEN_OFF, LW_LISTEN_TCP, LW_LISTEN_UNIX };

struct lw_listen {
	enum lw_listen_kind kind;
	char host[64]; /* numeric, without brackets */
	uint16_t port;
	char path[108];
};

/* "off", "unix:/path", "127.0.0.1:9851" or "[::1]:9851" (numbers only). 0 or -EINVAL. Pure. */
int lw_listen_parse(const char *text, struct lw_listen *listen);

#endif
