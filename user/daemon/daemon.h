/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon: what `luwatch run` holds while it runs, and the steps that its files share. Only
 * files of user/daemon/ and the command look in here.
 *
 * It sleeps until something happens: a single fault in the ring buffer, a line in the kernel log, a
 * scrape, a signal. Timers exist only while there is something to be done later.
 */
#ifndef LUWATCH_DAEMON_H
#define LUWATCH_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "arm/arm.h"
#include "arm/pins.h"
#include "base/lock.h"
#include "base/time.h"
#include "collect/topology.h"
#include "config/config.h"
#include "config/level.h"
#include "daemon/books.h"
#include "daemon/http.h"
#include "daemon/journal.h"
#include "daemon/kmsg.h"
#include "daemon/maps.h"
#include "daemon/marks.h"
#include "daemon/metrics.h"
#include "daemon/rate.h"
#include "daemon/watch.h"
#include "probe/inspect.h"
#include "probe/stuck.h"

struct ring_buffer;

#define LW_TOLD_FILE  LW_RUN_FOLDER "/told"
#define LW_MARKS_FILE LW_RUN_FOLDER "/preserved"
#define LW_LOADED_FILE LW_RUN_FOLDER "/loaded"
#define LW_FORCE_FILE LW_RUN_FOLDER "/configuration" /* the one in force */
#define LW_SINGLES    64 /* single faults taken at one wake-up; the rest is counted */

/* What this boot's daemons have told the journal already, in LW_TOLD_FILE. */
struct lw_told {
	bool any;	     /* an earlier daemon of this boot ran */
	char id[LW_ID_TEXT]; /* of the hand-over */
	uint32_t revision;
	bool running;	   /* a daemon that did not stop in order */
	uint32_t attempts; /* of kexec in this kernel */
};

/* By this a loaded image is known again, in LW_LOADED_FILE also by the next daemon of this boot. */
struct lw_image_key {
	uint64_t image, start, head;
};

/* What changes without an event. */
struct lw_daemon_facts {
	bool ready;
	uint64_t declared, marked;
};

/* A kind of faults as it stands in the file of share.c. */
struct lw_shared_fault {
	struct lw_fault_key key;
	uint64_t count;
	char *text;
};

struct lw_daemon {
	const char *config_file, *config_folder;
	bool config_named; /* the file was named by hand */
	struct lw_config config;
	struct lw_known known;	   /* what config.known lists */
	struct lw_refusal refusal; /* of the files as they were at the last reload */
	const char *state;

	sd_event *event;
	sd_event_source *ring_source, *log_source;
	sd_event_source *look_timer, *tell_timer, *watch_timer, *textfile_timer, *pulse_timer;
	sd_event_source *serve_timer;	  /* the port was taken */
	sd_event_source *heartbeat_timer; /* into the audit log */
	sd_event_source *uevent_source, *baseline_timer; /* devices came or went */
	int serve_error;	       /* why the metrics are not served, 0 when they are */
	uint64_t pulse_us; /* WatchdogSec / 2; 0 = no watchdog */

	const char *off; /* why nothing is armed; NULL when arming is wanted */
	bool armed;
	uint64_t armed_ns; /* boot clock of the arming whose counters were taken */
	struct lw_pins pins;
	struct ring_buffer *ring;
	struct lw_stuck stuck;	    /* units whose faults nobody is told of */
	uint64_t stuck_ns;	    /* boot clock of the last look for them */
	struct lw_inspect *inspect; /* NULL: the kexec image cannot be looked at */
	struct lw_log log;
	bool log_unread;     /* it could not be opened, or not read to its end */
	uint64_t log_missed; /* .log.missed, while no program watched */
	struct lw_http *http;

	/* Seeing. */
	struct lw_topology topology;
	uint64_t topology_ns; /* boot clock when it was looked at */
	uint64_t topology_digest;
	struct lw_preserved_now preserved;
	struct lw_books books;
	struct lw_watch watch;
	struct lw_fault singles[LW_SINGLES];
	size_t single_count;
	uint64_t faults_seen; /* .faults of the control map at the last look */
	bool stale;	      /* the report does not have all faults yet */
	bool urgent;	      /* among them some that can change the verdict */
	uint64_t judged_ns, judge_cost_ns;

	/* Telling. */
	struct lw_told told;
	struct lw_limit limit, damage_limit; /* a storm must not hold back what matters */
	uint64_t losses_told[LW_LOSSES];
	unsigned int uncounted_probes; /* at the last count of losses */
	uint64_t tell_interval_s; /* 0 = nothing is waiting */
	uint64_t told_ns;	  /* when aggregates were told last */
	bool told_once;
	uint64_t textfile_ns; /* when it was written last; 0 = never */
	int textfile_error;   /* what was said about it last */
	int report_error;
	uint64_t audit_sequence, audit_errors;
	struct lw_marks marks; /* as the audit log has them */
	bool marks_stale;
	struct lw_rec_loaded loader; /* who loaded the image that is not yet told of; .image 0: nobody */
	struct lw_image_key loaded;  /* the image that was told of last */
	struct lw_daemon_facts facts; /* as last in the textfile */

	/* Sharing. */
	json_t *shared_before; /* faults of the kernel log from before arming; NULL: not yet read */
	struct lw_shared_fault *shared; /* what the file has of each kind, in the map's order */
	size_t shared_kinds;
	uint64_t shared_count, shared_ns; /* faults in the file, and when it was written */
	int share_error;
};

/* Looking (events.c): takes what is new into the books, judges when that can matter. */
void lw_daemon_look(struct lw_daemon *daemon);
void lw_daemon_judge(struct lw_daemon *daemon, bool end);
int lw_daemon_open_ring(struct lw_daemon *daemon);
void lw_daemon_close_ring(struct lw_daemon *daemon);
int lw_daemon_open_log(struct lw_daemon *daemon);

/* Seeing (surroundings.c). */
void lw_daemon_refresh_sight(struct lw_daemon *daemon);
struct lw_live_context lw_daemon_context(const struct lw_daemon *daemon);

/* Telling (announce.c): journal and status line. */
/* Sends ENTRY and releases it; an alert is recorded in the audit log as well. */
void lw_daemon_send(struct lw_daemon *daemon, struct lw_journal_entry *entry);
void lw_daemon_tell_armed(struct lw_daemon *daemon);
void lw_daemon_tell_report(struct lw_daemon *daemon);
void lw_daemon_record_reports(struct lw_daemon *daemon);
void lw_daemon_tell_singles(struct lw_daemon *daemon);
void lw_daemon_tell_aborted(struct lw_daemon *daemon, uint32_t attempt, int64_t result);
void lw_daemon_tell_cannot_write(struct lw_daemon *daemon, const char *what, int error, int *told);
void lw_daemon_changed(struct lw_daemon *daemon);
void lw_daemon_status(struct lw_daemon *daemon);
void lw_daemon_tell_waiting(struct lw_daemon *daemon);

/* Its own life (life.c): what it tells when it starts, lives on and stops. */
void lw_daemon_tell_alive(struct lw_daemon *daemon);
void lw_daemon_heartbeat(struct lw_daemon *daemon);
void lw_daemon_tell_start(struct lw_daemon *daemon);
void lw_daemon_pulse(struct lw_daemon *daemon);
void lw_daemon_tell_stop(struct lw_daemon *daemon);

/* Audit log (audit.c); DETAIL is taken over. */
int lw_daemon_audit(struct lw_daemon *daemon, enum lw_audit_kind kind, struct lw_id handover,
		    json_t *detail);
struct lw_audit_event;
int lw_daemon_audit_event(struct lw_daemon *daemon, const struct lw_audit_event *event);
void lw_daemon_audit_report(void *daemon, const json_t *report);
void lw_daemon_audit_config(struct lw_daemon *daemon, const struct lw_config *old);
void lw_daemon_audit_marks(struct lw_daemon *daemon);
json_t *lw_daemon_configured(const struct lw_daemon *daemon);
uint64_t lw_daemon_audit_sequence(struct lw_daemon *daemon);

/* A kexec image that was loaded, by its own pages and by who loaded it (loaded.c). */
void lw_daemon_check_loaded(struct lw_daemon *daemon);

/* Retention (keep.c). */
void lw_daemon_keep(struct lw_daemon *daemon);

/* Sharing (share.c): the faults, for members of the group luwatch. */
void lw_daemon_share_faults(struct lw_daemon *daemon);
void lw_daemon_forget_shared(struct lw_daemon *daemon);

/* The metrics, for a scrape and in the textfile (scrape.c). */
char *lw_daemon_metrics(void *daemon, size_t *length);
void lw_daemon_write_textfile(struct lw_daemon *daemon);

/* Facts of the armed kernel (facts.c). */
/* Those that the armed programs count; how many probes' skipped runs are not counted. */
unsigned int lw_control_losses(struct lw_control *control, uint64_t losses[LW_LOSSES]);
void lw_daemon_losses(struct lw_daemon *daemon, uint64_t losses[LW_LOSSES]);
struct lw_daemon_facts lw_daemon_facts(struct lw_daemon *daemon);

/* What was told (announced.c). */
void lw_told_load(struct lw_told *told, const char *path);
int lw_told_save(const struct lw_told *told, const char *path);

/* Whether the service manager is taking the machine down (stopping.c). */
bool lw_system_is_stopping(void);

/* Being armed (armed.c). 0 or a negative errno, told. */
int lw_daemon_arm(struct lw_daemon *daemon);
void lw_daemon_give_up_pins(struct lw_daemon *daemon);

/* The baseline once more, with the devices as they are now. 0 or a negative errno. */
int lw_daemon_refresh_armed(struct lw_daemon *daemon);

/* Devices that come and go (hotplug.c). */
int lw_daemon_follow_devices(struct lw_daemon *daemon); /* 0 or a negative errno, told */
void lw_daemon_renew_baseline(struct lw_daemon *daemon);

/* Whether what is pinned is still what the daemon has open; another luwatch may arm and disarm. */
void lw_daemon_check_pins(struct lw_daemon *daemon);

/* A one-shot timer SECONDS from now, unless an earlier one is set. */
void lw_daemon_timer(sd_event_source *timer, uint64_t seconds);

struct lw_daemon_options {
	const char *config_file; /* NULL: the default and its folder */
	bool check_config;	 /* only that */
	bool show_config;	 /* only print the one in force */
};

/* Runs until a signal. Returns enum lw_exit. */
int lw_daemon_run(const struct lw_daemon_options *options);

#endif
