# SPDX-License-Identifier: GPL-2.0-or-later
"""Damages a copy of saved evidence: the pages carrier as if it had been the only one.

With the trace carrier beside it nothing would be missing, so it is taken away first.
"""

import json
import shutil
import struct

RECORD = 128
MAGIC = b"LWR1"
TYPE = struct.Struct("<H")
LOG_FIRST, LOG_LAST = 16, 40


class Unfit(Exception):
    """The evidence does not have what is to be damaged."""


def log_records(pages):
    """Offsets of the records of the log, in order of their sequence number."""
    found = []
    for at in range(0, len(pages) - RECORD + 1, RECORD):
        kind = TYPE.unpack_from(pages, at + 6)[0]
        if pages[at:at + 4] == MAGIC and LOG_FIRST <= kind <= LOG_LAST:
            found.append((struct.unpack_from("<Q", pages, at + 24)[0], at, kind))
    return sorted(found)


def drop(pages, kind):
    """The middle one of the records of that type is as if it had never been written."""
    places = [at for _, at, found in log_records(pages) if found == int(kind)]
    if not places:
        raise Unfit(f"no record of type {kind}")
    at = places[len(places) // 2]
    pages[at:at + RECORD] = bytes(RECORD)


def flip(pages):
    records = log_records(pages)
    pages[records[len(records) // 2][1] + 64] ^= 0x10


def truncate(pages):
    records = log_records(pages)
    del pages[records[len(records) // 2][1]:]


def damage(good, copy, how):
    """HOW: drop-TYPE (enum lw_record_type), flip, truncate."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(good, copy)
    facts = json.loads((copy / "evidence.json").read_text())
    carriers = {c["name"]: c for c in facts["carriers"]}
    if "trace" in carriers:
        facts["carriers"] = [c for c in facts["carriers"] if c["name"] != "trace"]
        (copy / "evidence.json").write_text(json.dumps(facts))
    path = copy / carriers["pages"]["file"]
    pages = bytearray(path.read_bytes())
    if not log_records(pages):
        raise Unfit("the pages carrier has no log")
    name, _, argument = how.partition("-")
    {"drop": drop, "flip": flip, "truncate": truncate}[name](pages, *filter(None, [argument]))
    path.write_bytes(pages)
