#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""500 hosts failing at once against a real Alertmanager: one notification per alert and new kernel.

300 hosts went to one kernel and 200 to another; on each an entry leaked, so that the violation is
inhibited, and each also has a ticket. The alerts come mixed and in batches, as Prometheus sends
them. Afterwards the same hosts have a second hand-over with the same counts.
"""

import collections
import random
import sys
import time

import services

HOSTS = {f"host{i:03}:9851": "7.2.0" if i < 300 else "7.3.0" for i in range(500)}
PAGES = {("LuwatchLeakedEntry", "7.2.0"): 300, ("LuwatchLeakedEntry", "7.3.0"): 200}
TICKETS = {("LuwatchParkedDevice", "7.2.0"): 300, ("LuwatchParkedDevice", "7.3.0"): 200}


def alerts(handover):
    for host, kernel in HOSTS.items():
        for name, severity in (
            ("LuwatchLeakedEntry", "page"),
            ("LuwatchViolation", "page"),
            ("LuwatchParkedDevice", "ticket"),
        ):
            labels = {
                "alertname": name,
                "severity": severity,
                "service": "luwatch",
                "job": "luwatch",
                "instance": host,
                "kernel_old": "7.1.0",
                "kernel_new": kernel,
                "id": f"{handover}-{host}",
            }
            yield {"labels": labels, "annotations": {"summary": host}}


def post(manager, handover):
    mixed = list(alerts(handover))
    random.Random(handover).shuffle(mixed)
    for start in range(0, len(mixed), 64):
        services.http_json(f"http://{manager}/api/v2/alerts", mixed[start : start + 64])


def settled(receiver, path, expected, start, handover):
    """Waits for the notifications and a time longer than the group interval after the last."""
    services.wait_for(
        f"{len(expected)} notifications to {path}",
        30,
        lambda: sum(p == path for p, _, _ in receiver.got[start:]) >= len(expected),
    )
    time.sleep(6)
    counted = collections.Counter()
    for at, _, message in receiver.got[start:]:
        if at != path:
            continue
        key = (message["groupLabels"]["alertname"], message["groupLabels"]["kernel_new"])
        counted[key] += 1
        here = [a for a in message["alerts"] if a["labels"]["id"].startswith(handover)]
        if len(here) != expected.get(key):
            raise services.Failure(f"{key}: {len(here)} hosts in it, not {expected.get(key)}")
    if counted != collections.Counter(expected.keys()):
        raise services.Failure(f"notifications to {path}: {dict(counted)}")


def main():
    with services.folder() as where, services.served(services.Receiver()) as receiver:
        with services.alertmanager(where, receiver) as manager:
            post(manager, "first")
            settled(receiver, "/page", PAGES, 0, "first")
            settled(receiver, "/ticket", TICKETS, 0, "first")
            already = len(receiver.got)
            post(manager, "first")
            time.sleep(6)
            if len(receiver.got) != already:
                raise services.Failure("alerts sent again were notified again")
            post(manager, "second")
            settled(receiver, "/page", PAGES, already, "second")
            settled(receiver, "/ticket", TICKETS, already, "second")
            print(f"{len(receiver.got)} notifications for {len(HOSTS)} hosts and 2 hand-overs")


if __name__ == "__main__":
    try:
        main()
    except services.Failure as failure:
        sys.exit(str(failure))
