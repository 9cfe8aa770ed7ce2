#include "scan/greylist.h"

#include "scan/memorynames.h"
#include "sys/metrics.h"

enum { V4_PREFIX = 19, V6_PREFIX = 64 };

/* By what a sender is known again. */
struct origins {
	str v[GREYLIST_ORIGINS];
	size_t n;
	str servers[GREYLIST_ORIGINS]; /* those that are one server, or one domain's */
	size_t n_servers;
};

_Static_assert(GREYLIST_ORIGINS *GREYLIST_ASKED + GREYLIST_ORIGINS + 1 <= MEMORY_MAX_NAMES,
	       "one question and one note are enough");

static str text_of(struct arena *a, struct ip ip, const char *suffix)
{
	struct strbuf out = strbuf_make(a, IP_TEXT_MAX + 4);

	ip_put(&out, ip);
	strbuf_put(&out, str_c(suffix));
	return strbuf_str(&out);
}

/* Of IPv6 a /64 is what one server has; of IPv4 a /19 is about what one provider's servers that
 * share a queue have, and the server itself one address. */
static void put_client(struct arena *a, struct origins *o, str client)
{
	struct ip ip;

	if (!ip_parse(client, &ip))
		return;
	if (ip.n == IP_V6) {
		o->v[o->n++] = o->servers[o->n_servers++] =
			text_of(a, ip_network(ip, V6_PREFIX), "/64");
		return;
	}
	o->servers[o->n_servers++] = text_of(a, ip, "");
	o->v[o->n++] = text_of(a, ip_network(ip, V4_PREFIX), "/19");
}

static void put_domain(struct origins *o, str domain)
{
	if (domain.n)
		o->v[o->n++] = o->servers[o->n_servers++] = domain;
}

static struct origins origins_of(struct arena *a, const struct envelope *env, const struct facts *f,
				 const struct auth_results *auth)
{
	const struct facts_header *h = facts_header(f, STR("Message-ID"));
	str rest = h ? h->value : STR(""), id;
	struct origins o = { .n = 0 };
	size_t signers = 0;

	put_client(a, &o, env->client_ip);
	if (memorynames_next_id(&rest, &id))
		o.v[o.n++] = id;
	if (auth->spf.result == SPFCHECK_PASS)
		put_domain(&o, memorynames_domain(env->reverse_path));
	for (size_t i = 0; i < auth->n_dkim && signers < GREYLIST_SIGNERS; i++) {
		if (auth->dkim[i].result != AUTH_PASS || auth->dkim[i].uncovered)
			continue;
		put_domain(&o, auth->dkim[i].domain);
		signers++;
	}
	return o;
}

/* The recipient comes before the reverse-path: a name that is too long is cut at its end. */
static struct memory_name put_off(struct arena *a, str origin, str recipient,
				  const struct envelope *env)
{
	return (struct memory_name){ MEMORY_PUT_OFF,
				     arena_fmt(a, "%.*s %.*s %.*s", STR_ARG(origin),
					       STR_ARG(recipient), STR_ARG(env->reverse_path)) };
}

static int note(const struct memory *m, struct memory_change *changes, size_t *n, int64_t now)
{
	struct why why;
	int r = memory_note(m, changes, *n, now, &why);

	*n = 0;
	return r;
}

/* Under which it is counted how many rows a network makes. */
static struct memory_name source_of(struct arena *a, const struct envelope *env)
{
	str network = memory_network(a, env->client_ip);

	return (struct memory_name){ MEMORY_SOURCE,
				     arena_fmt(a, "put off %.*s", STR_ARG(network)) };
}

static int note_put_off(const struct memory *m, struct arena *a, const struct origins *o,
			const struct envelope *env, size_t recipients, int64_t now)
{
	struct memory_change changes[MEMORY_MAX_NAMES];
	size_t n = 0;

	for (size_t i = 0; i < env->n_recipients && i < recipients; i++) {
		for (size_t k = 0; k < o->n; k++)
			changes[n++] = (struct memory_change){
				.name = put_off(a, o->v[k], env->recipients[i], env), .good = 1
			};
	}
	changes[n] = (struct memory_change){ .name = source_of(a, env), .good = (double)n };
	n++;
	return note(m, changes, &n, now);
}

/* Lost: it is asked again some day. */
static void note_servers(const struct memory *m, const struct origins *o, int64_t now)
{
	struct memory_change changes[GREYLIST_ORIGINS];
	size_t n = 0;

	for (size_t i = 0; i < o->n_servers; i++)
		changes[n++] = (struct memory_change){ .name = { MEMORY_CAME_BACK, o->servers[i] },
						       .good = 1 };
	defs_ignore(note(m, changes, &n, now));
}

static size_t names_of(struct arena *a, const struct origins *o, const struct envelope *env,
		       struct memory_name ret[MEMORY_MAX_NAMES])
{
	size_t n = 0;

	for (size_t i = 0; i < o->n_servers; i++)
		ret[n++] = (struct memory_name){ MEMORY_CAME_BACK, o->servers[i] };
	for (size_t i = 0; i < env->n_recipients && i < GREYLIST_ASKED; i++) {
		for (size_t k = 0; k < o->n; k++)
			ret[n++] = put_off(a, o->v[k], env->recipients[i], env);
	}
	ret[n++] = source_of(a, env);
	return n;
}

/* Of what was put off the row that is oldest; 0: none is there. */
static int64_t first_seen(const struct memory_name *names, const struct memory_fact *facts,
			  size_t n, enum memory_kind kind)
{
	int64_t first = 0;

	for (size_t i = 0; i < n; i++) {
		if (names[i].kind == kind && facts[i].first_seen &&
		    (!first || facts[i].first_seen < first))
			first = facts[i].first_seen;
	}
	return first;
}

static void say(struct arena *a, struct evidence *e, str name, enum metric metric, str text)
{
	metrics_add(metric, 1);
	evidence_add(a, e, name, text);
}

static void come_back(const struct memory *m, struct arena *a, const struct origins *o,
		      const struct envelope *env, size_t recipients, int64_t now, bool early,
		      int64_t wait_s, struct evidence *e)
{
	str text = arena_fmt(a, "in %lld seconds", (long long)wait_s);

	if (note_put_off(m, a, o, env, recipients, now) < 0)
		say(a, e, STR("GREYLIST_UNASKED"), METRIC_scan_greylist_unasked, STR(""));
	else if (early)
		say(a, e, STR("GREYLIST_EARLY"), METRIC_scan_greylist_early, text);
	else
		say(a, e, STR("GREYLIST_NEW"), METRIC_scan_greylist_new, text);
}

void greylist_ask(const struct memory *m, struct arena *a, const struct conf *conf,
		  const struct envelope *env, const struct facts *f,
		  const struct auth_results *auth, int64_t now, int64_t *ret_wait_s,
		  struct evidence *e)
{
	struct origins o = origins_of(a, env, f, auth);
	int64_t delay = conf->greylist.delay / 1000, first, waited;
	struct memory_name names[MEMORY_MAX_NAMES];
	struct memory_fact facts[MEMORY_MAX_NAMES];
	size_t n = names_of(a, &o, env, names);
	struct why why;

	*ret_wait_s = 0;
	if (!m->recall || o.n == 0 ||
	    memory_recall(m, a, names, n, now, deadline_in(MEMORY_MS), facts, &why) < 0) {
		say(a, e, STR("GREYLIST_UNASKED"), METRIC_scan_greylist_unasked, STR(""));
		return;
	}
	first = first_seen(names, facts, n, MEMORY_PUT_OFF);
	waited = first && now > first ? now - first : 0;
	if (first_seen(names, facts, n, MEMORY_CAME_BACK)) {
		note_servers(m, &o, now);
		say(a, e, STR("GREYLIST_KNOWN"), METRIC_scan_greylist_known, STR(""));
	} else if (first && waited >= delay) {
		note_servers(m, &o, now);
		say(a, e, STR("GREYLIST_CAME_BACK"), METRIC_scan_greylist_came_back,
		    arena_fmt(a, "after %lld seconds", (long long)waited));
	} else {
		size_t recipients = facts[n - 1].good < GREYLIST_HOUR ? GREYLIST_ASKED : 1;

		*ret_wait_s = delay - waited;
		come_back(m, a, &o, env, recipients, now, first != 0, *ret_wait_s, e);
	}
}
