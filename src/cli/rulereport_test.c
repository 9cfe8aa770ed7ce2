/* The record about a wrong verdict tells nothing of who wrote, and what. */
#include "cli/rulereport.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char file[] =
	"thresholds: {tag: 6, quarantine: 10, reject: 15}\n"
	"symbols:\n"
	"  PRIZE: {group: g, created: 2026-01-02, description: {en: a, fr: b}, score: 3,"
	" when: {body: {regex: 'won (a|the) prize'}}, example: won a prize, near_miss: price}\n"
	"  BOTH: {group: g, created: 2026-01-02, description: {en: a, fr: b}, score: 5,"
	" when: {expr: PRIZE}}\n";

static const char *const private[] = { "jean",	     "dupont", "x.example", "dossier",
				       "0612345678", "madame", "durand" };

static str report(struct arena *a, const char *symbol, bool with_match)
{
	struct kept k = { .intended = ACTION_TAG, .score = 600, .decision = STR("") };
	struct strbuf out = strbuf_make(a, 1 << 20);
	struct rules *rules;
	struct why why;

	assert_int_equal(rules_load_text(a, str_c(file), STR_NULL, &rules, &why), 0);
	*arena_push(a, &k.facts.headers) =
		(struct facts_header){ STR("From"), STR("Jean Dupont <jean@x.example>"), 1 };
	*arena_push(a, &k.facts.headers) =
		(struct facts_header){ STR("Subject"), STR("Dossier de Madame Durand"), 2 };
	*arena_push(a, &k.facts.urls) =
		(struct facts_url){ .url = STR("https://x.example/dossier?t=0612345678") };
	*arena_push(a, &k.facts.parts) =
		(struct facts_part){ .filename = STR("durand.pdf"), .type = STR("x/durand") };
	*arena_push(a, &k.hits) =
		(struct kept_hit){ STR("PRIZE"), 0, STR("Madame Durand has won a prize"), 0 };
	rulereport_put(&out, &(struct rulereport){
				     .rules = rules,
				     .symbol = rules_find(rules, str_c(symbol)),
				     .kept = &k,
				     .text = STR("Madame Durand, appelez le 0612345678"),
				     .with_match = with_match,
			     });
	return strbuf_str(&out);
}

static bool contains(str text, const char *word)
{
	for (size_t i = 0; i < text.n; i++) {
		if (str_caseeq(str_sub(text, i, i + strlen(word)), str_c(word)))
			return true;
	}
	return false;
}

static void no_word_name_or_number_of_the_message_is_in_it(void **state)
{
	static const char *const names[] = { "PRIZE", "BOTH" };
	struct arena *a = arena_new("test", 64 << 20);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		str text = report(a, names[i / 2], i % 2);

		for (size_t k = 0; k < ARRAY_LEN(private); k++)
			assert_false(contains(text, private[k]));
		assert_true(contains(text, "\"subject\":\"Aa a Aa Aa\""));
		assert_true(contains(text, "\"links\":[\"a://a.a/a?a=9\"]"));
		assert_true(contains(text, "\"text\":\"Aa Aa, a a 9\""));
	}
	arena_free(a);
}

/* Evidence begins before the match; only the match is told, and only when asked for. */
static void what_matched_is_told_in_clear_when_asked_for(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);

	(void)state;
	assert_false(contains(report(a, "PRIZE", false), "won a prize"));
	assert_true(contains(report(a, "PRIZE", true),
			     "\"matches\":[{\"symbol\":\"PRIZE\",\"seen\":\"won a prize\"}]"));
	assert_true(contains(report(a, "BOTH", true), "\"seen\":\"won a prize\""));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_word_name_or_number_of_the_message_is_in_it),
		cmocka_unit_test(what_matched_is_told_in_clear_when_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
