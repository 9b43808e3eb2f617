/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages for people. They all pass here, so that every line has the program's name, goes to
 * standard error, and control characters from outside (a file name, a kernel string) cannot reach
 * the terminal.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/message.h"

static int verbose;

void lw_set_verbose(int on)
{
	verbose = on;
}

int lw_is_verbose(void)
{
	return verbose;
}

static void say(const char *kind, const char *format, va_list args)
{
	char text[1024];
	char *at;

	vsnprintf(text, sizeof(text), format, args);
	for (at = text; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '?';
	fprintf(stderr, "luwatch: %s%s\n", kind, text);
}

void lw_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
}

void lw_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("warning: ", format, args);
	va_end(args);
}

void lw_debug(const char *format, ...)
{
	va_list args;

	if (!verbose)
		return;
	va_start(args, format);
	say("debug: ", format, args);
	va_end(args);
}
