#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions of the guest between intel_iommu_shutdown() and machine_kexec(), with 5 and more
populated buses: nothing, luwatch, and the least that a comparison can cost.

usage: shutdown.py [--kernel FAMILY] [--buses N,N] [--scalable] [--profile] [ROW...]

Prints a table: what each adds to the shutdown path, a populated bus and fixed. --csv FILE: the raw
figures. --profile: which functions and programs ran for how many instructions.
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
}


def more_buses(count):
    """Root ports, eight functions a slot, with a device on the bus of each."""
    words = []
    for n in range(count):
        words += ["-device", f"pcie-root-port,id=more{n},chassis={100 + n},bus=pcie.0,io-reserve=0,"
                  f"mem-reserve=2M,pref64-reserve=0,multifunction=on,addr={0x10 + n // 8:#x}.{n % 8}",
                  "-device", f"edu,bus=more{n}"]
    return words


def run(options, row, buses):
    """Instructions. RuntimeError with the reason when there are none."""
    mode = "scalable" if options.scalable else "legacy"
    out = TOP / "build/runs" / f"shutdown-{row}-{options.kernel}-{mode}-{buses}"
    counted = pathlib.Path(f"{out}.count")
    profile = pathlib.Path(f"{out}.profile")
    counted.unlink(missing_ok=True)
    plugin = f"{TOP}/build/tests/bench/count.so,marks={out}/guest.log,out={counted}"
    if options.profile:
        plugin += f",profile={profile}"
    words = [TOP / "tests/vm/machine", "--kernel", options.kernel, "--out", out, "--timeout", "500",
             "--append", "nokaslr",
             "--param", f"ROW={row}", "--param", f"PROFILE={'yes' if options.profile else ''}"]
    words += ["--scalable"] * options.scalable
    words += ["--no-trace-carrier"] * (row == "pages")
    if row in ("pages", "trace"):
        words += ["--agent", os.environ.get("AGENT", TOP / "build/luwatch")]
    if row == "read":
        words += ["--add", f"{TOP}/build/tests/bench/read.bpf.o:/read.bpf.o",
                  "--add", TOP / "build/tests/bench/attach"]
    for word in ["-plugin", plugin, *more_buses(buses - OWN_BUSES)]:
        words.append(f"--qemu={word}")
    done = subprocess.run([*words, TOP / "tests/bench/shutdown.sh"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    guest = (out / "guest.log").read_text(errors="replace") if (out / "guest.log").exists() else ""
    failed = re.search(r"^LUWATCH-TEST fail (.*?)\r?$", guest, re.M)
    if failed or not counted.exists():
        raise RuntimeError(f"{row} with {buses} buses: "
                           f"{failed.group(1) if failed else done.stdout.strip()[-300:]}")
    if options.profile:
        print_profile(options, profile, guest)
    return int(counted.read_text().split()[1])


def print_profile(options, profile, guest):
    """Instructions by function; a program's by its name."""
    cache = pathlib.Path(os.environ.get("LUWATCH_VM_CACHE", pathlib.Path.home() / ".cache/luwatch-vm"))
    symbols = re.findall(r"^SYMBOL (\w+) \w (\S+)", guest, re.M)
    base = cache / options.kernel / "System.map"
    if base.exists():
        symbols += re.findall(r"^(\w+) [tTwW] (\S+)$", base.read_text(), re.M)
    symbols = sorted((int(address, 16), name) for address, name in symbols)
    sums = collections.Counter()
    calls = collections.Counter()
    for line in profile.read_text().splitlines():
        address, instructions, runs = line.split()
        at = bisect.bisect_right(symbols, (int(address, 16), "~")) - 1
        sums[symbols[at][1]] += int(instructions) * int(runs)
        if symbols[at][0] == int(address, 16):
            calls[symbols[at][1]] += int(runs)
    for name, count in sums.most_common(25):
        print(f"# {count:10,} {calls[name]:7} {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--kernel", default="6.12", metavar="FAMILY")
    parser.add_argument("--buses", default="5,37", metavar="N,N")
    parser.add_argument("--scalable", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--csv", metavar="FILE")
    options = parser.parse_args()
    few, many = (int(n) for n in options.buses.split(","))
    rows = options.rows or list(ROWS)
    if not set(rows) <= set(ROWS):
        parser.error(f"the rows are {', '.join(ROWS)}")
    status, counts = 0, {}
    print(f"| in the blackout ({options.kernel}) | {few} buses | {many} buses | a bus | fixed |\n"
          "|---|---|---|---|---|", flush=True)
    for row in dict.fromkeys(["nothing", *rows]):
        try:
            counts[row] = [run(options, row, few), run(options, row, many)]
        except RuntimeError as e:
            print(f"# {e}", flush=True)
            status = 1
            continue
        added = [c - n for c, n in zip(counts[row], counts["nothing"])] if row != "nothing" else counts[row]
        slope = (added[1] - added[0]) / (many - few)
        plus = "+" if row != "nothing" else ""
        print(f"| {ROWS[row]} | {plus}{added[0]:,} | {plus}{added[1]:,} | {slope:,.0f} | "
              f"{added[0] - few * slope:,.0f} |", flush=True)
    if options.csv:
        with open(options.csv, "w", newline="") as f:
            table = csv.writer(f)
            table.writerow(["kernel", "mode", "row", "buses", "instructions"])
            mode = "scalable" if options.scalable else "legacy"
            for row, values in counts.items():
                table.writerows([options.kernel, mode, row, n, v] for n, v in zip((few, many), values))
    return status


if __name__ == "__main__":
    sys.exit(main())
