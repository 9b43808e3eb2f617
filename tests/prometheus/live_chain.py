#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""From a scrape to the webhook: real Prometheus, real Alertmanager, the shipped rules and routes.

The hosts are stand-ins that serve metrics.prom. One has broken faults in its first scrape, one a
guest storm, one nothing. Every alert's texts are looked at as Prometheus loaded them.
"""

import re
import subprocess
import sys
import time

import services

METRICS = (services.TOP / "tests" / "prometheus" / "metrics.prom").read_text()
ALERTS_MD = services.TOP / "docs" / "alerts.md"
AGENT = services.TOP / "build" / "luwatch"


def metrics(**words):
    words = {"ID": "aa", "BROKEN": 0, "GUEST": 0, "CLEAN": 1, "VIOLATION": 0, **words}
    return re.sub(r"@(\w+)@", lambda word: str(words[word[1]]), METRICS)


def check_texts(address):
    """Each alert says what to do with commands that exist, and its runbook section is written."""
    anchors = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).strip().lower().replace(" ", "-")
        for line in ALERTS_MD.read_text().splitlines()
        if line.startswith("#")
    }
    answer = services.http_json(f"http://{address}/api/v1/rules?type=alert")
    rules = [rule for group in answer["data"]["groups"] for rule in group["rules"]]
    for rule in rules:
        say = rule["annotations"]
        for word in ("summary", "description", "runbook_url"):
            if not say.get(word):
                raise services.Failure(f"{rule['name']} has no {word}")
        page, _, anchor = say["runbook_url"].partition("#")
        if page != "https://luwatch.invalid/docs/alerts.md" or anchor not in anchors:
            raise services.Failure(f"{rule['name']}: {say['runbook_url']} does not exist")
        if "`luwatch report" not in say["description"]:
            raise services.Failure(f"{rule['name']} does not name luwatch report")
        named = re.findall(r"`luwatch explain ([^`]+)`", say["description"])
        if not named:
            raise services.Failure(f"{rule['name']} does not name luwatch explain")
        for topic in named:
            if "{{" not in topic and subprocess.run([AGENT, "explain", topic],
                                                    capture_output=True).returncode:
                raise services.Failure(f"{rule['name']}: luwatch explain does not know {topic}")
    # Those of a fleet stand beside them, in rules of their own (tests/fleet).
    fleet = re.findall(r"alert: (\w+)", (services.TOP / "contrib/fleet/fleet.rules.yml").read_text())
    unused = {a for a in anchors if a.startswith("luwatch")} - {
        name.lower() for name in [*fleet, *(rule["name"] for rule in rules)]}
    if unused:
        raise services.Failure(f"docs/alerts.md describes what is no alert: {sorted(unused)}")


def of_host(receiver, host):
    for path, at, message in receiver.got:
        for alert in message["alerts"]:
            if alert["labels"]["instance"] == host:
                yield path, at, alert


def expect_page(receiver, host, handover, since):
    def arrived():
        return [
            (at, alert)
            for path, at, alert in of_host(receiver, host)
            if path == "/page" and alert["labels"].get("id") == handover
        ]

    at, alert = services.wait_for(f"page for {host} {handover}", 40, arrived)[0]
    if alert["labels"]["alertname"] != "LuwatchBrokenFault":
        raise services.Failure(f"paged {alert['labels']['alertname']}, which is to be inhibited")
    if "error expanding" in str(alert) or handover not in alert["annotations"]["description"]:
        raise services.Failure(f"text of the page: {alert['annotations']}")
    return at - since


def main():
    targets = {name: services.Target() for name in ("broken", "guest", "quiet")}
    with services.folder() as where, services.served(services.Receiver()) as receiver:
        with services.served(targets["broken"]), services.served(targets["guest"]), services.served(
            targets["quiet"]
        ), services.alertmanager(where, receiver) as manager:
            addresses = {name: f"127.0.0.1:{target.port}" for name, target in targets.items()}
            with services.prometheus(where, manager, addresses) as address:
                check_texts(address)
                targets["quiet"].text = metrics()
                targets["guest"].text = metrics(GUEST=100000)
                targets["broken"].text = metrics(BROKEN=3, CLEAN=0, VIOLATION=1)
                first = expect_page(receiver, "broken", "aa", time.time())
                for storm in range(2, 6):
                    targets["guest"].text = metrics(GUEST=storm * 100000)
                    time.sleep(1)
                targets["broken"].text = None
                time.sleep(2)
                targets["broken"].text = metrics(ID="bb", BROKEN=3, CLEAN=0, VIOLATION=1)
                second = expect_page(receiver, "broken", "bb", time.time())
                time.sleep(5)
                others = {
                    (host, alert["labels"]["alertname"])
                    for host in ("guest", "quiet")
                    for _, _, alert in of_host(receiver, host)
                }
                if others:
                    raise services.Failure(f"notified without a reason: {sorted(others)}")
                pages = [alert["labels"]["alertname"] for _, _, alert in of_host(receiver, "broken")]
                if "LuwatchViolation" in pages:
                    raise services.Failure("a violation was paged beside its reason")
                print(f"pages after {first:.1f} s and {second:.1f} s")


if __name__ == "__main__":
    try:
        main()
    except services.Failure as failure:
        sys.exit(str(failure))
