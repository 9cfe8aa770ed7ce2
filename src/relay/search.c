#include "relay/search.h"

#include "base/log.h"
#include "net/publicip.h"

enum { SEARCH_BUDGET = 16 << 20 };

/* What is worth telling of hosts that did not work, from the least to the most. */
enum telling { NOTHING, NO_ADDRESS, UNREACHED, REFUSED, LATER, TLS };

struct search {
	const struct nexthop_settings *s;
	const struct nexthop_target *to;
	struct arena *a;
	deadline until;
	bool is_mx;
	struct mxhosts mx; /* with one host of the configuration: only v and n */
	bool has_policy;
	struct stspolicy policy;    /* MTA-STS, of the domain */
	size_t attempts, ourselves; /* addresses that were tried; those that are ours */
	enum telling told;
	bool unproven;	  /* a host could not be proven to a message with REQUIRETLS */
	bool passing;	  /* a host may do at another time */
	bool only_absent; /* so far no host had an address at all */
	struct smtpreply reply;
};

static void tell(struct search *s, enum telling what, int code, str text)
{
	s->only_absent = s->only_absent && what == NO_ADDRESS;
	s->passing = s->passing || what != TLS;
	if (what < s->told)
		return;
	s->told = what;
	smtpreply_say(&s->reply, code, text);
}

static deadline dns_deadline(const struct search *s)
{
	return clock_sooner(deadline_in(NEXTHOP_DNS_MS), s->until);
}

static str ip_text(const struct search *s, struct ip ip)
{
	struct strbuf b = strbuf_make(s->a, IP_TEXT_MAX);

	if (ip.n)
		ip_put(&b, ip);
	return ip.n ? strbuf_str(&b) : STR("");
}

/* For reports, but for who passes over what the domain publishes: he says nothing about it. */
static void note_result(const struct search *s, struct tlsrow *row, const struct tlsneed *need)
{
	if (!s->to->notes || !s->is_mx || s->to->wish == TLS_WISH_OPTIONAL)
		return;
	if (need && str_eq(row->policy, STR("tlsa")))
		tlsnotes_put_tlsa(s->a, row, &need->demand);
	else if (s->has_policy && str_eq(row->policy, STR("sts")))
		tlsnotes_put_sts(s->a, row, &s->policy);
	tlsnotes_add(s->to->notes, s->mx.domain, row);
}

/* What a report by RFC 8460 counts. need: NULL when it is not about a host. */
static void tell_result(const struct search *s, struct tlsrow row, const struct tlsneed *need)
{
	log_event("tls.result", F_STR("destination", s->to->destination),
		  F_STR("host", row.mx.n ? row.mx : s->mx.domain),
		  F_STR("ip", row.mx_ip.n ? row.mx_ip : STR("unknown")),
		  F_STR("policy", row.policy), F_STR("result", row.result),
		  F_STR("why", row.information));
	note_result(s, &row, need);
}

/* Once for each TLS session with a domain of the Internet, and for each that failed. */
static void tell_tls(const struct search *s, const struct dial *d, const struct dial_result *r)
{
	bool good = r->tls && str_eq(str_c(r->tls), STR("success"));
	const struct tlsrow row = { .policy = str_c(d->need->policy),
				    .result = str_c(r->tls),
				    .mx = d->host,
				    .mx_ip = ip_text(s, d->ip),
				    .sending_ip = ip_text(s, r->local),
				    .information = str_c(r->tls_why.text) };

	if (r->tls && (!good || s->is_mx))
		tell_result(s, row, d->need);
}

/* Where it may make a difference: not for who passes policies over, or asks for more. */
static bool wants_policy(const struct search *s)
{
	enum conf_client_tls tls = s->to->route->tls;
	struct ip ip;

	return s->is_mx && s->s->sts && s->to->wish != TLS_WISH_OPTIONAL &&
	       (tls == CONF_CLIENT_TLS_MAY || tls == CONF_CLIENT_TLS_ENCRYPT ||
		(tls == CONF_CLIENT_TLS_VERIFY && s->to->wish == TLS_WISH_REQUIRED)) &&
	       !ip_parse(s->mx.domain, &ip);
}

static void find_policy(struct search *s)
{
	static const char *const words[] = { [STSFETCH_E_FETCH] = "sts-policy-fetch-error",
					     [STSFETCH_E_WEBPKI] = "sts-webpki-invalid",
					     [STSFETCH_E_POLICY] = "sts-policy-invalid" };
	const struct stsfetch how = { .dns = &s->s->dns,
				      .tls_ctx = s->s->tls_ctx,
				      .port = s->s->sts_port,
				      .allow_private = s->s->allow_private };
	struct why why;
	int trouble;

	if (!wants_policy(s))
		return;
	s->has_policy = stscache_find(s->s->sts, &how, s->a, s->mx.domain, s->until, &s->policy,
				      &trouble, &why);
	if (trouble != STSFETCH_OK)
		tell_result(s,
			    (struct tlsrow){ .policy = STR("sts"),
					     .result = str_c(words[trouble]),
					     .information = str_c(why.text) },
			    NULL);
}

/* The connection is there: is it good enough for this message? */
static struct connection *judge(struct search *s, struct connection *c, const struct dial *d)
{
	bool remote = d->ip.n > 0;

	if (s->to->wish == TLS_WISH_REQUIRED && remote &&
	    !(c->client.ext & SMTPCLIENT_REQUIRETLS)) {
		s->unproven = true;
		tell(s, TLS, 550,
		     arena_fmt(s->a, "5.7.30 REQUIRETLS: %.*s does not support it",
			       STR_ARG(d->host)));
		return dial_end(c, true);
	}
	c->settings = s->s;
	c->wish = s->to->wish;
	c->destination = arena_str(c->arena, s->to->destination);
	return c;
}

static void note_failure(struct search *s, int r, const struct dial_result *result,
			 const struct why *why)
{
	if (r == DIAL_E_REFUSED && result->reply.lines && result->reply.code >= 400) {
		if (s->told <= REFUSED)
			s->reply = result->reply;
		s->told = s->told > REFUSED ? s->told : REFUSED;
		s->only_absent = false;
		s->passing = true;
		return;
	}
	s->ourselves += r == DIAL_E_OURSELVES;
	s->unproven |= r == DIAL_E_TLS && s->to->wish == TLS_WISH_REQUIRED;
	tell(s,
	     r == DIAL_E_TLS	     ? TLS
	     : r == DIAL_E_OURSELVES ? LATER
				     : UNREACHED,
	     451, str_c(why->text));
}

static struct connection *try_dial(struct search *s, struct dial *d)
{
	struct connection *c = NULL;
	struct dial_result result;
	struct why why = { "" };
	int r;

	d->name = s->s->hostname;
	d->timeout_ms = s->s->timeout_ms;
	d->until = s->until;
	d->tls_ctx = s->s->tls_ctx;
	s->attempts++;
	r = dial(d, &c, &result, &why);
	if (d->need)
		tell_tls(s, d, &result);
	if (r == DIAL_OK)
		return judge(s, c, d);
	note_failure(s, r, &result, &why);
	return NULL;
}

/* What the host needs; false: it is not for this message, and that is told. */
static bool need_of(struct search *s, str host, uint16_t port, const struct hostaddr *at,
		    struct tlsneed *ret)
{
	const struct tlsneed_question q = { .route = s->to->route,
					    .wish = s->to->wish,
					    .host = host,
					    .port = port,
					    .at = at,
					    .mx = s->is_mx ? &s->mx : NULL,
					    .policy = s->has_policy ? &s->policy : NULL };
	struct why why;
	int r = tlsneed_find(&s->s->dns, s->a, &q, dns_deadline(s), ret, &why);

	if (ret->unlisted)
		tell_result(
			s,
			(struct tlsrow){ .policy = STR("sts"),
					 .result = STR("validation-failure"),
					 .mx = host,
					 .information = STR("the policy does not name this host") },
			ret);
	if (r == TLSNEED_OK)
		return true;
	s->unproven |= r == TLSNEED_E_REQUIRETLS;
	s->passing |= r == TLSNEED_E_LATER;
	tell(s, TLS, r == TLSNEED_E_REQUIRETLS ? 550 : 451, str_c(why.text));
	return false;
}

static struct connection *try_addresses(struct search *s, str host, uint16_t port,
					const struct hostaddr *at)
{
	struct connection *c = NULL;
	struct tlsneed need;
	struct dial d = { .host = host,
			  .port = port,
			  .lmtp = s->to->route->to.kind == CONF_PEER_LMTP,
			  .stranger = s->is_mx && !s->s->allow_private,
			  .need = &need };

	if (!need_of(s, host, port, at, &need))
		return NULL;
	for (size_t i = 0; i < at->n && !c && s->attempts < NEXTHOP_ATTEMPTS; i++) {
		d.ip = at->v[i];
		if (d.stranger && !publicip_is(d.ip))
			tell(s, LATER, 451,
			     arena_fmt(s->a,
				       "4.4.4 %.*s has an address that is not of the Internet",
				       STR_ARG(host)));
		else
			c = try_dial(s, &d);
	}
	return c;
}

static struct connection *try_host(struct search *s, str host, uint16_t port)
{
	struct hostaddr at;

	switch (hostaddr_find(&s->s->dns, s->a, host, dns_deadline(s), &at)) {
	case HOSTADDR_OK:
		return try_addresses(s, host, port, &at);
	case HOSTADDR_E_NONE:
		tell(s, NO_ADDRESS, 451,
		     arena_fmt(s->a, "4.4.4 the name %.*s has no address", STR_ARG(host)));
		return NULL;
	default:
		tell(s, LATER, 451,
		     arena_fmt(s->a, "4.4.3 the name %.*s cannot be looked up now", STR_ARG(host)));
		return NULL;
	}
}

static struct connection *try_unix(struct search *s)
{
	struct dial d = { .path = s->to->route->to.path,
			  .host = STR("the LMTP server"),
			  .lmtp = true };

	return try_dial(s, &d);
}

/* Nobody took the message: what that means for it. */
static void give_up(const struct search *s, struct search_failure *ret)
{
	ret->outcome = SMTPCLIENT_LATER;
	ret->reply = s->reply;
	/* RFC 5321 5.1: hosts without any address, all of them, are no passing trouble; one of
	 * ours may be: the configuration names it. */
	if (s->is_mx && s->only_absent) {
		ret->outcome = SMTPCLIENT_NEVER;
		smtpreply_say(&ret->reply, 550,
			      STR("5.4.4 no mail server of the domain has an address"));
	} else if (s->is_mx && s->ourselves && s->ourselves == s->attempts) {
		ret->outcome = SMTPCLIENT_NEVER;
		smtpreply_say(&ret->reply, 554,
			      STR("5.4.6 the mail server of the domain is ourselves and it is not "
				  "routed elsewhere: mail loops back to us"));
	} else if (s->unproven && !s->passing) {
		/* RFC 8689 4.2.1: the sender learns it, and nothing was sent. */
		ret->outcome = SMTPCLIENT_NEVER;
		if (ret->reply.code / 100 != 5)
			smtpreply_say(&ret->reply, 550,
				      STR("5.7.30 REQUIRETLS: no mail server could be proven"));
	}
	ret->unreachable = ret->outcome == SMTPCLIENT_LATER;
}

static struct connection *try_hosts(struct search *s, struct search_failure *ret)
{
	const struct conf_peer *peer = &s->to->route->to;
	uint16_t port = s->is_mx ? s->s->mx_port : peer->at.port;
	struct connection *c = NULL;
	int r;

	if (s->is_mx) {
		r = mxhosts_find(&s->s->dns, s->a, s->to->domain, s->s->hostname, dns_deadline(s),
				 &s->mx, &ret->reply);
		if (r != MXHOSTS_OK) {
			ret->outcome = r == MXHOSTS_E_NEVER ? SMTPCLIENT_NEVER : SMTPCLIENT_LATER;
			ret->unreachable = r == MXHOSTS_E_LATER;
			return NULL;
		}
		find_policy(s);
	} else {
		s->mx.v[s->mx.n++] = peer->at.host;
	}
	for (size_t i = 0; i < s->mx.n && !c && s->attempts < NEXTHOP_ATTEMPTS; i++)
		c = try_host(s, s->mx.v[i], port);
	if (!c)
		give_up(s, ret);
	return c;
}

struct connection *search_connect(const struct nexthop_settings *settings,
				  const struct nexthop_target *to, deadline until,
				  struct search_failure *ret)
{
	cleanup(arena_freep) struct arena *a = arena_new("search", SEARCH_BUDGET);
	struct search s = { .s = settings,
			    .to = to,
			    .a = a,
			    .until = until,
			    .is_mx = to->route->to.kind == CONF_PEER_MX,
			    .only_absent = true };
	struct connection *c;

	*ret = (struct search_failure){ 0 };
	if (to->route->to.kind != CONF_PEER_LMTP_UNIX)
		return try_hosts(&s, ret);
	c = try_unix(&s);
	if (!c)
		give_up(&s, ret);
	return c;
}
