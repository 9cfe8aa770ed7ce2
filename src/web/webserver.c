#include "web/webserver.h"

#include "base/fd.h"

#include <errno.h>
#include <microhttpd.h>

void webserver_add(struct webserver *w, str process, int fd)
{
	const uint64_t *block = metrics_map(fd);

	if (!block || w->n == WEBSERVER_SOURCES_MAX)
		return;
	for (enum process p = PROCESS_SUPERVISOR; p < PROCESS_COUNT; p++) {
		if (str_eq(process, str_c(msg_process_name(p))))
			w->sources[w->n++] = (struct metricstext_source){ p, block };
	}
}

static enum MHD_Result reply(struct MHD_Connection *c, unsigned status, const char *type, str body)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p,
								 MHD_RESPMEM_MUST_COPY);
	enum MHD_Result done;

	if (!r)
		return MHD_NO;
	(void)MHD_add_response_header(r, "Content-Type", type);
	(void)MHD_add_response_header(r, "Cache-Control", "no-store");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)MHD_add_response_header(r, "Allow", "GET, HEAD");
	done = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return done;
}

static enum MHD_Result reply_metrics(const struct webserver *w, struct MHD_Connection *c)
{
	cleanup(arena_freep) struct arena *a = arena_new("metrics", 4 * METRICSTEXT_MAX);
	struct strbuf text = strbuf_make(a, METRICSTEXT_MAX);
	struct metricstext_values *values = arena_make(a, struct metricstext_values);

	metricstext_collect(w->sources, w->n, values);
	metricstext_put(&text, values);
	return reply(c, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", strbuf_str(&text));
}

/* The first call is for the header alone; a body, were there one, comes with the second. */
static enum MHD_Result answer(void *ctx, struct MHD_Connection *c, const char *path,
			      const char *method, const char *version unused_arg,
			      const char *body unused_arg, size_t *body_n, void **seen)
{
	bool is_get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

	if (!is_get) {
		metrics_add(METRIC_web_requests_405, 1);
		return reply(c, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain",
			     STR("only GET and HEAD\n"));
	}
	if (!*seen) {
		*seen = ctx;
		return MHD_YES;
	}
	if (*body_n)
		return MHD_NO;
	if (strcmp(path, "/metrics") == 0) {
		metrics_add(METRIC_web_requests_200, 1);
		return reply_metrics(ctx, c);
	}
	if (strcmp(path, "/healthz") == 0) {
		metrics_add(METRIC_web_requests_200, 1);
		return reply(c, MHD_HTTP_OK, "text/plain", STR("ok\n"));
	}
	metrics_add(METRIC_web_requests_404, 1);
	return reply(c, MHD_HTTP_NOT_FOUND, "text/plain", STR("/metrics and /healthz are here\n"));
}

/* Paths are compared as they were sent. */
static size_t leave_escaped(void *ctx unused_arg, struct MHD_Connection *c unused_arg, char *s)
{
	return strlen(s);
}

int webserver_listen(struct webserver *w, int fd, struct why *why)
{
	struct MHD_Daemon *d = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, w, MHD_OPTION_LISTEN_SOCKET,
		fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)WEBSERVER_CONNECTIONS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WEBSERVER_REQUEST_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)WEBSERVER_IDLE_S,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_END);

	if (d)
		return 0;
	fd_close(fd);
	return why_set(why, -EIO, "the HTTP server could not be started");
}
