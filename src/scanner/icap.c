#include "scanner/icap.h"

#include "antivirus/mailhead.h"
#include "base/num.h"
#include "scanner/exchange.h"

#include <errno.h>

/* --- the question --- */

static str host_of(struct arena *a, const struct scannerrow *row)
{
	const struct conf_hostport *at = &row->peer.at;
	bool v6 = str_chr(at->host, ':') != STR_NONE;

	if (row->peer.kind == CONF_PEER_UNIX)
		return STR("localhost");
	return arena_fmt(a, "%s%.*s%s:%u", v6 ? "[" : "", STR_ARG(at->host), v6 ? "]" : "",
			 at->port);
}

/* Two heads of HTTP, and where they stand (RFC 3507 4.4.1). */
static str head(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
		size_t size)
{
	str host = host_of(a, row);
	str request = arena_fmt(a, "GET http://%.*s/%.*s HTTP/1.1\r\nHost: %.*s\r\n\r\n",
				STR_ARG(s->envelope->hostname), STR_ARG(s->envelope->mid),
				STR_ARG(s->envelope->hostname));
	str response = arena_fmt(a,
				 "HTTP/1.1 200 OK\r\nContent-Type: %s\r\n"
				 "Content-Length: %zu\r\n\r\n",
				 s->whole ? "message/rfc822" : "application/octet-stream", size);

	return arena_fmt(a,
			 "RESPMOD icap://%.*s/%.*s ICAP/1.0\r\nHost: %.*s\r\nAllow: 204\r\n"
			 "Connection: close\r\n"
			 "Encapsulated: req-hdr=0, res-hdr=%zu, res-body=%zu\r\n\r\n"
			 "%.*s%.*s",
			 STR_ARG(host), STR_ARG(row->service), STR_ARG(host), request.n,
			 request.n + response.n, STR_ARG(request), STR_ARG(response));
}

/* One chunk, then the last one. */
static int send_question(struct exchange *x, struct arena *a, const struct scannerrow *row,
			 const struct scanner_subject *s, const struct icap_asked *asked,
			 struct why *why)
{
	size_t size = asked->head.n + asked->bytes.n;
	int r = exchange_send(x, head(a, row, s, size), why);

	if (r == 0 && size)
		r = exchange_send(x, arena_fmt(a, "%zx\r\n%.*s", size, STR_ARG(asked->head)), why);
	if (r == 0)
		r = exchange_send_heeding(x, asked->bytes, why);
	if (r == 0)
		r = exchange_send_heeding(x, size ? STR("\r\n0\r\n\r\n") : STR("0\r\n\r\n"), why);
	return r < 0 ? r : exchange_ask(x, why);
}

/* --- the answer --- */

struct reading {
	struct stream *stream;
	struct arena *arena;
	deadline until;
	struct scanner_answer *answer;
	struct why *why;
	bool has_header, has_body, has_no_engine;
	size_t violation_lines; /* of X-Violations-Found, so far */
	str violation;
};

/* The digest of no signatures at all: MD5 of nothing in base64. */
static const str no_engine = STR("1B2M2Y8AsgTpgAmY7PhCfg");

static int next_line(struct reading *r, str *ret)
{
	int e = exchange_error(stream_read_line(r->stream, ICAP_LINE_MAX, r->until, ret, r->why),
			       r->why);

	if (e == 0)
		*ret = str_sub(*ret, 0,
			       ret->n - (str_ends(*ret, STR("\r\n")) ? strlen("\r\n") : 1));
	return e;
}

/* "ICAP/1.0 204 No Content", "HTTP/1.1 403 Forbidden": 0 when it is none. */
static unsigned status_of(str line, str protocol)
{
	str rest = str_skip(line, protocol.n);
	uint64_t code;

	if (!str_starts(line, protocol) || rest.n < strlen("1.0 200") || rest.p[1] != '.' ||
	    rest.p[3] != ' ' || !num_u64_max(str_sub(rest, 4, 7), 999, &code))
		return 0;
	return (unsigned)code;
}

static bool field_is(str line, str name, str *ret_value)
{
	if (!str_casestarts(line, name))
		return false;
	*ret_value = str_trim(str_skip(line, name.n));
	return true;
}

/* "Type=0; Resolution=2; Threat=Eicar-Test-Signature;": of type 2 is what it could not open. */
static void take_infection(struct reading *r, str value)
{
	size_t at = str_casefind(value, STR("Threat="));
	str threat = at == STR_NONE ? value : str_skip(value, at + strlen("Threat="));
	bool container = str_casefind(value, STR("Type=2")) != STR_NONE;

	threat = str_sub(threat, 0, str_chr(threat, ';'));
	scanner_say(r->arena, r->answer,
		    !container					      ? STR("infected")
		    : str_casefind(threat, STR("ncrypt")) != STR_NONE ? STR("encrypted")
								      : STR("limits"),
		    threat);
}

/* Some say so in a field that names a virus otherwise. */
static bool is_none(str value)
{
	return value.n == 0 || str_caseeq(value, STR("none")) || str_eq(value, STR("0")) ||
	       str_casestarts(value, STR("no threats"));
}

/* "X-Violations-Found: 1", then each on a line of its own a file, its threat, and two numbers: the
 * first threat is what to say, if nothing else says it. */
static void take_violation(struct reading *r, str line)
{
	enum { COUNT = 1, FILE_NAME, THREAT };
	str value;

	if (str_is_space(line.p[0])) {
		if (r->violation_lines && ++r->violation_lines == THREAT)
			r->violation = arena_str(r->arena, str_trim(line));
		return;
	}
	r->violation_lines = 0;
	if (field_is(line, STR("X-Violations-Found:"), &value) && !is_none(value)) {
		r->violation_lines = COUNT;
		r->violation = STR("violations");
	}
}

static void take_field(struct reading *r, str line)
{
	static const str names[] = { STR("X-Virus-ID:"), STR("X-Virus-Name:") };
	str value;

	take_violation(r, line);
	if (field_is(line, STR("ISTag:"), &value))
		r->has_no_engine = str_find(value, no_engine) != STR_NONE;
	if (field_is(line, STR("X-Infection-Found:"), &value) && !is_none(value))
		take_infection(r, value);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (field_is(line, names[i], &value) && !is_none(value))
			scanner_say(r->arena, r->answer, STR("infected"), value);
	}
	if (field_is(line, STR("Encapsulated:"), &value)) {
		r->has_header = str_casefind(value, STR("res-hdr=")) != STR_NONE;
		r->has_body = str_casefind(value, STR("res-body=")) != STR_NONE;
	}
}

/* The status, and the fields up to the empty line. */
static int read_head(struct reading *r, str protocol, unsigned *ret_status)
{
	str line;
	int e = next_line(r, &line);

	if (e < 0)
		return e;
	*ret_status = status_of(line, protocol);
	if (!*ret_status)
		return why_set(r->why, -EPROTO, "the answer is not %.*s1.0", STR_ARG(protocol));
	for (size_t i = 0; i < ICAP_LINES; i++) {
		e = next_line(r, &line);
		if (e < 0 || line.n == 0)
			return e;
		if (str_eq(protocol, STR("ICAP/")))
			take_field(r, line);
	}
	return why_set(r->why, -EMSGSIZE, "the answer has more than %d fields", ICAP_LINES);
}

static bool take_size(str line, size_t *ret)
{
	size_t n = 0, digits = 0;

	for (; digits < line.n && digits < 8; digits++) {
		char c = str_lower_char(line.p[digits]);

		if (!str_is_digit(c) && (c < 'a' || c > 'f'))
			break;
		n = n * 16 + (size_t)(str_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	*ret = n;
	line = str_trim(str_skip(line, digits));
	return digits > 0 && (line.n == 0 || line.p[0] == ';');
}

/* Those are the next of what is left of what was sent. */
static bool take_same(struct icap_asked *left, str have)
{
	str of_head = str_sub(have, 0, left->head.n), of_bytes = str_skip(have, of_head.n);

	if (!str_starts(left->head, of_head) || !str_starts(left->bytes, of_bytes))
		return false;
	left->head = str_skip(left->head, of_head.n);
	left->bytes = str_skip(left->bytes, of_bytes.n);
	return true;
}

/* n bytes of a chunk, compared with what is left of those that were sent. */
static int read_chunk(struct reading *r, size_t n, struct icap_asked *left, bool *ret_same)
{
	str line;

	while (n > 0) {
		str have;
		int e = exchange_error(stream_peek(r->stream, r->until, &have, r->why), r->why);

		if (e < 0)
			return e;
		have = str_sub(have, 0, n);
		*ret_same = take_same(left, have);
		if (!*ret_same)
			return 0;
		n -= have.n;
		stream_consume(r->stream, have.n);
	}
	if (next_line(r, &line) < 0 || line.n)
		return why_set(r->why, -EPROTO, "a chunk of the answer does not end");
	return 0;
}

static int read_body(struct reading *r, struct icap_asked asked, bool *ret_same)
{
	size_t n = 1;

	*ret_same = true;
	while (*ret_same && n > 0) {
		str line;
		int e = next_line(r, &line);

		if (e < 0)
			return e;
		if (!take_size(line, &n))
			return why_set(r->why, -EPROTO, "a chunk of the answer has no size");
		if (n > asked.head.n + asked.bytes.n)
			*ret_same = false;
		else if (n > 0)
			e = read_chunk(r, n, &asked, ret_same);
		if (e < 0)
			return e;
	}
	*ret_same &= asked.head.n == 0 && asked.bytes.n == 0;
	return 0;
}

/* 200: it gives back what we are to use instead. */
static int read_response(struct reading *r, const struct icap_asked *asked)
{
	unsigned status = 200;
	bool same = false;
	int e = r->has_header ? read_head(r, STR("HTTP/"), &status) : 0;

	if (e < 0)
		return e;
	if (status == 403)
		scanner_say(r->arena, r->answer, STR("infected"), STR("blocked"));
	else if (status / 100 == 2 && !asked)
		scanner_say(r->arena, r->answer, STR("limits"), STR("began before it had all"));
	if (r->answer->words.n)
		return 0;
	if (status / 100 == 2)
		e = r->has_body ? read_body(r, *asked, &same) : 0;
	if (e == 0)
		scanner_say(r->arena, r->answer, same ? STR("limits") : STR("modified"),
			    arena_fmt(r->arena, "status %u", status));
	return e;
}

int icap_read(struct stream *s, struct arena *a, const struct icap_asked *asked, deadline d,
	      struct scanner_answer *ret, struct why *why)
{
	struct reading r = { .stream = s, .arena = a, .until = d, .answer = ret, .why = why };
	unsigned status;
	int e = read_head(&r, STR("ICAP/"), &status);

	if (e < 0)
		return e;
	if (status != 200 && status != 204)
		return why_set(why, -EPROTO, "its status is %u", status);
	if (r.has_no_engine)
		return why_set(why, -ENODEV, "c-icap has no antivirus; restart it when clamd runs");
	if (r.violation.n)
		scanner_say(a, ret, STR("infected"), r.violation);
	if (ret->words.n || status == 204)
		return 0;
	return read_response(&r, asked);
}

int icap_ask(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
	     deadline d, struct scanner_answer *ret, struct why *why)
{
	const struct icap_asked asked = { s->whole ? mailhead : STR(""), s->bytes };
	struct exchange x;
	int r = exchange_open(&x, a, &row->peer, d, why);

	if (r == 0)
		r = send_question(&x, a, row, s, &asked, why);
	if (r == 0)
		r = icap_read(&x.stream, a, x.early ? NULL : &asked, d, ret, why);
	/* It may know enough of what is bad, never of what is not. */
	if (r == 0 && x.early && ret->words.n == 0)
		r = why_set(why, -EPIPE, "it answered before it had all");
	exchange_close(&x);
	return r;
}
