// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I9: what was declared is what the kernel has marked.
 */
#include <stdlib.h>
#include <string.h>

#include "judge/judges.h"

/* "session "NAME" (token 0x5), by TASK (pid 12)" as far as it is known, or NULL. Allocated. */
static char *mark_text(struct lw_handover *h, uint64_t rid)
{
	const struct lw_rec_marked *mark = lw_mark_of(h, rid);

	if (!mark)
		return NULL;
	if (mark->session[0])
		return lw_text(h, "live-update session \"%.*s\" (token 0x%llx), by %.*s (pid %u)",
			       (int)sizeof(mark->session), mark->session, mark->token,
			       (int)sizeof(mark->comm), mark->comm, mark->pid);
	return lw_text(h, "by %.*s (pid %u), live-update session not known",
		       (int)sizeof(mark->comm), mark->comm, mark->pid);
}

/*
 * Marked by systemd-shutdown, which is process 1 by then: it preserves what is left in the descriptor
 * stores of units. That is what the administrator gave to the service manager, and nothing that an
 * orchestrator could have declared: told, and no broken promise.
 */
static bool is_of_the_manager(struct lw_handover *h, uint64_t rid)
{
	const struct lw_rec_marked *mark = lw_mark_of(h, rid);

	return mark && mark->pid == 1 && !memcmp(mark->comm, "systemd-shutdow", sizeof(mark->comm));
}

static void tell_manager(struct lw_handover *h, uint64_t rid)
{
	char who[LW_RID_AND_NAME], text[LW_RID_TEXT];
	char *mark = mark_text(h, rid);

	lw_rid_and_name(h, rid, who, sizeof(who));
	lw_find(h, LW_I9, LW_SEVERITY_NOTICE, lw_rid_format(rid, text), (struct lw_finding_text){},
		"%s is not in the declared set: the service manager preserved it at shutdown, from the descriptor "
		"store of a unit, and its DMA went on through the hand-over. It was marked: %s.",
		who, mark ? mark : "");
	free(mark);
}

static void fail_set(struct lw_handover *h, uint64_t rid, const char *format)
{
	char who[LW_RID_AND_NAME], text[LW_RID_TEXT];
	char *message, *mark = mark_text(h, rid);

	lw_rid_and_name(h, rid, who, sizeof(who));
	message = lw_text(h, "%s %s%s%s%s", who, format, mark ? " It was marked: " : "",
			  mark ? mark : "", mark ? "." : "");
	free(mark);
	lw_fail(h, LW_I9, lw_rid_format(rid, text),
		(struct lw_finding_text){
			.action = "Compare `luwatch declare list` with what the orchestrator "
				  "preserves, and correct the one that is wrong before the next "
				  "hand-over.",
		},
		"%s", message ? message : "");
	free(message);
}

void lw_judge_sets(struct lw_handover *h)
{
	size_t i;

	if (h->baseline && !h->declared_known) {
		lw_not_applicable(h, LW_I9, "nothing was declared");
		return;
	}
	if (h->preserved_by != LW_PRESERVED_MARKED) {
		lw_unknown(h, LW_I9, "Which devices the kernel had marked is not known: %s.",
			   h->preserved_missing ? h->preserved_missing : "it has no marks");
		return;
	}
	if (h->declared.count < h->baseline->declared) {
		lw_unknown(h, LW_I9, "%u requester IDs were declared, and %zu are recorded.",
			   h->baseline->declared, h->declared.count);
		return;
	}
	for (i = 0; i < h->declared.count; i++) {
		if (!lw_rids_have(&h->marked, h->declared.rid[i]))
			fail_set(h, h->declared.rid[i],
				 "was declared, but the kernel had not marked it as preserved: the "
				 "hand-over treated it like any other device.");
	}
	for (i = 0; i < h->marked.count; i++) {
		if (lw_rids_have(&h->declared, h->marked.rid[i]))
			continue;
		if (is_of_the_manager(h, h->marked.rid[i]))
			tell_manager(h, h->marked.rid[i]);
		else
			fail_set(h, h->marked.rid[i],
				 "was marked as preserved by the kernel, but nobody had declared "
				 "it: "
				 "its DMA went on through the hand-over.");
	}
	lw_reason_either(h, LW_I9, "%zu declared, %zu marked", h->declared.count, h->marked.count);
}
