/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of entries: the plain alternative to the maps. Only the rows in sight exist, so 65,536
 * scroll like ten; for printing as many as paper bears are made. Also: sorting of small tables.
 */
const PRINTED_ROWS = 1000, SPARE_ROWS = 12, ROWS_IN_SIGHT = 48;
const list = { order: [], column: 1, down: false, chosen: -1, rowHeight: 27, printing: false };

const textRanks = (() => {
	const order = texts.map((text, i) => i).sort((a, b) => texts[a] < texts[b] ? -1 : texts[a] > texts[b] ? 1 : 0);
	const ranks = new Uint32Array(texts.length);
	order.forEach((text, rank) => { ranks[text] = rank; });
	return ranks;
})();

/* Columns in order: what they sort by, and what they show. */
const COLUMNS = [
	{ name: "rid", key: (i) => ridPlaces.places[i], cell: (row) => html("td", { class: "rid" }, ridText(row)) },
	{ name: "state", key: (i) => stateOf[i], cell: (row, i) => html("td", { class: `state ${STATES[stateOf[i]].name}` }, glyph(stateOf[i]), " ", texts[row[STATE]]) },
	{ name: "kept", key: (i) => -(rows[i][FLAGS] & PRESERVED), cell: (row) => html("td", {}, row[FLAGS] & PRESERVED ? (row[CONTESTED] ? "contested" : "yes") : "") },
	{ name: "unit", key: (i) => rows[i][UNIT], cell: (row) => html("td", {}, unitName(row[UNIT])) },
	{ name: "words", key: (i) => textRanks[rows[i][BEFORE]] * 16 + (rows[i][FLAGS] & WAS_PRESENT), cell: (row) => html("td", { class: "hex" }, wordsBefore(row)) },
	{ name: "words", key: (i) => textRanks[rows[i][AFTER]] * 16 + (rows[i][FLAGS] & IS_PRESENT), cell: (row) => html("td", { class: "hex" }, wordsAfter(row)) },
	{ name: "device", key: (i) => textRanks[rows[i][DEVICE]], cell: (row) => html("td", { title: texts[row[DEVICE]] }, texts[row[DEVICE]]) },
	{ name: "note", key: (i) => textRanks[rows[i][NOTE]], cell: (row) => html("td", { title: texts[row[NOTE]] }, texts[row[NOTE]]) },
];

/* By the column's key, then by requester ID: both in one number, which sorts without a function. */
function sortList() {
	const key = COLUMNS[list.column].key, sign = list.down ? -1 : 1, count = rows.length;
	const keys = new Float64Array(filter.count);
	let used = 0;

	for (let i = 0; i < count; i++)
		if (filter.matches[i])
			keys[used++] = sign * key(i) * count + ridPlaces.places[i];
	keys.sort();
	list.order = Array.from(keys, (one) => ridPlaces.order[(one % count + count) % count]);
}

function gap(height) {
	const cell = html("td", { colspan: COLUMNS.length });
	cell.style.height = `${height}px`;
	return html("tr", { class: "gap", "aria-hidden": "true" }, cell);
}

function drawRow(place) {
	const i = list.order[place], row = rows[i];
	return html("tr", { id: `e${i}`, "aria-rowindex": place + 2, class: i === list.chosen ? "chosen" : null, "aria-selected": i === list.chosen ? "true" : null, "data-entry": i },
		...COLUMNS.map((column) => column.cell(row, i)));
}

function drawList(top = $("entries-box").scrollTop) {
	const total = list.order.length, height = list.rowHeight;
	let first = 0, last = Math.min(total, PRINTED_ROWS);

	if (!list.printing) {
		first = Math.max(0, Math.min(total, Math.floor(top / height)) - SPARE_ROWS);
		last = Math.min(total, first + ROWS_IN_SIGHT + 2 * SPARE_ROWS);
	}
	const body = $("entries-table").tBodies[0], shown = [];
	if (first)
		shown.push(gap(first * height));
	for (let place = first; place < last; place++)
		shown.push(drawRow(place));
	if (last < total && !list.printing)
		shown.push(gap((total - last) * height));
	if (!total)
		shown.push(html("tr", {}, html("td", { colspan: COLUMNS.length }, rows.length ? "Nothing matches the filter." : "No entries in this report.")));
	body.replaceChildren(...shown);
	list.first = first;
	list.last = last;
	$("entries-table").setAttribute("aria-rowcount", total + 1);
}

function refreshList() {
	sortList();
	$("entries-box").scrollTop = 0;
	drawList(0);
}

function drawDetail() {
	const row = rows[list.chosen];
	$("detail").replaceChildren(row ? html("dl", {}, html("dt", {}, "Entry"), html("dd", { class: "rid" }, ridText(row)),
		...describe(list.chosen).flatMap(([label, text]) => [html("dt", {}, label), html("dd", {}, text)])) : html("span", { class: "quiet" }, "Choose an entry in the map or the list to see all of it."));
}

/* Shows an entry in the list, out of the filter if need be; with FOCUS the keyboard goes there. */
function chooseEntry(index, focus) {
	const box = $("entries-box");

	if (!filter.matches[index])
		resetFilter();
	const place = list.order.indexOf(index), top = place * list.rowHeight, head = $("entries-table").tHead.offsetHeight;
	list.chosen = index;
	if (top < box.scrollTop)
		box.scrollTop = top;
	else if (top + list.rowHeight > box.scrollTop + box.clientHeight - head)
		box.scrollTop = top + list.rowHeight - box.clientHeight + head;
	box.setAttribute("aria-activedescendant", `e${index}`);
	drawList();
	drawDetail();
	if (focus) {
		box.focus();
		box.scrollIntoView({ block: "nearest" });
	}
}

function onListKey(event) {
	const page = Math.max(1, Math.floor($("entries-box").clientHeight / list.rowHeight) - 2);
	const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];

	if (by === undefined || event.target !== $("entries-box") || !list.order.length)
		return;
	event.preventDefault();
	const place = list.order.indexOf(list.chosen), to = place < 0 && by < Infinity ? 0 : place + by;
	chooseEntry(list.order[Math.max(0, Math.min(list.order.length - 1, to))], false);
}

/* Gives the headings of TABLE buttons; SORT(column, down) does it. */
function addSorting(table, start, sort) {
	const heads = [...table.tHead.rows[0].cells];
	const mark = (column, down) => heads.forEach((head, i) => i === column ? head.setAttribute("aria-sort", down ? "descending" : "ascending") : head.removeAttribute("aria-sort"));

	heads.forEach((head, column) => {
		const button = html("button", { type: "button" }, head.textContent);
		button.addEventListener("click", () => {
			const down = head.getAttribute("aria-sort") === "ascending";
			mark(column, down);
			sort(column, down);
		});
		head.replaceChildren(button);
	});
	if (start >= 0)
		mark(start, false);
}

function sortSmallTable(table, column, down) {
	const body = table.tBodies[0], sign = down ? -1 : 1;
	const key = (row) => row.cells[column].textContent.trim();
	const compare = (a, b) => /^\d+$/.test(a) && /^\d+$/.test(b) ? a - b : a < b ? -1 : a > b ? 1 : 0;

	body.append(...[...body.rows].map((row) => [key(row), row]).sort((a, b) => sign * compare(a[0], b[0])).map((pair) => pair[1]));
}

function printList(printing) {
	list.printing = printing;
	$("entries-printed").hidden = !printing || list.order.length <= PRINTED_ROWS;
	$("entries-printed").textContent = `The first ${PRINTED_ROWS} of ${list.order.length} entries; luwatch report --json has every one.`;
	drawList();
}

function startList() {
	const table = $("entries-table"), box = $("entries-box");

	table.prepend(html("colgroup", {}, ...COLUMNS.map((column) => html("col", { class: column.name }))));
	build(box, { tabindex: "0", role: "region", "aria-label": "List of entries; arrows choose one" }, []);
	addSorting(table, list.column, (column, down) => {
		list.column = column;
		list.down = down;
		refreshList();
	});
	for (const small of document.querySelectorAll("table.sortable"))
		addSorting(small, -1, (column, down) => sortSmallTable(small, column, down));
	box.addEventListener("scroll", () => {
		const top = box.scrollTop / list.rowHeight, bottom = top + box.clientHeight / list.rowHeight;
		if (!list.printing && (top - list.first < SPARE_ROWS / 2 || bottom > list.last - SPARE_ROWS / 2))
			drawList();
	}, { passive: true });
	box.addEventListener("keydown", onListKey);
	table.tBodies[0].addEventListener("click", (event) => {
		const row = event.target.closest("tr[data-entry]");
		if (row)
			chooseEntry(Number(row.dataset.entry), false);
	});
	onFilter(refreshList);
	addEventListener("beforeprint", () => printList(true));
	addEventListener("afterprint", () => printList(false));
	sortList();
	drawList(0);
	const row = table.tBodies[0].rows[0];
	list.rowHeight = row && row.getBoundingClientRect().height || 27;
	drawDetail();
}
