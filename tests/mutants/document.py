# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/verification.md from the logs of the mutants' runs."""

import json
import pathlib
import subprocess

HEAD = """\
<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
<!-- Made by `make verification` from the logs of the runs: change tests/mutants/table.tsv. -->
# Every promise, broken on purpose

Each row is a kernel that breaks one promise of the hand-over in one way: a real kexec in the test
machine with the wrong behaviour built into the fixture, or, where it says so, damage to the evidence
of such a run or synthetic records. It is caught when exit code, verdict, the set of failed promises
and the subjects of the findings are exactly the expected ones. Then the same evidence is judged with
those checks left out: that must not be a violation, and the last column says what it is then.
`make mutant M=NAME KERNEL=6.12 MODE=legacy` repeats a row; `luwatch explain I4` tells what a promise
means.

"""
COLUMNS = ("Promise", "Mutant", "What is wrong", "Finding expected", "Finding seen", "Kernels",
           "Mode", "Caught", "Check off")


SEEN = """
# What was seen to go wrong

Each was shown on the tree of its day, most of them with a real kexec, and became a test that was red
before the commit (tests/seen.tsv).

| Seen | Tests | Commit |
|---|---|---|
"""


ORDERS = """
# Wrong orders, and what is said

What a tired operator types, on a host without VT-d, and the first line of the answer. `tests/commands/run`
gives these orders; exit codes are those of `luwatch explain`.

| Order | Exit | Said |
|---|---|---|
"""


def seen(path):
    """The section of what was seen, from its table."""
    rows = [line.split("\t") for line in path.read_text().splitlines() if line and line[0] != "#"]
    return SEEN + "".join("| " + " | ".join(map(cell, row)) + " |\n" for row in rows)


def orders():
    """The section of wrong orders, with what is said to them now; empty where that is not known."""
    run = pathlib.Path(__file__).resolve().parents[1] / "commands/run"
    done = subprocess.run([run, "--document"], capture_output=True, text=True)
    return ORDERS + done.stdout if done.returncode == 0 else ""


OBJECTS = """
# Programs by other compilers

The programs as each clang makes them, loaded and attached in each kernel (tests/objects/run, scenario
objects): all attach the same hooks in the same way. Instructions are those that the verifier looked at.

| Kernel | clang | Programs | Hooks | Instructions | Of the largest program |
|---|---|---|---|---|---|
"""


def objects():
    """The section of tests/objects/run, from its table."""
    path = pathlib.Path(__file__).resolve().parents[1] / "objects/table.tsv"
    rows = [line.split("\t") for line in path.read_text().splitlines() if line[0] != "#"]
    return OBJECTS + "".join("| " + " | ".join(row) + " |\n" for row in rows)


def write_seen(table, path):
    """Only these sections anew; the tables of runs stay as their last runs left them."""
    text = path.read_text()
    _, found, rest = text.partition(OTHER)
    path.write_text(text.partition(SEEN[:30])[0] + seen(table) + orders() + objects() + found + rest)
    return 0


def cell(text):
    return " ".join(text.replace("|", "\\|").split()) or "–"


def expected(row):
    if row.verdict == "clean":
        return "clean" + (f", aborted attempt {row.says[8:]} in the history"
                          if row.says.startswith("attempt:") else "")
    if row.verdict == "incomplete":
        return f"incomplete: {row.promise} unknown"
    subjects = row.subjects.replace(",", ", ").replace("+", "…")
    return f"{row.failed.replace(',', ', ')} fail" + ("" if subjects == "-" else f": {subjects}")


def log_of(row, mode, kernel, logs):
    """What the last run of the row gave; None when there is none since the row was changed."""
    try:
        log = json.loads((logs / f"{row.name}-{mode}-{kernel}.json").read_text())
    except (OSError, ValueError):
        return None
    return log if log["table"] == list(row) else None


def line_of(row, mode, logs, counts):
    kernels = row.kernels.split(",")
    runs = {kernel: log_of(row, mode, kernel, logs) for kernel in kernels}
    done = {kernel: log for kernel, log in runs.items() if log}
    wrong = [f"{kernel}: {log['wrong']}" for kernel, log in done.items() if log["wrong"]]
    counts["right"] += len(done) - len(wrong)
    counts["wrong"] += len(wrong)
    counts["not run"] += len(runs) - len(done)
    last = list(done.values())[-1] if done else {"seen": "", "without": ""}
    good = "not run" if not done else "**no**: " + "; ".join(wrong) if wrong else \
        "yes" if row.verdict != "clean" else "as expected"
    missing = [k for k in runs if k not in done] if done else []
    if missing:
        good += f" (not run: {', '.join(missing)})"
    return [row.promise, row.name, row.what, expected(row), last["seen"], ", ".join(done), mode, good,
            last["without"]]


# The section of tests/lukernel/run in the same file.
OTHER = "\n## Kernels with live update\n"


def write(rows, logs, path, table):
    counts = {"right": 0, "wrong": 0, "not run": 0}
    lines = [line_of(row, mode, logs, counts) for row in rows
             for mode in (("legacy", "scalable") if row.modes == "both" else (row.modes,))]
    summary = f"{counts['right']} runs as expected, {counts['wrong']} not, {counts['not run']} not run"
    text = HEAD + summary + ".\n\n"
    text += "| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|\n"
    text += "".join("| " + " | ".join(map(cell, cells)) + " |\n" for cells in lines)
    _, found, rest = path.read_text().partition(OTHER)
    path.write_text(text + seen(table) + orders() + objects() + found + rest)
    print(f"{path.name}: {summary}")
    return 1 if counts["wrong"] or counts["not run"] else 0
