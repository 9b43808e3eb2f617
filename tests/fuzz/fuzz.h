/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every fuzzer needs: libFuzzer's entry, and the word for what must hold whatever the bytes are. */
#ifndef LUWATCH_FUZZ_H
#define LUWATCH_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* SIZE bytes of DATA, which are nobody's to change. 0; -1 keeps them out of the corpus. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): this one is never compiled away. The fuzzer keeps the input that ends here. */
#define MUST(condition)           \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

#endif
