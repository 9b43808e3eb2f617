# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults, and how kernels print them: after drivers/iommu/{dmar.c,intel/dmar.c} of each version."""

import random
from dataclasses import dataclass

# Some reasons of each table, with the driver's text.
LEGACY = {1: "Present bit in root entry is clear", 2: "Present bit in context entry is clear",
          5: "PTE Write access is not set", 6: "PTE Read access is not set",
          7: "Next page table ptr is invalid", 12: "non-zero reserved fields in PTE"}
SCALABLE = {0x3a: "SM: Non-zero reserved field set in Root Entry",
            0x51: "SM: Present bit in Directory Entry is clear",
            0x71: "SM: Present bit in first-level paging entry is clear",
            0x79: "SM: Read/Write permission error in second-level paging entry"}
INTERRUPT = {0x22: "Present field in the IRTE entry is clear",
             0x25: "Blocked a compatibility format interrupt request",
             0x26: "Blocked an interrupt request due to source-id verification failure"}
VERSIONS = ("2.6.32", "3.10", "4.2", "4.19", "5.10", "5.15", "6.1", "7.2")


@dataclass(frozen=True)
class Fault:
    segment: int
    bus: int
    device: int
    function: int
    type: str
    reason: int
    address: int
    pasid: int | None

    def expected(self):
        """As `luwatch decode --json` says it."""
        rid = f"{self.segment:04x}:{self.bus:02x}:{self.device:02x}.{self.function}"
        return (rid, self.type, self.reason, f"0x{self.address:x}", self.pasid)


def any_fault(dice: random.Random, version):
    segment = dice.choice((0, 0, 1, 0x10000)) if version == "7.2" else 0
    place = (segment, dice.randrange(256), dice.randrange(32), dice.randrange(8))
    if dice.random() < 0.2:
        return Fault(*place, "interrupt", dice.choice(list(INTERRUPT)), dice.randrange(0x10000), None)
    pasid = None
    reasons = LEGACY
    if version not in ("2.6.32", "3.10", "4.2", "4.19") and dice.random() < 0.4:
        reasons = SCALABLE
        pasid = dice.choice((None, 0, 2, dice.randrange(0x100000)))
    address = dice.choice((0, 0x1000 * dice.randrange(1 << 20), 0x1000 * dice.randrange(1 << 50)))
    return Fault(*place, dice.choice(("read", "write")), dice.choice(list(reasons)), address, pasid)


def words(fault, version):
    """The lines that kernel VERSION prints for FAULT: two before 4.5."""
    text = {**LEGACY, **SCALABLE, **INTERRUPT}[fault.reason]
    old = version in ("2.6.32", "3.10", "4.2")
    new = version in ("5.15", "6.1", "7.2")
    rid = f"{fault.bus:02x}:{fault.device:02x}.{fault.function}"
    if version == "5.15":
        rid = f"0x{fault.bus:02x}:0x{fault.device:02x}.{fault.function}"
    if version == "7.2":
        rid = f"{fault.segment:04x}:{rid}"
    reason = f"[fault reason 0x{fault.reason:02x}]" if new else f"[fault reason {fault.reason:02d}]"
    number = f"0x{fault.address:x}" if new else f"{fault.address:x}"
    label = {"2.6.32": "", "3.10": "dmar: ", "4.2": "DMAR: "}.get(version, "DMAR: ")
    if fault.type == "interrupt":
        if old:
            return [f"{label}INTR-REMAP: Request device [[{rid}] fault index {number}",
                    f"INTR-REMAP:{reason} {text}"]
        return [f"DMAR: [INTR-REMAP] Request device [{rid}] fault index {number} {reason} {text}"]
    kind = "DMA Read" if fault.type == "read" else "DMA Write"
    if old:
        return [f"{label}DMAR:[{kind}] Request device [{rid}] fault addr {number} ",
                f"DMAR:{reason} {text}"]
    if new:
        pasid = "NO_PASID" if fault.pasid is None else f"PASID 0x{fault.pasid:x}"
        return [f"DMAR: [{kind} {pasid}] Request device [{rid}] fault addr {number} {reason} {text}"]
    pasid = 0xffffffff if fault.pasid is None else fault.pasid
    if version == "4.19":
        return [f"DMAR: [{kind}] Request device [{rid}] fault addr {number} {reason} {text}"]
    return [f"DMAR: [{kind}] Request device [{rid}] PASID {pasid:x} fault addr {number} {reason} {text}"]


def status(version):
    return {"2.6.32": "DRHD: handling fault status reg 2",
            "3.10": "dmar: DRHD: handling fault status reg 2"}.get(
                version, "DMAR: DRHD: handling fault status reg 3")


NOISE = ("usb 1-1: new high-speed USB device number 2 using xhci_hcd",
         "IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready",
         "EXT4-fs (sda1): mounted filesystem with ordered data mode. Opts: (null)",
         "audit: type=1400 audit(1700000000.123:12): apparmor=\"STATUS\"",
         "DMAR: Host address width 39")
