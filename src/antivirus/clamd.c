#include "antivirus/clamd.h"

#include "base/fd.h"
#include "base/ip.h"
#include "net/connect.h"
#include "sys/stream.h"

#include <errno.h>

enum { OUT_BYTES = 32 << 10, NAME_MAX_BYTES = 200 };

static const struct clamd_result error = { .code = CLAMD_ERROR, .name = { "", 0 } };

str clamd_name(enum clamd_code code)
{
	static const char *const names[] = {
		[CLAMD_CLEAN] = "clean",	 [CLAMD_VIRUS] = "virus",
		[CLAMD_ENCRYPTED] = "encrypted", [CLAMD_TOO_LARGE] = "too large",
		[CLAMD_ERROR] = "error",
	};

	return str_c(names[code]);
}

static str printable(struct arena *a, str s)
{
	struct strbuf b = strbuf_make(a, 4 * NAME_MAX_BYTES);

	strbuf_printable(&b, str_sub(s, 0, NAME_MAX_BYTES));
	return b.n ? strbuf_str(&b) : STR("");
}

static struct clamd_result found(struct arena *a, str name)
{
	struct clamd_result r = { .code = CLAMD_VIRUS, .name = printable(a, name) };

	if (str_starts(name, STR("Heuristics.Encrypted.")))
		r.code = CLAMD_ENCRYPTED;
	else if (str_starts(name, STR("Heuristics.Limits.Exceeded")))
		r.code = CLAMD_TOO_LARGE;
	return r;
}

struct clamd_result clamd_parse(struct arena *a, str reply, struct why *why)
{
	static const str subject = { "stream: ", 8 }, verdict = { " FOUND", 6 };
	str text = str_trim(reply);

	if (str_eq(text, STR("INSTREAM size limit exceeded. ERROR")))
		return (struct clamd_result){ .code = CLAMD_TOO_LARGE, .name = STR("") };
	if (str_eq(text, STR("stream: OK")))
		return (struct clamd_result){ .code = CLAMD_CLEAN, .name = STR("") };
	if (text.n > subject.n + verdict.n && str_starts(text, subject) && str_ends(text, verdict))
		return found(a, str_sub(text, subject.n, text.n - verdict.n));
	text = printable(a, text);
	(void)why_set(why, -EPROTO, "clamd answered \"%.*s\"", STR_ARG(text));
	return error;
}

static int timed_out(int r, struct why *why)
{
	return r == STREAM_E_TIMEOUT ? why_set(why, -ETIMEDOUT, "clamd: %m") : r;
}

/* After its length, big-endian. */
static int send_chunk(struct stream *s, str chunk, deadline d, struct why *why)
{
	char length[4] = { (char)(chunk.n >> 24), (char)(chunk.n >> 16), (char)(chunk.n >> 8),
			   (char)chunk.n };
	int r = stream_write(s, str_of(length, sizeof(length)), d, why);

	return r == STREAM_OK ? stream_write(s, chunk, d, why) : r;
}

/* The command, head and message in chunks, an empty chunk. */
static int send_message(struct stream *s, str head, str message, deadline d, struct why *why)
{
	static const str command = { "zINSTREAM", 10 }; /* with its NUL */
	int r = stream_write(s, command, d, why);

	if (r == STREAM_OK && head.n > 0)
		r = send_chunk(s, head, d, why);
	while (r == STREAM_OK && message.n > 0) {
		str chunk = str_sub(message, 0, CLAMD_CHUNK);

		r = send_chunk(s, chunk, d, why);
		message = str_skip(message, chunk.n);
	}
	if (r == STREAM_OK)
		r = send_chunk(s, STR(""), d, why);
	return r == STREAM_OK ? stream_flush(s, d, why) : r;
}

/* Up to the NUL, or to the end of the connection. */
static int read_reply(struct arena *a, struct stream *s, deadline d, str *ret, struct why *why)
{
	struct strbuf reply = strbuf_make(a, CLAMD_MAX_REPLY);
	size_t end = STR_NONE;

	while (end == STR_NONE && !reply.overflow) {
		str have;
		int r = stream_peek(s, d, &have, why);

		if (r == STREAM_E_EOF && reply.n > 0)
			break;
		if (r == STREAM_E_EOF)
			return why_set(why, -EPIPE,
				       "clamd closed the connection without an answer");
		if (r != STREAM_OK)
			return timed_out(r, why);
		end = str_chr(have, '\0');
		strbuf_put(&reply, str_sub(have, 0, end));
		stream_consume(s, have.n);
	}
	*ret = strbuf_str(&reply);
	return STREAM_OK;
}

struct clamd_result clamd_talk(struct arena *a, int fd, str head, str message, deadline d,
			       struct why *why)
{
	struct clamd_result result = error;
	struct stream s;
	str reply;
	int sent, r;

	stream_init(&s, fd);
	stream_lend(&s, arena_alloc(a, CLAMD_MAX_REPLY), CLAMD_MAX_REPLY, arena_alloc(a, OUT_BYTES),
		    OUT_BYTES);
	r = sent = send_message(&s, head, message, d, why);
	/* Above its StreamMaxLength clamd answers and hangs up while we still send. */
	if (r == STREAM_OK || r == STREAM_E_EOF)
		r = read_reply(a, &s, d, &reply, why);
	else
		r = timed_out(r, why);
	stream_take_back(&s);
	if (r == STREAM_OK)
		result = clamd_parse(a, reply, why);
	if (sent != STREAM_OK && result.code == CLAMD_CLEAN) {
		(void)why_set(why, -EPROTO, "clamd answered before it had the whole message");
		return error;
	}
	return result;
}

static int connect_to(const struct clamd_server *server, deadline d, struct why *why)
{
	struct ip ip;

	if (server->path.n)
		return connect_unix(server->path, d, why);
	if (!ip_parse(server->host, &ip))
		return why_set(why, -EINVAL, "\"%.*s\" is not an address", STR_ARG(server->host));
	return connect_tcp(ip, server->port, (struct ip){ 0 }, d, why);
}

struct clamd_result clamd_scan(struct arena *a, const struct clamd_server *server, str head,
			       str message, deadline d, struct why *why)
{
	cleanup(fd_closep) int fd = -1;

	if (message.n > server->max_bytes)
		return (struct clamd_result){ .code = CLAMD_TOO_LARGE, .name = STR("") };
	fd = connect_to(server, d, why);
	if (fd < 0) {
		(void)why_prefix(why, fd, "antivirus");
		return error;
	}
	return clamd_talk(a, fd, head, message, d, why);
}

int clamd_version(struct arena *a, const struct clamd_server *server, deadline d, str *ret,
		  struct why *why)
{
	static const str command = { "zVERSION", 9 }; /* with its NUL */
	cleanup(fd_closep) int fd = connect_to(server, d, why);
	struct stream s;
	str reply;
	int r;

	if (fd < 0)
		return fd;
	stream_init(&s, fd);
	stream_lend(&s, arena_alloc(a, CLAMD_MAX_REPLY), CLAMD_MAX_REPLY, arena_alloc(a, OUT_BYTES),
		    OUT_BYTES);
	r = stream_write(&s, command, d, why);
	if (r == STREAM_OK)
		r = stream_flush(&s, d, why);
	if (r == STREAM_OK)
		r = read_reply(a, &s, d, &reply, why);
	if (r != STREAM_OK)
		return r < 0 ? r : why_set(why, -EPIPE, "clamd does not answer");
	*ret = printable(a, str_trim(reply));
	return 0;
}
