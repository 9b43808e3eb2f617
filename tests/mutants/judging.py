# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a report is what a row of a table says: exit code, verdict, failed promises, subjects.

A row has promise, verdict, failed, subjects and says (see table.tsv).
"""

import fnmatch

EXIT = {"clean": 0, "incomplete": 3, "violation": 10}


def listed(field):
    return [] if field == "-" else field.split(",")


def wrong_subjects(row, findings):
    expected = listed(row.subjects)
    patterns = [pattern for pattern in expected if pattern != "+"]
    seen = sorted({f["subject"] for f in findings})
    missing = [p for p in patterns if not fnmatch.filter(seen, p)]
    other = [s for s in seen if not any(fnmatch.fnmatchcase(s, p) for p in patterns)]
    return f"subjects {seen}, not {expected}" if missing or (other and "+" not in expected) else ""


def of_promise(row, report):
    severity = "notice" if row.verdict == "clean" else row.verdict
    return [f for f in report["findings"]
            if f["severity"] == severity and f["invariant"] == row.promise]


def judge_report(row, report, status):
    """What is not as the row says, as text."""
    answers = {name: i["result"] for name, i in report["invariants"].items()}
    failed = sorted(n for n, a in answers.items() if a == "fail")
    unknown = sorted(n for n, a in answers.items() if a == "unknown")
    wrong = []
    if status != EXIT[row.verdict]:
        wrong.append(f"exit {status}, not {EXIT[row.verdict]}")
    if report["verdict"] != row.verdict:
        wrong.append(f"verdict {report['verdict']}, not {row.verdict}")
    if failed != sorted(listed(row.failed)):
        wrong.append(f"failed {','.join(failed) or '-'}, not {row.failed}")
    if row.verdict == "incomplete" and row.promise not in unknown:
        wrong.append(f"unknown {','.join(unknown) or '-'}, without {row.promise}")
    if row.verdict == "clean" and unknown:
        wrong.append(f"unknown {','.join(unknown)}")
    if row.verdict == "violation":
        wrong.append(wrong_subjects(row, [f for f in report["findings"]
                                          if f["severity"] == "violation"]))
    texts = [f["message"] for f in of_promise(row, report)]
    if row.says.startswith("attempt:"):
        results = [a["result"] for a in report["attempts"] if a["aborted"]]
        if int(row.says[8:]) not in results:
            wrong.append(f"aborted attempts {results}, not {row.says[8:]}")
    elif row.says not in ("-", "?") and not any(row.says in text for text in texts):
        wrong.append(f"no finding of {row.promise} says \"{row.says}\"")
    return "; ".join(filter(None, wrong))


def seen_text(row, report):
    texts = [f["message"] for f in of_promise(row, report)]
    more = f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""
    if texts:
        return texts[0] + more
    for attempt in report["attempts"]:
        if attempt["aborted"]:
            return f"clean; an aborted attempt ({attempt['result']}) is in the history"
    promise = report["invariants"].get(row.promise)
    answer = f"; {row.promise} {promise['result']}: {promise['reason']}" if promise else ""
    return report["verdict"] + answer
