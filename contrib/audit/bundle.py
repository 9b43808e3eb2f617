# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks a folder of `luwatch audit export`, with none of luwatch's code; ./check runs it."""
import datetime
import json
import os
import re
import stat

PARTS = re.compile(r"bundle\.json|records\.jsonl|checkpoint|proofs|reports|schema|README|first\.pub"
                   r"|extends-\d+\.proof")
TOLD = ("collected", "revised", "final")


def read(folder, name):
    with open(os.open(os.path.join(folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as f:
        if not stat.S_ISREG(os.fstat(f.fileno()).st_mode):
            raise ValueError(f"{name} is no ordinary file")
        return f.read()


def seconds(text, none):
    """Whole nanoseconds since 1970."""
    if not text:
        return none
    head, _, rest = text.rstrip("Z").partition(".")
    then = datetime.datetime.fromisoformat(head).replace(tzinfo=datetime.timezone.utc)
    return int(then.timestamp()) * 10**9 + int((rest or "0").ljust(9, "0")[:9])


class Bundle:
    def __init__(self, folder, key, check):
        self.folder, self.key, self.check, self.need = folder, key, check, check.need
        self.keys = [key]  # one after the other
        self.about = json.loads(read(folder, "bundle.json"))
        self.note = read(folder, "checkpoint")
        self.size, self.root = check.checkpoint(self.note, None)
        self.machine = self.note.split(b"\n")[0].decode().removeprefix("luwatch/")
        self.need(not key or key[0] == self.machine, "another machine's bundle")

    def proofs(self):
        """The lines of records that lead to the checkpoint, by number."""
        found = {}
        for name in os.listdir(os.path.join(self.folder, "proofs")):
            text = read(self.folder, f"proofs/{name}")
            self.need(self.check.proof(text, None) and text.endswith(b"\n\n" + self.note),
                      f"{name} leads to another checkpoint")
            line = self.check.base64.b64decode(text.split(b"\n")[1].removeprefix(b"extra "))
            found[json.loads(line)["seq"]] = line
            self.need(name == f"{json.loads(line)['seq']}.proof", f"{name} is of another record")
        return found

    def stretch(self, proven):
        """The lines of the stretch, which nothing was left out of."""
        data = read(self.folder, "records.jsonl")
        self.need(data.endswith(b"\n"), "the last line is not finished: cut")
        first, last, before = self.about["first"], self.about["last"], None
        lines = dict(zip(range(first, last + 1), data.split(b"\n")[:-1]))
        self.need(len(lines) == last - first + 1 == data.count(b"\n"), "records were left out or added: cut")
        for number, line in lines.items():
            seq, prev, own, _ = self.check.record(line, None)
            self.need(seq == number and before in (None, prev), f"record {number} does not follow")
            self.need(number not in proven or proven[number] == line, f"record {number} has another history")
            before = own
        for number in {first, last, self.size, max(first - 1, 1), min(last + 1, self.size)}:
            self.need(number in proven, f"the proof of record {number} is missing")
        time = {number: seconds(json.loads(line)["time"], 0) for number, line in proven.items()}
        self.need(first == 1 or time[first - 1] < seconds(self.about["since"], 0), "cut at the beginning")
        self.need(last == self.size or time[last + 1] >= seconds(self.about["until"], 1 << 64) and
                  self.check.record(proven[last + 1], None)[1] == before, "cut at the end")
        return lines

    def signatures(self, lines):
        signing = False
        for number, line in sorted(lines.items()):
            fields = json.loads(line)
            self.need(fields["machine"] == self.machine, f"record {number} is another machine's")
            signing |= self.check.record(line, self.keys[-1], signing)[3]
            if self.key and fields["kind"] == "key-changed" and signing:
                self.keys.append((self.key[0], self.check.base64.b64decode(fields["detail"]["public"].split()[2])))
        self.check.checkpoint(self.note, self.keys[-1])

    def growths(self):
        for name in os.listdir(self.folder):
            self.need(PARTS.fullmatch(name), f"{name} is no part of a bundle")
            if name.startswith("extends-"):
                text = read(self.folder, name)
                self.check.proof(text, None)
                cut = int(re.search(rb"\nearlier (\d+)\n\n", text)[1])
                early, late = text[-len(self.note) - cut:-len(self.note)], text[-len(self.note):]
                self.need(late == self.note, f"{name} leads to another checkpoint")
                self.need(not self.key or any(self.signed(early, key) for key in self.keys), f"{name} is not signed")

    def signed(self, note, key):
        try:
            return self.check.checkpoint(note, key)
        except self.check.Bad:
            return False

    def reports(self, lines):
        records = [json.loads(line) for _, line in sorted(lines.items())]
        told = {f"{r['handover']}-{r['detail']['revision']}.json": r["detail"]["sha256"] for r in records
                if r["kind"] in TOLD and self.about["first"] <= r["seq"] <= self.about["last"]}
        removed = {r["handover"] for r in records if r["kind"] == "retention"}
        for name in os.listdir(os.path.join(self.folder, "reports")):
            self.need(name in told, f"no record speaks of reports/{name}")
            self.need(self.check.sha(read(self.folder, f"reports/{name}")).hex() == told.pop(name),
                      f"reports/{name} is not the one that its record speaks of")
        left = [name for name in told if name.partition("-")[0] not in removed]
        self.need(not left, f"reports are missing: {left}")


def bundle(folder, key, check):
    b = Bundle(folder, key, check)
    proven = b.proofs()
    lines = b.stretch(proven)
    b.signatures({**proven, **lines})
    b.growths()
    b.reports({**proven, **lines})
    return f"records {b.about['first']} to {b.about['last']} of {b.size} of {b.machine}"
