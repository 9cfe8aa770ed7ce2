#include "fetch/httpaddress.h"

#include "net/publicip.h"

#include <errno.h>

static bool may_connect(const struct httpget_ways *w, struct ip ip)
{
	return publicip_is(ip) || conf_networks_has(&w->allow_private, ip);
}

static void keep(struct httpaddress *found, struct ip ip)
{
	if (found->n < HTTPGET_ADDRESSES)
		found->v[found->n++] = ip;
}

/* IPv4 first: it is what every site can reach. *ret_temporary: it may be otherwise later. */
static void resolve(const struct httpget_ways *w, struct arena *a, str name, deadline until,
		    bool (*fits)(const struct httpget_ways *w, struct ip ip),
		    struct httpaddress *ret, bool *ret_unfit, bool *ret_temporary)
{
	const struct dns_question q[] = { { name, DNS_A }, { name, DNS_AAAA } };
	struct dns_answer answers[ARRAY_LEN(q)];

	w->dns.lookup(w->dns.ctx, a, q, ARRAY_LEN(q), until, answers);
	for (size_t i = 0; i < ARRAY_LEN(q); i++) {
		*ret_temporary |= dns_temporary(answers[i].status);
		for (size_t k = 0; k < answers[i].n; k++) {
			str bytes = answers[i].records[k].value;
			struct ip ip = ip_of(bytes.p, bytes.n);

			if (fits(w, ip))
				keep(ret, ip);
			else
				*ret_unfit = true;
		}
	}
}

static int find(const struct httpget_ways *w, struct arena *a, str name, deadline until,
		bool (*fits)(const struct httpget_ways *w, struct ip ip), struct httpaddress *ret,
		struct why *why)
{
	bool unfit = false, temporary = false;

	*ret = (struct httpaddress){ 0 };
	resolve(w, a, name, until, fits, ret, &unfit, &temporary);
	if (unfit)
		return HTTPGET_E_INTERNAL;
	if (ret->n)
		return HTTPGET_OK;
	if (temporary)
		return why_set(why, -EAGAIN, "the DNS does not answer about the host");
	return why_set(why, -ENOENT, "the host has no address");
}

int httpaddress_find(const struct httpget_ways *w, struct arena *a, const struct urlhost *host,
		     deadline until, struct httpaddress *ret, struct why *why)
{
	if (host->kind == URLHOST_NAME)
		return find(w, a, host->text, until, may_connect, ret, why);
	if (host->kind != URLHOST_IPV4 && host->kind != URLHOST_IPV6)
		return why_set(why, -EINVAL, "no host");
	*ret = (struct httpaddress){ { host->ip }, 1 };
	return may_connect(w, host->ip) ? HTTPGET_OK : HTTPGET_E_INTERNAL;
}

static bool any_address(const struct httpget_ways *w unused_arg, struct ip ip unused_arg)
{
	return true;
}

int httpaddress_of_proxy(const struct httpget_ways *w, struct arena *a, deadline until,
			 struct httpaddress *ret, struct why *why)
{
	struct ip ip;

	if (!ip_parse(w->proxy.at.host, &ip))
		return find(w, a, w->proxy.at.host, until, any_address, ret, why);
	*ret = (struct httpaddress){ { ip }, 1 };
	return HTTPGET_OK;
}
