# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a scenario of tests/bench in the test machine and hands back what it said in lines "BENCH WHAT TEXT"."""

import csv
import os
import pathlib
import re
import subprocess

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
TOOLS = TOP / "build/tests/bench"
INSTRUCTIONS = ["--icount", "0,sleep=off", "--timeout", "500"]   # the guest's time: one takes 1 ns


class Failed(Exception):
    """The machine's last words."""


def run(name, kernel, *words):
    """[(what, text)] in the order in which it was said. Raises Failed."""
    out = TOP / "build/runs" / f"{name}-{kernel}"
    command = [TOP / "tests/vm/machine", "--kernel", kernel, "--out", out, "--no-trace-carrier", "--agent",
               os.environ.get("AGENT", TOP / "build/luwatch"), *words]
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)
    log = out / "guest.log"
    said = re.findall(r"^BENCH (\S+) (.*?)\r?$", log.read_text(errors="replace") if log.exists() else "", re.M)
    if done.returncode or not said:
        raise Failed((done.stdout + done.stderr).strip()[-500:])
    return said


def write_csv(path, head, rows):
    """A table of figures, when there is a PATH for it."""
    if path:
        with open(path, "w", newline="", encoding="ascii") as f:
            table = csv.writer(f, lineterminator="\n")
            table.writerow(head)
            table.writerows(rows)
