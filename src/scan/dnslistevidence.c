#include "scan/dnslistevidence.h"

#include "auth/clientname.h"
#include "base/log.h"
#include "base/map.h"
#include "sys/metrics.h"

#include <stdatomic.h>
#include <stdio.h>

struct batch {
	struct arena *arena;
	const struct rules *rules;
	const struct conf_strings *own;
	struct map seen; /* names that are asked for */
	struct dns_question questions[DNSLISTEVIDENCE_MAX];
	const struct dnslist *lists[DNSLISTEVIDENCE_MAX];
	str asked[DNSLISTEVIDENCE_MAX];
	size_t n;
};

static void put(struct batch *b, const struct dnslist *l, str name, str asked)
{
	if (b->n == DNSLISTEVIDENCE_MAX || map_set(&b->seen, name, b))
		return;
	b->questions[b->n] = (struct dns_question){ name, DNS_A };
	b->lists[b->n] = l;
	b->asked[b->n++] = asked;
}

/* The lists that are asked about such a thing, one after the other. */
static const struct dnslist *next_list(const struct batch *b, uint32_t ask, size_t *at)
{
	while (*at < b->rules->dns_lists.n) {
		const struct dnslist *l = b->rules->dns_lists.v[(*at)++];

		if (l->enabled && l->asks & ask)
			return l;
	}
	return NULL;
}

static void ask_about_ip(struct batch *b, enum dnslist_ask ask, str text)
{
	const struct dnslist *l;
	struct ip ip;
	str name;

	if (!ip_parse(text, &ip) || clientname_inside(ip))
		return;
	for (size_t at = 0; (l = next_list(b, ask, &at));) {
		if (dnslist_name_of_ip(b->arena, l, ip, &name))
			put(b, l, name, text);
	}
}

static void ask_about_domain(struct batch *b, enum dnslist_ask ask, str domain)
{
	const struct dnslist *l;
	str name;

	if (domain.n == 0 || conf_strings_has(b->own, domain))
		return;
	for (size_t at = 0; (l = next_list(b, ask, &at));) {
		if (dnslist_name_of_domain(b->arena, l, domain, &name))
			put(b, l, name, domain);
	}
}

static void ask_about_mailbox(struct batch *b, enum dnslist_ask ask, const struct facts_address *x)
{
	const struct dnslist *l;
	str name;

	for (size_t at = 0; (l = next_list(b, ask, &at));) {
		if (dnslist_name_of_address(b->arena, l, x->local, x->domain, &name))
			put(b, l, name,
			    arena_fmt(b->arena, "%.*s@%.*s", STR_ARG(x->local),
				      STR_ARG(x->domain)));
	}
}

static void ask_about_envelope(struct batch *b, const struct envelope *env)
{
	size_t at = str_rchr(env->reverse_path, '@');

	ask_about_ip(b, DNSLIST_CLIENT, env->client_ip);
	ask_about_domain(b, DNSLIST_HELO, env->helo);
	if (at != STR_NONE)
		ask_about_domain(b, DNSLIST_REVERSE_PATH, str_skip(env->reverse_path, at + 1));
}

static void ask_about_authors(struct batch *b, const struct facts *f, const struct auth_results *r)
{
	for (size_t i = 0; i < f->addresses.n; i++) {
		const struct facts_address *x = &f->addresses.v[i];

		if (x->where == FACTS_FROM) {
			ask_about_domain(b, DNSLIST_FROM, x->domain);
			ask_about_mailbox(b, DNSLIST_FROM_ADDRESS, x);
		} else if (x->where == FACTS_REPLY_TO) {
			ask_about_mailbox(b, DNSLIST_REPLY_ADDRESS, x);
		}
	}
	for (size_t i = 0; i < r->n_dkim; i++) {
		if (r->dkim[i].result == AUTH_PASS)
			ask_about_domain(b, DNSLIST_DKIM, r->dkim[i].domain);
	}
}

/* The nearest to us first. */
static void ask_about_hops(struct batch *b, const struct facts *f)
{
	for (size_t i = 0; i < f->hops.n && i < DNSLISTEVIDENCE_HOPS; i++)
		ask_about_ip(b, DNSLIST_RECEIVED, f->hops.v[i].ip);
}

/* "[2001:db8::1]" without the brackets. */
static str bare_host(str host)
{
	bool brackets = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';

	return brackets ? str_sub(host, 1, host.n - 1) : host;
}

static void ask_about_urls(struct batch *b, const struct facts *f)
{
	for (size_t i = 0; i < f->urls.n && b->n < DNSLISTEVIDENCE_MAX; i++) {
		const struct facts_url *u = &f->urls.v[i];

		if (conf_strings_has(b->own, u->domain))
			continue;
		ask_about_ip(b, DNSLIST_URL_ADDRESS, bare_host(u->host));
		ask_about_domain(b, DNSLIST_URL_DOMAIN, u->domain);
		ask_about_domain(b, DNSLIST_URL_HOST, u->host);
	}
}

/* Once in a while: a busy gateway would else say it with every message. */
static void tell(struct dnslistevidence *s, const struct dnslist *l, enum dnslist_meaning meaning,
		 uint32_t code, int64_t now)
{
	int64_t last = atomic_load(&s->told[l->index]);
	char text[IP_TEXT_MAX];

	metrics_add(meaning == DNSLIST_REFUSED ? METRIC_scan_dnslist_replies_refused
					       : METRIC_scan_dnslist_replies_false,
		    1);
	if (now - last < DNSLISTEVIDENCE_TELL_S ||
	    !atomic_compare_exchange_strong(&s->told[l->index], &last, now))
		return;
	snprintf(text, sizeof(text), "%u.%u.%u.%u", code >> 24, code >> 16 & 0xff, code >> 8 & 0xff,
		 code & 0xff);
	if (meaning == DNSLIST_REFUSED)
		log_event("dnslist.refused", F_STR("list", l->name), F_STR("zone", l->zone),
			  F_C("code", text));
	else
		log_event("dnslist.false", F_STR("list", l->name), F_STR("zone", l->zone),
			  F_C("code", text));
}

static void take_reply(struct dnslistevidence *s, const struct batch *b, size_t i, str rdata,
		       int64_t now, struct evidence *e)
{
	const uint8_t *p = (const uint8_t *)rdata.p;
	uint32_t code = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	enum dnslist_meaning meaning = dnslist_meaning(b->lists[i], code);

	if (meaning == DNSLIST_LISTED)
		metrics_add(METRIC_scan_dnslist_replies_listed, 1);
	else
		tell(s, b->lists[i], meaning, code, now);
	if (meaning == DNSLIST_FALSE)
		return;
	*arena_push(b->arena, &e->replies) =
		(struct evidence_reply){ b->lists[i], code, meaning == DNSLIST_REFUSED,
					 arena_fmt(b->arena, "%.*s (%.*s: 127.%u.%u.%u)",
						   STR_ARG(b->asked[i]), STR_ARG(b->lists[i]->name),
						   p[1], p[2], p[3]) };
}

static void take_answer(struct dnslistevidence *s, const struct batch *b, size_t i,
			const struct dns_answer *answer, int64_t now, struct evidence *e)
{
	if (answer->status != DNS_OK) {
		metrics_add(dns_temporary(answer->status) ? METRIC_scan_dnslist_replies_failed
							  : METRIC_scan_dnslist_replies_not_listed,
			    1);
		return;
	}
	for (size_t k = 0; k < answer->n && k < DNSLISTEVIDENCE_REPLIES; k++)
		take_reply(s, b, i, answer->records[k].value, now, e);
}

void dnslistevidence_collect(struct dnslistevidence *s, struct arena *a, const struct rules *rules,
			     const struct conf_strings *own_domains, const struct dns_resolver *dns,
			     const struct envelope *env, const struct facts *facts,
			     const struct auth_results *auth, int64_t now, deadline d,
			     struct evidence *e)
{
	struct batch b = { .arena = a, .rules = rules, .own = own_domains };
	struct dns_answer answers[DNSLISTEVIDENCE_MAX];

	b.seen = map_make(a);
	ask_about_envelope(&b, env);
	ask_about_authors(&b, facts, auth);
	ask_about_hops(&b, facts);
	ask_about_urls(&b, facts);
	for (size_t i = 0; i < e->link_addresses.n; i++)
		ask_about_ip(&b, DNSLIST_URL_RESOLVED, e->link_addresses.v[i]);
	if (b.n == 0)
		return;
	dns->lookup(dns->ctx, a, b.questions, b.n, d, answers);
	for (size_t i = 0; i < b.n; i++)
		take_answer(s, &b, i, &answers[i], now, e);
}
