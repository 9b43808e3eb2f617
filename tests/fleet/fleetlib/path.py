# SPDX-License-Identifier: GPL-2.0-or-later
"""The way of the records, from files on hosts into the database, while parts of it fail."""

import contextlib
import gzip
import os
import random
import signal
import subprocess
import threading
import time

from . import hosts, relay, schema, services


@contextlib.contextmanager
def path(db):
    with services.folder() as where:
        made = relay.Path(where, db)
        try:
            yield made
        except AssertionError as error:
            raise AssertionError(f"{error}; {relay.said(made.centre, *made.hosts.values())}") from None
        finally:
            made.stop()


@contextlib.contextmanager
def written(db, handovers, seconds):
    """(path, hosts, writer): three hosts write for about SECONDS, with centre and senders running; at the end
    all must be there, within a minute, once."""
    fleet = [busy(n, handovers) for n in range(3)]
    with path(db) as way:
        way.centre.start()
        for host in fleet:
            way.host(host).start()
        writer = Writer(way, fleet, seconds)
        writer.start()
        yield way, fleet, writer
        writer.join()
        all_there(way, fleet)


def busy(number, handovers):
    """A host with six records for each of some hand-overs."""
    host = hosts.Host(number)
    for _ in range(handovers):
        host.hand_over()
    return host


def count(fleet):
    return sum(len(host.lines) for host in fleet)


def all_there(way, fleet, seconds=60):
    services.wait_for(f"arrival of {count(fleet)} records", seconds, lambda: way.arrived() >= count(fleet))
    schema.whole(way.db, fleet)
    return count(fleet)


class Writer(threading.Thread):
    """Appends the records of all hosts in small steps, for about SECONDS."""

    def __init__(self, way, fleet, seconds):
        super().__init__()
        self.way, self.fleet, self.seconds = way, fleet, seconds

    def run(self):
        most = max(len(host.lines) for host in self.fleet)
        for at in range(0, most, 5):
            for host in self.fleet:
                self.way.write(host, at, at + 5)
            time.sleep(self.seconds * 5 / most)


def whole_lines(db):
    """The longest line that luwatch writes, and characters that SQL and syslog treat in their own way."""
    host = hosts.Host(1)
    host.add("note", {"text": "x" * ((4 << 20) - 1000)})
    host.add("note", {"text": "'; DROP TABLE record; -- % %msg% $ \\ \" <34>1 \x7f"})
    with path(db) as way:
        way.centre.start()
        way.host(host).start()
        way.write(host)
        there = all_there(way, [host])
        with open(way.log(host), "ab") as log:
            log.write(b"\xff\xfe no record \x00\x01 '\n")
        services.wait_for("refusal", 20, lambda: db.one("SELECT count(*) FROM luwatch.refused") == "1")
        host.add("note")
        way.write(host, len(host.lines) - 1)
        services.wait_for("the record behind it", 20, lambda: way.arrived() == there + 1)
    return "a record of nearly 4 MiB and one of quotes, byte for byte; bytes that are no text hold nobody up"


def who_may_send(db):
    """Only a certificate of the authority with a host's name."""
    good, elsewhere, stranger = fleet = [hosts.Host(n) for n in range(3)]
    with path(db) as way:
        way.centre.start()
        for host, tls in zip(fleet, ("tls-host", "tls-elsewhere", "tls-stranger")):
            way.host(host, tls).start()
            way.write(host)
        all_there(way, [good])
        time.sleep(3)
        all_there(way, [good])
        assert way.arrived() == len(good.lines)
    return "another authority's certificate and another name's bring nothing"


def database_away(db):
    with written(db, 20, 6) as (way, fleet, _):
        time.sleep(2)
        db.stop("immediate")
        time.sleep(3)
        way.centre.kill()
        way.centre.start()
        time.sleep(2)
        db.start()
    return f"PostgreSQL killed and away for 5 s, the centre killed meanwhile: {count(fleet)} records, each once"


def last_lines(db):
    """The centre ends when it has lines that it has not acknowledged, and no other line follows."""
    host = busy(1, 3)
    with path(db) as way, subprocess.Popen([services.find("psql"), "-qX", db.uri()], stdin=subprocess.PIPE,
                                           text=True) as other:
        way.centre.start()
        way.host(host).start()
        way.write(host, 0, 1)
        services.wait_for("the first record", 30, lambda: way.arrived() == 1)
        other.stdin.write("BEGIN; LOCK TABLE luwatch.host;\n")
        other.stdin.flush()
        way.write(host, 1)
        services.wait_for("a line in work", 30, lambda: db.one(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'luwatch.host'::regclass") == "1")
        time.sleep(1)
        way.centre.kill()
        other.stdin.write("ROLLBACK;\n")
        other.stdin.close()
        way.centre.start()
        there = all_there(way, [host])
        assert db.one("SELECT count(*) FROM luwatch.refused") == "0"
    return f"{there} records, though no later line made the sender look at its connection"


def false_centre(db):
    """While the centre has another's certificate nothing is sent to it, and nothing is lost afterwards."""
    host = busy(1, 80)
    half = len(host.lines) // 2
    with path(db) as way:
        good = way.centre.environment["LUWATCH_TLS"]
        for tls in ("tls-stranger", "tls-elsewhere"):
            way.centre.environment["LUWATCH_TLS"] = str(way.where / tls)
            way.centre.start()
            sender = way.hosts[host.name] if host.name in way.hosts else way.host(host)
            sender.start()
            way.write(host, *((0, half) if tls == "tls-stranger" else (half, None)))
            services.wait_for("end of the sender", 30, lambda: sender.process.poll() is not None)
            assert way.arrived() == 0
            way.centre.kill()
        way.centre.environment["LUWATCH_TLS"] = good
        way.centre.start()
        sender.start()
        there = all_there(way, [host])
    return f"another authority's and another name's get nothing; {there} records afterwards"


def centre_killed(db):
    with written(db, 30, 8) as (way, fleet, _):
        for _ in range(4):
            time.sleep(1.5)
            way.centre.kill()
            time.sleep(0.5)
            way.centre.start()
    return f"killed 4 times: {count(fleet)} records, each once"


def sender_killed(db):
    dice = random.Random(1)
    kills = 0
    with written(db, 30, 10) as (way, fleet, writer):
        while writer.is_alive():
            time.sleep(dice.random())
            sender = dice.choice(list(way.hosts.values()))
            sender.stop(dice.choice((signal.SIGKILL, signal.SIGTERM)))
            sender.start()
            kills += 1
    return f"killed or stopped {kills} times: {count(fleet)} records, each once"


def rotated(db):
    """luwatch's own rotation, while the sender runs and while it does not."""
    host = busy(1, 12)
    third = len(host.lines) // 3
    with path(db) as way:
        way.centre.start()
        sender = way.host(host).start()
        log = way.log(host)
        way.write(host, 0, third)
        os.rename(log, log.with_name(f"audit-{third:012}.jsonl"))
        way.write(host, third, 2 * third)
        services.wait_for("two thirds", 30, lambda: way.arrived() == 2 * third)
        sender.kill()
        way.write(host, 2 * third, len(host.lines) - 3)
        os.rename(log, log.with_name(f"audit-{len(host.lines) - 3:012}.jsonl"))
        way.write(host, len(host.lines) - 3)
        sender.start()
        log.with_name("anchors.jsonl").write_text(host.anchor_line() + "\n")
        there = all_there(way, [host])
        services.wait_for("the anchor", 20, lambda: db.one("SELECT count(*) FROM luwatch.anchor") == "1")
    return f"renamed twice: {there} records and an anchor, each once"


def backfill(db):
    """What was compressed before it could be sent is given to the database by hand, more than once."""
    host = busy(1, 12)
    half = len(host.lines) // 2
    with services.folder() as where:
        old, new = where / f"audit-{half:012}.jsonl.gz", where / "audit.jsonl"
        old.write_bytes(gzip.compress("".join(line + "\n" for line in host.lines[:half]).encode()))
        new.write_text("".join(line + "\n" for line in host.lines[half - 1:]))
        db.take([(host.name, line) for line in host.lines[half:]])
        assert db.rows("SELECT first, last FROM luwatch.gap") == [["1", str(half)]]
        for _ in range(2):
            done = subprocess.run([services.SHIPPED / "backfill", db.uri("luwatch_take"), old, new],
                                  capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        schema.whole(db, [host])
        refused = subprocess.run([services.SHIPPED / "backfill", db.uri("luwatch_take"), where / "no-such-file"],
                                 capture_output=True, text=True)
        assert refused.returncode == 1, refused
    return f"a gap of {half} records filled from the .gz, twice"


def disk_full(db):
    """No room for records: senders wait, and go on when there is room."""
    if os.getuid():
        raise services.Skip("needs root, for a file system of its own")
    fleet = [busy(n, 60) for n in range(3)]
    with services.folder() as small:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=384k,uid={services.user()}", "luwatch-test", small], check=True)
        try:
            db.psql("-c", f"CREATE TABLESPACE small LOCATION '{small}'", "-c",
                    "ALTER TABLE luwatch.record SET TABLESPACE small")
            with path(db) as way:
                way.centre.start()
                for host in fleet:
                    way.host(host).start()
                    way.write(host)
                services.wait_for("a full disk", 40, lambda: "No space left" in db.log.read_text())
                time.sleep(3)
                before = way.arrived()
                assert before < sum(len(h.lines) for h in fleet)
                subprocess.run(["mount", "-o", "remount,size=32m", small], check=True)
                there = all_there(way, fleet)
        finally:
            db.psql("-c", "ALTER TABLE luwatch.record SET TABLESPACE pg_default", "-c", "DROP TABLESPACE small")
            subprocess.run(["umount", small], check=True)
    return f"full after {before} records: {there} are there, each once"


def tests():
    return [(f"path/{test.__name__.replace('_', '-')}", test)
            for test in (whole_lines, who_may_send, false_centre, last_lines, database_away, centre_killed, sender_killed, rotated, backfill,
                         disk_full)]
