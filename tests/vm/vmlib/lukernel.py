# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds kernels that no distribution has, from Debian's sources, trimmed.

With live update, from the newest linux-source-7.x with lukernel/, two families from one tree: `lu` behaves
as versions 3 to 5 of the series, `lu-old` as 1 and 2; it has another version string and configuration.
`fixed` is linux-source-6.12 as it is, without CONFIG_DYNAMIC_MEMORY_LAYOUT (no five levels of page tables, no
randomized memory), which newer kernels cannot do without; the fixture is built for it.

A tree stays in the cache, so that a change of the patch compiles only what it touches; the first build of `lu`
takes about 17 minutes of processor time. What is there and matches source, configuration and patch is
not built again.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile

from . import apt, build, cache

HERE = build.HERE / "lukernel"
FAMILIES = {
    "lu": ['CONFIG_LOCALVERSION="-lu"'],
    "lu-old": ['CONFIG_LOCALVERSION="-lu-old"', "CONFIG_IOMMU_LU_OLD=y",
               "CONFIG_RCU_TRACE=y",    # events before those of bpf: all ids after them move
               "CONFIG_RUNTIME_TESTING_MENU=y", "CONFIG_TEST_KEXEC_HANDOVER=y"],
    "fixed": ['CONFIG_LOCALVERSION="-fixed"', "# CONFIG_RANDOMIZE_MEMORY is not set",
              "# CONFIG_X86_5LEVEL is not set", "CONFIG_LIVEPATCH=y", "CONFIG_UNWINDER_ORC=y"],
}


# What that version does not know, or what goes against its own options.
WITHOUT = {"fixed": ("CONFIG_UNWINDER_FRAME_POINTER", "CONFIG_RANDOMIZE_MEMORY", "CONFIG_KEXEC_HANDOVER",
                     "CONFIG_KEXEC_HANDOVER_DEBUGFS", "CONFIG_LIVEUPDATE", "CONFIG_LIVEUPDATE_MEMFD")}


class Tree:
    """A source tree in the cache, and the newest package NAME.(NUMBER) it is made of."""

    def __init__(self, name, suites, package, patched):
        self.folder = cache.folder() / name
        self.suites, self.package, self.patched = suites, package, patched
        self.path = self.folder / "tree"


def tree_of(family):
    if family == "fixed":
        return Tree("fixedkernel", ("trixie", "bookworm"), r"linux-source-6\.(12)", False)
    return Tree("lukernel", ("trixie-backports", "forky", "sid"), r"linux-source-7\.(\d+)", True)


# Nobody reads the types of these, and debug information is a third of the compiler's work.
WITHOUT_DEBUG_INFORMATION = (
    "arch/x86/crypto", "block", "crypto", "drivers/acpi", "drivers/block", "drivers/char",
    "drivers/cpufreq", "drivers/firmware", "drivers/gpio", "drivers/input", "drivers/rtc",
    "drivers/tty", "drivers/usb", "drivers/video", "drivers/virtio", "fs/autofs", "fs/ext4",
    "fs/jbd2", "fs/overlayfs", "io_uring", "ipc", "lib/crypto", "lib/lzo", "lib/zstd", "net/core",
    "net/ethtool", "net/ipv4", "net/ipv6", "net/netlink", "net/packet", "net/sched", "security",
    "sound")


def files():
    """What is copied into the tree, by path in it."""
    return {str(p.relative_to(HERE)): p for top in ("drivers", "include")
            for p in sorted((HERE / top).rglob("*.[ch]"))}


def digest(family):
    found = hashlib.sha256(json.dumps(FAMILIES[family]).encode())
    for path in (HERE / "config", *([HERE / "vtd.diff", *files().values()] if tree_of(family).patched else [])):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def newest(tree, scratch):
    """(apt, package) of the newest source that a suite offers; LookupError when none does."""
    archive, _ = apt.host_mirrors()
    best, complaints = None, []
    for suite in tree.suites:
        packages = apt.Apt(scratch / suite, [(archive, suite)])
        try:
            packages.update()
        except apt.MirrorError as e:
            complaints.append(e)
            continue
        for name in packages.names("linux-source-"):
            match = re.fullmatch(tree.package, name)
            if match and (not best or int(match.group(1)) > best[0]):
                best = (int(match.group(1)), packages, name)
    if best:
        return best[1:]
    if len(complaints) == len(tree.suites):
        raise complaints[0]
    raise LookupError(f"none of {', '.join(tree.suites)} offers {tree.package}")


def unpack(tree):
    """Makes the tree from the mirror's package; source.json is written last."""
    scratch = tree.folder / "new"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    packages, name = newest(tree, scratch / "apt")
    version = packages.version(name)
    print(f"# fetching {name} {version}", file=sys.stderr, flush=True)
    for deb in packages.download(name):
        subprocess.run(["dpkg", "-x", str(deb), str(scratch / "deb")], check=True)
    archive = next(scratch.glob("deb/usr/src/*.tar.*"))
    with tarfile.open(archive) as tar:
        tar.extractall(scratch / "tree")
    for place in WITHOUT_DEBUG_INFORMATION:
        makefile = next((scratch / "tree").iterdir()) / place / "Makefile"
        if makefile.exists():
            makefile.write_text(makefile.read_text() + "\nsubdir-ccflags-y += -g0\n")
    for old in ("tree", "pristine"):
        shutil.rmtree(tree.folder / old, ignore_errors=True)
    next((scratch / "tree").iterdir()).rename(tree.path)
    (tree.folder / "source.json").write_text(json.dumps({"package": name, "version": version}) + "\n")
    shutil.rmtree(scratch)


def write(path, data):
    """Leaves a file that has these contents alone, so that it is not compiled again."""
    if not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def apply(place):
    """Puts lukernel/ into the tree."""
    tree, pristine = place.path, place.folder / "pristine"
    for name, path in files().items():
        write(tree / name, path.read_bytes())
    patch = (HERE / "vtd.diff").read_text()
    patched = place.folder / "patched"
    shutil.rmtree(patched, ignore_errors=True)
    for name in re.findall(r"^\+\+\+ b/(\S+)", patch, re.M):
        if not (pristine / name).exists():
            (pristine / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(tree / name, pristine / name)
        (patched / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(pristine / name, patched / name)
    build.run(["patch", "-s", "-p1", "-d", str(patched), "-i", str(HERE / "vtd.diff")])
    for path in patched.rglob("*"):
        if path.is_file():
            write(tree / path.relative_to(patched), path.read_bytes())


def configure(family, env):
    tree = tree_of(family).path
    wish = tree_of(family).folder / "wish"
    other = {line.partition("=")[0] for line in FAMILIES[family]} | set(WITHOUT.get(family, ()))
    lines = [line for line in (HERE / "config").read_text().splitlines()
             if line.partition("=")[0] not in other]
    wish.write_text("\n".join(lines + FAMILIES[family]) + "\n")
    before = tree / ".config"
    fresh = tree / ".config.luwatch"
    build.run(["make", "-s", "-C", str(tree), f"KCONFIG_CONFIG={fresh}", "allnoconfig"],
              env={**env, "KCONFIG_ALLCONFIG": str(wish)})
    got = fresh.read_text().splitlines()
    lost = [l for l in wish.read_text().splitlines() if l.startswith("CONFIG") and l not in got]
    if lost:
        raise build.BuildError(f"the kernel's configuration refuses {' '.join(lost)}")
    write(before, fresh.read_bytes())


def make(family, wanted):
    """Configures and compiles; the compiler's words go to build.log."""
    source, tree = tree_of(family), tree_of(family).path
    env = build.environment()
    configure(family, env)
    print(f"# building kernel {family}: the first one takes about 17 minutes of processor time",
          file=sys.stderr, flush=True)
    words = ["nice", "make", "-s", "-C", str(tree), f"-j{os.cpu_count() + 1}", "bzImage",
             *([] if source.patched else ["modules"]), "KBUILD_BUILD_TIMESTAMP=@0", "KBUILD_BUILD_USER=luwatch", "KBUILD_BUILD_HOST=tests"]
    with open(source.folder / "build.log", "wb") as log:
        if subprocess.run(words, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL).returncode:
            raise build.BuildError(f"kernel {family} does not build, see {log.name}")
    release = subprocess.run(["make", "-s", "-C", str(tree), "kernelrelease"], env=env, text=True,
                             capture_output=True, check=True).stdout.strip()
    place = cache.folder() / family
    scratch = place.with_name(family + ".new")
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "modules").mkdir(parents=True)
    (scratch / "modules/modules.dep").touch()   # everything is built in
    shutil.copy2(tree / "arch/x86/boot/bzImage", scratch / "vmlinuz")
    for name, what in ((".config", "config"), ("System.map", "System.map")):
        shutil.copy2(tree / name, scratch / what)
    facts = {"family": family, "release": release, "digest": wanted, "headers": not source.patched,
             "compiler": "gcc", **json.loads((source.folder / "source.json").read_text())}
    if not source.patched:   # the fixture is built in the tree
        (scratch / "headers").symlink_to(tree)
        (scratch / "source").symlink_to(tree)
    (scratch / "ready.json").write_text(json.dumps(facts, indent=1) + "\n")
    shutil.rmtree(place, ignore_errors=True)
    scratch.rename(place)


def get(family, refresh=False, look=False):
    """The kernel of that family, built when needed. `look`: only what is there."""
    kernel = cache.Kernel(family)
    wanted = digest(family)
    if kernel.ready and kernel.facts["digest"] == wanted and not refresh:
        return kernel
    if look:
        raise LookupError("not built")
    tree = tree_of(family)
    tree.folder.mkdir(parents=True, exist_ok=True)
    with open(tree.folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kernel = cache.Kernel(family)
        if refresh or not (kernel.ready and kernel.facts["digest"] == wanted):
            if refresh or not (tree.folder / "source.json").exists():
                unpack(tree)
            if tree.patched:
                apply(tree)
            make(family, wanted)
    return cache.Kernel(family)
