/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in scdoc's format. */
#include <string.h>

#include "manual/manual.h"

void lw_scd_text(FILE *out, const char *text)
{
	for (; *text && *text != '\v'; text++) {
		if (*text == '`')
			fputc('*', out);
		else if (strchr("\\*_", *text))
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
}
