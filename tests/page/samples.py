# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports for the tests of the page: those the text report is tested with, a violation with every
state and kind of fault, hosts of any size, and reports that want to be run instead of read.
"""
import copy
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
REPORTS = os.path.join(HERE, "..", "unit", "reports")
STATES = ["kept", "cleared", "leaked", "lost", "altered", "appeared", "unreachable", "unknown"]

# What must come out as text: markup that ends every context it may stand in, terminal sequences,
# characters that hide or turn the reading direction, and a name every object has.
ATTACKS = [
    "<script>window.owned = 1</script>",
    "</script><script>window.owned = 1</script>",
    "</script/x></title/x></style x><script>window.owned = 1</script >",
    "<!--<script>",
    "]]>--></style></title></table><img src=x onerror='window.owned=1'>",
    "\"' onfocus=window.owned=1 autofocus x=\"",
    "javascript:window.owned=1",
    "&lt;b&gt;&amp;",
    "\u202eNAELC\u202c \u2066x\u2069 \u200bzero\ufeff",
    "\x1b[2J\x07\x9b\r\n\u2028CLEAN",
    "__proto__",
    "@@DATA@@ %s %n",
]


def load(name):
    with open(os.path.join(REPORTS, name + ".json"), encoding="utf-8") as file:
        return json.load(file)


def rid(number):
    return f"{number >> 16:04x}:{number >> 8 & 255:02x}:{number >> 3 & 31:02x}.{number & 7}"


def entry(number, unit, state, device=None, note=None):
    was = None if state in ("appeared",) else {"lo": hex(0x100000000 + number * 4096 + 1),
                                               "hi": "0x102"}
    stays = state in ("kept", "leaked", "appeared", "unreachable", "altered")
    now = {"lo": hex(0x200000000 + number * 4096 + 1), "hi": "0x103"} \
        if state in ("altered", "appeared") else was
    if state == "cleared":
        was = None
    return {
        "rid": rid(number), "iommu": unit, "state": state,
        "preserved": state in ("kept", "lost", "altered"), "contested": None, "before": was,
        "after": now if stays else None, "device": device, "note": note,
        "present": {"before": state != "appeared", "after": stays},
    }


def fault(number, window, kind, count, first=None, last=None, reason=2, device=None):
    words = {2: "context entry not present", 5: "no write permission", 6: "no read permission"}
    return {
        "rid": rid(number), "segment_known": True, "reason": reason, "reason_text": words[reason],
        "type": "write", "address": hex(0x7f000000 + number * 4096), "pasid": None,
        "window": window, "class": kind, "count": count, "first": first, "last": last or first,
        "source": "log", "device": device,
    }


def totals(report):
    report["entry_states"] = {state: 0 for state in STATES}
    for one in report["entries"]:
        report["entry_states"][one["state"]] += 1
    return report


def unit(name, index, state="translating"):
    return {
        "name": name, "reg_phys": hex(0xfed90000 + index * 4096), "segment": 0,
        "mode": "legacy", "state": state, "tables": 8, "tables_after": 3,
        "entries": {"before": None, "after": None},
        "translation": {"before": True, "after": state == "translating"},
        "invalidations": [],
    }


def hypervisor(bad):
    """A host with virtual functions, two ports of which are preserved; BAD: it went wrong."""
    report = copy.deepcopy(load("violation" if bad else "clean"))
    nic, vf = "Mellanox MT2892 Family [ConnectX-6 Dx]", "Mellanox ConnectX Family mlx5Gen VF"
    drive, odd = "Samsung NVMe SSD Controller PM9A3", "Intel QuickData Technology"
    units = [unit("dmar0", 0, "off"), unit("dmar1", 1), unit("dmar2", 2)]
    entries = [entry(d << 3, "dmar0", "cleared", odd) for d in (0, 1, 2, 4, 5)]
    entries += [entry(0x00f8 + f, "dmar0", "cleared", "Intel C620 Series Chipset") for f in (0, 2, 4, 5)]
    entries += [entry(0x0200 + f, "dmar0", "cleared", "ASPEED Graphics") for f in (0,)]
    for bus in (0x17, 0x18):
        entries += [entry((bus << 8) + f, "dmar1", "kept", nic) for f in (0, 1)]
        entries += [entry((bus << 8) + f, "dmar1", "kept", vf) for f in range(2, 66)]
        entries += [entry((bus << 8) + f, "dmar1", "cleared", vf) for f in range(66, 98)]
    entries += [entry(0x1900 + 8 * d, "dmar1", "cleared", drive) for d in range(0, 4)]
    for bus in range(0x5e, 0x62):
        entries += [entry((bus << 8), "dmar2", "cleared", drive)]
    entries += [entry(0x6300 + f, "dmar2", "kept", "NVIDIA GA100 [A100 PCIe 80GB]") for f in range(0, 17)]
    faults = [fault(0x6000, "early-boot", "parked", 3, "2026-10-03T02:11:43.104Z",
                    "2026-10-03T02:11:43.980Z", device=drive),
              fault(0x1803, "after", "guest", 118, "2026-10-03T02:12:30Z", "2026-10-03T02:41:00Z",
                    reason=6, device=vf),
              fault(0x00fa, "before", "ordinary", 2, "2026-10-02T20:40:07Z", reason=5,
                    device="Intel C620 Series Chipset")]
    if bad:
        for one in entries:
            if one["rid"] == "0000:19:02.0":
                one.update(entry(0x1910, "dmar1", "leaked", drive))
            if one["rid"] in ("0000:17:02.3", "0000:17:02.4"):
                one.update(entry(0x1713 if one["rid"].endswith("3") else 0x1714, "dmar1", "lost", vf))
            if one["rid"] == "0000:63:01.2":
                one.update(entry(0x630a, "dmar2", "altered", one["device"],
                                 "the domain id is another"))
            if one["rid"] == "0000:61:00.0":
                one.update(entry(0x6100, "dmar2", "unreachable", drive,
                                 "the root entry above it was cleared"))
        faults = [fault(0x1713, "blackout", "broken", 12, device=vf),
                  fault(0x1714, "blackout", "broken", 4, "2026-10-03T02:11:41.120Z", device=vf),
                  fault(0x1713, "early-boot", "broken", 31, "2026-10-03T02:11:42.700Z", device=vf),
                  fault(0x1910, "early-boot", "leak-hit", 1, "2026-10-03T02:11:44.020Z", reason=5,
                        device=drive)] + faults
        report["headline"] = ("VIOLATION: 1 entry leaked, 2 preserved entries lost, 1 altered, "
                              "2 devices broken")
        first = report["findings"][0]
        report["findings"] = [
            dict(report["findings"][1], subject="0000:19:02.0"),
            dict(first, subject="0000:17:02.3"), dict(first, subject="0000:17:02.4"),
            dict(first, subject="0000:63:01.2", evidence="records 119 and 188",
                 message="The context entry of this preserved device has another domain id than "
                         "before: it translates with page tables that are not its own.",
                 action="Pause its guest before anything else, then reset the device."),
            dict(report["findings"][2], subject="0000:17:02.3",
                 message="43 accesses of this preserved device were blocked because its context "
                         "entry is not present."),
        ] + report["findings"][3:4]
        report["invariants"]["I1"]["reason"] = "1 of 56 entries that had to be cleared stayed"
        report["invariants"]["I2"]["reason"] = "2 preserved entries are gone, 1 is altered"
        report["invariants"]["I10"]["reason"] = "47 faults of class broken, 1 of class leak-hit"
    for one in units:
        mine = [e["present"] for e in entries if e["iommu"] == one["name"]]
        one["entries"] = {when: sum(e[when] for e in mine) for when in ("before", "after")}
    report.update(iommus=units, entries=entries, faults=faults)
    if not bad:
        report["headline"] = f"CLEAN: {sum(e['state'] == 'kept' for e in entries)} devices kept, " \
            f"{sum(e['state'] == 'cleared' for e in entries)} cleared, 1 device still did DMA"
    kept = [one["rid"] for one in entries if one["preserved"]]
    report["sets"] = {"declared": kept, "marked": kept, "kept":
                      [one["rid"] for one in entries if one["state"] in ("kept", "altered")],
                      "preserved_by": "marked"}
    report["time"].update(armed="2026-10-02T08:30:00Z", shutdown="2026-10-03T02:11:40.518Z",
                          collected="2026-10-03T02:11:47Z", shutdown_path_ns=41200000,
                          blackout_ms=1843, watched_s=3600, watch_period_s=3600)
    report["attempts"] = [{"number": 1, "records": 212, "started": "2026-10-03T02:11:40.310Z",
                           "result": 0, "comm": "kexec", "pid": 4188, "aborted": False}]
    return totals(report)


def long_names():
    """As hypervisor(True), with the longest names there are, some without a blank to break at."""
    report = hypervisor(True)
    maker = "Broadcom Inc. and subsidiaries BCM57508 NetXtreme-E 10Gb/25Gb/40Gb/50Gb/100Gb/200Gb Ethernet"
    for i, one in enumerate(report["entries"] + report["faults"]):
        one["device"] = f"{maker} Virtual Function" if i % 2 else \
            f"{maker}_with_a_PCIe_Gen5_x16_OCP3.0_adapter_whose_name_has_no_blank_in_it_at_all"
    report["hostname"] = "h" * 60 + ".rack-12.row-7.example.internal"
    return report


def sized(count):
    """COUNT entries, densely packed from bus 0 on, on one to eight units; every state occurs."""
    report = copy.deepcopy(load("violation"))
    units = max(1, min(8, count // 256))
    report["iommus"] = [unit(f"dmar{i}", i) for i in range(units)]
    report["entries"] = []
    for number in range(count):
        state = "kept" if number % 3 == 0 else "cleared"
        if number % 97 == 5:
            state = STATES[2 + number // 97 % 6]
        report["entries"].append(entry(number, f"dmar{number * units // count}", state,
                                       f"Device model {number % 50}"))
    report["faults"] = [fault(number, window, "ordinary", 1 + number % 7,
                              f"2026-10-03T02:11:{42 + number % 17:02d}.{number % 1000:03d}Z")
                        for number, window in
                        ((n * 61 % count, "early-boot") for n in range(min(count, 500)))]
    return totals(report)


def crowded():
    """As much as a timeline can have to write: long releases, classes nobody knows, faults at all times, whose counts
    are long, and moments that come close upon each other."""
    report = sized(4096)
    for which in ("old", "new"):
        report["kernel"][which] = "6.12.117-0.deb12-amd64-of-a-customer-with-a-long-name"
    for number, one in enumerate(report["faults"]):
        one["count"] = 10 ** (number % 8)
        one["class"] = ("WWWWWWWWWWWWWWWWWWWWWWWW", "ordinary", "a-class-of-a-later-release")[number % 3]
        one["window"] = ("before", "blackout", "after")[number % 7 % 3]
    return totals(report)


def hostile(attack):
    """ATTACK in every text of a report, keys included."""
    def poison(value):
        if isinstance(value, dict):
            return {key: poison(one) for key, one in value.items()}
        if isinstance(value, list):
            return [poison(one) for one in value]
        return attack if isinstance(value, str) else value

    report = load("violation")
    clean = poison(report)
    for key in ("schema", "id", "verdict"):
        clean[key] = report[key]
    clean["labels"] = {attack or "x": attack}
    clean["invariants"][attack or "x"] = {"result": attack, "reason": attack}
    clean["losses"][attack or "x"] = 3
    for i, one in enumerate(clean["entries"]):
        one["rid"] = report["entries"][i]["rid"] if i % 2 else attack
        one["iommu"] = report["entries"][i]["iommu"] if i % 3 else attack
    clean["headline"] = "VIOLATION: " + attack
    return clean


def page(luwatch, report, folder, name):
    """Stores REPORT, has luwatch write its page; returns the path and the exit code."""
    report = dict(report)
    if not (isinstance(report.get("id"), str) and len(report["id"]) == 32):
        report["id"] = "0123456789abcdef0123456789abcdef"
    state = os.path.join(folder, "state-" + name)
    target = os.path.join(state, "handovers", report["id"])
    os.makedirs(target, exist_ok=True)
    with open(os.path.join(target, "report-1.json"), "w", encoding="utf-8") as file:
        json.dump(report, file)
    path = os.path.join(folder, name + ".html")
    done = subprocess.run([luwatch, "report", "--state", state, "--html", path, report["id"]],
                          capture_output=True, text=True)
    if not os.path.exists(path):
        raise RuntimeError(f"no page: exit {done.returncode}, {done.stderr}")
    return path, done.returncode
