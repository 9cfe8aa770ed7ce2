#include "scan/rates.h"

#include "base/log.h"
#include "scan/memorynames.h"
#include "sys/metrics.h"

enum { V6_PREFIX = 64 };

_Static_assert(2 * RATES_LIMITS <= MEMORY_MAX_NAMES, "one question is enough");

/* Of IPv6 the /64, which is what one subscriber has. */
static str client_of(struct arena *a, str address)
{
	struct strbuf out = strbuf_make(a, IP_TEXT_MAX);
	struct ip ip;

	if (!ip_parse(address, &ip))
		return STR("");
	if (ip.n == IP_V6)
		ip = ip_network(ip, V6_PREFIX);
	ip_put(&out, ip);
	return strbuf_str(&out);
}

static void put(struct rates *r, const struct conf *conf, enum raterow_what what, str who)
{
	struct raterow rows[RATEROW_TOGETHER];
	size_t n = who.n ? raterow_of(conf, what, who, rows) : 0;

	for (size_t i = 0; i < n; i++) {
		r->rows[r->n] = rows[i];
		r->who[r->n++] = who;
	}
}

static struct memory_name name_of(struct arena *a, const struct rates *r, size_t i, int64_t window)
{
	const struct raterow *row = &r->rows[i];
	str word = raterow_word(row->what);

	/* Who it is comes last: a name that is too long is cut at its end. */
	return (struct memory_name){ MEMORY_RATE,
				     arena_fmt(a, "%.*s %lld %lld %.*s", STR_ARG(word),
					       (long long)row->period_s, (long long)window,
					       STR_ARG(r->who[i])) };
}

/* Whoever runs this server can be told so (RFC 5321 4.5.1). */
static bool is_for_postmaster(const struct envelope *env)
{
	for (size_t i = 0; i < env->n_recipients; i++) {
		if (!str_casestarts(env->recipients[i], STR("postmaster@")))
			return false;
	}
	return true;
}

/* Notifications are sent for nobody, and nobody waits for ours. */
static void find_limits(struct rates *r, struct arena *a, const struct conf *conf,
			const struct envelope *env, int64_t now)
{
	if (conf->role == CONF_ROLE_OUT) {
		put(r, conf, RATEROW_SENDER, env->login.n ? env->login : env->reverse_path);
		put(r, conf, RATEROW_DOMAIN, memorynames_domain(env->reverse_path));
	}
	if (conf->role == CONF_ROLE_OUT || !is_for_postmaster(env))
		put(r, conf, RATEROW_CLIENT, client_of(a, env->client_ip));
	for (size_t i = 0; i < r->n; i++) {
		int64_t window = now / r->rows[i].period_s;

		r->names[2 * i] = name_of(a, r, i, window);
		r->names[2 * i + 1] = name_of(a, r, i, window - 1);
	}
}

/* As if the window before had been filled evenly. */
static double sent_of(const struct rates *r, size_t i, int64_t now)
{
	int64_t period = r->rows[i].period_s;
	double left = 1 - (double)(now % period) / (double)period;

	return r->facts[2 * i].good + r->facts[2 * i + 1].good * left;
}

static bool exceeded(const struct rates *r, struct arena *a, const struct envelope *env, size_t i,
		     int64_t now, struct evidence *e)
{
	const struct raterow *row = &r->rows[i];
	double sent = sent_of(r, i, now);
	str word = raterow_word(row->what), text;

	/* What was counted may have faded by a millionth. */
	if (sent + 1 <= row->count + 0.01)
		return false;
	text = arena_fmt(a, "%.*s %.*s: %.0f recipients in %lld seconds, may have %u",
			 STR_ARG(word), STR_ARG(r->who[i]), sent, (long long)row->period_s,
			 row->count);
	log_event("rate.exceeded", F_STR("mid", env->mid), F_STR("sid", env->sid),
		  F_STR("ip", env->client_ip), F_STR("login", env->login),
		  F_STR("from", env->reverse_path), F_STR("limit", text));
	evidence_add(a, e, STR("RATELIMITED"), text);
	if (row->name.n)
		evidence_add(a, e, STR("DYN_RL"), row->name);
	return true;
}

void rates_collect(const struct memory *m, struct arena *a, const struct conf *conf,
		   const struct envelope *env, int64_t now, struct rates *ret, struct evidence *e)
{
	struct rates r = { .n = 0 };
	bool any = false;
	struct why why;

	*ret = r;
	find_limits(&r, a, conf, env, now);
	if (r.n == 0 ||
	    memory_recall(m, a, r.names, 2 * r.n, now, deadline_in(MEMORY_MS), r.facts, &why) < 0)
		return;
	for (size_t i = 0; i < r.n; i++)
		any |= exceeded(&r, a, env, i, now, e);
	if (any)
		metrics_add(METRIC_scan_ratelimited, 1);
	else
		*ret = r;
}

void rates_count(const struct memory *m, const struct rates *r, const struct envelope *env,
		 int64_t now)
{
	struct memory_change changes[RATES_LIMITS];
	struct why why;

	for (size_t i = 0; i < r->n; i++)
		changes[i] = (struct memory_change){ .name = r->names[2 * i],
						     .good = (double)env->n_recipients };
	if (r->n)
		defs_ignore(memory_note(m, changes, r->n, now, &why)); /* lost: not counted */
}
