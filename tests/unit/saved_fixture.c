// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One saved log, read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log/stream.h"
#include "saved_fixture.h"

static struct lw_saved saved;

const struct lw_saved *saved_of(const char *bytes, size_t length)
{
	struct lw_stream *stream = malloc(sizeof(*stream));
	char *copy = malloc(length ? length : 1);

	assert_true(stream && copy);
	memcpy(copy, bytes, length);
	lw_saved_free(&saved);
	lw_saved_file(&saved, "file");
	lw_stream_init(stream, &saved);
	lw_stream_push(stream, copy, length);
	lw_stream_end(stream);
	free(copy);
	free(stream);
	assert_int_equal(saved.error, 0);
	return &saved;
}

void saved_forget(void)
{
	lw_saved_free(&saved);
}

bool saved_agree(const struct lw_saved *a, const struct lw_saved *b)
{
	size_t i;

	if (a->faults != b->faults || a->single_count != b->single_count || a->twice != b->twice ||
	    a->statuses != b->statuses || a->suppressed != b->suppressed || a->lost != b->lost ||
	    memcmp(a->left_by, b->left_by, sizeof(a->left_by)))
		return false;
	for (i = 0; i < a->single_count; i++) {
		const struct lw_fault *x = &a->singles[i].fault, *y = &b->singles[i].fault;

		if (x->rid != y->rid || x->flags != y->flags || x->reason != y->reason ||
		    x->pasid != y->pasid || x->address != y->address || x->first_ns != y->first_ns)
			return false;
	}
	return true;
}
