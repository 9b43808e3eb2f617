# SPDX-License-Identifier: GPL-2.0-or-later
"""What fails in a night while hosts hand over."""

import contextlib
import os
import subprocess
import threading
import time

from . import services


LONGEST = 300  # seconds that an outage goes on for lines that do not come


class Outage(threading.Thread):
    """The database is killed and away for some seconds and until more than LEAST lines wait for it, then the centre
    and a sender are killed. `waiting`: the most lines that were written and not in the database, by COUNT()."""

    def __init__(self, way, seconds, count, least):
        super().__init__(daemon=True)
        self.way, self.seconds, self.count, self.least, self.waiting = way, seconds, count, least, 0
        self.began = threading.Event()

    def run(self):
        before = self.way.arrived()
        self.way.db.stop("immediate")
        self.began.set()
        end = time.monotonic() + self.seconds
        last = end + LONGEST
        while time.monotonic() < end or (self.waiting <= self.least and time.monotonic() < last):
            time.sleep(0.5)
            self.waiting = max(self.waiting, self.count() - before)
        self.way.db.start()
        time.sleep(2)
        self.way.centre.kill()
        self.way.centre.start()
        time.sleep(2)
        sender = next(iter(self.way.hosts.values()))
        sender.kill()
        sender.start()


@contextlib.contextmanager
def small_disk(db):
    """A function that waits until the disk of the records is full, and makes room some seconds later; None where
    there cannot be such a disk. At the end the records are where they were."""
    if os.getuid():
        yield None
        return
    size = int(db.one("SELECT pg_relation_size('luwatch.record')")) // 1024
    with services.folder() as small:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size + 96}k,uid={services.user()}", "luwatch-test", small],
                       check=True)
        try:
            db.psql("-c", f"CREATE TABLESPACE small LOCATION '{small}'", "-c",
                    "ALTER TABLE luwatch.record SET TABLESPACE small")
            full = db.log.read_text().count("No space left")

            def fill():
                services.wait_for("a full disk", 120, lambda: db.log.read_text().count("No space left") > full)
                time.sleep(3)
                subprocess.run(["mount", "-o", f"remount,size={size + (1 << 20)}k", small], check=True)

            yield fill
        finally:
            db.psql("-c", "ALTER TABLE luwatch.record SET TABLESPACE pg_default", "-c", "DROP TABLESPACE small")
            subprocess.run(["umount", small], check=True)
