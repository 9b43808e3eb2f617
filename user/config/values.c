/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of configuration keys: text in, a checked value out. Pure. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/time.h"
#include "config/config.h"

#define WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/* Decimal digits only; leaves *END behind them. */
static bool take_number(const char *text, uint64_t most, uint64_t *number, const char **end)
{
	uint64_t value = 0;
	const char *at;

	for (at = text; *at >= '0' && *at <= '9'; at++) {
		if (at - text >= 12)
			return false;
		value = value * 10 + (*at - '0');
	}
	*number = value;
	*end = at;
	return at > text && value <= most;
}

static bool set_choice(int *place, const struct lw_config_key *key, const char *value)
{
	int i;

	for (i = 0; i < 4 && key->words[i]; i++) {
		if (!strcmp(key->words[i], value)) {
			*place = i;
			return true;
		}
	}
	return false;
}

static bool set_flag(bool *place, const char *value)
{
	*place = !strcmp(value, "yes");
	return *place || !strcmp(value, "no");
}

/* A unit must be there: "30" alone could be seconds or minutes. */
static bool set_duration(uint64_t *place, const struct lw_config_key *key, const char *value)
{
	return !lw_duration_parse(value, place) && *place >= key->least && *place <= key->most;
}

static bool set_rate(struct lw_rate *place, const struct lw_config_key *key, const char *value)
{
	const char *const *unit, *slash;
	uint64_t number, seconds;

	if (!take_number(value, key->most, &number, &slash) || *slash != '/' || number < key->least)
		return false;
	seconds = lw_time_unit(slash + 1, strlen(slash + 1));
	*place = (struct lw_rate){ number, seconds };
	for (unit = key->words; *unit; unit++)
		if (seconds == lw_time_unit(*unit, strlen(*unit)))
			return true;
	return false;
}

static bool set_text(char place[LW_CONFIG_TEXT], const char *value)
{
	if (strlen(value) >= LW_CONFIG_TEXT)
		return false;
	strcpy(place, value);
	return true;
}

static bool is_path(const char *text)
{
	size_t length = strlen(text);

	return *text == '/' && length > 1 && text[length - 1] != '/' && !strstr(text, "/../") &&
	       !strstr(text, "//");
}

static bool ends_in(const char *text, const char *end)
{
	size_t a = strlen(text), b = strlen(end);

	return a > b && !strcmp(text + a - b, end);
}

int lw_listen_parse(const char *text, struct lw_listen *l)
{
	const char *colon = strrchr(text, ':'), *end;
	unsigned char address[16];
	uint64_t port;
	size_t length;
	bool six;

	memset(l, 0, sizeof(*l));
	if (!strcmp(text, "off"))
		return 0;
	if (!strncmp(text, "unix:", 5)) {
		l->kind = LW_LISTEN_UNIX;
		if (!is_path(text + 5) || strlen(text + 5) >= sizeof(l->path))
			return -EINVAL;
		strcpy(l->path, text + 5);
		return 0;
	}
	if (!colon || !take_number(colon + 1, 65535, &port, &end) || *end || !port)
		return -EINVAL;
	length = colon - text;
	six = *text == '[' && length > 2 && text[length - 1] == ']';
	if (six) {
		text++;
		length -= 2;
	}
	if (length >= sizeof(l->host))
		return -EINVAL;
	memcpy(l->host, text, length);
	l->kind = LW_LISTEN_TCP;
	l->port = port;
	return inet_pton(six ? AF_INET6 : AF_INET, l->host, address) == 1 ? 0 : -EINVAL;
}

int lw_config_set(struct lw_config *config, const struct lw_config_key *key, const char *value)
{
	void *place = (char *)config + key->offset;
	struct lw_listen listen;
	const char *end;
	bool taken = false;

	switch (key->type) {
	case LW_CONFIG_CHOICE:
		taken = set_choice(place, key, value);
		break;
	case LW_CONFIG_FLAG:
		taken = set_flag(place, value);
		break;
	case LW_CONFIG_DURATION:
		taken = set_duration(place, key, value);
		break;
	case LW_CONFIG_NUMBER:
		taken = take_number(value, key->most, place, &end) &&
			(!*end || (key->words[0] && !strcmp(end, key->words[0]))) &&
			*(uint64_t *)place >= key->least;
		break;
	case LW_CONFIG_RATE:
		taken = set_rate(place, key, value);
		break;
	case LW_CONFIG_LISTEN:
		taken = !lw_listen_parse(value, &listen) && set_text(place, value);
		break;
	case LW_CONFIG_FILE_OR_NONE:
		taken = (!*value || (is_path(value) && (!key->words[0] || ends_in(value, key->words[0])))) &&
			set_text(place, value);
		break;
	case LW_CONFIG_PROGRAM_OR_NONE:
		taken = (!*value || is_path(value)) && set_text(place, value);
		break;
	case LW_CONFIG_USER_OR_NONE:
	case LW_CONFIG_WORD_OR_NONE:
		taken = strlen(value) <= key->most && strspn(value, WORD) == strlen(value) &&
			set_text(place, value);
		break;
	}
	return taken ? 0 : -EINVAL;
}

bool lw_config_same(const struct lw_config *a, const struct lw_config *b,
		    const struct lw_config_key *key)
{
	const void *x = (const char *)a + key->offset, *y = (const char *)b + key->offset;

	switch (key->type) {
	case LW_CONFIG_CHOICE:
		return *(const int *)x == *(const int *)y;
	case LW_CONFIG_FLAG:
		return *(const bool *)x == *(const bool *)y;
	case LW_CONFIG_DURATION:
	case LW_CONFIG_NUMBER:
		return *(const uint64_t *)x == *(const uint64_t *)y;
	case LW_CONFIG_RATE:
		return !memcmp(x, y, sizeof(struct lw_rate));
	case LW_CONFIG_LISTEN:
	case LW_CONFIG_FILE_OR_NONE:
	case LW_CONFIG_PROGRAM_OR_NONE:
	case LW_CONFIG_USER_OR_NONE:
	case LW_CONFIG_WORD_OR_NONE:
		break;
	}
	return !strcmp(x, y);
}

bool lw_is_label_name(const char *name)
{
	const char *at;

	for (at = name; *at; at++)
		if (!((*at >= 'a' && *at <= 'z') || *at == '_' ||
		      (at > name && *at >= '0' && *at <= '9')))
			return false;
	return at > name && at - name < LW_LABEL_NAME;
}

/* Nothing in it that would have to be escaped, but for a backslash. */
static bool is_printable(const char *value)
{
	char *escaped = lw_escape(value, strlen(value), 0);
	bool same = escaped && !strcmp(escaped, value);

	free(escaped);
	return same;
}

int lw_config_set_label(struct lw_config *config, const char *name, const char *value,
			const char **problem)
{
	size_t i;

	*problem = NULL;
	if (!lw_is_label_name(name))
		*problem = "the name of a label has 1 to 32 of a-z, 0-9 and _, and no digit first";
	else if (!*value || strlen(value) >= LW_LABEL_VALUE || !is_printable(value))
		*problem =
			"the value of a label has 1 to 64 bytes of printable UTF-8, no backslash";
	for (i = 0; i < config->label_count; i++)
		if (!strcmp(config->labels[i].name, name))
			break;
	if (!*problem && i == LW_CONFIG_LABELS)
		*problem = "there may be at most 16 labels";
	if (*problem)
		return -EINVAL;
	if (i == config->label_count)
		config->label_count++;
	strcpy(config->labels[i].name, name);
	strcpy(config->labels[i].value, value);
	return 0;
}

void lw_config_defaults(struct lw_config *config)
{
	size_t i;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < lw_config_key_count; i++)
		lw_config_set(config, &lw_config_keys[i], lw_config_keys[i].fallback);
}
