#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions of the guest between intel_iommu_shutdown() and machine_kexec(), with 5 and more
populated buses: nothing, luwatch, and what else could look there.

usage: shutdown.py [--kernel FAMILY] [--buses N,N] [--scalable] [--profile] [--csv FILE [--resume]] [ROW...]

Prints a table: what each adds to the shutdown path, a populated bus and fixed. --csv: the raw figures, written
after each run; --resume: those that stand there already are not measured again. --profile: which functions and programs ran for how many instructions.
"""

import argparse
import bisect
import collections
import csv
import os
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
OWN_BUSES = 5   # of the test machine
ROWS = {
    "nothing": "nothing",
    "read": "merely reading root and tables twice",
    "pages": "luwatch, pages",
    "trace": "luwatch, pages and trace",
    "probes": "luwatch, level = probes",
    "graph": "function_graph (no contents)",
    "kprobes": "6 kprobe events, 4 of them hit (no contents)",
    "bpftrace": "bpftrace: the same words, which nobody can collect",
}


class Uncounted(Exception):
    """A run that did not come to its end, with the reason."""


def more_buses(number):
    """Root ports, eight functions a slot, with a device on the bus of each."""
    words = []
    for n in range(number):
        words += ["-device", f"pcie-root-port,id=more{n},chassis={100 + n},bus=pcie.0,io-reserve=0,"
                  f"mem-reserve=2M,pref64-reserve=0,multifunction=on,addr={0x10 + n // 8:#x}.{n % 8}",
                  "-device", f"edu,bus=more{n}"]
    return words


def additions(row):
    """Options of tests/vm/machine for a row."""
    tools = TOP / "build/tests/bench"
    words = ["--add", tools / "programs"]
    if row in ("pages", "trace", "probes"):
        words += ["--agent", os.environ.get("AGENT", TOP / "build/luwatch")]
    if row == "read":
        words += ["--add", f"{tools}/read.bpf.o:/read.bpf.o", "--add", tools / "attach"]
    if row == "bpftrace":
        words += ["--add", "/usr/bin/bpftrace", "--add", f"{TOP}/tests/bench/tables.bt:/tables.bt"]
    return words + ["--no-trace-carrier"] * (row != "trace")


def count(kernel, row, buses, scalable=False, profile=False):
    """(instructions, what the guest said). Raises Uncounted, or LookupError without the kernel."""
    out = TOP / "build/runs" / f"shutdown-{row}-{kernel}-{'scalable' if scalable else 'legacy'}-{buses}"
    counted = pathlib.Path(f"{out}.count")
    counted.unlink(missing_ok=True)
    plugin = f"{TOP}/build/tests/bench/count.so,marks={out}/guest.log,out={counted}"
    if profile:
        plugin += f",profile={out}.profile"
    words = [TOP / "tests/vm/machine", "--kernel", kernel, "--out", out, "--timeout", "500", "--append",
             "nokaslr", "--param", f"ROW={row}", "--param", f"PROFILE={'yes' if profile else ''}"]
    words += ["--scalable"] * scalable + additions(row)
    words += [f"--qemu={word}" for word in ["-plugin", plugin, *more_buses(buses - OWN_BUSES)]]
    # The run ends at machine_kexec(), which a scenario calls a failure.
    done = subprocess.run([*words, TOP / "tests/bench/shutdown.sh"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode == 77:
        raise LookupError(done.stdout.strip())
    log = out / "guest.log"
    guest = log.read_text(errors="replace") if log.exists() else ""
    failed = re.search(r"^LUWATCH-TEST fail (.*?)\r?$", guest, re.M)
    if failed or not counted.exists():
        raise Uncounted(f"{row} with {buses} buses: "
                        f"{failed.group(1) if failed else (done.stdout + done.stderr).strip()[-300:]}")
    if profile:
        print_profile(pathlib.Path(f"{out}.profile").read_text(), guest)
    return int(counted.read_text().split()[1]), guest


def print_profile(profile, guest):
    """Instructions by function; a program's by its name."""
    symbols = sorted((int(address, 16), name)
                     for address, name in re.findall(r"^SYMBOL (\w+) (\S+?)\r?$", guest, re.M))
    sums, calls = collections.Counter(), collections.Counter()
    for line in profile.splitlines():
        address, instructions, runs = line.split()
        start, name = symbols[bisect.bisect_right(symbols, (int(address, 16), "~")) - 1]
        sums[name] += int(instructions) * int(runs)
        calls[name] += int(runs) * (start == int(address, 16))
    for name, instructions in sums.most_common(25):
        print(f"# {instructions:10,} {calls[name]:7} {name}")


def print_row(row, counts, buses):
    base = [0, 0] if row == "nothing" else counts["nothing"]
    added = [n - nothing for n, nothing in zip(counts[row], base)]
    slope = (added[1] - added[0]) / (buses[1] - buses[0])
    plus = "" if row == "nothing" else "+"
    print(f"| {ROWS[row]} | {plus}{added[0]:,} | {plus}{added[1]:,} | {slope:,.0f} | "
          f"{added[0] - buses[0] * slope:,.0f} |", flush=True)


class Figures:
    """The raw figures, in a file if there is one: {(row, buses): instructions} of one kernel and mode."""

    def __init__(self, path, kernel, mode, resume):
        self.path, self.kernel, self.mode, self.others, self.known = path, kernel, mode, [], {}
        if path and resume and pathlib.Path(path).exists():
            for line in list(csv.reader(open(path, newline="", encoding="ascii")))[1:]:
                if line[:2] == [kernel, mode]:
                    self.known[line[2], int(line[3])] = int(line[4])
                else:
                    self.others.append(line)

    def take(self, row, buses, measure):
        if (row, buses) not in self.known:
            self.known[row, buses] = measure()
            self.write()
        return self.known[row, buses]

    def write(self):
        if not self.path:
            return
        with open(self.path, "w", newline="", encoding="ascii") as f:
            table = csv.writer(f, lineterminator="\n")
            table.writerow(["kernel", "mode", "row", "buses", "instructions"])
            table.writerows(self.others)
            table.writerows([self.kernel, self.mode, *key, value] for key, value in self.known.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--kernel", default="6.12", metavar="FAMILY")
    parser.add_argument("--buses", default="5,37", metavar="N,N")
    parser.add_argument("--scalable", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--csv", metavar="FILE")
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    buses = [int(n) for n in options.buses.split(",")]
    rows = options.rows or list(ROWS)
    if not set(rows) <= set(ROWS):
        parser.error(f"the rows are {', '.join(ROWS)}")
    status, counts = 0, {}
    figures = Figures(options.csv, options.kernel, "scalable" if options.scalable else "legacy", options.resume)
    print(f"| in the blackout ({options.kernel}) | {buses[0]} buses | {buses[1]} buses | a bus | fixed |\n"
          "|---|---|---|---|---|", flush=True)
    for row in dict.fromkeys(["nothing", *rows]):
        try:
            counts[row] = [figures.take(row, n, lambda row=row, n=n: count(
                options.kernel, row, n, options.scalable, options.profile)[0]) for n in buses]
        except (Uncounted, LookupError) as e:
            print(f"# {e}", flush=True)
            status = 1
            continue
        print_row(row, counts, buses)
    return status


if __name__ == "__main__":
    sys.exit(main())
