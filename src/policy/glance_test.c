#include "policy/glance.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct world {
	struct arena *arena;
	struct envelope env;
	struct facts facts;
};

static struct world new_world(void)
{
	struct world w = { .arena = arena_new("test", 1 << 22) };

	w.env = (struct envelope){ .reverse_path = STR("x@a.example"), .has_reverse_path = true };
	return w;
}

/* "A B" of all names; ends the world. */
static void assert_found(struct world *w, const char *want)
{
	str own[] = { STR("hopital.example") };
	struct conf_strings domains = { own, 1 };
	struct strbuf b = strbuf_make(w->arena, 4096);
	struct evidence e = { 0 };

	glance_evidence(w->arena, &domains, &w->env, &w->facts, &e);
	for (size_t i = 0; i < e.symbols.n; i++)
		strbuf_fmt(&b, "%s%.*s", i ? " " : "", STR_ARG(e.symbols.v[i].name));
	if (!str_eq(strbuf_str(&b), str_c(want)))
		fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(strbuf_str(&b)), want);
	arena_free(w->arena);
}

static void recipients_and_encryption_are_told(void **state)
{
	static const struct {
		const char *recipient, *want;
	} rows[] = {
		{ "jeanne@hopital.example", "RCPT_OWN_DOMAIN" },
		{ "jeanne+news@hopital.example", "RCPT_TAGGED RCPT_OWN_DOMAIN" },
		{ "+news@else.example", "" },
		{ "jeanne+@else.example", "" },
		{ "jeanne@a+b.example", "" },
		{ "nobody", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world w = new_world();
		str recipient = str_c(rows[i].recipient);

		w.env.recipients = &recipient;
		w.env.n_recipients = 1;
		assert_found(&w, rows[i].want);
	}
	{
		struct world w = new_world();

		w.env.tls_version = STR("TLSv1.3");
		assert_found(&w, "CLIENT_TLS");
	}
}

static void our_names_are_known_by_whoever_gives_them(void **state)
{
	static const struct {
		const char *helo, *want;
	} rows[] = {
		{ "hopital.example", "HELO_OWN_NAME" },
		{ "MX1.Hopital.example", "HELO_OWN_NAME" },
		{ "a.b.hopital.example", "HELO_OWN_NAME" },
		{ "ehopital.example", "" },
		{ "hopital.example.evil.example", "" },
		{ "example", "" },
		{ "...", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world w = new_world();

		w.env.helo = str_c(rows[i].helo);
		assert_found(&w, rows[i].want);
	}
}

static void a_bounce_goes_to_one(void **state)
{
	str two[] = { STR("a@x.example"), STR("b@x.example") };

	(void)state;
	for (size_t n = 0; n < 3; n++) {
		struct world w = new_world();

		w.env.reverse_path = STR("");
		w.env.recipients = two;
		w.env.n_recipients = n;
		assert_found(&w, n > 1 ? "HFILTER_FROM_BOUNCE HFILTER_RCPT_BOUNCEMOREONE"
				       : "HFILTER_FROM_BOUNCE");
	}
	{
		struct world w = new_world();

		w.env.reverse_path = STR("");
		w.env.has_reverse_path = false;
		assert_found(&w, "");
	}
}

static void one_server_is_one_server(void **state)
{
	(void)state;
	for (size_t n = 0; n < 3; n++) {
		struct world w = new_world();

		for (size_t i = 0; i < n; i++)
			*arena_push(w.arena, &w.facts.headers) =
				(struct facts_header){ STR("received"), STR("from x by y"), 1 };
		assert_found(&w, n == 1 ? "ONCE_RECEIVED" : "");
	}
}

static void a_text_that_is_but_a_link_is_told(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "https://a.example/some/page\n", "HFILTER_URL_ONLY" },
		{ "\n <https://a.example/some/page>\nhttps://b.example/\nok", "HFILTER_URL_ONLY" },
		{ "please have a look at https://a.example/ when you can\n",
		  "HFILTER_URL_ONELINE" },
		{ "Dear Jeanne,\nthe page is https://a.example/, see you soon.\nPaul\n", "" },
		{ "no link at all", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world w = new_world();

		*arena_push(w.arena, &w.facts.urls) =
			(struct facts_url){ .url = STR("https://a.example/") };
		w.facts.text = str_c(rows[i].text);
		assert_found(&w, rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recipients_and_encryption_are_told),
		cmocka_unit_test(our_names_are_known_by_whoever_gives_them),
		cmocka_unit_test(a_bounce_goes_to_one),
		cmocka_unit_test(one_server_is_one_server),
		cmocka_unit_test(a_text_that_is_but_a_link_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
