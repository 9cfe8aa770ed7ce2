#include "policy/listed.h"

struct search {
	struct arena *arena;
	const struct rules *rules;
	int64_t now;
	struct listed_found *found;
	struct listkey_set keys; /* of what is looked up */
};

static bool is_asked(const struct search *s, enum rules_when when)
{
	for (size_t i = 0; i < s->rules->by_list.n; i++) {
		if (s->rules->by_list.v[i]->when == when)
			return true;
	}
	return false;
}

static str evidence_of(struct search *s, str thing, const struct lists_list *list,
		       const struct listset_hit *hit)
{
	struct strbuf b = strbuf_make(s->arena, 2 * LISTKEY_MAX);

	strbuf_put(&b, thing);
	strbuf_put(&b, STR(" ("));
	strbuf_put(&b, list->name);
	strbuf_put(&b, STR(": "));
	listset_put(&b, hit);
	strbuf_char(&b, ')');
	return strbuf_str(&b);
}

/* Looks the keys up in each list that is asked for such a thing. */
static void look_up(struct search *s, enum rules_when when, str thing)
{
	struct listset_hit hit;

	for (size_t i = 0; i < s->rules->by_list.n; i++) {
		const struct rules_symbol *symbol = s->rules->by_list.v[i];

		if (symbol->when == when && lists_has(symbol->list, &s->keys, s->now, &hit))
			*arena_push(s->arena, &s->found->v) =
				(struct listed){ symbol,
						 evidence_of(s, thing, symbol->list, &hit) };
	}
}

static void look_up_mailbox(struct search *s, enum rules_when when, str local, str domain)
{
	if (domain.n == 0)
		return;
	listkey_address(s->arena, local, domain, &s->keys);
	look_up(s, when, s->keys.text);
}

static void look_up_path(struct search *s, enum rules_when when, str path)
{
	size_t at = str_rchr(path, '@');

	if (at != STR_NONE && is_asked(s, when))
		look_up_mailbox(s, when, str_sub(path, 0, at), str_skip(path, at + 1));
}

static void look_up_helo(struct search *s, str helo)
{
	if (!helo.n || !is_asked(s, RULES_HELO_IN))
		return;
	listkey_domain(s->arena, helo, &s->keys);
	look_up(s, RULES_HELO_IN, helo);
}

/* How many of the recipients are in that list; *hit is of the last one. */
static size_t count_recipients(struct search *s, const struct lists_list *list,
			       const struct envelope *env, struct listset_hit *hit)
{
	size_t n = 0;

	for (size_t i = 0; i < env->n_recipients; i++) {
		str path = env->recipients[i];
		size_t at = str_rchr(path, '@');

		if (at == STR_NONE)
			continue;
		listkey_address(s->arena, str_sub(path, 0, at), str_skip(path, at + 1), &s->keys);
		n += lists_has(list, &s->keys, s->now, hit);
	}
	return n;
}

/* A stranger can add a recipient that is listed, but take none away. */
static void look_up_every_recipient(struct search *s, const struct envelope *env)
{
	for (size_t i = 0; i < s->rules->by_list.n; i++) {
		const struct rules_symbol *symbol = s->rules->by_list.v[i];
		struct listset_hit hit;

		if (symbol->when == RULES_RECIPIENTS_IN && env->n_recipients &&
		    count_recipients(s, symbol->list, env, &hit) == env->n_recipients)
			*arena_push(s->arena, &s->found->v) = (struct listed){
				symbol, evidence_of(s, env->recipients[env->n_recipients - 1],
						    symbol->list, &hit)
			};
	}
}

static void look_up_envelope(struct search *s, const struct envelope *env)
{
	struct ip ip;

	if (ip_parse(env->client_ip, &ip)) {
		listkey_client(ip, &s->keys);
		look_up(s, RULES_CLIENT_IN, env->client_ip);
	}
	look_up_helo(s, env->helo);
	look_up_path(s, RULES_REVERSE_PATH_IN, env->reverse_path);
	for (size_t i = 0; i < env->n_recipients; i++)
		look_up_path(s, RULES_RECIPIENT_IN, env->recipients[i]);
	look_up_every_recipient(s, env);
}

static void look_up_addresses(struct search *s, const struct facts *f)
{
	for (size_t i = 0; i < f->addresses.n; i++) {
		const struct facts_address *x = &f->addresses.v[i];

		if (x->where == FACTS_FROM)
			look_up_mailbox(s, RULES_FROM_IN, x->local, x->domain);
		else if (x->where == FACTS_REPLY_TO)
			look_up_mailbox(s, RULES_REPLY_TO_IN, x->local, x->domain);
	}
}

static void look_up_urls(struct search *s, const struct facts *f)
{
	for (size_t i = 0; i < f->urls.n && is_asked(s, RULES_URL_IN); i++) {
		listkey_url(s->arena, f->urls.v[i].url, &s->keys);
		look_up(s, RULES_URL_IN, f->urls.v[i].url);
	}
}

static void look_up_hashes(struct search *s, const struct facts *f)
{
	for (size_t i = 0; i < f->parts.n && is_asked(s, RULES_HASH_IN); i++) {
		const struct facts_part *p = &f->parts.v[i];

		listkey_hash(s->arena, p->sha256, &s->keys);
		look_up(s, RULES_HASH_IN, p->filename.n ? p->filename : p->path);
	}
}

void listed_find(struct arena *a, const struct rules *rules, const struct envelope *envelope,
		 const struct facts *facts, int64_t now, struct listed_found *ret)
{
	struct search s = { .arena = a, .rules = rules, .now = now, .found = ret };

	if (rules->by_list.n == 0)
		return;
	look_up_envelope(&s, envelope);
	look_up_addresses(&s, facts);
	look_up_urls(&s, facts);
	look_up_hashes(&s, facts);
}
