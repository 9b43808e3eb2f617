# SPDX-License-Identifier: GPL-2.0-or-later
"""What the audit tests share: a log in a folder of its own, luwatch under the shim, a result line."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
HOLDS, UNSURE, BROKEN = 0, 3, 10


class Skip(Exception):
    """The test cannot be done here; the text says why."""


class Log:
    """An audit log in FOLDER, which need not exist. Acknowledged records are kept as anchors."""

    luwatch = ROOT / "build/luwatch"
    shim = None

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.path = self.folder / "audit.jsonl"
        self.acknowledged = []

    def run(self, *words, shim=None, key=None, given=""):
        """Runs `luwatch audit WORDS` on this log; returns the finished process."""
        env = dict(os.environ)
        if shim is not None:
            env.update({k: str(v) for k, v in shim.items()}, LD_PRELOAD=str(self.shim))
        command = [str(self.luwatch), "audit", words[0], "--log", str(self.path)]
        if words[0] in ("note", "rotate", "keygen", "checkpoint", "prove", "export"):
            command += ["--private", str(key or self.folder / "no-key")]
        done = subprocess.run(command + list(words[1:]), env=env, text=True, errors="replace",
                              input=given, capture_output=True, timeout=120)
        if done.returncode == 0 and words[0] in ("note", "rotate"):
            self.acknowledged.append(done.stdout.strip())
        return done

    def ok(self, *words, **more):
        """The same, and it must succeed."""
        done = self.run(*words, **more)
        assert done.returncode == 0, f"audit {words[0]}: exit {done.returncode}: {done.stderr}"
        return done

    def verify(self, *words, anchored=True):
        """Returns (exit code, text) of verify against every acknowledged record."""
        more = ["--anchors", "-"] if anchored else []
        done = self.run("verify", *more, *words, given="\n".join(self.acknowledged))
        return done.returncode, done.stdout + done.stderr

    def expect(self, code, part="", **more):
        """verify must end in CODE and say PART."""
        got, text = self.verify(**more)
        assert got == code and part in text, f"verify: exit {got}, wanted {code} {part!r}: {text}"
        return text

    def tail(self):
        """Bytes behind the last newline of the current file, or its last line if NULs are in it."""
        if not self.path.exists():
            return b""
        data = self.path.read_bytes()
        end = data.rfind(b"\n") + 1
        return data[end:]

    def kept_aside(self):
        return [p.read_bytes() for p in self.folder.glob("audit.jsonl.torn-*")
                if not p.name.endswith("-new")]


def killed(done):
    return done.returncode == -signal.SIGKILL


@contextlib.contextmanager
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix="luwatch-audit-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def copy(source, target):
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target)


def build_shim():
    """Compiled where the build is; gcc or $CC."""
    target = Log.luwatch.parent / "tests/audit/shim.so"
    source = ROOT / "tests/audit/shim.c"
    if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
        Log.shim = target
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([os.environ.get("CC", "gcc"), "-shared", "-fPIC", "-O1", "-Wall", "-Wextra",
                    "-Werror", "-o", str(target), str(source), "-ldl"], check=True)
    Log.shim = target
