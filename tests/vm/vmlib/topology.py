# SPDX-License-Identifier: GPL-2.0-or-later
"""The devices of the test machine, at addresses that never change.

Scenarios name devices by requester ID, so the table below is an interface: rows are added, never
moved. The guest gets it as /etc/topology, the README shows it (`machine --topology`).
"""

from collections import namedtuple

Device = namedtuple("Device", "rid name driver place text")

# rid: what the guest sees. place: where the emulator puts it (bus id, addr); bus numbers follow
# from the order of the root ports, because firmware numbers buses depth first.
DEVICES = (
    Device("0000:00:03.0", "edu-a", "edu", "pcie.0:3.0", "DMA source on the root bus"),
    Device("0000:00:04.0", "edu-b", "edu", "pcie.0:4.0", "DMA source on the root bus"),
    Device("0000:00:05.0", "port-1", "pcie-root-port,id=port1,chassis=1", "pcie.0:5.0",
           "root port of bus 01"),
    Device("0000:01:00.0", "edu-c", "edu", "port1:0.0", "DMA source, alone on its bus"),
    Device("0000:00:06.0", "port-2", "pcie-root-port,id=port2,chassis=2", "pcie.0:6.0",
           "root port of bus 02"),
    Device("0000:02:00.0", "edu-d", "edu,multifunction=on", "port2:0.0",
           "DMA source, function 0 of two"),
    Device("0000:02:00.1", "edu-e", "edu", "port2:0.1", "DMA source, function 1 of two"),
    Device("0000:00:07.0", "port-3", "pcie-root-port,id=port3,chassis=3", "pcie.0:7.0",
           "root port of bus 03"),
    Device("0000:03:00.0", "bridge", "pcie-pci-bridge,id=bridge", "port3:0.0",
           "PCIe-to-PCI bridge to bus 04: requests behind it carry the alias 04:00.0"),
    Device("0000:04:01.0", "edu-f", "edu", "bridge:1.0",
           "DMA source with the DMA alias 04:00.0, same group as edu-g"),
    Device("0000:04:02.0", "edu-g", "edu", "bridge:2.0",
           "DMA source with the DMA alias 04:00.0, same group as edu-f"),
    Device("0000:00:08.0", "storm", "e1000", "pcie.0:8.0",
           "NIC without driver or network: one fault per doorbell (e1000-storm)"),
    Device("0000:00:09.0", "nic", "e1000e", "pcie.0:9.0", "PCIe NIC without driver or network"),
    Device("0000:00:0a.0", "disk-root", "virtio-blk-pci,drive=root,serial=root", "pcie.0:a.0",
           "read-only root disk; bypasses the IOMMU"),
    Device("0000:00:0b.0", "disk-persist", "virtio-blk-pci,drive=persist,serial=persist",
           "pcie.0:b.0", "/persist; bypasses the IOMMU"),
)


def arguments():
    """The emulator's -device arguments, in an order in which every bus exists before its use."""
    words = []
    for device in DEVICES:
        bus, _, addr = device.place.partition(":")
        words += ["-device", f"{device.driver},bus={bus},addr=0x{addr}"]
    return words


VIRTUAL_FUNCTIONS = 127     # of one of the emulator's NVMe controllers


def ports(number, reserve):
    """Arguments of root ports more0, more1, … with firmware's reservation for the bus of each."""
    return [word for n in range(number) for word in (
        "-device", f"pcie-root-port,id=more{n},chassis={100 + n},bus=pcie.0,io-reserve=0,{reserve},"
        f"multifunction=on,addr={0x10 + n // 8:#x}.{n % 8}")]


def controllers(number):
    """Arguments of that many NVMe controllers, each on a bus of its own with its virtual functions."""
    words = ports(number, "mem-reserve=4M,pref64-reserve=4M")
    for n in range(number):
        words += ["-device", f"nvme-subsys,id=subsystem{n}",
                  "-device", f"nvme,serial=more{n},subsys=subsystem{n},bus=more{n},addr=0x0,"
                  f"sriov_max_vfs={VIRTUAL_FUNCTIONS},max_ioqpairs={2 * VIRTUAL_FUNCTIONS + 2},"
                  f"msix_qsize={VIRTUAL_FUNCTIONS + 2},sriov_vq_flexible={2 * VIRTUAL_FUNCTIONS},"
                  f"sriov_vi_flexible={VIRTUAL_FUNCTIONS}"]
    return words


def text():
    """One line per device: rid, name, what it is."""
    return "".join(f"{d.rid} {d.name} {d.text}\n" for d in DEVICES)


def markdown():
    rows = ["| rid | name | emulated as | what |", "|---|---|---|---|"]
    rows += [f"| {d.rid} | {d.name} | {d.driver.partition(',')[0]} | {d.text} |" for d in DEVICES]
    return "\n".join(rows) + "\n"
