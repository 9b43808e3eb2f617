/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "base/nearest.h"

#define LONGEST 32

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Edits from A to B, a swap of neighbours counted once; both are at most LONGEST. */
static unsigned int distance(const char *a, size_t m, const char *b, size_t n)
{
	unsigned int d[LONGEST + 1][LONGEST + 1];
	size_t i, j;

	for (i = 0; i <= m; i++)
		d[i][0] = i;
	for (j = 0; j <= n; j++)
		d[0][j] = j;
	for (i = 1; i <= m; i++) {
		for (j = 1; j <= n; j++) {
			int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);

			d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (x != y));
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
			    y == tolower((unsigned char)a[i - 2]))
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[m][n];
}

void lw_nearest_offer(struct lw_nearest *nearest, const char *candidate)
{
	size_t m = strlen(nearest->typed), n = strlen(candidate);
	unsigned int d;

	if (m > LONGEST || n > LONGEST || m < 2)
		return;
	d = distance(nearest->typed, m, candidate, n);
	if (d > (n > 5 ? 2 : 1) || d >= n || (nearest->best && d >= nearest->distance))
		return;
	nearest->best = candidate;
	nearest->distance = d;
}
