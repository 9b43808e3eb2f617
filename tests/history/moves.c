// SPDX-License-Identifier: GPL-2.0-or-later
/* What may happen to the machine, in random order. */
#include <stdio.h>
#include <string.h>

#include "collect/boot.h"
#include "collect/pending.h"
#include "history.h"

static const char *const names[STEP_KINDS] = {
	"arm",
	"arm anew",
	"another level",
	"preserve",
	"load, right words",
	"load, this kernel's line",
	"load, no words",
	"kexec",
	"kexec refused",
	"reset",
	"reset, firmware kexecs",
	"kdump",
	"collect",
	"collect, killed",
	"collect, disk full",
	"state lost",
	"clock set right",
	"a minute",
	"hours",
};

static bool run_move(const struct move *m)
{
	struct world *w = world;

	w->dice.state = m->seed;
	switch (m->step) {
	case ARM:
		world_arm(w);
		w->truth.ideal &= lw_boot_kind() != LW_BOOT_KEXEC || !lw_uncollected(w->state);
		break;
	case REARM:
		world_rearm(w);
		break;
	case LEVEL:
		world_level(w);
		break;
	case PRESERVE:
		world_preserve(w);
		break;
	case LOAD_RIGHT:
	case LOAD_OLD:
	case LOAD_NONE:
		world_load(w, m->step - LOAD_RIGHT);
		break;
	case KEXEC:
		/* No kernel boots, loads an image and ends within a minute. */
		world_pass(w, 90 * SECOND);
		world_kexec(w);
		break;
	case REFUSED:
		world_refused(w);
		break;
	case RESET:
	case FIRMWARE_KEXEC:
		world_reset(w, m->step == FIRMWARE_KEXEC);
		break;
	case KDUMP:
		world_kdump(w);
		break;
	case COLLECT_KILLED:
	case COLLECT_FULL:
		collect_broken(1 + roll_below(&w->dice, 60), m->step == COLLECT_KILLED);
		break;
	case COLLECT:
		return collect_and_check();
	case STATE_LOST:
		empty_folder(w->state);
		w->truth.ideal = false;
		break;
	case CLOCK_SET:
		w->kernel.clock_error = 0;
		break;
	case SECONDS:
		world_pass(w, 60 * SECOND);
		break;
	default:
		world_pass(w, (1 + roll_below(&w->dice, 40)) * HOUR);
		break;
	}
	return true;
}

bool run_history(const struct history *h, const char *folder, bool tell)
{
	struct world w;
	bool good = true;
	size_t i;

	world_begin(&w, h->seed, folder, tell);
	for (i = 0; i < h->count && good; i++) {
		if (tell)
			printf("#   %s\n", names[h->moves[i].step]);
		good = run_move(&h->moves[i]);
	}
	world_end(&w);
	return good;
}

/* What happens on real machines most of the time, with what goes wrong in between. */
void make_history(struct history *h, uint64_t seed)
{
	static const enum step cycle[] = { ARM, LOAD_RIGHT, KEXEC, COLLECT };
	struct dice dice = { seed * 0x9e3779b97f4a7c15ULL + 1 };
	size_t at = roll_below(&dice, 4), length = 8 + roll_below(&dice, STEPS - 8);

	h->seed = seed;
	for (h->count = 0; h->count < length; h->count++) {
		struct move *m = &h->moves[h->count];

		m->seed = roll(&dice);
		m->step = cycle[at];
		if (roll_chance(&dice, 45))
			m->step = roll_below(&dice, STEP_KINDS);
		if (m->step == cycle[at] || roll_chance(&dice, 40))
			at = (at + 1) % 4;
	}
	h->moves[h->count - 1].step = COLLECT;
}

void shrink(struct history *h, const char *folder)
{
	struct history shorter;
	size_t i;
	bool again = true;

	while (again) {
		again = false;
		for (i = 0; i < h->count; i++) {
			shorter = *h;
			memmove(&shorter.moves[i], &shorter.moves[i + 1],
				(h->count - i - 1) * sizeof(*h->moves));
			shorter.count--;
			if (run_history(&shorter, folder, false))
				continue;
			*h = shorter;
			again = true;
			break;
		}
	}
}
