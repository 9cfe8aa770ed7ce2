#include "audit/letter.h"

#include "base/clock.h"
#include "battery/zone.h"
#include "mail/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct taken {
	struct arena *arena;
	const struct letter_world *world;
	struct battery_message m;
	struct posting_letter letter;
	size_t n;
};

static void take(void *ctx, const struct battery_message *m)
{
	struct taken *t = ctx;

	t->n++;
	letter_make(t->arena, t->world, m, &t->letter);
	t->letter.bytes = arena_str(t->arena, t->letter.bytes);
	t->letter.reverse_path = arena_str(t->arena, t->letter.reverse_path);
	t->m = *m;
	t->m.bytes = arena_str(t->arena, m->bytes);
}

static struct taken make(struct arena *a, const struct letter_world *w, str id)
{
	struct taken t = { .arena = a, .world = w };

	battery_make(id, 1, take, &t);
	assert_int_equal(t.n, 1);
	return t;
}

static void in_the_battery_s_world_nothing_but_the_mark_is_added(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("letter", 64 << 20);
	const struct letter_world w = { .run = STR("r1"), .rcpt = STR("bob@hopital.example") };
	struct taken t = make(a, &w, STR("T008a-clean"));

	(void)state;
	assert_true(str_starts(t.letter.bytes, STR("X-Mail-Audit: r1 T008a-clean\r\n")));
	assert_true(str_ends(t.letter.bytes, t.m.bytes));
	assert_true(str_eq(letter_marked(a, STR("r1"), t.letter.bytes), STR("T008a-clean")));
	assert_null(letter_marked(a, STR("r2"), t.letter.bytes).p);
	assert_true(str_eq(t.letter.recipient, w.rcpt));
}

static void elsewhere_names_and_dates_are_those_of_the_place(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("letter", 64 << 20);
	const struct letter_world w = { .run = STR("r1"),
					.rcpt = STR("audit@mairie.example.fr"),
					.from = STR("essai@testeur.example.fr"),
					.now = BATTERY_ZONE_NOW + 100 * 86400 };
	struct taken t = make(a, &w, STR("T008a-clean"));
	int64_t date;

	(void)state;
	assert_true(str_eq(t.letter.reverse_path, w.from));
	assert_int_equal(str_find(t.letter.bytes, STR("partner.example")), STR_NONE);
	assert_int_equal(str_find(t.letter.bytes, STR("hopital.example")), STR_NONE);
	assert_int_equal(str_find(t.letter.bytes, STR("DKIM-Signature")), STR_NONE);
	assert_true(clock_parse_rfc5322(header_find(a, t.letter.bytes, STR("Date")), &date));
	assert_in_range(w.now - date, 0, 3600);
	/* What the case is about is as it was. */
	assert_int_not_equal(str_find(t.letter.bytes, STR("setup.exe")), STR_NONE);
}

static void who_writes_in_our_name_writes_in_the_name_of_that_house(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("letter", 64 << 20);
	const struct letter_world w = { .run = STR("r1"),
					.rcpt = STR("audit@mairie.example.fr"),
					.from = STR("essai@testeur.example.fr") };
	struct taken t = make(a, &w, STR("T070a-clean"));

	(void)state;
	assert_true(str_eq(t.letter.reverse_path, STR("alice@mairie.example.fr")));
	assert_false(letter_needs_zone(&w, &t.m));
}

static void what_is_not_ours_to_say_is_known(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("letter", 64 << 20);
	const struct letter_world here = { .run = STR("r1"), .rcpt = STR("a@hopital.example") };
	const struct letter_world there = { .run = STR("r1"),
					    .rcpt = STR("a@mairie.example.fr"),
					    .from = STR("e@testeur.example.fr") };
	struct taken spf = make(a, &here, STR("T080a-clean"));
	struct taken plain = make(a, &here, STR("T008a-clean"));

	(void)state;
	assert_true(letter_needs_zone(&there, &spf.m) && !letter_needs_zone(&here, &spf.m));
	assert_false(letter_needs_zone(&there, &plain.m) || letter_needs_client(&plain.m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_the_battery_s_world_nothing_but_the_mark_is_added),
		cmocka_unit_test(elsewhere_names_and_dates_are_those_of_the_place),
		cmocka_unit_test(who_writes_in_our_name_writes_in_the_name_of_that_house),
		cmocka_unit_test(what_is_not_ours_to_say_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
