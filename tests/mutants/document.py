# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/verification.md from the logs of the mutants' runs."""

import json
import pathlib
import re
import subprocess
import time

HEAD = """\
<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
<!-- Made by `make verification` from the logs of the runs: change tests/mutants/table.tsv. The half about
     kernels with live update is made by `tests/lukernel/run --document`, from tests/lukernel/table.tsv. -->
# Every promise, broken on purpose

Each row is a kernel that breaks one promise of the hand-over in one way: a real kexec in the test
machine with the wrong behaviour built into the fixture, or, where it says so, damage to the evidence
of such a run or synthetic records. It is caught when exit code, verdict, the set of failed promises
and the subjects of the findings are exactly the expected ones. Then the same evidence is judged with
those checks left out: that must not be a violation, and the last column says what it is then.
`make mutant M=NAME KERNEL=6.12 MODE=legacy` repeats a row; `luwatch explain I4` tells what a promise
means. `make verification` makes this text from the last runs; the tables of kernels with live update, further
down, are made by `tests/lukernel/run --document`.

A unit that no longer answers is in no row, because its kernel never comes to the next one: scenario hang
(`tests/scenarios hang`, fixture, 6.12) lets the queue of a unit stop in the middle of the shutdown, a watchdog
resets the machine, and what survived is told as an incomplete hand-over that the next kernel never collected.

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


PROPERTIES = """
# Random hand-overs

Two tests make up what they judge from a seed, most of them always the same ones and the rest of a seed that
changes every day; a seed that fails is printed, and `--seed SEED --count 1 --verbose` repeats it.

- **Histories** (tests/history): a machine of boots, of STEPS kinds of steps (arming, arming again, another level,
  preserving, images loaded with right, old or no words, kexec, a refused one, reset, firmware that kexecs, kdump,
  collect, collect killed or on a full disk, state lost, clock set, time that passes), against the real code of
  collect. At every collect the answer is about the last kexec, or incomplete; where nothing stood in the way it is
  not incomplete. Then collect is broken at each call that changes a file, and with a decision that is blind to
  one of the facts the test must fail. `make check` takes HISTORIES; `tests/history/run --count N`.
- **Hand-overs** (tests/property): a random machine, kernel and hand-over in which all is right must be clean; the
  same with one of KINDS kinds of mistakes or damage must give exactly the findings that follow from it, and
  without records of one kind neither a clean answer to a mistake nor an accusation of what was right. A judge
  without one of the promises must fail. `make check` takes HANDOVERS; `tests/property/run --count N`.

The last runs (fixed: seeds from 1 on, always the same; today: of the day), also of fewer than that:

| Test | Part | Run on | Counts |
|---|---|---|---|
"""


def tried(root, before):
    """The rows of the last runs in this tree; of a test without one, those in the text BEFORE."""
    rows = []
    for test in ("history", "property"):
        parts = [root / f"build/{test}.out" / part for part in ("fixed-1", "fixed-2", "today")]
        lines = [re.search("^counts (.*)", part.read_text(), re.M) if part.exists() else None for part in parts]
        if not all(lines):
            rows += [line for line in before.splitlines() if line.startswith(f"| {test} ")]
            continue
        day = time.strftime("%Y-%m-%d", time.localtime(parts[-1].stat().st_mtime))
        rows += [f"| {test} | {part.name} | {day} | {cell(line[1])} |" for part, line in zip(parts, lines)]
    return "\n".join(rows) + "\n"


def properties(text):
    """The section of the two tests that make up what they judge."""
    root = pathlib.Path(__file__).resolve().parents[2]
    count = {test: int(re.search(r"\|\| count=(\d+)", (root / f"tests/{test}/run").read_text())[1])
             for test in ("history", "property")}
    steps = re.search(r"enum step \{(.*?)STEP_KINDS", (root / "tests/history/history.h").read_text(), re.S)[1]
    kinds = sum(len(re.findall(r'^\t\{ "', path.read_text(), re.M))
                for path in (root / "tests/property").glob("mutate_*.c"))
    said = PROPERTIES
    for word, number in (("STEPS", steps.count(",")), ("HISTORIES", count["history"]), ("KINDS", kinds),
                         ("HANDOVERS", count["property"])):
        said = said.replace(word, f"{number:,}")
    return said + tried(root, text.partition(PROPERTIES[:20])[2])


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
    path.write_text(re.split(f"{PROPERTIES[:20]}|{SEEN[:30]}", text)[0] + properties(text) + seen(table) + orders() +
                    objects() + found + rest)
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
    before, found, rest = path.read_text().partition(OTHER)
    path.write_text(text + properties(before) + seen(table) + orders() + objects() + found + rest)
    print(f"{path.name}: {summary}")
    return 1 if counts["wrong"] or counts["not run"] else 0
