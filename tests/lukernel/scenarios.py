# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of the scenarios on kernels with live update, of docs/verification.md, from their last runs. A row
whose scenario was not run in this tree stays as it stands there, with its day, while the scenario says the same."""

import collections
import json
import re
import subprocess

import document

HEAD = """
## Scenarios on kernels with live update

What one hand-over alone does not show (tests/vm/scenarios/). A check is a line of the scenario that says what must be
so; verdicts are those of the reports that it collected. `tests/scenarios NAME` repeats one.

"""
COLUMNS = ("Scenario", "What is done", "Kernels", "Carriers", "Verdicts", "Checks", "As expected", "Run on")


def about(path):
    """The comment at the head of the scenario, without the machine's options."""
    lines = path.read_text().splitlines()[1:]
    said = [line[2:] for line in lines[:next(i for i, line in enumerate(lines) if not line.startswith("#"))]]
    return " ".join(line for line in said if not re.match(r"(machine|count-trace|expect-(no-)?trace)\b", line))


def cells(name, scenario, run):
    try:
        day, *lines = (run / "results").read_text().splitlines()
    except OSError:
        return [name, about(scenario), "", "", "", "", "not run", ""]
    reports = [json.loads(path.read_text()) for path in sorted(run.glob("reports/*.json"))]
    words = collections.Counter(line.partition(" ")[0] for line in lines)
    kernels = dict.fromkeys(f"{r['kernel']['old']} to {r['kernel']['new'] or 'none'}" for r in reports)
    carriers = dict.fromkeys(c["name"] for r in reports for c in r["carriers"] if c["records"])
    verdicts = collections.Counter(r["verdict"] for r in reports)
    failed = [re.sub(r": .*|^fail ", "", line) for line in lines if line.startswith("fail")]
    good = f"**no**: {'; '.join(failed)}" if failed else "yes" if words["pass"] else "skipped"
    return [name, about(scenario), ", ".join(kernels), ", ".join(carriers),
            ", ".join(f"{n} {word}" for word, n in sorted(verdicts.items())),
            f"{words['pass']} of {words['pass'] + words['fail']}" +
            (f", {words['skip']} skipped" if words["skip"] else ""), good, day]


def written(document_path):
    """{(name, what is done): cells} of the table as it stands."""
    table = document_path.read_text().partition(HEAD)[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines()]
    return {tuple(row[:2]): row for row in rows if len(row) == len(COLUMNS)}


def section(root):
    """The section, and how many of its runs are missing or not as expected."""
    before = written(root / "docs/verification.md")
    names = subprocess.run([root / "tests/scenarios", "--all", "--list"], check=True, capture_output=True,
                           text=True).stdout.split()
    rows = [cells(name, root / f"tests/vm/scenarios/{match.group(1)}.sh", root / "build/runs" / name)
            for name in names if (match := re.fullmatch(r"(.+?)-lu(-.+)?", name))]
    rows = [before.get(tuple(map(document.cell, row[:2])), row) if row[-2] == "not run" else row for row in rows]
    lines = [COLUMNS, ("---",) * len(COLUMNS), *rows]
    return HEAD + "".join("| " + " | ".join(map(document.cell, line)) + " |\n" for line in lines), \
        sum(row[-2] != "yes" for row in rows)
