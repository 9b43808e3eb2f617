# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes a copy of saved evidence: a damaged carrier, or another next kernel.

The pages carrier is left as if it had been the only one: with the trace carrier beside it nothing
would be missing. Only where two carriers are to disagree both stay.
"""

import collections
import hashlib
import json
import pathlib
import re
import shutil
import struct

RECORD = 128
MAGIC = b"LWR1"
TYPE = struct.Struct("<H")
RECORD_H = pathlib.Path(__file__).resolve().parents[2] / "include/luwatch/record.h"
LOG_FIRST, LOG_LAST = 16, max(map(int, re.findall(r"\bROW\(\w+, (\d+), ", RECORD_H.read_text())))
PAGE = 0xffffffffff000


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


def words_of(pages):
    """({address: {index: word}} of what is kept, as far as the records tell; the root tables' addresses).

    Records carry the present bits of every table, but the words only of what was preserved: of other
    entries that stayed nothing but the present bit is put there.
    """
    found, roots, preserved = collections.defaultdict(dict), {}, []
    payload_of = struct.Struct("<9Q")
    for _, at, kind in log_records(pages):
        payload = payload_of.unpack_from(pages, at + 48)
        unit = struct.unpack_from("<H", pages, at + 46)[0]
        if kind == 40 and payload[0] == 1:  # LW_REC_ROOT, after
            roots[unit] = payload[1]
        elif kind == 23 and payload[0] & 0xff == 1 and not payload[0] >> 24 & 0xa:  # LW_REC_TABLE
            scalable, slot = payload[0] >> 24 & 1, (payload[0] >> 8 & 0xff) * 2 + (payload[0] >> 16 & 0xff)
            found[roots[unit] & PAGE][slot] = payload[1]
            step = 4 if scalable else 2
            for devfn in range(128 if scalable else 256):
                if payload[2 + (devfn >> 6)] >> (devfn & 63) & 1:
                    found[payload[1] & PAGE].setdefault(devfn * step, 1)
        elif kind == 43:  # LW_REC_TABLES: up to four, what else there is to say in spare bits of the root
            for n, table in enumerate(payload[:4]):
                if table >> 10 & 1 and not table >> 8 & 1:  # after, not gone
                    pointer, step = table & (PAGE | 1), 4 if table >> 7 & 1 else 2
                    found[roots[unit] & PAGE][table >> 52 & 511] = pointer
                    for devfn in pages[at + 48 + 56 + 4 * n:][:table >> 4 & 7]:
                        found[pointer & PAGE].setdefault(devfn * step, 1)
        elif kind == 24 and payload[1] & 0xff == 1:  # LW_REC_ENTRY, after
            scalable = roots[unit] >> 10 & 3 == 1
            step, devfn = (4, payload[0] & 0x7f) if scalable else (2, payload[0] & 0xff)
            for word in range(step):
                found[payload[6] & PAGE][devfn * step + word] = payload[2 + word]
            if payload[1] >> 8 & 0xff == 1:  # LW_ENTRY_PRESERVED
                preserved.append((payload[6] & PAGE, devfn * step))
        elif kind == 39 and payload[1] == 1 and payload[4]:  # LW_REC_PASID_TABLE, after
            directory, table = payload[2] & PAGE, payload[4] & PAGE
        elif kind == 33 and payload[8] >> 63:  # LW_REC_PASID_ENTRY, after: right behind its table
            pasid = payload[0] & 0xfffff
            found[directory][pasid >> 6 & 511] = table | 1
            for word in range(7):
                found[table][(pasid & 63) * 8 + word] = payload[1 + word]
    return found, roots, preserved


def add_own(found, roots):
    """The next kernel's own devices: entries in a table it was given, and a root entry."""
    for root in roots.values():
        tables = [word & PAGE for word in found[root & PAGE].values()]
        free = next(slot for slot in range(2, 512, 2) if slot not in found[root & PAGE])
        found[root & PAGE][free] = 0x500000001
        for table in tables:
            devfn = next(index for index in range(0, 512, 4) if index not in found[table])
            found[table][devfn] = 0x600000001


def adopt(facts, copy, pages, overwrite):
    """As if the next kernel had adopted the tables it was given and added entries of its own.

    Real records of a real hand-over, and an invented next kernel; OVERWRITE: which also changed where
    the first preserved device translates to.
    """
    found, roots, preserved = words_of(pages)
    if not roots or not preserved:
        raise Unfit("nothing was kept")
    facts["units"][0]["rtaddr"] = hex(next(iter(roots.values())))
    add_own(found, roots)
    if overwrite:
        page, index = preserved[0]
        found[page][index] ^= 1 << 20
    facts["pages"] = {hex(page): {str(i): hex(word) for i, word in words.items() if word}
                      for page, words in found.items()}
    log = copy / "kmsg.bin"
    log.write_bytes(log.read_bytes().replace(b"Translation was enabled", b"Translation was looked "))
    (copy / "evidence.json").write_text(json.dumps(facts))
    seal(copy)


def seal(copy):
    """Sizes and digests of what is in COPY: the damage is to be found in it, not by them."""
    facts = json.loads((copy / "evidence.json").read_text())
    for name in facts.get("files", {}):
        content = (copy / name).read_bytes()
        facts["files"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
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
    (copy / "evidence.json").write_text(json.dumps(facts))
    seal(copy)
