/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Remarks on an entry as text. */
#ifndef LUWATCH_NOTE_H
#define LUWATCH_NOTE_H

/* The text of one bit of enum lw_entry_notes; "" for none. Static string. */
const char *lw_entry_note(unsigned int note);

#endif
