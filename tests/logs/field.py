# SPDX-License-Identifier: GPL-2.0-or-later
"""Logs as the field sends them: shapes seen in reports, mails, trackers and exports, with made-up
values. Each row: name, text, the right answer (faults, callbacks suppressed, exit code)."""

import base64
import json
import zlib

R = "[DMA Read NO_PASID] Request device [03:00.0] fault addr 0x1000 [fault reason 0x06] PTE Read access is not set"
W = "[DMA Write NO_PASID] Request device [00:1a.0] fault addr 0x2000 [fault reason 0x05] PTE Write access is not set"
OLD = "[DMA Write] Request device [00:14.0] PASID ffffffff fault addr 3000 [fault reason 05] PTE Write access is not set"
STAMPED = f"[   12.345678] DMAR: DRHD: handling fault status reg 3\n[   12.345690] DMAR: {R}\n"
READ = ("0000:03:00.0", "read", 6, "0x1000", None)
WRITE = ("0000:00:1a.0", "write", 5, "0x2000", None)
WRITE_OLD = ("0000:00:14.0", "write", 5, "0x3000", None)
SM = ("0000:20:00.0", "write", 0x71, "0x1234600000", None)


def apport():
    """A value in base64: the gzip header, then the deflated rest, each a line of its own."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(STAMPED.encode()) + packer.flush()
    end = zlib.crc32(STAMPED.encode()).to_bytes(4, "little") + len(STAMPED).to_bytes(4, "little")
    head = b"\037\213\010\010\0\0\0\0\002\377CurrentDmesg\0"
    return ("ProblemType: Bug\nCurrentDmesg: base64\n " + base64.b64encode(head).decode() + "\n " +
            base64.b64encode(body + end).decode() + "\nDistroRelease: Ubuntu 26.04\n")


def format_hex(text):
    data = text.encode()
    return "".join(f"{at:08X}   {data[at:at + 16].hex(' ').upper():47}  "
                   f"{''.join(chr(b) if 32 <= b < 127 else '.' for b in data[at:at + 16])}\n"
                   for at in range(0, len(data), 16))


def tcpdump(text):
    data = text.encode()
    return "".join(f"\t0x{at:04x}:  {data[at:at + 16].hex(' ', -2):39}  "
                   f"{''.join(chr(b) if 32 <= b < 127 else '.' for b in data[at:at + 16])}\n"
                   for at in range(0, len(data), 16))


def wireshark(text):
    data = text.encode()
    return "".join(f"{at:04x}   {data[at:at + 16].hex(' '):47}   "
                   f"{''.join(chr(b) if 32 <= b < 127 else '.' for b in data[at:at + 16])}\n"
                   for at in range(0, len(data), 16))


SHAPES = [
    ("fenced", f"It says:\n\n```text\nDMAR: {R}\n```\n\nand hangs.\n", [READ], 0, 0),
    ("two-addresses", "DMAR: [DMA Write NO_PASID] Request device [01:00.0] fault addr 0x0 / 0x1000 [fault reason 0x05] "
     "PTE Write access is not set\n", [], 0, 3),
    ("quotes-of-all-depths", ">>>>>>>>>>> Kernel only says:\n>>>>>>>>>>>\n>>>>>>>>>>> DMAR: [DMA Write NO_PASID] "
     "Request device [20:00.0] fault\n>>>> addr\n>>>>>>>>> 0x1234600000\n>>>>>>>>>>> [fault reason 0x71] SM: Present bit "
     "in first-level paging entry is\n>>>>> clear\n", [SM], 0, 0),
    ("spaced-quotes", f"> > [root@host ~]# echo > /dev/ttyS4\n> > [  979.463307] DMAR: DRHD: handling fault status reg 3"
     f"\n> > [  979.469409] DMAR: {W}\n> > \n", [WRITE], 0, 0),
    ("soft-break-in-word", "[23560.951863] DMAR: DRHD: handling fault status reg 2\n[23560.957541] DMAR: [DMA Write NO_PASID] "
     "Request device [20:00.0] fault ad=\ndr\n0x1234600000 [fault reason 0x71] SM: Present bit in\nfirst-level paging entry\n",
     [SM], 0, 0),
    ("reason-below", "DMAR: DRHD: handling fault status reg 3\nDMAR: [DMA Write NO_PASID] Request device [00:1a.0] fault addr "
     "0x2000\n[fault reason 0x05] PTE Write access is not set\n", [WRITE], 0, 0),
    ("clock-and-indent", "00:08:19  DMAR: DRHD: handling fault status reg 2\n00:08:19  DMAR: [DMA Write NO_PASID] Request device "
     "[20:00.0]\n           fault addr 0x1234600000 [fault reason 0x71]\n           SM: Present bit in first-level paging "
     "entry is clear\n           ... (no further lines)\n", [SM], 0, 0),
    ("quotes-and-soft-break", "> >> >> > DMAR: [DMA Write NO_PASID] Request device [20:00.0] fault addr\n> >> >> >0x1234600000\n"
     "> >> >> > [fault reason 0x71] SM: Present bit in first-level paging entry i=\ns clear\n", [SM], 0, 0),
    ("suppressed", f"[Mon Jun 10 00:14:04 2024] dmar_fault: 2930 callbacks suppressed\n[Mon Jun 10 00:14:04 2024] DMAR: DRHD: "
     f"handling fault status reg 3\n[Mon Jun 10 00:14:04 2024] DMAR: {W}\n", [WRITE], 2930, 0),
    ("typed-small-read", "DMAR: DMAR:[DMA read] Request device [5e:00.0]fault addr fffff000\n", [], 0, 3),
    ("typed-no-blank", "```DMAR:[DMA READ] Request device[00:02.0] fault addr 1fc00000```\n", [], 0, 3),
    ("comment-in-source", "\t/* Output:\n\t * kernel: [ 2892.897750] DMAR:[DMA Read] Request device [04:00.0] fault addr fde00000\n"
     "\t * kernel: [ 2892.897751] DMAR:[fault reason 12] non-zero reserved fields in PTE\n\t */\n", [], 0, 3),
    ("xen-wrapped", "(XEN) printk: 26235 messages suppressed.\n(XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:02.0] fault "
     "addr\n8e43c000, iommu reg = ffff82c00021d000\n", [], 0, 3),
    ("forum-old", "```\nDMAR: DRHD: handling fault status reg 2\n[   20.210640] DMAR: DMAR:[DMA Read] Request device [03:00.0] "
     "fault addr 1000 \n               DMAR:[fault reason 06] PTE Read access is not set\n\n```\n", [READ], 0, 0),
    ("release-notes", "**Implication**:\n   Errors:\n\n      dmar: DRHD: handling fault status reg 2\n      dmar: DMAR:[DMA Read] "
     "Request device [03:00.0] fault addr 1000\n      DMAR:[fault reason 06] PTE Read access is not set\n\n**Workaround**:\n",
     [READ], 0, 0),
    ("anonymous", "dmar: DMAR:[DMA Read] Request device [xx:xx.x] fault addr 2affde000\nDMAR:[fault reason 06] PTE Read access is "
     "not set\n", [], 0, 3),
    ("quoted-indent", "> DMAR: DRHD: handling fault status reg 3\n> DMAR: [DMA Write] Request device [00:14.0] PASID ffffffff\n"
     ">       fault addr 3000 [fault reason 05] PTE Write access is not set\n> \n", [WRITE_OLD], 0, 0),
    ("comment-of-status", "    kernelParams = [\n      # DMAR: DRHD: handling fault status reg 2\n      \"intel_iommu=off\"\n    ];\n",
     [], 0, 3),
    ("status-alone", "Feb 01 15:38:31 host kernel: DMAR: DRHD: handling fault status reg 400\nFeb 01 15:38:31 host kernel: DMAR-IR: "
     "IRQ remapping was enabled on dmar1 b=\nut we are not in kdump mode\n", [], 0, 3),
    ("interrupt-wrapped", ">>> [ 1414.206069] DMAR: DRHD: handling fault status reg 2\n>>> [ 1414.206081] DMAR: [INTR-REMAP] Request "
     "device [02:00.0] fault index\n>>> 0x0 [fault reason 0x25] Blocked a compatibility format interrupt\n>>> request\n",
     [("0000:02:00.0", "interrupt", 0x25, "0x0", None)], 0, 0),
    ("interrupt-0x", "> >   DMAR: [INTR-REMAP] Request device [0xe2:0x00.0] fault index 0xa00 [fault reason 0x25] Blocked a "
     "compatibility format interrupt request\n> >\n", [("0000:e2:00.0", "interrupt", 0x25, "0xa00", None)], 0, 0),
    ("interrupt-typed", "> DRHD: handling fault status reg 502\n> INTR-REMAP: Request device[[42:00.1] fault index b0\n> INTR-REMAP:[] "
     "Present field in the IRTE entry is clear\n", [], 0, 3),
    ("monotonic-no-host", f"[    0.938401] kernel: DMAR: {R}\n", [READ], 0, 0),
    ("blank-template", "`DMAR: [DMA Write] Request Device [  :  :  .  ] fault addr`\n`DMAR: [fault reason 05] PTE Write access is not "
     "set`\n", [], 0, 3),
    ("filter", "ignore_str=\"$ignore_str\"'|DMAR: \\[DMA Read .*\\] Request device'\n", [], 0, 3),
    ("source", "\tpr_err(\"[INTR-REMAP] Request device [%02x:%02x.%d] fault index 0x%llx [fault reason 0x%02x] %s\\n\",\n", [], 0, 3),
    ("changelog", "fix dmar pte write access is not set error\n", [], 0, 1),
    ("bar", f"| DMAR: {OLD}\n", [WRITE_OLD], 0, 0),
    ("checkpatch", f"-:18: WARNING:COMMIT_LOG_LONG_LINE: Possible unwrapped commit description\n#18: \n DMAR: {OLD}\n\ntotal: 0 errors\n",
     [WRITE_OLD], 0, 0),
    ("old-wrapped-oops", "dmar_fault: 44 callbacks suppressed\nDRHD: handling fault status reg 3\nDMAR: [DMA Write] Request device [00:14.0] "
     "PASID ffffffff fault addr 3000 \n[fault reason 05] PTE Write access is not set\nxhci_hcd 0000:00:14.0: WARN Cannot submit\n",
     [WRITE_OLD], 44, 0),
    ("chat-export", json.dumps([{"type": "message", "user": "U1", "ts": "1795341600.000100", "text": f"```{STAMPED}```"}]), [READ], 0, 0),
    ("tracker-api", json.dumps({"number": 1, "body": f"```\r\n{STAMPED}```\r\n".replace("\n", "\r\n")}), [READ], 0, 0),
    ("html-nbsp", "<div>" + STAMPED.strip().replace(" ", "&nbsp;").replace("\n", "</div><div>") + "</div>", [READ], 0, 0),
    ("tracker-xml", f"<bug><thetext>{STAMPED}&gt; and then\n</thetext></bug>\n", [READ], 0, 0),
    ("forum-html", f'<pre><code class="lang-auto">{STAMPED}</code></pre>\n', [READ], 0, 0),
    ("apport", "ProblemType: Bug\nCurrentDmesg:\n " + STAMPED.replace("\n", "\n ") + "\nDistroRelease: Ubuntu 26.04\n", [READ], 0, 0),
    ("apport-base64", apport(), [READ], 0, 0),
    ("events-yaml", f"- message: 'DMAR: {R}'\n  reason: KernelOops\n", [READ], 0, 0),
    ("alert", f"description = dmesg: [   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("nagios", f"CRITICAL - [   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("logwatch", f" WARNING:  Kernel Errors Present\n    DMAR: {R}:  3 Time(s)\n", [READ] * 3, 0, 0),
    ("iso-precise", f"2026-11-22T10:00:00.123456+0100 host kernel: DMAR: {R}\n", [READ], 0, 0),
    ("two-blanks", f"2026-11-22T10:00:00+01:00 host kernel:  [   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("source-at-host", f"Nov 22 10:00:00 s_net@host kernel: [   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("no-colon", f"Nov 22 10:00:00 host kernel [   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("csv-cloud", f'Date,Host,Service,Message\n2026-11-22T10:00:00.000Z,host,kernel,"[   12.345690] DMAR: {R}"\n', [READ], 0, 0),
    ("csv-kibana", f'"@timestamp",message\n"Nov 22, 2026 @ 10:00:00.000","[   12.345690] DMAR: {R}"\n', [READ], 0, 0),
    ("epoch-tab", f"1795341600000\t[   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("table", f"|  1 | 11/22/2026 10:00:00 | DMAR: {R} |\n", [READ], 0, 0),
    ("console-clock", f"[11-22 10:00:00] [   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("ci-stamp", f"[2026-11-22T10:00:00.123Z] [   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("ci-long-stamp", f"\ufeff2026-11-22T10:00:00.1234567Z [   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("ci-stream", f"2026-11-22T10:00:00.123456Z 01O [   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("ci-escape", f"\x1b_bk;t=1795341600000\a[   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("cast", '{"version": 2, "width": 80, "height": 24}\n' + json.dumps([1.5, "o", STAMPED.replace("\n", "\r\n")]) + "\n", [READ], 0, 0),
    ("screen", "".join(f"{line:<140}\n" for line in STAMPED.splitlines()), [READ], 0, 0),
    ("read-by-machine", "DMAR: [DMA Read NO PASID] Request device [03:00.0] fault addr 0x1000 [fault reason 0x06]\n", [], 0, 3),
    ("format-hex", "           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n\n" + format_hex(STAMPED), [READ], 0, 0),
    ("tcpdump", "10:00:00.000000 IP 192.0.2.7.6665 > 192.0.2.1.6666: UDP, length 150\n" + tcpdump(STAMPED), [READ], 0, 0),
    ("wireshark", wireshark(STAMPED), [READ], 0, 0),
    ("yaml-base64", "data:\n  dmesg: |\n" + "".join(f"    {line}\n" for line in base64.encodebytes(STAMPED.encode()).decode().split()),
     [READ], 0, 0),
    ("yaml-base64-inline", "data:\n  dmesg: " + base64.b64encode(STAMPED.encode()).decode() + "\n", [READ], 0, 0),
    ("shell-quoted", STAMPED.replace("\\", "\\\\").replace(" ", "\\ ").replace("[", "\\[").replace("]", "\\]"), [READ], 0, 0),
    ("shell-dollar", "$'" + STAMPED.replace("\n", "\\n") + "'\n", [READ], 0, 0),
    ("sql", f"INSERT INTO log VALUES (1,'[   12.345690] DMAR: {R}'),(2,'x');\n", [READ], 0, 0),
    ("side-by-side", f"[   12.345690] DMAR: {R}\t|\t[   13.345690] DMAR: {W}\n", [READ, WRITE], 0, 0),
    ("watch", f"Every 2.0s: dmesg | grep DMAR        host: Sun Nov 22 10:00:00 2026\n\n{STAMPED}", [READ], 0, 0),
    ("cut-by-pager", f"[   12.345690] DMAR: {R[:60]}>\n", [], 0, 3),
    ("dictionary", f"3,812,12345690,-;DMAR: {R}\n SUBSYSTEM=pci\n DEVICE=+pci:0000:03:00.0\n", [READ], 0, 0),
    ("caller-and-date", f"[Sun Nov 22 10:00:00 2026] [    T123] DMAR: {R}\n", [READ], 0, 0),
    ("zeroes-in-front", f"[0000012.345690] DMAR: {R}\n", [READ], 0, 0),
    ("full-width", STAMPED.replace("[", "\uff3b").replace("]", "\uff3d"), [READ], 0, 0),
    ("url-fragment", "https://paste.invalid/?q=" + STAMPED.replace(" ", "%20").replace("[", "%5B").replace("]", "%5D").replace("\n", "%0A"),
     [READ], 0, 0),
]
