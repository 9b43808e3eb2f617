// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's configuration: what is taken, what is refused and where, and the shipped file. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "config/config.h"
#include "skip.h"

/* Problems as "FILE:LINE: TEXT\n". */
struct told {
	char text[4096];
	int count;
};

static void tell(const char *file, int line, const char *problem, void *data)
{
	struct told *told = data;
	size_t used = strlen(told->text);

	snprintf(told->text + used, sizeof(told->text) - used, "%s:%d: %s\n", file, line, problem);
	told->count++;
}

static int parse(const char *text, struct lw_config *config, struct told *told)
{
	memset(told, 0, sizeof(*told));
	lw_config_defaults(config);
	return lw_config_parse(config, "f", text, strlen(text), tell, told);
}

static void taken(const char *text, struct lw_config *config)
{
	struct told told;

	if (parse(text, config, &told))
		fail_msg("refused: %s", told.text);
}

/* Exactly one problem, on LINE, and PART is in it. */
static void refused(const char *text, int line, const char *part)
{
	struct lw_config config;
	struct told told;
	char where[16];

	snprintf(where, sizeof(where), "f:%d: ", line);
	if (!parse(text, &config, &told))
		fail_msg("taken: %s", text);
	if (told.count != 1 || strncmp(told.text, where, strlen(where)) ||
	    !strstr(told.text, part))
		fail_msg("not one problem on line %d with \"%s\" but: %s", line, part, told.text);
	for (const char *at = told.text; *at; at++)
		if ((unsigned char)*at < 0x20 && *at != '\n')
			fail_msg("a control character in a message");
}

static void defaults(void **state)
{
	struct lw_config c;

	(void)state;
	taken("", &c);
	assert_int_equal(c.level, LW_LEVEL_FULL);
	assert_int_equal(c.attach, LW_ATTACH_CHOICE_AUTO);
	assert_int_equal(c.watch_period_s, 3600);
	assert_string_equal(c.listen, "127.0.0.1:9851");
	assert_string_equal(c.textfile, "");
	assert_int_equal(c.events_rate.count, 20);
	assert_int_equal(c.events_rate.seconds, 1);
	assert_int_equal(c.journal_rate.count, 30);
	assert_int_equal(c.journal_rate.seconds, 60);
	assert_false(c.addresses);
	assert_int_equal(c.label_count, 0);
}

static void everything(void **state)
{
	struct lw_config c;

	(void)state;
	taken("# comment\n; another\n\n[record]\nlevel=off\nattach = kprobe ; why\n[watch]\r\n"
	      "period = 90s\r\n[metrics]\nlisten = unix:/run/luwatch/metrics\n"
	      "textfile = /srv/luwatch.prom\ntextfile_interval: 1min\n[events]\nrate=0/s\n"
	      "[journal]\nrate=7/h\n[privacy]\naddresses=yes\n"
	      "[labels]\nrack=b12\nrow_2=Zürich 3", &c);
	assert_int_equal(c.level, LW_LEVEL_OFF);
	assert_int_equal(c.attach, LW_ATTACH_CHOICE_KPROBE);
	assert_int_equal(c.watch_period_s, 90);
	assert_string_equal(c.listen, "unix:/run/luwatch/metrics");
	assert_string_equal(c.textfile, "/srv/luwatch.prom");
	assert_int_equal(c.textfile_interval_s, 60);
	assert_int_equal(c.events_rate.count, 0);
	assert_int_equal(c.journal_rate.count, 7);
	assert_int_equal(c.journal_rate.seconds, 3600);
	assert_true(c.addresses);
	assert_int_equal(c.label_count, 2);
	assert_string_equal(c.labels[0].name, "rack");
	assert_string_equal(c.labels[1].value, "Zürich 3");
}

static void refuses_names(void **state)
{
	(void)state;
	refused("[metrics]\n\nlisten=off\nlisen = off\n", 4, "unknown key \"lisen\" in [metrics]; "
		"there are listen, textfile, textfile_interval");
	refused("\n[metric]\nlisten=off\n", 2, "unknown section [metric]; there are [record], "
		"[watch], [metrics], [events], [journal], [faults], [privacy], [host], [audit], [state], [hooks], [labels]");
	refused("[metric]\n", 1, "unknown section [metric]");
	refused("level=off\n", 1, "before the first [section]");
	refused("[record]\nlevel\n", 2, "no key = value");
	refused("[record\n", 1, "no [section]");
}

static void refuses_values(void **state)
{
	(void)state;
	refused("[record]\nlevel = most\n", 2, "level = most is not allowed; allowed is off, probes "
		"or full");
	refused("[record]\nlevel = Off\n", 2, "not allowed");
	refused("[record]\nlevel =\n", 2, "(nothing)");
	refused("[privacy]\naddresses = true\n", 2, "allowed is yes or no");
	refused("[watch]\nperiod = 60\n", 2, "0s to 7d");
	refused("[watch]\nperiod = 8d\n", 2, "0s to 7d");
	refused("[watch]\nperiod = -1s\n", 2, "0s to 7d");
	refused("[watch]\nperiod = 1 h\n", 2, "0s to 7d");
	refused("[watch]\nperiod = 99999999999999999999s\n", 2, "0s to 7d");
	refused("[events]\nrate = 5/min\n", 2, "0/s to 10000/s");
	refused("[events]\nrate = 10001/s\n", 2, "0/s to 10000/s");
	refused("[journal]\nrate = 0/s\n", 2, "1 to 10000");
	refused("[journal]\nrate = 5/d\n", 2, "1 to 10000");
	refused("[state]\nkeep-days = 2w\n", 2, "1 to 36500 days");
	refused("[metrics]\ntextfile = var/lib/a.prom\n", 2, "absolute path");
	refused("[metrics]\ntextfile = /a/../b.prom\n", 2, "absolute path");
	refused("[metrics]\ntextfile = /a/b.txt\n", 2, ".prom");
	refused("[metrics]\nlisten = localhost:9851\n", 2, "numeric address");
	refused("[metrics]\nlisten = 127.0.0.1\n", 2, "numeric address");
	refused("[metrics]\nlisten = 127.0.0.1:0\n", 2, "numeric address");
	refused("[metrics]\nlisten = 127.0.0.1:65536\n", 2, "numeric address");
	refused("[metrics]\nlisten = ::1:9851\n", 2, "numeric address");
	refused("[metrics]\nlisten = unix:metrics\n", 2, "numeric address");
}

static void refuses_lines(void **state)
{
	char text[600];

	(void)state;
	refused("[watch]\nperiod=1h\nperiod=2h\n", 3, "twice");
	refused("[watch]\nperiod=1h\n  2h\n", 3, "begins with a blank");
	refused(" [watch]\n", 1, "begins with a blank");
	memset(text, 'x', sizeof(text));
	memcpy(text, "[watch]\nperiod=", 15);
	strcpy(text + 300, "\n");
	refused(text, 2, "too long");
	refused("[watch]\nperiod=\033[31m\n", 2, "\\x1b[31m is not allowed");
	refused("[\033[31m]\n", 1, "unknown section [\\x1b[31m]");
}

static void refuses_labels(void **state)
{
	char text[1024] = "[labels]\n";
	int i;

	(void)state;
	refused("[labels]\nRack=1\n", 2, "a-z, 0-9 and _");
	refused("[labels]\n1rack=1\n", 2, "a-z, 0-9 and _");
	refused("[labels]\nrack=\n", 2, "1 to 64 bytes");
	refused("[labels]\nrack=\033[31m\n", 2, "printable");
	refused("[labels]\nrack=a\\nb\n", 2, "printable");
	refused("[labels]\nrack=a\nrack=b\n", 3, "twice");
	for (i = 0; i < 17; i++)
		snprintf(text + strlen(text), 16, "l%d=x\n", i);
	refused(text, 18, "at most 16");
}

/* Every problem of a file is told, each with its own line. */
static void tells_all(void **state)
{
	struct lw_config config;
	struct told told;

	(void)state;
	assert_int_equal(parse("[nope]\na=1\n[watch]\nperiod=x\nfoo=1\n", &config, &told), -EINVAL);
	assert_int_equal(told.count, 3);
	assert_non_null(strstr(told.text, "f:1: unknown section"));
	assert_non_null(strstr(told.text, "f:4: period"));
	assert_non_null(strstr(told.text, "f:5: unknown key"));
}

static void write_text(const char *folder, const char *name, const char *text)
{
	LW_FREE char *path = lw_format("%s/%s", folder, name);

	assert_int_equal(lw_write_file(path, text, strlen(text), 0600), 0);
}

/* Runs of blanks become one. */
static void squeeze(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (*text != ' ' || text[1] != ' ')
			*to++ = *text;
	*to = '\0';
}

static void folders(void **state)
{
	char folder[] = "/tmp/luwatch-config-XXXXXX";
	LW_FREE char *conf_d = NULL, *file = NULL, *command = NULL;
	struct told told = {};
	struct lw_config c, again;
	LW_FREE char *shown = NULL, *period = NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	conf_d = lw_format("%s/conf.d", folder);
	file = lw_format("%s/luwatch.conf", folder);
	command = lw_format("rm -rf %s", folder);

	assert_int_equal(lw_config_load(&c, file, conf_d, false, tell, &told), 0);
	assert_int_equal(told.count, 0);
	assert_int_equal(lw_config_load(&c, file, conf_d, true, tell, &told), -ENOENT);
	assert_int_equal(told.count, 1);

	assert_int_equal(mkdir(conf_d, 0700), 0);
	write_text(folder, "luwatch.conf", "[watch]\nperiod=1s\n[metrics]\nlisten=off\n");
	write_text(conf_d, "20-b.conf", "[watch]\nperiod=3s\n[labels]\nrack=b\n");
	write_text(conf_d, "10-a.conf", "[watch]\nperiod=2s\n[labels]\nrack=a\n");
	write_text(conf_d, "30-c.conf.bak", "nonsense\n");
	write_text(conf_d, ".40.conf", "nonsense\n");
	assert_int_equal(lw_config_load(&c, file, conf_d, true, tell, &told), 0);
	assert_int_equal(c.watch_period_s, 3);
	assert_string_equal(c.listen, "off");
	assert_int_equal(c.label_count, 1);
	assert_string_equal(c.labels[0].value, "b");

	/* Where each value stands, and as a file it gives the same again. */
	shown = lw_config_text(&c);
	period = lw_format("period = 3s ; %s/20-b.conf:2\n", conf_d);
	squeeze(shown);
	assert_non_null(strstr(shown, period));
	assert_non_null(strstr(shown, "textfile_interval = 15s ; default\n"));
	assert_non_null(strstr(shown, "[labels]\nrack = b ; "));
	assert_int_equal(parse(shown, &again, &told), 0);
	assert_int_equal(again.watch_period_s, 3);
	assert_string_equal(again.labels[0].value, "b");
	assert_string_equal(again.textfile, "");

	memset(&told, 0, sizeof(told));
	write_text(conf_d, "20-b.conf", "[watch]\n\nperiod=never\n");
	assert_int_equal(lw_config_load(&c, file, conf_d, true, tell, &told), -EINVAL);
	assert_non_null(strstr(told.text, "/conf.d/20-b.conf:3: period = never"));
	assert_int_equal(system(command), 0);
}

/* What root's daemon may start: the program and all above it are root's alone. */
static void programs(void **state)
{
	static const struct {
		const char *path, *why;
	} rows[] = {
		{ "/usr/bin/true", NULL },
		{ "/proc/self/exe", "goes through a link" },
		{ "/nowhere/at/all", "No such file" },
		{ "/usr/bin", "it is no file" },
		{ "/etc/passwd", "not everybody may execute it" },
	};
	char path[] = "/tmp/luwatch-program-XXXXXX";
	LW_FREE char *theirs = NULL;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		LW_FREE char *why = lw_program_problem(rows[i].path);

		if (!rows[i].why != !why || (why && !strstr(why, rows[i].why)))
			fail_msg("%s: %s", rows[i].path, why ? why : "taken");
	}
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0755), 0);
	close(fd);
	theirs = lw_program_problem(path);
	unlink(path);
	assert_non_null(theirs);
	assert_non_null(strstr(theirs, getuid() ? "belongs to user" : "can write to /tmp;"));
}

static void users(void **state)
{
	LW_FREE char *root = lw_user_problem("root"), *nobody = lw_user_problem("nobody");
	LW_FREE char *unknown = lw_user_problem("no-such-user");

	(void)state;
	assert_non_null(strstr(root, "not to be root's"));
	assert_null(nobody);
	assert_non_null(strstr(unknown, "adduser --system no-such-user"));
}

/* A path that is wrong by itself, and one that is wrong on this host: both with file and line. */
static void hooks(void **state)
{
	char folder[] = "/tmp/luwatch-config-XXXXXX";
	LW_FREE char *file = NULL, *command = NULL, *none = NULL;
	struct told told = {};
	struct lw_config c;

	(void)state;
	refused("[hooks]\non-verdict = drain-host\n", 2, "absolute path of a program that only root");
	refused("[hooks]\nuser = a b\n", 2, "a user of this host");
	refused("[hooks]\ntimeout = 2h\n", 2, "1s to 1h");
	taken("[journal]\nrate = 5/m\n[state]\nkeep-days = 30d\n", &c);
	assert_int_equal(c.journal_rate.seconds, 60);
	assert_int_equal(c.keep_days, 30);
	taken("[hooks]\non-verdict = /usr/local/sbin/drain\nuser = drain\ntimeout = 5s\n", &c);
	assert_string_equal(c.hook, "/usr/local/sbin/drain");
	assert_string_equal(c.hook_user, "drain");
	assert_int_equal(c.hook_timeout_s, 5);

	assert_non_null(mkdtemp(folder));
	file = lw_format("%s/luwatch.conf", folder);
	command = lw_format("rm -rf %s", folder);
	write_text(folder, "luwatch.conf", "[hooks]\nuser = root\non-verdict = /nowhere/at/all\n");
	assert_int_equal(lw_config_load(&c, file, NULL, true, tell, &told), -EINVAL);
	assert_int_equal(told.count, 2);
	assert_non_null(strstr(told.text, "luwatch.conf:3: on-verdict = /nowhere/at/all: No such"));
	assert_non_null(strstr(told.text, "luwatch.conf:2: user = root: "));
	memset(&told, 0, sizeof(told));
	write_text(folder, "luwatch.conf", "[hooks]\non-verdict = /usr/bin/true\n");
	assert_int_equal(lw_config_load(&c, file, NULL, true, tell, &told), 0);
	/* A file that is there, where the unit does not see it: refused in the unit's configuration alone. */
	write_text(folder, "luwatch.conf", "[faults]\nknown = /tmp/known\n[metrics]\ntextfile = /home/x/a.prom\n");
	assert_int_equal(lw_config_load(&c, file, NULL, true, tell, &told), 0);
	none = lw_format("%s/conf.d", folder);
	assert_int_equal(lw_config_load(&c, file, none, false, tell, &told), -EINVAL);
	assert_int_equal(told.count, 2);
	assert_non_null(strstr(told.text, "luwatch.conf:2: known = /tmp/known: luwatchd.service does not see /tmp (Prot"));
	assert_non_null(strstr(told.text, "luwatch.conf:4: textfile = /home/x/a.prom: luwatchd.service does not see /home"));
	assert_int_equal(system(command), 0);
}

/* Each place that the unit does not see, and what only looks like one. */
static void hidden_places(void **state)
{
	static const char *const hidden[] = { "/home", "/root", "/run/user", "/tmp", "/var/tmp" };
	static const char *const seen[] = { "/etc/luwatch/known", "/usr/local/home/known", "/homes/known",
					    "/rootfs/known", "/run/users/known", "/tmpfs/known", "/var/tmpfs/known" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		LW_FREE char *path = lw_format("%s/known", hidden[i]), *why = lw_place_problem(path);
		LW_FREE char *start = lw_format("luwatchd.service does not see %s (", hidden[i]);

		assert_non_null(why);
		assert_ptr_equal(strstr(why, start), why);
	}
	for (i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		assert_null(lw_place_problem(seen[i]));
}

/* The shipped file names every key of the table once, with its default, and nothing else. */
static void shipped(void **state)
{
	char line[256], section[32] = "", name[64], value[128];
	bool found[64] = {};
	struct lw_config c;
	struct told told;
	FILE *in = open_of_tree("systemd/luwatch.conf");
	char *text = calloc(1, 65536);
	size_t i;

	(void)state;
	while (fgets(line, sizeof(line), in)) {
		if (strlen(line) > 101)
			fail_msg("too long: %s", line);
		if (sscanf(line, "[%31[a-z]]", section) == 1) {
			strcat(text, line);
			continue;
		}
		*value = '\0';
		if (sscanf(line, "#%63[a-z_-] = %127[^\n]", name, value) < 1 ||
		    !strstr(line, " ="))
			continue;
		strcat(text, line + 1);
		if (!strcmp(section, LW_CONFIG_LABEL_SECTION))
			continue;
		for (i = 0; i < lw_config_key_count; i++)
			if (!strcmp(lw_config_keys[i].section, section) &&
			    !strcmp(lw_config_keys[i].name, name))
				break;
		if (i == lw_config_key_count)
			fail_msg("no such key: [%s] %s", section, name);
		assert_false(found[i]);
		found[i] = true;
		assert_string_equal(value, lw_config_keys[i].fallback);
	}
	fclose(in);
	for (i = 0; i < lw_config_key_count; i++)
		if (!found[i])
			fail_msg("not in the shipped file: %s", lw_config_keys[i].name);
	/* With every comment sign before a key taken away it is still a configuration. */
	if (parse(text, &c, &told))
		fail_msg("%s", told.text);
	free(text);
}

/* Any bytes: never more than an error. */
static void noise(void **state)
{
	struct lw_config c;
	char text[300];
	unsigned int seed = 1;
	size_t i, n;

	(void)state;
	for (i = 0; i < 20000; i++) {
		size_t length = rand_r(&seed) % sizeof(text);

		for (n = 0; n < length; n++)
			text[n] = "[]=;#\n\r \tabrecordlevelmetrics\0\377"[rand_r(&seed) % 32];
		lw_config_defaults(&c);
		lw_config_parse(&c, "f", text, length, NULL, NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),	  cmocka_unit_test(everything),
		cmocka_unit_test(refuses_names),  cmocka_unit_test(refuses_values),
		cmocka_unit_test(refuses_lines),  cmocka_unit_test(refuses_labels),
		cmocka_unit_test(tells_all),	  cmocka_unit_test(folders),
		cmocka_unit_test(programs),	  cmocka_unit_test(users),
		cmocka_unit_test(hooks),
		cmocka_unit_test(hidden_places),
		cmocka_unit_test(shipped),	  cmocka_unit_test(noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
