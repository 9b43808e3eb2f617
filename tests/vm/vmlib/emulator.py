# SPDX-License-Identifier: GPL-2.0-or-later
"""One run of the emulator: its command line, its files, and watching it until it ends.

Emulation only (TCG): a machine without usable KVM must be able to run every test, and one thread
for all virtual CPUs avoids an emulator race that shows as int3 oopses in early boot.
"""

import json
import pathlib
import shutil
import socket
import subprocess
import time

from . import clock, feed, lukernel, topology, verdict

DEFAULT_TRACE = ("vtd_frr_new", "vtd_inv_desc_cc_global", "vtd_inv_desc_cc_domain",
                 "vtd_inv_desc_cc_device", "vtd_inv_desc_iotlb_global",
                 "vtd_inv_desc_iotlb_domain", "vtd_inv_desc_iotlb_pages", "vtd_ce_not_present",
                 "vtd_re_not_present", "vtd_dmar_enable", "vtd_reg_dmar_root")
TRACE_BUFFER = 0x18000000  # RAM in every guest of 512 MiB and more, below the kexec segments
TRACE_SIZE = "2M"
FIRMWARE = pathlib.Path("/usr/share/OVMF")
STORE_SIZE = "512K"  # 63 records of 8 KiB

# Without these features a kernel clears pages by words instead of bytes. In memory where the kernel
# before a kexec had code each write is slow under emulation: one page could take seconds.
SLOW_WRITES = ",erms=off,fsrm=off"


def kernel_cmdline(options, kernel):
    """The command line of the first kernel, and what a kexec'ed kernel gets before ours."""
    words = ["console=ttyS0,115200", "loglevel=5", "log_buf_len=2M", "printk.time=1",
             "intel_iommu=on" + (",sm_on" if options.scalable else ""),
             "tsc=reliable", "no_timer_check", "random.trust_cpu=on", "oops=panic",
             "mitigations=off", "net.ifnames=0", "audit=0"]
    if clock.tsc_khz() and not options.icount:
        words.append(f"tsc_early_khz={clock.tsc_khz()}")
    if options.systemd:   # a busy host starves the emulator, and that is no complaint
        words.append("rcupdate.rcu_cpu_stall_timeout=120")
    if options.trace_carrier and kernel.version() >= (6, 12):
        words += [f"memmap={TRACE_SIZE}${TRACE_BUFFER:#x}",
                  f"trace_instance=luwatch^traceoff@{TRACE_BUFFER:#x}:{TRACE_SIZE}"]
    if kernel.family in lukernel.FAMILIES and lukernel.tree_of(kernel.family).patched:
        words += ["kho=on", "liveupdate=on", "lu.dump=1"]
    return " ".join(words + options.append)


class Emulator:
    """Started by run(); the files of a run are in `out`."""

    def __init__(self, options, out, kernel, initrd, cmdline):
        self.options = options
        self.out = pathlib.Path(out)
        self.kernel, self.initrd, self.cmdline = kernel, initrd, cmdline
        self.feed = feed.Feed(options.fed)
        self.process = self.qmp = None
        self.resets = self.panics = 0
        self.reset_at = None
        self.begin = 0.0

    def file(self, name):
        return self.out / name

    def arguments(self):
        o = self.options
        words = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
                 "-machine", "q35,usb=off,i8042=off", "-accel", "tcg,thread=single",
                 "-cpu", "max" + (SLOW_WRITES if o.systemd else ""), "-smp", str(o.smp), "-m", o.memory,
                 "-device", "intel-iommu,intremap=on",
                 "-kernel", str(self.kernel.image), "-initrd", str(self.initrd),
                 "-append", self.cmdline,
                 "-qmp", f"unix:{self.file('qmp')},server=on,wait=off",
                 "-drive", f"if=none,id=root,file={self.file('root.img')},format=raw,"
                 "readonly=on,cache=unsafe",
                 "-drive", f"if=none,id=persist,file={self.file('persist.img')},format=raw,"
                 "cache=unsafe"]
        if o.store:
            words += ["-object", f"memory-backend-file,id=store,mem-path={self.file('store.img')},"
                      f"size={STORE_SIZE},share=on", "-device", "acpi-erst,memdev=store,addr=0x1e"]
        if o.efi:
            shutil.copyfile(FIRMWARE / "OVMF_VARS_4M.fd", self.file("variables.fd"))
            words += ["-drive", "if=pflash,unit=0,format=raw,readonly=on,"
                      f"file={FIRMWARE / 'OVMF_CODE_4M.fd'}",
                      "-drive", f"if=pflash,unit=1,format=raw,file={self.file('variables.fd')}"]
        if o.scalable:
            words += ["-global", "intel-iommu.x-scalable-mode=on"]
        if o.icount is not None:
            words += ["-icount", f"shift={o.icount}"]
        if o.interactive:
            words += ["-chardev", "stdio,id=console,mux=on,signal=off",
                      "-serial", "chardev:console", "-mon", "chardev=console,mode=readline"]
        else:
            words += ["-serial", f"file:{self.file('serial.log')}",
                      "-serial", f"file:{self.file('guest.log')}"]
        for event in dict.fromkeys([*DEFAULT_TRACE, *o.trace]):
            words += ["-trace", f"enable={event}"]
        words += ["-D", str(self.file("trace.log"))]
        return words + topology.arguments() + topology.controllers(o.controllers) + \
            self.feed.arguments() + o.qemu

    def run(self):
        """Runs the machine; returns None after a power-off, else why it was stopped."""
        (self.file("command")).write_text(" ".join(self.arguments()) + "\n")
        with open(self.file("emulator.log"), "wb") as log:
            self.process = subprocess.Popen(
                self.arguments(), stderr=None if self.options.interactive else log,
                pass_fds=self.feed.files(), stdin=None if self.options.interactive else subprocess.DEVNULL)
            try:
                self.feed.start()
                if self.options.interactive:
                    self.process.wait()
                    return None
                return self.watch()
            finally:
                if self.process.poll() is None:
                    self.process.kill()
                self.process.wait()
                self.feed.stop()
                if self.qmp:
                    self.qmp.close()
                self.file("qmp").unlink(missing_ok=True)

    def watch(self):
        self.begin = time.monotonic()
        deadline = self.begin + self.options.timeout
        marks = {"serial.log": 0, "guest.log": 0}
        rest = {"serial.log": "", "guest.log": ""}
        while True:
            ended = self.process.poll() is not None
            for name in marks:
                try:
                    with open(self.file(name), "rb") as log:
                        log.seek(marks[name])
                        data = log.read()
                except OSError:
                    continue
                marks[name] += len(data)
                lines = (rest[name] + data.decode(errors="replace")).split("\n")
                rest[name] = lines.pop()
                for line in lines:
                    stop = self.heard(name, line.strip())
                    if stop:
                        return stop
            if ended:
                status = self.process.returncode
                return f"the emulator ended with status {status}: see emulator.log" if status \
                    else None
            if self.reset_at and time.monotonic() > self.reset_at:
                self.reset()
            if time.monotonic() > deadline:
                return f"time limit of {self.options.timeout} s"
            time.sleep(0.05)

    def heard(self, name, line):
        """Reacts to a line of the guest; returns a reason to stop, or None."""
        if name == "serial.log" and verdict.PANIC in line:
            self.panics += 1
            if self.panics > self.options.panics:
                time.sleep(0.5)
                return "kernel panic"
        if name == "guest.log":
            if self.options.verbose:
                print(f"{time.monotonic() - self.begin:6.2f} {line}", flush=True)
            if line == "LUWATCH-HOST hard-reset":
                self.reset()
            if line.startswith("LUWATCH-HOST reset-after "):
                self.reset_at = time.monotonic() + int(line.split()[-1])
            if line == "LUWATCH-HOST power-cycle":
                return self.power_cycle()
        return None

    def reset(self):
        self.reset_at = None
        self.resets += 1
        self.command("system_reset")

    def power_cycle(self, seconds=20):
        """The guest is about to power off: keeps the emulator, and switches the machine on again."""
        self.command("set-action", shutdown="pause")
        end = time.monotonic() + seconds
        while self.command("query-status")["status"] != "shutdown":
            if time.monotonic() > end:
                return "the guest never powered off"
            time.sleep(0.05)
        self.command("set-action", shutdown="poweroff")
        self.command("system_reset")
        self.command("cont")
        return None

    def command(self, name, **arguments):
        """Sends one command over QMP and returns the answer to it."""
        if not self.qmp:
            link = socket.socket(socket.AF_UNIX)
            link.settimeout(10)
            link.connect(str(self.file("qmp")))
            self.qmp = link.makefile("rw")
            self.qmp.readline()
            self.command("qmp_capabilities")
        self.qmp.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.qmp.flush()
        while True:
            answer = json.loads(self.qmp.readline())
            if "error" in answer:
                raise RuntimeError(f"{name}: {answer['error']}")
            if "return" in answer:
                return answer["return"]
