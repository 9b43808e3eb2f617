/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon from start to stop. First the evidence of the hand-over that began this boot is made
 * safe and judged, then this kernel is armed, and only then is the daemon ready. Stopping leaves
 * the kernel armed: the pins are the armed state, and nothing else has to be alive.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/folders.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/message.h"
#include "carry/session.h"
#include "collect/gather.h"
#include "daemon/daemon.h"

#define LOCK	"daemon.lock"
#define RETRY_S 60
#define SERVE_AGAIN_S 30

static int take_lock(int *lock)
{
	char owner[16] = "";
	int r = lw_lock(LOCK, lock);

	if (r == -EBUSY) {
		lw_read_line(LW_RUN_FOLDER "/" LOCK, owner, sizeof(owner));
		lw_error("luwatch run is running already (process %s)", *owner ? owner : "unknown");
	}
	if (!r && (ftruncate(*lock, 0) || dprintf(*lock, "%d\n", getpid()) < 0))
		r = -errno;
	return r;
}

/* The file that [faults] known names; what is wrong in it refuses the configuration. */
static int load_known(struct lw_known *known, const char *path, struct lw_refusal *refusal)
{
	LW_FREE char *text = NULL;
	unsigned int line;
	int r;

	*known = (struct lw_known){};
	if (!*path)
		return 0;
	r = lw_known_read(known, path, &line);
	if (!r)
		return 0;
	text = line ? lw_format("no RID[:REASON] like 0000:00:02.0:0x06, or more than %d of them",
				LW_KNOWN_FAULTS) :
		      lw_format("the list of known faults cannot be read: %s", strerror(-r));
	lw_refusal_take(path, (int)line, text, refusal);
	return r;
}

static int load_config(struct lw_daemon *d, struct lw_config *config, bool journal)
{
	struct lw_refusal *refusal = &d->refusal;
	struct lw_journal_entry entry;
	struct lw_known known;
	int r;

	memset(refusal, 0, sizeof(*refusal));
	r = lw_config_load(config, d->config_file, d->config_folder, d->config_named,
			   lw_refusal_take, refusal);
	if (!r)
		r = load_known(&known, config->known, refusal);
	if (!r)
		d->known = known;
	if (r && journal) {
		lw_journal_config(&entry, refusal->file, refusal->line, refusal->problem);
		lw_daemon_send(d, &entry);
	}
	return r;
}

/* What `luwatch status` shows; without the file all is well. */
static void note_metrics_problem(struct lw_daemon *d, int error)
{
	LW_FREE char *text = NULL;

	if (error == d->serve_error)
		return;
	d->serve_error = error;
	if (!error) {
		unlink(LW_METRICS_PROBLEM);
		lw_warn("metrics are served on %s now", d->config.listen);
		return;
	}
	text = lw_format("not served on %s: %s; tried again every %d s", d->config.listen,
			 strerror(-error), SERVE_AGAIN_S);
	lw_warn("metrics are %s", text);
	lw_write_file(LW_METRICS_PROBLEM, text, strlen(text), 0640);
}

/* A port that somebody else has is no reason not to watch: it is tried again until it is free. */
static void serve(struct lw_daemon *d)
{
	struct lw_listen listen;
	int r;

	lw_http_close(d->http);
	d->http = NULL;
	lw_listen_parse(d->config.listen, &listen);
	r = lw_http_open(&d->http, d->event, &listen, lw_daemon_metrics, d);
	note_metrics_problem(d, r);
	if (r)
		lw_daemon_timer(d->serve_timer, SERVE_AGAIN_S);
	else
		sd_event_source_set_enabled(d->serve_timer, SD_EVENT_OFF);
}

/* For `luwatch run --show-config`; what cannot be written is missed there and nowhere else. */
static void share_config(const struct lw_daemon *d)
{
	LW_FREE char *text = lw_config_text(&d->config);

	if (text && lw_write_file(LW_FORCE_FILE, text, strlen(text), 0640))
		lw_warn("%s cannot be written: `luwatch run --show-config` shows the files", LW_FORCE_FILE);
}

static void set_watch_timer(struct lw_daemon *d)
{
	uint64_t end = lw_watch_end(&d->watch, d->config.watch_period_s);

	if (!d->watch.loaded || d->watch.final || !d->watch_timer)
		return;
	sd_event_source_set_time(d->watch_timer, end / 1000);
	sd_event_source_set_enabled(d->watch_timer, SD_EVENT_ONESHOT);
}

static void reload(struct lw_daemon *d)
{
	struct lw_config old = d->config, new;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
		   (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	if (!load_config(d, &new, true)) {
		d->config = new;
		lw_daemon_audit_config(d, &old);
		share_config(d);
		lw_limit_init(&d->limit, new.journal_rate);
		lw_limit_init(&d->damage_limit, new.journal_rate);
		lw_daemon_arm(d);
		if (strcmp(new.listen, old.listen))
			serve(d);
		set_watch_timer(d);
		if (new.heartbeat_s != old.heartbeat_s) {
			sd_event_source_set_enabled(d->heartbeat_timer, SD_EVENT_OFF);
			lw_daemon_timer(d->heartbeat_timer, new.heartbeat_s);
		}
		lw_daemon_write_textfile(d);
		lw_daemon_keep(d);
	}
	sd_notify(0, "READY=1");
	lw_daemon_changed(d);
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *signal, void *context)
{
	struct lw_daemon *d = context;

	if (signal->ssi_signo == SIGHUP)
		reload(d);
	else
		sd_event_exit(d->event, 0);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t time, void *context)
{
	struct lw_daemon *d = context;

	if (source == d->look_timer)
		lw_daemon_look(d);
	else if (source == d->tell_timer)
		lw_daemon_tell_waiting(d);
	else if (source == d->serve_timer)
		serve(d);
	else if (source == d->textfile_timer)
		lw_daemon_write_textfile(d);
	else if (source == d->heartbeat_timer)
		lw_daemon_heartbeat(d);
	else if (source == d->baseline_timer)
		lw_daemon_renew_baseline(d);
	else if (source == d->watch_timer)
		lw_daemon_judge(d, true);
	/* It could not be written: later, then. */
	if (source == d->watch_timer && d->watch.loaded && !d->watch.final)
		lw_daemon_timer(d->watch_timer, RETRY_S);
	return 0;
}

static int on_pulse(sd_event_source *source, uint64_t time, void *context)
{
	struct lw_daemon *d = context;

	lw_daemon_pulse(d);
	sd_event_source_set_time(source, time + d->pulse_us);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int add_timers(struct lw_daemon *d)
{
	sd_event_source **timers[] = { &d->look_timer, &d->tell_timer, &d->textfile_timer,
				       &d->watch_timer, &d->serve_timer, &d->heartbeat_timer,
				       &d->baseline_timer };
	size_t i;
	int r = 0;

	for (i = 0; r >= 0 && i < sizeof(timers) / sizeof(timers[0]); i++) {
		r = sd_event_add_time(d->event, timers[i],
				      timers[i] == &d->watch_timer ? CLOCK_BOOTTIME
								   : CLOCK_MONOTONIC,
				      0, 0, on_timer, d);
		if (r >= 0)
			r = sd_event_source_set_enabled(*timers[i], SD_EVENT_OFF);
	}
	if (r >= 0 && sd_watchdog_enabled(0, &d->pulse_us) > 0) {
		d->pulse_us /= 2;
		r = sd_event_add_time_relative(d->event, &d->pulse_timer, CLOCK_MONOTONIC,
					       d->pulse_us, d->pulse_us / 8, on_pulse, d);
	}
	return r;
}

static int open_loop(struct lw_daemon *d)
{
	const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	sigset_t mask;
	size_t i;
	int r;

	sigemptyset(&mask);
	for (i = 0; i < 3; i++)
		sigaddset(&mask, signals[i]);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN);
	r = sd_event_new(&d->event);
	for (i = 0; r >= 0 && i < 3; i++)
		r = sd_event_add_signal(d->event, NULL, signals[i], on_signal, d);
	if (r >= 0)
		r = add_timers(d);
	if (r < 0)
		lw_error("the event loop cannot be set up: %s", strerror(-r));
	return r;
}

static int start(struct lw_daemon *d)
{
	struct lw_id id;
	int r = open_loop(d);

	if (r < 0)
		return r;
	lw_limit_init(&d->limit, d->config.journal_rate);
	lw_limit_init(&d->damage_limit, d->config.journal_rate);
	lw_daemon_tell_alive(d);
	share_config(d);
	sd_notify(0, "STATUS=saving the evidence of the hand-over");
	r = lw_watch_open(&d->watch, d->state, lw_daemon_audit_report, d);
	if (r)
		return r;
	lw_daemon_record_reports(d);
	/* What came in a live-update session is no longer needed there once it is saved. */
	if (lw_session_incoming() < 0 || lw_collected(d->state, &id))
		lw_session_renew();
	sd_notify(0, "STATUS=arming");
	/* Before it: what is plugged in while it looks is looked at again. */
	lw_daemon_follow_devices(d);
	r = lw_daemon_arm(d);
	if (r) {
		lw_daemon_tell_start(d);
		return r;
	}
	lw_daemon_check_loaded(d);
	lw_daemon_open_log(d);
	lw_daemon_judge(d, false);
	unlink(LW_METRICS_PROBLEM);
	serve(d);
	set_watch_timer(d);
	sd_notify(0, "READY=1");
	lw_daemon_tell_start(d);
	lw_daemon_status(d);
	return 0;
}

/* The kernel stays armed. A report becomes final only when the machine goes down. */
static void stop(struct lw_daemon *d)
{
	sd_notify(0, "STOPPING=1");
	lw_daemon_look(d);
	if (d->watch.handed_over && !d->watch.final && lw_system_is_stopping())
		lw_daemon_judge(d, true);
	lw_daemon_tell_stop(d);
}

static void finish(struct lw_daemon *d)
{
	unlink(LW_METRICS_PROBLEM);
	lw_http_close(d->http);
	lw_daemon_give_up_pins(d);
	lw_stuck_free(&d->stuck);
	lw_inspect_close(d->inspect);
	sd_event_source_disable_unref(d->log_source);
	lw_log_close(&d->log);
	sd_event_source_disable_unref(d->look_timer);
	sd_event_source_disable_unref(d->tell_timer);
	sd_event_source_disable_unref(d->watch_timer);
	sd_event_source_disable_unref(d->textfile_timer);
	sd_event_source_disable_unref(d->serve_timer);
	sd_event_source_disable_unref(d->heartbeat_timer);
	sd_event_source_disable_unref(d->uevent_source);
	sd_event_source_disable_unref(d->baseline_timer);
	sd_event_source_disable_unref(d->pulse_timer);
	sd_event_unref(d->event);
	lw_watch_close(&d->watch);
	lw_books_free(&d->books);
	json_decref(d->shared_before);
	lw_daemon_forget_shared(d);
	lw_topology_free(&d->topology);
	free(d->preserved.rids);
	free(d->marks.list);
}

/* The files that gave something, so that one which is not read is missed. */
static int say_what_was_read(const struct lw_config *c)
{
	size_t i, given = 0;

	for (i = 0; i < lw_config_key_count; i++) {
		if (!*c->sources[i].origin)
			continue;
		given++;
		printf("%s: [%s] %s = %s\n", c->sources[i].origin, lw_config_keys[i].section,
		       lw_config_keys[i].name, c->sources[i].text);
	}
	for (i = 0; i < c->label_count; i++)
		printf("%s: [" LW_CONFIG_LABEL_SECTION "] %s = %s\n", c->label_origins[i],
		       c->labels[i].name, c->labels[i].value);
	printf("the configuration is good: %zu keys and %zu labels given, %zu defaults\n", given,
	       c->label_count, lw_config_key_count - given);
	return LW_EXIT_CLEAN;
}

/* That of the daemon while one runs, else what the files give; REFUSED when they are refused. */
static int show_config(const struct lw_daemon *d, int refused)
{
	LW_FREE char *text = NULL;
	char owner[16] = "";
	size_t length;

	lw_read_line(LW_RUN_FOLDER "/" LOCK, owner, sizeof(owner));
	if (!d->config_named && atoi(owner) > 0 && (!kill(atoi(owner), 0) || errno == EPERM) &&
	    !lw_read_file(LW_FORCE_FILE, 65536, (uint8_t **)&text, &length)) {
		printf("# in force in the daemon, process %s\n%s", owner, text);
		return LW_EXIT_CLEAN;
	}
	if (refused)
		return LW_EXIT_USAGE;
	text = lw_config_text(&d->config);
	if (!text)
		return LW_EXIT_ERROR;
	printf("# no daemon runs; this is what the files give\n%s", text);
	return LW_EXIT_CLEAN;
}

int lw_daemon_run(const struct lw_daemon_options *options)
{
	struct lw_daemon d = {
		.config_file = options->config_file ? options->config_file : LW_CONFIG_FILE,
		.config_folder = options->config_file ? NULL : LW_CONFIG_FOLDER,
		.config_named = options->config_file,
		.state = LW_STATE_DIR,
		.log.fd = -1,
	};
	LW_CLOSE int lock = -1;
	bool look = options->check_config || options->show_config;
	/* Who may not start the daemon may not put it into the journal either. */
	int r = load_config(&d, &d.config, !look && !geteuid());

	d.books.known = &d.known;
	if (options->show_config)
		return show_config(&d, r);
	/* What stands in a file is refused: trying again changes nothing. */
	if (r)
		return LW_EXIT_USAGE;
	if (options->check_config)
		return say_what_was_read(&d.config);
	if (geteuid()) {
		lw_error("the daemon arms this kernel: run it as root");
		return LW_EXIT_NOT_POSSIBLE;
	}
	r = take_lock(&lock);
	if (!r)
		r = start(&d);
	if (r >= 0)
		r = sd_event_loop(d.event);
	if (d.told.running)
		stop(&d);
	finish(&d);
	return lw_exit_of(r);
}
