#include "publish/survey_private.h"

#include "dns/dnsname.h"

enum { CERTIFICATE_WARNING = 30 * 24 * 3600, DAY = 24 * 3600, QUESTIONS_A_DOMAIN = 6 };

static const enum survey_status statuses[SURVEY_CODES] = {
#define S(code, purpose, status, en, en_do, fr, fr_do) [SURVEY_##code] = SURVEY_STATUS_##status,
#include "publish/survey.def"
#undef S
};

enum survey_status survey_status_of(enum survey_code code)
{
	return statuses[code];
}

enum survey_status survey_worst(const struct survey *s)
{
	bool some[SURVEY_STATUSES] = { false };

	for (size_t i = 0; i < s->findings.n; i++)
		some[statuses[s->findings.v[i].code]] = true;
	return some[SURVEY_STATUS_WRONG]     ? SURVEY_STATUS_WRONG
	       : some[SURVEY_STATUS_UNKNOWN] ? SURVEY_STATUS_UNKNOWN
	       : some[SURVEY_STATUS_ADVICE]  ? SURVEY_STATUS_ADVICE
					     : SURVEY_STATUS_OK;
}

static str printable(struct arena *a, str s)
{
	struct strbuf b = strbuf_make(a, SURVEY_TEXT_MAX * 4);

	strbuf_printable(&b, str_sub(s, 0, SURVEY_TEXT_MAX));
	return strbuf_str(&b);
}

void survey_add(struct surveyor *s, enum survey_code code, str domain, str name, str seen,
		str wanted)
{
	*arena_push(s->arena, &s->ret->findings) =
		(struct survey_finding){ code, domain, printable(s->arena, name),
					 printable(s->arena, seen), wanted };
}

bool survey_ask(struct surveyor *s, str domain, str name, enum dns_type type,
		struct dns_answer *ret)
{
	*ret = dns_ask(&s->dns, s->arena, name, type, s->in->deadline);
	if (!dns_temporary(ret->status))
		return true;
	survey_add(s, SURVEY_NO_ANSWER, domain, name,
		   arena_fmt(s->arena, "%.*s, %.*s", STR_ARG(dns_type_name(type)),
			     STR_ARG(dns_status_name(ret->status))),
		   STR(""));
	return false;
}

str survey_planned(struct surveyor *s, str domain, enum plan_purpose purpose)
{
	for (size_t i = 0; i < s->in->plan->records.n; i++) {
		const struct plan_record *r = &s->in->plan->records.v[i];

		if (r->purpose == purpose && str_eq(r->domain, domain))
			return r->value;
	}
	return STR("");
}

str survey_below(struct surveyor *s, const char *label, str domain)
{
	return arena_fmt(s->arena, "%s.%.*s", label, STR_ARG(domain));
}

str survey_tag(str record, str tag)
{
	str piece;

	while (str_split(&record, ';', &piece)) {
		size_t equal = str_chr(piece, '=');

		if (equal != STR_NONE && str_caseeq(str_trim(str_sub(piece, 0, equal)), tag))
			return str_trim(str_skip(piece, equal + 1));
	}
	return STR_NULL;
}

size_t survey_of_version(const struct dns_answer *w, str version, str *ret_one)
{
	size_t n = 0;

	*ret_one = STR("");
	for (size_t i = 0; i < w->n; i++) {
		str v = w->records[i].value;

		if (!str_starts(v, version) ||
		    (v.n > version.n && v.p[version.n] != ';' && v.p[version.n] != ' '))
			continue;
		*ret_one = v;
		n++;
	}
	return n;
}

/* ---- the gateway itself ---- */

static void keep_addresses(struct surveyor *s, const struct dns_answer *w)
{
	for (size_t i = 0; i < w->n && s->n_addresses < SURVEY_ADDRESSES_MAX; i++) {
		struct ip ip = ip_of(w->records[i].value.p, w->records[i].value.n);

		if (ip.n)
			s->addresses[s->n_addresses++] = ip;
	}
}

static str ip_text(struct surveyor *s, struct ip ip)
{
	struct strbuf b = strbuf_make(s->arena, IP_TEXT_MAX);

	ip_put(&b, ip);
	return strbuf_str(&b);
}

static bool has_address(const struct surveyor *s, struct ip ip)
{
	for (size_t i = 0; i < s->n_addresses; i++) {
		if (ip_eq(s->addresses[i], ip))
			return true;
	}
	return false;
}

static void addresses(struct surveyor *s)
{
	str host = s->conf->hostname;
	struct dns_answer four, six;
	struct ip *planned;
	size_t n = plan_addresses(s->arena, s->conf, &planned);
	bool asked = survey_ask(s, host, host, DNS_A, &four);

	asked = survey_ask(s, host, host, DNS_AAAA, &six) && asked;

	keep_addresses(s, &four);
	keep_addresses(s, &six);
	if (four.n && !str_caseeq(four.canonical, host))
		survey_add(s, SURVEY_HOST_ALIAS, host, host, four.canonical, STR(""));
	if (!s->n_addresses && asked)
		survey_add(s, SURVEY_HOST_MISSING, host, host, STR(""), STR(""));
	for (size_t i = 0; i < s->n_addresses; i++)
		survey_add(s, SURVEY_HOST_OK, host, host, ip_text(s, s->addresses[i]), STR(""));
	for (size_t i = 0; i < n && asked; i++) {
		if (!has_address(s, planned[i]))
			survey_add(s, SURVEY_HOST_OTHER, host, host, STR(""),
				   ip_text(s, planned[i]));
	}
}

static void reverse(struct surveyor *s, struct ip ip)
{
	str host = s->conf->hostname, name = dnsname_reverse(s->arena, ip);
	struct dns_answer w;

	if (!survey_ask(s, host, name, DNS_PTR, &w))
		return;
	for (size_t i = 0; i < w.n; i++) {
		if (str_caseeq(w.records[i].value, host)) {
			survey_add(s, SURVEY_PTR_OK, host, name, ip_text(s, ip), host);
			return;
		}
	}
	if (w.n)
		survey_add(s, SURVEY_PTR_OTHER, host, name, w.records[0].value, host);
	else
		survey_add(s, SURVEY_PTR_MISSING, host, name, ip_text(s, ip), host);
}

/* "3 1 1 HEX" of the bytes of a record. */
static str tlsa_text(struct surveyor *s, str rdata)
{
	struct strbuf b = strbuf_make(s->arena, SURVEY_TEXT_MAX);

	if (rdata.n < 3)
		return STR("");
	strbuf_fmt(&b, "%u %u %u ", (unsigned char)rdata.p[0], (unsigned char)rdata.p[1],
		   (unsigned char)rdata.p[2]);
	for (size_t i = 3; i < rdata.n; i++)
		strbuf_fmt(&b, "%02x", (unsigned char)rdata.p[i]);
	return strbuf_str(&b);
}

/* One of our certificates is enough: the sender is shown the one that he asks for. */
static bool names_ours(struct surveyor *s, const struct dns_answer *w)
{
	for (size_t i = 0; i < w->n; i++) {
		for (size_t k = 0; k < s->in->made_from->n_tlsa; k++) {
			if (str_eq(tlsa_text(s, w->records[i].value), s->in->made_from->tlsa[k]))
				return true;
		}
	}
	return false;
}

static void tlsa(struct surveyor *s)
{
	str host = s->conf->hostname, name = survey_below(s, "_25._tcp", host);
	str planned = survey_planned(s, host, PLAN_TLSA);
	struct dns_answer w;

	if (!planned.n || !survey_ask(s, host, name, DNS_TLSA, &w))
		return;
	if (!w.n)
		survey_add(s, SURVEY_TLSA_MISSING, host, name, STR(""), planned);
	else if (!names_ours(s, &w))
		survey_add(s, SURVEY_TLSA_OTHER, host, name, tlsa_text(s, w.records[0].value),
			   planned);
	else
		survey_add(s, w.secure ? SURVEY_TLSA_OK : SURVEY_TLSA_UNSIGNED, host, name, STR(""),
			   STR(""));
}

static void certificate(struct surveyor *s, const struct survey_certificate *c)
{
	str host = s->conf->hostname;
	int64_t left = c->not_after - s->in->now;

	if (left <= 0)
		survey_add(s, SURVEY_CERTIFICATE_ENDED, host, host, STR(""), STR(""));
	else if (left < CERTIFICATE_WARNING)
		survey_add(s, SURVEY_CERTIFICATE_ENDS, host, host,
			   arena_fmt(s->arena, "%lld", (long long)(left / DAY)), STR(""));
	if (!c->named)
		survey_add(s, SURVEY_CERTIFICATE_NAME, host, host, c->names, host);
}

/* ---- one domain ---- */

static void mx(struct surveyor *s, str domain)
{
	str host = s->conf->hostname;
	struct dns_answer w;
	bool ours = false;

	if (!survey_ask(s, domain, domain, DNS_MX, &w))
		return;
	survey_add(s, w.secure ? SURVEY_SIGNED_OK : SURVEY_SIGNED_NOT, domain, domain, STR(""),
		   STR(""));
	if (!w.n) {
		survey_add(s, SURVEY_MX_MISSING, domain, domain, STR(""), host);
		return;
	}
	if (w.n == 1 && !w.records[0].value.n) {
		survey_add(s, SURVEY_MX_NULL, domain, domain, STR(""), host);
		return;
	}
	for (size_t i = 0; i < w.n; i++)
		ours |= str_caseeq(w.records[i].value, host);
	if (ours)
		survey_add(s, SURVEY_MX_OK, domain, domain, STR(""), host);
	for (size_t i = 0; i < w.n && i < SURVEY_MX_MAX; i++) {
		if (!str_caseeq(w.records[i].value, host))
			survey_add(s, ours ? SURVEY_MX_ALSO : SURVEY_MX_NOT_OURS, domain, domain,
				   w.records[i].value, host);
	}
}

/* What will be asked of every domain, at once. */
static void prefetch(struct surveyor *s, struct dnsmemo *memo)
{
	size_t max = s->conf->domains.n * QUESTIONS_A_DOMAIN + 4, n = 0;
	struct dns_question *q = arena_array(s->arena, struct dns_question, max);
	str host = s->conf->hostname;

	q[n++] = (struct dns_question){ host, DNS_A };
	q[n++] = (struct dns_question){ host, DNS_AAAA };
	q[n++] = (struct dns_question){ host, DNS_TXT };
	q[n++] = (struct dns_question){ survey_below(s, "_25._tcp", host), DNS_TLSA };
	for (size_t i = 0; i < s->conf->domains.n; i++) {
		str d = s->conf->domains.v[i];

		q[n++] = (struct dns_question){ d, DNS_MX };
		q[n++] = (struct dns_question){ d, DNS_TXT };
		q[n++] = (struct dns_question){ survey_below(s, "_dmarc", d), DNS_TXT };
		q[n++] = (struct dns_question){ survey_below(s, "_mta-sts", d), DNS_TXT };
		q[n++] = (struct dns_question){ survey_below(s, "mta-sts", d), DNS_A };
		q[n++] = (struct dns_question){ survey_below(s, "_smtp._tls", d), DNS_TXT };
	}
	bug_if(n > max);
	dnsmemo_prefetch(memo, q, n, s->in->deadline);
}

void survey_run(struct arena *a, const struct survey_input *in, struct survey *ret)
{
	struct dnsmemo memo = dnsmemo_make(a, in->dns);
	struct surveyor s = { .arena = a, .in = in, .conf = in->made_from->conf, .ret = ret };

	*ret = (struct survey){ 0 };
	s.dns = dnsmemo_resolver(&memo);
	prefetch(&s, &memo);
	addresses(&s);
	for (size_t i = 0; i < s.n_addresses; i++)
		reverse(&s, s.addresses[i]);
	tlsa(&s);
	for (size_t i = 0; i < in->made_from->n_tlsa; i++)
		certificate(&s, &in->certificates[i]);
	if (!conf_is_own_domain(s.conf, s.conf->hostname))
		survey_spf(&s, s.conf->hostname);
	for (size_t i = 0; i < s.conf->domains.n; i++) {
		str domain = s.conf->domains.v[i];

		mx(&s, domain);
		survey_spf(&s, domain);
		survey_dkim(&s, domain);
		survey_dmarc(&s, domain);
		survey_sts(&s, domain);
		survey_tlsrpt(&s, domain);
	}
}
