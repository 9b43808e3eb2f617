# SPDX-License-Identifier: GPL-2.0-or-later
"""Several writers, writers that are killed, a clock that jumps, and who it was."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import threading
import time

from . import proofs, tools


def two_writers():
    """Eight at once, one of which rotates all the time."""
    writers, each = 8, 25
    with tools.folder() as base:
        logs = [tools.Log(base / "log") for _ in range(writers)]

        def work(log, which):
            for i in range(each):
                log.ok("rotate") if which == 0 and i % 5 == 4 else log.ok("note", f"{which}.{i}")

        threads = [threading.Thread(target=work, args=a) for a in zip(logs, range(writers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        whole = logs[0]
        whole.acknowledged = sum((log.acknowledged for log in logs), [])
        assert len(whole.acknowledged) == writers * each, "a writer gave up"
        text = whole.expect(tools.HOLDS, f"Anchors held against it: {writers * each}.")
        files = len(list(whole.folder.glob("audit-*.gz")))
        assert files == 5, f"{files} rotated files"
    return f"{writers * each} records of {writers} writers, {files} rotations"


def kill_at_any_moment(enough=200, limit=20000):
    """Writers are killed after a random time; what they acknowledged is all there. How long one takes on this
    machine, now, is learned: later and later, until it was in time as often as it was not."""
    rng = random.Random(1)
    kills = tries = 0
    longest = 0.03
    with tools.folder() as base:
        log = tools.Log(base / "log")
        lock = threading.Lock()

        def work():
            nonlocal kills, tries, longest
            while tries < limit and (kills < enough or len(log.acknowledged) < enough):
                with lock:
                    tries += 1
                    longest *= 1.02 if len(log.acknowledged) < kills else 0.98
                    wait, rotate = rng.uniform(0, longest), rng.random() < 0.2
                words = ["rotate"] if rotate else ["note", "x"]
                child = subprocess.Popen(
                    [str(log.luwatch), "audit", words[0], "--log", str(log.path), "--private",
                     str(base / "none")] + words[1:], stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, text=True)
                time.sleep(wait)
                child.send_signal(signal.SIGKILL)
                out = child.communicate()[0]
                with lock:
                    kills += child.returncode == -signal.SIGKILL
                    if out.endswith("\n"):
                        log.acknowledged.append(out.strip())

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        log.ok("note", "after")
        log.expect(tools.HOLDS)
        torn = len(log.kept_aside())
        assert kills >= enough and len(log.acknowledged) >= enough, \
            f"{kills} kills, {len(log.acknowledged)} records: nothing was tested"
    return f"{kills} kills, {len(log.acknowledged)} acknowledged records, {torn} torn tails"


def clock_goes_back():
    with tools.folder() as base:
        log = tools.Log(base / "log")
        log.ok("note", "now")
        log.ok("note", "yesterday", shim={"SHIM_CLOCK": -86400})
        log.ok("rotate", shim={"SHIM_CLOCK": -2 * 86400})
        log.ok("note", "now")
        log.expect(tools.HOLDS, "the wall clock went back before record 3;")
        shown = log.ok("show", "--since", "1h", "--kind", "note").stdout
        assert shown.count('"now"') == 2 and "yesterday" not in shown, shown
        # A clock that jumps far ahead closes a file early, and loses nothing.
        log.ok("note", "later", shim={"SHIM_CLOCK": 100 * 86400})
        log.expect(tools.HOLDS)
    return "a day back, two days back in a rotation, 100 days ahead"


def login_uid():
    """What sudo leaves is uid 0; the record must name who logged in."""
    with tools.folder() as base:
        log = tools.Log(base / "log")
        command = f"echo 4711 > /proc/self/loginuid && exec {log.luwatch} audit note " \
                  f"--log {log.path} --private {base}/none 'a\tb \x1b[31m'"
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
        if "loginuid" in done.stderr:
            raise tools.Skip("this process may not set its login uid")
        assert done.returncode == 0, done.stderr
        record = json.loads(log.path.read_text().splitlines()[-1])
        actor = record["actor"]
        assert actor["loginuid"] == 4711 and actor["uid"] == os.getuid(), actor
        assert isinstance(actor["session"], int), actor
        assert "a\\x09b \\x1b[31m" in actor["command"], actor
        shown = log.ok("show", "--kind", "note").stdout
        assert "\x1b" not in shown and "login uid 4711" in shown, shown
    return f"login uid 4711, session {actor['session']}, uid {actor['uid']}"


def native(entry):
    """The fields of an entry as it is sent to journald (its native protocol)."""
    fields = {}
    while entry:
        line, _, entry = entry.partition(b"\n")
        name, plain, value = line.partition(b"=")
        if not plain:
            length = int.from_bytes(entry[:8], "little")
            value, entry = entry[8:8 + length], entry[9 + length:]
        fields[name.decode()] = value.decode()
    return fields


def journal_anchor():
    """The closing record's number and hash, and the checkpoint up to there, arrive at the journal's socket."""
    if os.geteuid():
        raise tools.Skip("needs root")
    if not shutil.which("unshare"):
        raise tools.Skip("needs unshare")
    with tools.folder() as base:
        log = tools.Log(base / "log")
        (base / "journal").mkdir()
        log.ok("keygen", "--public", str(base / "pub"), key=base / "key")
        server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        server.bind(str(base / "journal/socket"))
        server.settimeout(5)
        script = f"mkdir -p /run/systemd/journal && mount --bind {base}/journal " \
                 f"/run/systemd/journal && exec {log.luwatch} audit rotate --log {log.path} " \
                 f"--private {base}/key"
        made = not os.path.exists("/run/systemd/journal")
        done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True)
        if made:
            shutil.rmtree("/run/systemd/journal", ignore_errors=True)
        if "unshare" in done.stderr or "mount" in done.stderr:
            raise tools.Skip("no mount namespace here")
        assert done.returncode == 0, done.stderr
        fields = native(server.recv(65536))
        anchor = f"{fields['LUWATCH_AUDIT_SEQ']}:{fields['LUWATCH_AUDIT_HASH']}"
        assert anchor == done.stdout.strip(), f"{anchor} is not {done.stdout}"
        assert fields["LUWATCH_AUDIT_KIND"] == "log-rotated", fields
        log.acknowledged = [anchor]
        log.expect(tools.HOLDS, "Anchors held against it: 1.")
        kept, proof = base / "kept", base / "proof"
        # As `jq -r` writes it: the journal's library takes the last newline off.
        kept.write_text(fields["LUWATCH_AUDIT_CHECKPOINT"] + "\n")
        assert kept.read_text().splitlines()[1] == fields["LUWATCH_AUDIT_SEQ"], kept.read_text()
        log.ok("note", "after it", key=base / "key")
        proof.write_text(log.ok("prove", str(kept), key=base / "key").stdout)
        log.public = base / "pub"
        assert proofs.both(log, proof), proof.read_text()
    return "the journal's copy fits the log, which extends the journal's checkpoint"


def readers():
    """Members of the group read, others do not, and nobody but root can hold the writers up."""
    if os.geteuid() or not shutil.which("setpriv"):
        raise tools.Skip("needs root and setpriv")
    with tools.folder() as base:
        base.chmod(0o755)
        program = shutil.copy(tools.Log.luwatch, base / "luwatch")
        log = tools.Log(base / "log")
        log.ok("note", "a")
        for path in [log.folder] + list(log.folder.iterdir()):
            os.chown(path, 0, 4242)

        def show(group):
            return subprocess.run(["setpriv", "--reuid=65534", f"--regid={group}", "--clear-groups",
                                   str(program), "audit", "show", "--log", str(log.path)],
                                  capture_output=True, text=True)

        member, other = show(4242), show(65534)
        assert member.returncode == 0 and "note" in member.stdout, member.stderr
        assert other.returncode == 4 and not other.stdout, other
        hold = subprocess.run(["setpriv", "--reuid=65534", "--regid=4242", "--clear-groups",
                               "flock", "-n", f"{log.path}.lock", "true"], capture_output=True)
        assert hold.returncode, "a reader could hold the lock"
    return "group reads, others are refused"


def tests():
    yield "two-writers", two_writers
    yield "kill-at-any-moment", kill_at_any_moment
    yield "clock-goes-back", clock_goes_back
    yield "login-uid", login_uid
    yield "journal-anchor", journal_anchor
    yield "readers", readers
