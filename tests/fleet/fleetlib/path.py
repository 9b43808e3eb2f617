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


def busy(number, handovers):
    """A host with six records for each of some hand-overs."""
    host = hosts.Host(number)
    for _ in range(handovers):
        host.hand_over()
    return host


def all_there(way, fleet, seconds=60):
    count = sum(len(host.lines) for host in fleet)
    services.wait_for(f"arrival of {count} records", seconds, lambda: way.arrived() >= count)
    schema.whole(way.db, fleet)
    return count


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
        count = all_there(way, [host])
        with open(way.log(host), "ab") as log:
            log.write(b"\xff\xfe no record \x00\x01 '\n")
        services.wait_for("refusal", 20, lambda: db.one("SELECT count(*) FROM luwatch.refused") == "1")
        host.add("note")
        way.write(host, len(host.lines) - 1)
        services.wait_for("the record behind it", 20, lambda: way.arrived() == count + 1)
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
    fleet = [busy(n, 20) for n in range(3)]
    with path(db) as way:
        way.centre.start()
        writer = Writer(way, fleet, 6)
        for host in fleet:
            way.host(host).start()
        writer.start()
        time.sleep(2)
        db.stop("immediate")
        time.sleep(3)
        way.centre.kill()
        way.centre.start()
        time.sleep(2)
        db.start()
        writer.join()
        count = all_there(way, fleet)
    return f"PostgreSQL killed and away for 5 s, the centre killed meanwhile: {count} records, each once"


def centre_killed(db):
    fleet = [busy(n, 30) for n in range(3)]
    with path(db) as way:
        way.centre.start()
        writer = Writer(way, fleet, 8)
        for host in fleet:
            way.host(host).start()
        writer.start()
        for _ in range(4):
            time.sleep(1.5)
            way.centre.kill()
            time.sleep(0.5)
            way.centre.start()
        writer.join()
        count = all_there(way, fleet)
    return f"killed 4 times: {count} records, each once"


def sender_killed(db):
    dice = random.Random(1)
    fleet = [busy(n, 30) for n in range(3)]
    with path(db) as way:
        way.centre.start()
        writer = Writer(way, fleet, 10)
        for host in fleet:
            way.host(host).start()
        writer.start()
        kills = 0
        while writer.is_alive():
            time.sleep(dice.random())
            sender = dice.choice(list(way.hosts.values()))
            sender.stop(dice.choice((signal.SIGKILL, signal.SIGTERM)))
            sender.start()
            kills += 1
        count = all_there(way, fleet)
    return f"killed or stopped {kills} times: {count} records, each once"


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
        count = all_there(way, [host])
    return f"renamed twice: {count} records, each once"


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
                count = all_there(way, fleet)
        finally:
            db.psql("-c", "ALTER TABLE luwatch.record SET TABLESPACE pg_default", "-c", "DROP TABLESPACE small")
            subprocess.run(["umount", small], check=True)
    return f"full after {before} records: {count} are there, each once"


def tests():
    return [(f"path/{test.__name__.replace('_', '-')}", test)
            for test in (whole_lines, who_may_send, database_away, centre_killed, sender_killed, rotated, backfill,
                         disk_full)]
