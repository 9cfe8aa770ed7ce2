#include "scan/urlevidence.h"

#include "dns/dnsname.h"

enum { MX_OF_DOMAIN, A_OF_DOMAIN, A_OF_HOST, QUESTIONS };

struct batch {
	const struct facts_url *urls[URLEVIDENCE_HOSTS];
	size_t n;
};

static bool is_asked(const struct batch *b, str host)
{
	for (size_t i = 0; i < b->n; i++) {
		if (str_eq(b->urls[i]->host, host))
			return true;
	}
	return false;
}

static struct batch batch_of(const struct conf_strings *own, const struct facts *f)
{
	struct batch b = { .n = 0 };

	for (size_t i = 0; i < f->urls.n && b.n < URLEVIDENCE_HOSTS; i++) {
		const struct facts_url *u = &f->urls.v[i];

		if (u->domain.n && dnsname_within(u->host, u->domain) &&
		    !conf_strings_has(own, u->domain) && !is_asked(&b, u->host))
			b.urls[b.n++] = u;
	}
	return b;
}

static bool share_address(const struct dns_answer *x, const struct dns_answer *y)
{
	for (size_t i = 0; i < x->n; i++) {
		for (size_t k = 0; k < y->n; k++) {
			if (str_eq(x->records[i].value, y->records[k].value))
				return true;
		}
	}
	return false;
}

/* No MX record, or one that says so (RFC 7505). */
static bool takes_no_mail(const struct dns_answer *mx)
{
	if (mx->status == DNS_OK)
		return mx->n == 1 && !mx->records[0].value.n;
	return mx->status == DNS_NODATA || mx->status == DNS_NXDOMAIN;
}

static void keep_addresses(struct arena *a, const struct dns_answer *w, struct evidence *e)
{
	for (size_t i = 0; i < w->n && e->link_addresses.n < URLEVIDENCE_ADDRESSES; i++) {
		struct strbuf b = strbuf_make(a, IP_TEXT_MAX);

		ip_put(&b, ip_of(w->records[i].value.p, w->records[i].value.n));
		*arena_push(a, &e->link_addresses) = strbuf_str(&b);
	}
}

/* Every site has its www at its own address. */
static bool is_www(const struct facts_url *u)
{
	return u->host.n == u->domain.n + 4 && str_starts(u->host, STR("www."));
}

static void judge(struct arena *a, const struct facts_url *u, const struct dns_answer w[QUESTIONS],
		  struct evidence *e)
{
	if (takes_no_mail(&w[MX_OF_DOMAIN]))
		evidence_add(a, e, STR("URL_NO_MX"), u->domain);
	if (!str_eq(u->host, u->domain) && !is_www(u) &&
	    share_address(&w[A_OF_DOMAIN], &w[A_OF_HOST]))
		evidence_add(a, e, STR("URL_HOST_IS_DOMAIN"), u->host);
	keep_addresses(a, &w[A_OF_HOST], e);
}

void urlevidence_collect(struct arena *a, const struct dns_resolver *dns,
			 const struct conf_strings *own_domains, const struct facts *f, deadline d,
			 struct evidence *e)
{
	struct batch b = batch_of(own_domains, f);
	struct dns_question q[URLEVIDENCE_HOSTS * QUESTIONS] = { 0 };
	struct dns_answer w[URLEVIDENCE_HOSTS * QUESTIONS];

	if (b.n == 0)
		return;
	for (size_t i = 0; i < b.n; i++) {
		struct dns_question *mine = &q[i * QUESTIONS];

		mine[MX_OF_DOMAIN] = (struct dns_question){ b.urls[i]->domain, DNS_MX };
		mine[A_OF_DOMAIN] = (struct dns_question){ b.urls[i]->domain, DNS_A };
		mine[A_OF_HOST] = (struct dns_question){ b.urls[i]->host, DNS_A };
	}
	dns->lookup(dns->ctx, a, q, b.n * QUESTIONS, d, w);
	for (size_t i = 0; i < b.n; i++)
		judge(a, b.urls[i], &w[i * QUESTIONS], e);
}
