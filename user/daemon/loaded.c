/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which image a kexec would start, into the audit log. Whoever loads one: what it is, its own pages say,
 * and who brought it, a program at the moment of loading (bpf/loaded.bpf.h), whose word waits in the
 * buffer of events also while no daemon runs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arm/ready.h"
#include "audit/entry.h"
#include "base/escape.h"
#include "base/io.h"
#include "base/message.h"
#include "daemon/daemon.h"
#include "load/kernel_file.h"
#include "load/parts.h"
#include "probe/kernel.h"

static json_t *hash_json(const uint8_t hash[LW_AUDIT_HASH])
{
	char hex[LW_AUDIT_HASH_TEXT];

	return json_string(lw_audit_hash_text(hash, hex));
}

static json_t *part_json(const struct lw_loaded_part *part, const char *name)
{
	return part->known ? json_pack("{so, sI}", name, hash_json(part->hash), "bytes",
				       (json_int_t)part->bytes)
			   : json_null();
}

/* The file is only who fits: that the bytes are known is what the digest says. */
static json_t *kernel_json(const struct lw_loaded_part *part)
{
	json_t *kernel = part_json(part, "loaded_sha256");

	if (part->known)
		json_object_set_new(kernel, "file", lw_kernel_file_of(part->hash, part->bytes));
	return kernel;
}

static json_t *line_json(const struct lw_loaded *loaded)
{
	uint8_t hash[LW_AUDIT_HASH];

	if (loaded->line_error || loaded->line.cut)
		return json_null();
	lw_audit_hash(loaded->line.text, strlen(loaded->line.text), hash);
	return hash_json(hash);
}

/* Null when nobody saw it: before arming, or where the kernel has no such function. */
static json_t *by_json(const struct lw_rec_loaded *by)
{
	LW_FREE char *comm = lw_escape((const char *)by->comm, strnlen((const char *)by->comm, 16), 0);

	if (!by->image)
		return json_null();
	return json_pack("{si, si, so, ss}", "pid", (int)by->pid, "uid", (int)by->uid, "loginuid",
			 by->loginuid == UINT32_MAX ? json_null() : json_integer(by->loginuid), "comm",
			 comm ? comm : "?");
}

static void tell(struct lw_daemon *d, const struct lw_loaded *loaded)
{
	const struct lw_control *c = d->armed ? d->pins.control : NULL;
	struct lw_id id = {};
	struct lw_loaded_parts parts;
	const char *lockdown = lw_lockdown();
	int r = lw_loaded_parts_read(&loaded->view, lw_loaded_page, d->inspect, &parts);

	if (c)
		id = (struct lw_id){ c->handover[0], c->handover[1] };
	if (r)
		lw_warn("the pages of the kexec image cannot be read: %s", strerror(-r));
	lw_daemon_audit(d, LW_AUDIT_KEXEC_LOADED, id,
			json_pack("{ss, so, so, so, so, ss?}", "told_by", "luwatchd", "by",
				  by_json(&d->loader), "kernel", kernel_json(&parts.kernel), "initrd",
				  part_json(&parts.initrd, "sha256"), "command_line_sha256",
				  line_json(loaded), "lockdown", *lockdown ? lockdown : NULL));
}

static void remember(struct lw_daemon *d, struct lw_image_key key)
{
	LW_FREE char *text = lw_format("%" PRIx64 " %" PRIx64 " %" PRIx64 "\n", key.image, key.start, key.head);

	d->loaded = key;
	memset(&d->loader, 0, sizeof(d->loader));
	lw_write_file(LW_LOADED_FILE, text, strlen(text), 0600);
}

static void recall(struct lw_daemon *d)
{
	struct lw_image_key *k = &d->loaded;
	char line[64];

	if (lw_read_line(LW_LOADED_FILE, line, sizeof(line)) > 0 &&
	    sscanf(line, "%" SCNx64 " %" SCNx64 " %" SCNx64, &k->image, &k->start, &k->head) != 3)
		memset(k, 0, sizeof(*k));
}

void lw_daemon_check_loaded(struct lw_daemon *d)
{
	struct lw_loaded loaded;
	struct lw_image_key key;

	if (!d->inspect)
		return;
	if (!d->loaded.image)
		recall(d);
	lw_loaded_look(d->inspect, &loaded);
	key = (struct lw_image_key){ loaded.view.image, loaded.view.start, loaded.view.head };
	/* An image that is loaded but not yet, or never, in force: looked for again. */
	if (!loaded.error && key.image && (!d->loader.image || d->loader.image == key.image) &&
	    (d->loader.image || memcmp(&key, &d->loaded, sizeof(key)))) {
		tell(d, &loaded);
		remember(d, key);
	}
	lw_loaded_free(&loaded);
}
