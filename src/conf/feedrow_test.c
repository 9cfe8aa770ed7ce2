#include "conf/feedrow.h"

#include "conf/testrows.h"

static void rows_are_read_and_completed(void **state)
{
	struct feedrow f;

	(void)state;
	assert_true(feedrow_parse(STR("phish openphish https://feed.example/feed.txt"), &f));
	assert_true(str_eq(f.list, STR("feed-openphish")));
	assert_int_equal(f.every, 3600 * 1000);
	assert_int_equal(f.keep, 7LL * 24 * 3600 * 1000);
	assert_true(feedrow_parse(STR("cert  taxii https://t.example/api/ collection=91a7-b5 "
				      "every=15m keep=30d key=/etc/k ca=/etc/c list=deny-urls"),
				  &f));
	assert_true(str_eq(f.list, STR("deny-urls")) && str_eq(f.collection, STR("91a7-b5")));
	assert_true(str_eq(f.key, STR("/etc/k")) && str_eq(f.ca, STR("/etc/c")));
	assert_int_equal(f.every, 15 * 60 * 1000);
	assert_true(feedrow_parse(STR("m map http://m.example/x list=deny-clients http"), &f));
}

static void what_is_no_row_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"x openphish",
		"x openphish http://feed.example/",
		"x openphish ftp://feed.example/ http",
		"x openphish file:///etc/passwd",
		"x nothing https://feed.example/",
		"../x openphish https://feed.example/",
		"x openphish https://feed.example/ list=../../etc/x",
		"x openphish https://feed.example/ list=",
		"x openphish https://feed.example/ every=1s",
		"x openphish https://feed.example/ keep=1h",
		"x openphish https://feed.example/ key=relative",
		"x openphish https://feed.example/ collection=a",
		"x openphish https://feed.example/ sometimes",
		"x map https://feed.example/",
		"x taxii https://feed.example/",
		"x taxii https://feed.example/ collection=../a",
	};
	struct feedrow f;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (feedrow_parse(str_c(rows[i]), &f))
			fail_msg("%s", rows[i]);
	}
}

static void names_are_unique_and_rows_are_found_by_them(void **state)
{
	static const struct testrows_case cases[] = {
		{ "a openphish https://a.example/,a urlhaus https://b.example/",
		  "two rows have the name a" },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct conf *c = conf_new_default(a);
	struct why why = { "" };
	struct feedrow f;

	(void)state;
	assert_int_equal(feedrow_check(c, &why), 0);
	testrows_set(c, "feeds.sources",
		     "a openphish https://a.example/,b map https://b.example/ list=deny-urls");
	assert_int_equal(feedrow_check(c, &why), 0);
	assert_true(feedrow_find(c, STR("b"), &f));
	assert_true(str_eq(feedrow_file(a, feedrow_home(a, c), &f),
			   STR("/var/lib/poterne/feeds/b/deny-urls.set")));
	assert_false(feedrow_find(c, STR("c"), &f));
	testrows_refused(c, "feeds.sources", cases, ARRAY_LEN(cases));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_and_completed),
		cmocka_unit_test(what_is_no_row_is_refused),
		cmocka_unit_test(names_are_unique_and_rows_are_found_by_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
