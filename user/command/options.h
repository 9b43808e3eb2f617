/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several commands' option parsers share. */
#ifndef LUWATCH_OPTIONS_H
#define LUWATCH_OPTIONS_H

#include <argp.h>

/* Options that look the same wherever they exist. */
#define LW_OPTION_STATE { "state", 'S', "DIR", 0, "State folder (default " LW_STATE_DIR ")", 0 }
#define LW_OPTION_JSON { "json", 'j', NULL, 0, "Print JSON", 0 }
#define LW_OPTION_VERBOSE { "debug", 'D', NULL, 0, "Show libbpf's messages", 0 }

/* What to do when reports, faults or the audit log cannot be read. */
#define LW_BE_MEMBER "be root or a member of the group luwatch"

#endif
