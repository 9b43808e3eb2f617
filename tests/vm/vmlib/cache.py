# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel cache: where fetched kernels lie and what each of them offers.

The folder is outside the tree on purpose: it survives `make clean` and a fresh clone, because
half a gigabyte of packages must not be fetched again for every build. One folder per kernel
family ("6.1", "6.12", "7"); `ready.json` is written last, so a folder without it is a fetch that
was interrupted and counts as nothing.
"""

import json
import os
import pathlib


def folder():
    """The cache folder; LUWATCH_VM_CACHE overrides the place."""
    chosen = os.environ.get("LUWATCH_VM_CACHE")
    if chosen:
        return pathlib.Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(base) / "luwatch-vm"


def tools():
    """Build tools that the host does not have, extracted (usr/bin, usr/lib)."""
    return folder() / "tools"


class Kernel:
    """One kernel in the cache. Every path is absolute; `headers` may not exist (7.x)."""

    def __init__(self, family, path=None):
        self.family = family
        self.path = pathlib.Path(path) if path else folder() / family
        self.facts = {}
        try:
            self.facts = json.loads((self.path / "ready.json").read_text())
        except (OSError, ValueError):
            pass

    @property
    def ready(self):
        return bool(self.facts)

    @property
    def release(self):
        """What `uname -r` says on this kernel."""
        return self.facts["release"]

    @property
    def image(self):
        return self.path / "vmlinuz"

    @property
    def modules(self):
        """The folder with modules.dep."""
        return self.path / "modules"

    @property
    def headers(self):
        """The folder to give to `make -C`, made for this cache (see kernels)."""
        return self.path / "headers"

    @property
    def iommu_source(self):
        """drivers/iommu of the kernel's own source: the driver's private headers."""
        return self.path / "source" / "drivers" / "iommu"

    @property
    def has_headers(self):
        return bool(self.facts.get("headers"))

    @property
    def compiler(self):
        """The compiler of its modules, as in gcc-12; caches of earlier days do not say it."""
        return self.facts.get("compiler", "gcc-12")

    @property
    def suites(self):
        return self.facts.get("suites", ["bookworm", "bookworm-security"])

    def version(self):
        """(major, minor) as numbers, for features that came with a version."""
        major, minor = self.release.split(".")[:2]
        digits = "".join(c for c in minor if c.isdigit())
        return int(major), int(digits or 0)


def wanted(family):
    """The kernel of that family; raises LookupError with what to do when it is not there."""
    kernel = Kernel(family)
    if not kernel.ready:
        raise LookupError(f"no kernel {family} in {folder()}: run tests/vm/kernels {family}")
    return kernel
