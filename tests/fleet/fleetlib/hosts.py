# SPDX-License-Identifier: GPL-2.0-or-later
"""Audit logs of hosts that are not there: the bytes that luwatch would write, chained and numbered, with what the
agent says of real reports.

`luwatch audit verify` holds one of each against the agent (tests/fleet: hosts-are-like-luwatch), so
that thousands can be made in seconds.
"""

import datetime
import functools
import hashlib
import json
import pathlib
import random
import shutil
import subprocess
import tempfile

from . import services

BUILD = {kernel: hashlib.sha1(kernel.encode()).hexdigest() for kernel in ("7.1.0", "7.2.0", "7.3.0")}
NIGHT = datetime.datetime(2026, 3, 1, 22, tzinfo=datetime.timezone.utc)


@functools.cache
def real_summary(verdict):
    """luwatch.summary/1 of the agent, of a report in tests/unit/reports."""
    report = services.TOP / f"tests/unit/reports/{verdict}.json"
    handover = json.loads(report.read_text())["id"]
    with tempfile.TemporaryDirectory() as state:
        place = pathlib.Path(state, "handovers", handover)
        place.mkdir(parents=True)
        shutil.copy(report, place / "report-1.json")
        return json.loads(subprocess.run([services.LUWATCH, "report", "--state", state, "--summary", handover],
                                         capture_output=True, text=True).stdout)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Host:
    """One machine; `lines` are its records, without newlines."""

    def __init__(self, number, ring="1", start=NIGHT):
        self.random = random.Random(number)
        self.name = f"host{number:06}"
        self.machine = hashlib.md5(self.name.encode()).hexdigest()
        self.ring, self.time = ring, start
        self.kernel, self.boot = "7.1.0", self.id()
        self.lines, self.before = [], "0" * 64
        self.told = None  # the newest summary
        self.gone = False
        self.add("log-started")
        self.add("agent-started", self.agent())
        self.add("armed", {"outcome": "armed", "level": "full", "probes": 30, "carriers": ["pages"]})

    def id(self):
        return f"{self.random.getrandbits(128):032x}"

    def add(self, kind, detail=None, handover=None, seconds=1):
        self.time += datetime.timedelta(seconds=seconds)
        record = {
            "schema": "luwatch.audit/1", "seq": len(self.lines) + 1,
            "time": self.time.strftime("%Y-%m-%dT%H:%M:%S.%f000Z"), "boot_ns": 10**9 * len(self.lines),
            "boot_id": self.boot, "machine": self.machine, "kind": kind, "handover": handover,
            "devices": [],
            "actor": {"loginuid": None, "session": None, "uid": 0, "pid": 700,
                      "command": "/usr/sbin/luwatch run"},
            "clock": {"synchronised": True, "error_us": 900},
            "detail": detail or {}, "prev": self.before}
        body = json.dumps(record, separators=(",", ":"))[:-1]
        self.before = digest(body)
        self.lines.append(f'{body},"hash":"{self.before}"}}')

    def agent(self):
        return {"version": "0.1.0", "kernel": self.kernel, "ring": self.ring, "configured": ["host.ring"]}

    def summary(self, handover, verdict, old, revision=1, final=False):
        """What the agent says of a real report with this verdict, as if it were of this host."""
        return real_summary(verdict or "incomplete") | {
            "time": self.time.strftime("%Y-%m-%dT%H:%M:%SZ"), "machine_id": self.machine, "host": self.name,
            "handover": handover, "revision": revision, "final": final, "verdict": verdict,
            "boot": {"old": old[1], "new": self.boot}, "kernel": {"old": old[0], "new": self.kernel},
            "build_id": {"old": BUILD[old[0]], "new": BUILD[self.kernel]},
            "blackout_us": 400000 + self.random.randrange(200000), "watched_s": 1800 if final else 0,
            "ring": self.ring, "report_sha256": digest(handover + str(revision))}

    def hand_over(self, kernel="7.2.0", verdict="clean", final=True):
        """Into KERNEL; the report says VERDICT. Returns the id of the hand-over."""
        old, self.kernel, self.boot = (self.kernel, self.boot), kernel, self.id()
        handover = self.id()
        self.add("agent-stopped")
        self.add("kexec-begun", {"attempt": 1}, handover, seconds=20)
        self.tell(handover, "collected", self.summary(handover, verdict, old))
        self.add("agent-started", self.agent())
        self.add("armed", {"outcome": "armed", "level": "full", "probes": 30, "carriers": ["pages"]})
        if final:
            self.tell(handover, "final", self.summary(handover, verdict, old, 2, True), seconds=1800)
        return handover

    def revise(self, verdict):
        """The report of the last hand-over says VERDICT from now on."""
        told = self.told
        old = told["kernel"]["old"], told["boot"]["old"]
        self.tell(told["handover"], "revised", self.summary(told["handover"], verdict, old, told["revision"] + 1))

    def tell(self, handover, kind, summary, seconds=1):
        self.told = summary
        self.add(kind, {"verdict": summary["verdict"], "revision": summary["revision"],
                        "sha256": digest(handover), "summary": summary}, handover, seconds)

    def cold_boot(self, kernel="7.2.0"):
        self.kernel, self.boot = kernel, self.id()
        self.add("not-handed-over", {}, self.id(), seconds=200)
        self.add("agent-started", self.agent())

    def anchor(self, seq=None):
        seq = seq or len(self.lines)
        return f"{seq}:{self.lines[seq - 1][-66:-2]}"

    def anchor_line(self, seq=None):
        """As contrib/fleet/anchors writes it."""
        seq, known = self.anchor(seq).split(":")
        return json.dumps({"schema": "luwatch.anchor/1", "machine": self.machine, "seq": int(seq), "hash": known},
                          separators=(",", ":"))

    def rewritten(self, seq):
        """The lines from SEQ on, once more with another history."""
        other = Host.__new__(Host)
        other.__dict__.update(self.__dict__, lines=self.lines[:seq - 1])
        other.before = self.lines[seq - 2][-66:-2] if seq > 1 else "0" * 64
        for line in self.lines[seq - 1:]:
            record = json.loads(line)
            other.add(record["kind"], {"rewritten": True}, record["handover"])
        return other.lines[seq - 1:]


def tampered(line):
    """The line with another uid in it: its hash no longer fits."""
    changed = line.replace('"uid":0', '"uid":1000', 1)
    assert changed != line
    return changed
