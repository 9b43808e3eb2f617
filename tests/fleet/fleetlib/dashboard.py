# SPDX-License-Identifier: GPL-2.0-or-later
"""Each query of contrib/fleet/dashboard.json, run as Grafana runs it: with the values of its variables put in."""

import json
import re

from . import services


def panels():
    """(title, "prometheus" or "postgres", query)."""
    for panel in json.loads((services.SHIPPED / "dashboard.json").read_text())["panels"]:
        for target in panel["targets"]:
            source = target["datasource"]["type"]
            yield panel["title"], source, target["expr" if source == "prometheus" else "rawSql"]


def unanswered(seen, db, rings):
    """(number of queries, titles of those that show nothing). An error of PostgreSQL is raised."""
    count, nothing = 0, []
    for title, source, query in panels():
        count += 1
        if source == "prometheus":
            answer = seen.ask(query.replace("$ring", ".*").replace("$kernel", ".+"))
        else:
            query = query.replace("${ring:sqlstring}", ",".join(f"'{ring}'" for ring in rings))
            query = re.sub(r"\$__timeFilter\((\w+)\)", r"\1 BETWEEN now() - interval '12 hours' AND now()", query)
            answer = db.rows(query, role="luwatch_read")
        if not answer or "$" in query.replace("$ring", "").replace("$kernel", ""):
            nothing.append(title)
    return count, nothing
