#include "relay/stscache.h"

enum { ENTRY_BUDGET = 1 << 20, FETCH_BUDGET = 4 << 20 };

struct entry {
	struct list link;
	struct arena *arena;
	str domain;
	char id[STSPOLICY_ID_MAX + 1];
	struct arena *policy_arena; /* NULL: there is no policy yet */
	struct stspolicy policy;
	int64_t expires, retry; /* by clock_now_ms; not fetched again before retry */
	unsigned users;		/* while there are some it stays */
	bool fetching;
};

void stscache_init(struct stscache *c, stscache_fetch *fetch)
{
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->fetched, NULL);
	list_init(&c->entries);
	c->n = 0;
	c->fetch = fetch;
}

static void forget_oldest(struct stscache *c)
{
	for (struct list *l = c->entries.prev; l != &c->entries; l = l->prev) {
		struct entry *e = list_entry(l, struct entry, link);

		if (e->users)
			continue;
		list_remove(&e->link);
		arena_free(e->policy_arena);
		arena_free(e->arena);
		c->n--;
		return;
	}
}

static struct entry *find_entry(struct stscache *c, str domain)
{
	list_each (&c->entries, link) {
		struct entry *e = list_entry(link, struct entry, link);

		if (str_eq(e->domain, domain))
			return e;
	}
	return NULL;
}

static struct entry *make_entry(struct stscache *c, str domain)
{
	struct arena *a = arena_new("MTA-STS domain", ENTRY_BUDGET);
	struct entry *e = arena_make(a, struct entry);

	e->arena = a;
	e->domain = arena_str(a, domain);
	list_init(&e->link);
	if (++c->n > STSCACHE_MAX)
		forget_oldest(c);
	return e;
}

/* The id of the one record; empty: there is none, or more than one (RFC 8461 3.1). */
static str ask_id(const struct stsfetch *how, struct arena *a, str domain, deadline until)
{
	str name = arena_fmt(a, "_mta-sts.%.*s", STR_ARG(domain));
	struct dns_answer txt = dns_ask(how->dns, a, name, DNS_TXT, until);
	str id, found = STR("");

	for (size_t i = 0; i < txt.n; i++) {
		if (!stspolicy_record_id(txt.records[i].value, &id))
			continue;
		if (found.n)
			return STR("");
		found = id;
	}
	return found;
}

static void copy_policy(struct arena *a, const struct stspolicy *from, struct stspolicy *to)
{
	*to = *from;
	for (size_t i = 0; i < from->n_mx; i++)
		to->mx[i] = arena_str(a, from->mx[i]);
}

static void put_policy(struct entry *e, str id, const struct stspolicy *policy)
{
	struct arena *old = e->policy_arena;

	e->policy_arena = arena_new("MTA-STS policy", ENTRY_BUDGET);
	copy_policy(e->policy_arena, policy, &e->policy);
	memcpy(e->id, id.p, id.n);
	e->id[id.n] = '\0';
	e->expires = clock_now_ms() + policy->max_age * 1000;
	arena_free(old);
}

static bool is_valid(const struct entry *e)
{
	return e->policy_arena && e->expires > clock_now_ms();
}

/* With the lock held, which is let go meanwhile. */
static int fetch(struct stscache *c, struct entry *e, const struct stsfetch *how, str id,
		 deadline until, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("MTA-STS fetch", FETCH_BUDGET);
	struct stspolicy policy;
	int r;

	e->fetching = true;
	pthread_mutex_unlock(&c->lock);
	r = c->fetch(how, a, e->domain, until, &policy, why);
	pthread_mutex_lock(&c->lock);
	e->fetching = false;
	if (r == STSFETCH_OK)
		put_policy(e, id, &policy);
	else
		e->retry = clock_now_ms() + STSCACHE_RETRY_MS;
	pthread_cond_broadcast(&c->fetched);
	return r;
}

/* With the lock held. RFC 8461 5.1: an id that is published and not the one we have. */
static int refresh(struct stscache *c, struct entry *e, const struct stsfetch *how, str id,
		   deadline until, struct why *why)
{
	while (e->fetching)
		pthread_cond_wait(&c->fetched, &c->lock);
	if (id.n == 0 || (is_valid(e) && str_eq(id, str_c(e->id))) || clock_now_ms() < e->retry)
		return STSFETCH_OK;
	return fetch(c, e, how, id, until, why);
}

bool stscache_find(struct stscache *c, const struct stsfetch *how, struct arena *a, str domain,
		   deadline until, struct stspolicy *ret, int *ret_trouble, struct why *why)
{
	str id = ask_id(how, a, domain, until);
	struct entry *e;
	bool valid = false;

	*ret_trouble = STSFETCH_OK;
	pthread_mutex_lock(&c->lock);
	e = find_entry(c, domain);
	if (!e && id.n)
		e = make_entry(c, domain);
	if (e) {
		e->users++;
		list_remove(&e->link);
		list_append(c->entries.next, &e->link);
		*ret_trouble = refresh(c, e, how, id, until, why);
		valid = is_valid(e);
		if (valid)
			copy_policy(a, &e->policy, ret);
		e->users--;
	}
	pthread_mutex_unlock(&c->lock);
	return valid;
}
