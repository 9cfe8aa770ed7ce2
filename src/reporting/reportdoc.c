#include "reporting/reportdoc.h"

#include "reporting/dmarcxml.h"

static str domain_of(str address)
{
	size_t at = str_rchr(address, '@');

	return at == STR_NONE ? STR("") : str_skip(address, at + 1);
}

void reportdoc_sign(struct reportdoc_about *about, const struct conf *c)
{
	about->from = c->reports.from;
	about->org_name = c->reports.org_name.n ? c->reports.org_name : domain_of(c->reports.from);
	about->contact = c->reports.contact.n ? c->reports.contact : c->reports.from;
}

/* Letters, digits, "-", "_" and single dots: it stands in headers and in file names. */
static str plain(struct arena *a, str domain)
{
	struct strbuf b = strbuf_make(a, domain.n + 1);

	for (size_t i = 0; i < domain.n; i++) {
		char c = str_lower_char(domain.p[i]);
		bool dot = c == '.' && i > 0 && i + 1 < domain.n && domain.p[i + 1] != '.';

		strbuf_char(&b, str_is_alnum(c) || c == '-' || dot ? c : '_');
	}
	return strbuf_str(&b);
}

void reportdoc_begin(struct reportdoc *d, struct arena *a, const struct reportdoc_about *about)
{
	*d = (struct reportdoc){ .arena = a,
				 .about = *about,
				 .submitter = domain_of(about->from),
				 .text = strbuf_make(a, REPORTDOC_MAX) };
	d->id = arena_fmt(a, "%s%.*s.%lld.%lld@%.*s", about->kind == REPORTDOC_TLS ? "tls." : "",
			  STR_ARG(plain(a, about->domain)), (long long)about->begin,
			  (long long)about->part, STR_ARG(d->submitter));
	d->tls = (struct tlsjson){ .org_name = about->org_name,
				   .contact = about->contact,
				   .report_id = d->id,
				   .begin = about->begin,
				   .end = about->end,
				   .domain = about->domain };
	if (about->kind == REPORTDOC_DMARC)
		dmarcxml_begin(&d->text, &(struct dmarcxml){ .org_name = about->org_name,
							     .email = about->contact,
							     .report_id = d->id,
							     .begin = about->begin,
							     .end = about->end,
							     .domain = about->domain,
							     .record = about->head,
							     .left_out = about->left_out });
}

static void add_dmarc(struct reportdoc *d, str text, uint64_t count)
{
	struct dmarcrow row;

	if (d->text.n + REPORTDOC_ROW_MAX > REPORTDOC_MAX || !dmarcrow_parse(text, &row))
		return;
	dmarcxml_row(&d->text, &row, count);
	d->rows++;
}

static void add_tls(struct reportdoc *d, str text, uint64_t count)
{
	struct tlsrow *row = arena_make(d->arena, struct tlsrow);

	if ((d->rows + 1) * REPORTDOC_ROW_MAX / 4 > REPORTDOC_MAX || !tlsrow_parse(text, row))
		return;
	tlsjson_row(d->arena, &d->tls, row, count);
	d->rows++;
}

void reportdoc_row(struct reportdoc *d, str row, uint64_t count)
{
	if (d->about.kind == REPORTDOC_DMARC)
		add_dmarc(d, row, count);
	else
		add_tls(d, row, count);
}

bool reportdoc_end(struct reportdoc *d)
{
	if (d->about.kind == REPORTDOC_DMARC)
		dmarcxml_end(&d->text);
	else
		tlsjson_put(&d->text, &d->tls);
	return d->rows > 0 && !d->text.overflow;
}
