# SPDX-License-Identifier: GPL-2.0-or-later
"""Real small file systems: full, read-only, and with too little room for one thing but not another."""

import contextlib
import os
import subprocess

from . import tools


@contextlib.contextmanager
def small_disk(kind="ext4", size=4):
    """A loop-mounted file system of SIZE MiB."""
    if os.geteuid():
        raise tools.Skip("needs root")
    with tools.folder() as base:
        image, mount = base / "image", base / "mount"
        with image.open("wb") as out:
            out.truncate(size << 20)
        mount.mkdir()
        made = subprocess.run([f"mkfs.{kind}", "-q", "-m", "0", str(image)], capture_output=True)
        if made.returncode:
            raise tools.Skip(f"mkfs.{kind} does not work here")
        if subprocess.run(["mount", "-o", "loop", str(image), str(mount)],
                          capture_output=True).returncode:
            raise tools.Skip("no loop devices here")
        try:
            yield mount
        finally:
            subprocess.run(["umount", str(mount)], check=True)


def fill(path, leave=0):
    """Fills the file system that PATH is on, but for LEAVE bytes."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for size in (65536, 4096, 512, 1):
        with contextlib.suppress(OSError):
            while True:
                os.write(fd, bytes(size))
    if leave:
        os.ftruncate(fd, os.fstat(fd).st_size - leave)
    os.fsync(fd)
    os.close(fd)


def expect_refused(log, *words):
    done = log.run(*words)
    assert done.returncode == 1 and "No space left" in done.stderr and \
        "make room" in done.stderr, f"exit {done.returncode}: {done.stderr}"


def full():
    """The log is on a full disk: said loudly, nothing lost, and it goes on when there is room."""
    with small_disk() as mount:
        log = tools.Log(mount / "log")
        ballast = mount / "ballast"
        for _ in range(3):
            log.ok("note", "before")
        fill(ballast)
        refused = 0
        for _ in range(20):  # the log's last block has room for a few records
            done = log.run("note", "full")
            refused += done.returncode != 0
        assert refused >= 10, f"only {refused} were refused: the disk was not full"
        expect_refused(log, "note", "full")
        assert not log.tail(), "a torn line was left"
        log.expect(tools.HOLDS)
        ballast.unlink()
        log.ok("note", "after")
        log.expect(tools.HOLDS)
        assert not log.kept_aside()
    return f"{refused} records refused, all before and after are there"


def full_while_rotating():
    """Room for some of the steps only; any number of blocks."""
    rotated = 0
    with small_disk() as mount:
        log = tools.Log(mount / "log")
        ballast = mount / "ballast"
        for blocks in range(8):
            for _ in range(8):
                log.ok("note", "x" * 300)
            fill(ballast, leave=blocks * 1024)
            done = log.run("rotate")
            rotated += done.returncode == 0
            assert done.returncode == 0 or "could not be written" in done.stderr, done.stderr
            log.expect(tools.HOLDS, anchored=False) if log.path.exists() else None
            ballast.unlink()
            log.ok("note", "after")
            log.ok("rotate")
            log.expect(tools.HOLDS)
        assert not list(log.folder.glob("*.new")), "a temporary file was left"
    return f"8 rotations with 0 to 7 KiB left, {rotated} of them done"


def full_with_torn_tail():
    """The torn tail cannot be kept aside: it must stay where it is until there is room."""
    with small_disk() as mount:
        log = tools.Log(mount / "log")
        log.ok("note", "before")
        torn = b'{"torn' * 100
        with log.path.open("ab") as out:
            out.write(torn)
        fill(mount / "ballast")
        expect_refused(log, "note", "full")
        assert log.tail() == torn, "the torn tail is gone"
        (mount / "ballast").unlink()
        log.ok("note", "after")
        assert torn in log.kept_aside(), "the torn tail is gone"
        log.expect(tools.HOLDS, "torn tails were kept aside 1 times")
    return "kept in place, then aside"


def read_only():
    with small_disk() as mount:
        log = tools.Log(mount / "log")
        log.ok("note", "before")
        subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True)
        done = log.run("note", "ro")
        assert done.returncode == 4 and "mount it writable" in done.stderr, done.stderr
        done = log.run("rotate")
        assert done.returncode == 4, done.stderr
        done = log.run("show")
        assert done.returncode == 0 and "note" in done.stdout, done.stderr
        done = subprocess.run([str(log.luwatch), "audit", "verify", "--anchor",
                               log.acknowledged[-1], str(log.path)], capture_output=True)
        assert done.returncode == 0, done.stderr
        subprocess.run(["mount", "-o", "remount,rw", str(mount)], check=True)
        log.ok("note", "after")
        log.expect(tools.HOLDS)
    return "refused with exit 4, reading goes on, writable again: goes on"


def tests():
    yield "disk-full", full
    yield "disk-full-rotation", full_while_rotating
    yield "disk-full-torn-tail", full_with_torn_tail
    yield "disk-read-only", read_only
