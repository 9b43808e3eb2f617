/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The maps: per IOMMU one block for each bus that has entries, 32 devices across and 8 functions
 * down. A block is a handful of paths whatever it holds, so that 256 of them open at once. Pointer
 * and keyboard find the entry under them by arithmetic. One tab stop for each IOMMU.
 */
const CELL = 10, MAP_LEFT = 10;
const cellX = (devfn) => MAP_LEFT + (devfn >> 3) * CELL;
const cellY = (devfn) => (devfn & 7) * CELL;

/* Units with their buses (segment included), each with cells: devfn -> entry, in order. */
function gatherBuses() {
	const units = new Map();

	for (const i of ridPlaces.order) {
		if (ridOf[i] < 0)
			continue;
		const unit = rows[i][UNIT], number = Math.floor(ridOf[i] / 256);
		if (!units.has(unit))
			units.set(unit, new Map());
		const buses = units.get(unit);
		if (!buses.has(number))
			buses.set(number, { number, cells: new Map() });
		buses.get(number).cells.set(ridOf[i] % 256, i);
	}
	return [...units].sort((a, b) => a[0] - b[0]).map(([unit, buses]) => ({ unit, buses: [...buses.values()] }));
}

/* Where no device above the 8th or 16th has an entry, the block ends there: most buses hold one. */
function widthOf(bus) {
	const last = Math.max(...bus.cells.keys()) >> 3;
	return last < 8 ? 8 : last < 16 ? 16 : 32;
}

/* Segment 0 goes without saying. */
function busName(bus) {
	const segment = Math.floor(bus.number / 256), name = (bus.number % 256).toString(16).padStart(2, "0");
	return (segment ? segment.toString(16).padStart(4, "0") + ":" : "") + name;
}

function busSummary(bus) {
	const counts = STATES.map(() => 0);
	for (const entry of bus.cells.values())
		counts[stateOf[entry]]++;
	return STATES.map((state, i) => counts[i] ? `${counts[i]} ${state.name}` : "").filter(Boolean).join(", ");
}

/* A glyph at its place, made once for each state and place. */
const pieces = STATES.map(() => []);
function piece(state, devfn) {
	return pieces[state][devfn] ||= { body: `M${cellX(devfn)} ${cellY(devfn)}${STATES[state].body}`, cut: STATES[state].cut && `M${cellX(devfn)} ${cellY(devfn)}${STATES[state].cut}` };
}

function paintBus(bus) {
	const body = new Map(), cut = new Map();
	let rings = "";

	for (const [devfn, entry] of bus.cells) {
		const state = stateOf[entry], key = filter.matches[entry] ? state : state + STATES.length;
		const glyph = piece(state, devfn);
		body.set(key, (body.get(key) || "") + glyph.body);
		if (glyph.cut)
			cut.set(key, (cut.get(key) || "") + glyph.cut);
		if (filter.matches[entry] && faultsAt(entry))
			rings += `M${cellX(devfn)} ${cellY(devfn)}m-.7-.7h11.4v11.4h-11.4z`;
	}
	bus.layer.replaceChildren(...[...body].map(([key, path]) =>
		svg("g", { class: STATES[key % STATES.length].name + (key < STATES.length ? "" : " out") },
			svg("path", { class: "a", d: path }),
			cut.has(key) ? svg("path", { class: "b", d: cut.get(key) }) : "")));
	if (rings)
		bus.layer.append(svg("path", { class: "ring", d: rings }));
}

function devfnAt(bus, event) {
	const box = bus.svg.getBoundingClientRect();
	const x = Math.floor((event.clientX - box.left - MAP_LEFT) / CELL);
	const y = Math.floor((event.clientY - box.top) / CELL);
	return x < 0 || x > 31 || y < 0 || y > 7 ? -1 : x * 8 + y;
}

function showCell(bus, devfn, x, y) {
	const entry = bus.cells.get(devfn);
	const pairs = describe(entry).map(([label, text]) => label === "State" ? text : `${label}: ${text}`);
	tip.show(ridText(rows[entry]), pairs, x, y);
	return `${ridText(rows[entry])}, ${pairs.join(", ")}`;
}

/* Puts the cursor of UNIT on an entry and says what it is. */
function moveCursor(unit, at, devfn) {
	const bus = unit.buses[at], old = unit.buses[unit.at];

	old.cursor.setAttribute("d", "");
	old.svg.setAttribute("tabindex", "-1");
	unit.at = at;
	unit.devfn = devfn;
	bus.svg.setAttribute("tabindex", "0");
	if (document.activeElement !== bus.svg)
		bus.svg.focus();
	bus.svg.scrollIntoView({ block: "nearest" });
	bus.cursor.setAttribute("d", `M${cellX(devfn)} ${cellY(devfn)}m-1-1h12v12h-12z`);
	const box = bus.svg.getBoundingClientRect();
	$("say").textContent = showCell(bus, devfn, box.left + cellX(devfn), box.top + cellY(devfn));
}

/* The entry one step along its bus, or into the next or previous bus. */
function step(unit, by) {
	const devfns = [...unit.buses[unit.at].cells.keys()], next = devfns.indexOf(unit.devfn) + by;

	if (next >= 0 && next < devfns.length)
		return [unit.at, devfns[next]];
	const at = unit.at + by;
	if (at < 0 || at >= unit.buses.length)
		return null;
	const others = [...unit.buses[at].cells.keys()];
	return [at, by > 0 ? others[0] : others[others.length - 1]];
}

function stepBus(unit, by) {
	const bus = unit.buses[unit.at + by];
	if (!bus)
		return null;
	const devfns = [...bus.cells.keys()];
	return [unit.at + by, devfns.reduce((best, one) => Math.abs(one - unit.devfn) < Math.abs(best - unit.devfn) ? one : best)];
}

function onMapKey(unit, event) {
	const last = unit.buses.length - 1;
	const moves = {
		ArrowRight: () => step(unit, 1), ArrowLeft: () => step(unit, -1),
		ArrowDown: () => stepBus(unit, 1), ArrowUp: () => stepBus(unit, -1),
		Home: () => [0, [...unit.buses[0].cells.keys()][0]],
		End: () => [last, [...unit.buses[last].cells.keys()].pop()],
	};

	if (event.key === "Enter" || event.key === " ") {
		event.preventDefault();
		tip.hide();
		chooseEntry(unit.buses[unit.at].cells.get(unit.devfn), true);
	} else if (moves[event.key]) {
		event.preventDefault();
		const to = moves[event.key]();
		if (to)
			moveCursor(unit, ...to);
	}
}

function drawBus(unit, bus, index) {
	const name = busName(bus), summary = busSummary(bus), width = widthOf(bus);
	const ticks = [0, 8, 16, 24, 31].filter((device) => device < width).concat(width < 32 ? width - 1 : []).map((device) => svg("text", { x: cellX(device * 8) + 5, y: 90, "text-anchor": "middle" }, device.toString(16).padStart(2, "0")));

	bus.layer = svg("g", {});
	bus.cursor = svg("path", { class: "cursor", d: "" });
	bus.svg = svg("svg", { viewBox: `0 0 ${MAP_LEFT + width * CELL + 2} 94`, tabindex: index ? "-1" : "0", role: "application", "aria-roledescription": "map", "aria-describedby": "map-keys", "aria-label": `Bus ${name} of ${unitName(unit.unit)}: ${summary}`, "data-bus": name },
		svg("rect", { x: MAP_LEFT, y: 0, width: width * CELL, height: 80, fill: "url(#tile)" }),
		svg("text", { x: 3, y: 8, "text-anchor": "middle" }, "0"), svg("text", { x: 3, y: 78, "text-anchor": "middle" }, "7"),
		...ticks, bus.layer, bus.cursor);
	bus.svg.addEventListener("pointermove", (event) => {
		const devfn = devfnAt(bus, event);
		if (bus.cells.has(devfn))
			showCell(bus, devfn, event.clientX, event.clientY);
		else
			tip.hide();
	});
	bus.svg.addEventListener("pointerleave", tip.hide);
	bus.svg.addEventListener("click", (event) => {
		const devfn = devfnAt(bus, event);
		if (bus.cells.has(devfn))
			chooseEntry(bus.cells.get(devfn), false);
	});
	bus.svg.addEventListener("focus", () => {
		if (bus.svg.matches(":focus-visible"))
			moveCursor(unit, index, unit.at === index && unit.devfn !== null ? unit.devfn : [...bus.cells.keys()][0]);
	});
	bus.svg.addEventListener("blur", () => {
		tip.hide();
		bus.cursor.setAttribute("d", "");
	});
	bus.svg.addEventListener("keydown", (event) => onMapKey(unit, event));
	paintBus(bus);
	return html("div", { class: `bus w${width}` },
		html("p", { title: summary }, html("span", {}, "bus ", html("b", {}, name)), html("span", {}, width > 8 ? summary : "")), bus.svg);
}

function drawUnit(unit) {
	const about = unit.unit < 0 ? null : data.iommus[unit.unit];
	const wrong = about && about.state && (data.units.find((unit) => unit.name === about.state) || { tone: "bad" }).tone !== "plain";
	const entries = unit.buses.reduce((sum, bus) => sum + bus.cells.size, 0);
	const title = html("h3", {}, unit.unit < 0 ? "Of no IOMMU listed " : unitName(unit.unit) + " ",
		html("span", { class: wrong ? "wrong" : null }, about ? about.state || "?" : ""),
		html("span", {}, `${about ? ", " : ""}${plural(entries, "entry", "entries")} on ${plural(unit.buses.length, "bus", "buses")}`));

	unit.at = 0;
	unit.devfn = null;
	return html("div", { class: "unit", "data-unit": unit.unit }, title,
		html("div", { class: "buses" }, ...unit.buses.map((bus, i) => drawBus(unit, bus, i))));
}

function startMap() {
	const units = gatherBuses(), at = $("map-at");
	const shown = units.reduce((sum, unit) => sum + unit.buses.reduce((more, bus) => more + bus.cells.size, 0), 0);
	const empty = data.iommus.map((unit, i) => units.some((one) => one.unit === i) ? "" : unit.name || "?").filter(Boolean);

	at.append(svg("svg", { class: "signs", "aria-hidden": "true" },
		svg("pattern", { id: "tile", width: CELL, height: CELL, patternUnits: "userSpaceOnUse" }, svg("rect", { class: "tile", x: 0.5, y: 0.5, width: 9, height: 9 }))));
	at.append(...units.map(drawUnit));
	if (!units.length)
		at.append(html("p", { class: "quiet" }, "No entries in this report."));
	else if (empty.length)
		at.append(html("p", { class: "quiet" }, `Without entries: ${empty.slice(0, 64).join(", ")}${empty.length > 64 ? ", \u2026" : ""}`));
	if (shown < rows.length)
		at.append(html("p", { class: "quiet" }, `${plural(rows.length - shown, "entry has", "entries have")} no place of their own on a map: see the list.`));
	if (data.losses.entries_unlisted)
		at.append(html("p", { class: "quiet" }, `${plural(data.losses.entries_unlisted, "entry was", "entries were")} seen but not listed in the report.`));
	onFilter(() => units.forEach((unit) => unit.buses.forEach(paintBus)));
}
