# SPDX-License-Identifier: GPL-2.0-or-later
"""Proofs, checked by luwatch and by the verifier of contrib/audit, which shares no code with it."""

import pathlib
import subprocess

from . import tamper, tools

OTHER = pathlib.Path(__file__).resolve().parents[3] / "contrib/audit/check"


def ours(log, *words):
    run = subprocess.run([log.luwatch, "audit", "verify-proof", *words], capture_output=True)
    return run.returncode


def theirs(log, *paths):
    run = subprocess.run([OTHER, "--key", log.public, *paths], capture_output=True, text=True)
    assert run.returncode in (0, 10), run.stderr
    return run.returncode


def both(log, path):
    """What the two verifiers say, who must agree."""
    codes = ours(log, path, "--key", log.public), theirs(log, path)
    assert codes[0] in (0, 1, 10) and (codes[0] == 0) == (codes[1] == 0), (path.read_text(), codes)
    return codes[0] == 0


def made_and_changed(base):
    """Every record, every earlier checkpoint; then each line of three proofs changed or left out."""
    log = tamper.make(base)
    checkpoints, tried = [], 0
    for i in range(5):
        path = base / f"checkpoint-{i}"
        path.write_text(log.ok("checkpoint", key=log.key).stdout)
        checkpoints.append(path)
        log.ok("note", f"n{i}", key=log.key)
    records = sum(len(lines) for _, lines in tamper.pieces(log))
    made = []
    for subject in [*range(1, records + 1), *checkpoints]:
        path = base / f"proof-{len(made)}"
        path.write_text(log.ok("prove", str(subject), key=log.key).stdout)
        assert both(log, path), subject
        made.append(path)
    assert ours(log, made[0]) == 3, "without a key nothing is sure"
    for path in made[0], made[records - 1], made[-2]:
        lines = path.read_bytes().splitlines(keepends=True)
        for i, line in enumerate(lines):
            for other in ([], [line[:-2] + bytes([line[-2] ^ 1]) + line[-1:] if len(line) > 2
                               else b"x\n"]):
                path.write_bytes(b"".join(lines[:i] + other + lines[i + 1:]))
                assert not both(log, path), (path, i, other)
                tried += 1
    joined = base / "whole.jsonl"
    joined.write_bytes(b"".join(line for _, lines in tamper.pieces(log) for line in lines))
    assert theirs(log, joined, *checkpoints) == 0
    return f"{len(made)} proofs held, {tried} changed ones did not, two verifiers agreed on each"


def of_a_rewritten_log(base):
    """A log written anew extends no checkpoint of the old one, and makes no proof for it."""
    log = tamper.make(base / "old")
    kept = base / "kept"
    kept.write_text(log.ok("checkpoint", key=log.key).stdout)
    for path, _ in tamper.pieces(log):
        path.unlink()
    for i in range(20):
        log.ok("note", f"another history {i}", key=log.key)
    run = log.run("prove", str(kept), key=log.key)
    assert run.returncode == 10 and "written anew" in run.stderr, run
    return "refused with exit 10"


def in_folder(test):
    def run():
        with tools.folder() as base:
            return test(base)
    return run


def tests():
    yield "proofs", in_folder(made_and_changed)
    yield "proof-of-a-rewritten-log", in_folder(of_a_rewritten_log)
