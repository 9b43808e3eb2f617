// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The metrics' listener against those who dawdle: one slow client costs one place, and many of them do
 * not keep a scraper out. Real sockets, the real library, the daemon's own loop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/http.h"

#define SLOW 64

struct bench {
	char folder[64];
	struct lw_listen listen;
	sd_event *event;
	struct lw_http *http;
};

static char *answer(void *context, size_t *length)
{
	char *text = strdup("luwatch_up 1\n");

	*length = strlen(text);
	return text;
}

static void setup(struct bench *b)
{
	char text[128];

	memset(b, 0, sizeof(*b));
	strcpy(b->folder, "/tmp/luwatch-http-XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	snprintf(text, sizeof(text), "unix:%s/socket", b->folder);
	assert_int_equal(lw_listen_parse(text, &b->listen), 0);
	assert_true(sd_event_new(&b->event) >= 0);
	assert_int_equal(lw_http_open(&b->http, b->event, &b->listen, answer, NULL), 0);
}

static void finish(struct bench *b)
{
	lw_http_close(b->http);
	sd_event_unref(b->event);
	rmdir(b->folder);
}

static int reach(struct bench *b)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(address.sun_path, b->listen.path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* Lets the loop work until nothing happens any more. */
static void settle(struct bench *b)
{
	int turns;

	for (turns = 0; turns < 1000 && sd_event_run(b->event, 20000) > 0; turns++)
		;
}

/* Whether a client that asks at once is answered, with no more waiting than for one turn of the loop. */
static bool scrape(struct bench *b)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
	char reply[1024] = "";
	int fd = reach(b);
	ssize_t length;

	assert_int_equal(write(fd, request, strlen(request)), strlen(request));
	settle(b);
	length = read(fd, reply, sizeof(reply) - 1);
	close(fd);
	return length > 0 && strstr(reply, "luwatch_up 1");
}

static void many_that_dawdle(void **state)
{
	struct bench b;
	int fds[SLOW], i;

	(void)state;
	setup(&b);
	assert_true(scrape(&b));
	for (i = 0; i < SLOW; i++) {
		fds[i] = reach(&b);
		assert_int_equal(write(fds[i], "GET /me", 7), 7);
	}
	assert_true(scrape(&b));
	assert_true(scrape(&b));
	for (i = 0; i < SLOW; i++)
		close(fds[i]);
	assert_true(scrape(&b));
	finish(&b);
}

/* Who may scrape is whoever is in the group of the socket's folder. */
static void group_of_the_socket(void **state)
{
	struct stat folder, socket;
	struct bench b;

	(void)state;
	setup(&b);
	assert_int_equal(stat(b.folder, &folder), 0);
	assert_int_equal(stat(b.listen.path, &socket), 0);
	assert_int_equal(socket.st_mode & 0777, 0660);
	assert_int_equal(socket.st_gid, folder.st_gid);
	finish(&b);
}

/* On a port of its own; other programs may have some of them. */
static void open_somewhere(struct bench *b, struct lw_listen *listen)
{
	char text[32];
	int port;

	for (port = 39851; port < 39951; port++) {
		snprintf(text, sizeof(text), "127.0.0.1:%d", port);
		assert_int_equal(lw_listen_parse(text, listen), 0);
		if (!lw_http_open(&b->http, b->event, listen, answer, NULL))
			return;
	}
	fail_msg("no port of a hundred is free");
}

/* Another process has the address: an error, and later, when it is free, none. */
static void taken(void **state)
{
	struct lw_http *second = NULL;
	struct lw_listen listen;
	struct bench b;

	(void)state;
	setup(&b);
	lw_http_close(b.http);
	open_somewhere(&b, &listen);
	assert_true(lw_http_open(&second, b.event, &listen, answer, NULL) < 0);
	assert_null(second);
	lw_http_close(b.http);
	assert_int_equal(lw_http_open(&b.http, b.event, &listen, answer, NULL), 0);
	finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_that_dawdle),
		cmocka_unit_test(group_of_the_socket),
		cmocka_unit_test(taken),
	};

	return cmocka_run_group_tests_name("daemon_http", tests, NULL, NULL);
}
