#include "reporting/dmarcxml.h"

#include "auth/dmarcrecord.h"
#include "base/utf8.h"

/* Only what XML 1.0 (2.2) has characters for: no control characters, no U+FFFE, no U+FFFF. */
static void put_text(struct strbuf *out, str s)
{
	bool utf8 = utf8_valid(s);

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool last = c == 0xef && i + 2 < s.n && (unsigned char)s.p[i + 1] == 0xbf &&
			    (unsigned char)s.p[i + 2] >= 0xbe;

		if (c == '&')
			strbuf_put(out, STR("&amp;"));
		else if (c == '<')
			strbuf_put(out, STR("&lt;"));
		else if (c == '>')
			strbuf_put(out, STR("&gt;"));
		else if (c < ' ' || c == 127 || (c > 127 && !utf8) || last)
			strbuf_char(out, '?');
		else
			strbuf_char(out, (char)c);
		i += last ? 2 : 0;
	}
}

static void put(struct strbuf *out, const char *element, str value)
{
	strbuf_fmt(out, "<%s>", element);
	put_text(out, value);
	strbuf_fmt(out, "</%s>\n", element);
}

static void put_if(struct strbuf *out, const char *element, str value)
{
	if (value.n)
		put(out, element, value);
}

static void put_number(struct strbuf *out, const char *element, int64_t n)
{
	strbuf_fmt(out, "<%s>%lld</%s>\n", element, (long long)n, element);
}

static void put_metadata(struct strbuf *out, const struct dmarcxml *r)
{
	strbuf_put(out, STR("<report_metadata>\n"));
	put(out, "org_name", r->org_name);
	put(out, "email", r->email);
	put(out, "report_id", r->report_id);
	strbuf_put(out, STR("<date_range>\n"));
	put_number(out, "begin", r->begin);
	put_number(out, "end", r->end);
	strbuf_put(out, STR("</date_range>\n"));
	if (r->left_out)
		strbuf_fmt(
			out,
			"<error>%lld messages are not in the rows: there were too many different "
			"ones</error>\n",
			(long long)r->left_out);
	strbuf_put(out, STR("<generator>Poterne</generator>\n</report_metadata>\n"));
}

/* A record that was found but cannot be used means p=none (RFC 9989 4.10.1). */
static void put_policy(struct strbuf *out, const struct dmarcxml *r)
{
	struct dmarcrecord d = { .fo = STR("") };
	bool known = dmarcrecord_parse(out->arena, r->record, &d) && d.usable;

	strbuf_put(out, STR("<policy_published>\n"));
	put(out, "domain", r->domain);
	put(out, "p", results_policy_name(known ? d.p : DMARC_POLICY_NONE));
	if (known && d.has_sp)
		put(out, "sp", results_policy_name(d.sp));
	if (known && d.has_np)
		put(out, "np", results_policy_name(d.np));
	put(out, "adkim", known && d.strict_dkim ? STR("s") : STR("r"));
	put(out, "aspf", known && d.strict_spf ? STR("s") : STR("r"));
	put(out, "discovery_method", STR("treewalk"));
	put_if(out, "fo", d.fo);
	put(out, "testing", known && d.testing ? STR("y") : STR("n"));
	strbuf_put(out, STR("</policy_published>\n"));
}

void dmarcxml_begin(struct strbuf *out, const struct dmarcxml *r)
{
	strbuf_put(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			    "<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\">\n"
			    "<version>1.0</version>\n"));
	put_metadata(out, r);
	put_policy(out, r);
}

static void put_evaluated(struct strbuf *out, const struct dmarcrow *row)
{
	strbuf_put(out, STR("<policy_evaluated>\n"));
	put(out, "disposition", row->disposition);
	put(out, "dkim", row->dkim ? STR("pass") : STR("fail"));
	put(out, "spf", row->spf ? STR("pass") : STR("fail"));
	if (row->reason.n) {
		strbuf_put(out, STR("<reason>\n"));
		put(out, "type", row->reason);
		strbuf_put(out, STR("</reason>\n"));
	}
	strbuf_put(out, STR("</policy_evaluated>\n"));
}

static void put_results(struct strbuf *out, const struct dmarcrow *row)
{
	strbuf_put(out, STR("<auth_results>\n"));
	for (size_t i = 0; i < row->n_signatures; i++) {
		strbuf_put(out, STR("<dkim>\n"));
		put(out, "domain", row->signatures[i].domain);
		put(out, "selector", row->signatures[i].selector);
		put(out, "result", row->signatures[i].result);
		strbuf_put(out, STR("</dkim>\n"));
	}
	if (row->spf_domain.n) {
		strbuf_put(out, STR("<spf>\n"));
		put(out, "domain", row->spf_domain);
		put(out, "scope", STR("mfrom"));
		put(out, "result", row->spf_result);
		strbuf_put(out, STR("</spf>\n"));
	}
	strbuf_put(out, STR("</auth_results>\n"));
}

void dmarcxml_row(struct strbuf *out, const struct dmarcrow *row, uint64_t count)
{
	strbuf_put(out, STR("<record>\n<row>\n"));
	put(out, "source_ip", row->source_ip);
	put_number(out, "count", (int64_t)count);
	put_evaluated(out, row);
	strbuf_put(out, STR("</row>\n<identifiers>\n"));
	put(out, "header_from", row->header_from);
	put_if(out, "envelope_from", row->envelope_from);
	put_if(out, "envelope_to", row->envelope_to);
	strbuf_put(out, STR("</identifiers>\n"));
	put_results(out, row);
	strbuf_put(out, STR("</record>\n"));
}

void dmarcxml_end(struct strbuf *out)
{
	strbuf_put(out, STR("</feedback>\n"));
}
