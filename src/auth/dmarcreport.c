#include "auth/dmarcreport.h"

#include "auth/dmarcwalk.h"
#include "dns/dnsname.h"

static bool organization_of(struct arena *a, const struct dns_resolver *dns, str domain, deadline d,
			    str *ret)
{
	struct steps unused = { .arena = a };
	struct dmarcwalk walk;

	dmarcwalk_run(a, dns, domain, d, &unused, &walk);
	*ret = walk.organizational;
	return !walk.temporary;
}

/* Step 9: other addresses, but only of the host that was asked; one elsewhere and nobody is
 * written to. */
static enum dmarcreport_answer override(const struct dmarcrecord *r, str host,
					struct dmarcrecord_uri **ret, size_t *ret_n)
{
	for (size_t i = 0; i < r->n_rua; i++)
		if (!str_caseeq(r->rua[i].host, host))
			return DMARCREPORT_REFUSED;
	*ret = r->rua;
	*ret_n = r->n_rua;
	return DMARCREPORT_AGREED;
}

/* Steps 5 to 9: one record of DMARC's version and of tags with values is enough. */
static enum dmarcreport_answer ask(struct arena *a, const struct dns_resolver *dns, str name,
				   str host, deadline d, struct dmarcrecord_uri **ret,
				   size_t *ret_n)
{
	struct dns_answer txt = dns_ask(dns, a, name, DNS_TXT, d);
	struct dmarcrecord record;

	if (dns_temporary(txt.status))
		return DMARCREPORT_LATER;
	for (size_t i = 0; i < txt.n; i++)
		if (dmarcrecord_parse(a, txt.records[i].value, &record) && !record.malformed)
			return override(&record, host, ret, ret_n);
	return DMARCREPORT_REFUSED;
}

enum dmarcreport_answer dmarcreport_may(struct arena *a, const struct dns_resolver *dns,
					str policy_domain, const struct dmarcrecord_uri *to,
					deadline d, struct dmarcrecord_uri **ret_instead,
					size_t *ret_n)
{
	str from, host, ours, theirs, name;

	*ret_n = 0;
	if (!dmarcwalk_domain(a, policy_domain, &from) || !dmarcwalk_domain(a, to->host, &host))
		return DMARCREPORT_REFUSED;
	if (str_eq(from, host))
		return DMARCREPORT_INSIDE;
	if (!organization_of(a, dns, from, d, &ours) || !organization_of(a, dns, host, d, &theirs))
		return DMARCREPORT_LATER;
	if (str_eq(ours, theirs))
		return DMARCREPORT_INSIDE;
	name = arena_fmt(a, "%.*s._report._dmarc.%.*s", STR_ARG(from), STR_ARG(host));
	if (!dnsname_valid(name))
		return DMARCREPORT_REFUSED;
	return ask(a, dns, name, host, d, ret_instead, ret_n);
}
