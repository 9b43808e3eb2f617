/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking. The counters in the kernel are the truth; single events and log lines are only the
 * reason to look at them now. After a wake-up one more look follows a little later, because events
 * beyond the rate wake nobody, and goes on until nothing new is found.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <bpf/libbpf.h>

#include "base/message.h"
#include "daemon/daemon.h"
#include "fault/registers.h"

#define LOOK_AGAIN_S 2
#define STUCK_AGAIN_NS 10000000000ULL
#define JUDGE_SHARE  20 /* judging may take so little of the time: 1 / 20 */

static void note(struct lw_daemon *d, struct lw_booked booked)
{
	d->stale |= booked.faults && d->watch.handed_over;
	d->urgent |= booked.damage;
}

/* Books what the kernel counted since the last look; true when there was something. */
static bool take_counters(struct lw_daemon *d)
{
	struct lw_live_context context;
	struct lw_map_fault *faults;
	struct lw_booked booked;
	int count;

	if (!d->armed || d->pins.control->faults == d->faults_seen)
		return false;
	d->faults_seen = d->pins.control->faults;
	count = lw_map_faults(d->pins.maps.faults, &faults);
	if (count < 0) {
		lw_warn("the fault counters cannot be read: %s", strerror(-count));
		return false;
	}
	lw_daemon_refresh_sight(d);
	context = lw_daemon_context(d);
	booked = lw_books_take(&d->books, &context, faults, count);
	free(faults);
	note(d, booked);
	return booked.faults;
}

/* An attempt whose end no event told of. */
static void find_aborted(struct lw_daemon *d)
{
	const struct lw_control *c = d->pins.control;

	if (d->armed && c->attempt > d->told.attempts && !c->attempt_open)
		lw_daemon_tell_aborted(d, c->attempt, LW_RESULT_UNKNOWN);
}

/* Against the look before, which was long enough ago that an interrupt cannot be on its way. */
static void look_for_stuck(struct lw_daemon *d)
{
	uint64_t now = lw_boot_clock(), found = d->stuck.found;

	if (!d->inspect || (d->stuck_ns && now - d->stuck_ns < STUCK_AGAIN_NS))
		return;
	d->stuck_ns = now;
	if (lw_stuck_look(&d->stuck, d->inspect) || d->stuck.found == found)
		return;
	lw_warn("a unit holds a fault whose interrupt never came: this fault and all later ones of that unit are "
		"told by nobody until the kernel is started anew");
	d->stale = true;
}

void lw_daemon_look(struct lw_daemon *d)
{
	bool more = take_counters(d);

	look_for_stuck(d);
	if (d->urgent)
		lw_daemon_judge(d, false);
	lw_daemon_tell_singles(d);
	find_aborted(d);
	lw_daemon_share_faults(d);
	lw_daemon_audit_marks(d);
	if (d->loader.image)
		lw_daemon_check_loaded(d);
	if (!more)
		return;
	lw_daemon_timer(d->look_timer, LOOK_AGAIN_S);
	lw_daemon_changed(d);
}

/* What the correlation is given of this kernel's own counters. */
static int live_faults(struct lw_daemon *d, struct lw_fault **list)
{
	struct lw_map_fault *faults = NULL;
	int count = d->armed ? lw_map_faults(d->pins.maps.faults, &faults) : 0, i;

	*list = count >= 0 ? calloc(count + 1, sizeof(**list)) : NULL;
	if (!*list)
		count = count < 0 ? count : -ENOMEM;
	for (i = 0; i < count; i++)
		lw_fault_of_count(&faults[i].key, &faults[i].value, &(*list)[i]);
	free(faults);
	return count;
}

/* What may hide a fault of the time in which the hand-over is watched. */
static struct lw_watch_losses losses_of(const struct lw_daemon *d)
{
	const struct lw_control *c = d->armed ? d->pins.control : NULL;

	return (struct lw_watch_losses){
		.log_unread = d->log_unread,
		.log_missed = d->log_missed,
		.faults = c ? c->faults_lost + c->overflows + c->faults_unseen : 0,
		.stuck = d->stuck.found,
	};
}

void lw_daemon_judge(struct lw_daemon *d, bool end)
{
	struct lw_watch *w = &d->watch;
	struct lw_watch_input input = {
		.armed_ns = d->armed ? d->pins.control->armed_ns : UINT64_MAX,
		.now_ns = lw_boot_clock(),
		.period_s = d->config.watch_period_s,
		.end = end,
		.losses = losses_of(d),
	};
	struct lw_fault *faults;
	int r;

	if (!w->handed_over || (w->final && w->handover))
		return;
	if (!end && d->judged_ns && input.now_ns - d->judged_ns < JUDGE_SHARE * d->judge_cost_ns) {
		if (d->urgent)
			lw_daemon_timer(d->look_timer, LOOK_AGAIN_S);
		return;
	}
	r = live_faults(d, &faults);
	if (r >= 0) {
		input.live = faults;
		input.live_count = r;
		r = lw_watch_judge(w, &input);
		free(faults);
	}
	d->judged_ns = lw_boot_clock();
	d->judge_cost_ns = d->judged_ns - input.now_ns;
	if (r < 0) {
		lw_daemon_tell_cannot_write(d, "the report", r, &d->report_error);
		return;
	}
	d->report_error = 0;
	d->stale = d->urgent = false;
	lw_books_take_report(&d->books, w->report);
	if (r)
		lw_daemon_tell_report(d);
	if (w->final)
		lw_daemon_keep(d);
}

static int on_record(void *context, void *data, size_t size)
{
	const struct lw_record *record = data;
	struct lw_daemon *d = context;
	struct lw_live_context live;
	struct lw_fault *fault;

	if (size != sizeof(*record))
		return 0;
	if (record->type == LW_REC_MARKED)
		d->marks_stale = true;
	if (record->type == LW_REC_LOADED)
		d->loader = record->loaded;
	if (record->type == LW_REC_ABORTED)
		lw_daemon_tell_aborted(d, record->epoch, record->result.result);
	if (record->type != LW_REC_FAULT || d->single_count == LW_SINGLES)
		return 0;
	fault = &d->singles[d->single_count++];
	lw_fault_of_record(record, fault);
	live = lw_daemon_context(d);
	lw_live_classify(&live, fault);
	return 0;
}

static int on_ring(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct lw_daemon *d = context;

	lw_daemon_refresh_sight(d);
	ring_buffer__consume(d->ring);
	lw_daemon_look(d);
	/* Also when somebody else took the event out of the buffer. */
	lw_daemon_timer(d->look_timer, LOOK_AGAIN_S);
	return 0;
}

int lw_daemon_open_ring(struct lw_daemon *d)
{
	int r;

	d->ring = ring_buffer__new(d->pins.maps.events, on_record, d, NULL);
	if (!d->ring)
		return -errno;
	/* What was in it is in the counters too; the first look takes it from there. */
	ring_buffer__consume(d->ring);
	d->single_count = 0;
	r = sd_event_add_io(d->event, &d->ring_source, ring_buffer__epoll_fd(d->ring), EPOLLIN,
			    on_ring, d);
	return r < 0 ? r : 0;
}

void lw_daemon_close_ring(struct lw_daemon *d)
{
	d->ring_source = sd_event_source_disable_unref(d->ring_source);
	ring_buffer__free(d->ring);
	d->ring = NULL;
}

/* A fault the kernel printed: only what was before the programs watched is not counted by them. */
static void take_logged(void *context, const struct lw_fault *fault, uint64_t sequence)
{
	struct lw_daemon *d = context;
	struct lw_live_context live;

	if (d->armed && fault->first_ns >= d->pins.control->armed_ns)
		return;
	if (d->watch.handed_over) {
		lw_watch_log_fault(&d->watch, fault, sequence);
		d->stale = true;
		d->urgent = true;
		return;
	}
	live = lw_daemon_context(d);
	lw_books_take_logged(&d->books, &live, fault);
}

static int on_log(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct lw_daemon *d = context;
	uint64_t before = d->log.suppressed + d->log.lost, missed = d->log.missed;
	int r = lw_log_read(&d->log, take_logged, d);

	if (r) {
		lw_warn("the kernel log cannot be read any more: %s", strerror(-r));
		d->log_source = sd_event_source_disable_unref(d->log_source);
		d->log_unread |= !d->armed;
	}
	/* What programs see needs no line. */
	if (!d->armed)
		d->log_missed += d->log.missed - missed;
	if (d->urgent)
		lw_daemon_judge(d, false);
	if (before != d->log.suppressed + d->log.lost)
		lw_daemon_changed(d);
	return 0;
}

int lw_daemon_open_log(struct lw_daemon *d)
{
	struct lw_watch_losses losses = {};
	bool kept = d->armed && lw_watch_log_kept(&d->watch, d->pins.control->armed_ns, &losses);
	int r = lw_log_open(&d->log);

	if (r) {
		lw_warn("/dev/kmsg: %s; faults from before arming are not seen", strerror(-r));
		d->log_missed = losses.log_missed;
		d->log_unread = !kept || losses.log_unread;
		return r;
	}
	lw_daemon_refresh_sight(d);
	d->log.saved_known = d->watch.loaded && d->watch.c.log.sequence_known;
	d->log.saved = d->watch.c.log.sequence;
	d->log_unread = lw_log_read(&d->log, take_logged, d);
	d->log_missed = d->log.missed;
	if (kept) {
		d->log_unread = losses.log_unread;
		d->log_missed = losses.log_missed;
	} else if (d->armed) {
		losses = losses_of(d);
		losses.faults = 0;
		lw_watch_log_keep(&d->watch, d->pins.control->armed_ns, losses);
	}
	return sd_event_add_io(d->event, &d->log_source, d->log.fd, EPOLLIN, on_log, d);
}
