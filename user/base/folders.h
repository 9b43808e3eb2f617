/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LUWATCH_FOLDERS_H
#define LUWATCH_FOLDERS_H

/* Where reports and evidence are kept. */
#define LW_STATE_DIR "/var/lib/luwatch"

/* What lasts as long as the boot. */
#define LW_RUN_FOLDER "/run/luwatch"

/* Why the daemon does not serve its metrics; without the file it does, or does not run. */
#define LW_METRICS_PROBLEM LW_RUN_FOLDER "/metrics-problem"

#endif
