#include "reporting/reportdest.h"

#include "auth/dmarcreport.h"
#include "mail/address.h"
#include "reporting/tlsrptrecord.h"
#include "url/urlcode.h"

static void add(struct reportdest *ret, str mailbox, uint64_t limit, str never)
{
	if (mailbox.n == 0 || ret->n == REPORTDEST_MAX || str_caseeq(mailbox, never))
		return;
	for (size_t i = 0; i < ret->n; i++) {
		if (str_eq(ret->v[i].mailbox, mailbox))
			return;
	}
	ret->v[ret->n].mailbox = mailbox;
	ret->v[ret->n++].limit = limit;
}

/* The one TXT record of that kind; REPORTDEST_NONE when there is none, or are several. */
static int find_record(struct arena *a, const struct dns_resolver *dns, str name,
		       bool (*is)(str txt), deadline d, str *ret, struct why *why)
{
	struct dns_answer txt = dns_ask(dns, a, name, DNS_TXT, d);
	size_t n = 0;

	if (dns_temporary(txt.status))
		return why_set(why, REPORTDEST_LATER, "the DNS does not answer for %.*s",
			       STR_ARG(name));
	for (size_t i = 0; i < txt.n; i++) {
		if (is(txt.records[i].value) && n++ == 0)
			*ret = txt.records[i].value;
	}
	if (n == 1)
		return REPORTDEST_OK;
	return why_set(why, REPORTDEST_NONE, "%s record at %.*s",
		       n ? "more than one" : "no longer a", STR_ARG(name));
}

static void add_all(struct reportdest *ret, const struct dmarcrecord_uri *v, size_t n, str never)
{
	for (size_t i = 0; i < n; i++)
		add(ret, v[i].mailbox, v[i].limit, never);
}

int reportdest_dmarc(struct arena *a, const struct dns_resolver *dns, str domain, str never,
		     deadline d, struct reportdest *ret, struct why *why)
{
	str txt, name = arena_fmt(a, "_dmarc.%.*s", STR_ARG(domain));
	struct dmarcrecord record = { .n_rua = 0 };
	int r = find_record(a, dns, name, dmarcrecord_is, d, &txt, why);

	*ret = (struct reportdest){ .n = 0 };
	if (r != REPORTDEST_OK)
		return r;
	if (!dmarcrecord_parse(a, txt, &record) || record.n_rua == 0)
		return why_set(why, REPORTDEST_NONE, "its record asks for no reports");
	for (size_t i = 0; i < record.n_rua; i++) {
		struct dmarcrecord_uri *instead = NULL;
		size_t n = 0;

		if (record.rua[i].mailbox.n == 0)
			continue;
		switch (dmarcreport_may(a, dns, domain, &record.rua[i], d, &instead, &n)) {
		case DMARCREPORT_LATER:
			return why_set(why, REPORTDEST_LATER,
				       "the DNS does not say whether %.*s "
				       "has agreed",
				       STR_ARG(record.rua[i].host));
		case DMARCREPORT_REFUSED:
			break;
		default:
			add_all(ret, n ? instead : &record.rua[i], n ? n : 1, never);
		}
	}
	if (ret->n == 0)
		return why_set(why, REPORTDEST_NONE,
			       "no address of its rua= can or may be written to");
	return REPORTDEST_OK;
}

static str mailbox_of(struct arena *a, str uri)
{
	struct strbuf mailbox = strbuf_make(a, uri.n + 1);
	struct address address;
	str encoded = str_skip(uri, STR("mailto:").n);

	if (!str_casestarts(uri, STR("mailto:")))
		return STR("");
	urlcode_decode(&mailbox, str_sub(encoded, 0, str_chr(encoded, '?')));
	if (address_parse_mailbox(a, strbuf_str(&mailbox), false, &address) != ADDRESS_OK)
		return STR("");
	return strbuf_str(&mailbox);
}

int reportdest_tls(struct arena *a, const struct dns_resolver *dns, str domain, str never,
		   deadline d, struct reportdest *ret, struct why *why)
{
	str txt, name = arena_fmt(a, "_smtp._tls.%.*s", STR_ARG(domain));
	struct tlsrptrecord record;
	int r = find_record(a, dns, name, tlsrptrecord_is, d, &txt, why);

	*ret = (struct reportdest){ .n = 0 };
	if (r != REPORTDEST_OK)
		return r;
	if (!tlsrptrecord_parse(txt, &record))
		return why_set(why, REPORTDEST_NONE, "its record is broken");
	for (size_t i = 0; i < record.n; i++)
		add(ret, mailbox_of(a, record.uris[i]), 0, never);
	if (ret->n == 0)
		return why_set(why, REPORTDEST_NONE, "no address of its rua= can be written to");
	return REPORTDEST_OK;
}
