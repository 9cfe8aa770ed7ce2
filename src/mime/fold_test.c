#include "base/exact.h"
#include "mime/language.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void text_is_folded_as_rules_compare_it(void **state)
{
	static const struct {
		str in, out;
	} cases[] = {
		{ STR(""), STR("") },
		{ STR("Mot de Passe"), STR("mot de passe") },
		{ STR("mot\xc2\xa0"
		      "de \r\n\t passe"),
		  STR("mot de passe") },
		{ STR("R\xc3\xa9initialiser"), STR("reinitialiser") },
		{ STR("Re\xcc\x81initialiser"), STR("reinitialiser") },
		{ STR("C\xc5\x92UR \xc3\x86 stra\xc3\x9f"
		      "e"),
		  STR("coeur ae strasse") },
		{ STR("pa\xe2\x80\x8bss\xc2\xadword"), STR("password") },
		{ STR("d\xe2\x80\x99"
		      "acc\xc3\xa8s \xc2\xab x \xc2\xbb"),
		  STR("d'acces \" x \"") },
		{ STR("\xd1\x80\xd0\xb0ssword"), STR("password") }, /* Cyrillic er, a */
		{ STR("P\xd0\x90SSW\xce\x9fRD"), STR("password") }, /* Cyrillic A, Greek O */
		{ STR("\xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0"),
		  STR("\xd0\xbc\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0") }, /* Moscow */
		{ STR("\xf0\x9d\x90\x8f\xf0\x9d\x90\x9a\xf0\x9d\x90\xb2"), STR("pay") },
		{ STR("\xef\xbc\xb0\xef\xbd\x81\xef\xbd\x99"), STR("pay") }, /* full width */
		{ STR("a\xc3\x97"
		      "b \xe2\x82\xac 5"),
		  STR("a\xc3\x97"
		      "b \xe2\x82\xac 5") },
		{ STR("\xe6\x97\xa5\xe6\x9c\xac"), STR("\xe6\x97\xa5\xe6\x9c\xac") },
		{ STR("a\xff"
		      "b"),
		  STR("ab") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct fold_facts facts;
		str got = fold_text(a, in, &facts);

		if (!str_eq(got, cases[i].out))
			print_error("case %zu: \"%.*s\"\n", i, STR_ARG(got));
		assert_true(str_eq(got, cases[i].out));
	}
}

/* mixed, invisible, hyphens, bidi, stacked, styled, spaces */
static void tricks_with_characters_are_counted(void **state)
{
	static const struct {
		str in;
		uint32_t n[7];
	} cases[] = {
		{ STR("Bonjour, d\xc3\xa9j\xc3\xa0 vu."), { 0 } },
		{ STR("\xd1\x80\xd0\xb0ssword"), { 1 } },
		{ STR("some words to begin a sentence with, and more "
		      "\xd1\x81\xd0\xbe\xd1\x81\xd0\xbe"),
		  { 1 } },
		{ STR("TNF\xce\xb1 NF\xce\xba"
		      "B \xc2\xb5m \xce\xb2-bloquant 5k\xce\xa9"),
		  { 0 } },
		{ STR("\xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0 news"), { 0 } },
		{ STR("p\xe2\x80\x8b"
		      "a\xe2\x80\x8c\xe2\x80\x8bss x\xe2\x80\x8b y"),
		  { 0, 3 } },
		{ STR("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80"), { 0 } }, /* emoji */
		{ STR("trai\xc2\xadte\xc2\xadment"), { 0, 0, 2 } },
		{ STR("a\xe2\x80\xae"
		      "fdp.exe"),
		  { 0, 1, 0, 1 } },
		{ STR("z\xcc\x80\xcc\x81\xcc\x82\xcc\x83 e\xcc\x81"), { 0, 0, 0, 0, 1 } },
		{ STR("\xf0\x9d\x90\x8f\xf0\x9d\x90\x9a"), { 0, 0, 0, 0, 0, 2 } },
		{ STR("a  b \xc2\xa0 c d"), { 0, 0, 0, 0, 0, 0, 2 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct fold_facts f;

		assert_non_null(fold_text(a, in, &f).p);
		if (f.mixed.n != cases[i].n[0] || f.invisible.n != cases[i].n[1])
			print_error("case %zu\n", i);
		assert_int_equal(f.mixed.n, cases[i].n[0]);
		assert_int_equal(f.invisible.n, cases[i].n[1]);
		assert_int_equal(f.hyphens.n, cases[i].n[2]);
		assert_int_equal(f.bidi.n, cases[i].n[3]);
		assert_int_equal(f.stacked.n, cases[i].n[4]);
		assert_int_equal(f.styled.n, cases[i].n[5]);
		assert_int_equal(f.spaces.n, cases[i].n[6]);
	}
}

static void the_language_is_guessed(void **state)
{
	static const struct {
		str in;
		const char *language;
	} cases[] = {
		{ STR("Bonjour, vous trouverez dans ce message le compte rendu de la consultation "
		      "et les r\xc3\xa9sultats."),
		  "fr" },
		{ STR("Please find attached the report of the consultation and the results for "
		      "your patient."),
		  "en" },
		{ STR("Sehr geehrte Damen und Herren, anbei finden Sie den Bericht, der nicht in "
		      "der Akte ist."),
		  "de" },
		{ STR("Estimado doctor, le enviamos los resultados de la consulta para el "
		      "paciente con su informe."),
		  "es" },
		{ STR("Gentile dottore, le inviamo il referto della visita che non era nel "
		      "fascicolo di ieri."),
		  "it" },
		{ STR("Geachte dokter, hierbij het verslag van de afspraak dat niet op tijd was "
		      "voor een pati\xc3\xabnt."),
		  "nl" },
		{ STR("Prezado doutor, enviamos os resultados do exame que n\xc3\xa3o estavam na "
		      "ficha com o nome em causa."),
		  "pt" },
		{ STR("ok"), "" },
		{ STR("x7 q9 zz kk pp rr tt vv ww xx yy zz aa bb cc dd ee ff gg hh jj kk ll"), "" },
		{ STR("\xe6\x97\xa5\xe6\x9c\xac\xe3\x81\xae\xe3\x81\xae\xe3\x81\xae\xe3\x81\xae\xe3"
		      "\x81\xae\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5"),
		  "ja" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct fold_facts f;
		str folded = fold_text(a, cases[i].in, &f);

		assert_true(str_eq(language_guess(folded, &f), str_c(cases[i].language)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_folded_as_rules_compare_it),
		cmocka_unit_test(tricks_with_characters_are_counted),
		cmocka_unit_test(the_language_is_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
