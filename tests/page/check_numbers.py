# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands on the page is what stands in the report: every count is taken from the JSON here, by
other code than the page's, and looked up on the page.
"""
from collections import Counter

import samples


def everything():
    for name in ("clean", "parked", "violation", "incomplete", "plain-kexec", "units-64"):
        yield name, samples.load(name)
    yield "host-bad", samples.hypervisor(True)
    yield "host-good", samples.hypervisor(False)
    yield "sized-10", samples.sized(10)
    yield "sized-4096", samples.sized(4096)


def equal(found, wanted, what):
    assert found == wanted, f"{what}: {found!r}, not {wanted!r}"


def states_of(report):
    return Counter(one["state"] for one in report["entries"])


def check_verdict_and_headline(bench):
    for name, report in everything():
        browser = bench.open(name, report)
        equal(browser.run("$('headline').textContent"), report["headline"], name)
        equal(browser.run("$('headline').dataset.verdict"), report["verdict"], name)
        assert report["headline"] in browser.run("document.title"), name


def check_states_in_legend(bench):
    for name, report in everything():
        browser = bench.open(name, report)
        legend = browser.run("Object.fromEntries([...$('filter-states').children].map(b => "
                             "[b.dataset.state, Number(b.querySelector('b').textContent)]))")
        equal({key: count for key, count in legend.items() if count}, dict(states_of(report)), name)


def check_states_per_iommu(bench):
    for name, report in everything():
        browser = bench.open(name, report)
        found = browser.run("""[...document.querySelectorAll('#units-table tbody tr')].map(row =>
            [row.cells[0].textContent, Object.fromEntries([...row.querySelectorAll('[data-state]')]
                .map(cell => [cell.dataset.state, Number(cell.textContent)]))])""")
        wanted = [[unit["name"], dict(Counter(one["state"] for one in report["entries"]
                                              if one["iommu"] == unit["name"]))]
                  for unit in report["iommus"]]
        equal(found, wanted, name)
        total = browser.run("""Object.fromEntries([...document.querySelectorAll(
            '#units-total [data-state]')].map(cell => [cell.dataset.state, Number(cell.textContent)]))""")
        equal(total, dict(states_of(report)), name + " total")


def check_map_has_every_entry_once(bench):
    for name, report in everything():
        browser = bench.open(name, report)
        drawn = browser.run("""(() => { const counts = {};
            for (const group of document.querySelectorAll('#map .bus svg g > g')) {
                const count = group.querySelector('.a').getAttribute('d').match(/M/g).length;
                counts[group.classList[0]] = (counts[group.classList[0]] || 0) + count;
            } return counts; })()""")
        equal(drawn, dict(states_of(report)), name)
        buses = {(one["iommu"], one["rid"][:7]) for one in report["entries"]}
        equal(browser.run("document.querySelectorAll('#map .bus').length"), len(buses), name)


def check_faults_in_table_and_timeline(bench):
    for name, report in everything():
        browser = bench.open(name, report)
        rows = browser.run("""[...document.querySelectorAll('#faults-table tbody tr')].map(row => [
            row.cells[0].textContent, row.cells[1].textContent,
            row.cells[2].querySelector('.rid').textContent, Number(row.cells[3].textContent)])""")
        wanted = sorted([one["class"], one["window"], one["rid"], one["count"]]
                        for one in report["faults"])
        equal(sorted(rows), wanted, name)
        marks = browser.run("[...document.querySelectorAll('.fault')].reduce((sum, one) => "
                            "sum + Number(one.dataset.count), 0)")
        equal(marks, sum(one["count"] for one in report["faults"]), name + " timeline")


def check_faults_stand_in_their_window(bench):
    browser = bench.open("host-bad", samples.hypervisor(True))
    for kind, window, count in browser.run("""(() => { const found = [];
            for (const mark of document.querySelectorAll('.fault')) {
                const box = mark.querySelector('rect'), x = Number(box.getAttribute('x'));
                const window = Object.keys(BANDS).find(band => x >= BANDS[band][0] && x < BANDS[band][1]);
                found.push([/of class ([a-z-]+)/.exec(mark.getAttribute('aria-label'))[1], window,
                    Number(mark.dataset.count)]);
            } return found; })()"""):
        bands = {"early-boot": "after"}
        assert any(one["class"] == kind and one["count"] == count and
                   bands.get(one["window"], one["window"]) == window
                   for one in samples.hypervisor(True)["faults"]), (kind, window, count)


def check_findings_checks_and_losses(bench):
    for name, report in everything():
        browser = bench.open(name, report)
        count = len(report["findings"])
        text = browser.run("$('findings').textContent")
        if count:
            equal(int(browser.run("$('findings-table').dataset.count")), count, name)
        for one in report["findings"]:
            for key in ("subject", "message", "action"):
                assert not one[key] or one[key] in text, f"{name}: {one[key]}"
        found = browser.run("""Object.fromEntries([...document.querySelectorAll(
            '#checks-table tbody tr')].map(row => [row.cells[0].textContent,
            [row.cells[1].textContent.trim(), row.cells[3].textContent]]))""")
        equal(found, {key: [one["result"], one["reason"] or ""]
                      for key, one in report["invariants"].items()}, name)
        losses = browser.run("$('losses').textContent")
        for key, value in report["losses"].items():
            assert not value or f"{value} {key}" in losses, f"{name}: {key}"


def check_list_shows_what_the_report_has(bench):
    report = samples.hypervisor(True)
    browser = bench.open("host-bad", report)
    seen = browser.run("""rows.map((row, i) => COLUMNS.map(column =>
        column.cell(row, i).textContent.trim()))""")
    for one, cells in zip(report["entries"], seen):
        equal(cells[:4], [one["rid"], one["state"], "yes" if one["preserved"] else "",
                          one["iommu"]], one["rid"])
        for when, cell in zip(("before", "after"), cells[4:6]):
            words = one[when]
            there = "present" if one["present"][when] else "absent"
            wanted = f"{words['lo']} {words['hi']}" if words else there
            if when == "after" and words and words == one["before"]:
                wanted = "the same"
            equal(cell, wanted, f"{one['rid']} {when}")
        equal(cells[6:], [one["device"] or "", one["note"] or ""], one["rid"])
