/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readiness is not what was done but what is there: what is armed, and what the loaded image itself
 * says, its segments and its command line. Who loaded it, and how, does not matter.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "arm/ready.h"
#include "base/io.h"
#include "carry/carrier.h"
#include "carry/words.h"

int lw_loaded_page(void *inspect, uint64_t address, uint64_t words[512])
{
	return lw_inspect_page(inspect, address, words);
}

void lw_loaded_look(struct lw_inspect *inspect, struct lw_loaded *loaded)
{
	size_t length;

	memset(loaded, 0, sizeof(*loaded));
	loaded->error = inspect ? lw_inspect_image(inspect, &loaded->view) : -ENOTSUP;
	if (loaded->error || !loaded->view.image)
		return;
	loaded->line_error = lw_image_read_line(&loaded->view, lw_loaded_page, inspect, &loaded->line);
	lw_read_file("/proc/cmdline", 65536, (uint8_t **)&loaded->running, &length);
}

void lw_loaded_free(struct lw_loaded *loaded)
{
	free(loaded->running);
	memset(loaded, 0, sizeof(*loaded));
}

const char *lw_loaded_problem(const struct lw_control *c, const struct lw_loaded *loaded)
{
	struct lw_wanted_words wanted = { .words.id = { c->handover[0], c->handover[1] } };
	LW_FREE char *kept = lw_carriers_words(c, loaded->running, &wanted.words);

	if (loaded->error)
		return "the kexec image cannot be looked at";
	if (!loaded->view.image)
		return "no kexec image is loaded: load one with `luwatch kexec-load`";
	/* Neither where the image lies nor what its command line says can take that away. */
	if (lw_carriers_wordless(c))
		return NULL;
	if (lw_carriers_covered(c, &loaded->view))
		return "the kexec image covers the records: load it again with `luwatch kexec-load`, which "
		       "moves them";
	if (loaded->line_error)
		return "the command line of the kexec image cannot be read, so nobody knows "
		       "whether the next kernel will find the records: load a bzImage with "
		       "`luwatch kexec-load`";
	wanted.trace = kept;
	return lw_words_problem(&loaded->line, &wanted);
}

void lw_loaded_note(struct lw_control *c, const struct lw_loaded *loaded)
{
	const struct lw_looked seen = {
		.image = loaded->error ? 0 : loaded->view.image,
		.start = loaded->view.start,
		.head = loaded->view.head,
		.area = c->area_base,
		.line = loaded->line_error ? 0 : loaded->line.place,
		.digest = loaded->line.digest,
		.words = lw_loaded_problem(c, loaded) ? LW_WORDS_WRONG : LW_WORDS_RIGHT,
	};

	if (!memcmp(&c->looked, &seen, sizeof(seen)))
		return;
	/* A kexec in between finds that nobody has looked. */
	__atomic_store_n(&c->looked.image, 0, __ATOMIC_SEQ_CST);
	memcpy((char *)&c->looked + sizeof(seen.image), (char *)&seen + sizeof(seen.image),
	       sizeof(seen) - sizeof(seen.image));
	__atomic_store_n(&c->looked.image, seen.image, __ATOMIC_SEQ_CST);
}

const char *lw_not_ready(const struct lw_pins *pins, const struct lw_loaded *loaded, bool off)
{
	const struct lw_control *c;
	const char *problem;

	if ((!pins || pins->state == LW_PINS_NONE) && off)
		return "recording is off: [record] level, or luwatch=off on the kernel command "
		       "line";
	if (!pins || pins->state == LW_PINS_NONE)
		return "not armed: run `luwatch arm`";
	if (pins->state != LW_PINS_COMPLETE)
		return "half armed: run `luwatch arm`";
	c = pins->control;
	if (c->probes_only)
		return "only faults are recorded: [record] level is probes";
	if (!c->carriers)
		return "no carrier is armed: see `luwatch check`";
	problem = lw_loaded_problem(c, loaded);
	if (!problem && c->marks_lost)
		problem = "devices were preserved unseen, before luwatch was armed or beyond its room: "
			  "have them taken back and preserved again";
	return problem;
}
