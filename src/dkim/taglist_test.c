#include "dkim/taglist.h"

#include "base/exact.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_list_is_taken_or_refused_whole(void **state)
{
	static const struct {
		str in;
		size_t n;
		const char *bad;
	} cases[] = {
		{ STR("a=1"), 1, NULL },
		{ STR("a=1;"), 1, NULL },
		{ STR("a=1; "), 1, NULL },
		{ STR(" a = 1 ;\r\n\tb_2=x y=z;c="), 3, NULL },
		{ STR("A=1;a=2"), 2, NULL },
		{ STR("a=caf\xc3\xa9"), 1, NULL },
		{ STR(""), 0, "an empty tag" },
		{ STR(";"), 0, "an empty tag" },
		{ STR("a=1;;b=2"), 0, "an empty tag" },
		{ STR("a=1; ;"), 0, "an empty tag" },
		{ STR("a=1;b"), 0, "a tag without \"=\"" },
		{ STR("=1"), 0, "a bad tag name" },
		{ STR("1a=1"), 0, "a bad tag name" },
		{ STR("a-b=1"), 0, "a bad tag name" },
		{ STR("a b=1"), 0, "a bad tag name" },
		{ STR("a=\x01"), 0, "a bad character in a tag" },
		{ STR("a=\xff"), 0, "a bad character in a tag" },
		{ STR("a=\0"), 0, "a bad character in a tag" },
		{ STR("a=1;b=2;a=1"), 0, "a tag stands there twice" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct taglist list = { 0 };
		const char *bad = taglist_parse(a, in, &list);

		if (cases[i].bad)
			assert_string_equal(bad, cases[i].bad);
		else
			assert_null(bad);
		assert_int_equal(list.n, cases[i].n);
	}
}

static void values_lose_the_white_space_around_them(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct taglist list;

	(void)state;
	assert_null(taglist_parse(a, STR("b = ab\r\n cd ; e=; B=x=y"), &list));
	assert_true(str_eq(taglist_get(&list, STR("b")), STR("ab\r\n cd")));
	assert_true(str_eq(taglist_get(&list, STR("B")), STR("x=y")));
	assert_non_null(taglist_get(&list, STR("e")).p);
	assert_int_equal(taglist_get(&list, STR("e")).n, 0);
	assert_null(taglist_get(&list, STR("x")).p);
	assert_true(str_eq(taglist_squeeze(a, STR("ab\r\n cd")), STR("abcd")));
}

static void a_flood_of_tags_is_refused(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
	struct strbuf b = strbuf_make(a, 1 << 20);
	struct taglist list;

	(void)state;
	for (int i = 0; i < TAGLIST_MAX; i++)
		strbuf_fmt(&b, "t%d=;", i);
	assert_null(taglist_parse(a, strbuf_str(&b), &list));
	strbuf_put(&b, STR("more="));
	assert_string_equal(taglist_parse(a, strbuf_str(&b), &list), "too many tags");
}

static void quoted_printable_is_undone(void **state)
{
	static const struct {
		str in, out;
	} cases[] = {
		{ STR("a=40b"), STR("a@b") },	{ STR("a=3D\r\n =3b"), STR("a=;") },
		{ STR("plain"), STR("plain") }, { STR(""), STR("") },
		{ STR("a=4"), STR_NULL },	{ STR("a="), STR_NULL },
		{ STR("a=4g"), STR_NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		str out = STR_NULL;

		assert_int_equal(taglist_unquote(a, in, &out), cases[i].out.p != NULL);
		assert_true(str_eq(out, cases[i].out));
	}
}

static void items_are_cut_at_colons(void **state)
{
	str rest = STR("From : To:\r\n Cc:"), item;

	(void)state;
	assert_true(taglist_item(&rest, &item) && str_eq(item, STR("From")));
	assert_true(taglist_item(&rest, &item) && str_eq(item, STR("To")));
	assert_true(taglist_item(&rest, &item) && str_eq(item, STR("Cc")));
	assert_true(taglist_item(&rest, &item) && item.n == 0);
	assert_false(taglist_item(&rest, &item));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_taken_or_refused_whole),
		cmocka_unit_test(values_lose_the_white_space_around_them),
		cmocka_unit_test(a_flood_of_tags_is_refused),
		cmocka_unit_test(quoted_printable_is_undone),
		cmocka_unit_test(items_are_cut_at_colons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
