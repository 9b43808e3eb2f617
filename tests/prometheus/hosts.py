#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints a promtool rule test of 500 hosts that fail in the same hand-over, 300 and 200 to a kernel.

JSON is YAML. argv[1] is the rule file.
"""

import json
import sys

series = []


def add(host, metric, value, **labels):
    text = ",".join(f'{k}="{v}"' for k, v in {"job": "l", "instance": host, **labels}.items())
    series.append({"series": f"{metric}{{{text}}}", "values": f"{value}x5"})


for number in range(500):
    host, kernel = f"host{number:03}:9851", "7.2.0" if number < 300 else "7.3.0"
    info = {"id": f"{number:032x}", "kernel_old": "7.1.0", "kernel_new": kernel}
    add(host, "luwatch_build_info", 1, version="0.1", kernel=kernel)
    add(host, "luwatch_last_handover_info", 1, **info)
    add(host, "luwatch_last_handover_verdict", 1, verdict="violation")
    add(host, "luwatch_last_handover_entries", number + 1, state="leaked")

expected = [
    {"labels": f'{{alertname="{alert}",kernel_new="{kernel}",severity="page"}}', "value": hosts}
    for alert in ("LuwatchLeakedEntry", "LuwatchViolation")
    for kernel, hosts in (("7.2.0", 300), ("7.3.0", 200))
]
test = {
    "interval": "1m",
    "input_series": series,
    "promql_expr_test": [
        {
            "expr": 'count by (alertname, kernel_new, severity) (ALERTS{alertstate="firing"})',
            "eval_time": "1m",
            "exp_samples": expected,
        }
    ],
}
print(json.dumps({"rule_files": [sys.argv[1]], "evaluation_interval": "1m", "tests": [test]}))
