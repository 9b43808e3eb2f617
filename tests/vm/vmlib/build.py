# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds what runs in the guest: the small C programs and the fixture module of each kernel.

Results are kept in a build folder and made again only when a source is newer; a lock lets two
machines start at the same time.
"""

import fcntl
import os
import pathlib
import shutil
import subprocess

from . import cache

HERE = pathlib.Path(__file__).resolve().parent.parent
PROJECT = HERE.parent.parent


class BuildError(Exception):
    pass


def folder():
    return pathlib.Path(os.environ.get("LUWATCH_VM_BUILD") or HERE / "build")


class Lock:
    def __enter__(self):
        folder().mkdir(parents=True, exist_ok=True)
        self.file = open(folder() / "lock", "w")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self.file.close()


def fresh(target, sources):
    return target.exists() and all(s.stat().st_mtime <= target.stat().st_mtime for s in sources)


def run(words, **more):
    done = subprocess.run(words, capture_output=True, text=True, **more)
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines() or ["it says nothing"]
        why = next((l for l in lines if "rror" in l or "undefined" in l), lines[-1])
        raise BuildError(f"{why} (of: {' '.join(map(str, words))})\n" + "\n".join(lines))


def environment(kernel=None):
    """For a build of KERNEL's modules, or of a kernel: no flags of an outer make, and the cache's tools where the host has
    none."""
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    extra = cache.tools() / "usr"
    if extra.exists():
        env["PATH"] = f"{env['PATH']}:{extra}/bin"
        if not shutil.which("pahole"):
            env["LD_LIBRARY_PATH"] = f"{extra}/lib/x86_64-linux-gnu"
    if kernel and not shutil.which(kernel.compiler, path=env["PATH"]):
        raise BuildError(f"no {kernel.compiler}, which {kernel.release} was built with: "
                         f"run tests/vm/kernels {kernel.family}")
    return env


def skeleton(source, into):
    """The BPF object of a guest program, with the agent's own code, as a header."""
    bpf, header = into / f"{source.stem}.o", into / f"{source.name.split('.')[0]}.skel.h"
    run([os.environ.get("CLANG", "clang"), "-g", "-O2", "-target", "bpf", "-mcpu=v3",
         "-D__TARGET_ARCH_x86", f"-I{PROJECT}/include", f"-I{PROJECT}/bpf",
         f"-I/usr/include/{os.uname().machine}-linux-gnu", "-Wall", "-Werror",
         "-Wno-unused-function", "-c", "-o", str(bpf), str(source)])
    bpftool = shutil.which("bpftool", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    done = subprocess.run([bpftool or "bpftool", "gen", "skeleton", str(bpf), "name",
                           f"{header.name.split('.')[0].replace('-', '_')}_bpf"],
                          capture_output=True, text=True)
    if done.returncode:
        raise BuildError(done.stderr)
    header.write_text(done.stdout)


def tools():
    """The guest programs, one per .c file; returns their paths. Those with BPF are linked as the
    agent is: not every release has a static libelf that is whole."""
    into = folder() / "guest"
    headers = [*(HERE / "guest").glob("*.h"), *PROJECT.glob("bpf/*.h"),
               *PROJECT.glob("include/luwatch/*.h")]
    made = []
    with Lock():
        into.mkdir(exist_ok=True)
        for source in sorted((HERE / "guest").glob("*.c")):
            if source.name.endswith(".bpf.c"):
                continue
            target, bpf = into / source.stem, source.with_suffix(".bpf.c")
            extra = [bpf] if bpf.exists() else []
            if not fresh(target, [source, *extra, *headers]):
                if extra:
                    skeleton(bpf, into)
                run([os.environ.get("CC", "gcc"), "-O2", "-Wall", "-Wextra", "-Werror",
                     f"-I{PROJECT}/include", f"-I{into}", "-o", str(target), str(source),
                     *(["-lbpf"] if extra else ["-static"])])
            made.append(target)
    return made


def fixture(kernel, old=False):
    """The fixture module of a kernel, or None where the kernel's headers are not there. OLD: that
    which clears as the first versions of the series."""
    if not kernel.has_headers:
        return None
    sources = [p for p in (HERE / "fixture").iterdir() if p.suffix in (".c", ".h")] + \
        [HERE / "fixture/Kbuild"]
    into = folder() / f"fixture-{'old-' if old else ''}{kernel.release}"
    target = into / "luwatch_fixture.ko"
    with Lock():
        if not fresh(target, sources):
            shutil.rmtree(into, ignore_errors=True)
            into.mkdir(parents=True)
            for source in sources:
                shutil.copy2(source, into)
            run(["make", "-s", "-C", str(kernel.headers), f"M={into}",
                 f"LUWATCH_IOMMU_SOURCE={kernel.iommu_source}",
                 f"LUWATCH_SERIES_OLD={'y' if old else 'n'}", "modules"], env=environment(kernel))
            os.utime(target)
    return target
