#include "lists/listfeed.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void each_format_becomes_entries(void **state)
{
	static const struct {
		enum listfeed_format format;
		const char *in, *out;
		uint64_t left_out, twice;
	} cases[] = {
		{ LISTFEED_PHISHTANK_CSV,
		  "phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,"
		  "target\r\n"
		  "1,http://a.example/x,http://d,t,yes,t,yes,\"Bank, \"\"One\"\"\"\r\n"
		  "2,http://b.example/,http://d,t,no,t,yes,Other\r\n"
		  "3,http://c.example/,http://d,t,yes,t,no,Other\r\n",
		  "=http://a.example/x until=2026-12-01 # Bank, \"One\"\n", 2, 0 },
		{ LISTFEED_PHISHTANK_JSON,
		  "[{\"url\": \"https://a.example/%20x\", \"verified\": \"yes\", \"online\": "
		  "\"yes\","
		  " \"target\": \"Bank\\nmore\"}, {\"url\": \"https://b.example/\"}, 7]",
		  "=https://a.example/%20x until=2026-12-01 # Bank more\n", 2, 0 },
		{ LISTFEED_OPENPHISH,
		  "http://a.example/\nhttps://A.example/\n\nevil\nhttp://h\xc3\xb4t.example/a b\n",
		  "=http://a.example/ until=2026-12-01\n"
		  "=http://xn--ht-8ja.example/a%20b until=2026-12-01\n",
		  1, 1 },
		{ LISTFEED_URLHAUS,
		  "# "
		  "id,dateadded,url\n\"1\",\"t\",\"http://192.0.2.7:81/i\",\"online\",\"t\",\"m\","
		  "\"elf\",\"l\",\"r\"\n",
		  "=http://192.0.2.7:81/i until=2026-12-01 # elf\n", 0, 0 },
		{ LISTFEED_MALWAREBAZAAR,
		  "# first_seen\n\"t\", "
		  "\"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B8"
		  "55\", \"m\", \"s\", \"r\", \"f\", \"t\", \"m\", \"Emotet\"\n\"t\", \"abc\"\n",
		  "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855 "
		  "until=2026-12-01 # Emotet\n",
		  1, 0 },
		{ LISTFEED_MISP,
		  "{\"response\": [{\"Event\": {\"Attribute\": ["
		  "{\"type\": \"domain|ip\", \"value\": \"evil.example|192.0.2.1\", \"to_ids\": "
		  "true},"
		  "{\"type\": \"ip-dst\", \"value\": \"192.0.2.0/24\", \"to_ids\": true},"
		  "{\"type\": \"domain\", \"value\": \"honest.example\", \"to_ids\": false},"
		  "{\"type\": \"md5\", \"value\": \"00\", \"to_ids\": true}],"
		  " \"Object\": [{\"Attribute\": [{\"type\": \"url\", \"to_ids\": true,"
		  " \"value\": \"http://u.example/\", \"comment\": \"c\"}]}]}}]}",
		  "evil.example until=2026-12-01\n192.0.2.0/24 until=2026-12-01\n"
		  "=http://u.example/ until=2026-12-01 # c\n",
		  2, 0 },
		{ LISTFEED_STIX,
		  "{\"objects\": [{\"type\": \"indicator\", \"name\": \"n\", \"pattern\":"
		  " \"[url:value = 'http://it\\\\'s.example/'] OR [ domain-name:value='d.example' "
		  "OR"
		  " ipv4-addr:value = '192.0.2.9']\"},"
		  "{\"type\": \"indicator\", \"pattern\": \"[domain-name:value = 'a.example' AND"
		  " url:value = 'http://b.example/']\"},"
		  "{\"type\": \"indicator\", \"pattern\": \"[domain-name:value != 'a.example']\"},"
		  "{\"type\": \"indicator\", \"pattern\": \"[domain-name:value = 'r.example']\","
		  " \"revoked\": true}, {\"type\": \"malware\"}]}",
		  "=http://it's.example/ until=2026-12-01 # n\nd.example until=2026-12-01 # n\n"
		  "192.0.2.9 until=2026-12-01 # n\n",
		  3, 0 },
		{ LISTFEED_MAP,
		  "# comment\r\nevil.example\n\n192.0.2.0/24  ten # told\nuser@evil.example\n"
		  "/regular|expression/i\nevil.example 4\nevil.example until=2099-01-01\n",
		  "evil.example until=2026-12-01\n192.0.2.0/24 until=2026-12-01 # ten # told\n"
		  "user@evil.example until=2026-12-01\n",
		  1, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		struct strbuf out = strbuf_make(a, 1 << 20);
		struct listfeed_count count;
		struct why why = { "" };

		if (listfeed_read(a, cases[i].format, str_c(cases[i].in), STR("2026-12-01"), &out,
				  &count, &why) < 0)
			fail_msg("%zu: %s", i, why.text);
		if (!str_eq(strbuf_str(&out), str_c(cases[i].out)))
			fail_msg("%zu: %.*s", i, STR_ARG(strbuf_str(&out)));
		assert_int_equal(count.left_out, cases[i].left_out);
		assert_int_equal(count.twice, cases[i].twice);
	}
}

static void what_is_another_format_is_refused(void **state)
{
	static const struct {
		enum listfeed_format format;
		const char *in;
	} cases[] = {
		{ LISTFEED_PHISHTANK_CSV, "<html>not found</html>\n" },
		{ LISTFEED_OPENPHISH, "<html>\n" },
		{ LISTFEED_MALWAREBAZAAR, "\"t\",\"x\"\n" },
		{ LISTFEED_MISP, "{" },
		{ LISTFEED_MISP, "[]" },
		{ LISTFEED_MAP, "<html>\n" },
		{ LISTFEED_STIX, "{\"objects\": []}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		struct strbuf out = strbuf_make(a, 1 << 20);
		struct listfeed_count count;
		struct why why;

		assert_int_equal(listfeed_read(a, cases[i].format, str_c(cases[i].in),
					       STR("2026-12-01"), &out, &count, &why),
				 -EINVAL);
	}
}

static void pages_of_a_collection_are_put_together(void **state)
{
#define INDICATOR(name)                                                                            \
	"{\"type\": \"indicator\", \"pattern\": \"[domain-name:value = '" name "']\"}"
	static const char *const pages[] = {
		"{\"more\": true, \"next\": \"p 2\", \"objects\": [" INDICATOR("a.example") "]}",
		"{\"objects\": [" INDICATOR("b.example") ", {\"type\": \"malware\"}]}",
		"{}",
	};
	static const char *const none[] = { "[]", "{\"objects\": 7}", "<html>", "" };
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct strbuf out = strbuf_make(a, 1 << 20);
	struct listfeed_count count = { 0 };
	struct listfeed_page page;
	struct why why = { "" };

	(void)state;
	assert_int_equal(
		listfeed_taxii(a, str_c(pages[0]), STR("2026-12-01"), &out, &count, &page, &why),
		0);
	assert_true(page.more && str_eq(page.next, STR("p 2")) && page.objects == 1);
	for (size_t i = 1; i < ARRAY_LEN(pages); i++) {
		assert_int_equal(listfeed_taxii(a, str_c(pages[i]), STR("2026-12-01"), &out, &count,
						&page, &why),
				 0);
		assert_false(page.more);
	}
	assert_int_equal(count.entries, 2);
	assert_true(str_eq(strbuf_str(&out), STR("a.example until=2026-12-01\n"
						 "b.example until=2026-12-01\n")));
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(listfeed_taxii(a, str_c(none[i]), STR("2026-12-01"), &out, &count,
						&page, &why),
				 -EINVAL);
}

static void json_that_is_nested_too_deep_is_refused_before_it_is_parsed(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct strbuf in = strbuf_make(a, 1 << 20), out = strbuf_make(a, 1 << 20);
	struct listfeed_count count;
	struct why why = { "" };

	(void)state;
	for (int i = 0; i < 100000; i++)
		strbuf_char(&in, '[');
	assert_int_equal(listfeed_read(a, LISTFEED_MISP, strbuf_str(&in), STR("2026-12-01"), &out,
				       &count, &why),
			 -EINVAL);
	assert_non_null(strstr(why.text, "nested"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_becomes_entries),
		cmocka_unit_test(what_is_another_format_is_refused),
		cmocka_unit_test(pages_of_a_collection_are_put_together),
		cmocka_unit_test(json_that_is_nested_too_deep_is_refused_before_it_is_parsed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
