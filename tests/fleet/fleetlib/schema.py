# SPDX-License-Identifier: GPL-2.0-or-later
"""contrib/fleet/schema.sql in a real PostgreSQL: what comes in, and what its views say of it."""

import json
import random
import subprocess
import tempfile

from . import hosts, services


def load(db, fleet, order=None):
    pairs = [(host.name, line) for host in fleet for line in host.lines]
    if order:
        order.shuffle(pairs)
    db.take(pairs)
    return pairs


def whole(db, fleet):
    """Every record of every host is there, as it was written, once; no view says anything."""
    for host in fleet:
        lines = [row[0] for row in db.rows(
            f"SELECT line FROM luwatch.record WHERE machine = '{host.machine}' ORDER BY seq")]
        assert lines == host.lines, f"{host.name}: {len(lines)} lines, wanted {len(host.lines)}"
    for view in "gap", "broken", "twice", "refused":
        assert not db.rows(f"SELECT * FROM luwatch.{view}"), (view, db.rows(f"SELECT * FROM luwatch.{view}"))


def like_luwatch(db):
    """The agent verifies a made log, and its own log is taken."""
    host = hosts.Host(1)
    host.hand_over()
    with tempfile.TemporaryDirectory() as base:
        path = f"{base}/made.jsonl"
        with open(path, "w") as file:
            file.write("\n".join(host.lines) + "\n")
        done = subprocess.run([services.LUWATCH, "audit", "verify", path], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        own = f"{base}/audit.jsonl"
        for text in "one", "it's \\ ü \x01 \"two\"":
            subprocess.run([services.LUWATCH, "audit", "note", "--log", own, "--private", f"{base}/none", text],
                           check=True, capture_output=True)
        with open(own) as file:
            lines = file.read().splitlines()
        machine = json.loads(lines[0])["machine"]
        if machine is None:
            raise services.Skip("this machine has no /etc/machine-id")
        db.take([("real", line) for line in lines])
        back = db.psql("-At", "-c", f"SELECT line FROM luwatch.record WHERE machine = '{machine}' ORDER BY seq")
        assert back.splitlines() == lines, back
        with open(f"{base}/back.jsonl", "w") as file:
            file.write(back)
        done = subprocess.run([services.LUWATCH, "audit", "verify", f"{base}/back.jsonl"], capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr
    schema = json.loads((services.TOP / "user/report/summary.schema.json").read_text())
    try:
        import jsonschema
    except ImportError:
        return f"{len(host.lines) + len(lines)} records both ways (python3-jsonschema is not installed)"
    jsonschema.validate(host.told, schema)
    return f"{len(host.lines) + len(lines)} records both ways, the summary fits its schema"


def in_order(db):
    fleet = [hosts.Host(n) for n in range(20)]
    for host in fleet:
        host.hand_over()
    pairs = load(db, fleet)
    whole(db, fleet)
    load(db, fleet)
    whole(db, fleet)
    assert db.one("SELECT sum(records) FROM luwatch.host") == str(len(pairs))
    return f"{len(pairs)} records of 20 hosts, each given twice, are there once"


def any_order(db):
    """Newest hand-over, newest revision and ring must not depend on the order of arrival."""
    order = random.Random(2)
    fleet = [hosts.Host(n, ring=str(n % 3)) for n in range(20)]
    for host in fleet:
        host.hand_over("7.2.0", "violation")
        host.ring = "9"
        host.hand_over("7.3.0", "clean")
    load(db, fleet, order)
    whole(db, fleet)
    state = db.rows("SELECT machine, ring, kernel_new, verdict, final FROM luwatch.state ORDER BY machine")
    assert state == [[h.machine, "9", "7.3.0", "clean", "t"] for h in sorted(fleet, key=lambda h: h.machine)], state
    assert db.one("SELECT count(*) FROM luwatch.handover WHERE revision = 2") == "40"
    return "20 hosts with two hand-overs each, records shuffled"


def tampering(db, order=None):
    """Each wrong host is named, and none other."""
    good, changed, cut, gone, linked, twice, late = fleet = [hosts.Host(n) for n in range(7)]
    for host in fleet:
        host.hand_over()
    changed.lines[4] = hosts.tampered(changed.lines[4])
    del cut.lines[3:6]
    del gone.lines[:2]
    linked.lines[5:] = linked.rewritten(4)[2:]
    load(db, fleet, order)
    db.take([("thief", line) for line in twice.rewritten(6)])
    db.psql("-c", f"UPDATE luwatch.host SET starts = 3 WHERE machine = '{late.machine}'")
    gap = sorted(db.rows("SELECT * FROM luwatch.gap"))
    assert gap == sorted([[changed.machine, "5", "5"], [cut.machine, "4", "6"], [gone.machine, "1", "2"]]), gap
    broken = sorted(db.rows("SELECT machine, seq FROM luwatch.broken"))
    assert broken == sorted([[changed.machine, "5"], [linked.machine, "6"]]), broken
    second = db.rows("SELECT * FROM luwatch.twice")
    assert second == [[twice.machine, "6", str(len(twice.lines) - 5)]], second
    assert db.rows("SELECT DISTINCT sender FROM luwatch.second") == [["thief"]]
    db.psql("-c", f"INSERT INTO luwatch.anchor (machine, seq, hash, sender) VALUES"
            f" ('{good.machine}', 4, '{good.anchor(4)[2:18]}', 'journal'), ('{late.machine}', 4, '{'0' * 16}', 'journal')")
    broken = sorted(db.rows("SELECT machine FROM luwatch.broken"))
    assert broken == sorted([[changed.machine], [linked.machine], [late.machine]]), broken
    return "changed, cut, begun late, linked wrongly, two histories, a foreign anchor: each named, no other"


def tampering_any_order(db):
    for seed in range(4):
        db.empty()
        tampering(db, random.Random(seed))
    return "the same with records shuffled in four ways"


def odd_lines(db):
    """Nothing that a host can send raises, and all of it is kept."""
    host = hosts.Host(3)
    body = '{"schema":"luwatch.audit/1","seq":%s,"machine":"' + host.machine + '","kind":%s%s'
    texts = ["", "{", "null", "x" * 2_000_000, "[" * 100_000, "'; DROP SCHEMA luwatch CASCADE; --", "\\", "\xff\xfe",
             body % ("1e99", '"note"', ""), body % ("null", '"note"', ""),
             body % (99999999999999999999, '"note"', ""), body % (1, "null", ""), body % (1, '"a\\u0000b"', ""),
             body % (1, '"note"', ',"time":"yesterday at noon'), body % (1, '"note"', ',"time":"never"'),
             body % (2, '"final"', ',"detail":{"summary":{"revision":"many"}}'),
             body % (3, '"final"', ',"detail":{"summary":{"revision":1,"kernel":7}}'),
             '{"schema":"luwatch.audit/2","seq":1', '{"schema":"luwatch.audit/1","seq":1,"machine":null,"kind":"note"',
             '{"schema":"luwatch.audit/1","seq":1,"machine":"../etc","kind":"note"']
    sealed = [f'{text},"hash":"{hosts.digest(text)}"}}' for text in texts if text.isascii()]
    lines = texts + sealed
    db.take([("odd'host", line) for line in lines])
    kept = db.one("SELECT (SELECT count(*) FROM luwatch.refused) + (SELECT count(*) FROM luwatch.record)")
    assert kept == str(len(lines)), f"{kept} of {len(lines)} lines kept: {db.rows('SELECT reason FROM luwatch.refused')}"
    assert db.one("SELECT count(*) FROM luwatch.record") == "0", db.rows("SELECT line FROM luwatch.record")
    reasons = {row[0].split()[0] for row in db.rows("SELECT reason FROM luwatch.refused")}
    assert {"form", "schema", "machine"} <= reasons and len(reasons) > 6, reasons
    load(db, [host])
    assert db.one("SELECT count(*) FROM luwatch.record") == str(len(host.lines))
    return f"{len(lines)} lines refused for {len(reasons)} reasons, the next host's records taken"


def refused_for_now(db, host):
    """The lines of the host cannot be taken, and none is kept as refused."""
    try:
        db.take([(host.name, line) for line in host.lines])
    except AssertionError as error:
        return str(error)
    raise AssertionError("lines that could not be written were taken as done")


def locked(db):
    """An error that goes away is an error, so that the line is given again."""
    host = hosts.Host(7)
    db.psql("-c", "ALTER ROLE luwatch_take SET lock_timeout = 100")
    with subprocess.Popen([services.find("psql"), "-qX", db.uri()], stdin=subprocess.PIPE, text=True) as other:
        other.stdin.write("BEGIN; LOCK TABLE luwatch.host;\n")
        other.stdin.flush()
        services.wait_for("lock", 10, lambda: db.one(
            "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'luwatch.host'::regclass") == "1")
        assert "lock timeout" in refused_for_now(db, host)
        other.stdin.write("ROLLBACK;\n")
    db.psql("-c", "ALTER ROLE luwatch_take RESET lock_timeout")
    assert db.one("SELECT count(*) FROM luwatch.refused") == "0"
    load(db, [host])
    whole(db, [host])
    return "a lock that lasts too long raises, and the lines are taken afterwards"


def read_only(db):
    host = hosts.Host(4)
    db.psql("-c", "ALTER DATABASE luwatch SET default_transaction_read_only = on")
    try:
        assert "read-only" in refused_for_now(db, host)
    finally:
        db.psql("-c", "SET default_transaction_read_only = off",
                "-c", "ALTER DATABASE luwatch RESET default_transaction_read_only")
    assert db.one("SELECT count(*) FROM luwatch.refused") == "0"
    load(db, [host])
    whole(db, [host])
    return "a database that cannot write raises, and takes the line afterwards"


def states(db):
    clean, bad, unsure, cold, none, acknowledged = fleet = [hosts.Host(n, ring="2") for n in range(6)]
    for host, verdict in (clean, "clean"), (bad, "violation"), (unsure, None), (cold, "clean"), \
            (acknowledged, "violation"):
        host.hand_over(verdict=verdict)
    cold.cold_boot()
    acknowledged.add("acknowledged", {"reason": "known erratum", "verdict": "violation", "revision": 2},
                     acknowledged.told["handover"])
    load(db, fleet)
    never = "f" * 32
    db.psql("-c", f"INSERT INTO luwatch.inventory VALUES ('{never}', 'never', '5'), ('{none.machine}', 'none', '7')")
    state = {row[0]: row[1:] for row in db.rows("SELECT machine, ring, verdict, cold, acknowledged FROM luwatch.state")}
    assert state == {
        clean.machine: ["2", "clean", "f", "f"], bad.machine: ["2", "violation", "f", "f"],
        unsure.machine: ["2", "incomplete", "f", "f"], cold.machine: ["2", "incomplete", "t", "f"],
        acknowledged.machine: ["2", "violation", "f", "t"], none.machine: ["7", "none", "f", "f"],
        never: ["5", "none", "f", "f"]}, state
    assert db.rows("SELECT machine FROM luwatch.silent") == [[never]]
    db.psql("-c", f"UPDATE luwatch.host SET received = now() - interval '27 hours' WHERE machine = '{bad.machine}'")
    assert sorted(db.rows("SELECT machine FROM luwatch.silent")) == sorted([[never], [bad.machine]])
    return "clean, violation, no verdict, cold boot, acknowledged, no hand-over, never seen"


def roles(db):
    """Who brings lines can do nothing else, and who reads cannot write."""
    host = hosts.Host(5)
    load(db, [host])
    assert db.rows("SELECT count(*) FROM luwatch.state", role="luwatch_read") == [["1"]]
    for view in "gap", "broken", "twice", "silent":
        db.rows(f"SELECT * FROM luwatch.{view}", role="luwatch_read")
    for role, query in (("luwatch_take", "SELECT * FROM luwatch.record"), ("luwatch_take", "SELECT luwatch.take_refused()"),
                        ("luwatch_take", "DELETE FROM luwatch.record"), ("luwatch_read", "DELETE FROM luwatch.record"),
                        ("luwatch_read", "SELECT luwatch.take('a', 'b')")):
        try:
            db.rows(query, role=role)
        except AssertionError as error:
            assert "permission denied" in str(error), error
        else:
            raise AssertionError(f"{role} may {query}")
    return "5 things that the two roles may not do"


def again(db):
    """Loading the file again keeps what is there, and lines refused before can be taken."""
    host = hosts.Host(6)
    db.take([(host.name, hosts.tampered(host.lines[0]))])
    load(db, [host])
    db.psql("-c", "INSERT INTO luwatch.refused (digest, reason, sender, line)"
            f" SELECT '\\x01', 'an older version', sender, line FROM luwatch.record WHERE seq = 3;"
            " DELETE FROM luwatch.record WHERE seq = 3")
    db.load_schema()
    assert db.one("SELECT luwatch.take_refused()") == "1"
    assert db.one("SELECT count(*) FROM luwatch.record") == "3"
    assert db.one("SELECT count(*) FROM luwatch.refused") == "1"
    return "tables kept, one of two refused lines taken"


def older(db):
    """Over the tables of the first version, with records in them: the same tables, and what was acknowledged is known."""
    def made():
        return sorted(db.rows("SELECT table_name, column_name, data_type, is_nullable, column_default FROM"
                              " information_schema.columns WHERE table_schema = 'luwatch'")), sorted(db.rows(
                              "SELECT conrelid::regclass, pg_get_constraintdef(oid) FROM pg_constraint"
                              " WHERE connamespace = 'luwatch'::regnamespace"))

    new = made()
    seen, worse = fleet = [hosts.Host(n) for n in range(2)]
    for host in fleet:
        host.hand_over(verdict="incomplete")
        host.add("acknowledged", {"reason": "r", "verdict": "incomplete", "revision": 2}, host.told["handover"])
    worse.revise("violation")
    try:
        db.psql("-c", "DROP SCHEMA luwatch CASCADE")
        db.psql("-q", "-f", str(services.TOP / "tests/fleet/schema-before.sql"))
        assert made() != new, "the older version has the same tables"
        load(db, fleet)
        assert db.rows("SELECT acknowledged FROM luwatch.state") == [["t"], ["t"]]
    finally:
        db.load_schema()
    assert made() == new, [set(map(tuple, a)) ^ set(map(tuple, b)) for a, b in zip(made(), new)]
    state = dict(db.rows("SELECT machine, acknowledged FROM luwatch.state"))
    assert state == {seen.machine: "t", worse.machine: "f"}, state
    whole(db, fleet)
    load(db, fleet)
    whole(db, fleet)
    return "columns and keys of the first version's tables become those of a new database, records stay"


def anchors(db):
    """Anchors and checkpoints that hosts send are kept; one that does not fit names its host."""
    good, rewritten, forked = fleet = [hosts.Host(n) for n in range(3)]
    for host in fleet:
        host.hand_over()
    anchors = [host.anchor_line(5) for host in fleet]
    rewritten.lines[4:] = rewritten.rewritten(5)
    load(db, fleet)
    note = '{{"schema":"luwatch.checkpoint/1","machine":"{0}","note":"luwatch/{0}\\n5\\n{1}=\\n\\n\\u2014 x y\\n"}}'
    notes = [note.format(host.machine, letter * 43) for host, letter in ((good, "A"), (forked, "A"), (forked, "B"))]
    for _ in range(2):
        db.take([("x", line) for line in anchors + notes])
    db.take([("x", line) for line in (note.format(good.machine, "A" * 42), anchors[0].replace('"seq":5', '"seq":"x"'),
                                      anchors[0].replace(good.machine, "nobody"))])
    assert db.one("SELECT count(*) FROM luwatch.anchor") == "3"
    assert db.one("SELECT count(*) FROM luwatch.checkpoint") == "3"
    assert db.one("SELECT count(*) FROM luwatch.refused") == "3"
    broken = sorted(db.rows("SELECT machine, seq FROM luwatch.broken"))
    assert broken == sorted([[rewritten.machine, "5"], [forked.machine, "5"]]), broken
    return "3 anchors and 3 checkpoints, each once; of three hosts the two that they contradict are named"


def tests():
    return [(f"schema/{test.__name__.replace('_', '-')}", test)
            for test in (like_luwatch, in_order, any_order, tampering, tampering_any_order, odd_lines,
                         locked, read_only, states, roles, again, older, anchors)]
