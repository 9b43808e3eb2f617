# SPDX-License-Identifier: GPL-2.0-or-later
"""Network adapters that the host feeds with numbered frames for as long as the machine runs, whatever the
guest does meanwhile: what is in its receive ring afterwards came by DMA."""

import socket
import struct
import threading
import time

FIRST_DEVICE = 0x10      # 00:10.0, 00:11.0, …
ETHERTYPE = 0x88b5       # for local experiments
SMALLEST = 60


def address(number):
    return bytes((0x52, 0x54, 0, 0, 0, FIRST_DEVICE + number))


def frame(number, serial):
    """The SERIALth frame for adapter NUMBER."""
    head = address(number) + bytes((0x52, 0x54, 0, 0, 1, 0)) + struct.pack(">HQ", ETHERTYPE, serial)
    return head.ljust(SMALLEST, b"\0")


class Feed:
    """One adapter for each of PERIODS, which are the seconds from frame to frame."""

    def __init__(self, periods):
        self.periods = periods
        self.pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in periods]
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def arguments(self):
        words = []
        for number, (_, far) in enumerate(self.pairs):
            mac = ":".join(f"{byte:02x}" for byte in address(number))
            words += ["-netdev", f"dgram,id=feed{number},local.type=fd,local.str={far.fileno()}",
                      "-device", f"e1000,netdev=feed{number},mac={mac},romfile=,bus=pcie.0,"
                      f"addr={FIRST_DEVICE + number:#x}"]
        return words

    def files(self):
        """What the emulator inherits."""
        return [far.fileno() for _, far in self.pairs]

    def start(self):
        if self.pairs:
            self.thread.start()

    def stop(self):
        self.ended.set()
        if self.thread.is_alive():
            self.thread.join()
        for pair in self.pairs:
            for end in pair:
                end.close()

    def run(self):
        serials = [1] * len(self.pairs)
        due = [time.monotonic()] * len(self.pairs)
        while not self.ended.wait(max(0, min(due) - time.monotonic())):
            number = due.index(min(due))
            due[number] += self.periods[number]
            try:   # one that finds no room comes with the next turn
                self.pairs[number][0].send(frame(number, serials[number]), socket.MSG_DONTWAIT)
                serials[number] += 1
            except BlockingIOError:
                pass
            except OSError:   # the emulator has gone
                return
