/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One filter for maps and list. The states in it are the legend as well. What matches is computed
 * once for all entries; who draws something registers with onFilter().
 */
const filter = { states: new Set(), unit: -1, faults: false, words: [], matches: new Uint8Array(rows.length).fill(1), count: rows.length };
const filterListeners = [];
const onFilter = (listener) => filterListeners.push(listener);

/* What the search looks at, made at the first search only. */
let haystacks = null;
function haystack(index) {
	haystacks = haystacks || rows.map((row) =>
		`${ridText(row)} ${unitName(row[UNIT])} ${texts[row[STATE]]} ${texts[row[DEVICE]]} ${texts[row[NOTE]]}`.toLowerCase());
	return haystacks[index];
}

function matches(index) {
	const row = rows[index];

	if (filter.states.size && !filter.states.has(stateOf[index]))
		return false;
	if (filter.unit >= 0 && row[UNIT] !== filter.unit)
		return false;
	if (filter.faults && !faultsAt(index))
		return false;
	return filter.words.every((word) => haystack(index).includes(word));
}

const isFiltered = () => filter.states.size || filter.unit >= 0 || filter.faults || filter.words.length;

function showCount() {
	const all = plural(rows.length, "entry", "entries");

	$("filter-count").textContent = isFiltered() ? `${filter.count} of ${all}` : all;
	$("filter-reset").hidden = !isFiltered();
}

function applyFilter() {
	filter.count = 0;
	for (let i = 0; i < rows.length; i++)
		filter.count += filter.matches[i] = matches(i) ? 1 : 0;
	showCount();
	for (const listener of filterListeners)
		listener();
}

function resetFilter() {
	filter.states.clear();
	filter.unit = -1;
	filter.faults = false;
	filter.words = [];
	$("filter-unit").value = "";
	$("filter-faults").checked = false;
	$("filter-text").value = "";
	for (const button of $("filter-states").children)
		button.setAttribute("aria-pressed", "false");
	applyFilter();
}

/* Kept and cleared stand first: they are what a reader expects to see. */
function drawStates() {
	for (const [place, { name }] of SHOWN.entries()) {
		const state = STATES.findIndex((one) => one.name === name), count = stateCounts[state];
		if (!count && place >= data.always)
			continue;
		const button = html("button", { type: "button", "aria-pressed": "false", "data-state": name }, glyph(state), name, html("b", {}, String(count)));
		button.disabled = !count;
		button.addEventListener("click", () => {
			if (!filter.states.delete(state))
				filter.states.add(state);
			button.setAttribute("aria-pressed", String(filter.states.has(state)));
			applyFilter();
		});
		$("filter-states").append(button);
	}
}

function startFilter() {
	drawStates();
	data.iommus.forEach((unit, i) => $("filter-unit").append(html("option", { value: i }, unit.name || "?")));
	$("filter-unit").addEventListener("change", (event) => {
		filter.unit = event.target.value === "" ? -1 : Number(event.target.value);
		applyFilter();
	});
	$("filter-faults").addEventListener("change", (event) => {
		filter.faults = event.target.checked;
		applyFilter();
	});
	$("filter-text").addEventListener("input", (event) => {
		filter.words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
		applyFilter();
	});
	$("filter-reset").addEventListener("click", resetFilter);
}
