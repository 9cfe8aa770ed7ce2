#include "cli/traps.h"

#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void put(struct strbuf *b, const char *id, const char *day, const char *client,
		const char *decision)
{
	strbuf_fmt(b,
		   "{\"id\":\"%s\",\"state\":\"held\",\"held\":\"%sT09:00:16Z\","
		   "\"client_ip\":\"%s\",\"decision\":\"%s\"}\n",
		   id, day, client, decision);
}

static void only_what_the_trap_itself_held_is_chosen_the_oldest_first(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 1 << 16);
	struct traps traps = { 0 };
	struct why why;

	(void)state;
	put(&b, "c", "2026-11-22", "192.0.2.1", "SPAMTRAP");
	put(&b, "virus", "2026-11-22", "198.51.100.1", "AV_VIRUS");
	strbuf_put(&b,
		   STR("{\"id\":\"gone\",\"state\":\"released\",\"held\":\"2026-11-22T\","
		       "\"client_ip\":\"203.0.113.1\",\"decision\":\"SPAMTRAP\"}\n{\"id\":7}\n"));
	put(&b, "a", "2026-11-21", "2001:db8::1", "SPAMTRAP");
	assert_int_equal(traps_choose(a, strbuf_str(&b), &traps, &why), 0);
	assert_int_equal(traps.ids.n, 2);
	assert_string_equal(traps.ids.v[0], "a");
	assert_string_equal(traps.ids.v[1], "c");
	arena_free(a);
}

static void what_is_large_teaches_nothing_and_takes_nobodys_place(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 1 << 16);
	struct traps traps = { 0 };
	struct why why;

	(void)state;
	put(&b, "small", "2026-11-22", "192.0.2.1", "SPAMTRAP");
	for (int i = 0; i < TRAPS_OF_NETWORK; i++)
		strbuf_fmt(&b,
			   "{\"id\":\"large\",\"state\":\"held\",\"held\":\"2026-11-22T\","
			   "\"client_ip\":\"192.0.2.2\",\"decision\":\"SPAMTRAP\",\"size\":%d}\n",
			   TRAPS_BYTES + 1);
	assert_int_equal(traps_choose(a, strbuf_str(&b), &traps, &why), 0);
	assert_int_equal(traps.ids.n, 1);
	assert_string_equal(traps.ids.v[0], "small");
	arena_free(a);
}

static void one_network_teaches_little_a_day_and_all_together_not_much(void **state)
{
	struct arena *a = arena_new("test", 8 << 20);
	struct strbuf b = strbuf_make(a, 1 << 20);
	struct traps traps = { 0 };
	struct why why;

	(void)state;
	for (int day = 21; day < 23; day++) {
		for (int i = 0; i < 50; i++)
			put(&b, "near", day == 21 ? "2026-11-21" : "2026-11-22",
			    arena_fmt(a, "192.0.2.%d", i).p, "SPAMTRAP");
	}
	assert_int_equal(traps_choose(a, strbuf_str(&b), &traps, &why), 0);
	assert_int_equal(traps.ids.n, 2 * TRAPS_OF_NETWORK);
	for (int i = 0; i < 200; i++)
		put(&b, "far", "2026-11-23", arena_fmt(a, "10.0.%d.1", i).p, "SPAMTRAP");
	traps = (struct traps){ 0 };
	assert_int_equal(traps_choose(a, strbuf_str(&b), &traps, &why), 0);
	assert_int_equal(traps.ids.n, 2 * TRAPS_OF_NETWORK + TRAPS_OF_DAY);
	arena_free(a);
}

static void what_is_no_list_is_refused(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct traps traps = { 0 };
	struct why why;

	(void)state;
	assert_true(traps_choose(a, STR("{\"id\":\"a\"}\n[]\n"), &traps, &why) < 0);
	assert_true(traps_choose(a, STR("{\"id\""), &traps, &why) < 0);
	assert_int_equal(traps_choose(a, STR(""), &traps, &why), 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_the_trap_itself_held_is_chosen_the_oldest_first),
		cmocka_unit_test(what_is_large_teaches_nothing_and_takes_nobodys_place),
		cmocka_unit_test(one_network_teaches_little_a_day_and_all_together_not_much),
		cmocka_unit_test(what_is_no_list_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
