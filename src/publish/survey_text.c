#include "mail/address.h"
#include "publish/survey_private.h"

enum { RUA_MAX = 20 };

/* ---- DKIM (RFC 6376 3.6.1) ---- */

/* Without white space, which base64 may have (RFC 6376 3.2). */
static str squeezed(struct surveyor *s, str v)
{
	struct strbuf b = strbuf_make(s->arena, v.n);

	for (size_t i = 0; i < v.n; i++) {
		if (!str_is_space(v.p[i]))
			strbuf_char(&b, v.p[i]);
	}
	return strbuf_str(&b);
}

static bool has_flag(str flags, char flag)
{
	str one;

	while (str_split(&flags, ':', &one)) {
		one = str_trim(one);
		if (one.n == 1 && one.p[0] == flag)
			return true;
	}
	return false;
}

static void key(struct surveyor *s, const struct plan_record *planned)
{
	str domain = planned->domain, name = planned->name, p;
	struct dns_answer w;

	if (!survey_ask(s, domain, name, DNS_TXT, &w))
		return;
	if (w.n != 1) {
		survey_add(s, w.n ? SURVEY_DKIM_SEVERAL : SURVEY_DKIM_MISSING, domain, name,
			   STR(""), planned->value);
		return;
	}
	p = survey_tag(w.records[0].value, STR("p"));
	if (p.p && !p.n)
		survey_add(s, SURVEY_DKIM_REVOKED, domain, name, STR(""), planned->value);
	else if (!str_eq(squeezed(s, p), squeezed(s, survey_tag(planned->value, STR("p")))))
		survey_add(s, SURVEY_DKIM_OTHER, domain, name, STR(""), planned->value);
	else
		survey_add(s, SURVEY_DKIM_OK, domain, name, STR(""), STR(""));
	if (has_flag(survey_tag(w.records[0].value, STR("t")), 'y'))
		survey_add(s, SURVEY_DKIM_TESTING, domain, name, STR(""), STR(""));
}

void survey_dkim(struct surveyor *s, str domain)
{
	bool some = false;

	for (size_t i = 0; i < s->in->plan->records.n; i++) {
		const struct plan_record *r = &s->in->plan->records.v[i];

		if (r->purpose != PLAN_DKIM || !str_eq(r->domain, domain))
			continue;
		key(s, r);
		some = true;
	}
	if (!some)
		survey_add(s, SURVEY_DKIM_NONE, domain, domain, STR(""), STR(""));
}

/* ---- DMARC (RFC 9989) ---- */

static bool is_policy(str v)
{
	return str_caseeq(v, STR("none")) || str_caseeq(v, STR("quarantine")) ||
	       str_caseeq(v, STR("reject"));
}

static bool strict_below(str record, str tag)
{
	str v = survey_tag(record, tag);

	return !v.p || !str_caseeq(v, STR("none"));
}

/* Who gets reports about another domain must have said that he wants them (RFC 9990). */
static void destination(struct surveyor *s, str domain, str uri)
{
	size_t at = str_rchr(uri, '@');
	str to = str_sub(str_skip(uri, at + 1), 0, str_chr(str_skip(uri, at + 1), '!')), name, one;
	struct dns_answer w;

	if (at == STR_NONE || !str_casestarts(uri, STR("mailto:")) ||
	    address_domains_related(to, domain))
		return;
	name = arena_fmt(s->arena, "%.*s._report._dmarc.%.*s", STR_ARG(domain), STR_ARG(to));
	if (!survey_ask(s, domain, name, DNS_TXT, &w))
		return;
	if (!survey_of_version(&w, STR("v=DMARC1"), &one))
		survey_add(s, SURVEY_DMARC_REFUSED, domain, name, to, domain);
}

static void details(struct surveyor *s, str domain, str name, str record)
{
	str p = survey_tag(record, STR("p")), rua = survey_tag(record, STR("rua")),
	    pct = survey_tag(record, STR("pct")), uri;
	size_t n = 0;

	survey_add(s, SURVEY_DMARC_OK, domain, name, record, STR(""));
	if (str_caseeq(p, STR("none")))
		survey_add(s, SURVEY_DMARC_WATCHING, domain, name, STR(""), STR(""));
	else if (!strict_below(record, STR("sp")) || !strict_below(record, STR("np")))
		survey_add(s, SURVEY_DMARC_SUBDOMAINS, domain, name, record, STR(""));
	if (str_caseeq(survey_tag(record, STR("t")), STR("y")))
		survey_add(s, SURVEY_DMARC_PARTLY, domain, name, STR("t=y"), STR(""));
	else if (pct.p && !str_eq(pct, STR("100")))
		survey_add(s, SURVEY_DMARC_PARTLY, domain, name, STR("pct"), STR(""));
	if (!rua.n)
		survey_add(s, SURVEY_DMARC_UNTOLD, domain, name, STR(""), STR(""));
	while (str_split(&rua, ',', &uri) && n++ < RUA_MAX)
		destination(s, domain, str_trim(uri));
}

void survey_dmarc(struct surveyor *s, str domain)
{
	str name = survey_below(s, "_dmarc", domain), record;
	str planned = survey_planned(s, domain, PLAN_DMARC);
	struct dns_answer w;
	size_t n;

	if (!survey_ask(s, domain, name, DNS_TXT, &w))
		return;
	n = survey_of_version(&w, STR("v=DMARC1"), &record);
	if (n != 1)
		survey_add(s, n ? SURVEY_DMARC_SEVERAL : SURVEY_DMARC_MISSING, domain, name,
			   STR(""), planned);
	else if (!is_policy(survey_tag(record, STR("p"))))
		survey_add(s, SURVEY_DMARC_BROKEN, domain, name, record, planned);
	else
		details(s, domain, name, record);
}

/* ---- TLS reports ---- */

static bool is_report_uri(str v)
{
	return str_casestarts(v, STR("mailto:")) || str_casestarts(v, STR("https:"));
}

void survey_tlsrpt(struct surveyor *s, str domain)
{
	str name = survey_below(s, "_smtp._tls", domain), record;
	str planned = survey_planned(s, domain, PLAN_TLSRPT);
	struct dns_answer w;
	size_t n;

	if (!planned.n)
		planned = STR("v=TLSRPTv1; rua=mailto:ADDRESS");
	if (!survey_ask(s, domain, name, DNS_TXT, &w))
		return;
	n = survey_of_version(&w, STR("v=TLSRPTv1"), &record);
	if (!n)
		survey_add(s, SURVEY_TLSRPT_MISSING, domain, name, STR(""), planned);
	else if (n > 1 || !is_report_uri(survey_tag(record, STR("rua"))))
		survey_add(s, SURVEY_TLSRPT_BROKEN, domain, name, record, planned);
	else
		survey_add(s, SURVEY_TLSRPT_OK, domain, name, record, STR(""));
}
