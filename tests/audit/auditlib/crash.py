# SPDX-License-Identifier: GPL-2.0-or-later
"""SIGKILL and errors at every single call that changes the disk, in an append and in a rotation.

After each the log must be good for the next record, and nothing acknowledged may be gone: every
record that was acknowledged is an anchor that verify is held to. What was written but not
acknowledged must be in the log or kept aside.
"""

import errno

from . import tools

# Name, what is there before, the act under test.
SCENES = {
    "first-append": ([], ["note", "x"]),
    "append": (["note a", "note b"], ["note", "x"]),
    "rotation": (["note a", "note b"], ["rotate"]),
    "second-rotation": (["note a", "rotate", "note b"], ["rotate"]),
    "repair": (["note a", "torn"], ["note", "x"]),
    "half-done-rotation": (["note a", "rotate", "note b", "gone"], ["note", "x"]),
}


def stage(base, before):
    """The state that a scene begins with."""
    log = tools.Log(base / "log")
    for step in before:
        if step == "torn":
            with log.path.open("ab") as out:
                out.write(b'{"schema":"luwatch.audit/1","seq":3,"ti')
        elif step == "gone":
            log.ok("rotate")
            log.path.unlink()
        else:
            log.ok(*step.split())
    return log


def count_calls(base, log, act):
    """How many calls ACT makes when nothing disturbs it."""
    trial = again(base, log)
    for n in range(1, 1000):
        copy = again(base, log)
        if not tools.killed(copy.run(*act, shim={"SHIM_KILL": n, "SHIM_WHEN": "before"})):
            return n - 1
    raise AssertionError(f"{trial.path}: no end of calls")


def again(base, log):
    """A fresh copy of LOG with what it acknowledged."""
    tools.copy(log.folder, base / "trial" / "log")
    trial = tools.Log(base / "trial" / "log")
    trial.acknowledged = list(log.acknowledged)
    return trial


def inspect(trial, what):
    """The next record succeeds, all that was acknowledged is there, no byte is gone."""
    tail = trial.tail()
    done = trial.run("note", "after")
    assert done.returncode == 0, f"{what}: next record: exit {done.returncode}: {done.stderr}"
    code, text = trial.verify()
    assert code == tools.HOLDS, f"{what}: verify exit {code}: {text}"
    assert b'"kind":"log-rotated"' not in trial.path.read_bytes(), f"{what}: closed, but goes on"
    assert not tail or tail in trial.kept_aside(), f"{what}: torn tail {tail!r} is gone"
    done = trial.run("rotate")
    code, text = trial.verify()
    assert done.returncode == 0 and code == tools.HOLDS, f"{what}: rotation afterwards: {text}"


def kill_everywhere(name):
    before, act = SCENES[name]
    states = 0
    with tools.folder() as base:
        log = stage(base, before)
        calls = count_calls(base, log, act)
        assert calls >= 3, f"only {calls} calls seen: is the shim loaded?"
        for n in range(1, calls + 1):
            for when in ("before", "half", "after"):
                trial = again(base, log)
                done = trial.run(*act, shim={"SHIM_KILL": n, "SHIM_WHEN": when})
                assert tools.killed(done), f"call {n} {when}: was not killed"
                inspect(trial, f"killed {when} call {n} of {calls}")
                states += 1
    return f"{calls} calls, {states} kills"


def fail_everywhere(name):
    before, act = SCENES[name]
    states = said = 0
    with tools.folder() as base:
        log = stage(base, before)
        calls = count_calls(base, log, act)
        for n in range(1, calls + 1):
            for error in (errno.ENOSPC, errno.EIO, errno.EROFS):
                for when in ("before", "half"):
                    trial = again(base, log)
                    done = trial.run(*act, shim={"SHIM_FAIL": n, "SHIM_ERRNO": error,
                                                 "SHIM_WHEN": when})
                    what = f"call {n} of {calls} fails ({errno.errorcode[error]}, {when})"
                    assert done.returncode in (0, 1, 4), f"{what}: exit {done.returncode}"
                    loud = "could not be written" in done.stderr
                    assert loud == bool(done.returncode), f"{what}: {done.stderr!r}"
                    said += loud
                    assert not trial.tail() or name == "repair", f"{what}: left a torn line"
                    inspect(trial, what)
                    states += 1
    return f"{calls} calls, {states} failures, {said} said loudly"


def tests():
    for name in SCENES:
        yield f"kill-{name}", lambda name=name: kill_everywhere(name)
    for name in SCENES:
        yield f"fail-{name}", lambda name=name: fail_everywhere(name)
