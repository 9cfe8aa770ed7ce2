#include "dsn/dsnoriginal.h"

#include "base/qp.h"
#include "base/utf8.h"
#include "mail/header.h"

/* Authentication-Results: of ours names us first (RFC 8601 2.2). */
static bool is_our_result(const struct header_field *f, str hostname)
{
	str value = str_trim(f->raw);

	return str_caseeq(f->name, STR("Authentication-Results")) &&
	       str_casestarts(value, hostname) &&
	       (value.n == hostname.n || value.p[hostname.n] == ';' ||
		str_is_space(value.p[hostname.n]));
}

static bool is_ours_alone(const struct header_field *f, str hostname)
{
	return str_casestarts(f->name, STR("X-Poterne-")) ||
	       str_casestarts(f->name, STR("X-Spam")) || str_casestarts(f->name, STR("X-Rspamd")) ||
	       is_our_result(f, hostname);
}

static str put_header(struct strbuf *out, const struct dsn_report *r)
{
	struct header_reader reader = header_reader_make(r->original);
	struct header_field f;

	while (header_next(&reader, &f)) {
		if (!is_ours_alone(&f, r->hostname))
			strbuf_put(out, f.whole);
	}
	return header_body(&reader);
}

/* What a 7-bit way carries unchanged (RFC 5321 4.5.3.1.6). */
static bool is_plain(str s)
{
	size_t line = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		line = c == '\n' ? 0 : line + 1;
		if (c == 0 || c > 126 || line > HEADER_LINE_MAX)
			return false;
	}
	return true;
}

void dsnoriginal_put(struct strbuf *out, const struct dsn_report *r)
{
	struct strbuf b = strbuf_make(out->arena, DSN_MAX);
	str body = put_header(&b, r);
	str header = str_sub(strbuf_str(&b), 0, DSN_HEADER_MAX);

	strbuf_put(out, STR("Content-Description: Original message\r\n"));
	if (r->action == DSN_FAILED && !r->headers_only && r->original.n <= DSN_WHOLE_MAX &&
	    is_plain(r->original)) {
		strbuf_put(out, STR("Content-Type: message/rfc822\r\n\r\n"));
		strbuf_put(out, header);
		strbuf_put(out, STR("\r\n"));
		strbuf_put(out, body);
		return;
	}
	strbuf_put(out, is_plain(header) || !utf8_valid(header)
				? STR("Content-Type: text/rfc822-headers\r\n")
				: STR("Content-Type: message/global-headers; charset=utf-8\r\n"));
	strbuf_put(out, STR("Content-Transfer-Encoding: quoted-printable\r\n\r\n"));
	qp_encode(out, header);
}
