# SPDX-License-Identifier: GPL-2.0-or-later
"""A private apt: look up and download packages of other suites without touching the host's apt.

The mirror's address is the machine's own business: it is asked from apt's configuration at run
time. Lists, caches and the package status are private folders, so nothing on the host changes
and root is not needed.
"""

import os
import pathlib
import re
import shutil
import subprocess

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class MirrorError(Exception):
    """The mirror cannot be reached or is not configured; the message says what to do."""


def host_mirrors():
    """(archive, security) addresses of the machine's Debian mirror; security may be None."""
    out = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)",
                          "Created-By: Packages"], capture_output=True, text=True)
    archive = security = None
    for line in out.stdout.splitlines():
        uri, _, release = line.partition(" ")
        if not re.fullmatch(r"[a-z]+(-security|-updates)?", release):
            continue
        if release.endswith("-security"):
            security = security or uri
        elif uri.rstrip("/").endswith("debian"):
            archive = archive or uri
    if not archive:
        raise MirrorError("apt's configuration names no Debian mirror: add one to its sources")
    return archive, security


class Apt:
    """One suite list with its own state under `folder` (created, and left for the caller)."""

    def __init__(self, folder, sources):
        self.folder = pathlib.Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        for sub in ("lists/partial", "cache/archives/partial"):
            (self.folder / sub).mkdir(parents=True)
        (self.folder / "status").touch()
        signed = f"[signed-by={KEYRING}] " if os.path.exists(KEYRING) else ""
        (self.folder / "sources.list").write_text(
            "".join(f"deb {signed}{uri} {suite} main\n" for uri, suite in sources))
        self.options = []
        for key, value in (
                ("Dir::Etc::sourcelist", self.folder / "sources.list"),
                ("Dir::Etc::sourceparts", "/dev/null"),
                ("Dir::Etc::preferences", "/dev/null"),
                ("Dir::Etc::preferencesparts", "/dev/null"),
                ("Dir::State::lists", self.folder / "lists"),
                ("Dir::State::status", self.folder / "status"),
                ("Dir::Cache", self.folder / "cache"),
                ("APT::Architecture", "amd64"),
                ("Acquire::Languages", "none"),
                ("Acquire::Retries", "2"),
                ("Debug::NoLocking", "1")):
            self.options += ["-o", f"{key}={value}"]
        if os.geteuid() == 0:  # the fetching user could not write below root's home
            self.options += ["-o", "APT::Sandbox::User=root"]

    def _run(self, *words, **more):
        return subprocess.run([words[0], *self.options, *words[1:]], capture_output=True,
                              text=True, **more)

    def update(self):
        done = self._run("apt-get", "-q", "update", "--error-on=any")
        if done.returncode:
            complaint = [l for l in done.stderr.splitlines() if l.startswith(("E:", "W:"))]
            raise MirrorError("the package mirror cannot be read: "
                              + (complaint or [done.stderr.strip()])[0])

    def names(self, prefix):
        return self._run("apt-cache", "pkgnames", prefix).stdout.split()

    def version(self, name):
        """The newest version of a package, or None."""
        out = self._run("apt-cache", "show", "--no-all-versions", name).stdout
        found = re.search(r"^Version: (\S+)$", out, re.M)
        return found and found.group(1)

    def download(self, *packages):
        """Downloads name or name=version; returns the paths of the .deb files."""
        into = self.folder / "debs"
        into.mkdir(exist_ok=True)
        done = self._run("apt-get", "-q", "download", *packages, cwd=into)
        if done.returncode:
            raise MirrorError(f"cannot download {' '.join(packages)}: {done.stderr.strip()}")
        debs = []
        for package in packages:
            name = package.partition("=")[0]
            debs += list(into.glob(f"{name}_*.deb"))
        return debs
