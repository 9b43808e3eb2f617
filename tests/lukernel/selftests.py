# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the kernel's own live-update selftests from the source in the cache and runs selftests.sh."""

import os
import pathlib
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
TESTS = ("liveupdate", "luo_kexec_simple", "luo_multi_session", "luo_stress_files", "luo_stress_sessions")


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


HEAD = """
## The kernel's own selftests

tools/testing/selftests/liveupdate of the same source, as it is, on kernel lu: once before luwatch is armed
and once while it is, the ones over a kexec too, each twice: `liveupdate` and the four that go over a kexec
are all there are (`tests/lukernel/run selftests`). The selftest of KHO needs CONFIG_TEST_KEXEC_HANDOVER, which
this kernel has not. As they printed it on DAY:

"""


def section(out, document):
    """What the last run printed, as text of docs/verification.md; what stands there when there was none."""
    _, found, rest = document.read_text().partition(HEAD.partition("\n\n")[0] + "\n\n")
    written = HEAD.partition("\n\n")[0] + "\n\n" + rest if found else ""
    try:
        log = out / "selftests/guest.log"
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return written
    rows, said = [], []
    for line in lines:
        word, _, name = line.strip().removeprefix("LUWATCH-TEST ").partition(" ")
        if line.startswith("| "):
            said.append(line[2:].strip())
        elif line.startswith("LUWATCH-TEST ") and said:
            kept = [s for s in said if s.startswith(("ok", "not ok", "# Totals"))] or said[-1:]
            rows += [f"| {name.partition(':')[0]} | {s} | {word} |" for s in kept]
            said = []
    day = time.strftime("%Y-%m-%d", time.localtime(log.stat().st_mtime))
    return HEAD.replace("DAY", day) + "| Run | Printed | Result |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"


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
