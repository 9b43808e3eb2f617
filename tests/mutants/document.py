# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/verification.md from the logs of the mutants' runs."""

import json

HEAD = """\
<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
<!-- Made by `make verification` from the logs of the runs. Do not edit: change tests/mutants/table.tsv. -->
# Every promise, broken on purpose

Each row is a kernel that breaks one promise of the hand-over in one way: a real kexec in the test
machine with the wrong behaviour built into the fixture, or, where it says so, synthetic records. It is
caught when exit code, verdict, the set of failed promises and the subjects of the findings are exactly
the expected ones. Then the same evidence is judged with those checks left out: that must not be a
violation; the last column says what it is then. `make mutant M=NAME KERNEL=6.12 MODE=legacy` repeats a
row, `luwatch explain I4` tells what a promise means. What rows like `drop-23` take away are the record
types of include/luwatch/record.h.

"""
COLUMNS = ("Promise", "Mutant", "What is wrong", "Finding expected", "Finding seen", "Kernels", "Mode",
           "Caught", "Check off")


def cell(text):
    return " ".join(text.replace("|", "\\|").split()) or "–"


def expected(row):
    if row.verdict == "clean":
        return "clean" + (f", aborted attempt {row.says[8:]} in the history"
                          if row.says.startswith("attempt:") else "")
    if row.verdict == "incomplete":
        return f"incomplete: {row.promise} unknown"
    subjects = row.subjects.replace(",+", ", …").replace(",", ", ").replace(", , ", ", ")
    return f"{row.failed.replace(',', ', ')} fail" + ("" if subjects == "-" else f": {subjects}")


def runs_of(row, logs):
    """{mode: [outcome of each kernel]}, the modes and kernels in which the row was run."""
    modes = {}
    for path in sorted(logs.glob(f"{row.name}-*.json")):
        one = json.loads(path.read_text())
        if one["row"] == row.name:
            modes.setdefault(one["mode"], []).append(one)
    return modes


def lines_of(row, logs):
    modes = runs_of(row, logs)
    if not modes:
        yield [row.promise, row.name, row.what, expected(row), "", "", row.modes, "not run", ""], False
    for mode, runs in sorted(modes.items()):
        runs.sort(key=lambda one: [int(n) for n in one["kernel"].split(".") if n.isdigit()])
        wrong = [f"{one['kernel']}: {one['wrong']}" for one in runs if one["wrong"]]
        yield [row.promise, row.name, row.what, expected(row), runs[-1]["seen"],
               ", ".join(one["kernel"] for one in runs), mode,
               "**no**: " + "; ".join(wrong) if wrong else "yes" if row.verdict != "clean" else "–",
               runs[-1]["without"]], not wrong


def write(rows, logs, path):
    lines, good, total, missing = [], 0, 0, 0
    for row in rows:
        for cells, right in lines_of(row, logs):
            lines.append("| " + " | ".join(map(cell, cells)) + " |")
            total += 1
            good += right
            missing += cells[7] == "not run"
    text = HEAD + f"{total} rows: {good} as expected, {total - good - missing} not, {missing} not run.\n\n"
    text += "| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|\n" + "\n".join(lines) + "\n"
    path.write_text(text)
    print(f"{path.name}: {total} rows, {good} as expected")
    return 0 if good == total else 1
