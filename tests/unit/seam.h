/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function that answers in place of NAME; the Makefile finds it in the test and links with --wrap. */
#ifndef LUWATCH_SEAM_H
#define LUWATCH_SEAM_H

#define SEAM(type, name, ...)            \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)

#endif
