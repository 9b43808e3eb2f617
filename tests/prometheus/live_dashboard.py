#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each query of the Grafana dashboard, run in a real Prometheus that scrapes every metric there is.

A Grafana is not needed for it: what Grafana adds, the values of its variables, is put in here. Every
query must be answered, and with something: a host is shown on which all that can be wrong is wrong.

usage: live_dashboard.py AGENT_METRICS      as document.py's
"""

import re
import subprocess
import sys
import time
import urllib.parse

import document
import services


def exposition(program):
    text = subprocess.check_output([program, "--print"], text=True)
    text = re.sub(r"^(luwatch_configuration_refused) 0$", r"\1 1", text, flags=re.M)
    return re.sub(r'^(luwatch_last_handover_invariant\{id="I1",result="fail"\}) 0$', r"\1 1", text, flags=re.M)


def later(text, steps):
    """Every counter has moved on."""
    return re.sub(r"^(\w+_total(?:\{.*\})?) (\d+)$",
                  lambda m: f"{m[1]} {int(m[2]) + 5 * steps}", text, flags=re.M)


def main():
    text = exposition(sys.argv[1])
    with services.folder() as where, services.served(services.Target()) as host:
        host.text = text
        with services.prometheus(where, "127.0.0.1:9", {"h": f"127.0.0.1:{host.port}"}) as address:
            def ask(expression):
                query = urllib.parse.quote(expression.replace("$instance", ".*"))
                try:
                    return services.http_json(f"http://{address}/api/v1/query?query={query}")["data"]["result"]
                except OSError as e:
                    raise services.Failure(f"{expression}: {e}") from e

            services.wait_for("a scrape", 20, lambda: ask("luwatch_build_info"))
            for step in range(4):
                time.sleep(1.1)
                host.text = later(text, step)
            count = 0
            for title, expression in document.expressions():
                count += 1
                if not ask(expression):
                    raise services.Failure(f"\"{title}\" shows nothing: {expression}")
            if ask("luwatch_no_such_metric"):
                raise services.Failure("a metric that is not there was answered")
    print(f"{count} queries answered")


if __name__ == "__main__":
    try:
        main()
    except services.Failure as e:
        sys.exit(str(e))
