/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings the page to life, part by part; what a part cannot draw does not stop the others. */
document.documentElement.classList.add("js");
startFilter();
for (const part of [drawTimeline, startMap, startList]) {
	try {
		part();
	} catch (error) {
		console.error(error);
	}
}
showCount();
addEventListener("keydown", (event) => {
	if (event.key === "Escape")
		tip.hide();
});
document.documentElement.dataset.took = Math.round(performance.now() - begun);
