#include "conf/exportrow.h"

#include "conf/testrows.h"

static void rows_are_read_and_completed(void **state)
{
	struct exportrow r;

	(void)state;
	assert_true(exportrow_parse(STR("siem http https://siem.example/in when=is_reject+X whole "
					"key=/etc/k ca=/etc/c"),
				    &r));
	assert_int_equal(r.pusher, EXPORTROW_HTTP);
	assert_true(r.whole && str_eq(r.key, STR("/etc/k")) && str_eq(r.when, STR("is_reject+X")));
	assert_true(exportrow_parse(STR("x http http://192.168.1.1/ http"), &r));
	assert_true(str_eq(r.when, STR("is_spam")) && !r.whole);
	assert_true(exportrow_parse(STR("admin mail soc@hopital.example rate=3"), &r));
	assert_int_equal(r.rate, 3);
	assert_true(exportrow_parse(STR("kibana queue when=any"), &r));
	assert_int_equal(r.pusher, EXPORTROW_QUEUE);
}

static void what_is_no_row_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"x",
		"x http",
		"x http http://siem.example/",
		"x http file:///etc/passwd",
		"x mail",
		"x mail soc",
		"x mail <soc@hopital.example>",
		"x mail soc@hopital.example whole",
		"x queue whole",
		"x queue key=/etc/k",
		"../x queue",
		"x queue when=",
		"x queue when=a++b",
		"x queue when=a&b",
		"x mail soc@hopital.example rate=0",
		"x mail soc@hopital.example rate=many",
		"x http https://siem.example/ key=relative",
		"x queue /somewhere",
		"a-name-that-is-far-too-long queue",
	};
	struct exportrow r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (exportrow_parse(str_c(rows[i]), &r))
			fail_msg("%s", rows[i]);
	}
}

static void a_configuration_is_checked_as_a_whole(void **state)
{
	static const struct testrows_case cases[] = {
		{ "a queue,a queue", "two rows have the name a" },
		{ "a mail soc@elsewhere.example", "mailboxes of domains only" },
		{ "a nothing", "expected NAME http URL" },
		{ "a queue,b queue,c queue,d queue,e queue,f queue,g queue,h queue,i queue",
		  "found 9 rows" },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct conf *c = conf_new_default(a);
	struct exportrow r;
	struct why why = { "" };

	(void)state;
	testrows_refused(c, "exporter.targets", cases, ARRAY_LEN(cases));
	testrows_set(c, "exporter.targets", "a queue,b mail soc@hopital.example");
	assert_int_equal(conf_check(c, &why), 0);
	assert_true(exportrow_find(c, STR("b"), &r) && r.pusher == EXPORTROW_MAIL);
	assert_false(exportrow_find(c, STR("c"), &r));
	assert_true(exportrow_has(c, EXPORTROW_QUEUE));
	assert_false(exportrow_has(c, EXPORTROW_HTTP));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_and_completed),
		cmocka_unit_test(what_is_no_row_is_refused),
		cmocka_unit_test(a_configuration_is_checked_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
