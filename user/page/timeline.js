/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timeline: old kernel, blackout, new kernel, and in one lane for each class every fault where
 * it happened. A blackout takes a second, what lies around it days: so time is logarithmic on both
 * sides, counted from the edges of the blackout, which itself is to scale. A fault stands in the
 * band of its window even when its time was not recorded; then its frame is dashed.
 */
const BANDS = { before: [112, 392], blackout: [392, 742], after: [742, 1036] };
const CLASSES = data.classes.map((one) => one.name), GRAVE = data.classes.filter((one) => one.tone === "bad").length;
const toneOf = (name) => (data.classes.find((one) => one.name === name) || { tone: "plain" }).tone;
const MOST_LANES = 12, BIN = 26, LANE = 25, LEAST_S = 0.05;
const STEPS = [[0.1, "0.1 s"], [1, "1 s"], [10, "10 s"], [60, "1 min"], [600, "10 min"], [3600, "1 h"], [36000, "10 h"], [86400, "1 d"], [864000, "10 d"], [8640000, "100 d"]];

/* Seconds since 1970 of an RFC 3339 time in UTC, or null. */
function seconds(time) {
	const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z$/.exec(time || "");
	const whole = parts ? Date.parse(parts[1] + "Z") : NaN;
	return Number.isNaN(whole) ? null : whole / 1000 + Number(parts[2] || 0);
}

function duration(s) {
	if (s < 0.001)
		return `${Math.round(s * 1e6)} \u00b5s`;
	if (s < 1)
		return `${(s * 1000).toPrecision(3)} ms`;
	return s < 120 ? `${s.toPrecision(3)} s` : `${Math.round(s / 60)} min`;
}

const times = (() => {
	const time = data.time, shutdown = seconds(time.shutdown);
	const start = seconds(data.attempt.started) ?? shutdown;
	const length = time.blackout_ms === null ? null : time.blackout_ms / 1000;
	const end = start !== null && length !== null ? start + length : null;
	return { armed: seconds(time.armed), shutdown, start, length, end, collected: seconds(time.collected),
		path: time.shutdown_path_ns === null ? null : time.shutdown_path_ns / 1e9 };
})();

/* Position of a time in a band; null when the band has no scale. */
const scales = (() => {
	const reach = { before: 60, after: 60 };
	const stretch = (band, distance) => { reach[band] = Math.max(reach[band], Math.min(distance * 1.3, 1e9)); };
	const log = (distance, most) => Math.log1p(Math.max(0, distance) / LEAST_S) / Math.log1p(most / LEAST_S);

	if (times.start !== null && times.armed !== null)
		stretch("before", times.start - times.armed);
	if (times.end !== null && times.collected !== null)
		stretch("after", Math.max(times.collected - times.end, data.time.watched_s || 0));
	for (const fault of data.faults) {
		const first = seconds(fault.first), last = seconds(fault.last) ?? first;
		if (first !== null && fault.window === "before" && times.start !== null)
			stretch("before", times.start - first);
		else if (last !== null && fault.window !== "blackout" && times.end !== null)
			stretch("after", last - times.end);
	}
	const inside = (band, part) => band[0] + Math.min(1, Math.max(0, part)) * (band[1] - band[0]);
	return {
		reach,
		before: (t) => times.start === null ? null : inside(BANDS.before, 1 - log(times.start - t, reach.before)),
		after: (t) => times.end === null ? null : inside(BANDS.after, log(t - times.end, reach.after)),
		blackout: (t) => times.length ? inside(BANDS.blackout, (t - times.start) / times.length) : null,
	};
})();

const bandOf = (window) => window === "before" || window === "blackout" ? window : "after";

/* TEXT in SIZE and WEIGHT, cut where it would be wider than WIDTH. */
const pen = document.createElement("canvas").getContext("2d");
function fit(text, width, size, weight) {
	pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
	if (pen.measureText(text).width <= width)
		return text;
	while (text && pen.measureText(text + "\u2026").width > width)
		text = text.slice(0, -1);
	return text + "\u2026";
}

/* Labels of moments on as many lines as keep them apart. */
function drawEvents(root, top, events) {
	const ends = [];

	for (const event of events.sort((a, b) => a.x - b.x)) {
		const width = event.text.length * 6.3 + 12, flip = event.x + width > 1040;
		const left = flip ? event.x - width : event.x;
		const free = ends.findIndex((end) => end < left), line = free < 0 ? ends.length : free;
		ends[line] = flip ? event.x : left + width;
		event.y = top + line * 16;
		event.flip = flip;
	}
	const bottom = top + Math.max(0, ends.length - 1) * 16 + 18;
	for (const event of events)
		root.append(
			svg("path", { class: "leader", d: `M${event.x} ${event.y - 9}V${bottom}` }),
			svg("text", { class: "event", x: event.x + (event.flip ? -5 : 5), y: event.y, "text-anchor": event.flip ? "end" : null }, event.text));
	return bottom;
}

function moments() {
	const events = [], add = (x, text) => x !== null && events.push({ x, text });
	const watched = data.time.watched_s, armed = times.armed;

	if (armed !== null && times.start !== null)
		add(scales.before(armed), "armed");
	add(BANDS.blackout[0], "kernel_kexec()");
	if (times.shutdown !== null && times.length)
		add(Math.max(scales.blackout(times.shutdown), BANDS.blackout[0] + 3), times.path === null ? "IOMMU shutdown" : `IOMMU shutdown, ${duration(times.path)}`);
	add(BANDS.after[0], "new kernel's clock starts");
	if (times.collected !== null && times.end !== null)
		add(scales.after(times.collected), "collected");
	if (watched && times.end !== null)
		add(scales.after(times.end + watched), `watched ${duration(watched)}`);
	return events;
}

function drawTicks(root, y, bottom) {
	const tick = (x, text, label) => root.append(
		svg("path", { class: "tick", d: `M${x} ${y}V${bottom}` }),
		svg("text", { x, y: y - 4, "text-anchor": "middle" }, label ? text : ""));
	const log = (band, sign, origin) => {
		let last = null;
		for (const [s, text] of STEPS) {
			const x = scales[band](origin + sign * s);
			if (s > scales.reach[band] || x - BANDS[band][0] < 22 || BANDS[band][1] - x < 22)
				continue;
			const label = last === null || Math.abs(x - last) > 48;
			tick(x, (sign < 0 ? "\u2212" : "+") + text, label);
			last = label ? x : last;
		}
	};
	if (times.start !== null)
		log("before", -1, times.start);
	if (times.end !== null)
		log("after", 1, times.end);
	if (!times.length)
		return;
	const step = 10 ** Math.floor(Math.log10(times.length)) / (times.length / 10 ** Math.floor(Math.log10(times.length)) < 3 ? 2 : 1);
	for (let s = step; s < times.length * 0.97; s += step)
		tick(scales.blackout(times.start + s), duration(s), true);
}

/* Faults of one class as markers: near ones share one. */
function gather(faults) {
	const bins = new Map();

	for (const fault of faults) {
		const band = bandOf(fault.window), time = seconds(fault.first) ?? seconds(fault.last);
		const x = time === null ? null : scales[band](time);
		const known = x !== null && !(band === "blackout" && data.frozen);
		const at = known ? Math.floor((x - BANDS[band][0]) / BIN) : "no";
		const key = `${band} ${at}`;
		const bin = bins.get(key) || { band, x: known ? x : (BANDS[band][0] + BANDS[band][1]) / 2, known, count: 0, faults: [] };

		bin.count += fault.count || 0;
		bin.faults.push(fault);
		bins.set(key, bin);
	}
	return [...bins.values()].sort((a, b) => a.x - b.x);
}

const markerText = (count) => count < 10000 ? String(count) : `${Math.round(count / 1000)}k`;
const markerWidth = (bin) => Math.max(20, markerText(bin.count).length * 7 + 10) + 2;

/* Gives the bins of one band their left edges, none over another; where there is no room for all, near ones become one. */
function place(bins, [from, to]) {
	const room = to - from - 4, all = () => bins.reduce((sum, bin) => sum + markerWidth(bin), 0);

	while (bins.length > 1 && all() > room) {
		let near = 1;
		for (let i = 2; i < bins.length; i++)
			if (bins[i].x - bins[i - 1].x < bins[near].x - bins[near - 1].x)
				near = i;
		const [gone] = bins.splice(near, 1), kept = bins[near - 1];
		kept.count += gone.count;
		kept.faults.push(...gone.faults);
		kept.known = kept.known && gone.known;
	}
	let edge = from + 2;
	for (const bin of bins) {
		bin.left = Math.max(bin.x - markerWidth(bin) / 2, edge);
		edge = bin.left + markerWidth(bin);
	}
	edge = to;
	for (let i = bins.length - 1; i >= 0; i--)
		edge = bins[i].left = Math.min(bins[i].left, edge - markerWidth(bins[i]));
	return bins;
}

function drawMarker(bin, name, tone, y) {
	const text = markerText(bin.count), width = markerWidth(bin) - 2, x = bin.left;
	const lines = bin.faults.slice(0, 6).map((fault) =>
		`${fault.rid} ${fault.device}: ${describeFault(fault)}, ${fault.first ? fault.first : "time not recorded"}`);
	if (bin.faults.length > lines.length)
		lines.push(`and ${bin.faults.length - lines.length} more in the table below`);
	const title = `${plural(bin.count, "fault", "faults")} of class ${name}`;
	const marker = svg("g", { class: `fault ${tone}${bin.known ? "" : " timeless"}`, tabindex: "-1", role: "img", "aria-label": [title, ...lines].join(". "), "data-count": bin.count },
		svg("rect", { x, y: y - 8.5, width, height: 17, rx: 2 }),
		svg("text", { x: x + width / 2, y: y + 4 }, text));
	const show = (left, top) => tip.show(title, lines, left, top);

	marker.addEventListener("pointermove", (event) => show(event.clientX, event.clientY));
	marker.addEventListener("pointerleave", tip.hide);
	marker.addEventListener("blur", tip.hide);
	marker.addEventListener("focus", () => {
		const box = marker.getBoundingClientRect();
		show(box.left, box.bottom - 12);
	});
	return marker;
}

/* One tab stop for all markers; arrows go through them. */
function travel(markers) {
	if (markers.length)
		markers[0].setAttribute("tabindex", "0");
	markers.forEach((marker, i) => marker.addEventListener("keydown", (event) => {
		const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
		const next = step && markers[i + step];
		if (!next)
			return;
		event.preventDefault();
		marker.setAttribute("tabindex", "-1");
		next.setAttribute("tabindex", "0");
		next.focus();
	}));
}

function lanes() {
	const byClass = new Map();
	for (const fault of data.faults) {
		const known = CLASSES.includes(fault.class) || byClass.has(fault.class) || byClass.size < MOST_LANES;
		const name = known ? fault.class || "?" : "other classes";
		if (!byClass.has(name))
			byClass.set(name, []);
		byClass.get(name).push(fault);
	}
	const rank = (name) => CLASSES.includes(name) ? CLASSES.indexOf(name) : GRAVE;
	return [...byClass].sort((a, b) => rank(a[0]) - rank(b[0]));
}

function drawTimeline() {
	const root = svg("svg", { class: "timeline", role: "group", "aria-label": "Timeline of the hand-over" });
	const heads = [["before", "Old kernel", data.kernel.old], ["blackout", "Blackout", times.length === null ? "not measured" : duration(times.length)], ["after", "New kernel", data.kernel.new]];
	const behind = svg("g", {}), list = lanes(), markers = [];

	root.append(behind);
	for (const [band, title, more] of heads) {
		pen.font = `600 12.5px ${getComputedStyle(document.body).fontFamily}`;
		const room = BANDS[band][1] - BANDS[band][0] - 16 - pen.measureText(title).width;
		root.append(svg("text", { class: "head", x: BANDS[band][0] + 5, y: 14 }, title, svg("tspan", { dx: 6, "font-weight": 400 }, fit(more, room, 12.5, 400)), svg("title", {}, more)));
	}
	const axis = drawEvents(root, 36, moments()) + 18;
	const bottom = axis + Math.max(1, list.length) * LANE + 6;

	drawTicks(root, axis, bottom);
	root.append(svg("path", { class: "axis", d: `M0 ${axis}H1040` }));
	behind.append(svg("rect", { class: "band dark", x: BANDS.blackout[0], y: 0, width: BANDS.blackout[1] - BANDS.blackout[0], height: bottom }));
	for (const x of BANDS.blackout)
		root.append(svg("path", { class: "edge", d: `M${x} 0V${bottom}` }));
	if (times.shutdown !== null && times.length && times.path !== null) {
		const from = scales.blackout(times.shutdown), to = scales.blackout(times.shutdown + times.path);
		root.append(svg("rect", { class: "work", x: from, y: axis - 3, width: Math.max(3, to - from), height: 6 }));
	}
	let drawn = 0;
	list.forEach(([name, faults], i) => {
		const y = axis + 4 + LANE * (i + 0.5), tone = toneOf(name);
		root.append(svg("text", { class: `lane ${tone}`, x: 0, y: y + 4 }, fit(name, BANDS.before[0] - 6, 11.5, 600), svg("title", {}, name)));
		const bins = gather(faults);
		for (const band of Object.keys(BANDS))
			for (const bin of place(bins.filter((one) => one.band === band), BANDS[band]))
				markers.push(drawMarker(bin, name, tone, y));
		root.append(...markers.slice(drawn));
		drawn = markers.length;
	});
	if (!list.length)
		root.append(svg("text", { x: 0, y: axis + 22 }, "No DMAR fault recorded"));
	if (data.frozen)
		root.append(svg("text", { x: BANDS.blackout[0] + 6, y: bottom - 6 }, "the clock stood still here: order known, times not"));
	root.setAttribute("viewBox", `0 0 1040 ${bottom}`);
	travel(markers);
	$("timeline-at").append(root);
}
