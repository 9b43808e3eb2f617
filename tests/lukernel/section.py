# SPDX-License-Identifier: GPL-2.0-or-later
"""The section "Kernels with live update" of docs/verification.md, from the logs of the runs."""

import json

import document

TEXT = """
Real kernels with a patch of our own that does what the series does, on both sides of the kexec
(tests/vm/README.md): two builds, one for versions 3 to 5 and one (`-lu-old`) for 1 and 2. Each row is a real
hand-over; it is as expected when exit code, verdict, failed promises, subjects and the marked set are the
expected ones, and when every entry of the report is as the kernel itself printed its tables before and
after the clearing. `tests/lukernel/run NAME` repeats a row.

"""
COLUMNS = ("Promise", "Row", "What is done", "Kernels", "Version", "Mode", "Carriers", "Expected", "Seen",
           "Entries compared", "As expected")


def cells(row, mode, log):
    seen = log or {"kernel": {"old": row.kernel, "new": row.next}, "carriers": [], "seen": "",
                   "entries": "", "wrong": ""}
    return [row.promise, row.name, row.what, f"{seen['kernel']['old']} to {seen['kernel']['new']}",
            row.version, mode, ", ".join(seen["carriers"]), document.expected(row), seen["seen"],
            str(seen["entries"]), "not run" if not log else "**no**: " + log["wrong"] if log["wrong"] else "yes"]


def log_of(row, mode, logs):
    """What the last run of the row gave; None when there is none since the row was changed."""
    try:
        log = json.loads((logs / f"{row.name}-{mode}.json").read_text())
        was = row._make(log["table"])
    except (OSError, ValueError, TypeError):
        return None
    return log if was._replace(quick=row.quick, modes=row.modes) == row else None


def write(rows, logs, path, more=""):
    runs = [(row, mode, log_of(row, mode, logs)) for row in rows
            for mode in (("legacy", "scalable") if row.modes == "both" else (row.modes,))]
    wrong = sum(bool(log and log["wrong"]) for _, _, log in runs)
    missing = sum(not log for _, _, log in runs)
    compared = sum(log["entries"] for _, _, log in runs if log)
    days = sorted({log["when"] for _, _, log in runs if log})
    summary = (f"{len(runs) - wrong - missing} hand-overs as expected, {wrong} not, {missing} not run; "
               f"{compared} entries compared; run on {' to '.join(dict.fromkeys(days[:1] + days[-1:]))}")
    lines = [COLUMNS, ("---",) * len(COLUMNS), *(cells(*run) for run in runs)]
    text = path.read_text().partition(document.OTHER)[0]
    path.write_text(text + document.OTHER + TEXT + summary + ".\n\n" + "".join(
        "| " + " | ".join(document.cell(c) for c in line) + " |\n" for line in lines) + more)
    print(f"{path.name}: {summary}")
    return 1 if wrong or missing else 0
