#include "scan/urlevidence.h"

#include "dns/zonefile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char zone[] =
	"{\"wild.example\": {\"A\": [\"192.0.2.90\"]}, \"any.wild.example\": {\"A\": "
	"[\"192.0.2.90\"]},"
	"\"good.example\": {\"A\": [\"192.0.2.91\"], \"MX\": [[10, \"good.example\"]]},"
	"\"www.good.example\": {\"A\": [\"192.0.2.91\"]}, \"shop.good.example\": {\"A\": "
	"[\"192.0.2.92\"]},"
	"\"null.example\": {\"MX\": [[0, \".\"]], \"A\": [\"192.0.2.93\"]},"
	"\"slow.example\": {\"*\": \"timeout\"}, \"a.slow.example\": {\"*\": \"servfail\"}}";

struct world {
	struct arena *arena;
	struct dns_resolver below;
	struct facts facts;
	struct evidence e;
	size_t questions;
};

static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n, deadline d,
		   struct dns_answer *ret)
{
	struct world *w = ctx;

	w->questions += n;
	w->below.lookup(w->below.ctx, a, q, n, d, ret);
}

static void collect(struct world *w)
{
	str own[] = { STR("hopital.example") };
	struct conf_strings domains = { own, 1 };
	struct dns_resolver counted = { lookup, w };
	struct zonefile *z;
	struct why why = { "" };

	if (zonefile_parse(w->arena, str_c(zone), &z, &why) < 0)
		fail_msg("%s", why.text);
	w->below = zonefile_resolver(z);
	urlevidence_collect(w->arena, &counted, &domains, &w->facts, 0, &w->e);
}

static void add_link(struct world *w, const char *host, const char *domain)
{
	*arena_push(w->arena, &w->facts.urls) =
		(struct facts_url){ .host = str_c(host), .domain = str_c(domain) };
}

static void domains_of_links_are_asked_about(void **state)
{
	static const struct {
		const char *host, *domain, *names;
		size_t addresses;
	} rows[] = {
		{ "any.wild.example", "wild.example", "URL_NO_MX URL_HOST_IS_DOMAIN", 1 },
		{ "wild.example", "wild.example", "URL_NO_MX", 1 },
		{ "www.good.example", "good.example", "", 1 },
		{ "shop.good.example", "good.example", "", 1 },
		{ "null.example", "null.example", "URL_NO_MX", 1 },
		{ "gone.example", "gone.example", "URL_NO_MX", 0 },
		/* What was not answered weighs nothing. */
		{ "a.slow.example", "slow.example", "", 0 },
		{ "www.hopital.example", "hopital.example", "", 0 },
		{ "192.0.2.1", "", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world w = { .arena = arena_new("test", 1 << 22) };
		struct strbuf b = strbuf_make(w.arena, 4096);

		add_link(&w, rows[i].host, rows[i].domain);
		collect(&w);
		for (size_t k = 0; k < w.e.symbols.n; k++)
			strbuf_fmt(&b, "%s%.*s", k ? " " : "", STR_ARG(w.e.symbols.v[k].name));
		if (!str_eq(strbuf_str(&b), str_c(rows[i].names)))
			fail_msg("%s: %.*s", rows[i].host, STR_ARG(strbuf_str(&b)));
		assert_int_equal(w.e.link_addresses.n, rows[i].addresses);
		arena_free(w.arena);
	}
}

static void a_flood_of_links_asks_no_more(void **state)
{
	struct world w = { .arena = arena_new("test", 1 << 24) };

	(void)state;
	for (int i = 0; i < 100; i++) {
		const char *host = arena_fmt(w.arena, "h%d.good.example", i / 2).p;

		add_link(&w, host, "good.example");
	}
	collect(&w);
	assert_int_equal(w.questions, 3 * URLEVIDENCE_HOSTS);
	arena_free(w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(domains_of_links_are_asked_about),
		cmocka_unit_test(a_flood_of_links_asks_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
