# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own selftests of live update, built from the source in the cache (selftests.sh), and of KHO, which
is in the kernel lu-old (kho.sh)."""

import os
import pathlib
import re
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
are all there are (`tests/lukernel/run selftests`). As they printed it on DAY:

"""
HEAD_KHO = """
## The kernel's own selftest of KHO

lib/test_kho.c of the same source (CONFIG_TEST_KEXEC_HANDOVER, in kernel lu-old alone: it runs unasked in each boot):
a machine's first kernel preserves 8 MiB of random contents, the next one restores them and compares their
checksum. Over a kexec from lu-old to lu-old, without luwatch and, after a reset, with it armed
(`tests/lukernel/run selftests`). As tools/testing/selftests/kho/vmtest.sh does it, the next kernel's own line
is the result; that script's kernel has CONFIG_DEBUG_VM and CONFIG_KEXEC_HANDOVER_DEBUG too, this one has not. As
it was printed on DAY:

"""


def section(out, document):
    """What the last runs printed, as text of docs/verification.md; what stands there where there was none."""
    text = document.read_text()
    return told(out / "selftests", HEAD, text) + told(out / "kho", HEAD_KHO, text)


def told(run, head, document):
    """The section that begins with HEAD."""
    title = head.partition("\n\n")[0] + "\n\n"
    _, found, rest = document.partition(title)
    written = title + rest.partition("\n\n## ")[0].rstrip("\n") + "\n" if found else ""
    try:
        log = run / "guest.log"
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
    return head.replace("DAY", day) + "| Run | Printed | Result |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"


def machine(script, out, agent, *more):
    """Lines of results, "pass|fail|skip NAME[: reason]"."""
    words = [HERE.parent / "vm/machine", "--each", "--agent", agent, "--out", out, *more, HERE / script]
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    lines = [re.sub(r" (\w+) \[[\w-]+\] ", r" \1/", line, count=1) for line in done.stdout.splitlines()
             if line.startswith(("pass ", "fail ", "skip "))]
    return lines or [f"fail {out.name}: {done.stderr[-300:]}"]


def run(tree, out, agent):
    """The same of the tests of live update."""
    try:
        programs = build(tree, out / "programs")
    except (OSError, subprocess.CalledProcessError) as e:
        return [f"fail selftests: they do not build: {getattr(e, 'stderr', '') or e}"[-300:]]
    return machine("selftests.sh", out / "selftests", agent,
                   *(word for p in programs for word in ("--add", f"{p}:usr/bin/{p.name}")))


def run_kho(out, agent):
    """And of the one of KHO."""
    return machine("kho.sh", out / "kho", agent)
