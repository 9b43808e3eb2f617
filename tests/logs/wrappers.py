# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to a log before somebody sends it. A printer makes lines of what a kernel says; a
copier changes text; a packer makes a file of it. Each is one row: name, what it is, function."""

import base64
import binascii
import bz2
import ctypes
import gzip
import html
import io
import json
import lzma
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import textwrap
import urllib.parse
import zipfile
from datetime import datetime, timedelta
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

START = datetime(2026, 11, 22, 10, 0, 0)


def wall(record):
    return START + timedelta(microseconds=record[0])


def stamp(record):
    return f"[{record[0] / 1e6:12.6f}]"


def each(form):
    """A printer that puts FORM(record) in front of each line of a record."""
    return lambda records: "".join(f"{form(r)}{line}\n" for r in records for line in r[1])


def iso(record, fraction="."):
    return wall(record).strftime(f"%Y-%m-%dT%H:%M:%S{fraction}%f+01:00")


def syslog(record):
    return wall(record).strftime("%b %d %H:%M:%S")


def kmsg(records, fragments=False, release=""):
    out = []
    for number, (us, lines) in enumerate(records):
        text = "\\x0a".join(lines)
        if fragments and len(text) > 80:
            for at in range(0, len(text), 60):
                out.append(f"{release}3,{number + 100},{us},-,ncfrag={at}/{len(text)};"
                           f"{text[at:at + 60]}\n")
        else:
            out.append(f"{release}3,{number + 100},{us},-;{text}\n")
    return "".join(out)


def journal_fields(records):
    for number, (us, lines) in enumerate(records):
        yield {"__CURSOR": f"s=1;i={number}", "_TRANSPORT": "kernel", "PRIORITY": "3",
               "SYSLOG_FACILITY": "0", "SYSLOG_IDENTIFIER": "kernel", "_HOSTNAME": "host",
               "_SOURCE_MONOTONIC_TIMESTAMP": str(us), "MESSAGE": "\n".join(lines)}


def export(records):
    out = b""
    for fields in journal_fields(records):
        for name, value in fields.items():
            if "\n" in value:
                out += name.encode() + b"\n" + len(value).to_bytes(8, "little") + value.encode() + b"\n"
            else:
                out += f"{name}={value}\n".encode()
        out += b"\n"
    return out.decode("latin-1")


def verbose(records):
    out = []
    for fields, record in zip(journal_fields(records), records):
        out.append(wall(record).strftime("Sun %Y-%m-%d %H:%M:%S.%f CET [s=1;i=2]\n"))
        for name, value in fields.items():
            indent = "\n" + " " * (4 + len(name) + 1)
            out.append(f"    {name}={value.replace(chr(10), indent)}\n")
    return "".join(out)


def dmesg_json(records):
    return json.dumps({"dmesg": [{"pri": 3, "time": us / 1e6, "msg": line}
                                 for us, lines in records for line in lines]}, indent=3)


PRINTERS = {
    "bare": ("journalctl -o cat, dmesg -t", each(lambda r: "")),
    "dmesg": ("dmesg, a console", each(lambda r: stamp(r) + " ")),
    "dmesg-T": ("dmesg -T", each(lambda r: wall(r).strftime("[%a %b %d %H:%M:%S %Y] "))),
    "dmesg-d": ("dmesg -d", each(lambda r: "[  +0.000021] ")),
    "dmesg-dt": ("dmesg with time and delta", each(lambda r: f"[{r[0] / 1e6:12.6f} <    0.000010>] ")),
    "dmesg-e": ("dmesg -e", each(lambda r: wall(r).strftime("[%b%d %H:%M] "))),
    "dmesg-x": ("dmesg -x", each(lambda r: f"kern  :err   : {stamp(r)} ")),
    "dmesg-xT": ("dmesg -xT", each(lambda r: wall(r).strftime("kern  :err   : [%a %b %d %H:%M:%S %Y] "))),
    "dmesg-iso": ("dmesg --time-format iso", each(lambda r: iso(r, ",") + " ")),
    "dmesg-r": ("dmesg -r, pstore", each(lambda r: f"<3>{stamp(r)} ")),
    "dmesg-json": ("dmesg --json", dmesg_json),
    "caller": ("CONFIG_PRINTK_CALLER", each(lambda r: f"{stamp(r)}[    C3] ")),
    "dmesg-caller": ("dmesg of such a kernel", each(lambda r: f"{stamp(r)} [ T1230] ")),
    "rt": ("PREEMPT_RT", each(lambda r: stamp(r) + " 003: ")),
    "igt": ("test runners: <3> [ts]", each(lambda r: f"<3> [{r[0] / 1e6:.6f}] ")),
    "crash-T": ("crash> log -T", each(lambda r: wall(r).strftime("[%a %b %d %H:%M:%S UTC %Y] "))),
    "crash-m": ("crash> log -m", each(lambda r: f"{stamp(r)} <3>")),
    "syslog": ("rsyslog", each(lambda r: f"{syslog(r)} host kernel: {stamp(r)} ")),
    "syslog-plain": ("syslog without stamps", each(lambda r: f"{syslog(r)} host kernel: ")),
    "syslog-iso": ("rsyslog, RFC 3339", each(lambda r: f"{iso(r)} host kernel: {stamp(r)} ")),
    "syslog-pid": ("kernel[1]:", each(lambda r: f"{syslog(r)} host kernel[1]: {stamp(r)} ")),
    "klogd": ("klogd", each(lambda r: f"{syslog(r)} host klogd: {stamp(r)} ")),
    "rfc3164": ("on the wire", each(lambda r: f"<3>{syslog(r)} host kernel: {stamp(r)} ")),
    "rfc5424": ("RFC 5424", each(lambda r: f"<3>1 {iso(r)} host kernel - - - {stamp(r)} ")),
    "german": ("months of a locale", each(lambda r: f"22. Nov 10:00:00 host kernel: {stamp(r)} ")),
    "french-T": ("dmesg -T of a locale", each(lambda r: "[dim. nov. 22 10:00:00 2026] ")),
    "japanese": ("months as numbers", each(lambda r: f"11月 22 10:00:00 host kernel: {stamp(r)} ")),
    "journal": ("journalctl -o short", each(lambda r: f"{syslog(r)} host kernel: ")),
    "journal-full": ("journalctl -o short-full",
                     each(lambda r: wall(r).strftime("Sun %Y-%m-%d %H:%M:%S CET host kernel: "))),
    "journal-monotonic": ("journalctl -o short-monotonic", each(lambda r: f"{stamp(r)} host kernel: ")),
    "journal-delta": ("journalctl -o short-delta",
                      each(lambda r: f"[{r[0] / 1e6:12.6f} <    0.000010 >] host kernel: ")),
    "journal-unix": ("journalctl -o short-unix",
                     each(lambda r: f"{1795341600 + r[0] / 1e6:.6f} host kernel: ")),
    "journal-nohost": ("journalctl --no-hostname", each(lambda r: f"{syslog(r)} kernel: ")),
    "journal-json": ("journalctl -o json",
                     lambda records: "".join(json.dumps(f) + "\n" for f in journal_fields(records))),
    "journal-pretty": ("journalctl -o json-pretty",
                       lambda records: "".join(json.dumps(f, indent=1) + "\n"
                                               for f in journal_fields(records))),
    "journal-sse": ("journalctl -o json-sse",
                    lambda records: "".join("data: " + json.dumps(f) + "\n\n"
                                            for f in journal_fields(records))),
    "journal-export": ("journalctl -o export", export),
    "journal-verbose": ("journalctl -o verbose", verbose),
    "kmsg": ("/dev/kmsg, netconsole +", kmsg),
    "netconsole-fragments": ("netconsole + in fragments", lambda r: kmsg(r, True)),
    "netconsole-release": ("netconsole + with release", lambda r: kmsg(r, False, "6.12.57,")),
    "netconsole-rsyslog": ("netconsole, received by rsyslog",
                           each(lambda r: f"{syslog(r)} 192.0.2.7 {stamp(r)} ")),
    "cri": ("Kubernetes", each(lambda r: f"{iso(r)} stdout F {stamp(r)} ")),
    "talos": ("talosctl dmesg", each(lambda r: f"192.0.2.7: kern:     err: [{iso(r)}]: ")),
    "chromeos": ("ChromeOS", each(lambda r: wall(r).strftime("%Y-%m-%dT%H:%M:%S.%fZ ERR kernel: ") +
                                  stamp(r) + " ")),
    "openwrt": ("logread", each(lambda r: wall(r).strftime("%a %b %d %H:%M:%S %Y kern.err kernel: ") +
                                stamp(r) + " ")),
    "android": ("logcat", each(lambda r: f"11-22 10:00:00.123     0     0 E         : {stamp(r)} ")),
    "japanese-T": ("dmesg -T in Japanese", each(lambda r: "[日 11月 22 10:00:00 2026] ")),
    "chinese": ("a date in Chinese", each(lambda r: f"2026年11月22日 10:00:00 host kernel: {stamp(r)} ")),
    "logcli": ("Loki's logcli", each(lambda r: f'{iso(r)} {{host="h", job="kernel"}} {stamp(r)} ')),
    "lava": ("LAVA", each(lambda r: f"10:00:00.123450  <3>{stamp(r)} ")),
}


def split(text):
    return text.removesuffix("\n").split("\n")


def lines_of(change):
    return lambda text, dice: "".join(change(line) + "\n" for line in split(text))


def numbered(text, dice, form):
    return "".join(form(n, line) + "\n" for n, line in enumerate(split(text), 1))


def mail_wrap(text, dice):
    width = dice.choice((72, 76, 78))
    return "".join(textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False,
                                 drop_whitespace=True, replace_whitespace=False) + "\n"
                   for line in split(text))


def terminal(text, dice):
    width = dice.choice((60, 80, 100, 132))
    return "".join("\n".join(line[at:at + width] for at in range(0, max(len(line), 1), width)) + "\n"
                   for line in split(text))


def quoted_printable(text, dice):
    import quopri
    return quopri.encodestring(text.encode(), quotetabs=False).decode("latin-1")


def mime(text, kind="plain"):
    return MIMEText(text, kind, "utf-8")


def attached(text):
    mail = MIMEMultipart()
    mail["Subject"] = "faults"
    for part in (MIMEText("see the attachment\n", "plain", "us-ascii"), mime(text)):
        mail.attach(part)
    return mail.as_string().replace("\n", "\r\n")


def script(text, dice):
    return "Script started on 2026-11-22 10:00:00\n" + text.replace("\n", "\r\n")


COPIERS = {
    "crlf": ("Windows line ends", lambda t, d: t.replace("\n", "\r\n")),
    "cr-cr-lf": ("ipmitool sol", lambda t, d: "".join(f"\r\x1b[0m\x1b[K{l}\r\r\n" for l in split(t))),
    "script": ("script(1)", script),
    "grep-colour": ("grep --color", lambda t, d: t.replace("DMAR", "\x1b[01;31m\x1b[KDMAR\x1b[m\x1b[K")),
    "bold": ("journalctl on a terminal", lines_of(lambda l: f"\x1b[0;1;31m\x1b[0;1;39m{l}\x1b[0m")),
    "colour-names": ("colours that a log daemon escaped", lines_of(lambda l: f"#033[1;31m{l}#033[0m")),
    "colour-escaped": ("colours as \\x1b", lines_of(lambda l: f"\\x1b[31m{l}\\x1b[0m")),
    "grep-H": ("grep -H", lines_of(lambda l: f"/var/log/kern.log.2.gz:{l}")),
    "grep-n": ("grep -n", lambda t, d: numbered(t, d, lambda n, l: f"{n}:{l}")),
    "cat-n": ("cat -n", lambda t, d: numbered(t, d, lambda n, l: f"{n:6}\t{l}")),
    "less-N": ("less -N", lambda t, d: numbered(t, d, lambda n, l: f"{n:7} {l}")),
    "pdsh": ("pdsh, clush", lines_of(lambda l: f"node07: {l}")),
    "compose": ("docker compose logs", lines_of(lambda l: f"dmesg-1  | {l}")),
    "kubectl-prefix": ("kubectl logs --prefix", lines_of(lambda l: f"[pod/npd-x2x/npd] {l}")),
    "ts": ("ts(1)", lines_of(lambda l: f"Nov 22 10:00:00 {l}")),
    "tio": ("tio, a console server", lines_of(lambda l: f"[2026-11-22 10:00:00.318] {l}")),
    "conserver": ("conserver", lines_of(lambda l: f"[Sun Nov 22 10:00:00 2026]{l}")),
    "quoted": ("a mail that was answered", lines_of(lambda l: f"> {l}")),
    "quoted-thrice": ("and again", lines_of(lambda l: f">>> {l}")),
    "indented": ("a code block", lines_of(lambda l: f"    {l}")),
    "tab": ("pasted with a tab", lines_of(lambda l: f"\t{l}")),
    "mail-wrap": ("a mailer's line length", mail_wrap),
    "terminal": ("copied from a narrow terminal", terminal),
    "quoted-printable": ("a mail as it was sent", quoted_printable),
    "double-spaced": ("a forum", lambda t, d: t.replace("\n", "\n\n")),
    "br": ("a forum's <br />", lines_of(lambda l: html.escape(l, False) + "<br />")),
    "html": ("a page", lambda t, d: "<html><pre>" + html.escape(t) + "</pre></html>"),
    "html-table": ("a page's table",
                   lines_of(lambda l: f"<tr><td>1</td><td><span class=\"k\">{html.escape(l)}</span></td></tr>")),
    "html-one-line": ("a page without line ends",
                      lambda t, d: "<p>" + "<br>".join(html.escape(l) for l in split(t)) + "</p>"),
    "markdown": ("brackets escaped", lines_of(lambda l: re.sub(r"([\[\]_*])", r"\\\1", l))),
    "bullets": ("Markdown's list of code", lines_of(lambda l: f"* `{l}`")),
    "nbsp": ("blanks that are none", lambda t, d: t.replace("] ", "]\u00a0")),
    "zero-width": ("invisible characters", lambda t, d: t.replace(" [", " \u200b[")),
    "csv": ("a spreadsheet", lines_of(lambda l: '"2026-11-22T10:00:00Z","host","' + l.replace('"', '""') + '"')),
    "tsv": ("tabs", lines_of(lambda l: f"2026-11-22T10:00:00Z\thost\t{l}")),
    "json-string": ("a console as one JSON string",
                    lambda t, d: json.dumps({"InstanceId": "i-0", "Output": t.replace("\n", "\r\n")})),
    "json-lines": ("Loki, cloud consoles",
                   lines_of(lambda l: json.dumps({"line": l, "timestamp": "2026-11-22T10:00:00Z"}))),
    "json-list": ("one JSON list", lambda t, d: json.dumps([{"textPayload": l} for l in split(t)])),
    "json-pretty": ("the same, indented",
                    lambda t, d: json.dumps({"hits": [{"_source": {"message": l}} for l in split(t)]},
                                            indent=2)),
    "docker": ("docker's json-file",
               lines_of(lambda l: json.dumps({"log": l + "\n", "stream": "stdout", "time": "2026-11-22T10:00:00Z"}))),
    "loki-values": ("Loki's answer",
                    lambda t, d: json.dumps({"data": {"result": [{"stream": {"host": "a"}, "values": [
                        ["1795341600123450000", l] for l in split(t)]}]}})),
    "python": ("a list that Python printed", lambda t, d: repr(split(t))),
    "ansible": ("ansible's stdout", lambda t, d: 'ok: [host] => ' + json.dumps({"stdout": t}, indent=4)),
    "ansible-twice": ("ansible's stdout and stdout_lines", lambda t, d: json.dumps(
        {"hosts": {"h": {"stdout": t, "stdout_lines": split(t)}}})),
    "yaml": ("a block in YAML", lambda t, d: "output: |\n" + textwrap.indent(t, "  ")),
    "graylog": ("Graylog's message and full_message", lambda t, d: json.dumps({"messages": [
        {"message": {"message": l, "full_message": f"<3>Nov 22 10:00:00 host kernel: {l}"}}
        for l in split(t)]})),
    "splunk": ("Splunk's table", lambda t, d: '"_raw","_time",host\n' + "".join(
        '"' + l.replace('"', '""') + '","2026-11-22T10:00:00.000+0100",host\n' for l in split(t))),
    "azure": ("rows of Azure Monitor", lambda t, d: json.dumps({"tables": [{"rows": [
        ["2026-11-22T10:00:00Z", l] for l in split(t)]}]})),
    "logfmt": ("containerd, logfmt", lines_of(lambda l: f'time="2026-11-22T10:00:00Z" level=error msg="{l}"')),
    "colours-256": ("256 colours and true ones",
                    lines_of(lambda l: f"\x1b[38;5;196m{l[:20]}\x1b[48:2::1:2:3m{l[20:]}\x1b[m")),
    "cursor": ("a recorded screen", lambda t, d: numbered(t, d, lambda n, l: f"\x1b[{n};1H{l}\x1b[K")),
    "diff": ("a patch", lines_of(lambda l: f"+{l}")),
    "outlook": ("a ticket system's mail", lines_of(
        lambda l: f"<p class=MsoNormal><span style='font:\"Courier New\"'>{html.escape(l)}<o:p></o:p></span></p>")),
    "double-blanks": ("read from a picture", lambda t, d: t.replace(" ", "  ")),
    "nbsp-all": ("each blank is none", lambda t, d: t.replace(" ", "\u00a0")),
    "dashes": ("Markdown's other list", lines_of(lambda l: f"- `{l}`")),
    "code-table": ("Markdown's table", lines_of(lambda l: f"| `{l}` |")),
    "jira": ("Jira's block", lambda t, d: "{code:java|title=dmesg}\n" + t + "{code}\n"),
    "rtf": ("WordPad", lambda t, d: "{\\rtf1\\ansi\\f0\\fs20 " + t.replace("\n", "\\par\n") + "}"),
    "cdata": ("XML", lambda t, d: "<log><![CDATA[" + t + "]]></log>"),
    "mail-base64": ("a mail with a letter beyond ASCII", lambda t, d: mime(t).as_string()),
    "mail-attached": ("an attachment", lambda t, d: attached(t)),
    "percent": ("a query of the web", lines_of(lambda l: urllib.parse.quote(l))),
    "percent-twice": ("and again", lines_of(lambda l: urllib.parse.quote(urllib.parse.quote(l)))),
    "form": ("a form of the web", lambda t, d: "log=" + urllib.parse.quote_plus(t) + "&send=1\n"),
    "octal": ("blanks as in a mount table", lambda t, d: t.replace(" ", "\\040")),
    "underlines": ("blanks as in a file's name", lambda t, d: t.replace(" ", "_")),
    "unknown": ("blanks that a font did not have", lambda t, d: t.replace(" ", "\ufffd")),
    "middle-dots": ("an editor that shows blanks", lambda t, d: t.replace(" ", "\u00b7")),
    "thin": ("HTML's other blanks", lambda t, d: t.replace(" ", "&ensp;")),
    "capitals": ("all letters large", lambda t, d: t.upper()),
    "small": ("all letters small", lambda t, d: t.lower()),
    "bom": ("a byte-order mark", lambda t, d: "\ufeff" + t),
    "prose": ("a bug report around it",
              lambda t, d: "Hello,\n\nI get these:\n\n" + t + "\nWhat can I do?\n-- \nA. User\n"),
}

# What stands behind each line parts the two lines of a fault before 4.5: left out, and told.
TOLD = ("splunk", "azure", "rtf")

# A copy is known again by its times, which other copiers may take away: not in chains.
DOUBLED = ("ansible-twice", "graylog")

# Code on each line after a terminal broke words: nobody makes that, and it is not read yet.
# The export format is written in Latin-1 here, of which UTF-16's packers make replacement characters.
ALONE = ("bullets", "dashes", "code-table", "nbsp-all")

# Nobody changes the letters of base64: last in chains.
ENCODED = ("mail-base64", "mail-attached")


def tar(data):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("sosreport/var/log/messages")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.txt", data)
    return out.getvalue()


def rows(data, form):
    """A dump: FORM(offset, 16 bytes) for each row."""
    return "".join(form(at, data[at:at + 16]) + "\n" for at in range(0, len(data), 16)).encode()


def printable(row):
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)


def hexdump(data):
    return rows(data, lambda at, row: f"{at:08x}  {row[:8].hex(' '):23}  {row[8:].hex(' '):23}  |{printable(row)}|")


def xxd(data):
    return rows(data, lambda at, row: f"{at:08x}: {row.hex(' ', -2):39}  {printable(row)}")


def od(*options):
    return lambda data: subprocess.run(["od", *options], input=data, capture_output=True, check=True).stdout


def uuencode(data):
    return b"begin 644 log\n" + b"".join(binascii.b2a_uu(data[at:at + 45])
                                         for at in range(0, len(data), 45)) + b"`\nend\n"


def guest_agent(data):
    return json.dumps({"return": {"exitcode": 0, "out-data": base64.b64encode(data).decode(),
                                  "exited": True}}).encode()


def seven_zip(data, method=b"lzma1"):
    """As 7-Zip makes it: written by libarchive, whose reader is another part of it."""
    library = ctypes.CDLL("libarchive.so.13")
    for name in ("archive_write_new", "archive_entry_new"):
        getattr(library, name).restype = ctypes.c_void_p
    library.archive_write_data.restype = ctypes.c_ssize_t
    with tempfile.NamedTemporaryFile() as out:
        archive = ctypes.c_void_p(library.archive_write_new())
        entry = ctypes.c_void_p(library.archive_entry_new())
        library.archive_entry_set_pathname(entry, b"log.txt")
        library.archive_entry_set_size(entry, ctypes.c_int64(len(data)))
        library.archive_entry_set_filetype(entry, 0o100000)
        failed = (library.archive_write_set_format_7zip(archive) or
                  library.archive_write_set_options(archive, b"compression=" + method) or
                  library.archive_write_open_filename(archive, out.name.encode()) or
                  library.archive_write_header(archive, entry) or
                  library.archive_write_data(archive, data, ctypes.c_size_t(len(data))) != len(data) or
                  library.archive_write_close(archive))
        library.archive_entry_free(entry)
        library.archive_write_free(archive)
        assert not failed
        return pathlib.Path(out.name).read_bytes()


def config_map(data):
    return json.dumps({"kind": "ConfigMap", "binaryData": {
        "dmesg.gz": base64.b64encode(gzip.compress(data)).decode()}}).encode()


def mail_of_gzip(data):
    mail = MIMEMultipart()
    mail.attach(MIMEText("see the attachment\n", "plain", "us-ascii"))
    mail.attach(MIMEApplication(gzip.compress(data), "gzip"))
    return mail.as_bytes()


def piped(*command):
    return lambda data: subprocess.run(command, input=data, capture_output=True, check=True).stdout


def boxed(*command):
    """COMMAND makes the archive OUT of the file log.txt in a folder."""
    def pack(data):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "log.txt").write_bytes(data)
            subprocess.run(command, cwd=folder, capture_output=True, check=True)
            return (pathlib.Path(folder) / "out").read_bytes()
    return pack


def cpio(data):
    """An archive in the form of an initial file system."""
    def member(name, body, mode):
        head = f"070701{1:08x}{mode:08x}{0:08x}{0:08x}{1:08x}{0:08x}{len(body):08x}" \
               f"{0:08x}{0:08x}{0:08x}{0:08x}{len(name) + 1:08x}{0:08x}"
        text = head.encode() + name.encode() + b"\0"
        text += b"\0" * (-len(text) % 4) + body
        return text + b"\0" * (-len(text) % 4)
    return member("log.txt", data, 0o100644) + member("TRAILER!!!", b"", 0)


def journal(data):
    """A journal file: each line an entry of the kernel."""
    entries = []
    for number, line in enumerate(data.split(b"\n")):
        if not line.strip(b"\r\0 "):
            continue
        head = f"__REALTIME_TIMESTAMP={1790000000000000 + number}\n__MONOTONIC_TIMESTAMP={number}\n" \
               f"_BOOT_ID={7:032x}\n_TRANSPORT=kernel\nSYSLOG_FACILITY=0\nMESSAGE\n"
        entries.append(head.encode() + len(line).to_bytes(8, "little") + line + b"\n\n")
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "system.journal"
        subprocess.run([REMOTE, f"--output={file}", "-"], input=b"".join(entries), check=True, capture_output=True)
        return file.read_bytes()


REMOTE = "/lib/systemd/systemd-journal-remote"


PACKERS = {
    "plain": ("a file", lambda data: data),
    "gzip": ("logrotate", gzip.compress),
    "gzip-members": ("gzip files put together",
                     lambda data: gzip.compress(data[:len(data) // 2]) + gzip.compress(data[len(data) // 2:])),
    "xz": ("xz", lzma.compress),
    "bzip2": ("bzip2", bz2.compress),
    "zstd": ("zstd", piped("zstd", "-qc")),
    "lzma": ("lzma", lambda data: lzma.compress(data, lzma.FORMAT_ALONE)),
    "cpio": ("cpio", cpio),
    "cpio-gzip": ("an initial file system", lambda data: gzip.compress(cpio(data))),
    "ar": ("ar, a Debian package's form", boxed("ar", "rc", "out", "log.txt")),
    "zip-of-xz": ("a compressed piece in one", lambda data: zipped(lzma.compress(data))),
    "tar": ("a sosreport", tar),
    "7z": ("7-Zip", seven_zip),
    "7z-tar": ("one in an archive", lambda data: tar(seven_zip(data, b"bzip2"))),
    "tar-xz": ("a compressed one", lambda data: lzma.compress(tar(data))),
    "tar-of-gzip": ("compressed pieces in one", lambda data: tar(gzip.compress(data))),
    "zip": ("zip", zipped),
    "utf16-bom": ("PowerShell", lambda data: data.decode(errors="replace").encode("utf-16")),
    "utf16-le": ("UTF-16 without a mark", lambda data: data.decode(errors="replace").encode("utf-16-le")),
    "utf16-be": ("UTF-16, the other order", lambda data: data.decode(errors="replace").encode("utf-16-be")),
    "utf32-bom": ("UTF-32", lambda data: data.decode(errors="replace").encode("utf-32")),
    "utf32-be": ("UTF-32, the other order", lambda data: data.decode(errors="replace").encode("utf-32-be")),
    "base64": ("base64", base64.encodebytes),
    "base64-w0": ("base64 -w0", base64.b64encode),
    "base64-gzip": ("gzip in base64", lambda data: base64.encodebytes(gzip.compress(data))),
    "guest-agent": ("what a guest agent answers", guest_agent),
    "config-map": ("Kubernetes' binaryData", config_map),
    "mail-gzip": ("a compressed attachment", mail_of_gzip),
    "uuencode": ("uuencode", uuencode),
    "hexdump": ("hexdump -C", hexdump),
    "xxd": ("xxd", xxd),
    "xxd-p": ("xxd -p", lambda data: b"".join(data[at:at + 30].hex().encode() + b"\n"
                                              for at in range(0, len(data), 30))),
    "od": ("od", od()),
    "od-c": ("od -c", od("-c")),
    "od-x": ("od -x, hexdump", od("-x")),
    "od-x1z": ("od -A x -t x1z", od("-A", "x", "-t", "x1z")),
    "nul-hole": ("a file after a crash", lambda data: b"\0" * 4096 + data),
}

# What needs a program that may not be there.
OPTIONAL = {
    "lz4": ("lz4", "lz4", piped("lz4", "-qc")),
    "lzip": ("lzip", "lzip", piped("lzip", "-qc")),
    "journal-file": ("a journal file", REMOTE, journal),
    "journal-file-gzip": ("a compressed one", REMOTE, lambda data: gzip.compress(journal(data))),
    "journal-file-tar": ("one in an archive", REMOTE, lambda data: tar(journal(data))),
}
for _name, (_what, _program, _pack) in OPTIONAL.items():
    if shutil.which(_program):
        PACKERS[_name] = (_what, _pack)

# Entries of the journal stand for themselves: a line that was wrapped before is in two of them, and a
# fault of kernels before 4.5 as well. Nothing of it may be missing silently.
TOLD += ("journal-file", "journal-file-gzip", "journal-file-tar")

# What nobody says the beginning of.
UNANNOUNCED = ("base64", "base64-w0", "base64-gzip", "config-map", "hexdump", "xxd", "xxd-p", "od", "od-c", "od-x",
               "od-x1z")
