#include "conf/route.h"

#include "base/ip.h"
#include "base/num.h"
#include "conf/conf_value.h"

#include <errno.h>

enum { PATTERN_MAX = 255, CONNECTIONS_MAX = 1000 };

static const struct conf_key next_hop_key = {
	.path = "delivery.routes",
	.type = CONF_PEER,
	.words = { "mx", "smtp:HOST:PORT", "lmtp:HOST:PORT", "lmtp:unix:/PATH", "maildir",
		   "reject" },
};
static const struct conf_key domain_key = { .path = "delivery.routes", .type = CONF_DOMAIN };

/* Where the reading stands. */
struct reading {
	struct arena *arena;
	size_t row, word; /* from 1, for people */
	struct why *why;
};

static int refuse(const struct reading *in, str found, const char *expected)
{
	struct strbuf b = strbuf_make(in->arena, WHY_MAX);

	strbuf_printable(&b, str_sub(found, 0, 80));
	return why_set(in->why, -EINVAL,
		       "delivery.routes, row %zu, word %zu: found \"%.*s\", expected %s", in->row,
		       in->word, STR_ARG(strbuf_str(&b)), expected);
}

static bool take_word(struct reading *in, str *rest, str *ret)
{
	*rest = str_trim(*rest);
	if (rest->n == 0)
		return false;
	in->word++;
	return str_split(rest, ' ', ret);
}

static int read_pattern(struct reading *in, str word, str *ret)
{
	str name = str_starts(word, STR("*.")) ? str_skip(word, 2) : word;
	str parsed;

	if (str_eq(word, STR("*"))) {
		*ret = word;
		return 0;
	}
	if (word.n > PATTERN_MAX || !conf_value_parse(in->arena, &domain_key, name, &parsed))
		return refuse(in, word, "a domain, *.DOMAIN or *");
	*ret = name.n < word.n ? arena_fmt(in->arena, "*.%.*s", STR_ARG(parsed)) : parsed;
	return 0;
}

static bool is_named(enum conf_peer_kind kind)
{
	return kind == CONF_PEER_SMTP || kind == CONF_PEER_LMTP;
}

static bool has_network(enum conf_peer_kind kind)
{
	return is_named(kind) || kind == CONF_PEER_MX;
}

static int read_tls(struct reading *in, str word, str value, struct route *route)
{
	struct ip ip;

	if (!has_network(route->to.kind))
		return refuse(in, word, "no tls= here: this next hop is not on the network");
	if (!conf_value_parse(in->arena, conf_schema_find(STR("delivery.tls")), value, &route->tls))
		return refuse(in, word, "tls=none, may, encrypt, verify or dane");
	if (route->tls == CONF_CLIENT_TLS_DANE && ip_parse(route->to.at.host, &ip))
		return refuse(in, word,
			      "a next hop with a name: its TLSA records are looked up by name");
	return 0;
}

static int read_option(struct reading *in, str word, struct route *route)
{
	size_t eq = str_chr(word, '=');
	str name = str_sub(word, 0, eq);
	str value = eq == STR_NONE ? STR("") : str_skip(word, eq + 1);
	uint64_t number;

	if (str_eq(name, STR("tls")))
		return read_tls(in, word, value, route);
	if (str_eq(name, STR("connections"))) {
		if (!num_u64_max(value, CONNECTIONS_MAX, &number) || number == 0)
			return refuse(in, word, "connections=1 to 1000");
		route->connections = (uint32_t)number;
		return 0;
	}
	if (str_eq(name, STR("verify"))) {
		if (!is_named(route->to.kind))
			return refuse(in, word, "verify=NAME only with smtp:HOST or lmtp:HOST");
		if (!conf_value_parse(in->arena, &domain_key, value, &route->verify))
			return refuse(in, word, "verify=NAME");
		return 0;
	}
	return refuse(in, word, "tls=..., connections=N or verify=NAME");
}

/* Two rows with the same next hop but other demands are two destinations. */
static int name_destination(struct reading *in, struct route *route, bool own_tls)
{
	const struct conf_key *tls = conf_schema_find(STR("delivery.tls"));
	struct strbuf b = strbuf_make(in->arena, ROUTE_DESTINATION_MAX);

	conf_value_put(&next_hop_key, &route->to, 0, &b);
	if (own_tls && is_named(route->to.kind)) {
		strbuf_put(&b, STR(" tls="));
		conf_value_put(tls, &route->tls, 0, &b);
	}
	if (route->verify.n)
		strbuf_fmt(&b, " verify=%.*s", STR_ARG(route->verify));
	if (b.overflow)
		return refuse(in, route->verify, "next hop and options of at most 260 bytes");
	route->destination = strbuf_str(&b);
	return 0;
}

/* "PATTERN NEXTHOP [OPTION=VALUE ...]"; route holds the defaults. */
static int read_row(struct reading *in, str rest, struct route *route)
{
	str word;
	bool own_tls = false;
	int r;

	if (!take_word(in, &rest, &word))
		return refuse(in, rest, "PATTERN NEXTHOP [OPTION=VALUE ...]");
	r = read_pattern(in, word, &route->pattern);
	if (r < 0)
		return r;
	if (!take_word(in, &rest, &word) ||
	    !conf_value_parse(in->arena, &next_hop_key, word, &route->to))
		return refuse(in, in->word > 1 ? word : STR(""),
			      "mx, smtp:HOST:PORT, lmtp:HOST:PORT, lmtp:unix:/PATH, maildir or "
			      "reject");
	if (route->to.kind == CONF_PEER_MX)
		route->connections = ROUTE_MX_CONNECTIONS;
	while (take_word(in, &rest, &word)) {
		own_tls |= str_starts(word, STR("tls="));
		r = read_option(in, word, route);
		if (r < 0)
			return r;
	}
	return name_destination(in, route, own_tls);
}

static int add_row(struct reading *in, struct route_table *t, const struct route *defaults, str row)
{
	struct route *route = arena_make(in->arena, struct route);
	int r;

	*route = *defaults;
	in->row++;
	in->word = 0;
	if (in->row > ROUTE_ROWS)
		return refuse(in, row, "at most 1000 rows");
	r = read_row(in, row, route);
	if (r < 0)
		return r;
	in->word = 1;
	if (map_set(&t->rows, route->pattern, route))
		return refuse(in, route->pattern, "each pattern once");
	t->has_maildir |= route->to.kind == CONF_PEER_MAILDIR;
	return 0;
}

int route_table_make(struct arena *a, const struct conf *c, struct route_table *ret,
		     struct why *why)
{
	struct reading in = { .arena = a, .why = why };
	struct route defaults = { .tls = c->delivery.tls,
				  .connections = c->delivery.connections,
				  .verify = STR("") };
	struct route_table t = { .rows = map_make_caseless(a),
				 .fallback = defaults,
				 .own = c->domains.n ? c->domains.v[0] : c->hostname,
				 .has_maildir = c->delivery.next_hop.kind == CONF_PEER_MAILDIR };
	int r;

	t.fallback.to = c->delivery.next_hop;
	if (t.fallback.to.kind == CONF_PEER_MX)
		t.fallback.connections = ROUTE_MX_CONNECTIONS;
	if (name_destination(&in, &t.fallback, false) < 0)
		return why_set(
			why, -EINVAL,
			"delivery.next_hop: found a name that is too long, expected next hops of "
			"at most 260 bytes");
	if (c->role == CONF_ROLE_MX && c->dsn.via.kind != CONF_PEER_NONE) {
		t.away = defaults;
		t.domains = &c->domains;
		t.away.to = c->dsn.via;
		if (name_destination(&in, &t.away, false) < 0)
			return why_set(why, -EINVAL,
				       "dsn.via: found a name that is too long, expected at most "
				       "260 bytes");
	}
	for (size_t i = 0; i < c->delivery.routes.n; i++) {
		r = add_row(&in, &t, &defaults, c->delivery.routes.v[i]);
		if (r < 0)
			return r;
	}
	*ret = t;
	return 0;
}

const struct route *route_find(const struct route_table *t, str domain)
{
	char wild[PATTERN_MAX + 1] = "*";
	const struct route *found;
	str whole;

	if (domain.n == 0)
		domain = t->own;
	whole = domain;
	found = map_get(&t->rows, domain);
	for (size_t dot = str_chr(domain, '.'); !found && dot != STR_NONE;
	     dot = str_chr(domain, '.')) {
		str below = str_skip(domain, dot);

		if (below.n < sizeof(wild)) {
			memcpy(wild + 1, below.p, below.n);
			found = map_get(&t->rows, str_of(wild, 1 + below.n));
		}
		domain = str_skip(below, 1);
	}
	if (!found)
		found = map_get(&t->rows, STR("*"));
	if (found)
		return found;
	return !t->domains || conf_strings_has(t->domains, whole) ? &t->fallback : &t->away;
}

str route_destination(struct arena *a, const struct route_table *t, str domain)
{
	const struct route *route = route_find(t, domain);
	struct strbuf b = strbuf_make(a, ROUTE_DESTINATION_MAX);

	if (route->to.kind != CONF_PEER_MX)
		return route->destination;
	strbuf_put(&b, STR("mx:"));
	domain = str_sub(domain.n ? domain : t->own, 0, ROUTE_DESTINATION_MAX - b.n);
	for (size_t i = 0; i < domain.n; i++)
		strbuf_char(&b, str_lower_char(domain.p[i]));
	return strbuf_str(&b);
}
