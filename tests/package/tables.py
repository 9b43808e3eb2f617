#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Help, man page and completion of every command say the same.

usage: tables.py LUWATCH MANFOLDER COMPLETION

COMPLETION.bash, COMPLETION.zsh and COMPLETION.fish offer the same.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ID = "2cffcadcac3b4ec395ccf3e7c58927b5"
luwatch, pages, completion = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
failed = False


def result(name, problems):
    global failed
    failed |= bool(problems)
    print(f"fail package/{name}: {'; '.join(problems)[:300]}" if problems else f"pass package/{name}")


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def parts(*words):
    """What `luwatch WORDS --help` lists."""
    return re.findall(r"^  ([a-z][a-z-]*) ", run(luwatch, *words, "--help").stdout, re.M)


def options(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


SHELLS = {"bash": ["bash"], "zsh": ["zsh", "-f"], "fish": ["fish", "--no-config"]}


def offered(*words, shell="bash"):
    done = run(*SHELLS[shell], str(HERE / f"complete.{shell}"), f"{completion}.{shell}", "luwatch", *words)
    return done.stdout.split() if not done.stderr else [done.stderr]


def manual(page):
    done = subprocess.run(["man", "-E", "UTF-8", "-l", str(page)], capture_output=True, text=True,
                          env={**os.environ, "MANWIDTH": "1000", "MAN_KEEP_FORMATTING": "", "PAGER": "cat"})
    return done.stdout


def options_of_page(command, part):
    """The options the page lists, which stand alone at the beginning of a line."""
    text = manual(pages / f"luwatch-{command}.8")
    if part:
        text = re.split(r"^ {2,4}\S", re.split(rf"^ {{2,4}}{part}$", text, flags=re.M)[1], flags=re.M)[0]
    return options("\n".join(re.findall(r"^\s+(-., --.*)$", text, re.M)))


def check_command(command, part=None):
    words = [command] + ([part] if part else [])
    done = run(luwatch, *words, "--help")
    problems = []
    if done.returncode or done.stderr or not done.stdout.lower().startswith("usage: luwatch"):
        problems.append(f"--help: exit {done.returncode}: {done.stderr.strip()}")
    known = options("\n".join(re.findall(r"^ +(?:-., +)?(--\S+)", done.stdout, re.M))) - {"--usage"}
    in_page = options_of_page(command, part)
    if known != in_page:
        problems.append(f"--help and man page differ in {sorted(known ^ in_page)}")
    for shell in SHELLS:
        offers = set(offered(*words, "--", shell=shell))
        if known != offers:
            problems.append(f"--help and completion of {shell} differ in {sorted(known ^ offers)}")
    done = run(luwatch, *words, "--no-such-option")
    if done.returncode != 2:
        problems.append(f"an unknown option gives exit {done.returncode}, not 2")
    result("command/" + "-".join(words), problems)


def check_commands():
    commands = parts()
    result("help-lists-commands", [] if len(commands) > 10 else [f"only {commands}"])
    main = manual(pages / "luwatch.8")
    result("main-page-lists-commands",
           [c for c in commands if f"luwatch-{c}(8)" not in main])
    readme = (HERE.parents[1] / "README.md").read_text()
    table = readme[readme.index("| command | what |"):].split("\n\n")[0]
    result("readme-lists-commands", [c for c in commands if f"`{c}`" not in table])
    result("completion-lists-commands",
           [] if sorted(offered("")) == sorted(commands) else [str(offered(""))])
    result("no-page-without-command",
           [p.name for p in pages.glob("luwatch-*.8") if p.stem[len("luwatch-"):] not in commands])
    result("every-page-has-examples", [c for c in commands if not has_example(c)])
    for command in commands:
        if options_of_page_exists(command):
            for part in [None] if command not in ("audit",) else parts(command):
                check_command(command, part)


def has_example(command):
    """A line below EXAMPLES that begins with this command, or has it behind something else."""
    page = pages / f"luwatch-{command}.8"
    found = re.search(r"^EXAMPLES\n(.*?)^[A-Z]", manual(page) if page.exists() else "", re.M | re.S)
    return bool(found and re.search(rf"\bluwatch {command}\b", found[1]))


def options_of_page_exists(command):
    there = (pages / f"luwatch-{command}.8").exists()
    if not there:
        result(f"command/{command}", ["no man page"])
    return there


def check_completion():
    with tempfile.TemporaryDirectory() as state:
        base = pathlib.Path(state) / "handovers"
        (base / ID).mkdir(parents=True)
        trap = pathlib.Path(state) / "trap"
        (base / f"$(touch {trap.name})").mkdir()
        devices = sorted(os.listdir("/sys/bus/pci/devices")) if os.path.isdir("/sys/bus/pci/devices") else []
        cases = [
            (["re"], ["report"]),
            (["explain", "leak"], ["leaked", "leak-hit"]),
            (["check", "--attach", ""], ["auto", "kprobe"]),
            (["check", "--attach=k"], ["kprobe"]),
            (["declare", ""], ["add", "remove", "list", "load", "clear"]),
            (["audit", "show", "--kind", "kexec-"], ["kexec-begun", "kexec-aborted", "kexec-loaded"]),
            (["audit", "verify", "--k"], ["--key"]),
            (["report", "--state", state, ""], [ID]),
            (["report", f"--state={state}", ID[:5]], [ID]),
            (["report", "--wait=3s"], []),
            (["no-such-command", ""], []),
        ]
        if devices:
            cases.append((["declare", "add", devices[0][:5]], [d[5:] for d in devices if d[:5] == devices[0][:5]]))
        result("completion-offers", [f"{' '.join(words)!r} gives {offered(*words)}, not {wanted}"
                                     for words, wanted in cases
                                     if sorted(offered(*words)) != sorted(wanted)])
        # A whole word takes the place of what is typed, where bash completes behind its last = or colon.
        cases += [(["declare", "add", d], [d]) for d in devices[:1]]
        for shell in ("zsh", "fish"):
            result(f"completion-offers-{shell}", [
                f"{' '.join(words)!r} gives {offered(*words, shell=shell)}, not {wanted}"
                for words, wanted in cases if words[:2] != ["declare", "add"] or words[2] in wanted
                if sorted(one.rpartition("=")[2] for one in offered(*words, shell=shell)) != sorted(wanted)])
        result("completion-runs-no-names", [str(trap)] if trap.exists() or os.path.exists(trap.name) else [])


check_commands()
check_completion()
sys.exit(failed)
