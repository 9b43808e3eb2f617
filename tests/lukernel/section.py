# SPDX-License-Identifier: GPL-2.0-or-later
"""The section "Kernels with live update" of docs/verification.md, from the logs of the runs."""

import json
import re

import document

TEXT = """
Real kernels with a patch of our own that does what the series does, on both sides of the kexec
(tests/vm/README.md): two builds, one for versions 3 to 5 and one (`-lu-old`) for 1 and 2. Each row is a real
hand-over; it is as expected when exit code, verdict, failed promises, subjects and the marked set are the
expected ones, and when every entry of the report is as the kernel itself printed its tables before and
after the clearing. A second number of entries is of those that the next kernel goes on with or added, held
against what that kernel printed late in its boot, in the rows that were run since this is done.
`tests/lukernel/run NAME` repeats a row.

"""
COLUMNS = ("Promise", "Row", "What is done", "Kernels", "Version", "Mode", "Carriers", "Expected", "Seen",
           "Entries compared", "As expected")


def entries_text(log):
    return f"{log['entries']} + {log['entries_next']}" if log.get("entries_next") else str(log["entries"])


def entries_in(cell):
    """(before and after, in the next kernel): numbers of the cell."""
    numbers = [int(n) for n in cell.split(" + ") if n.isdigit()]
    return (numbers + [0, 0])[:2]


def cells(row, mode, log):
    seen = log or {"kernel": {"old": row.kernel, "new": row.next}, "carriers": [], "seen": "",
                   "entries": "", "wrong": ""}
    return [row.promise, row.name, row.what, f"{seen['kernel']['old']} to {seen['kernel']['new']}",
            row.version, mode, ", ".join(seen["carriers"]), document.expected(row), seen["seen"],
            entries_text(seen), "not run" if not log else "**no**: " + log["wrong"] if log["wrong"] else "yes"]


def log_of(row, mode, logs):
    """What the last run of the row gave; None when there is none since the row was changed."""
    try:
        log = json.loads((logs / f"{row.name}-{mode}.json").read_text())
        was = row._make(log["table"])
    except (OSError, ValueError, TypeError):
        return None
    return log if was._replace(quick=row.quick, modes=row.modes) == row else None


def written(text):
    """{(row, what is done, mode): cells} of the table as it stands, and the days that it names."""
    section = text.partition(document.OTHER)[2].partition("\n## ")[0]
    lines = [[cell.strip() for cell in re.split(r"(?<!\\) \| ", line.strip().removeprefix("| ").removesuffix(" |"))]
             for line in section.splitlines() if line.startswith("| ")]
    days = re.search(r"run on ([\d-]+)(?: to ([\d-]+))?", section)
    return {(line[1], line[2], line[5]): line for line in lines if len(line) == len(COLUMNS)}, \
        [day for day in days.groups() if day] if days else []


def write(rows, logs, path, more=""):
    """A row that was not run in this tree stays as it stands there, while it says the same."""
    stands, days = written(path.read_text())
    runs = [(row, mode, log_of(row, mode, logs)) for row in rows
            for mode in (("legacy", "scalable") if row.modes == "both" else (row.modes,))]
    lines = [[document.cell(c) for c in cells(*run)] for run in runs]
    lines = [line if run[2] else stands.get((line[1], line[2], line[5]), line) for run, line in zip(runs, lines)]
    missing = sum(line[-1] == "not run" for line in lines)
    wrong = sum(line[-1] not in ("yes", "not run") for line in lines)
    compared, compared_next = map(sum, zip(*(entries_in(line[-2]) for line in lines)))
    days = sorted({*days, *(log["when"] for _, _, log in runs if log)})
    summary = (f"{len(runs) - wrong - missing} hand-overs as expected, {wrong} not, {missing} not run; "
               f"{compared} entries compared, and {compared_next} with the next kernel's tables; "
               f"run on {' to '.join(dict.fromkeys(days[:1] + days[-1:]))}")
    text = path.read_text().partition(document.OTHER)[0]
    path.write_text(text + document.OTHER + TEXT + summary + ".\n\n" + "".join(
        "| " + " | ".join(line) + " |\n" for line in [COLUMNS, ("---",) * len(COLUMNS), *lines]) + more)
    print(f"{path.name}: {summary}")
    return 1 if wrong or missing else 0
