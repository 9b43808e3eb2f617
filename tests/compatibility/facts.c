// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the built agent promises to those who stand on it, one fact a line: "LIST FACT". The lists
 * are those of tests/compatibility/; run reads what C cannot say of itself from the sources.
 */
#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/mirror.h"
#include "carry/cmdline.h"
#include "command/command.h"
#include "config/config.h"
#include "correlate/handover.h"
#include "daemon/daemon.h"
#include "daemon/journal_ids.h"
#include "daemon/metrics.h"
#include "report/store.h"
#include "report/tell.h"

static void exits(void)
{
	printf("exit-codes %d clean, or done\n", LW_EXIT_CLEAN);
	printf("exit-codes %d error\n", LW_EXIT_ERROR);
	printf("exit-codes %d usage\n", LW_EXIT_USAGE);
	printf("exit-codes %d incomplete\n", LW_EXIT_INCOMPLETE);
	printf("exit-codes %d not possible here\n", LW_EXIT_NOT_POSSIBLE);
	printf("exit-codes %d no hand-over\n", LW_EXIT_NO_HANDOVER);
	printf("exit-codes %d not in time\n", LW_EXIT_TIME_OUT);
	printf("exit-codes %d violation\n", LW_EXIT_VIOLATION);
}

/* A key's default may change with a reason; its name and what it takes may not. */
static void keys(void)
{
	size_t i;

	for (i = 0; i < lw_config_key_count; i++)
		printf("configuration [%s] %s: %s\n", lw_config_keys[i].section,
		       lw_config_keys[i].name, lw_config_keys[i].allowed);
	printf("configuration [%s]\n", LW_CONFIG_LABEL_SECTION);
}

static void messages(void)
{
#define X(name, id, priority) printf("message-ids %s %s\n", id, #name);
	LW_MESSAGES(X)
#undef X
	printf("message-ids %s AUDIT_ANCHOR\n", LW_AUDIT_MESSAGE_ANCHOR);
	printf("message-ids %s AUDIT_FAILED\n", LW_AUDIT_MESSAGE_FAILED);
	printf("message-ids %s SUMMARY\n", LW_SUMMARY_MESSAGE);
}

static void words(void)
{
	struct lw_words words = { .id = { 1, 2 }, .address = 0x1000, .size = 0x2000 };
	char *line = lw_words_compose("", &words, NULL);
	unsigned int i;

	printf("words %s\nwords luwatch=off is the switch: %s\n", line,
	       lw_words_off("luwatch=off") ? "yes" : "no");
	for (i = 0; i < LW_AUDIT_KINDS; i++)
		printf("words audit kind %s\n", lw_audit_kind_name(i));
	for (i = LW_VERDICT_CLEAN; i < LW_VERDICTS; i++)
		printf("words verdict %s\n", lw_verdict_name(i));
	for (i = 0; i < LW_ANSWERS; i++)
		printf("words result %s\n", lw_answer_name(i));
	for (i = 0; i < LW_INVARIANTS; i++)
		printf("words invariant %s\n", lw_invariant_name(i));
	for (i = 0; i < LW_CONTEXT_STATES; i++)
		printf("words state of an entry %s\n", lw_context_state_name(i));
	for (i = 0; i < LW_UNIT_CONDITIONS; i++)
		printf("words state of an IOMMU %s\n", lw_unit_condition_name(i));
	for (i = 0; i < LW_CLASSES; i++)
		printf("words class of a fault %s\n", lw_fault_class_name(i));
	for (i = 0; i < LW_WINDOWS; i++)
		printf("words window of a fault %s\n", lw_window_name(i));
	for (i = 0; i < LW_LOSSES; i++)
		printf("words loss %s\n", lw_loss_name(i));
}

static void paths(void)
{
	printf("paths %s\npaths %s\npaths %s\npaths %s\n", LW_CONFIG_FILE, LW_CONFIG_FOLDER "/*.conf",
	       LW_AUDIT_PATH, LW_AUDIT_KEY);
	printf("paths %s/" LW_STORE_FOLDER "/ID/report-REVISION.json\n", LW_STATE_DIR);
	printf("paths %s/declared\n", LW_STATE_DIR);
	printf("paths %s\npaths %s.1\n", LW_SUMMARY_PATH, LW_SUMMARY_PATH);
	printf("paths %s\n", LW_PIN_ROOT);
}

int main(void)
{
	exits();
	keys();
	messages();
	words();
	paths();
	return 0;
}
