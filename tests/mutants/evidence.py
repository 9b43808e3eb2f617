# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes a copy of saved evidence: a damaged carrier, or another next kernel.

The pages carrier is left as if it had been the only one: with the trace carrier beside it nothing
would be missing. Only where two carriers are to disagree both stay.
"""

import json
import shutil
import struct

RECORD = 128
MAGIC = b"LWR1"
TYPE = struct.Struct("<H")
LOG_FIRST, LOG_LAST = 16, 41


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


def checksum(words):
    """lw_checksum() of include/luwatch/record.h."""
    state = 0x6c75776174636831
    for word in words:
        state = (state ^ word) * 0x9e3779b97f4a7c15 & (1 << 64) - 1
        state ^= state >> 32
    return state


def disagree(pages):
    """The middle record says something else than in the other carrier, and its checksum is good."""
    records = log_records(pages)
    at = records[len(records) // 2][1]
    words = list(struct.unpack_from("<15Q", pages, at))
    words[8] ^= 0x10
    struct.pack_into("<16Q", pages, at, *words, checksum(words))


def carried_pages(pages):
    """{address: digest} of every table that was digested at the end of the shutdown, and the root's."""
    found, root = {}, 0
    words = struct.Struct("<9Q")
    for _, at, kind in log_records(pages):
        payload = words.unpack_from(pages, at + 48)
        after = payload[0] & 0xff == 1
        if kind == 40 and after:  # LW_REC_ROOT
            root = payload[1]
            found[payload[1]] = payload[2]
        elif kind == 23 and after and not payload[0] >> 24 & 0xa:  # LW_REC_TABLE, not gone, readable
            found[payload[1]] = payload[6]
        elif kind == 39 and payload[1] == 1:  # LW_REC_PASID_TABLE
            found[payload[2]] = payload[3]
            found[payload[4]] = payload[5]
    return {at & 0xffffffffff000: digest for at, digest in found.items() if digest}, root


def adopt(facts, copy, pages, overwrite):
    """As if the next kernel had adopted the tables it was given, and perhaps written into one.

    No kernel does yet: real records of a real hand-over, and an invented next kernel.
    """
    digests, root = carried_pages(pages)
    if not digests:
        raise Unfit("no table was digested")
    facts["units"][0]["rtaddr"] = hex(root)
    if overwrite:
        digests[next(page for page in digests if page != root & ~0xfff)] ^= 1
    facts["pages"] = {hex(page): hex(digest) for page, digest in digests.items()}
    log = copy / "kmsg.bin"
    log.write_bytes(log.read_bytes().replace(b"Translation was enabled", b"Translation was looked "))
    (copy / "evidence.json").write_text(json.dumps(facts))


def damage(good, copy, how):
    """HOW: drop-TYPE (enum lw_record_type), flip, truncate, disagree, adopt, overwrite."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(good, copy)
    facts = json.loads((copy / "evidence.json").read_text())
    carriers = {c["name"]: c for c in facts["carriers"]}
    if how == "disagree" and "trace" not in carriers:
        raise Unfit("there is only one carrier")
    if "trace" in carriers and how != "disagree":
        facts["carriers"] = [c for c in facts["carriers"] if c["name"] != "trace"]
        (copy / "evidence.json").write_text(json.dumps(facts))
    path = copy / carriers["pages"]["file"]
    pages = bytearray(path.read_bytes())
    if not log_records(pages):
        raise Unfit("the pages carrier has no log")
    if how in ("adopt", "overwrite"):
        adopt(facts, copy, pages, how == "overwrite")
        return
    name, _, argument = how.partition("-")
    {"drop": drop, "flip": flip, "truncate": truncate, "disagree": disagree}[name](pages, *filter(None, [argument]))
    path.write_bytes(pages)
