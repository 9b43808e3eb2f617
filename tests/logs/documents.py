# SPDX-License-Identifier: GPL-2.0-or-later
"""Logs in documents: what word processors, spreadsheets, notebooks, drawings, mailers and programmers make
of a log, and text that was broken or escaped in ways of their own. Rows as in field.py."""

import base64
import gzip
import html
import io
import json
import random
import xml.sax.saxutils
import zipfile

from field import R, STAMPED, READ

LINES = STAMPED.splitlines()
LAST = LINES[1]
escape = xml.sax.saxutils.escape


def zipped(name, text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


def pieces(line, width):
    return [line[i:i + width] for i in range(0, len(line), width)]


def wrapped(width, indent=""):
    return "".join(f"{indent}{piece}\n" for line in LINES for piece in pieces(line, width))


def broken(end, begin=""):
    return "".join(f"{line[:60]}{end}\n{begin}{line[60:]}\n" for line in LINES)


def word(width):
    """A word processor makes a run of each change, at any letter."""
    paragraphs = ("".join(f'<w:r w:rsidR="00A1"><w:t xml:space="preserve">{escape(piece)}</w:t></w:r>'
                          for piece in pieces(line, width)) for line in LINES)
    return "<w:document><w:body>" + "".join(f"<w:p>{runs}</w:p>" for runs in paragraphs) + "</w:body></w:document>"


SHAPES = [
    ("docx", zipped("word/document.xml", word(999)), [READ], 0, 0),
    ("docx-runs", zipped("word/document.xml", word(7)), [READ], 0, 0),
    ("odt", zipped("content.xml", "<office:text>" + "".join(
        '<text:p text:style-name="P1">' + escape(line).replace("   ", '<text:s text:c="3"/>') + "</text:p>" for line in LINES)
        + "</office:text>"), [READ], 0, 0),
    ("xlsx", zipped("xl/sharedStrings.xml", f"<sst><si><t>{escape(LAST)}</t></si></sst>"), [READ], 0, 0),
    ("spans", "".join("<span class=l>" + " ".join(f"<span>{html.escape(w)}</span>" for w in line.split(" ")) + "</span>\n"
                      for line in LINES), [READ], 0, 0),
    ("svg", "<svg>" + "".join(f'<text x="0" y="{n}">{escape(line)}</text>' for n, line in enumerate(LINES)) + "</svg>",
     [READ], 0, 0),
    ("box", "\u250c" + "\u2500" * 150 + "\u2510\n" + "".join(f"\u2502 {line:<148} \u2502\n" for line in LINES), [READ], 0, 0),
    ("notebook", json.dumps({"cells": [{"outputs": [{"output_type": "stream", "text": STAMPED.splitlines(True)}]}]}, indent=1),
     [READ], 0, 0),
    ("json-numbers", json.dumps({"m": STAMPED}).replace("[", "\\u005b").replace("]", "\\u005d").replace(" ", "\\u0020"),
     [READ], 0, 0),
    ("json-thrice", json.dumps({"a": json.dumps({"b": json.dumps({"c": STAMPED})})}), [READ], 0, 0),
    ("attribute", f'<event message="{html.escape(LAST)}" level="3"/>\n', [READ], 0, 0),
    ("attribute-of-many", f'<events><event id="1" m="{html.escape(LAST)}"/><event id="2" m="usb 1-1: gone"/></events>\n', [READ], 0, 0),
    ("csv-quotes", f'id,msg\n1,"said ""{LAST}"""\n', [READ], 0, 0),
    ("csv-lines", f'id,msg\n1,"{STAMPED}"\n', [READ], 0, 0),
    ("strace", f'write(1, "{LAST}\\n", 120) = 120\n', [READ], 0, 0),
    ("strace-cut", f'write(1, "{LAST[:49]}"..., 120) = 120\n', [], 0, 3),
    ("title-without-end", f"\x1b]0;{LAST}\n", [READ], 0, 0),
    ("dumper", f"$VAR1 = {{\n          'line' => '{LAST}'\n        }};\n", [READ], 0, 0),
    ("bytes", repr(STAMPED.encode()) + "\n", [READ], 0, 0),
    ("cee", f'Nov 22 10:00:00 host kernel: @cee: {{"msg":"DMAR: {R}","pri":"3"}}\n', [READ], 0, 0),
    ("ci-error", f"2026-11-22T10:00:00.1234567Z ##[error]{LAST}\n", [READ], 0, 0),
    ("ci-section", f"\x1b[0Ksection_start:1795341600:dmesg\r\x1b[0K{LAST}\r\n", [READ], 0, 0),
    ("pipeline", f"[Pipeline] sh\n10:00:00  + dmesg\n10:00:00  {LAST}\n", [READ], 0, 0),
    ("test-report", f'<msg timestamp="20261122 10:00:00.123" level="INFO">{LAST}</msg>\n', [READ], 0, 0),
    ("tap", f"# {LAST}\nok 1 - boot\n", [READ], 0, 0),
    ("tap-in-tap", f"# # {LAST}\n", [READ], 0, 0),
    ("slashes", f"// {LAST}\n", [], 0, 3),
    ("semicolon", f"; {LAST}\n", [READ], 0, 0),
    ("har", json.dumps({"log": {"entries": [{"response": {"content": {
        "encoding": "base64", "text": base64.b64encode(STAMPED.encode()).decode()}}}]}}), [READ], 0, 0),
    ("multipart", '--X\r\nContent-Disposition: form-data; name="f"; filename="dmesg"\r\n'
     f"Content-Type: application/octet-stream\r\n\r\n{STAMPED}\r\n--X--\r\n", [READ], 0, 0),
    ("mbox", f"From a@b Sun Nov 22 10:00:00 2026\nSubject: faults\n\n>From the log:\n{STAMPED}\n", [READ], 0, 0),
    ("wrap-40", wrapped(40), [READ], 0, 0),
    ("wrap-20", wrapped(20), [READ], 0, 0),
    ("wrap-40-indent", wrapped(40, "    "), [READ], 0, 0),
    ("wrap-40-quoted", wrapped(40, "> "), [READ], 0, 0),
    ("broken-backslash", broken("\\"), [READ], 0, 0),
    ("broken-arrow", broken("\u21a9"), [], 0, 3),
    ("broken-plus", broken("", "+"), [], 0, 3),
    ("broken-dots", broken(" ...", "... "), [], 0, 3),
    ("escaped-twice", html.escape(html.escape(STAMPED)), [READ], 0, 0),
    ("percent-brackets", STAMPED.replace("[", "%5B").replace("]", "%5D"), [], 0, 3),
    ("other-brackets", STAMPED.replace("[", "\u3010").replace("]", "\u3011"), [], 0, 3),
    ("zip-of-mail-of-gzip", zipped("mail.eml", "Content-Transfer-Encoding: base64\n\n" +
                                   base64.encodebytes(gzip.compress(STAMPED.encode())).decode()), [READ], 0, 0),
    ("tabs", STAMPED.replace(" ", "\t"), [READ], 0, 0),
    ("newest-line-first", "\n".join(reversed(LINES)) + "\n", [READ], 0, 0),
    ("one-line", STAMPED.replace("\n", ""), [READ], 0, 0),
    ("utf-7", STAMPED.replace("[", "+AFs-").replace("]", "+AF0-"), [], 0, 3),
    ("in-binary", random.Random(1).randbytes(3000) + STAMPED.encode() + random.Random(2).randbytes(3000), [READ], 0, 0),
    ("strings", f"aaaaa\n/bin/sh\n6{LAST}\nx\n", [READ], 0, 0),
    ("status-0x", f"[   12.300000] DMAR: DRHD: handling fault status reg 0x3\n{LAST}\n", [READ], 0, 0),
]
