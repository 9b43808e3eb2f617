/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GET /metrics over HTTP, on a TCP port or a unix socket. It lives in the daemon's event loop: no
 * thread, no timer while nobody is connected. Whoever connects can cost only a little: 32
 * connections at a time, 8 KiB each, 10 seconds from accept to the last byte, and less when others
 * want the place.
 */
#ifndef LUWATCH_HTTP_H
#define LUWATCH_HTTP_H

#include <stddef.h>
#include <systemd/sd-event.h>

#include "config/config.h"

struct lw_http;

/* Makes the text of an answer, to be released with free(); NULL without memory. */
typedef char *(*lw_http_answer)(void *context, size_t *length);

/*
 * Listens. 0 or a negative errno (-EADDRINUSE and its like); *HTTP is NULL then, and when LISTEN is
 * off.
 */
int lw_http_open(struct lw_http **http, sd_event *event, const struct lw_listen *listen,
		 lw_http_answer answer, void *context);
void lw_http_close(struct lw_http *http);

#endif
