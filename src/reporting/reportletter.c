#include "reporting/reportletter.h"

#include "base/base64.h"
#include "base/clock.h"

#define ZLIB_CONST
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, BASE64_LINE_BYTES = 57 };

static bool compress_text(struct arena *a, str text, str *ret)
{
	z_stream z = { 0 };
	uLong room;
	char *p;
	int r;

	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 9, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		return false;
	room = deflateBound(&z, text.n);
	p = arena_alloc(a, room);
	z.next_in = (const Bytef *)text.p;
	z.avail_in = (uInt)text.n;
	z.next_out = (Bytef *)p;
	z.avail_out = (uInt)room;
	r = deflate(&z, Z_FINISH);
	*ret = str_of(p, z.total_out);
	(void)deflateEnd(&z); /* only frees */
	return r == Z_STREAM_END;
}

/* Of the domain only what may stand in a file name and in a header. */
static str clean_domain(struct arena *a, str domain)
{
	struct strbuf b = strbuf_make(a, domain.n + 1);

	for (size_t i = 0; i < domain.n; i++) {
		char c = domain.p[i];

		strbuf_char(&b, str_is_alnum(c) || c == '-' || c == '.' || c == '_' ? c : '_');
	}
	return strbuf_str(&b);
}

str reportletter_file_name(struct arena *a, const struct reportdoc *d)
{
	const struct reportdoc_about *about = &d->about;

	return arena_fmt(a, "%.*s!%.*s!%lld!%lld!%lld.%s.gz", STR_ARG(d->submitter),
			 STR_ARG(clean_domain(a, about->domain)), (long long)about->begin,
			 (long long)about->end, (long long)about->part,
			 about->kind == REPORTDOC_TLS ? "json" : "xml");
}

static void put_header(struct strbuf *out, const struct reportdoc *d, const str *to, size_t n,
		       int64_t now)
{
	str domain = clean_domain(out->arena, d->about.domain);
	bool tls = d->about.kind == REPORTDOC_TLS;

	strbuf_fmt(out, "From: <%.*s>\r\nTo: ", STR_ARG(d->about.from));
	for (size_t i = 0; i < n; i++)
		strbuf_fmt(out, "%s<%.*s>", i ? ",\r\n\t" : "", STR_ARG(to[i]));
	strbuf_fmt(out,
		   "\r\nSubject: Report Domain: %.*s\r\n\tSubmitter: %.*s\r\n"
		   "\tReport-ID: <%.*s>\r\nDate: ",
		   STR_ARG(domain), STR_ARG(d->submitter), STR_ARG(d->id));
	clock_put_rfc5322(out, now);
	strbuf_fmt(out, "\r\nMessage-ID: <%.*s>\r\nAuto-Submitted: auto-generated\r\n",
		   STR_ARG(d->id));
	/* RFC 8460 3: its own delivery does not depend on the TLS it tells of. */
	if (tls)
		strbuf_fmt(out,
			   "TLS-Report-Domain: %.*s\r\nTLS-Report-Submitter: %.*s\r\n"
			   "TLS-Required: No\r\n",
			   STR_ARG(domain), STR_ARG(d->submitter));
	strbuf_fmt(out,
		   "MIME-Version: 1.0\r\nContent-Type: multipart/%s;\r\n\tboundary=\"%s\"\r\n\r\n",
		   tls ? "report; report-type=\"tlsrpt\"" : "mixed", "=_report");
}

static void put_words(struct strbuf *out, const struct reportdoc *d)
{
	strbuf_put(out, STR("--=_report\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"));
	strbuf_fmt(out, "This is %s of %.*s\r\nabout %.*s, from ",
		   d->about.kind == REPORTDOC_TLS ? "an SMTP TLS report (RFC 8460)"
						  : "an aggregate report by DMARC (RFC 9990)",
		   STR_ARG(d->submitter), STR_ARG(clean_domain(out->arena, d->about.domain)));
	clock_put_rfc3339(out, d->about.begin);
	strbuf_put(out, STR(" to "));
	clock_put_rfc3339(out, d->about.end);
	strbuf_fmt(out, ".\r\nIt is written for programs. Questions: %.*s\r\n\r\n",
		   STR_ARG(d->about.contact));
}

static void put_attachment(struct strbuf *out, const struct reportdoc *d, str data)
{
	str name = reportletter_file_name(out->arena, d);

	strbuf_fmt(out,
		   "--=_report\r\nContent-Type: application/%s;\r\n\tname=\"%.*s\"\r\n"
		   "Content-Transfer-Encoding: base64\r\n"
		   "Content-Disposition: attachment;\r\n\tfilename=\"%.*s\"\r\n\r\n",
		   d->about.kind == REPORTDOC_TLS ? "tlsrpt+gzip" : "gzip", STR_ARG(name),
		   STR_ARG(name));
	for (size_t i = 0; i < data.n; i += BASE64_LINE_BYTES) {
		base64_encode(out, str_sub(data, i, i + BASE64_LINE_BYTES));
		strbuf_put(out, STR("\r\n"));
	}
	strbuf_put(out, STR("--=_report--\r\n"));
}

bool reportletter_put(struct strbuf *out, const struct reportdoc *d, const str *to, size_t n,
		      int64_t now)
{
	str data;

	if (!compress_text(out->arena, strbuf_str(&d->text), &data))
		return false;
	put_header(out, d, to, n, now);
	put_words(out, d);
	put_attachment(out, d, data);
	return !out->overflow;
}
