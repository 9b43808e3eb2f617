/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an operator gives to somebody else: one archive (gzip, tar) with a folder of files, and in
 * it the evidence of one hand-over, which `luwatch decode ARCHIVE` judges on any machine.
 *
 *	NAME/about.json			first: what made it, what is in it (luwatch.bugreport/1)
 *	NAME/kernel.log			what the kernel's log has of the subject, where it could be read
 *	NAME/...			what commands said
 *	NAME/handover/evidence.json, …	the folder of the hand-over (report/store.h)
 */
#ifndef LUWATCH_BUNDLE_H
#define LUWATCH_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bundle/redact.h"

#define LW_BUNDLE_SCHEMA   "luwatch.bugreport/1"
#define LW_BUNDLE_ABOUT	   "about.json"
#define LW_BUNDLE_HANDOVER "handover"
#define LW_BUNDLE_LOG	   "kernel.log"

struct lw_bundle;

/*
 * Writes to FD a folder NAME. -ENOSYS: libarchive is not installed. With ADDRESSES false what is
 * added has numbers in place of fault addresses. The caller ends it also after an error; FD stays
 * open.
 */
int lw_bundle_begin(struct lw_bundle **bundle, int fd, const char *name, bool addresses);

/* Adds text; 0 or a negative errno, which every further call repeats. */
int lw_bundle_add(struct lw_bundle *bundle, const char *name, const char *text, size_t length);

/* Adds the folder of a hand-over. -ENOENT when it has no evidence. */
int lw_bundle_add_handover(struct lw_bundle *bundle, const char *folder);

/* Whether it is whole: 0 or the first negative errno. */
int lw_bundle_end(struct lw_bundle *bundle);

/*
 * When PATH is such an archive with a hand-over in it: 1, and its evidence in the new folder
 * *FOLDER (below TMPDIR), which the caller gives to lw_bundle_forget(). 0 when it is something
 * else. It is one, and cannot be taken: -ENODATA when it has no hand-over, -ENOMSG when it has no kernel
 * log either, -EBADMSG when it is cut off or damaged, -EFBIG when it is more than any hand-over has, or what writing below TMPDIR ended with.
 */
int lw_bundle_open(const char *path, char **folder);
void lw_bundle_forget(char *folder);

/* Whether evidence.json of a folder says that its fault addresses are numbers. */
bool lw_bundle_is_redacted(const char *folder);

#endif
