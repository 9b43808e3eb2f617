# SPDX-License-Identifier: GPL-2.0-or-later
"""What is handed to an auditor, and every way to deceive him with it, for both verifiers."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import time

from nacl.signing import SigningKey

from . import proofs, tools

ONE, TWO = "1" * 32, "2" * 32
REPORT = {ONE: {"id": ONE, "revision": 1, "verdict": "violation", "text": "\u00e9"},
          TWO: {"id": TWO, "revision": 1, "verdict": "clean"}}
DAYS = 2 * 86400


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def canonical(report):
    return json.dumps(report, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def seed(path):
    """(machine, key) of a private key's file."""
    _, machine, text = path.read_text().split()
    return machine, SigningKey(base64.b64decode(text))


def forge(record, prev, key):
    """A line as luwatch writes it: chained, and signed when there is a key."""
    fields = {k: v for k, v in record.items() if k not in ("prev", "signature", "hash")}
    text = json.dumps({**fields, "prev": prev}, separators=(",", ":"))[:-1]
    if key:
        machine, own = key
        message = f"luwatch.audit/1 signature\n{machine}\n{hashlib.sha256(text.encode()).hexdigest()}\n"
        signature = base64.b64encode(own.sign(message.encode()).signature).decode()
        text += f',"signature":"{signature}"'
    return f'{text},"hash":"{hashlib.sha256(text.encode()).hexdigest()}"}}\n'


def rewrite(path, change, key, first=0):
    """The file of a log written anew from its line FIRST on: all of it fits, and is signed with KEY."""
    lines = path.read_text().splitlines(keepends=True)
    prev = json.loads(lines[first])["prev"]
    for i in range(first, len(lines)):
        record = json.loads(lines[i])
        change(record)
        lines[i] = forge(record, prev, key if "signature" in record else None)
        prev = json.loads(lines[i])["hash"]
    path.write_text("".join(lines))


def add(log, kind, handover, detail):
    """A record of a kind that only a hand-over brings."""
    log.ok("note", "x", key=log.key)
    rewrite(log.path, lambda r: r.update(kind=kind, handover=handover, detail=detail), seed(log.key),
            len(log.path.read_text().splitlines()) - 1)


def age(log):
    """The next record changes the key."""
    then = time.time() - DAYS
    os.utime(log.key, (then, then))


def store(base):
    for name, report in REPORT.items():
        folder = base / "state/handovers" / name
        folder.mkdir(parents=True)
        (folder / "report-1.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")


def make(base):
    """A log with keys of three days, and a stretch with two reports in its middle."""
    log = tools.Log(base / "log")
    log.key, log.public, log.base = base / "key", base / "host.pub", base
    log.folder.mkdir(parents=True)
    log.ok("note", "unsigned")
    log.ok("keygen", "--private", log.key, "--public", log.public, key=log.key)
    log.ok("note", "before", key=log.key)
    log.kept = base / "kept"
    log.kept.write_text(log.ok("checkpoint", key=log.key).stdout)
    time.sleep(1.1)
    log.since = now()
    log.early = log.ok("note", "first day", key=log.key).stdout.strip()
    for name, report in REPORT.items():
        add(log, "collected", name, {"verdict": report["verdict"], "revision": 1,
                                     "sha256": hashlib.sha256(canonical(report)).hexdigest()})
    log.yesterday = log.folder.parent / "yesterday"
    shutil.copy(log.key, log.yesterday)
    age(log)
    log.ok("note", "second day", key=log.key)
    time.sleep(1.1)
    log.until = now()
    age(log)
    log.ok("note", "third day", key=log.key)
    log.ok("note", "after", key=log.key)
    if not (base / "state").exists():
        store(base)
    return log


def export(log, name="bundle", *words):
    target = log.base / name
    shutil.rmtree(target, ignore_errors=True)
    run = log.run("export", "--state", log.base / "state", "--schemas", tools.ROOT / "user/audit", *words,
                  target, "--since", log.since, "--until", log.until, key=log.key)
    assert run.returncode == 0, run.stderr
    return target


def ours(log, bundle, *words):
    run = subprocess.run([log.luwatch, "audit", "verify", "--key", log.public, *words, bundle],
                         capture_output=True, text=True, timeout=60)
    assert run.returncode in (0, 3, 10), run
    return run.returncode, run.stdout + run.stderr


def holds(log, bundle, *words):
    code, text = ours(log, bundle, *words)
    assert code == 0 and proofs.theirs(log, bundle) == 0, text
    return text


def refused(log, bundle, part, code=10, *words):
    """Both refuse it, and ours by name."""
    got, text = ours(log, bundle, *words)
    assert got == code and part in text, f"exit {got}, wanted {code} {part!r}: {text}"
    assert words or proofs.theirs(log, bundle) == 10, f"the other verifier believes: {part}"


def edit(path, change):
    about = json.loads(path.read_text())
    change(about)
    path.write_text(json.dumps(about))


def whole(base):
    log = make(base)
    text = holds(log, export(log, "bundle", "--extends", log.kept), "--since", log.since, "--until", log.until)
    assert "2 reports" in text and "extends the checkpoint with 4 records" in text, text
    # Without the public key from elsewhere nobody vouches; a report that was removed is told.
    run = subprocess.run([log.luwatch, "audit", "verify", base / "bundle"], capture_output=True, text=True)
    assert run.returncode == 3 and "own word" in run.stdout, run
    shutil.rmtree(base / "state/handovers" / TWO)
    bundle = export(log)
    refused(log, bundle, f"{TWO}-1.json is missing", 3)
    add(log, "retention", TWO, {"because": "age"})
    assert "1 removed by retention" in holds(log, export(log))
    everything = base / "everything"
    log.ok("export", everything, "--state", base / "state", key=log.key)
    holds(log, everything)
    return "both believe a whole bundle, with and without reports that were removed"


def each_byte(base):
    """Some bytes of each line of everything that proves."""
    log = make(base)
    bundle, tried = export(log, "bundle", "--extends", log.kept), 0
    for path in [bundle / "records.jsonl", bundle / "checkpoint", *bundle.glob("*.proof"),
                 *bundle.glob("proofs/*"), *bundle.glob("reports/*")]:
        good = path.read_bytes()
        for at in sorted({*range(0, len(good), max(1, len(good) // 25)), len(good) - 1, len(good) - 2}):
            path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
            code, text = ours(log, bundle)
            assert code == 10, f"{path.name} at {at}: exit {code}: {text}"
            assert proofs.theirs(log, bundle) == 10, (path, at)
            tried += 1
        path.write_bytes(good)
    holds(log, bundle)
    return f"{tried} changed bytes, none believed"


def deceived(base):
    log = make(base)
    good = export(log, "good", "--extends", log.kept)
    bundle = base / "bundle"

    def fresh():
        tools.copy(good, bundle)
        return bundle / "records.jsonl"

    def lines(records):
        return records.read_text().splitlines(keepends=True)

    records = fresh()
    records.write_text("".join(lines(records)[:-1]))
    refused(log, bundle, "was cut")
    edit(bundle / "bundle.json", lambda a: a.update(last=a["last"] - 1))
    refused(log, bundle, "left out at the end")
    records = fresh()
    records.write_text("".join(lines(records)[1:]))
    edit(bundle / "bundle.json", lambda a: a.update(first=a["first"] + 1))
    refused(log, bundle, "left out at the beginning")
    records = fresh()
    records.write_text("".join(lines(records)[:2] + lines(records)[3:]))
    refused(log, bundle, "was removed")
    records = fresh()
    at = lines(records)
    records.write_text("".join([*at[:1], at[2], at[1], *at[3:]]))
    refused(log, bundle, "was reordered")
    records = fresh()
    records.write_text("")
    refused(log, bundle, "cut")
    # The reports change places; one is slipped in; one is taken out.
    fresh()
    first, second = (bundle / "reports" / f"{name}-1.json" for name in (ONE, TWO))
    text = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(text)
    refused(log, bundle, "not the report that its record speaks of")
    fresh()
    shutil.copy(first, bundle / "reports" / f"{ONE}-2.json")
    refused(log, bundle, "no record speaks of")
    fresh()
    first.unlink()
    refused(log, bundle, "is missing, and no record says", 3)
    fresh()
    (bundle / "verdict.txt").write_text("all is well\n")
    refused(log, bundle, "nothing proves it")
    # Another name for the host.
    other = "0123456789abcdef" * 2
    machine, key = seed(log.key)
    records = fresh()
    rewrite(records, lambda r: r.update(machine=other), (machine, key))
    refused(log, bundle, "another machine")
    for path in bundle.rglob("*"):
        if path.is_file() and path.name != "records.jsonl":
            path.write_bytes(path.read_bytes().replace(machine.encode(), other.encode()))
    refused(log, bundle, "does not lead to the checkpoint")
    # Another history of the stretch, well signed.
    records = fresh()
    rewrite(records, lambda r: r["actor"].update(loginuid=4711), (machine, key))
    refused(log, bundle, "another history")
    # Links and pipes in place of files.
    records = fresh()
    records.rename(base / "elsewhere")
    records.symlink_to(base / "elsewhere")
    refused(log, bundle, "cannot be read")
    fresh()
    (bundle / "proofs/99.proof").unlink(missing_ok=True)
    os.mkfifo(bundle / "proofs/99.proof")
    refused(log, bundle, "cannot be read")
    # An old bundle for a new time.
    assert ours(log, good, "--until", "2100-01-01")[0] == 3
    old = base / "old"
    log.ok("export", old, "--state", base / "state", "--since", log.since, key=log.key)
    refused(log, old, "an older bundle, or a log that was cut", 3, "--until", now()[:4] + "-12-31T23:59:59Z")
    return "cut, left out, swapped, renamed, replayed: each told by name, by both verifiers"


def taken(base):
    """Who takes the host has today's key, and the program that exports. Yesterday stays."""
    log = make(base)
    anchor = log.early
    history = (log.path.read_bytes(), log.key.read_bytes())
    assert not any(seed(path)[1] == seed(log.yesterday)[1] for path in [log.key]), "the key did not change"
    old = seed(log.yesterday)[1].encode()
    for path in base.rglob("*"):
        if path.is_file() and path != log.yesterday:
            assert old not in path.read_bytes() and base64.b64encode(old) not in path.read_bytes(), path

    def soften(record):
        if record["handover"] == ONE:
            record["detail"]["verdict"] = "clean"

    rewrite(log.path, soften, seed(log.key), 2)
    refused(log, export(log), "is forged")
    # The taker's own keys in the key's way.
    log.path.write_bytes(history[0])
    mine = SigningKey.generate()
    public = f"luwatch-audit-public-key/1 {seed(log.key)[0]} {base64.b64encode(mine.verify_key.encode()).decode()}"
    rewrite(log.path, lambda r: r["kind"] == "key-changed" and r["detail"].update(public=public),
            (seed(log.key)[0], mine), 2)
    log.key.write_text(f"luwatch-audit-private-key/1 {seed(log.key)[0]} {base64.b64encode(mine.encode()).decode()}\n")
    refused(log, export(log), "is forged")
    # Yesterday's key, had it been kept, is worth nothing for today.
    log.path.write_bytes(history[0])
    log.key.write_bytes(history[1])
    rewrite(log.path, lambda r: None, seed(log.yesterday), len(log.path.read_text().splitlines()) - 1)
    refused(log, export(log), "is forged")
    # What he can do: cut today off and go on. A checkpoint or an anchor of before tells it.
    log.path.write_bytes(history[0])
    kept, proof = base / "kept-today", base / "proof"
    kept.write_text(log.ok("checkpoint", key=log.key).stdout)
    last = json.loads(log.path.read_text().splitlines()[-1])
    anchors = [f"{last['seq']}:{last['hash']}", anchor]
    bundle = export(log, "true", "--extends", kept)
    proof.write_bytes((bundle / "extends-1.proof").read_bytes())
    log.path.write_text("".join(log.path.read_text().splitlines(keepends=True)[:-1]))
    refused(log, export(log, "short"), "the log was cut", 10, "--anchor", anchors[0])
    log.ok("note", "another history", key=log.key)
    two = export(log, "second")
    holds(log, two, "--anchor", anchors[1])
    refused(log, two, "the log was written anew", 10, "--anchor", anchors[0])
    run = log.run("export", base / "third", "--extends", kept, key=log.key)
    assert run.returncode == 10 and "written anew" in run.stderr, run
    shutil.copy(proof, two / "extends-1.proof")
    refused(log, two, "extends-1.proof does not hold")
    return "today's key signs no yesterday, yesterday's no today; two histories are told by what was kept"


def tests():
    yield "bundle", proofs.in_folder(whole)
    yield "bundle-each-byte", proofs.in_folder(each_byte)
    yield "bundle-deceives", proofs.in_folder(deceived)
    yield "bundle-of-a-taken-host", proofs.in_folder(taken)
