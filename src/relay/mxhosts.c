#include "relay/mxhosts.h"

#include "base/ip.h"

#include <idn2.h>
#include <stdlib.h>

static int never(struct smtpreply *reply, int code, str text)
{
	smtpreply_say(reply, code, text);
	return MXHOSTS_E_NEVER;
}

static bool is_ascii(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

/* RFC 6531 3.2: U-labels become A-labels before the DNS sees them. */
static bool to_ascii(struct arena *a, str domain, str *ret)
{
	char *text = arena_cz(a, domain);
	uint8_t *found = NULL;
	char *lower;

	if (!text)
		return false;
	if (!is_ascii(domain)) {
		if (idn2_lookup_u8((const uint8_t *)text, &found, IDN2_NONTRANSITIONAL) != IDN2_OK)
			return false;
		domain = arena_str(a, str_c((const char *)found));
		idn2_free(found);
	}
	lower = arena_alloc(a, domain.n);
	for (size_t i = 0; i < domain.n; i++)
		lower[i] = str_lower_char(domain.p[i]);
	*ret = str_of(lower, domain.n);
	return true;
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321 4.1.3): the address itself. */
static bool is_literal(str domain, str *ret)
{
	struct ip ip;
	str in = str_sub(domain, 1, domain.n - 1);

	if (domain.n < 3 || domain.p[0] != '[' || domain.p[domain.n - 1] != ']')
		return false;
	if (str_casestarts(in, STR("IPv6:")))
		in = str_skip(in, 5);
	*ret = in;
	return ip_parse(in, &ip);
}

struct candidate {
	uint32_t order; /* preference, then chance */
	uint16_t pref;
	str name;
};

static int by_order(const void *a, const void *b)
{
	uint32_t x = ((const struct candidate *)a)->order, y = ((const struct candidate *)b)->order;

	return x < y ? -1 : x > y;
}

/* RFC 5321 5.1: an address instead of a name is no mail server. */
static bool is_host(str name)
{
	struct ip ip;

	return name.n > 0 && !ip_parse(name, &ip);
}

/* The usable records, best first. */
static size_t sort(struct arena *a, const struct dns_answer *mx, struct candidate **ret)
{
	struct candidate *c = arena_array(a, struct candidate, mx->n);
	size_t n = 0;

	for (size_t i = 0; i < mx->n; i++) {
		const struct dns_record *r = &mx->records[i];

		if (is_host(r->value))
			c[n++] = (struct candidate){
				(uint32_t)r->pref << 16 | (arc4random() & 0xffff), r->pref, r->value
			};
	}
	if (n)
		qsort(c, n, sizeof(*c), by_order);
	*ret = c;
	return n;
}

/* RFC 5321 5.1: what is not better than ourselves would come back. */
static size_t without_us(const struct candidate *c, size_t n, str us)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_caseeq(c[i].name, us))
			continue;
		while (i > 0 && c[i - 1].pref == c[i].pref)
			i--;
		return i;
	}
	return n;
}

static int take(struct arena *a, const struct dns_answer *mx, str us, struct mxhosts *ret,
		struct smtpreply *reply)
{
	struct candidate *c;
	size_t n = sort(a, mx, &c), left = without_us(c, n, us);

	if (n == 0 && mx->n == 1 && mx->records[0].value.n == 0)
		return never(reply, 556, STR("5.1.10 the domain accepts no mail (null MX)"));
	if (n == 0)
		return never(reply, 550, STR("5.4.4 no MX record of the domain names a host"));
	if (left == 0)
		return never(reply, 554,
			     STR("5.4.6 we are the best MX host of the domain and it "
				 "is not routed elsewhere: mail loops back to us"));
	for (size_t i = 0; i < left && ret->n < MXHOSTS_MAX; i++)
		ret->v[ret->n++] = c[i].name;
	ret->secure = mx->secure;
	return MXHOSTS_OK;
}

static int itself(struct mxhosts *ret, bool secure)
{
	ret->v[ret->n++] = ret->domain;
	ret->implicit = true;
	ret->secure = secure;
	return MXHOSTS_OK;
}

int mxhosts_find(const struct dns_resolver *dns, struct arena *a, str domain, str us, deadline d,
		 struct mxhosts *ret, struct smtpreply *reply)
{
	struct dns_answer mx;

	*ret = (struct mxhosts){ 0 };
	if (is_literal(domain, &ret->domain))
		return itself(ret, false);
	if (!to_ascii(a, domain, &ret->domain))
		return never(reply, 550, STR("5.1.2 the domain is no name of the DNS (IDNA)"));
	mx = dns_ask(dns, a, ret->domain, DNS_MX, d);
	switch (mx.status) {
	case DNS_OK:
		return take(a, &mx, us, ret, reply);
	case DNS_NODATA:
		if (str_caseeq(ret->domain, us))
			return never(reply, 554,
				     STR("5.4.6 the domain is our own name and is not "
					 "routed elsewhere: mail loops back to us"));
		return itself(ret, mx.secure);
	case DNS_NXDOMAIN:
		return never(reply, 550, STR("5.1.2 the domain does not exist"));
	default:
		smtpreply_say(reply, 451,
			      arena_fmt(a,
					"4.4.3 the MX records of the domain cannot be looked "
					"up now (%.*s)",
					STR_ARG(dns_status_name(mx.status))));
		return MXHOSTS_E_LATER;
	}
}
