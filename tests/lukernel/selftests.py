# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the kernel's own live-update selftests from the source in the cache and runs selftests.sh."""

import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
TESTS = ("liveupdate", "luo_kexec_simple", "luo_multi_session")


def build(tree, into):
    """Paths of the programs, static; an OSError or CalledProcessError says why not."""
    source = tree / "tools/testing/selftests/liveupdate"
    into.mkdir(parents=True, exist_ok=True)
    for name in TESTS:
        subprocess.run([os.environ.get("CC", "gcc"), "-O2", "-static", "-w", "-D_GNU_SOURCE",
                        f"-I{source}/lib/include", f"-I{source.parent}", "-idirafter",
                        f"{tree}/include/uapi", "-idirafter", f"{tree}/tools/include/uapi",
                        "-o", into / f"st-{name}", source / f"{name}.c",
                        *sorted(source.glob("lib/*.c"))], check=True, capture_output=True, text=True)
    return [into / f"st-{name}" for name in TESTS]


def run(tree, out, agent):
    """Lines of results, "pass|fail|skip NAME[: reason]"."""
    try:
        programs = build(tree, out / "programs")
    except (OSError, subprocess.CalledProcessError) as e:
        return [f"fail selftests: they do not build: {getattr(e, 'stderr', '') or e}"[-300:]]
    words = [HERE.parent / "vm/machine", "--each", "--agent", agent, "--out", out / "selftests",
             *(word for p in programs for word in ("--add", f"{p}:usr/bin/{p.name}"))]
    done = subprocess.run([*map(str, words), str(HERE / "selftests.sh")], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    lines = [line.replace(" selftests [lu] ", " selftests/") for line in done.stdout.splitlines()
             if line.startswith(("pass ", "fail ", "skip "))]
    return lines or [f"fail selftests: {done.stderr[-300:]}"]
