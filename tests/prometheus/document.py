#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/metrics.md, from what the agent's own code exports and from the rules that use it.

usage: document.py AGENT_METRICS [--write]      AGENT_METRICS: a program that prints every metric, with
                                                --print (build/tests/test_daemon_metrics)

Without --write it says what differs. Also: whether the dashboard and the rules name only what there is.
"""

import json
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
PAGE = TOP / "docs/metrics.md"
# The second stands on the first.
RULES = [TOP / "contrib/prometheus/luwatch.rules.yml", TOP / "contrib/fleet/fleet.rules.yml"]
DASHBOARD = TOP / "contrib/grafana/luwatch.json"
# What a value counts or measures, without the prefix of the name. "0 or 1": a question's answer.
UNITS = {
    "seconds": ["last_handover_blackout_seconds", "program_seconds_total"],
    "seconds since 1970": ["last_handover_timestamp_seconds"],
    "always 1": ["build_info", "host_info", "last_handover_info"],
    "0 or 1": ["kernel_armed", "ready", "probe_armed", "carrier_armed", "last_handover_verdict", "last_handover_final",
               "last_handover_acknowledged", "last_handover_invariant", "configuration_refused"],
    "devices": ["preserved_devices"],
    "probes": ["uncounted_probes"],
    "faults": ["faults_total", "known_faults_total", "device_faults_total", "last_handover_faults"],
    "interrupts": ["fault_interrupts_total"],
    "what the kind says": ["losses_total"],
    "runs": ["program_runs_total"],
    "entries": ["last_handover_entries"],
    "records": ["audit_write_errors_total"],
    "number of a record": ["audit_sequence"],
}
HEAD = """<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
# Metrics

What `GET /metrics` and the textfile have, from the agent's own code, and which alerts use it, also through
recording rules: this page is written by `tests/prometheus/document.py --write` and held against the agent and the
rules by `make check`. Names, types and labels stay ([compatibility.md](compatibility.md)); at most 384 series a host,
of which programs have up to 128. Labels named `label_NAME` are the host's own words, `[labels]` of the configuration.
What the values of a label mean says `luwatch explain VALUE`; what an alert asks for, [alerts.md](alerts.md).
Metrics of a hand-over are there once this boot began with one.

| metric | type | unit | labels | meaning | alerts |
|---|---|---|---|---|---|
"""


def metrics(program):
    """{name: (type, labels, help)} in the order of the text."""
    text = subprocess.check_output([program, "--print"], text=True)
    found = {name: [None, [], help_] for name, help_ in re.findall(r"^# HELP (\S+) (.*)$", text, re.M)}
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M):
        found[name][0] = kind
    for name, labels in re.findall(r"^(luwatch_\w+)\{(.*)\} ", text, re.M):
        for label in re.findall(r'(\w+)="', labels):
            label = "label_NAME" if label.startswith("label_") else label
            if label not in found[name][1]:
                found[name][1].append(label)
    return found


def alerts():
    """{metric: names of alerts}, also through recording rules, which stand in front of what uses them."""
    uses, made = {}, {}
    for block in [block for path in RULES for block in
                  re.split(r"^ +- (?=record:|alert:)", path.read_text(), flags=re.M)[1:]]:
        kind, name = re.match(r"(\w+): (\S+)", block).groups()
        expression = re.search(r"expr: (\|?.*?)\n +(?:for|keep_firing_for|labels|annotations):|expr: (.*)",
                               block, re.S).group(0)
        for used in re.findall(r"luwatch[_:][\w:]+", expression):
            # A rule that reads itself has said what it is made of by then.
            for metric in sorted(made.get(used, ())) if used.startswith("luwatch:") else [used]:
                if kind == "record":
                    made.setdefault(name, set()).add(metric)
                else:
                    uses.setdefault(metric, {})[name] = True
    return {metric: list(names) for metric, names in uses.items()}


def page(found, used):
    units = {f"luwatch_{name}": unit for unit, names in UNITS.items() for name in names}
    wrong = set(units) ^ set(found)
    wrong |= {name for name, unit in units.items()
              if name.removesuffix("_total").endswith(("_seconds", "_bytes")) != unit.startswith(("seconds", "bytes"))}
    if wrong:
        sys.exit(f"UNITS of {__file__}: {', '.join(sorted(wrong))}")
    rows = []
    for name, (kind, labels, meaning) in found.items():
        unit = units[name]
        told = " ".join(f"[{a}](alerts.md#{a.lower()})" for a in used.get(name, ()))
        rows.append(f"| `{name}` | {kind} | {unit} | {' '.join(f'`{l}`' for l in labels)} "
                    f"| {meaning} | {told} |")
    return HEAD + "\n".join(rows) + "\n"


def expressions():
    """Each query of the dashboard: (panel, expression)."""
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


def main():
    found, used = metrics(sys.argv[1]), alerts()
    text = page(found, used)
    if "--write" in sys.argv:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        sys.exit("docs/metrics.md is not what the agent exports: tests/prometheus/document.py "
                 "build/tests/test_daemon_metrics --write")
    for name in used:
        if name not in found:
            sys.exit(f"the rules use {name}, which there is not")
    for title, expression in expressions():
        for name in re.findall(r"luwatch_\w+", expression):
            if name not in found:
                sys.exit(f"the dashboard's \"{title}\" uses {name}, which there is not")


if __name__ == "__main__":
    main()
