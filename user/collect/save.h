/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Saving a hand-over's evidence. It is gathered in a folder of its own,
 *
 *	STATE/collecting/BOOT/		the try under way, BOOT the boot id
 *	STATE/collecting/BOOT.N/	earlier tries of that boot that were cut off, kept
 *
 * and becomes the evidence, STATE/handovers/ID, by one rename. evidence.json is written last and
 * has the size and SHA-256 of every other file: a folder with it is whole.
 */
#ifndef LUWATCH_SAVE_H
#define LUWATCH_SAVE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LW_EVIDENCE	"evidence.json"
#define LW_EVIDENCE_SCHEMA "luwatch.evidence/1"
#define LW_EVIDENCE_MAX (64UL << 20)
#define LW_TRIES	4 /* earlier tries that are kept, and asked for what they took away */

struct lw_saving {
	char *state;
	char *folder; /* of the try under way */
	char *boot;
	json_t *files; /* {"NAME": {"bytes": N, "sha256": "…"}} */
	int lock;
	int tries; /* earlier ones of this boot */
	bool begun; /* the folder is there, and ours */
	bool taken; /* something is only here now */
};

/*
 * Waits for another collect, which may have done all there was to do: what is known of that must be
 * asked again. Until lw_saving_close(). 0 or a negative errno, told.
 */
int lw_saving_lock(struct lw_saving *s, const char *state, const char *boot);

/*
 * Sets an interrupted try aside, makes the folder. Returns 0; 1 when an earlier try of this boot is
 * whole and only lw_saving_finish() is missing; or a negative errno, told.
 */
int lw_saving_begin(struct lw_saving *s);

/* One file. 0 or a negative errno, told. */
int lw_saving_add(struct lw_saving *s, const char *name, const void *bytes, size_t length);

/*
 * A file of SIZE bytes that are all allocated, in memory: what is put there is in the file at once,
 * and no full disk can get in between. lw_saving_mapped() cuts it to LENGTH. NULL with errno, told.
 */
uint8_t *lw_saving_map(struct lw_saving *s, const char *name, size_t size);
int lw_saving_mapped(struct lw_saving *s, const char *name, uint8_t *at, size_t size,
		     size_t length);

/* What try N (from 1) of this boot saved as NAME; -ENOENT when it did not. */
int lw_saving_kept(const struct lw_saving *s, int n, const char *name, uint8_t **bytes,
		   size_t *length);

/* Writes EVIDENCE (its "files" are set) and renames the folder to STATE/handovers/ID. */
int lw_saving_write(struct lw_saving *s, json_t *evidence);
int lw_saving_finish(struct lw_saving *s, const char *id);

/* Sets aside what STATE/handovers/ID has, as ID.earlier-N, where nothing takes it for evidence. */
int lw_saving_replace(struct lw_saving *s, const char *id);

/* Gives up: removes the folder, unless something was taken from where it was. */
void lw_saving_close(struct lw_saving *s);

#endif
