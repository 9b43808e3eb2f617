/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The HTTP side. libmicrohttpd has an epoll descriptor of its own, which sd-event watches like any
 * other. Its time limit counts from the last byte received, so a client that drips could stay for
 * ever; a deadline of our own counts from the accept. When all places are taken the one that has had
 * its place longest gives it up: who asks at once is answered at once, however many others dawdle.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/io.h"
#include "base/message.h"
#include "daemon/http.h"

#define CONNECTIONS  32
#define BACKLOG	     128
#define MEMORY	     8192
#define IDLE_S	     5
#define DEADLINE_US  10000000ULL
#define CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct connection {
	int fd; /* -1 = free */
	uint64_t deadline_us;
	uint64_t number; /* in the order they came */
};

struct lw_http {
	struct MHD_Daemon *daemon;
	sd_event *event;
	sd_event_source *io, *timer;
	struct connection connections[CONNECTIONS];
	bool closed; /* a connection, in the present run */
	uint64_t accepted;
	lw_http_answer answer;
	void *context;
	char path[108]; /* of the unix socket, to be removed */
};

static enum MHD_Result respond(struct MHD_Connection *connection, unsigned int status,
			       struct MHD_Response *response)
{
	enum MHD_Result r;

	if (!response)
		return MHD_NO;
	/* One request each: no connection stays open between scrapes. */
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	r = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return r;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned int status,
			      const char *text)
{
	struct MHD_Response *response;

	response =
		MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_PERSISTENT);
	if (response && status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET");
	return respond(connection, status, response);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *data_size, void **state)
{
	struct lw_http *http = context;
	struct MHD_Response *response;
	size_t length;
	char *text;

	if (strcmp(url, "/metrics"))
		return refuse(connection, MHD_HTTP_NOT_FOUND, "only /metrics is here\n");
	if (strcmp(method, "GET"))
		return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET is allowed\n");
	text = http->answer(http->context, &length);
	if (!text)
		return refuse(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "out of memory\n");
	response = MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_FREE);
	if (!response)
		free(text);
	else
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, CONTENT_TYPE);
	return respond(connection, MHD_HTTP_OK, response);
}

static uint64_t now_us(struct lw_http *http)
{
	uint64_t now = 0;

	sd_event_now(http->event, CLOCK_MONOTONIC, &now);
	return now;
}

/* One place stays free for the next one. */
static void make_room(struct lw_http *http)
{
	struct connection *oldest = NULL;
	int i;

	for (i = 0; i < CONNECTIONS; i++) {
		struct connection *c = &http->connections[i];

		if (c->fd < 0)
			return;
		if (!oldest || c->number < oldest->number)
			oldest = c;
	}
	shutdown(oldest->fd, SHUT_RDWR);
	oldest->number = UINT64_MAX; /* on its way out */
}

static void on_connection(void *context, struct MHD_Connection *connection, void **unused,
			  enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *info;
	struct lw_http *http = context;
	bool started = code == MHD_CONNECTION_NOTIFY_STARTED;
	int i;

	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (!info)
		return;
	for (i = 0; i < CONNECTIONS; i++) {
		struct connection *c = &http->connections[i];

		if (c->fd != (started ? -1 : info->connect_fd))
			continue;
		c->fd = started ? info->connect_fd : -1;
		http->closed |= !started;
		c->deadline_us = now_us(http) + DEADLINE_US;
		c->number = http->accepted++;
		break;
	}
	if (started)
		make_room(http);
}

/* Ends what is over its time; returns the earliest deadline of the others, 0 when there is none. */
static uint64_t enforce_deadlines(struct lw_http *http)
{
	uint64_t now = now_us(http), next = 0;
	int i;

	for (i = 0; i < CONNECTIONS; i++) {
		struct connection *c = &http->connections[i];

		if (c->fd < 0)
			continue;
		if (c->deadline_us <= now)
			shutdown(c->fd, SHUT_RDWR);
		else if (!next || c->deadline_us < next)
			next = c->deadline_us;
	}
	return next;
}

/* Lets the library work and sets the timer for when it wants to work again, if at all. */
static void run(struct lw_http *http)
{
	uint64_t deadline = enforce_deadlines(http), wanted;
	MHD_UNSIGNED_LONG_LONG milliseconds;
	int rounds = 0;
	bool again;

	/* It listens again, after having had too many connections, at the run after the close. */
	do {
		http->closed = false;
		MHD_run(http->daemon);
		again = MHD_get_timeout(http->daemon, &milliseconds) == MHD_YES && !milliseconds;
	} while ((again || http->closed) && ++rounds < 16);
	if (!deadline)
		deadline = enforce_deadlines(http);
	if (MHD_get_timeout(http->daemon, &milliseconds) == MHD_YES) {
		wanted = now_us(http) + milliseconds * 1000 + 1000;
		if (!deadline || wanted < deadline)
			deadline = wanted;
	}
	sd_event_source_set_time(http->timer, deadline);
	sd_event_source_set_enabled(http->timer, deadline ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *context)
{
	run(context);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t time, void *context)
{
	run(context);
	return 0;
}

/* Removes a socket that a killed daemon left behind; anything else that is there stays. */
static void remove_stale(const char *path)
{
	struct stat status;

	if (!lstat(path, &status) && S_ISSOCK(status.st_mode))
		unlink(path);
}

/* The group of its folder may use the socket; where that cannot be given, only root. */
static void give_to_group(const char *path)
{
	LW_FREE char *folder = strdup(path);
	struct stat status;
	char *slash = folder ? strrchr(folder, '/') : NULL;

	if (!slash)
		return;
	*slash = '\0';
	if (!stat(*folder ? folder : "/", &status) && !chown(path, -1, status.st_gid))
		chmod(path, 0660);
}

static int bind_unix(int fd, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int r;

	strcpy(address.sun_path, path);
	remove_stale(path);
	mask = umask(0177);
	r = bind(fd, (struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
	umask(mask);
	if (!r)
		give_to_group(path);
	return r;
}

static int bind_tcp(int fd, const struct lw_listen *listen, int family)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(listen->port) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(listen->port) };
	int on = 1, r;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET) {
		inet_pton(AF_INET, listen->host, &four.sin_addr);
		r = bind(fd, (struct sockaddr *)&four, sizeof(four));
	} else {
		inet_pton(AF_INET6, listen->host, &six.sin6_addr);
		r = bind(fd, (struct sockaddr *)&six, sizeof(six));
	}
	return r ? -errno : 0;
}

/* A listening socket, or a negative errno. */
static int open_socket(const struct lw_listen *l)
{
	int family = l->kind == LW_LISTEN_UNIX ? AF_UNIX
		     : strchr(l->host, ':')    ? AF_INET6
					       : AF_INET;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), r;

	if (fd < 0)
		return -errno;
	r = l->kind == LW_LISTEN_UNIX ? bind_unix(fd, l->path) : bind_tcp(fd, l, family);
	if (!r && listen(fd, BACKLOG))
		r = -errno;
	if (!r)
		return fd;
	close(fd);
	return r;
}

static int start(struct lw_http *http, int fd)
{
	const union MHD_DaemonInfo *info;
	int r;

	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, on_request, http, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned int)IDLE_S, MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
		MHD_OPTION_END);
	if (!http->daemon) {
		close(fd);
		return -EIO;
	}
	info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return -EIO;
	r = sd_event_add_io(http->event, &http->io, info->epoll_fd, EPOLLIN, on_readable, http);
	if (r >= 0)
		r = sd_event_add_time(http->event, &http->timer, CLOCK_MONOTONIC, 0, 0, on_timer,
				      http);
	if (r >= 0)
		r = sd_event_source_set_enabled(http->timer, SD_EVENT_OFF);
	return r < 0 ? r : 0;
}

int lw_http_open(struct lw_http **result, sd_event *event, const struct lw_listen *listen,
		 lw_http_answer answer, void *context)
{
	struct lw_http *http;
	int fd, i, r;

	*result = NULL;
	if (listen->kind == LW_LISTEN_OFF)
		return 0;
	fd = open_socket(listen);
	if (fd < 0)
		return fd;
	http = calloc(1, sizeof(*http));
	if (!http) {
		close(fd);
		return -ENOMEM;
	}
	*http = (struct lw_http){ .event = sd_event_ref(event),
				  .answer = answer,
				  .context = context };
	for (i = 0; i < CONNECTIONS; i++)
		http->connections[i].fd = -1;
	strcpy(http->path, listen->path);
	r = start(http, fd);
	if (r) {
		lw_http_close(http);
		return r;
	}
	*result = http;
	return 0;
}

void lw_http_close(struct lw_http *http)
{
	if (!http)
		return;
	sd_event_source_disable_unref(http->io);
	sd_event_source_disable_unref(http->timer);
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	if (*http->path)
		unlink(http->path);
	sd_event_unref(http->event);
	free(http);
}
