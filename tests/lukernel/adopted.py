# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds what a report says of the next kernel against what that kernel printed of its tables late in its boot.

Only where the report says that the next kernel goes on with the tables. Each preserved entry that the
next kernel's dump shows otherwise must be told as overwritten, with the words of that dump; no other may;
and the numbers of entries that are unchanged and of those that were added must be those of the dump.
"""

import re

PASID_WORDS = 7   # the eighth is reserved
UNCHANGED = re.compile(r"adopted: (\d+) preserved entries of (\S+) unchanged")
ADDED = re.compile(r"tables of (\S+) and has added (\d+) root entr\w+ and (\d+) context")


def halves(roots, scalable):
    """{(bus, half): word} of the root entries that are present."""
    return {(where, half): words[half] for where, words in roots.items()
            for half in ((0, 1) if scalable else (0,)) if words[half] & 1}


def slot_of(rid, scalable):
    segment, bus, device = rid.split(":")
    return f"{segment}:{bus}", int(scalable and int(device[:2], 16) >= 16)


def hexed(words):
    return " ".join(f"{word:#x}" for word in words)


def change(unit, rid, after, now, scalable):
    """What is different in the next kernel, (part of the message, part of the evidence); None: nothing."""
    slot = slot_of(rid, scalable)
    then, is_now = (halves(dump.roots[unit], scalable).get(slot, 0) for dump in (after, now))
    if then != is_now:
        return "root entry", f"{is_now:#x} now"
    then, is_now = (dump.entries[unit].get(rid, (0, 0)) for dump in (after, now))
    if then != is_now:
        return "context entry", f"lo {is_now[0]:#x} hi {is_now[1]:#x} now"
    then, is_now = (dump.pasids[unit].get(rid, []) for dump in (after, now))
    for i, (old, new) in enumerate(zip(then[:PASID_WORDS], is_now)):
        if old != new:
            return "PASID", f"word {i}: {old:#x} then, {new:#x} now"
    return None if len(then) == len(is_now) else ("PASID", "now")


def left(report, unit):
    """Root entries that were left although nobody preserved the page of the table: to the next kernel no table."""
    found = (f["subject"].split() for f in report["findings"] if f["invariant"] == "I3" and f["severity"] == "violation")
    return {("0000:" + where[2], int(where[3:] == ["upper", "half"])) for where in found if where[0] == unit}


def added(unit, after, now, scalable, without):
    """(root entries, context entries) that the next kernel put there; the latter in tables that were there."""
    before, is_now = halves(after.roots[unit], scalable), halves(now.roots[unit], scalable)
    fresh = [rid for rid, words in now.entries[unit].items() if words[0] & 1 and
             slot_of(rid, scalable) in before.keys() - without and not after.entries[unit].get(rid, (0,))[0] & 1]
    return len(is_now.keys() - before.keys()), len(fresh)


def compare_unit(report, unit, after, now, wrong):
    """How many entries were held against the dump."""
    name, scalable = unit["name"], unit["mode"] == "scalable"
    if now.units[name][1] != after.units[name][1] or not now.units[name][0] >> 31 & 1:
        wrong.append(f"{name}: adopted in the report, and the next kernel has {hexed(now.units[name])}")
    preserved = [e["rid"] for e in report["entries"] if e["iommu"] == name and e["preserved"] and
                 e["present"]["after"]]
    told = {f["subject"]: f for f in report["findings"]
            if f["invariant"] == "I13" and f["severity"] == "violation"}
    same = 0
    for rid in preserved:
        is_now, said = change(name, rid, after, now, scalable), told.get(rid)
        same += not is_now
        if said and not is_now:
            wrong.append(f"{rid}: overwritten in the report, and the next kernel has it unchanged")
        elif is_now and not said:
            wrong.append(f"{rid}: unchanged in the report, and the next kernel has {is_now[1]}")
        elif is_now and not (is_now[0] in said["message"] and is_now[1] in said["evidence"]):
            wrong.append(f"{rid}: \"{said['evidence']}\" in the report, and the next kernel has {is_now[1]}")
    unchanged = UNCHANGED.fullmatch(report["invariants"]["I13"]["reason"])
    if unchanged and (int(unchanged.group(1)), unchanged.group(2)) != (same, name):
        wrong.append(f"{name}: \"{unchanged.group()}\" in the report, the next kernel has {same}")
    notes = [tuple(map(int, m.groups()[1:])) for f in report["findings"]
             if (m := ADDED.search(f["message"])) and m.group(1) == name] or [(0, 0)]
    expected = added(name, after, now, scalable, left(report, name))
    if notes != [expected]:
        wrong.append(f"{name}: {notes} root and context entries added in the report, {expected} in the next kernel")
    return len(preserved) + expected[1]


def is_told(report):
    """Whether the report says that the next kernel goes on with the tables."""
    promise = report["invariants"]["I13"]
    return promise["result"] == "fail" or promise["result"] == "pass" and promise["reason"].startswith("adopted")


def compare(report, shutdown):
    """(what differs, how many entries were held against the next kernel's dump; None: nothing was to be held)."""
    if not is_told(report):
        return [], None
    after, now = shutdown.get("after"), shutdown.get("next")
    if not after or not now:
        return ["the next kernel printed no tables"], None
    wrong, held = [], 0
    for unit in report["iommus"]:
        if unit["entries"]["after"]:
            held += compare_unit(report, unit, after, now, wrong)
    return wrong, held
