#include "auth/mxcheck.h"

#include "base/ip.h"
#include "base/strbuf.h"
#include "dns/dnsname.h"

enum { SEEN_MAX = 1024 };

static struct mxcheck_result found(struct arena *a, enum mxcheck_code code, str domain, str seen)
{
	struct strbuf b = strbuf_make(a, SEEN_MAX);

	strbuf_printable(&b, seen);
	return (struct mxcheck_result){ code, domain, strbuf_str(&b) };
}

/* Nobody is reached at the sender's own machine or at no machine. */
static bool is_usable(struct ip ip)
{
	static const struct {
		const char *net;
		uint8_t n;
		unsigned prefix;
	} nowhere[] = {
		{ "\x7f\0\0\0", IP_V4, 8 },
		{ "\0\0\0\0", IP_V4, 8 },
		{ "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", IP_V6, 127 },
	};

	for (size_t i = 0; i < ARRAY_LEN(nowhere); i++) {
		if (ip_in(ip, ip_of(nowhere[i].net, nowhere[i].n), nowhere[i].prefix))
			return false;
	}
	return ip.n != 0;
}

static bool has_usable(const struct dns_answer *w)
{
	for (size_t i = 0; i < w->n; i++) {
		if (is_usable(ip_of(w->records[i].value.p, w->records[i].value.n)))
			return true;
	}
	return false;
}

static struct mxcheck_result without_mx(struct arena *a, const struct dns_resolver *dns, str domain,
					deadline d)
{
	const struct dns_question q[] = { { domain, DNS_A }, { domain, DNS_AAAA } };
	struct dns_answer w[2];

	dns->lookup(dns->ctx, a, q, 2, d, w);
	if (has_usable(&w[0]) || has_usable(&w[1]))
		return found(a, MXCHECK_IMPLICIT, domain, STR("no MX record, but an address"));
	if (dns_temporary(w[0].status) || dns_temporary(w[1].status))
		return found(a, MXCHECK_TEMPERROR, domain, STR("no answer"));
	return found(a, MXCHECK_MISSING, domain, STR("neither MX record nor address"));
}

static struct mxcheck_result of_hosts(struct arena *a, const struct dns_resolver *dns, str domain,
				      const struct dns_answer *mx, deadline d)
{
	struct dns_question q[2 * MXCHECK_HOSTS] = { 0 };
	struct dns_answer w[2 * MXCHECK_HOSTS];
	bool open = mx->n > MXCHECK_HOSTS;
	size_t n = 0;

	for (size_t i = 0; i < mx->n && i < MXCHECK_HOSTS; i++) {
		q[n++] = (struct dns_question){ mx->records[i].value, DNS_A };
		q[n++] = (struct dns_question){ mx->records[i].value, DNS_AAAA };
	}
	dns->lookup(dns->ctx, a, q, n, d, w);
	for (size_t i = 0; i < n; i++) {
		if (has_usable(&w[i]))
			return found(a, MXCHECK_GOOD, domain, q[i].name);
		open |= dns_temporary(w[i].status);
	}
	return found(a, open ? MXCHECK_TEMPERROR : MXCHECK_INVALID, domain, q[0].name);
}

struct mxcheck_result mxcheck_run(struct arena *a, const struct dns_resolver *dns, str domain,
				  deadline d)
{
	struct dns_answer mx;

	if (!domain.n || domain.p[0] == '[' || !dnsname_valid(domain))
		return found(a, MXCHECK_NOTHING, domain, STR(""));
	mx = dns_ask(dns, a, domain, DNS_MX, d);
	if (dns_temporary(mx.status))
		return found(a, MXCHECK_TEMPERROR, domain, STR("no answer"));
	if (mx.status == DNS_NXDOMAIN)
		return found(a, MXCHECK_UNKNOWN, domain, STR("the domain does not exist"));
	if (mx.n == 0)
		return without_mx(a, dns, domain, d);
	if (mx.n == 1 && !mx.records[0].value.n)
		return found(a, MXCHECK_MISSING, domain, STR("it takes no mail (null MX)"));
	return of_hosts(a, dns, domain, &mx, d);
}

void mxcheck_questions(str domain, struct dns_question q[MXCHECK_QUESTIONS])
{
	q[0] = (struct dns_question){ domain, DNS_MX };
	q[1] = (struct dns_question){ domain, DNS_A };
	q[2] = (struct dns_question){ domain, DNS_AAAA };
}
