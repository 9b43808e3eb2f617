# SPDX-License-Identifier: GPL-2.0-or-later
"""luwatch report --html and --wait from a shell's point of view."""
import json
import os
import re
import subprocess
import threading
import time

import samples

ID = "0123456789abcdef0123456789abcdef"


def run(bench, *words, **more):
    return subprocess.run([bench.luwatch, "report", *words], capture_output=True, text=True, **more)


def store(folder, report, revision=1):
    target = os.path.join(folder, "handovers", report["id"])
    os.makedirs(target, exist_ok=True)
    path = os.path.join(target, f"report-{revision}.json")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(report, file)
    os.rename(path + ".new", path)


def check_exit_codes_are_the_verdicts(bench):
    for name, code in (("clean", 0), ("incomplete", 3), ("violation", 10)):
        bench.page(name, samples.load(name))
        assert bench.pages[name][1] == code, f"{name}: exit {bench.pages[name][1]}"


def check_standard_output_and_mode(bench):
    path = bench.page("clean", samples.load("clean"))
    assert os.stat(path).st_mode & 0o007 == 0, "others can read a page with addresses"
    state = os.path.join(bench.folder, "state-clean")
    done = run(bench, "--state", state, "--html", "-", samples.load("clean")["id"])
    with open(path, encoding="utf-8") as file:
        text = file.read()
    without = lambda page: re.sub("nonce(-|=\")[0-9a-f]{32}", "nonce", page)
    assert without(done.stdout) == without(text), "another page on standard output"


def check_usage(bench):
    for words in (["--html", "x", "--json"], ["--html", "x", "--list"], ["--wait=x"], ["--wait=-1"], ["--wait=0"], ["--wait=9d"],
                  ["--wait=finally"], ["--wait=final,"], ["--wait=1 h"], ["--wait=60"], ["--wait=final,60"],
                  ["--list", "--wait"]):
        done = run(bench, *words)
        assert done.returncode == 2, f"{words}: exit {done.returncode}"


def check_page_that_cannot_be_written(bench):
    bench.page("clean", samples.load("clean"))
    done = run(bench, "--state", os.path.join(bench.folder, "state-clean"), "--html",
               os.path.join(bench.folder, "nowhere", "x.html"), samples.load("clean")["id"])
    assert done.returncode == 1 and "cannot write the page" in done.stderr, done.stderr


def check_wait_ends(bench):
    start = time.monotonic()
    done = run(bench, "--state", os.path.join(bench.folder, "empty"), "--wait=1s", ID)
    assert done.returncode == 6 and "no report within 1 s" in done.stderr, done.stderr
    assert 0.5 < time.monotonic() - start < 10, "not the time that was asked for"


def check_wait_sees_a_report_come(bench):
    folder = os.path.join(bench.folder, "coming")
    report = dict(samples.load("clean"), id=ID)
    timer = threading.Timer(1, store, (folder, report))
    timer.start()
    done = run(bench, "--state", folder, "--wait=30s", "--json", ID)
    timer.join()
    assert done.returncode == 0 and json.loads(done.stdout)["id"] == ID, done.stderr


def check_wait_for_the_final_one(bench):
    folder = os.path.join(bench.folder, "not-final")
    report = dict(samples.load("clean"), id=ID, final=False, revision=1)
    store(folder, report)
    done = run(bench, "--state", folder, "--wait=final,1s", ID)
    assert done.returncode == 6 and "not final within 1 s" in done.stderr and not done.stdout, done.stderr
    timer = threading.Timer(1, store, (folder, dict(report, final=True, revision=2)))
    timer.start()
    done = run(bench, "--state", folder, "--wait=final,30s", "--json", ID)
    timer.join()
    assert done.returncode == 0 and json.loads(done.stdout)["revision"] == 2, done.stderr


def check_list_as_json(bench):
    folder = os.path.join(bench.folder, "listed")
    store(folder, dict(samples.load("clean"), id=ID))
    store(folder, samples.load("violation"))
    done = run(bench, "--state", folder, "--list", "--json")
    listed = json.loads(done.stdout)
    assert listed["schema"] == "luwatch.list/1", listed
    verdicts = {one["id"]: one["verdict"] for one in listed["handovers"]}
    assert verdicts == {ID: "clean", samples.load("violation")["id"]: "violation"}, verdicts
