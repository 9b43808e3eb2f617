# SPDX-License-Identifier: GPL-2.0-or-later
"""More logs as people send them: consoles, exports, word processors, several hosts, clocks that go back.
Rows as in field.py."""

import base64
import json
import quopri

from field import R, STAMPED, W, READ, WRITE, OLD, WRITE_OLD

STATUS = "DMAR: DRHD: handling fault status reg 3"
FAULT = f"[   12.345690] DMAR: {R}\n"
IR = "DMAR: [INTR-REMAP] Request device [f0:1f.7] fault index 0x1c [fault reason 0x26] Blocked an interrupt request due to " \
     "source-id verification failure"
INTERRUPT = ("0000:f0:1f.7", "interrupt", 0x26, "0x1c", None)
OTHER_TIME = R.replace("0x1000", "0x2000")
READ_2 = ("0000:03:00.0", "read", 6, "0x2000", None)


def times(text, count):
    return "".join(text.format(n=n) for n in range(count))


SHAPES = [
    # Consoles.
    ("minicom", "\n\nWelcome to minicom 2.8\n\nOPTIONS: I18n \nPort /dev/ttyUSB0, 10:00:00\n\nPress CTRL-A Z for help on special keys\n\n\n"
     + STAMPED.replace("\n", "\r\n"), [READ], 0, 0),
    ("typescript", "Script started on 2026-11-22 10:00:00+01:00 [TERM=\"xterm\" TTY=\"/dev/pts/0\" COLUMNS=\"120\" LINES=\"40\"]\n"
     "\x1b]0;root@host: ~\x07\x1b[?2004hroot@host:~# dmesg\r\n\x1b[?2004l\r" + STAMPED.replace("\n", "\r\n") +
     "\x1b[?2004hroot@host:~# \x1b[?2004l\r\r\nexit\r\n\nScript done on 2026-11-22 10:00:09+01:00 [COMMAND_EXIT_CODE=\"0\"]\n", [READ], 0, 0),
    ("typescript-colours", "\x1b[32m[   12.345690] \x1b[0m\x1b[33mDMAR: \x1b[0m\x1b[31m" + R + "\x1b[0m\r\n", [READ], 0, 0),
    ("hardcopy", "".join(f"{line[i:i + 80]:<80}\n" for line in STAMPED.splitlines() for i in range(0, len(line), 80)), [READ], 0, 0),
    ("tmux-pipe", "\x1b[1;24r\x1b[24;1H" + STAMPED.replace("\n", "\x1b[K\r\n") + "\x1b(B\x1b[m", [READ], 0, 0),
    ("screenlog", STAMPED.replace("\n", "\r\r\n") + "\x07", [READ], 0, 0),
    ("sol-banner", "[SOL Session operational.  Use ~? for help]\r\n" + STAMPED.replace("\n", "\r\n") + "~. [terminated ipmitool]\r\n", [READ], 0, 0),
    ("bmc-web", "<textarea readonly>\n" + STAMPED.replace("[", "&#91;").replace("]", "&#93;") + "</textarea>", [READ], 0, 0),
    ("virsh-console", "Connected to domain 'vm1'\nEscape character is ^] (Ctrl + ])\n" + STAMPED, [READ], 0, 0),
    ("proxmox-task", "Nov 22 10:00:00 pve kernel: vmbr0: port 2(tap100i0) entered forwarding state\nNov 22 10:00:01 pve kernel: "
     f"DMAR: {R}\nNov 22 10:00:02 pve pvedaemon[1234]: <root@pam> end task UPID:pve:00000: OK\n", [READ], 0, 0),
    ("expect", "spawn telnet console 7001\r\nTrying 192.0.2.1...\r\nConnected.\r\n" + STAMPED.replace("\n", "\r\n"), [READ], 0, 0),
    ("putty", "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.11.22 10:00:00 =~=~=~=~=~=~=~=~=~=~=~=\r\n" + STAMPED.replace("\n", "\r\n"), [READ], 0, 0),
    ("teraterm", "".join(f"[Sun Nov 22 10:00:00.{n:03d} 2026] {line}\r\n" for n, line in enumerate(STAMPED.splitlines())), [READ], 0, 0),
    ("sercons", "".join(f"2026-11-22 10:00:00.{n:06d} ttyS0 | {line}\n" for n, line in enumerate(STAMPED.splitlines())), [READ], 0, 0),
    ("crash-dmesg-file", "[   12.345690] DMAR: " + R + "\n[   12.400000] Kernel panic - not syncing: Fatal exception\n"
     "[   12.400001] CPU: 3 PID: 0 Comm: swapper/3 Tainted: G S\n[   12.400002] ---[ end Kernel panic - not syncing ]---\n", [READ], 0, 0),
    ("kdump-boot", "[    0.000000] Linux version 6.12.57 (b@h)\n[    0.000000] Command line: elfcorehdr=0x77000000 irqpoll nr_cpus=1\n"
     f"[    1.000000] DMAR: Translation already enabled - trying to copy translation structures\n[    1.100000] {STATUS}\n"
     f"[    1.100002] DMAR: {R}\n", [READ], 0, 0),
    ("pstore-parts", f"Oops#1 Part2\n<3>[   12.345690] DMAR: {R}\nOops#1 Part1\n<0>[   12.500000] Kernel panic\n", [READ], 0, 0),
    ("efi-pstore", f"Panic#2 Part1\n<3>[   12.345690] DMAR: {R}\n<3>[   12.346000] {STATUS}\n", [READ], 0, 0),

    # Collectors and exporters.
    ("ansible-adhoc", f"host1 | CHANGED | rc=0 >>\n{FAULT}host2 | CHANGED | rc=0 >>\n[   12.345691] DMAR: {W}\n", [READ, WRITE], 0, 0),
    ("ansible-oneline", f"host1 | CHANGED | rc=0 | (stdout) [   12.345690] DMAR: {R}\\n[   12.345691] DMAR: {W}\n", [READ, WRITE], 0, 0),
    ("ansible-debug", 'ok: [host1] => {\n    "msg": [\n        "[   12.345690] DMAR: ' + R + '"\n    ]\n}\n', [READ], 0, 0),
    ("salt", "host1:\n    ----------\n    dmesg:\n        [   12.345690] DMAR: " + R + "\n", [READ], 0, 0),
    ("kubectl-logs", f"2026-11-22T10:00:00.123456789Z [   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("stern", f"node-logger-abcde logger [   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("splunk-raw", json.dumps({"preview": False, "result": {"_raw": f"Nov 22 10:00:00 host kernel: DMAR: {R}", "host": "host"}}) + "\n",
     [READ], 0, 0),
    ("elastic-hit", json.dumps({"hits": {"hits": [{"_source": {"message": f"DMAR: {R}", "event": {"original": f"DMAR: {R}"},
                                                              "@timestamp": "2026-11-22T10:00:00Z"}}]}}), [READ], 0, 0),
    ("vector", json.dumps({"file": "/var/log/kern.log", "host": "h", "message": f"Nov 22 10:00:00 h kernel: DMAR: {R}",
                           "timestamp": "2026-11-22T10:00:00Z"}) + "\n", [READ], 0, 0),
    ("fluent-bit", '[0] kmsg.0: [[1795341600.123456, {}], {"priority"=>3, "sequence"=>812, "sec"=>12, "usec"=>345690, "msg"=>"DMAR: ' + R +
     '"}]\n', [READ], 0, 0),
    ("papertrail", f"796743919\t2026-11-22T10:00:00Z\t2026-11-22T10:00:01Z\t1\thost\t192.0.2.1\tKern\tError\tkernel\tDMAR: {R}\n",
     [READ], 0, 0),
    ("cef", f"Nov 22 10:00:00 host CEF:0|V|P|1|100|kernel|3|msg=[   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("gelf-nul", json.dumps({"version": "1.1", "host": "h", "short_message": f"DMAR: {R}", "level": 3}) + "\0", [READ], 0, 0),
    ("logcat-wrapper", f"--------- beginning of kernel\n11-22 10:00:00.123     0     0 E DMAR    : {R}\n", [READ], 0, 0),
    ("logcat-kernel", f"11-22 10:00:00.123     0     0 E [   12.345690] DMAR: {R}\n", [READ], 0, 0),
    ("sosreport-cmd", f"# dmesg -e\n[Nov22 10:00] {STATUS}\n[  +0.000012] DMAR: {R}\n", [READ], 0, 0),
    ("supportconfig", "#==[ Command ]======================================#\n# /bin/dmesg\n" + STAMPED +
     "\n#==[ Log File ]=====================================#\n# /var/log/warn - Last 500 Lines\n", [READ], 0, 0),
    ("abrt-backtrace", f"reason:         DMAR: {R}\ntime:           Sun Nov 22 10:00:00 2026\n", [READ], 0, 0),
    ("reportbug", "-- Package-specific info:\n** Kernel log:\n" + STAMPED + "\n** Model information\n", [READ], 0, 0),
    ("inxi", f"Logs:\n  Message: DMAR: {R}\n", [READ], 0, 0),
    ("systemd-cat", "-- Logs begin at Sun 2026-11-01, end at Sun 2026-11-22. --\n" + f"Nov 22 10:00:00 host kernel: DMAR: {R}\n",
     [READ], 0, 0),
    ("journal-with-unit", f"Nov 22 10:00:00 host kernel[0]: DMAR: {R}\n", [READ], 0, 0),
    ("powershell-object", f"TimeGenerated : 22.11.2026 10:00:00\nMessage       : DMAR: {R}\n", [READ], 0, 0),
    ("rest-of-mail", b"".join([b"Content-Transfer-Encoding: quoted-printable\n\n", quopri.encodestring(STAMPED.encode())]).decode(),
     [READ], 0, 0),

    # Word processors, forums, translators.
    ("smart-quotes", f"The log says \u201c[   12.345690] DMAR: {R}\u201d and then nothing.\n", [READ], 0, 0),
    ("guillemets", f"Le noyau dit \u00ab DMAR: {R} \u00bb.\n", [READ], 0, 0),
    ("german-quotes", f"\u201eDMAR: {R}\u201c\n", [READ], 0, 0),
    ("soft-hyphens", STAMPED.replace("fault", "fa\u00adult"), [READ], 0, 0),
    ("dash", STAMPED.replace(" [", " \u2013 [", 1), [READ], 0, 0),
    ("ellipsis", f"[   12.345690] DMAR: {R[:70]}\u2026\n", [], 0, 3),
    ("ideographic", STAMPED.replace(" ", "\u3000"), [READ], 0, 0),
    ("bullet", f"\u2022 DMAR: {R}\n\u2022 DMAR: {W}\n", [READ, WRITE], 0, 0),
    ("numbered", f"1. DMAR: {R}\n2. DMAR: {W}\n", [READ, WRITE], 0, 0),
    ("bbcode", f"[CODE]{STAMPED}[/CODE]\n", [READ], 0, 0),
    ("bbcode-colour", f"[B][COLOR=red][   12.345690] DMAR: {R}[/COLOR][/B]\n", [READ], 0, 0),
    ("markdown-bold", f"**DMAR: {R}**\n", [READ], 0, 0),
    ("confluence", "{noformat}\n" + STAMPED + "{noformat}\n", [READ], 0, 0),
    ("asciidoc", "----\n" + STAMPED + "----\n", [READ], 0, 0),
    ("latex", "\\begin{verbatim}\n" + STAMPED + "\\end{verbatim}\n", [READ], 0, 0),
    ("latex-escaped", STAMPED.replace("_", "\\_"), [READ], 0, 0),
    ("email-format-flowed", STAMPED.replace(" fault addr", " \nfault addr"), [READ], 0, 0),
    ("email-non-ascii-qp", quopri.encodestring(("gr\u00fc\u00dfe\n" + STAMPED).encode()).decode(), [READ], 0, 0),
    ("twitter-thread", f"1/3 DMAR: {R[:64]}\n2/3 {R[64:]}\n", [READ], 0, 0),
    ("ocr-zero", FAULT.replace("0x", "Ox"), [], 0, 3),
    ("ocr-l", FAULT.replace("fault", "fau1t"), [], 0, 3),
    ("ocr-bracket", FAULT.replace("[03:00.0]", "(03:00.0)"), [], 0, 3),
    ("redacted", FAULT.replace("03:00.0", "XX:XX.X"), [], 0, 3),
    ("redacted-address", FAULT.replace("0x1000", "0x<redacted>"), [], 0, 3),

    # The same twice, several hosts, times that go back, years that miss.
    ("same-stamp-twice", FAULT + FAULT, [READ, READ], 0, 0),
    ("same-words-later", FAULT + FAULT.replace("12.345690", "13.345690"), [READ, READ], 0, 0),
    ("no-stamp-twice", f"DMAR: {R}\nDMAR: {R}\n", [READ, READ], 0, 0),
    ("two-hosts-same-stamp", f"Nov 22 10:00:00 one kernel: [   12.345690] DMAR: {R}\nNov 22 10:00:00 two kernel: [   12.345690] DMAR: {R}\n",
     [READ, READ], 0, 0),
    ("two-boots-same-stamp", f"[    0.000000] Linux version 6.12 (a)\n{FAULT}[    0.000000] Linux version 6.12 (a)\n"
     f"{FAULT.replace('0x1000', '0x2000')}", [READ, READ_2], 0, 0),
    ("clock-back", f"Nov 22 10:00:00 host kernel: DMAR: {R}\nNov 22 09:00:00 host kernel: DMAR: {R}\n", [READ, READ], 0, 0),
    ("dst", f"Oct 25 02:59:59 host kernel: DMAR: {R}\nOct 25 02:00:01 host kernel: DMAR: {OTHER_TIME}\n", [READ, READ_2], 0, 0),
    ("new-year", f"Dec 31 23:59:59 host kernel: DMAR: {R}\nJan  1 00:00:01 host kernel: DMAR: {OTHER_TIME}\n", [READ, READ_2], 0, 0),
    ("year-missing", f"11/22 10:00:00 host kernel: DMAR: {R}\n", [READ], 0, 0),
    ("newest-first", f"[   13.345690] DMAR: {W}\n{FAULT}[   11.345690] {STATUS}\n", [WRITE, READ], 0, 0),
    ("stderr-between", "[   12.345690] DMAR: [DMA Read NO_PASID] Request device [03:00.0] fault addr \n"
     "dmesg: read kernel buffer failed: Operation not permitted\n0x1000 [fault reason 0x06] PTE Read access is not set\n", [READ], 0, 0),
    ("two-consoles", f"[   12.345690] DMAR: [DMA Read NO_PASID] Request dev[   12.345691] e1000e: eth0 up\nice [03:00.0] fault addr 0x1000 "
     "[fault reason 0x06] PTE Read access is not set\n", [], 0, 3),
    ("interrupt-syslog", f"Nov 22 10:00:00 host kernel: {IR}\n", [INTERRUPT], 0, 0),
    ("mixed-kernels", f"[   12.345690] DMAR: {OLD}\n[   12.345691] DMAR: {R}\n", [WRITE_OLD, READ], 0, 0),
    ("suppressed-doubled", f"kernel: dmar_fault: 812287 callbacks suppressed\n\nkernel: {STATUS}\n\nkernel: DMAR: {R}\n", [READ], 812287, 0),
    ("base64-in-chat", "see below\n" + base64.encodebytes(STAMPED.encode()).decode(), [READ], 0, 0),
    ("many-hosts", times("Nov 22 10:00:0{n} host{n} kernel: [   12.345690] DMAR: " + R + "\n", 5), [READ] * 5, 0, 0),
]
