/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arm/arm.h"
#include "arm/pins.h"
#include "arm/ready.h"
#include "audit/entry.h"
#include "base/io.h"
#include "base/message.h"
#include "carry/carrier.h"
#include "carry/cmdline.h"
#include "collect/gather.h"
#include "config/level.h"
#include "load/again.h"
#include "load/kernel_file.h"
#include "load/load.h"
#include "probe/kernel.h"

#define CMDLINE_LIMIT 65536
#define TRIES	      3 /* an image that comes to lie on the records moves them, and is loaded again */

char *lw_load_line(const struct lw_control *c, const char *cmdline, const char *running)
{
	struct lw_words words = {};
	LW_FREE char *keep = c ? lw_carriers_words(c, running, &words) : NULL;

	if (c)
		words.id = (struct lw_id){ c->handover[0], c->handover[1] };
	return lw_words_compose(cmdline, c ? &words : NULL, keep);
}

/* The evidence of the hand-over that began this boot: a new one must not come before it is safe. */
static int collect(const char *state, struct lw_load_result *result)
{
	struct lw_gathered gathered;
	int r = lw_gather(state, &gathered);

	result->collected = !r && gathered.boot == LW_BOOT_KEXEC && gathered.fresh;
	return r;
}

static int arm(const struct lw_load_options *o, const struct lw_config *config,
	       struct lw_load_result *result)
{
	struct lw_arm_options options = { .state = o->state };
	struct lw_label_texts labels;
	struct lw_arm_result armed;
	int r;

	lw_config_arming(config, &labels, &options);
	r = lw_arm(&options, &armed);
	result->armed |= !r && armed.outcome != LW_ARM_UNCHANGED && armed.outcome != LW_ARM_KEPT;
	return r;
}

/* Why the image that is loaded now is not ready, by its own pages; NULL when it is. */
static const char *look(const struct lw_pins *pins, bool *covers)
{
	struct lw_inspect *inspect = NULL;
	struct lw_loaded loaded;
	const char *problem;

	if (lw_inspect_open(&inspect))
		inspect = NULL;
	lw_loaded_look(inspect, &loaded);
	lw_loaded_note(pins->control, &loaded);
	*covers = !loaded.error && lw_carriers_covered(pins->control, &loaded.view);
	problem = lw_not_ready(pins, &loaded, false);
	lw_loaded_free(&loaded);
	lw_inspect_close(inspect);
	return problem;
}

/* What was loaded, by the files as they were before; a failure has been told. */
static json_t *describe(const struct lw_load_options *o, const struct lw_image *image)
{
	static const char *const ways[] = { "auto", "file", "memory" };
	const char *lockdown = lw_lockdown();

	return json_pack("{ss, ss, so, so, ss?}", "told_by", "kexec-load", "way", ways[o->way], "kernel",
			 lw_kernel_file_json(image->kernel), "initrd", lw_plain_file_json(image->initrd),
			 "lockdown", *lockdown ? lockdown : NULL);
}

static void audit_loaded(const struct lw_control *c, json_t *detail, const char *line)
{
	struct lw_audit_event event = { .kind = LW_AUDIT_KEXEC_LOADED, .detail = detail };
	char hex[LW_AUDIT_HASH_TEXT];
	uint8_t hash[LW_AUDIT_HASH];

	if (c)
		event.handover = (struct lw_id){ c->handover[0], c->handover[1] };
	lw_audit_hash(line, strlen(line), hash);
	json_object_set_new(detail, "command_line_sha256", json_string(lw_audit_hash_text(hash, hex)));
	lw_audit_append(NULL, &event, NULL);
}

/* One try. -EAGAIN: the image lies on the records. */
static int try_load(const struct lw_load_options *o, const struct lw_image *image, const char *running,
		    const struct lw_pins *pins, struct lw_load_result *result)
{
	const struct lw_control *c = pins ? pins->control : NULL;
	LW_FREE char *problem = NULL;
	json_t *detail;
	uint32_t most = image->cmdline_most;
	bool covers = false;
	int r;

	free(result->line);
	result->line = lw_load_line(c, image->cmdline, running);
	if (!result->line)
		return -ENOMEM;
	if (o->way != LW_KEXEC_MEMORY && most > LW_LOAD_LINE_MOST)
		most = LW_LOAD_LINE_MOST;
	problem = lw_line_problem(result->line, most, running);
	if (problem) {
		lw_error("%s", problem);
		return -EINVAL;
	}
	detail = describe(o, image);
	r = lw_kexec_load(image, result->line, o->way);
	if (!r) {
		result->loaded = true;
		audit_loaded(c, detail, result->line);
	}
	json_decref(detail);
	if (r || !pins)
		return r;
	result->unready = look(pins, &covers);
	if (!result->unready || (c->probes_only && !covers))
		return 0;
	return covers ? -EAGAIN : -EIO;
}

static int load_recorded(const struct lw_load_options *o, const struct lw_image *image,
			 const char *running, const struct lw_config *config,
			 struct lw_load_result *result)
{
	struct lw_pins pins;
	int r;

	do {
		r = arm(o, config, result);
		if (r)
			break;
		result->unready = NULL;
		lw_pins_open(&pins);
		r = pins.control ? try_load(o, image, running, &pins, result) : -EIO;
		if (!pins.control)
			lw_error("armed, but the pins cannot be used: %s", pins.problem);
		lw_pins_close(&pins);
	} while (r == -EAGAIN && result->unready && ++result->tries < TRIES);
	/* Refused before anything of ours was loaded: what was there before stays. */
	if (!r || !result->loaded)
		return r;
	if (result->unready)
		lw_error("%s", result->unready);
	/* Somebody wanted that image, if need be without a record of its hand-over. */
	if (!o->again || lw_kexec_load(image, image->cmdline, o->way))
		lw_kexec_unload();
	return r == -EAGAIN ? -EIO : r;
}

/* Why the image's hand-over is not to be recorded, or NULL. */
static const char *not_wanted(const struct lw_load_options *o, const struct lw_config *config,
			      const struct lw_image *image)
{
	if (o->again && lw_words_off(image->cmdline))
		return "luwatch=off is on the command line that it was loaded with";
	return lw_recording_off(config);
}

static int load_found(const struct lw_load_options *o, const struct lw_image *image, const char *running,
		      const struct lw_config *config, struct lw_load_result *result)
{
	memcpy(result->version, image->version, sizeof(result->version));
	result->unready = not_wanted(o, config, image);
	if (!result->unready)
		return load_recorded(o, image, running, config, result);
	if (!o->again)
		return try_load(o, image, running, NULL, result);
	/* As it is, it is what somebody wanted. */
	result->line = strdup(image->cmdline);
	return result->line ? 0 : -ENOMEM;
}

int lw_load(const struct lw_load_options *o, struct lw_load_result *result)
{
	LW_FREE uint8_t *running = NULL;
	struct lw_config config;
	struct lw_image image = {};
	struct lw_again found = {};
	size_t length;
	int r;

	memset(result, 0, sizeof(*result));
	if (geteuid()) {
		lw_error("loading a kernel needs root");
		return -EPERM;
	}
	if (lw_kexec_disabled()) {
		lw_error("kernel.kexec_load_disabled is 1: no image can be loaded until this kernel ends");
		return -ENOTSUP;
	}
	r = lw_read_file("/proc/cmdline", CMDLINE_LIMIT, &running, &length);
	if (r)
		return r;
	running[strcspn((char *)running, "\n")] = '\0';
	result->refused = lw_host_config(&config);
	if (result->refused)
		return -EINVAL;
	r = o->again ? lw_image_again(&found) : 0;
	if (!r)
		r = lw_image_find(o->again ? &found.wish : &o->wish, (char *)running, &image);
	if (!r)
		r = collect(o->state, result);
	if (!r)
		r = load_found(o, &image, (char *)running, &config, result);
	lw_image_free(&image);
	lw_again_free(&found);
	return r;
}

void lw_load_free(struct lw_load_result *result)
{
	free(result->line);
}
