# SPDX-License-Identifier: GPL-2.0-or-later
"""Sorting, filtering, pointer and keyboard, by the events a person would cause."""
import samples

# All rows of the list, by scrolling through it as far as there is something to scroll.
ALL_ROWS = """(async () => {
    const box = $('entries-box'), seen = new Map();
    for (let top = 0; ; top += 300) {
        box.scrollTop = top;
        await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
        for (const row of document.querySelectorAll('#entries-table tr[data-entry]'))
            seen.set(Number(row.getAttribute('aria-rowindex')), [...row.cells].map(c => c.textContent.trim()));
        if (top > box.scrollHeight) break;
    }
    return [...seen].sort((a, b) => a[0] - b[0]).map(one => one[1]);
})()"""


def equal(found, wanted, what):
    assert found == wanted, f"{what}: {found!r}, not {wanted!r}"


def click(browser, selector):
    x, y = browser.run(f"""(() => {{ const one = document.querySelector({selector!r});
        one.scrollIntoView({{ block: 'center' }}); const box = one.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2]; }})()""")
    browser.mouse(x, y, click=True)


def shown(browser):
    return browser.run("filter.count"), browser.run("$('filter-count').textContent")


def check_sorting_by_every_column(bench):
    report = samples.hypervisor(True)
    browser = bench.open("host-bad", report)
    rows = browser.run(ALL_ROWS)
    equal(len(rows), len(report["entries"]), "rows")
    gravest = ["leaked", "lost", "altered", "appeared", "unknown", "other", "kept", "cleared",
               "unreachable"]
    equal([row[1] for row in rows], sorted((row[1] for row in rows), key=gravest.index), "first")
    for column, key in ((0, lambda row: row[0]), (3, lambda row: row[3]), (6, lambda row: row[6])):
        for down in (False, True):
            click(browser, f"#entries-table thead th:nth-child({column + 1}) button")
            found = [key(row) for row in browser.run(ALL_ROWS)]
            equal(found, sorted(found, reverse=down), f"column {column}")
            equal(len(found), len(report["entries"]), "rows")
            equal(browser.run(f"document.querySelectorAll('#entries-table th')[{column}]"
                              ".getAttribute('aria-sort')"),
                  "descending" if down else "ascending", "aria-sort")


def check_sorting_of_faults(bench):
    browser = bench.open("host-bad", samples.hypervisor(True))
    for down in (False, True):
        click(browser, "#faults-table th:nth-child(4) button")
        counts = browser.run("[...document.querySelectorAll('#faults-table tbody tr')].map(row => "
                             "Number(row.cells[3].textContent))")
        equal(counts, sorted(counts, reverse=down), "counts")


def check_filters(bench):
    report = samples.hypervisor(True)
    entries, total = report["entries"], len(report["entries"])
    browser = bench.open("host-bad", report)
    faulted = {one["rid"] for one in report["faults"]}

    def expect(condition, what):
        wanted = sum(1 for one in entries if condition(one))
        equal(shown(browser), (wanted, f"{wanted} of {total} entries"), what)
        equal(len(browser.run(ALL_ROWS)) or 0, wanted, what + " in the list")
        lit = browser.run("[...document.querySelectorAll('#map g:not(.out) > .a')].reduce((sum, one) "
                          "=> sum + one.getAttribute('d').match(/M/g).length, 0)")
        equal(lit, wanted, what + " on the maps")

    click(browser, "button[data-state=lost]")
    expect(lambda one: one["state"] == "lost", "lost")
    click(browser, "button[data-state=leaked]")
    expect(lambda one: one["state"] in ("lost", "leaked"), "lost and leaked")
    click(browser, "#filter-reset")
    equal(shown(browser)[1], f"{total} entries", "all")
    click(browser, "#filter-faults")
    expect(lambda one: one["rid"] in faulted, "with faults")
    click(browser, "#filter-faults")
    browser.run("$('filter-unit').value = '2'; $('filter-unit').dispatchEvent(new Event('change'))")
    expect(lambda one: one["iommu"] == "dmar2", "one unit")
    click(browser, "#filter-text")
    browser.type("Samsung")
    expect(lambda one: one["iommu"] == "dmar2" and "Samsung" in one["device"], "unit and text")
    browser.type(" nothing has this")
    equal(shown(browser)[0], 0, "nothing")
    assert "Nothing matches" in browser.run("$('entries-table').textContent")
    click(browser, "#filter-reset")
    equal(shown(browser)[1], f"{total} entries", "reset")


def check_keyboard_alone(bench):
    browser = bench.open("host-bad", samples.hypervisor(True))
    visited = []
    for _ in range(80):
        browser.key("Tab")
        visited.append(browser.run("(one => one.id || one.getAttribute('data-bus') || one.className.baseVal "
                                   "|| one.textContent)(document.activeElement)"))
        if visited[-1] == "entries-box":
            break
    for stop in ("To the findings", "filter-unit", "filter-text", "00", "17", "5e", "entries-box"):
        assert stop in visited, f"Tab never comes to {stop}: {visited}"
    assert visited[0] == "To the findings", visited[0]
    browser.key("ArrowDown")
    first = browser.run("ridText(rows[list.chosen])")
    browser.key("ArrowDown")
    assert browser.run("ridText(rows[list.chosen])") != first
    assert browser.run("ridText(rows[list.chosen])") in browser.run("$('detail').textContent")
    browser.key("End")
    equal(browser.run("list.order.indexOf(list.chosen)"), 230, "End")
    equal(browser.run("(row => { const r = row.getBoundingClientRect(), b = $('entries-box')"
                      ".getBoundingClientRect(); return r.top >= b.top && r.bottom <= b.bottom + 1 })"
                      "(document.querySelector('tr.chosen'))"), True, "the chosen row is in sight")


def check_keyboard_on_filter_and_sort(bench):
    browser = bench.open("host-bad", samples.hypervisor(True))
    browser.run("document.querySelector('button[data-state=lost]').focus()")
    browser.key(" ", " ")
    equal(browser.run("document.activeElement.getAttribute('aria-pressed')"), "true", "pressed")
    equal(shown(browser)[0], 2, "filtered")
    browser.run("document.querySelector('#entries-table th button').focus()")
    browser.key("Enter", "\r")
    equal(browser.run("document.querySelector('#entries-table th').getAttribute('aria-sort')"),
          "ascending", "sorted")


def check_keyboard_on_map(bench):
    browser = bench.open("host-bad", samples.hypervisor(True))
    browser.run("$('filter-reset').focus(); document.querySelector('[data-bus=\"17\"]').focus({focusVisible: true})")
    browser.settle()
    said = browser.run("$('say').textContent")
    assert said.startswith("0000:17:00.0, kept (preserved)"), said
    browser.key("ArrowRight")
    assert browser.run("$('say').textContent").startswith("0000:17:00.1"), "right"
    browser.key("ArrowDown")
    assert browser.run("$('say').textContent").startswith("0000:18:00.1"), "down"
    browser.key("End")
    assert browser.run("$('say').textContent").startswith("0000:19:03.0"), "end"
    browser.key("ArrowLeft")
    said = browser.run("$('say').textContent")
    assert said.startswith("0000:19:02.0, leaked") and "leak-hit" in said, said
    assert not browser.run("$('tip').hidden"), "the tip is there"
    browser.key("Escape")
    assert browser.run("$('tip').hidden"), "Escape takes the tip away"
    browser.key("Enter", "\r")
    equal(browser.run("document.activeElement.id"), "entries-box", "focus")
    equal(browser.run("ridText(rows[list.chosen])"), "0000:19:02.0", "chosen")


def check_keyboard_on_timeline(bench):
    browser = bench.open("host-bad", samples.hypervisor(True))
    browser.run("document.querySelector('.fault').focus()")
    browser.key("ArrowRight")
    equal(browser.run("[...document.querySelectorAll('.fault')].indexOf(document.activeElement)"), 1,
          "second")
    equal(browser.run("document.querySelectorAll('.fault[tabindex=\"0\"]').length"), 1, "tab stops")
    assert "fault" in browser.run("document.activeElement.getAttribute('aria-label')")


def check_pointer_on_map(bench):
    browser = bench.open("host-bad", samples.hypervisor(True))
    x, y = browser.run("""(() => { const map = document.querySelector('[data-bus="19"]');
        map.scrollIntoView({ block: 'center' }); const box = map.getBoundingClientRect();
        return [box.x + cellX(0x10) + 5, box.y + cellY(0x10) + 5]; })()""")
    browser.mouse(x, y)
    tip = browser.run("$('tip').hidden ? '' : $('tip').textContent")
    assert tip.startswith("0000:19:02.0") and "leaked" in tip and "Samsung" in tip, tip
    browser.mouse(x, y, click=True)
    assert "0000:19:02.0" in browser.run("$('detail').textContent")
    browser.mouse(x + 40, y + 40)
    assert browser.run("$('tip').hidden"), "an empty square has no tip"


def check_65536_entries(bench):
    browser = bench.open("sized-65536", samples.sized(65536))
    equal(shown(browser)[1], "65536 entries", "all")
    assert browser.run("document.querySelectorAll('#entries-table tr').length") < 120
    equal(browser.run("document.querySelectorAll('.bus').length"), 256, "buses")
    browser.run("$('entries-box').focus()")
    browser.key("End")
    equal(browser.run("$('entries-table').tBodies[0].querySelector('.chosen').getAttribute('aria-rowindex')"),
          "65537", "last row")
    click(browser, "#filter-text")
    browser.type("0000:ff:1f.7")
    equal(shown(browser)[0], 1, "the last requester ID")
