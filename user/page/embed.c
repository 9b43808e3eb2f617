// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page's sources, page/..., as they stand, inside the binary: they stay files of their own
 * language, and the agent needs no file at run time. The assembler finds them through -I.
 */
#include "page/page.h"

#define BEGIN(symbol)                             \
	".section .rodata.page,\"a\",@progbits\n" \
	".global " #symbol "\n"                   \
	".type " #symbol ", @object\n" #symbol ":\n"
#define TAKE(file) ".incbin \"user/page/" file "\"\n"
#define END(symbol)                            \
	".byte 0\n"                            \
	".size " #symbol ", . - " #symbol "\n" \
	".previous\n"

asm(BEGIN(lw_page_html) TAKE("page.html") END(lw_page_html));
asm(BEGIN(lw_page_style) TAKE("page.css") TAKE("parts.css") END(lw_page_style));
asm(BEGIN(lw_page_script) TAKE("data.js") TAKE("timeline.js") TAKE("filter.js") TAKE("map.js")
	    TAKE("table.js") TAKE("start.js") END(lw_page_script));
