# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports that want to be run instead of read; and, should one ever get through the escaping, the
page's policy as the second wall.
"""
import os
import re

import samples

# Whatever is invisible or turns the reading direction; line ends are the page's own.
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def inert(browser, what):
    assert browser.run("window.owned") is None, f"{what}: it ran"
    assert browser.run("document.querySelectorAll('script').length") == 2, f"{what}: scripts"
    assert browser.run("document.querySelectorAll('img, iframe, object, embed, link, base, form, "
                       "a:not(.skip)').length") == 0, f"{what}: elements"
    handlers = browser.run("""[...document.querySelectorAll('*')].flatMap(one =>
        [...one.attributes].filter(two => two.name.startsWith('on') || two.name === 'style')
            .filter(two => two.name !== 'style' || !one.closest('.gap, #tip')).map(two => two.name))""")
    assert handlers == [], f"{what}: {handlers}"
    assert browser.complaints() == [], f"{what}: {browser.complaints()}"
    assert browser.requests() == [], f"{what}: {browser.requests()}"
    found = HIDDEN.search(browser.run("document.title + document.body.innerText + "
                                      "document.body.textContent"))
    assert not found, f"{what}: {found and hex(ord(found.group()))} is on the page"


def check_attacks_stay_text(bench):
    for number, attack in enumerate(samples.ATTACKS):
        browser = bench.open(f"attack-{number}", samples.hostile(attack))
        inert(browser, repr(attack))
        text = browser.run("document.body.innerText")
        if not HIDDEN.search(attack) and "\\" not in attack:
            assert attack in text, f"{attack!r} is not shown as it is"
        browser.run("document.querySelector('#filter-faults').click(); resetFilter()")
        browser.run("rows.forEach((row, i) => chooseEntry(i, false))")
        inert(browser, repr(attack) + " after use")


def check_hidden_characters_are_shown_by_number(bench):
    number = next(i for i, attack in enumerate(samples.ATTACKS) if "\u202e" in attack)
    browser = bench.open(f"attack-{number}", samples.hostile(samples.ATTACKS[number]))
    for form in ("\\u202eNAELC\\u202c", "\\u200bzero\\ufeff"):
        assert form in browser.run("$('headline').textContent"), form
        assert form in browser.run("$('entries-table').textContent"), form


def check_the_sample_that_is_hostile_to_terminals(bench):
    report = samples.load("hostile")
    report["id"] = "0123456789abcdef0123456789abcdef"
    inert(bench.open("hostile", report), "hostile.json")


def check_types_that_are_wrong(bench):
    for number, value in enumerate((None, 7, -1, 1e300, True, "text", [], [[]], {}, {"rid": {}}, [None, 7, "x", {}])):
        report = samples.load("violation")
        for key in ("findings", "iommus", "entries", "faults", "carriers", "attempts", "labels",
                    "time", "sets", "losses", "host", "kernel", "boot", "headline", "revision"):
            report[key] = value
        inert(bench.open(f"types-{number}", report), f"everything is {value!r}")


def check_damaged_report_is_not_clean(bench):
    report = samples.load("clean")
    report["invariants"]["I2"]["result"] = "fail"
    browser = bench.open("damaged", report)
    assert browser.run("$('headline').textContent") == "DAMAGED REPORT"
    assert "Do not take this hand-over for clean" in browser.run("document.body.innerText")


def check_policy_stops_what_gets_through(bench):
    path = bench.page("clean", samples.load("clean"))
    with open(path, encoding="utf-8") as file:
        text = file.read()
    broken = os.path.join(bench.folder, "broken.html")
    with open(broken, "w", encoding="utf-8") as file:
        file.write(text.replace("</main>", "<script>window.owned = 1</script><img src=x onerror="
                                "'window.owned = 1'><style>h1 { color: lime !important }</style></main>"))
    browser = bench.browser.open(broken)
    browser.settle()
    assert browser.run("window.owned") is None, "a script without the number ran"
    assert browser.run("getComputedStyle($('headline')).color") != "rgb(0, 255, 0)", "a style"
    assert browser.complaints(), "the browser says nothing"
    bench.browser.open(path)
    assert browser.run("(() => { try { document.body.innerHTML = '<b>'; return 'done' } "
                       "catch (error) { return error.name } })()") == "TypeError", "innerHTML"
    assert browser.run("fetch('data:text/plain,x').then(() => 'done', () => 'refused')") == "refused"


def check_numbers_of_two_pages_differ(bench):
    found = set()
    for name in ("one", "two"):
        with open(bench.page(name, samples.load("clean")), encoding="utf-8") as file:
            found.add(re.search("nonce-([0-9a-f]{32})'", file.read()).group(1))
    assert len(found) == 2, "the same number twice"
