/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch arm, luwatch disarm: for hosts without the daemon, and what the daemon itself calls.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <string.h>

#include "arm/arm.h"
#include "arm/ready.h"
#include "base/io.h"
#include "base/message.h"
#include "collect/topology.h"
#include "collect/gather.h"
#include "collect/pending.h"
#include "command/command.h"
#include "command/options.h"
#include "config/level.h"

static const struct argp_option options[] = {
	LW_OPTION_STATE,
	LW_OPTION_ATTACH("auto (default): fentry where it works; kprobe: only kprobes"),
	LW_OPTION_SESSION,
	LW_OPTION_FORCE,
	LW_OPTION_DEBUG,
	{},
};

static const struct argp_option disarm_options[] = {
	LW_OPTION_STATE, LW_OPTION_FORCE, LW_OPTION_DEBUG, {},
};

const struct argp lw_argp_arm = {
	.options = options,
	.parser = lw_parse_common,
	.doc = "Attach and pin the probes and ready the carriers. They stay armed until the "
	       "kernel ends; arming again moves nothing.",
};

static struct lw_arm_options options_of(const struct lw_common *c)
{
	return (struct lw_arm_options){
		.state = c->state, .force_kprobe = c->force_kprobe,
		.attach_wanted = c->attach_given, .force = c->force
	};
}

/* An image that was there before, or lies on the records, would be a hand-over without them. */
static void say_image(void)
{
	struct lw_loaded loaded;
	struct lw_inspect *inspect;
	struct lw_pins pins;
	const char *problem;

	if (lw_inspect_open(&inspect))
		return;
	lw_pins_open(&pins);
	lw_loaded_look(inspect, &loaded);
	if (pins.control)
		lw_loaded_note(pins.control, &loaded);
	problem = loaded.view.image ? lw_not_ready(&pins, &loaded, false) : NULL;
	if (problem)
		lw_warn("%s", problem);
	lw_loaded_free(&loaded);
	lw_pins_close(&pins);
	lw_inspect_close(inspect);
}

/*
 * Arming empties some carriers: what the last hand-over left in them is saved before, or what survived
 * a reset.
 */
static void save_first(const char *state)
{
	const char *uncollected = lw_uncollected(state);
	struct lw_gathered gathered;

	if (geteuid() || (!uncollected && lw_boot_kind() != LW_BOOT_COLD))
		return;
	if (uncollected)
		lw_warn("%s; its evidence is saved now", uncollected);
	if (lw_gather(state, &gathered))
		lw_warn("it could not be saved; this kernel is armed all the same");
}

int lw_command_arm(int argc, char **argv)
{
	static const char *const words[] = { "armed", "armed already", "armed, programs replaced",
					     "armed, a half-done state repaired",
					     "armed already; the older programs stay until the loaded "
					     "kexec image is gone" };
	struct lw_common c = {};
	struct lw_arm_options o;
	struct lw_label_texts labels;
	LW_FREE struct lw_alias *aliases = NULL;
	struct lw_topology topology = {};
	struct lw_arm_result result;
	struct lw_config config;
	char id[LW_ID_TEXT];
	const char *off;
	int r;

	argp_parse(&lw_argp_arm, argc, argv, 0, NULL, &c);
	o = options_of(&c);
	if (lw_host_config(&config))
		return LW_EXIT_USAGE;
	off = lw_recording_off(&config);
	if (off) {
		lw_error("not armed: %s", off);
		return LW_EXIT_NOT_POSSIBLE;
	}
	lw_config_arming(&config, &labels, &o);
	if (!lw_topology_read("/sys", &topology) &&
	    !lw_topology_aliases(&topology, &aliases, &o.alias_count))
		o.aliases = aliases;
	save_first(o.state);
	r = lw_arm(&o, &result);
	lw_topology_free(&topology);
	if (r)
		return lw_exit_of(r);
	if (c.attach_given && result.attach_kept) {
		lw_error("armed already, attached in another way, and a kexec image is loaded that counts on "
			 "it: unload it (kexec -u), or use --force");
		return LW_EXIT_ERROR;
	}
	printf("%s: hand-over %s, %d of %d probes, carriers: %s\n", words[result.outcome],
	       lw_id_format(result.id, id), result.hooks_attached, result.hooks_total,
	       result.carriers[0] ? result.carriers : "none");
	say_image();
	if (result.probes_only) {
		puts("level probes: faults are counted, a hand-over is not recorded");
		return LW_EXIT_CLEAN;
	}
	if (!result.carriers[0]) {
		lw_warn("no carrier is armed, so no record can cross a kexec; see `luwatch check`");
		return LW_EXIT_INCOMPLETE;
	}
	return LW_EXIT_CLEAN;
}

const struct argp lw_argp_disarm = {
	.options = disarm_options,
	.parser = lw_parse_common,
	.doc = "Detach the probes and give up the carriers.",
};

int lw_command_disarm(int argc, char **argv)
{
	struct lw_common c = {};
	struct lw_arm_options o;
	int r;

	argp_parse(&lw_argp_disarm, argc, argv, 0, NULL, &c);
	o = options_of(&c);
	r = lw_disarm(&o);
	if (r == -ENOENT) {
		puts("nothing was armed");
		return LW_EXIT_CLEAN;
	}
	if (!r)
		puts("disarmed");
	return lw_exit_of(r);
}
