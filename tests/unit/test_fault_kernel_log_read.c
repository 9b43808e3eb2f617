// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading /dev/kmsg to its end, and that the bytes saved from it give the same result again.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log_fixture.h"
#include "skip.h"

/* A /dev/kmsg that is played: records and errors in turn. */
struct played {
	const char *const *records;
	unsigned int next;
};

static ssize_t play(void *context, char *buffer, size_t size)
{
	struct played *played = context;
	const char *record = played->records[played->next];

	if (!record)
		return -EAGAIN;
	played->next++;
	if (record[0] == '!')
		return -atoi(record + 1);
	assert_true(strlen(record) <= size);
	memcpy(buffer, record, strlen(record));
	return (ssize_t)strlen(record);
}

static void assert_same(const struct lw_kernel_log *a, const struct lw_kernel_log *b)
{
	size_t i;

	assert_int_equal(a->fault_count, b->fault_count);
	for (i = 0; i < a->fault_count; i++) {
		const struct lw_fault *x = &a->faults[i], *y = &b->faults[i];

		assert_true(x->rid == y->rid && x->segment_known == y->segment_known &&
			    x->address_known == y->address_known && x->reason == y->reason &&
			    x->flags == y->flags && x->pasid == y->pasid &&
			    x->address == y->address && x->count == y->count &&
			    x->first_ns == y->first_ns && x->last_ns == y->last_ns);
	}
	assert_int_equal(a->fact_count, b->fact_count);
	for (i = 0; i < a->fact_count; i++) {
		const struct lw_kernel_log_fact *x = &a->facts[i], *y = &b->facts[i];

		assert_string_equal(x->unit, y->unit);
		assert_true(x->fact == y->fact && x->time_ns == y->time_ns && x->boot == y->boot);
	}
	assert_true(
		a->merged == b->merged && a->boots == b->boots && a->boot_fault == b->boot_fault &&
		a->begins == b->begins && a->suppressed == b->suppressed &&
		a->suppressed_earlier == b->suppressed_earlier && a->facts_seen == b->facts_seen &&
		a->records == b->records && a->statuses == b->statuses && a->gaps == b->gaps &&
		a->lost == b->lost && a->repeated == b->repeated && a->rejected == b->rejected &&
		a->cut == b->cut && a->malformed == b->malformed && a->unplaced == b->unplaced &&
		a->facts_dropped == b->facts_dropped);
}

static void reading_and_replaying(void **state)
{
	char epipe[16], einval[16], eintr[16], eio[16];
	const char *rows[] = { "6,0,0,-;a\n",
			       eintr,
			       "5,1,0,-;" BANNER "\n",
			       "3,2,5,-;" FAULT "\n SUBSYSTEM=pci\n DEVICE=+pci:x\n",
			       epipe,
			       "3,9,6,-;" FAULT "\n",
			       einval,
			       "12,11,7,-,caller=T1;" FAULT "\n",
			       "4,12,8,-;dmar_fault: 44 callbacks suppressed",
			       "3,13,8,-;" FAULT "\n",
			       NULL };
	const char *broken[] = { "6,0,0,-;a\n", eio, NULL };
	struct played played = { .records = rows };
	struct lw_kernel_log *log = log_start(state), again;
	struct lw_kmsg_raw raw = { 0 };

	snprintf(epipe, sizeof(epipe), "!%d", EPIPE);
	snprintf(einval, sizeof(einval), "!%d", EINVAL);
	snprintf(eintr, sizeof(eintr), "!%d", EINTR);
	snprintf(eio, sizeof(eio), "!%d", EIO);
	assert_int_equal(lw_kernel_log_read(log, &raw, play, &played), 0);
	assert_int_equal(log->fault_count, 3);
	assert_int_equal(log->gaps, 2);
	assert_int_equal(log->lost, 7);
	assert_int_equal(log->rejected, 1);
	assert_int_equal(log->suppressed, 44);
	assert_int_equal(raw.overwritten, 1);
	assert_int_equal(raw.oversized, 1);
	assert_false(raw.full);

	lw_kernel_log_init(&again);
	assert_int_equal(lw_kernel_log_feed_saved(&again, raw.bytes, raw.length), 0);
	assert_same(log, &again);
	lw_kernel_log_free(&again);
	lw_kmsg_raw_free(&raw);
	assert_null(raw.bytes);

	log = log_start(state);
	played = (struct played){ .records = broken };
	assert_int_equal(lw_kernel_log_read(log, &raw, play, &played), -EIO);
	assert_int_equal(log->records, 1);
	assert_int_equal(raw.length, 10);
	lw_kmsg_raw_free(&raw);
}

static ssize_t fail_always(void *context, char *buffer, size_t size)
{
	(void)buffer;
	(void)size;
	++*(unsigned int *)context;
	return -EPIPE;
}

static ssize_t never_end(void *context, char *buffer, size_t size)
{
	uint64_t *sequence = context;

	memset(buffer, 'x', 8000);
	buffer[snprintf(buffer, size, "6,%llu,0,-;", (unsigned long long)(*sequence)++)] = 'x';
	buffer[7999] = '\n';
	return 8000;
}

static void reading_ends(void **state)
{
	struct lw_kernel_log *log = log_start(state);
	struct lw_kmsg_raw raw = { 0 };
	unsigned int calls = 0;
	uint64_t sequence = 0;

	assert_int_equal(lw_kernel_log_read(log, &raw, fail_always, &calls), -EPIPE);
	assert_in_range(calls, 2, 10000);
	raw.overwritten = 0;
	assert_int_equal(lw_kernel_log_read(log, &raw, never_end, &sequence), 0);
	assert_true(raw.full);
	assert_in_range(raw.length, LW_KMSG_RAW_LIMIT, LW_KMSG_RAW_LIMIT + 16384);
	lw_kmsg_raw_free(&raw);
}

/* The kernel this test runs on, where its log may be read. */
static void this_kernel(void **state)
{
	struct lw_kernel_log *log = log_start(state), again;
	struct lw_kmsg_raw raw = { 0 };
	int error = lw_kernel_log_read_kmsg(log, &raw);

	if (error) {
		lw_kmsg_raw_free(&raw);
		skip_because("/dev/kmsg cannot be read: %s", strerror(-error));
	}
	lw_kernel_log_init(&again);
	assert_int_equal(lw_kernel_log_feed_saved(&again, raw.bytes, raw.length), 0);
	assert_same(log, &again);
	assert_int_equal(log->malformed, 0);
	print_message("%llu records, %zu bytes, %zu faults, beginning %s\n",
		      (unsigned long long)log->records, raw.length, log->fault_count,
		      log->begins ? "there" : "gone");
	lw_kernel_log_free(&again);
	lw_kmsg_raw_free(&raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_and_replaying),
		cmocka_unit_test(reading_ends),
		cmocka_unit_test(this_kernel),
	};

	return cmocka_run_group_tests(tests, log_setup, log_teardown);
}
