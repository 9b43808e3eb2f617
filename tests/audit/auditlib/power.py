# SPDX-License-Identifier: GPL-2.0-or-later
"""Power loss at every call: what was not synced may be gone.

The calls of several runs are written down by the shim and replayed in a model of a file system that
keeps apart what is written and what is synced (POSIX's promise, not ext4's): data of a file until its
fsync, names in the folder until the folder's. For each point the states that a power loss there could
leave are made for real, and luwatch must go on from each without losing an acknowledged record.
"""

import itertools
import os
import pathlib

from . import tools

ACTS = [["note", "a"], ["note", "b"], ["rotate"], ["note", "c"], ["rotate"], ["note", "d"]]


class File:
    def __init__(self):
        self.data = b""
        self.synced = b""

    def half(self, how):
        """What may be there when the bytes since the last fsync did not all arrive."""
        if not self.data.startswith(self.synced):
            return self.synced
        rest = self.data[len(self.synced):]
        if how == "zeros":
            return self.synced + bytes(len(rest))
        if how == "half-zeros":
            return self.synced + bytes(len(rest) // 2) + rest[len(rest) // 2:]
        return self.synced + rest[:len(rest) // 2]


def alter(names, change):
    """Does one change of names, unless it cannot be done to these."""
    op, file, old, new = change
    if op == "create":
        names[new] = file
    elif op == "rename" and old in names:
        names[new] = names.pop(old)
    elif op == "unlink":
        names.pop(old, None)


class Disk:
    def __init__(self, root):
        self.root = root
        self.inodes = {}
        self.names = {}
        self.synced_names = {}
        self.changes = []  # of names, since the folder's last fsync: (op, what, old, new)

    def change(self, *change):
        self.changes.append(change)
        alter(self.names, change)

    def apply(self, line):
        op, *words = line.split(" ")
        if op == "fsync" and int(words[0]) == os.stat(self.root).st_ino:
            self.synced_names = dict(self.names)
            self.changes = []
        elif op in ("fsync", "write", "truncate"):
            file = self.inodes.get(int(words[0]))
            if not file:
                return
            if op == "fsync":
                file.synced = file.data
            elif op == "write":
                file.data += bytes.fromhex(words[1])
            else:
                file.data = file.data[:int(words[1])]
        elif op == "create":
            self.inodes[int(words[0])] = file = File()
            self.change("create", file, None, pathlib.Path(words[1]).name)
        elif op == "empty":
            self.inodes[int(words[0])].data = b""
        elif op == "rename":
            self.change("rename", None, *(pathlib.Path(w).name for w in words))
        elif op == "unlink":
            self.change("unlink", None, pathlib.Path(words[0]).name, None)

    def states(self):
        """(what, {name: bytes}) of each state that a power loss now could leave."""
        count = len(self.changes)
        assert count <= 5, f"{count} changes of names without a sync"
        for reached in itertools.product((False, True), repeat=count):
            names = dict(self.synced_names)
            for change in itertools.compress(self.changes, reached):
                alter(names, change)
            where = f"{sum(reached)} of {count} changes of names {[c[0] for c in self.changes]}"
            yield f"{where}, all data", {n: f.data for n, f in names.items()}
            if all(f.data == f.synced for f in names.values()):
                continue
            yield f"{where}, synced data", {n: f.synced for n, f in names.items()}
            for how in ("zeros", "half-zeros", "half"):
                yield f"{where}, {how}", {n: f.half(how) for n, f in names.items()}


def inspect(base, acknowledged, content, what):
    trial = tools.Log(base / "trial" / "log")
    tools.copy(base / "none", trial.folder)
    trial.folder.mkdir(parents=True)
    for name, data in content.items():
        (trial.folder / name).write_bytes(data)
    trial.acknowledged = list(acknowledged)
    done = trial.run("note", "after")
    assert done.returncode == 0, f"{what}: next record: {done.stderr}"
    code, text = trial.verify()
    assert code == tools.HOLDS, f"{what}: verify exit {code}: {text}"


class Machine:
    """A log, and the model of its disk that follows every call."""

    def __init__(self, base):
        self.base = base
        self.log = tools.Log(base / "log")
        self.log.folder.mkdir()
        self.disk = Disk(self.log.folder)
        self.points = self.states = 0

    def act(self, words, kill=None, watch=True):
        """Does one act; with WATCH the power is lost after each of its calls in turn."""
        trace = self.base / "trace"
        trace.unlink(missing_ok=True)
        before = list(self.log.acknowledged)
        shim = {"SHIM_TRACE": trace}
        if kill:
            shim.update(SHIM_KILL=kill, SHIM_WHEN="after")
        done = self.log.run(*words, shim=shim)
        assert done.returncode == 0 or (kill and tools.killed(done)), done.stderr
        lines = trace.read_text().splitlines()
        assert lines, "nothing was traced: is the shim loaded?"
        for i, line in enumerate(lines):
            self.disk.apply(line)
            if watch:
                last = i == len(lines) - 1
                self.lose_power(f"after call {i + 1} of {words[0]} ({line[:60]})",
                                self.log.acknowledged if last else before)
        return tools.killed(done)

    def lose_power(self, when, acknowledged):
        self.points += 1
        for what, content in self.disk.states():
            inspect(self.base, acknowledged, content, f"power lost {when}, {what}")
            self.states += 1

    def tear(self, torn):
        """A torn tail, as the last power loss left it."""
        with self.log.path.open("ab") as out:
            out.write(torn)
        file = self.disk.names["audit.jsonl"]
        file.data += torn
        file.synced = file.data

    def compare(self):
        real = {p.name: p.read_bytes() for p in self.log.folder.iterdir() if p.stat().st_size}
        model = {n: f.data for n, f in self.disk.names.items() if f.data}
        assert real == model, "the model does not know a call that changes the disk"


def power_loss():
    with tools.folder() as base:
        machine = Machine(base)
        for words in ACTS:
            machine.act(words)
        machine.compare()
    return f"{machine.points} points, {machine.states} states"


def power_loss_in_repair():
    """A torn tail is there; wherever the power is lost, it stays or is kept aside."""
    torn = b'{"schema":"luwatch.audit/1","seq":'
    with tools.folder() as base:
        machine = Machine(base)
        machine.act(["note", "a"], watch=False)
        machine.tear(torn)
        trial = base / "trial" / "log"

        def lose_power(when, acknowledged):
            for what, content in machine.disk.states():
                inspect(base, acknowledged, content, f"power lost {when}, {what}")
                assert any(torn in p.read_bytes() for p in trial.glob("*.torn-*")), \
                    f"power lost {when}, {what}: the torn tail is gone"
                machine.states += 1
            machine.points += 1

        machine.lose_power = lose_power
        machine.act(["note", "x"])
        machine.compare()
    return f"{machine.points} points, {machine.states} states"


def power_loss_after_kill():
    """A rotation is killed at a call, the next writer succeeds, then the power is lost."""
    points = states = 0
    for n in range(1, 1000):
        with tools.folder() as base:
            machine = Machine(base)
            machine.act(["note", "a"], watch=False)
            was_killed = machine.act(["rotate"], kill=n, watch=False)
            machine.act(["note", "b"], watch=False)
            machine.lose_power(f"after the record behind a rotation killed at call {n}",
                               machine.log.acknowledged)
            points += machine.points
            states += machine.states
        if not was_killed:
            break
    return f"{points} points, {states} states"


def tests():
    yield "power-loss", power_loss
    yield "power-loss-in-repair", power_loss_in_repair
    yield "power-loss-after-kill", power_loss_after_kill
