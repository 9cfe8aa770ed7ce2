#include "lists/lists.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *new_arena(void)
{
	return arena_new("test", 512 << 20);
}

static const struct lists_list *load(struct arena *a, struct lists *l, const char *text)
{
	struct why why = { "" };

	if (lists_load_text(l, a, "/x/l.txt", str_c(text), &why) < 0)
		fail_msg("%s", why.text);
	return lists_find(l, STR("l.txt"));
}

static bool has_ip(const struct lists_list *list, const char *text, struct listset_hit *hit)
{
	struct listkey_set keys;
	struct ip ip;

	assert_true(ip_parse(str_c(text), &ip));
	listkey_client(ip, &keys);
	return lists_has(list, &keys, 0, hit);
}

static void the_longest_prefix_is_found(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct lists l = { 0 };
	const struct lists_list *list = load(a, &l,
					     "192.0.2.0/24 # net\n192.0.2.128/25 # half\n"
					     "192.0.2.200 # one\n2001:db8::/32 # six\n");
	struct listset_hit hit;

	(void)state;
	assert_true(has_ip(list, "192.0.2.1", &hit));
	assert_true(str_eq(hit.note, STR("net")));
	assert_true(has_ip(list, "192.0.2.129", &hit));
	assert_true(str_eq(hit.note, STR("half")));
	assert_true(has_ip(list, "192.0.2.200", &hit));
	assert_true(str_eq(hit.note, STR("one")));
	assert_true(has_ip(list, "::ffff:192.0.2.200", &hit));
	assert_true(has_ip(list, "2001:db8:1::1", &hit));
	assert_false(has_ip(list, "192.0.3.1", &hit));
	assert_false(has_ip(list, "2001:db9::1", &hit));
}

static void what_has_expired_is_not_there(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct lists l = { 0 };
	const struct lists_list *list =
		load(a, &l, "x.example until=1970-01-03 # why\n192.0.2.0/24 until=1970-01-02\n");

	(void)state;
	assert_true(lists_has_word(list, a, STR("x.example"), 2 * 86400 - 1));
	assert_false(lists_has_word(list, a, STR("x.example"), 2 * 86400));
}

static void files_of_one_name_are_one_list(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct lists l = { 0 };
	const struct lists_list *list = load(a, &l, "a\n");

	(void)state;
	assert_ptr_equal(load(a, &l, "b\n"), list);
	assert_true(lists_has_word(list, a, STR("A"), 0) && lists_has_word(list, a, STR("b"), 0));
	assert_int_equal(l.list.n, 1);
}

static void many_entries_are_all_found_and_no_others(void **state)
{
	enum { N = 20000 };
	cleanup(arena_freep) struct arena *a = new_arena();
	struct strbuf text = strbuf_make(a, 1 << 22);
	struct lists l = { 0 };
	const struct lists_list *list;

	(void)state;
	for (int i = 0; i < N; i++)
		strbuf_fmt(&text, "h%d.example\n", i);
	strbuf_char(&text, '\0');
	list = load(a, &l, text.p);
	for (int i = 0; i < 2 * N; i++)
		assert_int_equal(lists_has_word(list, a, arena_fmt(a, "H%d.example", i), 0), i < N);
}

static str one_set(struct arena *a)
{
	struct listtext t = listtext_make(STR("a.example\nb@c.example\n192.0.2.0/24\nx*y\n"
					      "http://u.example/p # note\n"));
	size_t room = listset_room(8, 100);
	struct listbuilder b = listset_begin(arena_alloc(a, room), room, 8, 7);
	struct listtext_bad bad;
	struct listentry e;

	while (listtext_next(&t, a, &e, &bad) == LISTTEXT_ENTRY)
		assert_int_equal(listset_add(&b, &e), LISTSET_ADDED);
	return listset_end(&b, 0);
}

static void look_everything_up(struct arena *a, const struct listset *s)
{
	static const char *const names[] = { "a.example", "xy", "other" };
	struct listkey_set keys;
	struct listset_hit hit;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		listkey_domain(a, str_c(names[i]), &keys);
		if (listset_find(s, &keys, 0, &hit))
			assert_true(hit.key.text.n <= s->entries.n);
	}
	listkey_client((struct ip){ 4, { 192, 0, 2, 1 } }, &keys);
	if (listset_find(s, &keys, 0, &hit))
		assert_true(hit.key.text.n <= s->entries.n);
	for (size_t at = 0; listset_next(s, &at, &hit);)
		assert_true(hit.note.n <= s->entries.n);
}

/* Each byte of a set is damaged in turn, and each end of it cut off. */
static void a_damaged_set_does_no_harm(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	str good = one_set(a);
	struct listset s;

	(void)state;
	for (size_t i = 0; i < good.n; i++) {
		char *copy = malloc(good.n);

		memcpy(copy, good.p, good.n);
		copy[i] ^= (char)0xff;
		if (listset_open(str_of(copy, good.n), &s))
			look_everything_up(a, &s);
		assert_false(listset_open(str_of(copy, i), &s));
		free(copy);
	}
}

static void errors_have_a_place(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "a\n192.0.2.1/24\n",
		  "l.txt:2:1: found \"192.0.2.1/24\", expected an address or a "
		  "network without bits behind its prefix" },
		{ "a\nb\nA # again\n", "l.txt:3:1: found \"A\", expected every entry once" },
		{ " x until=soon\n", "l.txt:1:10: found \"soon\", expected a date, YYYY-MM-DD" },
	};
	cleanup(arena_freep) struct arena *a = new_arena();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct lists l = { 0 };
		struct why why;

		assert_int_equal(lists_load_text(&l, a, "l.txt", str_c(cases[i].text), &why),
				 -EINVAL);
		assert_string_equal(why.text, cases[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_prefix_is_found),
		cmocka_unit_test(what_has_expired_is_not_there),
		cmocka_unit_test(files_of_one_name_are_one_list),
		cmocka_unit_test(many_entries_are_all_found_and_no_others),
		cmocka_unit_test(a_damaged_set_does_no_harm),
		cmocka_unit_test(errors_have_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
