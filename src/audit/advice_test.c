#include "audit/advice.h"

#include "audit/dialogue.h"
#include "battery/battery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool is_translated(str id)
{
	for (const struct advice_translation *t = advice_titles; t->id; t++) {
		if (str_eq(str_c(t->id), id))
			return true;
	}
	return false;
}

static void check(str id, str group, str title)
{
	cleanup(arena_freep) struct arena *a = arena_new("advice", 1 << 16);
	struct advice x = advice_find(id, group);
	str fr = advice_title(a, id, title, ADVICE_FR);

	for (int lang = 0; lang < ADVICE_LANGS; lang++) {
		if (!x.name.in[lang] || !x.means.in[lang] || !x.poterne.in[lang] ||
		    !x.postfix.in[lang])
			fail_msg("%.*s (%.*s): no advice", STR_ARG(id), STR_ARG(group));
	}
	if (!is_translated(id) && str_eq(fr, title))
		fail_msg("%.*s: no French title", STR_ARG(id));
	assert_true(str_eq(advice_title(a, id, title, ADVICE_EN), title));
}

static void every_case_has_advice_and_a_french_title(void **state)
{
	const struct battery_case *c;
	const struct dialogue_case *d;

	(void)state;
	for (size_t i = 0; (c = battery_case_at(i)); i++)
		check(battery_case_id(c), battery_case_group(c), battery_case_title(c));
	for (size_t i = 0; (d = dialogue_at(i)); i++)
		check(dialogue_case_id(d), dialogue_group(d), dialogue_title(d));
}

static void sheets_are_those_that_number_the_tests(void **state)
{
	(void)state;
	assert_string_equal(advice_acss(STR("T001")), "mta");
	assert_string_equal(advice_acss(STR("T004")), "antivirus, attachment");
	assert_string_equal(advice_acss(STR("T099")), "ident, anomalies");
	assert_string_equal(advice_acss(STR("T147")), "attachment");
	assert_string_equal(advice_acss(STR("T165")), "");
	assert_string_equal(advice_acss(STR("C-001")), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_has_advice_and_a_french_title),
		cmocka_unit_test(sheets_are_those_that_number_the_tests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
