# SPDX-License-Identifier: GPL-2.0-or-later
"""Logs whose colours became something else on the way, and lines that programs framed, quoted or joined in
ways of their own. Rows as in field.py."""

from field import R, STAMPED, READ

LAST = STAMPED.splitlines()[1]
LATER = LAST.replace("0x1000", "0x2000").replace("12.345", "13.345")
READ_LATER = ("0000:03:00.0", "read", 6, "0x2000", None)
DMESG = f"\x1b[32m[   12.345690] \x1b[0m\x1b[33mDMAR: \x1b[0m\x1b[31m{R}\x1b[0m\n"
GREP = LAST.replace("fault", "\x1b[01;31m\x1b[Kfault\x1b[m\x1b[K").replace("DMAR", "\x1b[01;31m\x1b[KDMAR\x1b[m\x1b[K") + "\n"
FRAME = "<3>1 2026-11-22T10:00:00Z host kernel - - - "
# What a program shows for ESC, or nothing.
SHOWN = {"less": "ESC", "cmd": "\u2190", "symbol": "\u241b", "lost": "", "caret": "^[", "octal": "\\033", "hex": "\\x1b",
         "unicode": "\\u001b", "letter": "\\e", "html": "&#27;", "angle": "<1b>", "replaced": "\ufffd", "question": "?"}

SHAPES = [(f"{who}-escape-{name}", text.replace("\x1b", shown), [READ], 0, 0)
          for name, shown in SHOWN.items() for who, text in (("dmesg", DMESG), ("grep", GREP))] + [
    ("grep-c1", GREP.replace("\x1b[", "\x9b"), [READ], 0, 0),
    ("grep-c1-latin-1", GREP.replace("\x1b[", "\x9b").encode("latin-1"), [READ], 0, 0),
    ("no-colours", f"[mem 0x0-0xfff] [KVM] [m] {LAST}\n", [READ], 0, 0),
    ("cri-parts", f"2026-11-22T10:00:00.1Z stdout P {LAST[:60]}\n2026-11-22T10:00:00.1Z stdout F {LAST[60:]}\n", [READ], 0, 0),
    ("cri-parts-in-number", f"2026-11-22T10:00:00.1Z stdout P {LAST[:83]}\n2026-11-22T10:00:00.1Z stdout F {LAST[83:]}\n", [READ], 0, 0),
    ("other-tags-in-number", f"con: a {LAST[:83]}\ncon: b {LAST[83:]}\n", [], 0, 3),
    ("octet-counts", f"170 {FRAME}{LAST}170 {FRAME}{LATER}", [READ, READ_LATER], 0, 0),
    ("cat-A", LAST + "$\n", [READ], 0, 0),
    ("mojibake", LAST.replace(" [", "\u00c2\u00a0[") + "\n", [READ], 0, 0),
    ("mojibake-blank", LAST.replace(" [", "\u00c2 [") + "\n", [READ], 0, 0),
    ("other-hyphen", LAST.replace("_", "\u2011") + "\n", [], 0, 3),
    ("other-x", LAST.replace("0x", "0\u00d7") + "\n", [], 0, 3),
    ("full-width-colon", LAST.replace(":", "\uff1a") + "\n", [READ], 0, 0),
    ("comma", LAST.replace("12.345690", "12,345690") + "\n", [READ], 0, 0),
    ("line-gutter", f"   1   \u2502 {LAST}\n", [READ], 0, 0),
    ("search-context", f"kern.log-12-{LAST}\n", [READ], 0, 0),
    ("similar-messages", f"{LAST} [rate limited: 12 similar messages]\n", [READ], 0, 0),
    ("klog-of-go", f"E1122 10:00:00.123456 1 dmesg.go:12] {LAST}\n", [READ], 0, 0),
    ("clixml", f'#< CLIXML\r\n<Objs><S S="Output">{LAST}_x000D__x000A_</S></Objs>', [READ], 0, 0),
    ("c-string", f'"{LAST}\\n"\n', [READ], 0, 0),
    ("c-strings", f'"{LAST[:60]}"\n"{LAST[60:]}\\n"\n', [READ], 0, 0),
    ("python-strings", f"('{LAST[:60]}'\n '{LAST[60:]}\\n')\n", [], 0, 3),
    ("here-document", f"msg = <<EOT\n{LAST}\nEOT\n", [READ], 0, 0),
    ("torn-by-another", f"{LAST[:40]}[   12.345700] BUG: kernel NULL pointer dereference\n{LAST[40:]}\n", [], 0, 3),
    ("two-on-a-line", f"{LAST}    {LATER}\n", [READ, READ_LATER], 0, 0),
]
