#include "scan/senderevidence.h"

#include "dns/zonefile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char zone[] =
	"{\"a.example\": {\"MX\": [[1, \"a.example\"]], \"A\": [\"192.0.2.1\"]},"
	"\"b.example\": {\"A\": [\"192.0.2.2\"]}, \"null.example\": {\"MX\": [[0, \".\"]]},"
	"\"slow.example\": {\"*\": \"timeout\"}}";

struct world {
	struct arena *arena;
	struct conf *conf;
	struct dns_resolver dns;
	struct auth_results found;
	struct envelope env;
	struct facts facts;
	struct evidence e;
};

static struct world new_world(const char *path, const char *author)
{
	struct world w = { .arena = arena_new("test", 1 << 24) };
	struct zonefile *z;
	struct why why = { "" };

	w.conf = conf_new_default(w.arena);
	if (zonefile_parse(w.arena, str_c(zone), &z, &why) < 0)
		fail_msg("%s", why.text);
	w.dns = zonefile_resolver(z);
	w.env = (struct envelope){ .client_ip = STR("192.0.2.1"),
				   .reverse_path = str_c(path),
				   .has_reverse_path = true };
	*arena_push(w.arena, &w.facts.addresses) =
		(struct facts_address){ FACTS_FROM, STR(""), STR("x"), str_c(author) };
	return w;
}

/* "A B" of all names. */
static str collected(struct world *w)
{
	struct strbuf b = strbuf_make(w->arena, 4096);
	struct authcheck c;

	authcheck_open(&c, w->arena, &w->dns, 0);
	senderevidence_prefetch(&c, &w->env, NULL, 0, 0);
	senderevidence_collect(&c, w->conf, &w->env, &w->facts, &w->found, 0, &w->e);
	for (size_t i = 0; i < w->e.symbols.n; i++)
		strbuf_fmt(&b, "%s%.*s", i ? " " : "", STR_ARG(w->e.symbols.v[i].name));
	return strbuf_str(&b);
}

static void senders_that_cannot_be_answered_are_told(void **state)
{
	static const struct {
		const char *path, *author, *names;
	} rows[] = {
		{ "x@a.example", "a.example", "MX_GOOD" },
		{ "x@a.example", "b.example", "MX_GOOD MX_IMPLICIT" },
		{ "x@null.example", "a.example", "MX_MISSING MX_GOOD" },
		{ "x@nobody.example", "a.example", "SENDER_DOMAIN_UNKNOWN MX_GOOD" },
		{ "x@a.example", "nobody.example", "MX_GOOD MX_MISSING" },
		{ "", "b.example", "MX_IMPLICIT" },
		/* No answer is not "no". */
		{ "x@slow.example", "slow.example", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world w = new_world(rows[i].path, rows[i].author);
		str names = collected(&w);

		if (!str_eq(names, str_c(rows[i].names)))
			fail_msg("row %zu: %.*s", i, STR_ARG(names));
		arena_free(w.arena);
	}
}

static void only_a_signature_of_the_author_over_the_whole_body_counts(void **state)
{
	static const struct {
		const char *signer, *author;
		enum auth_code result;
		uint64_t uncovered;
		bool second_author, aligned;
	} rows[] = {
		{ "a.example", "a.example", AUTH_PASS, 0, false, true },
		{ "a.example", "news.a.example", AUTH_PASS, 0, false, true },
		{ "news.a.example", "a.example", AUTH_PASS, 0, false, true },
		{ "a.example", "b.example", AUTH_PASS, 0, false, false },
		{ "example", "a.example", AUTH_PASS, 0, false, false },
		{ "xa.example", "a.example", AUTH_PASS, 0, false, false },
		{ "a.example", "a.example", AUTH_FAIL, 0, false, false },
		{ "a.example", "a.example", AUTH_POLICY, 0, false, false },
		{ "a.example", "a.example", AUTH_PASS, 7, false, false },
		{ "a.example", "a.example", AUTH_PASS, 0, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world w = new_world("", rows[i].author);
		struct dkim_result r = { .result = rows[i].result,
					 .domain = str_c(rows[i].signer),
					 .uncovered = rows[i].uncovered };
		str names;

		if (rows[i].second_author)
			*arena_push(w.arena, &w.facts.addresses) =
				(struct facts_address){ FACTS_FROM, STR(""), STR("y"),
							STR("b.example") };
		w.found.dkim = &r;
		w.found.n_dkim = 1;
		names = collected(&w);
		assert_int_equal(str_find(names, STR("DKIM_ALIGNED")) != STR_NONE, rows[i].aligned);
		assert_int_equal(str_find(names, STR("DKIM_UNCOVERED")) != STR_NONE,
				 rows[i].uncovered != 0);
		arena_free(w.arena);
	}
}

static void a_trusted_sealer_vouches_for_what_it_saw_confirmed(void **state)
{
	static const struct {
		const char *results;
		bool trusted, vouched;
	} rows[] = {
		{ "mx.example; dmarc=pass header.from=a.example", true, true },
		{ "mx.example; dmarc=pass header.from=a.example", false, false },
		{ "mx.example; dkim=pass header.d=evil.example; dmarc=fail", true, false },
		{ "mx.example; dmarc=pass header.from=evil.example", true, false },
		{ "mx.example; dmarc=pass", true, false },
		{ "mx.example; spf=pass smtp.mailfrom=a.example; dmarc=none", true, true },
		{ "mx.example; spf=pass smtp.mailfrom=x@a.example; dmarc=none", true, true },
		{ "mx.example; dkim=pass header.d=evil.example; dkim=pass header.i=@a.example",
		  true, true },
		/* What passed was somebody else. */
		{ "mx.example; spf=pass smtp.mailfrom=x@evil.example; dmarc=none", true, false },
		{ "mx.example; spf=pass smtp.helo=a.example; dmarc=none", true, false },
		{ "mx.example; dkim=pass header.d=evil.example", true, false },
		{ "mx.example; dkim=pass header.d=example", true, false },
		{ "mx.example; spf=pass; dkim=pass", true, false },
		{ "mx.example; spf=fail; dkim=none", true, false },
		{ "mx.example; none", true, false },
		{ "", true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world w = new_world("", "a.example");
		struct arc_set set = { .domain = STR("fai.example"),
				       .results = str_c(rows[i].results) };

		w.found.arc = (struct arc_result){ .result = AUTH_PASS, .sets = &set, .n = 1 };
		w.found.arc_trusted = rows[i].trusted;
		if ((str_find(collected(&w), STR("ARC_VOUCHED")) != STR_NONE) != rows[i].vouched)
			fail_msg("row %zu", i);
		arena_free(w.arena);
	}
}

static void an_exception_needs_client_and_domain(void **state)
{
	static const struct {
		const char *domain;
		bool is;
	} rows[] = { { "a.example", true }, { "b.example", false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world w = new_world("", "a.example");
		struct why why;

		assert_int_equal(
			conf_set(w.conf, STR("spf.exceptions"), STR("192.0.2.1 a.example"), &why),
			0);
		w.found.spf.domain = str_c(rows[i].domain);
		assert_int_equal(str_find(collected(&w), STR("SPF_EXCEPTED")) != STR_NONE,
				 rows[i].is);
		arena_free(w.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(senders_that_cannot_be_answered_are_told),
		cmocka_unit_test(only_a_signature_of_the_author_over_the_whole_body_counts),
		cmocka_unit_test(a_trusted_sealer_vouches_for_what_it_saw_confirmed),
		cmocka_unit_test(an_exception_needs_client_and_domain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
