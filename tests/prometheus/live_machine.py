#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""From a real fault to the webhook: nothing in this chain is a stand-in but the kernel's clearing.

In the emulated machine a device whose entry the hand-over lost does DMA in the blackout. The
daemon of the next kernel serves it as metrics; Prometheus and Alertmanager with the shipped rules
and routes run here and post to a receiver. Prints what arrived, with the times of fault and
arrival. Intervals are those of a test (services.py): scrapes each second, groups wait 3 s.

usage: live_machine.py [--show] AGENT; --show: the whole notification
"""

import argparse
import contextlib
import datetime
import json
import pathlib
import re
import socket
import subprocess
import sys
import time

import services

MACHINE = services.TOP / "tests" / "vm" / "machine"
OUT = services.TOP / "build" / "runs" / "alert"
SECONDS = 300
KERNEL = "6.12"
LOST = "0000:01:00.0"
# The emulator's own record of a fault of LOST, with the time of this host's clock.
FAULT = re.compile(r"^\d+@(\d+\.\d+):vtd_frr_new .* high 0x[0-9a-f]{12}0100\b", re.M)


def words(agent, metrics, stop):
    """The machine's command: its network reaches nothing but these two ports of the guest."""
    network = (
        "user,id=net,restrict=on"
        f",hostfwd=tcp:127.0.0.1:{metrics}-:9851,hostfwd=tcp:127.0.0.1:{stop}-:9852"
    )
    emulator = ["-netdev", network, "-device", "virtio-net-pci,netdev=net,bus=pcie.0,addr=10.0"]
    emulator += ["-msg", "timestamp=on"]
    options = ["--kernel", KERNEL, "--agent", agent, "--out", OUT]
    return [MACHINE, *options, *(f"--qemu={word}" for word in emulator), "alert"]


@contextlib.contextmanager
def machine(agent, metrics, stop):
    """The machine, ended when the test fails; its last words are then the reason."""
    child = subprocess.Popen(
        words(agent, metrics, stop), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()


def page_of(receiver, child):
    """Waits for the notification about the host; (time, message)."""

    def arrived():
        if child.poll() is not None:
            raise services.Failure(f"the machine ended first: {child.stdout.read().strip()[-400:]}")
        return [(at, message) for path, at, message in receiver.got if path == "/page"]

    return services.wait_for("a page", SECONDS, arrived)[0]


def check(message, report):
    """The alert is about this hand-over and its reason."""
    alert = message["alerts"][0]["labels"]
    expected = {
        "alertname": "LuwatchBrokenFault",
        "class": "broken",
        "id": report["id"],
        "kernel_new": report["kernel"]["new"],
    }
    wrong = {name: alert.get(name) for name in expected if alert.get(name) != expected[name]}
    if wrong:
        raise services.Failure(f"the page says {wrong} where the host says {expected}")
    if not any(f["rid"] == LOST and f["class"] == "broken" for f in report["faults"]):
        raise services.Failure(f"the report has no broken fault of {LOST}")


def clock(seconds):
    return datetime.datetime.fromtimestamp(seconds).strftime("%H:%M:%S.%f")[:-3]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--show", action="store_true", help="the whole notification")
    parser.add_argument("agent", type=pathlib.Path)
    options = parser.parse_args()
    fetched = subprocess.run([MACHINE.parent / "kernels", KERNEL], capture_output=True, text=True)
    if fetched.returncode:
        raise services.Failure(fetched.stdout.strip() or fetched.stderr.strip())
    metrics, stop = services.free_port(), services.free_port()
    with services.folder() as where, services.served(services.Receiver()) as receiver:
        with services.alertmanager(where, receiver) as manager, services.prometheus(
            where, manager, {"vm": f"127.0.0.1:{metrics}"}
        ), machine(options.agent.resolve(), metrics, stop) as child:
            at, message = page_of(receiver, child)
            socket.create_connection(("127.0.0.1", stop), 10).close()
            said, _ = child.communicate(timeout=120)
            if child.returncode:
                raise services.Failure(said.strip()[-400:])
    report = json.loads((OUT / "reports" / "alert.json").read_text())
    check(message, report)
    faults = FAULT.findall((OUT / "trace.log").read_text())
    if not faults:
        raise services.Failure(f"the emulated unit latched no fault of {LOST}")
    fault = float(faults[0])
    if options.show:
        print(json.dumps(message, indent=2))
    print(f"fault {clock(fault)}, page {clock(at)}: {at - fault:.1f} s, with a kexec in between")


if __name__ == "__main__":
    try:
        main()
    except services.Failure as failure:
        sys.exit(str(failure))
