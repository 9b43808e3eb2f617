# SPDX-License-Identifier: GPL-2.0-or-later
"""A root file system of this host's Debian release, or of sid, with its real systemd, for `machine
--systemd`. What is built here has this release's libraries.

Made once from the machine's own mirror and kept in the cache beside the kernels. It is mounted
read-only under an overlay whose upper side is the disk of the run: nothing is copied, and what a
run installs or breaks is gone with it.
"""

import fcntl
import os
import platform
import shutil
import subprocess
import sys

from . import apt, cache, image

# What luwatch needs, what the loader's side needs, and jq for the tests. Everything else is slow.
PACKAGES = ("systemd-sysv", "dbus", "kexec-tools", "kmod", "jq", "pci.ids", "libbpf1", "libelf1",
            "libinih1", "libjansson4", "libmicrohttpd12", "libpci3", "libsystemd0", "zlib1g",
            "libarchive-tools")
SID = ("mount",)   # no longer essential there
OWN_RELEASE = ("libsodium23",)   # sid has another version; a scenario puts this one beside it
EXCLUDED = ("man", "locale", "doc", "info")

# No part of any test, and emulation makes every unit felt.
MASKED = ("getty@tty1.service", "proc-sys-fs-binfmt_misc.automount",
          "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer",
          "systemd-hwdb-update.service", "systemd-binfmt.service", "remote-fs.target",
          "serial-getty@ttyS0.service")


def release():
    return platform.freedesktop_os_release().get("VERSION_CODENAME", "bookworm")


def root(suite=None):
    """The image; made when it is missing or the list of packages has changed."""
    suite = suite or release()
    place = cache.folder() / f"debian-{suite}"
    place.mkdir(parents=True, exist_ok=True)
    made, facts = place / "root.img", place / "packages"
    packages = PACKAGES + (OWN_RELEASE if suite == release() else SID)
    wish = " ".join(packages) + "\n"
    with open(place / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists() or not facts.exists() or facts.read_text() != wish:
            facts.unlink(missing_ok=True)
            make(made, suite, packages)
            facts.write_text(wish)
    return made


def make(path, suite, packages):
    archive, security = apt.host_mirrors()
    print(f"# making a root file system of Debian {suite}, once", file=sys.stderr, flush=True)
    scratch = path.with_name("root.ext2")
    words = ["mmdebstrap", "--quiet", "--variant=essential", "--include=" + ",".join(packages),
             # A mirror may stand still for longer than sid's lists are good.
             *(["--aptopt=Acquire::Check-Valid-Until \"false\""] if suite == "sid" else []),
             *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in EXCLUDED),
             suite, str(scratch), f"deb {archive} {suite} main"]
    if security and suite != "sid":
        words.append(f"deb {security} {suite}-security main")
    # When it fails it hangs up on its whole group of processes: it gets one of its own.
    done = subprocess.run(words, capture_output=True, text=True, start_new_session=True)
    if done.returncode:
        raise apt.MirrorError("mmdebstrap: " + " ".join(done.stderr.split("\n")[-4:]).strip())
    scratch.rename(path)


class Overlay(image.RootDisk):
    """Collects the upper side of the root file system."""

    DIRS = ("upper/usr/bin", "upper/usr/sbin", "upper/usr/lib", "upper/persist", "work",
            "upper/etc/systemd/system", "upper/var/log/journal")

    def __init__(self, staging, suite=None):
        super().__init__(staging)
        self.suite = suite
        self.root = self.root / "upper"
        for link in ("bin", "sbin", "lib"):   # as the lower side has them
            (self.root / link).symlink_to("usr/" + link)
        for unit in MASKED:
            self.link(f"etc/systemd/system/{unit}", "/dev/null")
        self.link("etc/systemd/system/default.target", "/lib/systemd/system/multi-user.target")
        for unit in ("luwatch-test.service", "fixture.service", "orchestrator.service"):
            self.link(f"etc/systemd/system/multi-user.target.wants/{unit}", f"../{unit}")

    def applets(self):
        pass   # Debian's own programs

    def program(self, path, target=None):
        self.add(path, target or "usr/bin/" + os.path.basename(path))

    def link(self, name, target):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).symlink_to(target)

    def finish(self, out):
        """Makes persist.img, whose upper/ is that side, and points root.img to the cache."""
        units = image.HERE / "guest/systemd"
        for path in units.rglob("*.*"):
            if path.is_file():
                self.write(f"etc/systemd/system/{path.relative_to(units)}", path.read_bytes())
        (out / "root.img").symlink_to(root(self.suite))
        image.disk(out / "persist.img", 512 << 20, self.root.parent, journal=False)
        shutil.rmtree(self.root.parent)
