# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds a report against what the kernel itself printed of its tables (lu.dump=1).

Every entry of the dumps must be in the report with the state that the dumps and the set of preserved
devices give, every entry of the report in the dumps; words and counts must be equal. The set is what the
test preserved, never what the report says of it: a report that is wrong about both would be believed.
"""

import re
from collections import defaultdict

LINE = re.compile(r"lu-dump (before|after|next) (\S+) (unit|root|context|pasid\d) (?:(\S+) )?(0x\w+) (0x\w+)\s*$")
HOP = re.compile(r"luwatch-vm: hop (\d+)")


class Dump:
    """The tables of all units at one moment."""

    def __init__(self):
        self.units = {}                   # name: (GSTS, RTADDR)
        self.roots = defaultdict(dict)    # unit: {"ssss:bb": (lo, hi)}
        self.entries = defaultdict(dict)  # unit: {rid: (lo, hi)}
        self.pasids = defaultdict(dict)   # unit: {rid: words of the entry for requests without PASID}

    def begin(self, unit, registers):
        self.units[unit] = registers
        for tables in (self.roots, self.entries, self.pasids):
            tables.pop(unit, None)

    def present(self, unit):
        """Entries that translate: none when the unit is off."""
        if not self.units[unit][0] >> 31 & 1:
            return {}
        return {rid: words for rid, words in self.entries[unit].items() if words[0] & 1}


def read(log):
    """{hop: {"before": Dump, "after": Dump, "next": Dump}}: the shutdown of each boot, and the kernel it led to."""
    boots, hop, now = {}, None, None
    for line in log.splitlines():
        mark = HOP.search(line)
        if mark:
            hop = int(mark.group(1))
            boots[hop] = {}
            continue
        match = LINE.search(line)
        if not match or hop is None:
            continue
        phase, unit, what, where, low, high = match.groups()
        words = int(low, 16), int(high, 16)
        now = boots[hop].setdefault(phase, Dump())
        if what == "unit":
            now.begin(unit, words)
        elif what == "root":
            now.roots[unit][where] = words
        elif what == "context":
            now.entries[unit][where] = words
        else:
            now.pasids[unit].setdefault(where, []).extend(words)
    return boots


def states_of(words, after, preserved, same_pasids):
    """The states that an entry may have in the report; SAME_PASIDS: the PASID entry behind it is as it was."""
    if after is None:
        return {"lost"} if preserved else {"cleared"}
    if not preserved:
        return {"leaked"}
    if after == words:
        return {"kept"} if same_pasids else {"altered"}
    pre_dropped = after[1] == words[1] and after[0] | 16 == words[0]
    return {"kept", "altered"} if pre_dropped else {"altered"}


def compare_unit(report, unit, before, after, preserved, wrong):
    was, is_now = before.present(unit["name"]), after.present(unit["name"])
    for side, truth in (("before", was), ("after", is_now)):
        if unit["entries"][side] != len(truth) and (side == "before" or is_now):
            wrong.append(f"{unit['name']}: {unit['entries'][side]} entries {side}, the kernel had {len(truth)}")
    said = {e["rid"]: e for e in report["entries"] if e["iommu"] == unit["name"]}
    pasids = before.pasids[unit["name"]], after.pasids[unit["name"]]
    for rid, words in was.items():
        states = states_of(words, is_now.get(rid), rid in preserved, pasids[0].get(rid) == pasids[1].get(rid))
        if not is_now:                    # the unit is off: the entry means nothing any more
            still = after.entries[unit["name"]].get(rid, (0,))[0] & 1
            states = states | {"unknown"} if rid in preserved else {"unreachable"} if still else {"cleared"}
        if rid not in said:
            wrong.append(f"{rid}: not in the report")
        elif said[rid]["state"] not in states:
            wrong.append(f"{rid}: {said[rid]['state']}, not {' or '.join(sorted(states))}")
        elif said[rid]["preserved"] != (rid in preserved):
            wrong.append(f"{rid}: preserved is {said[rid]['preserved']} in the report")
    for rid, entry in said.items():
        if rid not in was and rid not in is_now:
            wrong.append(f"{rid}: {entry['state']} in the report, not in the kernel's tables")
        for side, truth in (("before", was), ("after", is_now)):
            words = entry.get(side) or {}
            if words.get("lo") and rid in truth and \
                    (int(words["lo"], 16), int(words["hi"], 16)) != truth[rid]:
                wrong.append(f"{rid} {side}: {words['lo']} {words['hi']}, not "
                             f"{truth[rid][0]:#x} {truth[rid][1]:#x}")


def compare(report, shutdown, preserved):
    """(what differs, how many entries were held against the dump); PRESERVED: the requester IDs."""
    before, after = shutdown.get("before"), shutdown.get("after")
    if not before or not after:
        return ["the kernel printed no tables"], 0
    wrong = [f"{name}: not in the report" for name in before.units
             if name not in [u["name"] for u in report["iommus"]]]
    for unit in report["iommus"]:
        if unit["name"] in before.units:
            compare_unit(report, unit, before, after, preserved, wrong)
        else:
            wrong.append(f"{unit['name']}: not in the kernel's dump")
    return wrong, sum(len(before.present(u)) for u in before.units)
