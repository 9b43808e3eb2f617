/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of configuration keys. systemd/luwatch.conf documents the same keys for people, and a
 * test holds one against the other.
 */
#include "daemon/config.h"

#define AT(field) .offset = offsetof(struct lw_config, field)
#define DAY	  86400

const struct lw_config_key lw_config_keys[] = {
	{ .section = "record", .name = "level", .type = LW_CONFIG_CHOICE, AT(level),
	  .words = { "off", "probes", "full" }, .fallback = "full",
	  .allowed = "off, probes or full",
	  .help = "How much this kernel records: nothing, only that it is armed and which faults "
		  "come, or everything including the tables." },
	{ .section = "record", .name = "attach", .type = LW_CONFIG_CHOICE, AT(attach),
	  .words = { "auto", "kprobe" }, .fallback = "auto", .allowed = "auto or kprobe",
	  .help = "How programs are attached: fentry where it works, or only kprobes." },
	{ .section = "watch", .name = "period", .type = LW_CONFIG_DURATION, AT(watch_period_s),
	  .least = 0, .most = 7 * DAY, .fallback = "1h", .allowed = "0s to 7d, such as 90s, 15min or 1h",
	  .help = "How long after a hand-over a fault can still change its verdict." },
	{ .section = "metrics", .name = "listen", .type = LW_CONFIG_LISTEN, AT(listen),
	  .fallback = "127.0.0.1:9851",
	  .allowed = "off, ADDRESS:PORT with a numeric address ([…] around IPv6), or unix:/PATH",
	  .help = "Where GET /metrics is answered." },
	{ .section = "metrics", .name = "textfile", .type = LW_CONFIG_PATH_OR_NONE, AT(textfile),
	  .fallback = "", .allowed = "an absolute path that ends in .prom, or nothing",
	  .help = "File the same metrics are written to for node-exporter's textfile collector." },
	{ .section = "metrics", .name = "textfile_interval", .type = LW_CONFIG_DURATION,
	  AT(textfile_interval_s), .least = 1, .most = DAY, .fallback = "15s",
	  .allowed = "1s to 1d",
	  .help = "The file is written when something changed, and not more often than this." },
	{ .section = "events", .name = "rate", .type = LW_CONFIG_RATE, AT(events_rate),
	  .least = 0, .most = 10000, .words = { "s" }, .fallback = "20/s",
	  .allowed = "0/s to 10000/s",
	  .help = "Faults that are looked at one by one; all others are only counted." },
	{ .section = "journal", .name = "rate", .type = LW_CONFIG_RATE, AT(journal_rate),
	  .least = 1, .most = 10000, .words = { "s", "min", "h" }, .fallback = "30/min",
	  .allowed = "1 to 10000 in s, min or h, such as 30/min",
	  .help = "Journal entries about faults; those held back are counted in a later entry." },
	{ .section = "privacy", .name = "addresses", .type = LW_CONFIG_FLAG, AT(addresses),
	  .fallback = "no", .allowed = "yes or no",
	  .help = "Whether journal entries name fault addresses, which are tenants' data." },
	{ .section = "state", .name = "directory", .type = LW_CONFIG_PATH, AT(state),
	  .fallback = "/var/lib/luwatch", .allowed = "an absolute path",
	  .help = "Where evidence, reports and the declared set are kept." },
};

const size_t lw_config_key_count = sizeof(lw_config_keys) / sizeof(lw_config_keys[0]);
