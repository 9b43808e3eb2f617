/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data block, read once, and the few helpers by which everything else is drawn. Texts are put
 * into the page as text nodes only; the page's policy makes the browser refuse anything else.
 */
"use strict";

const begun = performance.now();
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);

/*
 * States of an entry: in the order of the table in words/states.c, what is none of them last, and
 * the gravest first. BODY and CUT are paths in a square of 10 units: shapes that stay apart without
 * colour, in print and at eight pixels.
 */
const GRAVITY = ["bad", "warn"];
const SHOWN = [...data.states, { name: "other", tone: "warn", body: "m3 1v8m4-8v8", cut: "" }];
const STATES = [...GRAVITY.map((tone) => SHOWN.filter((state) => state.tone === tone)), SHOWN.filter((state) => !GRAVITY.includes(state.tone))].flat();
const OTHER = STATES.findIndex((state) => state.name === "other");

/* Fields of a row of data.entries, and its flags: see data.c. */
const RID = 0, UNIT = 1, STATE = 2, FLAGS = 3, BEFORE = 4, AFTER = 5, DEVICE = 6, NOTE = 7, CONTESTED = 8;
const PRESERVED = 1, PRESENCE_KNOWN = 2, WAS_PRESENT = 4, IS_PRESENT = 8;

const rows = data.entries, texts = data.texts;
const stateOfText = texts.map((text) => {
	const index = STATES.findIndex((state) => state.name === text);
	return index < 0 ? OTHER : index;
});
const stateOf = new Uint8Array(rows.length), stateCounts = STATES.map(() => 0);
for (let i = 0; i < rows.length; i++) {
	stateOf[i] = stateOfText[rows[i][STATE]];
	stateCounts[stateOf[i]]++;
}

/*
 * Segment, bus, device and function as one number that sorts as they do; -1 for what is no requester
 * ID and stands in the row as a text.
 */
const ridOf = new Float64Array(rows.length);
for (let i = 0; i < rows.length; i++)
	ridOf[i] = typeof rows[i][RID] === "number" ? rows[i][RID] : -1;

/* The place of each entry in the order of requester IDs, in which a report has them as a rule. */
const ridPlaces = (() => {
	const order = Uint32Array.from(rows, (row, i) => i);
	if (ridOf.some((rid, i) => i && rid < ridOf[i - 1]))
		order.sort((a, b) => ridOf[a] - ridOf[b] || a - b);
	const places = new Uint32Array(rows.length);
	order.forEach((entry, place) => { places[entry] = place; });
	return { order, places };
})();

const hex = (number, digits) => number.toString(16).padStart(digits, "0");
function ridText(row) {
	const rid = row[RID];
	if (typeof rid !== "number")
		return rid;
	return `${hex(Math.floor(rid / 65536), 4)}:${hex(rid >> 8 & 255, 2)}:${hex(rid >> 3 & 31, 2)}.${rid & 7}`;
}

const faultsOf = new Map();
for (const fault of data.faults) {
	const list = faultsOf.get(fault.rid);
	if (list)
		list.push(fault);
	else
		faultsOf.set(fault.rid, [fault]);
}

/* The faults of an entry's requester ID; asked for every entry, so texts are made for few of them. */
const faultNumbers = new Set([...faultsOf.keys()].map((rid) => {
	const parts = /^([0-9a-f]{4,5}):([0-9a-f]{2}):([01][0-9a-f])\.([0-7])$/.exec(rid);
	return parts ? ((parseInt(parts[1], 16) * 256 + parseInt(parts[2], 16)) * 32 + parseInt(parts[3], 16)) * 8 + Number(parts[4]) : rid;
}));
const faultsAt = (index) => faultNumbers.has(rows[index][RID]) ? faultsOf.get(ridText(rows[index])) : undefined;

const unitName = (index) => index < 0 ? "none" : data.iommus[index].name || "?";
const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;
const short = (hex) => hex.replace(/0x0*(?=[0-9a-f])/g, "0x");

function build(node, attributes, children) {
	for (const [name, value] of Object.entries(attributes || {}))
		if (value !== null && value !== undefined && value !== false)
			node.setAttribute(name, value);
	node.append(...children);
	return node;
}
const html = (name, attributes, ...children) => build(document.createElement(name), attributes, children);
const svg = (name, attributes, ...children) => build(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

function glyph(state) {
	return svg("svg", { class: `glyph ${STATES[state].name}`, viewBox: "-.5 -.5 11 11", "aria-hidden": "true" },
		svg("path", { class: "a", d: "M0 0" + STATES[state].body }),
		svg("path", { class: "b", d: "M0 0" + STATES[state].cut }));
}

const describeFault = (fault) => `${fault.class || "?"}, ${fault.window || "?"}: ${fault.reason_text || "reason not known"}, ` +
	`${fault.type || "?"}${fault.address ? " at " + short(fault.address) : ""}, ${fault.count === null ? "?" : fault.count}\u00d7`;

function presence(row, flag) {
	if (!(row[FLAGS] & PRESENCE_KNOWN))
		return "";
	return row[FLAGS] & flag ? "present" : "absent";
}
const wordsBefore = (row) => row[BEFORE] ? short(texts[row[BEFORE]]) : presence(row, WAS_PRESENT);
function wordsAfter(row) {
	if (!row[AFTER])
		return presence(row, IS_PRESENT);
	return row[AFTER] === row[BEFORE] ? "the same" : short(texts[row[AFTER]]);
}

/* What there is to say about an entry: [label, text] pairs. */
function describe(index) {
	const row = rows[index], pairs = [];
	const add = (label, text) => text && pairs.push([label, text]);
	const state = texts[row[STATE]];

	add("State", row[FLAGS] & PRESERVED ? `${state} (preserved)` : state);
	add("Device", texts[row[DEVICE]]);
	add("IOMMU", unitName(row[UNIT]));
	add("Before", wordsBefore(row));
	add("After", wordsAfter(row));
	add("Note", texts[row[NOTE]]);
	add("Shared with", texts[row[CONTESTED]]);
	for (const fault of (faultsAt(index) || []).slice(0, 8))
		add("Fault", describeFault(fault));
	return pairs;
}

/* The box beside the pointer or the focus. */
const tip = {
	show(title, lines, x, y) {
		const box = $("tip");
		box.replaceChildren(html("b", {}, title), ...lines.map((line) => "\n" + line));
		box.hidden = false;
		const left = Math.min(x + 14, innerWidth - box.offsetWidth - 8);
		const top = y + 18 + box.offsetHeight > innerHeight ? y - box.offsetHeight - 10 : y + 18;
		box.style.left = `${Math.max(4, left)}px`;
		box.style.top = `${Math.max(4, top)}px`;
	},
	hide() {
		$("tip").hidden = true;
	},
};
