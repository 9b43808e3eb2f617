# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run means: counts the guest's result lines and searches the kernel's own log.

A run passes only when the guest said `LUWATCH-TEST done`, gave at least one result, none of them
is a fail, and neither kernel complained.
"""

import pathlib
import re
import subprocess
from collections import namedtuple

RESULT = re.compile(r"^LUWATCH-TEST (pass|fail|skip) ([^\s:]+):? ?(.*)$")
DONE = "LUWATCH-TEST done"
PANIC = "Kernel panic - not syncing"

# A kernel line on the first serial port starts with its time stamp.
KERNEL_LINE = re.compile(r"\[\s*\d+\.\d{6}\](\[[^\]]*\])? (.*)")
COMPLAINT = re.compile(
    r"\bWARNING:|\bBUG:|\bBUG\b.*\bat\b|\bOops\b|KASAN|KFENCE|UBSAN|lockdep|possible .* locking"
    r"|INFO: (rcu|task|trying)|\bint3\b|general protection|unable to handle|soft lockup"
    r"|hung task|Kernel panic|Call Trace|refcount_t:|list_(add|del) corruption")

# Complaints that say nothing about this project: (pattern, reason). Keep it short.
ALLOWED = (
)

Verdict = namedtuple("Verdict", "passed failed skipped problems")


def complaints(log, panics=0):
    """Lines of the kernel that must not be there; `log` is the text of the first serial port.

    The first PANICS panics are meant to happen, and with each what a kernel says after it.
    """
    found, dying = [], False
    for line in log.splitlines():
        match = KERNEL_LINE.search(line)
        dying &= "Linux version" not in line
        if match and panics and PANIC in line:
            panics, dying = panics - 1, True
        if dying or not match or not COMPLAINT.search(match.group(2)):
            continue
        if not any(re.search(pattern, line) for pattern, _ in ALLOWED):
            found.append(line.strip())
    return found


EXPECT = re.compile(r"^# expect-(no-)?trace ([^\s:]+): (.*)$", re.M)


def trace_results(scenario, trace):
    """Results of a scenario's `# expect-trace NAME: REGEX` lines against the emulator's trace.

    The expression may span lines (`.` matches their ends), so it can ask for an order. Returns
    guest result lines.
    """
    lines = []
    for absent, name, pattern in EXPECT.findall(scenario):
        found = re.search(pattern, trace, re.S | re.M)
        good = not found if absent else found
        lines.append(f"LUWATCH-TEST pass trace-{name}" if good else
                     f"LUWATCH-TEST fail trace-{name}: the emulated unit "
                     f"{'did' if absent else 'never did'} {pattern}")
    return "\n".join(lines) + "\n"


COUNT = re.compile(r"^LUWATCH-COUNT ([^\s:]+) (\d+)$")
COUNTED = re.compile(r"^# count-trace ([^\s:]+): (.*)$", re.M)


def count_results(scenario, guest, trace):
    """Results of `# count-trace NAME: REGEX`: as many lines as the guest's counts add up to.

    What the agent counted in any number of boots is held against what the emulated unit did.
    """
    lines = []
    for name, pattern in COUNTED.findall(scenario):
        said = [int(m.group(2)) for m in map(COUNT.match, map(str.strip, guest.splitlines()))
                if m and m.group(1) == name]
        real = len(re.findall(pattern, trace, re.M))
        good = real == sum(said) and said
        lines.append(f"LUWATCH-TEST pass count-{name}" if good else
                     f"LUWATCH-TEST fail count-{name}: the emulated unit did {real}, "
                     f"the guest counted {'+'.join(map(str, said)) or 'nothing'}")
    return "\n".join(lines) + "\n"


DECODED = re.compile(r"^# decode-serial ([^\s:]+): (.*)$", re.M)
GUEST = pathlib.Path(__file__).resolve().parent.parent / "guest"


def decode_results(scenario, agent, out):
    """Results of `# decode-serial NAME: FILTER`: a jq filter over what `luwatch decode` says here of the first
    serial port's log; $collected are the reports of the run."""
    wanted = DECODED.findall(scenario)
    if not wanted:
        return ""
    functions = re.search("^JQ='(.*?)'", (GUEST / "luwatch-agent.sh").read_text(), re.S | re.M).group(1)
    done = subprocess.run([agent, "decode", "--json", out / "serial.log"], capture_output=True, text=True)
    (out / "decoded.json").write_text(done.stdout)
    collected = "".join(path.read_text() for path in sorted((out / "reports").glob("*.json")))
    (out / "collected.json").write_text(collected)
    lines = []
    for name, words in wanted:
        found = subprocess.run(["jq", "-e", "--slurpfile", "collected", out / "collected.json",
                                f"{functions} {words}", out / "decoded.json"], capture_output=True, text=True)
        lines.append(f"LUWATCH-TEST pass decode-{name}" if done.stdout and not found.returncode else
                     f"LUWATCH-TEST fail decode-{name}: not so: {words}: decode exited {done.returncode}: "
                     f"{done.stderr.strip()[-200:]} {found.stderr.strip()[-200:]}, see decoded.json")
    return "\n".join(lines) + "\n"


def judge(guest, kernel, ended, panics=0):
    """The verdict of a run. `ended`: why the machine stopped, None for a power-off; `panics`: how many
    were meant to happen."""
    results = {"pass": [], "fail": [], "skip": []}
    for line in guest.splitlines():
        match = RESULT.match(line.strip())
        if match:
            results[match.group(1)].append((match.group(2), match.group(3)))
    problems = []
    if ended:
        problems.append(ended)
    if DONE not in guest:
        problems.append("the guest never said that it is done")
    if not any(results.values()):
        problems.append("the guest gave no result")
    if kernel.count(PANIC) < panics:
        problems.append(f"{panics} panics were meant to happen, and {kernel.count(PANIC)} did")
    problems += [f"kernel: {line}" for line in complaints(kernel, panics)[:10]]
    return Verdict(results["pass"], results["fail"], results["skip"], problems)
