# SPDX-License-Identifier: GPL-2.0-or-later
"""A night in which many hosts hand over to the next kernel, ring by ring, and who goes wrong in it."""

import datetime
import random

from . import hosts

SHARES = {"1": 0.01, "2": 0.04, "3": 0.15, "4": 0.30, "5": 0.50}
KERNEL, OTHER = "7.2.0", "7.3.0"


class Night:
    """COUNT hosts in five rings. What goes wrong goes wrong in ring 4, but for BAD (a host's name): then
    it alone, wherever it is."""

    def __init__(self, count, bad=None):
        self.rings, self.hosts, self.fate = {ring: [] for ring in SHARES}, [], {}
        self.late = []  # hosts that the night did not have
        self.tampered, self.unsent = {}, 0  # the number of the changed record; lines that are no records
        ends, done = [], 0.0
        for share in SHARES.values():
            done += share
            ends.append(round(done * count))
        for number in range(count):
            ring = str(1 + sum(number >= end for end in ends))
            # Some clocks are an hour off: nothing may depend on them.
            start = hosts.NIGHT + datetime.timedelta(hours=(number % 97 == 0) - (number % 89 == 0))
            host = hosts.Host(number, ring=ring, start=start)
            self.hosts.append(host)
            self.rings[ring].append(host)
        if bad:
            self.named(bad)
            self.fate[bad] = "violation"
            return
        order = random.Random(count).sample(self.rings["4"], len(self.rings["4"]))
        for fate, few, share in (("violation", 3, 0), ("acknowledged", 1, 0), ("tampered", 1, 0.0005), ("twice", 1, 0.0002), ("cold", 1, 0.001),
                                 ("silent", 2, 0.0025), ("incomplete", 2, 0.004)):
            for _ in range(max(few, round(share * count))):
                self.fate[order.pop().name] = fate

    def named(self, name):
        found = [host for host in self.hosts if host.name == name]
        if not found:
            raise SystemExit(f"there is no {name}: {self.hosts[0].name} to {self.hosts[-1].name}")
        return found[0]

    def of(self, *fates):
        """The names of the hosts with one of these fates."""
        return sorted(name for name, fate in self.fate.items() if fate in fates)

    def names(self, machines):
        by_machine = {host.machine: host.name for host in self.hosts}
        return sorted({by_machine[machine] for machine in machines})

    def storm(self, count=500):
        """More hosts, to be seen in metrics alone, one after the other."""
        for number in range(count):
            self.late.append(hosts.Host(10**5 + number, ring="storm"))
        yield from self.late

    def as_sent(self, host, line):
        """The line as it gets into the file of the host."""
        wanted = self.tampered.get(host.name)
        return hosts.tampered(line) if wanted and line == host.lines[wanted - 1] else line

    def hand_over(self, ring):
        """Every host of the ring, each as is its fate."""
        for host in self.rings[ring]:
            fate = self.fate.get(host.name, "clean")
            if fate == "silent":
                host.add("agent-stopped")
                host.gone = True
            elif fate == "cold":
                host.cold_boot(KERNEL)
            else:
                verdict = {"violation": fate, "incomplete": fate, "acknowledged": "violation"}.get(fate, "clean")
                handover = host.hand_over(KERNEL, verdict)
            if fate == "acknowledged":
                host.add(fate, {"reason": "a known erratum", "verdict": verdict, "revision": 2}, handover)
            if fate == "tampered":
                self.tampered[host.name] = len(host.lines) - 1
                self.unsent += 1

    def metrics(self):
        """What a scrape of all of them has; the tenant of one makes a storm of faults."""
        lines = []
        for host in self.hosts + self.late:
            at = f'instance="{host.name}"'
            lines.append(f"up{{{at}}} {int(not host.gone)}")
            if host.gone:
                continue
            lines += [f'luwatch_build_info{{{at},version="0.1.0",kernel="{host.kernel}"}} 1',
                      f'luwatch_host_info{{{at},ring="{host.ring}",level="full"}} 1',
                      f'luwatch_faults_total{{{at},class="guest",window="after"}} {len(lines) * (host is self.hosts[0])}']
            if not host.told or host.told["boot"]["new"] != host.boot:
                continue
            told = host.told
            lines += [f'luwatch_last_handover_info{{{at},id="{told["handover"]}",kernel_old="{told["kernel"]["old"]}",'
                      f'kernel_new="{told["kernel"]["new"]}"}} 1',
                      f"luwatch_last_handover_timestamp_seconds{{{at}}} {host.time.timestamp()}",
                      f"luwatch_last_handover_acknowledged{{{at}}} "
                      f"{int(self.fate.get(host.name) == 'acknowledged')}"]
            lines += [f'luwatch_last_handover_verdict{{{at},verdict="{verdict}"}} {int(told["verdict"] == verdict)}'
                      for verdict in ("clean", "violation", "incomplete")]
        return "\n".join(lines) + "\n"
