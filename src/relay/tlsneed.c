#include "relay/tlsneed.h"

/* The TLSA records at _PORT._tcp.BASE. Those of an insecure answer are as none. */
static int ask_tlsa(const struct dns_resolver *dns, struct arena *a, str base, uint16_t port,
		    deadline d, struct tlsclient_demand *ret, struct why *why)
{
	str name = arena_fmt(a, "_%u._tcp.%.*s", port, STR_ARG(base));
	struct dns_answer answer = dns_ask(dns, a, name, DNS_TLSA, d);
	str *tlsa = arena_array(a, str, answer.n);

	if (dns_temporary(answer.status))
		return why_set(why, TLSNEED_E_LATER,
			       "4.7.5 the TLSA records of %.*s cannot be looked up now (%.*s)",
			       STR_ARG(base), STR_ARG(dns_status_name(answer.status)));
	for (size_t i = 0; i < answer.n; i++)
		tlsa[i] = answer.records[i].value;
	ret->host = base;
	ret->tlsa = tlsa;
	ret->n_tlsa = answer.secure ? answer.n : 0;
	return TLSNEED_OK;
}

/* RFC 7672 2.2.2: at the end of CNAMEs first, then at the name itself. */
static int find_tlsa(const struct dns_resolver *dns, struct arena *a,
		     const struct tlsneed_question *q, deadline d, struct tlsclient_demand *ret,
		     struct why *why)
{
	int r = TLSNEED_OK;

	if (!dns->lookup || !q->at->secure || (q->mx && !q->mx->secure))
		return TLSNEED_OK;
	if (!str_caseeq(q->at->canonical, q->host))
		r = ask_tlsa(dns, a, q->at->canonical, q->port, d, ret, why);
	if (r == TLSNEED_OK && ret->n_tlsa == 0)
		r = ask_tlsa(dns, a, q->host, q->port, d, ret, why);
	return r;
}

static bool has_usable(const struct tlsclient_demand *demand)
{
	for (size_t i = 0; i < demand->n_tlsa; i++) {
		if (tlsclient_tlsa_usable(demand->tlsa[i]))
			return true;
	}
	return false;
}

/* RFC 7672 3.2.2: below a trust anchor the host's name or the domain's will do. */
static void by_dane(const struct tlsneed_question *q, struct tlsneed *ret)
{
	ret->level = TLSNEED_PROVEN;
	ret->policy = "tlsa";
	ret->demand.proof = TLSCLIENT_DANE;
	ret->demand.names[0] = q->host;
	ret->demand.names[1] = q->mx ? q->mx->domain : q->route->verify;
}

static void by_name(const struct tlsneed_question *q, enum tlsneed_level level, struct tlsneed *ret)
{
	ret->level = level;
	ret->demand = (struct tlsclient_demand){ .proof = TLSCLIENT_NAMED, .host = q->host };
	ret->demand.names[0] = !q->mx && q->route->verify.n ? q->route->verify : q->host;
}

static enum tlsneed_level route_level(const struct route *route)
{
	static const enum tlsneed_level levels[] = {
		[CONF_CLIENT_TLS_NONE] = TLSNEED_NONE,
		[CONF_CLIENT_TLS_MAY] = TLSNEED_MAY,
		[CONF_CLIENT_TLS_ENCRYPT] = TLSNEED_ENCRYPT,
		[CONF_CLIENT_TLS_VERIFY] = TLSNEED_PROVEN,
		[CONF_CLIENT_TLS_DANE] = TLSNEED_PROVEN,
	};

	return levels[route->tls];
}

static bool listed(const struct tlsneed_question *q)
{
	return q->policy && q->policy->mode != STSPOLICY_NONE &&
	       stspolicy_matches(q->policy, q->host);
}

/* RFC 8689 4.2.1: the name of an MX host is worth something only when DNSSEC or MTA-STS
 * says so; ours in the configuration is. */
static int required(const struct tlsneed_question *q, struct tlsneed *ret, struct why *why)
{
	if (q->route->tls == CONF_CLIENT_TLS_NONE || (q->mx && !q->mx->secure && !listed(q)))
		return why_set(why, TLSNEED_E_REQUIRETLS,
			       "5.7.30 REQUIRETLS: nothing proves that %.*s is the mail server",
			       STR_ARG(q->host));
	by_name(q, TLSNEED_PROVEN, ret);
	ret->policy = q->mx && !q->mx->secure ? "sts" : "no-policy-found";
	return TLSNEED_OK;
}

static bool wants_dane(const struct tlsneed_question *q)
{
	if (q->route->tls == CONF_CLIENT_TLS_DANE)
		return true;
	if (q->route->tls == CONF_CLIENT_TLS_NONE || q->route->tls == CONF_CLIENT_TLS_VERIFY)
		return false;
	return q->mx && q->wish != TLS_WISH_OPTIONAL;
}

/* True in *ret_found: the records decide. */
static int try_dane(const struct dns_resolver *dns, struct arena *a,
		    const struct tlsneed_question *q, deadline d, struct tlsneed *ret,
		    bool *ret_found, struct why *why)
{
	bool mandatory = q->route->tls == CONF_CLIENT_TLS_DANE;
	struct tlsclient_demand tlsa = { .host = q->host };
	int r = find_tlsa(dns, a, q, d, &tlsa, why);

	if (r != TLSNEED_OK)
		return r;
	if (has_usable(&tlsa)) {
		ret->demand = tlsa;
		by_dane(q, ret);
	} else if (mandatory) {
		return why_set(why, TLSNEED_E_LATER,
			       "4.7.5 %.*s has no secure and usable TLSA record, and tls=dane "
			       "asks for one",
			       STR_ARG(q->host));
	} else if (tlsa.n_tlsa && q->wish != TLS_WISH_REQUIRED) {
		/* RFC 7672 2.2: records that nobody can use still promise TLS. */
		ret->level = TLSNEED_ENCRYPT;
		ret->policy = "tlsa";
	}
	*ret_found = ret->policy[0] == 't';
	return TLSNEED_OK;
}

/* RFC 8461 4.1, 5: in testing mode what fails is only told. */
static int by_policy(const struct tlsneed_question *q, struct tlsneed *ret, struct why *why)
{
	bool enforce = q->policy->mode == STSPOLICY_ENFORCE;

	by_name(q, enforce ? TLSNEED_PROVEN : ret->level, ret);
	ret->policy = "sts";
	ret->unlisted = !stspolicy_matches(q->policy, q->host);
	if (!enforce || !ret->unlisted)
		return TLSNEED_OK;
	return why_set(why, TLSNEED_E_LATER,
		       "4.7.5 %.*s is no mail server of the domain by its "
		       "MTA-STS policy",
		       STR_ARG(q->host));
}

int tlsneed_find(const struct dns_resolver *dns, struct arena *a, const struct tlsneed_question *q,
		 deadline d, struct tlsneed *ret, struct why *why)
{
	bool found = false;
	int r = TLSNEED_OK;

	*ret = (struct tlsneed){ .level = route_level(q->route),
				 .demand = { .host = q->host },
				 .policy = "no-policy-found" };
	if (wants_dane(q))
		r = try_dane(dns, a, q, d, ret, &found, why);
	if (r != TLSNEED_OK || found)
		return r;
	if (q->wish == TLS_WISH_REQUIRED)
		return required(q, ret, why);
	if (q->route->tls == CONF_CLIENT_TLS_VERIFY)
		by_name(q, TLSNEED_PROVEN, ret);
	else if (q->policy && q->policy->mode != STSPOLICY_NONE && q->wish != TLS_WISH_OPTIONAL &&
		 ret->level != TLSNEED_NONE)
		r = by_policy(q, ret, why);
	return r;
}
