#include "publish/plan.h"

#include "dns/dnsname.h"
#include "net/publicip.h"

enum {
	MX_PREFERENCE = 10,
	SPF_MAX = 4096,
	REPORTS_MAX = 4096,
	POLICY_MAX = 4096,
	STS_MAX_AGE = 604800, /* a week: RFC 8461 3.2 advises weeks or more */
};

struct maker {
	struct arena *arena;
	const struct plan_input *in;
	struct plan *plan;
	struct ip *addresses;
	size_t n_addresses;
};

const char *plan_purpose_name(enum plan_purpose p)
{
	static const char *const names[PLAN_PURPOSES] = {
		[PLAN_HOST] = "host",	[PLAN_PTR] = "ptr",	   [PLAN_MX] = "mx",
		[PLAN_SPF] = "spf",	[PLAN_DKIM] = "dkim",	   [PLAN_DMARC] = "dmarc",
		[PLAN_STS] = "mta-sts", [PLAN_TLSRPT] = "tls-rpt", [PLAN_TLSA] = "tlsa",
	};

	return names[p];
}

size_t plan_addresses(struct arena *a, const struct conf *conf, struct ip **ret)
{
	size_t n = 0;

	*ret = arena_array(a, struct ip, conf->listen.smtp.n + 1);
	for (size_t i = 0; i < conf->listen.smtp.n; i++) {
		struct ip ip;

		if (ip_parse(conf->listen.smtp.v[i].at.host, &ip) && publicip_is(ip))
			(*ret)[n++] = ip;
	}
	return n;
}

static struct plan_record *add(struct maker *m, enum plan_purpose purpose, str domain, str name,
			       enum dns_type type, str value)
{
	struct plan_record *r = arena_push(m->arena, &m->plan->records);

	*r = (struct plan_record){ purpose, domain, name, type, 0, value };
	return r;
}

static str below(struct maker *m, const char *label, str domain)
{
	return arena_fmt(m->arena, "%s.%.*s", label, STR_ARG(domain));
}

static str text_of(struct maker *m, struct ip ip)
{
	struct strbuf b = strbuf_make(m->arena, IP_TEXT_MAX);

	ip_put(&b, ip);
	return strbuf_str(&b);
}

static void host(struct maker *m)
{
	str name = m->in->conf->hostname;

	for (size_t i = 0; i < m->n_addresses; i++) {
		struct ip ip = m->addresses[i];

		add(m, PLAN_HOST, name, name, ip.n == IP_V4 ? DNS_A : DNS_AAAA, text_of(m, ip));
		add(m, PLAN_PTR, name, dnsname_reverse(m->arena, ip), DNS_PTR, name);
	}
	for (size_t i = 0; i < m->in->n_tlsa; i++)
		add(m, PLAN_TLSA, name, below(m, "_25._tcp", name), DNS_TLSA, m->in->tlsa[i]);
}

/* An address, a network, a host name, or a whole term of SPF ("include:esp.example"). */
static void put_sender(struct strbuf *b, str sender)
{
	struct ip ip;
	bool address = ip_parse(str_sub(sender, 0, str_chr(sender, '/')), &ip);
	const char *kind = address ? ip.n == IP_V4 ? "ip4:" : "ip6:" : "a:";

	if (!address && str_chr(sender, ':') != STR_NONE)
		kind = "";
	strbuf_fmt(b, " %s%.*s", kind, STR_ARG(sender));
}

/* The gateway that takes our notifications away sends for us too. */
static void put_senders(struct strbuf *b, const struct conf *conf)
{
	for (size_t i = 0; i < conf->out.senders.n; i++)
		put_sender(b, conf->out.senders.v[i]);
	if (conf->dsn.via.kind == CONF_PEER_SMTP && !conf->out.senders.n) {
		struct ip ip;
		str via = conf->dsn.via.at.host;

		if (!ip_parse(via, &ip) || publicip_is(ip))
			put_sender(b, via);
	}
}

static void spf(struct maker *m, str domain)
{
	struct strbuf b = strbuf_make(m->arena, SPF_MAX);
	bool is_host = str_caseeq(domain, m->in->conf->hostname);

	strbuf_put(&b, STR("v=spf1"));
	if (is_host)
		strbuf_put(&b, STR(" a"));
	else
		strbuf_fmt(&b, " a:%.*s", STR_ARG(m->in->conf->hostname));
	if (!is_host || conf_is_own_domain(m->in->conf, domain))
		put_senders(&b, m->in->conf);
	strbuf_put(&b, STR(" -all"));
	add(m, PLAN_SPF, domain, domain, DNS_TXT, strbuf_str(&b));
}

static void dkim(struct maker *m, str domain)
{
	for (size_t i = 0; i < m->in->n_keys; i++) {
		const struct plan_key *k = &m->in->keys[i];

		if (str_caseeq(k->domain, domain))
			add(m, PLAN_DKIM, domain,
			    arena_fmt(m->arena, "%.*s._domainkey.%.*s", STR_ARG(k->selector),
				      STR_ARG(domain)),
			    DNS_TXT, k->record);
	}
}

/* Where reports about a domain are sent. */
static str reports_to(struct arena *a, const struct conf *conf)
{
	struct strbuf b = strbuf_make(a, REPORTS_MAX);

	for (size_t i = 0; i < conf->reports.addresses.n; i++)
		strbuf_fmt(&b, "%smailto:%.*s", i ? "," : "",
			   STR_ARG(conf->reports.addresses.v[i]));
	return strbuf_str(&b);
}

str plan_dmarc(struct arena *a, const struct conf *conf, str policy)
{
	str to = reports_to(a, conf);

	if (!to.n)
		return arena_fmt(a, "v=DMARC1; p=%.*s", STR_ARG(policy));
	return arena_fmt(a, "v=DMARC1; p=%.*s; rua=%.*s", STR_ARG(policy), STR_ARG(to));
}

static str sts_policy(struct maker *m)
{
	struct strbuf b = strbuf_make(m->arena, POLICY_MAX);

	strbuf_put(&b, STR("version: STSv1\r\nmode: testing\r\n"));
	strbuf_fmt(&b, "mx: %.*s\r\nmax_age: %d\r\n", STR_ARG(m->in->conf->hostname), STS_MAX_AGE);
	return strbuf_str(&b);
}

/* The id must be another one when the policy is another one, and the same when it is the same
 * (RFC 8461 3.1): FNV-1a of the text. */
static str sts_id(struct maker *m, str policy)
{
	uint64_t sum = 0xcbf29ce484222325u;

	for (size_t i = 0; i < policy.n; i++)
		sum = (sum ^ (unsigned char)policy.p[i]) * 0x100000001b3u;
	return arena_fmt(m->arena, "v=STSv1; id=%016llx;", (unsigned long long)sum);
}

static void domain(struct maker *m, str name)
{
	str to = reports_to(m->arena, m->in->conf);
	struct plan_record *mx = add(m, PLAN_MX, name, name, DNS_MX, m->in->conf->hostname);

	mx->pref = MX_PREFERENCE;
	spf(m, name);
	dkim(m, name);
	add(m, PLAN_DMARC, name, below(m, "_dmarc", name), DNS_TXT,
	    plan_dmarc(m->arena, m->in->conf, STR("none")));
	add(m, PLAN_STS, name, below(m, "_mta-sts", name), DNS_TXT, sts_id(m, m->plan->sts_policy));
	if (to.n)
		add(m, PLAN_TLSRPT, name, below(m, "_smtp._tls", name), DNS_TXT,
		    arena_fmt(m->arena, "v=TLSRPTv1; rua=%.*s", STR_ARG(to)));
}

void plan_make(struct arena *a, const struct plan_input *in, struct plan *ret)
{
	struct maker m = { .arena = a, .in = in, .plan = ret };
	const struct conf *conf = in->conf;

	*ret = (struct plan){ 0 };
	m.n_addresses = plan_addresses(a, conf, &m.addresses);
	ret->sts_policy = sts_policy(&m);
	host(&m);
	if (!conf_is_own_domain(conf, conf->hostname))
		spf(&m, conf->hostname); /* what it says in HELO (RFC 7208 2.3) */
	for (size_t i = 0; i < conf->domains.n; i++)
		domain(&m, conf->domains.v[i]);
}
