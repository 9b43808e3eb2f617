/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LUWATCH_TEXT_LOG_H
#define LUWATCH_TEXT_LOG_H

#include "base/pci_names.h"
#include "log/saved.h"
#include "text/style.h"

/* The account of a saved log for people: what faulted, what was left out, what may be missing. */
void lw_text_log(const struct lw_style *style, const struct lw_saved *log,
		 struct lw_pci_names *names, bool verbose);

#endif
