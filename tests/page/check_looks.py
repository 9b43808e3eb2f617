# SPDX-License-Identifier: GPL-2.0-or-later
"""What a reader depends on: paper, no JavaScript, contrast in both schemes, shapes beside colours,
names for what can be reached, a narrow window; and silence on console and network.
"""
import samples


def equal(found, wanted, what):
    assert found == wanted, f"{what}: {found!r}, not {wanted!r}"


def check_silence(bench):
    for name in ("clean", "parked", "violation", "incomplete", "plain-kexec", "units-64"):
        for scheme in ("light", "dark"):
            bench.browser.media(scheme)
            browser = bench.browser.open(bench.page(name, samples.load(name)))
            equal(browser.complaints(), [], f"{name}: console")
            equal(browser.requests(), [], f"{name}: network")


def check_without_javascript(bench):
    browser = bench.browser
    report = samples.hypervisor(True)
    path = bench.page("host-bad", report)
    browser.scripts(False)
    try:
        browser.open(path)
        text = browser.run("document.body.innerText")
        faults = browser.run("document.getElementById('faults').textContent")
    finally:
        browser.scripts(True)
    assert report["headline"] in text, "verdict"
    for one in report["findings"]:
        assert one["message"] in text, "finding"
    for one in report["entries"]:
        if one["state"] not in ("kept", "cleared", "unreachable"):
            assert one["rid"] in text, one["rid"]
    assert "Without JavaScript" in text and "Timeline" not in text, "what needs scripts is away"
    for one in report["faults"]:
        assert one["reason_text"] in faults, "fault"


def check_printing(bench):
    browser = bench.open("sized-4096", samples.sized(4096))
    browser.media("dark", "print")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    equal(browser.run("document.querySelectorAll('#entries-table tr[data-entry]').length"), 1000,
          "rows on paper")
    text = browser.run("$('entries-printed').innerText")
    assert "first 1000 of 4096" in text, text
    equal(browser.run("$('entries-box').scrollHeight - $('entries-box').clientHeight < 2"), True,
          "nothing scrolls on paper")
    equal(browser.run("getComputedStyle(document.documentElement).backgroundColor"),
          "rgb(255, 255, 255)", "paper is white in dark mode too")
    equal(browser.run("getComputedStyle($('filter-text')).visibility + $('filter-text').offsetHeight"),
          "visible0", "no controls on paper")
    assert browser.run("$('filter-states').offsetHeight") > 0, "no legend on paper"
    large = browser.run("""[...document.querySelectorAll('td, th, td *, th *, .bus p, .bus p *')]
        .filter(one => one.textContent && one.getClientRects().length
            && parseFloat(getComputedStyle(one).fontSize) > 9.5)
        .map(one => one.textContent.trim().slice(0, 30))""")
    equal(large[:3], [], "words of tables that are larger than the tables on paper")
    equal(browser.run("[...document.querySelectorAll('.bus p span')].filter(one => "
                      "one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)[0]"), None,
          "what stands over a bus is cut off, and paper shows no tip")
    equal(browser.run("[...document.querySelectorAll('tfoot')].map(one => "
                      "getComputedStyle(one).display)"), ["table-row-group"],
          "the sum would stand on each page")
    browser.run("dispatchEvent(new Event('afterprint'))")
    browser.media("light")
    browser.settle()
    rows = browser.run("document.querySelectorAll('#entries-table tr[data-entry]').length")
    assert rows < 120, f"{rows} rows after printing"
    paper = browser.paper()
    assert paper.startswith(b"%PDF") and len(paper) > 50000, "no paper"
    equal(browser.complaints(), [], "console")


CONTRAST = """(() => {
    const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = (c) => { const [r, g, b] = c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b; };
    const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
    const probe = document.createElement('i'); document.body.append(probe);
    const colour = (name) => { probe.style.color = `var(--${name})`; return rgb(getComputedStyle(probe).color).slice(0, 3); };
    const worst = {};
    for (const [back, names, least] of [
        ['back', ['ink', 'soft', 'bad', 'warn', 'good', 'kept', 'leaked', 'lost', 'appeared'], 4.5],
        ['chosen', ['ink', 'soft'], 4.5], ['panel', ['ink', 'soft'], 4.5],
        ['back', ['altered'], 3],
        ['tile', ['kept', 'leaked', 'lost', 'altered', 'appeared', 'unknown', 'other'], 3]])
        for (const name of names)
            if (ratio(colour(name), colour(back)) < least)
                worst[`${name} on ${back}`] = ratio(colour(name), colour(back)).toFixed(2);
    probe.remove();
    return worst;
})()"""


def check_contrast(bench):
    for scheme in ("light", "dark"):
        browser = bench.open("clean", samples.load("clean"))
        browser.media(scheme)
        equal(browser.run(CONTRAST), {}, scheme)


def check_shapes_differ_without_colour(bench):
    browser = bench.open("clean", samples.load("clean"))
    shapes = browser.run("STATES.map(state => state.body + ' ' + state.cut)")
    equal(len(set(shapes)), browser.run("data.states.length + 1"), "shapes")
    legend = browser.run("[...$('filter-states').children].every(one => one.textContent.includes("
                         "one.dataset.state) && one.querySelector('svg'))")
    equal(legend, True, "shape and word in the legend")


def check_names_for_assistive_technology(bench):
    browser = bench.open("host-bad", samples.hypervisor(True))
    browser.call("Accessibility.enable")
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    browser.call("Accessibility.disable")
    nameless = []
    for node in nodes:
        focusable = any(one["name"] == "focusable" and one["value"]["value"]
                        for one in node.get("properties", []))
        role = node.get("role", {}).get("value")
        if focusable and not node.get("ignored") and role not in ("RootWebArea",) \
                and not node.get("name", {}).get("value"):
            nameless.append(role)
    equal(nameless, [], "without a name")
    named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes
             if not node.get("ignored") and node["role"]["value"] in ("region", "table", "heading")]
    equal([role for role, name in named if not name], [], "regions and tables without a name")
    equal([name for role, name in named if role == "region" and len(name) > 40], [],
          "regions whose name is a story")
    equal(browser.run("[...document.querySelectorAll('table')].filter(one => !one.getAttribute"
                      "('aria-labelledby')).map(one => one.id)"), [], "tables without a name")
    equal(browser.run("document.querySelectorAll('h1').length"), 1, "h1")
    equal(browser.run("[...document.querySelectorAll('thead th')].every(one => one.scope === 'col')"),
          True, "scope of headings")
    equal(browser.run("(ids => ids.length - new Set(ids).size)([...document.querySelectorAll('[id]')]"
                      ".map(one => one.id))"), 0, "ids used twice")
    equal(browser.run("document.documentElement.lang"), "en", "language")


def check_markers_of_many_faults(bench):
    browser = bench.open("sized-65536", samples.sized(65536))
    over = """[...document.querySelectorAll('.timeline .fault rect')].map(one => one.getBoundingClientRect())
        .filter((one, i, all) => all.some((other, j) => j > i && Math.abs(other.top - one.top) < 2
            && other.left < one.right - 0.5 && one.left < other.right - 0.5)).length"""
    equal(browser.run(over), 0, "markers that lie over others")
    equal(browser.run("[...document.querySelectorAll('.timeline .fault')].reduce((sum, one) => "
                      "sum + Number(one.dataset.count), 0)"),
          sum(one["count"] for one in samples.sized(65536)["faults"]), "faults in markers")


# What is written over something else, beyond its marker, its drawing or its cell. A box is of a whole line, which has
# room above and below its letters.
WRITTEN = """(() => {
    const wrong = [], shown = (one) => one.textContent.trim() && one.getClientRects().length;
    const short = (one) => JSON.stringify(one.textContent.trim().slice(0, 30));
    const box = (one) => { const range = document.createRange(); range.selectNodeContents(one);
        return one.ownerSVGElement ? one.getBoundingClientRect() : range.getBoundingClientRect(); };
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
    const beyond = (a, b, most) => a.left < b.left - most || a.right > b.right + most;

    for (const drawing of document.querySelectorAll('svg')) {
        const texts = [...drawing.querySelectorAll('text')].filter(shown), boxes = texts.map(box);
        const frame = drawing.getBoundingClientRect();
        texts.forEach((one, i) => {
            for (let j = i + 1; j < texts.length; j++)
                if (over(boxes[i], boxes[j]))
                    wrong.push(`${short(one)} lies over ${short(texts[j])}`);
            if (beyond(boxes[i], frame, 1))
                wrong.push(`${short(one)} is beyond its drawing`);
        });
    }
    for (const marker of document.querySelectorAll('.timeline .fault'))
        if (beyond(box(marker.querySelector('text')), marker.querySelector('rect').getBoundingClientRect(), 0))
            wrong.push(`${short(marker)} is wider than its marker`);
    const lanes = document.querySelector('.timeline .axis').getBoundingClientRect();
    for (const lane of document.querySelectorAll('.timeline .lane'))
        if (box(lane).right > lanes.left + lanes.width * 112 / 1040)
            wrong.push(`${short(lane)} reaches into the timeline`);
    // Headings of a narrow window are for who cannot see them.
    for (const cell of document.querySelectorAll('td, th'))
        if (shown(cell) && !(cell.closest('thead') && getComputedStyle(cell.closest('thead')).position === 'absolute') && getComputedStyle(cell).overflow === 'visible'
                && beyond(box(cell), cell.getBoundingClientRect(), 1))
            wrong.push(`${short(cell)} is wider than its cell`);
    return wrong;
})()"""


def check_nothing_written_over_another(bench):
    browser = bench.browser
    for name, report in (("sized-65536", samples.sized(65536)), ("long-names", samples.long_names()),
                         ("crowded", samples.crowded()), ("host-bad", samples.hypervisor(True))):
        for width, height, media in ((1280, 900, ""), (390, 844, ""), (794, 1123, "print")):
            bench.open(name, report)
            browser.size(width, height)
            browser.media("light", media)
            if media:
                browser.run("dispatchEvent(new Event('beforeprint'))")
            equal(browser.run(WRITTEN)[:3], [], f"{name}, {width} px {media}")
    browser.media("light")


def check_narrow_window(bench):
    browser = bench.open("host-bad", samples.hypervisor(True))
    for width in (1280, 1024, 760, 420, 390):
        browser.size(width, 900)
        wide = browser.run("document.documentElement.scrollWidth")
        assert wide <= width, f"{wide} wide in a window of {width}"
    # On a telephone what to do has the whole width, and nothing of it is beyond the edge.
    left, right = browser.run("(box => [box.left, box.right])(document.querySelector("
                              "'#findings-table .do').getBoundingClientRect())")
    assert right <= 390 and right - left > 330, f"what to do is from {left} to {right}"


def check_telephone(bench):
    """390 px: nothing that is to be read at night is beyond the edge, whatever names devices have."""
    browser = bench.open("long-names", samples.long_names())
    for name, report in (("long-names", samples.long_names()), ("sized-65536", samples.sized(65536))):
        browser = bench.open(name, report)
        browser.size(390, 844)
        equal(browser.run("document.documentElement.scrollWidth"), 390, f"{name}: width")
        beyond = browser.run("""[...document.querySelectorAll('#verdict *, #findings-table td, #findings-table p, '
            + '#faults-table td')].filter(one => one.getClientRects().length && one.getBoundingClientRect().right > 390)
            .map(one => one.textContent.trim().slice(0, 30))""")
        equal(beyond[:3], [], f"{name}: beyond the edge")
        # What stays in sight while one scrolls leaves room for what one scrolls.
        browser.run("scrollTo(0, document.querySelector('#entries-table').getBoundingClientRect().top)")
        browser.settle()
        held = browser.run("(box => box.top < 1 ? box.bottom : 0)($('filter').getBoundingClientRect())")
        assert held < 90, f"{name}: {held} of 844 are the filter's"
        assert browser.run("document.querySelectorAll('#entries-table tr').length") < 120, name
