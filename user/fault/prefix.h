/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands in front of the kernel's own words in a log line. Private to user/fault/.
 *
 * Taken are: nothing; printk's "[secs.usecs] " with or without caller id ("[T49880]", "[  C3]");
 * dmesg -T, -d, -e, -x and --time-format iso; "<N>" of pstore and of raw log buffers; syslog and
 * journal (short, precise, full, iso, unix, monotonic), with and without host name; a bare clock
 * time; "kernel: "; and a /dev/kmsg record ("pri,seq,usecs,flags;").
 *
 * Who speaks is part of it. After a syslog or journal time only "kernel: " is taken, with no or one
 * word (the host) before it: a program that calls itself DMAR in syslog is no kernel. What such
 * text cannot tell is a program that calls itself kernel; /dev/kmsg can.
 */
#ifndef LUWATCH_PREFIX_H
#define LUWATCH_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lw_prefix {
	size_t length;	   /* bytes before the kernel's words */
	int facility;	   /* syslog facility, 0 = kernel; -1 = the form does not tell */
	uint64_t time_ns;  /* printk's clock; UINT64_MAX = the form does not tell */
	uint64_t sequence; /* of a /dev/kmsg record */
	bool kmsg;	   /* a /dev/kmsg record: its text ends at the first line end */
	bool fragment;	   /* a /dev/kmsg record that continues an earlier one */
};

/* Never fails: what is not a known prefix has length 0 and belongs to the words. */
void lw_prefix_parse(const char *text, size_t length, struct lw_prefix *prefix);

#endif
