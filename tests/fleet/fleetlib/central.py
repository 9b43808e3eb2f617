# SPDX-License-Identifier: GPL-2.0-or-later
"""contrib/fleet/anchors on a host and contrib/fleet/verify at the centre, on a log of the agent."""

import json
import os
import pathlib
import subprocess

from . import hosts, schema, services

REMOTE = "/lib/systemd/systemd-journal-remote"


class Log:
    """A log of the agent in PLACE, signed with KEY; its anchors as a journal has them."""

    def __init__(self, place, key):
        self.place, self.key, self.entries = place, key, []
        (place / "state").mkdir(parents=True)

    def agent(self, *words):
        return subprocess.run([services.LUWATCH, "audit", *words, "--log", self.place / "audit.jsonl", "--private", self.key],
                              check=True, capture_output=True, text=True).stdout.strip()

    def note(self, text, uid=0):
        seq, known = self.agent("note", text).split(":")
        lines = {"__REALTIME_TIMESTAMP": 1795341600000000 + len(self.entries), "__MONOTONIC_TIMESTAMP": 10 + len(self.entries),
                 "_BOOT_ID": "b" * 32, "_UID": uid, "_MACHINE_ID": self.machine(),
                 "MESSAGE_ID": "8cdaac6e7302493ca9dec6a0d2b34a4e", "MESSAGE": "anchor", "LUWATCH_AUDIT_SEQ": seq,
                 "LUWATCH_AUDIT_HASH": known if uid == 0 else "0" * 64}
        self.entries.append("".join(f"{name}={value}\n" for name, value in lines.items()))

    def machine(self):
        return json.loads(self.lines()[0])["machine"]

    def lines(self):
        return (self.place / "audit.jsonl").read_text().splitlines()

    def anchors(self):
        """What `anchors` writes since the last time."""
        before = (self.place / "anchors.jsonl").read_text() if (self.place / "anchors.jsonl").exists() else ""
        journal = self.place / "j.journal"
        journal.unlink(missing_ok=True)
        subprocess.run([REMOTE, "-o", journal, "-"], input="\n".join(self.entries) + "\n", check=True, capture_output=True,
                       text=True)
        (self.place / "state/cursor").unlink(missing_ok=True)
        subprocess.run([services.SHIPPED / "anchors", self.place / "state", self.place], check=True, env={
            **os.environ, "PATH": f"{services.LUWATCH.parent}:{os.environ['PATH']}", "LUWATCH_JOURNAL": f"--file={journal}",
            "LUWATCH_KEY": str(self.key)})
        return (self.place / "anchors.jsonl").read_text()[len(before):].splitlines()


def verify(db, *words):
    done = subprocess.run([services.SHIPPED / "verify", db.uri("luwatch_read"), "--luwatch", services.LUWATCH, *words],
                          capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def central(db):
    services.need("jq", "journalctl", REMOTE)
    with services.folder() as where:
        key, keys = where / "key", where / "keys"
        keys.mkdir()
        good, other = Log(where / "good", key), Log(where / "other", key)
        good.agent("note", "before there was a key")
        subprocess.run([services.LUWATCH, "audit", "keygen", "--private", key, "--public", where / "pub", "--log",
                        good.place / "audit.jsonl"], check=True, capture_output=True)
        (keys / f"{good.machine()}.pub").write_text((where / "pub").read_text())
        assert verify(db)[0] == 3, "nothing to verify"
        sent = []
        for number in range(5):
            good.note(f"note {number}")
            if number == 2:
                sent += good.anchors()
        good.note("another user's word for an anchor", uid=1000)
        sent += good.anchors()
        kinds = [json.loads(line)["schema"] for line in sent]
        assert kinds.count("luwatch.checkpoint/1") == 2 and kinds.count("luwatch.anchor/1") == 3 + 5, kinds
        assert good.anchors()[-1:] == [sent[-2]], "the same checkpoint was written again"
        made = hosts.Host(7)
        made.hand_over()
        schema.load(db, [made])
        db.take([("good", line) for line in good.lines() + sent])
        assert db.one("SELECT count(*) FROM luwatch.refused") == "0"
        assert db.one("SELECT count(*) FROM luwatch.anchor") == "5"
        code, text = verify(db)
        assert code == 0 and len(text.splitlines()) == 2, text
        code, text = verify(db, "--keys", str(keys))
        assert code == 3 and "unknown " + made.machine in " ".join(text.split()), text
        code, text = verify(db, "--keys", str(keys), good.machine())
        assert code == 0, text

        # Somebody sends a checkpoint in its name: nothing is proved by it.
        forged = json.loads(sent[-1])
        size = int(forged["note"].split("\n")[1])
        forged["note"] = forged["note"].replace(forged["note"].split("\n")[2], "A" * 43 + "=")
        db.take([("thief", json.dumps(forged, separators=(",", ":")))])
        code, text = verify(db, "--keys", str(keys), good.machine())
        assert code == 3 and "not signed" in text, text
        db.psql("-c", f"DELETE FROM luwatch.checkpoint WHERE size = {size} AND root LIKE 'AAAA%'")

        # Records are missing at the end; then the whole log was made anew, with the key.
        db.psql("-c", "DELETE FROM luwatch.record WHERE seq > 4 AND sender = 'good'")
        code, text = verify(db, "--keys", str(keys), good.machine())
        assert code == 3, text
        for number in range(9):
            other.agent("note", f"another history {number}")
        db.psql("-c", "DELETE FROM luwatch.record WHERE sender = 'good'")
        db.psql("-c", "DELETE FROM luwatch.anchor")
        db.take([("good", line) for line in other.lines()])
        code, text = verify(db, good.machine())
        assert code == 10 and "another root" in text, text
        db.take([("good", line) for line in sent])
        code, text = verify(db, good.machine())
        assert code == 10, text
    return "8 anchors and 2 checkpoints by journal, script and database; a forged one proves nothing, a cut log and one made anew are found"


def tests():
    return [("central", central)]
