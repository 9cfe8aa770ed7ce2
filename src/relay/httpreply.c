#include "relay/httpreply.h"

#include "base/num.h"
#include "base/strbuf.h"

static int bad(struct why *why, const char *what)
{
	return why_set(why, HTTPREPLY_E_BAD, "HTTP: %s", what);
}

struct head {
	bool is_text, chunked, has_length;
	uint64_t length;
};

/* "HTTP/1.1 200 OK": nothing else will do; RFC 8461 3.3 forbids to follow redirects. */
static bool is_200(str line)
{
	return (str_starts(line, STR("HTTP/1.1 200")) || str_starts(line, STR("HTTP/1.0 200"))) &&
	       (line.n == 12 || line.p[12] == ' ');
}

static bool read_field(str line, struct head *h)
{
	size_t colon = str_chr(line, ':');
	str name = str_sub(line, 0, colon), value;

	if (colon == STR_NONE)
		return false;
	value = str_trim(str_skip(line, colon + 1));
	if (str_caseeq(name, STR("content-type"))) {
		h->is_text = str_caseeq(str_trim(str_sub(value, 0, str_chr(value, ';'))),
					STR("text/plain"));
	} else if (str_caseeq(name, STR("content-length"))) {
		h->has_length = !h->has_length && num_u64(value, &h->length);
		return h->has_length;
	} else if (str_caseeq(name, STR("transfer-encoding"))) {
		h->chunked = str_caseeq(value, STR("chunked"));
		return h->chunked;
	} else if (str_caseeq(name, STR("content-encoding"))) {
		return str_caseeq(value, STR("identity"));
	}
	return true;
}

static int read_head(str head, struct head *ret, struct why *why)
{
	str line;

	*ret = (struct head){ 0 };
	if (!str_split(&head, '\n', &line) || !is_200(str_trim(line)))
		return bad(why, "the answer is not 200");
	while (str_split(&head, '\n', &line)) {
		if (!read_field(str_trim(line), ret))
			return bad(why, "a field of the header is malformed or not understood");
	}
	if (!ret->is_text)
		return bad(why, "the content is not text/plain");
	if (ret->chunked == ret->has_length)
		return bad(why, "the length of the body is not told, or twice");
	return HTTPREPLY_OK;
}

/* The next chunk, in the input behind it; n is 0 with the last one.
 * chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF (RFC 9112 7.1). */
static int next_chunk(str *in, size_t max, str *ret, struct why *why)
{
	size_t lf = str_chr(*in, '\n');
	str line = str_trim(str_sub(*in, 0, lf));
	uint64_t n;

	if (lf == STR_NONE)
		return in->n > HTTPREPLY_HEAD_MAX ? bad(why, "an endless chunk size")
						  : HTTPREPLY_E_MORE;
	line = str_trim(str_sub(line, 0, str_chr(line, ';')));
	if (line.n > 8 || !num_hex(line, &n))
		return bad(why, "a chunk without a size");
	*in = str_skip(*in, lf + 1);
	*ret = str_sub(*in, 0, 0);
	if (n == 0)
		return HTTPREPLY_OK;
	if (n > max)
		return bad(why, "the body is too long");
	if (in->n < n + 2)
		return HTTPREPLY_E_MORE;
	if (!str_starts(str_skip(*in, n), STR("\r\n")))
		return bad(why, "a chunk of another size than it says");
	*ret = str_sub(*in, 0, n);
	*in = str_skip(*in, n + 2);
	return HTTPREPLY_OK;
}

/* The chunks are put together once all are there: nothing is allocated before. */
static int read_chunks(struct arena *a, str all, size_t max, str *ret, struct why *why)
{
	struct strbuf body = strbuf_make(a, max);
	size_t size = 0;
	str in = all, chunk;
	int r;

	do {
		r = next_chunk(&in, max - size, &chunk, why);
		if (r != HTTPREPLY_OK)
			return r;
		size += chunk.n;
	} while (chunk.n);
	in = all;
	do {
		r = next_chunk(&in, max, &chunk, why);
		strbuf_put(&body, chunk);
	} while (r == HTTPREPLY_OK && chunk.n);
	*ret = body.n ? strbuf_str(&body) : STR("");
	return r;
}

int httpreply_body(struct arena *a, str so_far, size_t max, str *ret, struct why *why)
{
	size_t end = str_find(str_sub(so_far, 0, HTTPREPLY_HEAD_MAX), STR("\r\n\r\n"));
	struct head head;
	str body;
	int r;

	if (end == STR_NONE)
		return so_far.n >= HTTPREPLY_HEAD_MAX ? bad(why, "an endless header")
						      : HTTPREPLY_E_MORE;
	r = read_head(str_sub(so_far, 0, end), &head, why);
	if (r != HTTPREPLY_OK)
		return r;
	body = str_skip(so_far, end + 4);
	if (head.chunked)
		return read_chunks(a, body, max, ret, why);
	if (head.length > max)
		return bad(why, "the body is too long");
	if (body.n < head.length)
		return HTTPREPLY_E_MORE;
	*ret = str_sub(body, 0, head.length);
	return HTTPREPLY_OK;
}
