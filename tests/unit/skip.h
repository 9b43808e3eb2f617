/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leaving a test out and saying why: tests/run-unit takes a skip without a reason for a failure. */
#ifndef LUWATCH_SKIP_H
#define LUWATCH_SKIP_H

/* The reason as for printf. */
#define skip_because(...)                   \
	do {                                \
		print_message("skipped: "); \
		print_message(__VA_ARGS__); \
		print_message("\n");        \
		skip();                     \
	} while (0)

/* FILE of the tree, to read: the tests run in its root. Ends the test when it is not there. */
#define open_of_tree(file)                                                                  \
	({                                                                                  \
		FILE *opened = fopen(file, "re");                                           \
		if (!opened)                                                                \
			fail_msg("%s is not there: run the tests in the tree's root", file); \
		opened;                                                                     \
	})

#endif
