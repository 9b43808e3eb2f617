# SPDX-License-Identifier: GPL-2.0-or-later
"""Hands in the files of a log with three rotated files and signatures: what verify says of each."""

import gzip
import re
import subprocess

from . import tools


def make(base):
    """A log of 16 records: three compressed files and the current one, signed from record 3 on."""
    log = tools.Log(base / "log")
    log.key, log.public = base / "key", base / "key.pub"
    log.ok("note", "unsigned", key=log.key)
    log.ok("keygen", "--public", str(log.public), key=log.key)
    for _ in range(3):
        for word in ("a", "b"):
            log.ok("note", word, key=log.key)
        log.ok("rotate", key=log.key)
    log.ok("note", "last", key=log.key)
    return log


def pieces(log):
    """The lines of all files: [(path, [line...])...], in order."""
    found = [(p, gzip.decompress(p.read_bytes())) for p in sorted(log.folder.glob("audit-*.gz"))]
    found.append((log.path, log.path.read_bytes()))
    return [(path, data.splitlines(keepends=True)) for path, data in found]


def put(path, lines):
    data = b"".join(lines)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def each_record(log, change, expected, first=0, last=0):
    """Does CHANGE(lines, index) to each record in turn; verify must say EXPECTED(number)."""
    number = done = 0
    total = sum(len(lines) for _, lines in pieces(log))
    for path, lines in pieces(log):
        whole = path.read_bytes()
        for i in range(len(lines)):
            number += 1
            if number <= first or number > total - last:
                continue
            changed = list(lines)
            change(changed, i)
            if changed == lines:
                continue
            put(path, changed)
            code, text = log.verify(anchored=False)
            path.write_bytes(whole)
            want = expected(number)
            assert code == tools.BROKEN and re.search(want, text), \
                f"record {number}: exit {code}, wanted {want!r}: {text}"
            done += 1
    return done


def flip(lines, i):
    lines[i] = lines[i][:100] + bytes([lines[i][100] ^ 1]) + lines[i][101:]


def changed():
    with tools.folder() as base:
        log = make(base)
        done = each_record(log, flip, lambda n: rf"Broken at record {n}: it was changed")
    return f"{done} of {done} records named"


def changed_with_dd():
    """One byte of a record of the current file, as a reader of the README would do it."""
    with tools.folder() as base:
        log = make(base)
        log.expect(tools.HOLDS)
        at = log.path.read_bytes().index(b"last")
        subprocess.run(f"printf X | dd of={log.path} bs=1 seek={at} conv=notrunc status=none",
                       shell=True, check=True)
        text = log.expect(tools.BROKEN, "was changed", anchored=False)
    return text.splitlines()[1]


def removed():
    with tools.folder() as base:
        log = make(base)
        done = each_record(log, lambda lines, i: lines.pop(i),
                           lambda n: rf"Broken at records? {n}\b.* was removed", last=1)
    return f"{done} of {done} records named"


def removed_file():
    with tools.folder() as base:
        log = make(base)
        done = 0
        files = [path for path, _ in pieces(log)]
        numbers = [0] + [int(re.search(r"-(\d+)\.", p.name).group(1)) for p in files[:-1]]
        for i in range(1, len(files) - 1):
            data = files[i].read_bytes()
            files[i].unlink()
            log.expect(tools.BROKEN, f"Broken at records {numbers[i] + 1} to {numbers[i + 1]}: the "
                       "first was removed", anchored=False)
            files[i].write_bytes(data)
            done += 1
        # The oldest: retention may do that, so it is not broken, but it is said.
        data = files[0].read_bytes()
        files[0].unlink()
        log.expect(tools.UNSURE, f"Records 1 to {numbers[1]} are in none of the files",
                   anchored=False)
        kept, log.acknowledged = log.acknowledged, [a for a in log.acknowledged
                                                    if a.startswith(f"{numbers[1]}:")]
        log.expect(tools.HOLDS)
        log.acknowledged = kept
        files[0].write_bytes(data)
        files[-1].unlink()
        log.expect(tools.BROKEN, "the log was cut at its end")
        log.expect(tools.UNSURE, "is not there", anchored=False)
    return f"{done + 2} files"


def inserted():
    """A copy of the record, and a line of another's making."""
    forged = b'{"schema":"luwatch.audit/1","seq":5}\n'
    with tools.folder() as base:
        log = make(base)
        done = each_record(log, lambda lines, i: lines.insert(i + 1, lines[i]),
                           lambda n: rf"Broken at record {n + 1}: it is not .* inserted", last=1)
        done += each_record(log, lambda lines, i: lines.insert(i, forged),
                            lambda n: rf"Broken at record {n}: it is not .* inserted", first=1)
    return f"{done} of {done} places named"


def reordered():
    def swap(lines, i):
        if i + 1 < len(lines):
            lines[i], lines[i + 1] = lines[i + 1], lines[i]

    with tools.folder() as base:
        log = make(base)
        done = each_record(log, swap, lambda n: rf"Broken at record {n}: it is not in its place",
                           first=1)
    return f"{done} of {done} places named"


def cut():
    """The end: at a line, and inside one. Without an anchor only the second can be seen."""
    with tools.folder() as base:
        log = make(base)
        path, lines = pieces(log)[-1]
        last = sum(len(x) for _, x in pieces(log))
        put(path, lines[:-1])
        log.expect(tools.HOLDS, anchored=False)
        log.expect(tools.BROKEN, f"Broken at record {last}: it is missing: the log was cut")
        put(path, lines[:-1] + [lines[-1][:50]])
        log.expect(tools.UNSURE, f"Record {last} is an unfinished line", anchored=False)
        log.expect(tools.BROKEN, f"Broken at record {last}: it is missing")
        put(path, lines)
        # A rotated file says with its name and its last record how long it was.
        rotated, lines = pieces(log)[0]
        put(rotated, lines[:-1])
        done = log.run("verify", str(rotated))
        assert done.returncode == tools.BROKEN and "cut at its end" in done.stdout, done.stdout
        packed = gzip.compress(b"".join(lines))
        rotated.write_bytes(packed[:len(packed) // 2])
        log.expect(tools.BROKEN, "is damaged", anchored=False)
        rotated.write_bytes(packed[:len(packed) // 2] + b"\xff" + packed[len(packed) // 2 + 1:])
        log.expect(tools.BROKEN, "Broken", anchored=False)
    return "at a line, inside a line, rotated, inside the compressed form"


def rewritten():
    """All of it written anew, as root can: only an anchor or, without the key, a signature tells."""
    with tools.folder() as base:
        log = make(base)
        forged = tools.Log(base / "forged")
        for _ in range(len(log.acknowledged)):
            forged.ok("note", "forged")
        forged.acknowledged = log.acknowledged[:1]
        forged.expect(tools.HOLDS, anchored=False)
        forged.expect(tools.BROKEN, "the log was written anew")
        code, text = forged.verify("--key", str(log.public), anchored=False)
        assert code == tools.BROKEN and "has no signature" in text, text
        code, text = log.verify("--key", str(log.public))
        assert code == tools.HOLDS and "Signed from record 3 on; signatures checked" in text, text
        other = base / "other.pub"
        line = log.public.read_text().split()
        other.write_text(f"{line[0]} {'0' * 32} {line[2]}\n")
        code, text = log.verify("--key", str(other))
        assert code == tools.BROKEN and "Broken at record 3: it has a signature that is not" in text
        # A second key from here on: each alone is not enough, both together are.
        log.key, first = base / "key-2", log.public
        log.ok("keygen", "--public", str(base / "second.pub"), key=log.key)
        assert log.verify("--key", str(first))[0] == tools.BROKEN
        assert log.verify("--key", str(base / "second.pub"))[0] == tools.BROKEN
        code, text = log.verify("--key", str(first), "--key", str(base / "second.pub"))
        assert code == tools.HOLDS, text
    return "anchor, missing signatures, two keys, another machine's key"


def tests():
    yield "tamper-changed", changed
    yield "tamper-dd", changed_with_dd
    yield "tamper-removed", removed
    yield "tamper-removed-file", removed_file
    yield "tamper-inserted", inserted
    yield "tamper-reordered", reordered
    yield "tamper-cut", cut
    yield "tamper-rewritten", rewritten
