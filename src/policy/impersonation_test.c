#include "policy/impersonation.h"

#include "inspect/inspect.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char rules_text[] =
	"thresholds: {tag: 6, quarantine: 10, reject: 15}\n"
	"protected:\n"
	"  domains: [partner-labo.example, ameli.fr, microsoft.com, paypal.com, paypal.fr]\n"
	"  people:\n"
	"    - {name: Jeanne Petit, addresses: [jeanne@home.example]}\n"
	"    - {name: H\xc3\xa9l\xc3\xa8ne de la Tour}\n"
	"  brands:\n"
	"    - {names: [Cr\xc3\xa9"
	"dit Exemple, Exbank], domains: [credit-exemple.fr, exbank.com]}\n"
	"    - {names: [Colisto], domains: [colisto.example]}\n"
	"    - {names: [Livret Gros], alone: [Livret], domains: [livret.example]}\n";

/* The names of all evidence about such a header. */
static str seen(struct arena *a, str header)
{
	struct conf_strings own = { (str[]){ STR("hopital.example"), STR("ch-ville.fr") }, 2 };
	struct evidence e = { 0 };
	struct strbuf out = strbuf_make(a, 1000);
	struct rules *r;
	struct facts f;
	struct why why;

	if (rules_load_text(a, str_c(rules_text), STR_NULL, &r, &why) < 0)
		fail_msg("%s", why.text);
	inspect_message(a, header, NULL, &inspect_default_limits, &f);
	impersonation_find(a, impersonation_prepare(a, &own, r), &f, &e);
	for (size_t i = 0; i < e.symbols.n; i++) {
		strbuf_put(&out, i ? STR(" ") : STR(""));
		strbuf_put(&out, e.symbols.v[i].name);
	}
	return out.n ? strbuf_str(&out) : STR("");
}

static void borrowed_names_are_seen(void **state)
{
	static const struct {
		const char *from, *seen;
	} cases[] = {
		/* genuine */
		{ "x@hopital.example", "" },
		{ "x@mail.hopital.example", "" },
		{ "x@partner-labo.example", "AUTHOR_PROTECTED" },
		{ "x@news.microsoft.com", "AUTHOR_PROTECTED" },
		{ "x@paypal.fr", "AUTHOR_PROTECTED" },
		{ "x@other.example", "" },
		{ "Jeanne Petit <jeanne@home.example>", "" },
		{ "Jeanne Petit <j.petit@hopital.example>", "" },
		{ "Jeanne <x@other.example>", "" },
		{ "Jeanne Petitjean <x@other.example>", "" },
		/* domains */
		{ "x@rnicrosoft.com", "LOOKALIKE_KNOWN_DOMAIN" },
		{ "x@h0pital.example", "LOOKALIKE_OWN_DOMAIN" },
		{ "x@mail.h0pital.example", "LOOKALIKE_OWN_DOMAIN" },
		{ "x@paypa1.com", "LOOKALIKE_KNOWN_DOMAIN" },
		{ "x@hopitall.example", "TYPO_OWN_DOMAIN" },
		{ "x@hpital.example", "TYPO_OWN_DOMAIN" },
		{ "x@hopitla.example", "TYPO_OWN_DOMAIN" },
		{ "x@hopital-rh.example", "DOMAIN_SHOWS_OWN" },
		{ "x@hopital.evil.example", "DOMAIN_SHOWS_OWN" },
		{ "x@hopital.com", "DOMAIN_SHOWS_OWN" },
		{ "x@chopital.example", "TYPO_OWN_DOMAIN" },
		{ "x@ameli-compte.example", "DOMAIN_SHOWS_KNOWN" },
		{ "x@ameli.fr.evil.example", "DOMAIN_SHOWS_KNOWN" },
		{ "x@camelia.fr", "" },
		{ "x@amely.fr", "" }, /* too short to tell a slip from a name */
		{ "x@paypal.de", "" },
		/* people */
		{ "Jeanne Petit <boss@evil.example>", "PERSON_FORGED" },
		{ "\"PETIT Jeanne (direction)\" <boss@evil.example>", "PERSON_FORGED" },
		{ "=?utf-8?q?J=D0=B5anne_Petit?= <boss@evil.example>", "PERSON_FORGED" },
		{ "Helene de la Tour <boss@evil.example>", "PERSON_FORGED" },
		/* brands */
		{ "Exbank <news@mail.exbank.com>", "AUTHOR_PROTECTED" },
		{ "Exbank <x@exbank.de>", "" },
		{ "Exbank <x@exbank.co.uk>", "" },
		{ "Exbank <x@exbank.shop>", "BRAND_FORGED" },
		{ "Exbank <x@exbank.me>", "BRAND_FORGED" },
		{ "Exbank <x@exbank.com.evil.example>", "BRAND_FORGED" },
		{ "\"Service client CREDIT-EXEMPLE ,\" <x@evil.example>", "BRAND_FORGED" },
		{ "=?utf-8?b?RdGFYmFuaw==?= <x@evil.example>", "BRAND_FORGED" }, /* Cyrillic x */
		{ "Colisto by Exbank <x@exbank.com>", "AUTHOR_PROTECTED" },
		{ "Exbanks <x@evil.example>", "" },
		{ "Exbank <x@hopital.example>", "" },
		/* a name that is also a word counts when it stands alone */
		{ "Livret <x@evil.example>", "BRAND_FORGED" },
		{ "\"LIVRET !\" <x@evil.example>", "BRAND_FORGED" },
		{ "Livret <x@livret.example>", "AUTHOR_PROTECTED" },
		{ "Livret d'accueil <x@evil.example>", "" },
		{ "Marie Livret <x@evil.example>", "" },
		{ "Mon livret gros <x@evil.example>", "BRAND_FORGED" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		str got = seen(a, arena_fmt(a, "From: %s\r\n\r\n", cases[i].from));

		if (!str_eq(got, str_c(cases[i].seen)))
			fail_msg("%s: %.*s, expected %s", cases[i].from, STR_ARG(got),
				 cases[i].seen);
	}
}

static void who_is_to_be_answered_is_looked_at_too(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);

	(void)state;
	assert_true(str_eq(seen(a, STR("From: x@other.example\r\nReply-To: x@h0pital.example\r\n"
				       "\r\n")),
			   STR("LOOKALIKE_OWN_DOMAIN")));
	assert_true(str_eq(seen(a, STR("From: x@other.example\r\nTo: x@h0pital.example\r\n\r\n")),
			   STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(borrowed_names_are_seen),
		cmocka_unit_test(who_is_to_be_answered_is_looked_at_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
