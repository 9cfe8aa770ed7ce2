#include "lists/listkey.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *new_arena(void)
{
	return arena_new("test", 64 << 20);
}

static void an_entry_has_one_normal_form(void **state)
{
	static const struct {
		const char *entry;
		char kind;
		const char *shown; /* as listkey_put writes it */
	} cases[] = {
		{ "192.0.2.1", 'i', "192.0.2.1" },
		{ "192.0.2.0/24", 'i', "192.0.2.0/24" },
		{ "::ffff:192.0.2.1", 'i', "192.0.2.1" },
		{ "2001:DB8::/32", 'i', "2001:db8::/32" },
		{ "0.0.0.0/0", 'i', "0.0.0.0/0" },
		{ "Example.ORG", 'n', "example.org" },
		{ "example.org.", 'n', "example.org" },
		{ "exe", 'n', "exe" },
		{ "=Example.org", 'e', "=example.org" },
		{ "@example.org", 'e', "=example.org" },
		{ "*.example.org", 'b', ".example.org" },
		{ ".example.org", 'b', ".example.org" },
		{ "h\xc3\xb4pital.example", 'n', "xn--hpital-ixa.example" },
		{ "XN--Hpital-IXA.example", 'n', "xn--hpital-ixa.example" },
		{ "H\xc3\x94PITAL.example", 'n', "xn--hpital-ixa.example" },
		{ "User@Example.org", 'a', "user@example.org" },
		{ "u@h\xc3\xb4pital.example", 'a', "u@xn--hpital-ixa.example" },
		{ "https://Evil.example:443/a/", 'u', "http://evil.example/a" },
		{ "http://evil.example:8080/", 'u', "http://evil.example:8080" },
		{ "evil.example/%61%2fb?x=%41", 'u', "http://evil.example/a%2Fb?x=A" },
		{ "=http://u:p@evil.example/a#f", 'U', "=http://evil.example/a" },
		{ "http://0x7f.1/", 'u', "http://127.0.0.1" },
		{ "two words", 'n', "two words" },
		{ "labo.example p@ss*/?", 'n', "labo.example p@ss*/?" },
		{ "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", 'h',
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "invoice-*.example", 'g', "invoice-*.example" },
		{ "*@Example.org", 'g', "*@example.org" },
	};
	cleanup(arena_freep) struct arena *a = new_arena();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct strbuf b = strbuf_make(a, 1000);
		struct listkey key;
		const char *expected;

		if (!listkey_of_entry(a, str_c(cases[i].entry), &key, &expected))
			fail_msg("%s: expected %s", cases[i].entry, expected);
		listkey_put(&b, key);
		if ((char)key.kind != cases[i].kind ||
		    !str_eq(strbuf_str(&b), str_c(cases[i].shown)))
			fail_msg("%s: got %c %.*s", cases[i].entry, key.kind,
				 STR_ARG(strbuf_str(&b)));
	}
}

static void what_is_no_entry_is_refused(void **state)
{
	static const char *const entries[] = {
		"",	   "192.0.2.1/24",	"192.0.2.1/33",	 "2001:db8::1/32",
		"http://", "mailto://a",	"/evil/i",	 "user@",
		"\xff",	   "http://*.example/", "192.0.2.1 5.0", "a@b.example 1",
	};
	cleanup(arena_freep) struct arena *a = new_arena();
	struct listkey key;
	const char *expected;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
		if (listkey_of_entry(a, str_c(entries[i]), &key, &expected))
			fail_msg("\"%s\" was taken", entries[i]);
	}
}

/* The entry is one of the keys under which the thing is looked up. */
static bool listed(struct arena *a, const char *entry, const struct listkey_set *keys)
{
	const char *expected;
	struct listkey key;

	assert_true(listkey_of_entry(a, str_c(entry), &key, &expected));
	if (key.kind == LISTKEY_GLOB)
		return listkey_glob_fits(key.text, keys->text);
	for (size_t i = 0; i < keys->n; i++) {
		if (keys->v[i].kind == key.kind && str_eq(keys->v[i].text, key.text))
			return true;
	}
	return false;
}

static void a_domain_is_listed_by_itself_and_those_above(void **state)
{
	static const struct {
		const char *entry, *domain;
		bool is;
	} cases[] = {
		{ "example.org", "example.org", true },
		{ "example.org", "a.b.Example.org", true },
		{ "example.org", "notexample.org", false },
		{ "example.org", "example.org.evil.example", false },
		{ "=example.org", "example.org", true },
		{ "=example.org", "a.example.org", false },
		{ ".example.org", "example.org", false },
		{ ".example.org", "a.example.org", true },
		{ "org", "a.example.org", true },
		{ "h\xc3\xb4pital.example", "xn--hpital-ixa.example", true },
		{ "xn--hpital-ixa.example", "www.H\xc3\x94PITAL.example.", true },
		{ "ex*.org", "example.org", true },
		{ "ex*.org", "example.orga", false },
	};
	cleanup(arena_freep) struct arena *a = new_arena();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct listkey_set keys;

		listkey_domain(a, str_c(cases[i].domain), &keys);
		if (listed(a, cases[i].entry, &keys) != cases[i].is)
			fail_msg("%s in %s", cases[i].domain, cases[i].entry);
	}
}

static void a_mailbox_is_listed_by_itself_and_its_domain(void **state)
{
	static const struct {
		const char *entry, *local, *domain;
		bool is;
	} cases[] = {
		{ "a@x.example", "A", "X.example", true },
		{ "a@x.example", "a", "sub.x.example", false },
		{ "a@x.example", "ba", "x.example", false },
		{ "x.example", "a", "sub.x.example", true },
		{ "@x.example", "a", "x.example", true },
		{ "@x.example", "a", "sub.x.example", false },
		{ "*-bounce@x.example", "list-bounce", "x.example", true },
		{ "*-bounce@x.example", "list-bounce", "x.example.org", false },
	};
	cleanup(arena_freep) struct arena *a = new_arena();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct listkey_set keys;

		listkey_address(a, str_c(cases[i].local), str_c(cases[i].domain), &keys);
		if (listed(a, cases[i].entry, &keys) != cases[i].is)
			fail_msg("%s@%s in %s", cases[i].local, cases[i].domain, cases[i].entry);
	}
}

static void a_url_is_listed_by_its_page_those_above_and_its_host(void **state)
{
	static const struct {
		const char *entry, *url;
		bool is;
	} cases[] = {
		{ "http://e.example/a", "https://e.example/a", true },
		{ "http://e.example/a", "http://E.EXAMPLE/a/b?c", true },
		{ "http://e.example/a/", "http://e.example/a", true },
		{ "http://e.example/a", "http://e.example/a?x=1", true },
		{ "http://e.example/a", "http://e.example/ab", false },
		{ "http://e.example/a", "http://e.example/A", false },
		{ "http://e.example/a", "http://www.e.example/a", false },
		{ "http://e.example/a?x=1", "http://e.example/a?x=1#f", true },
		{ "http://e.example/a?x=1", "http://e.example/a?x=12", false },
		{ "=http://e.example/a", "http://e.example/a/b", false },
		{ "=http://e.example/a", "http://e.example/a#x", true },
		{ "=http://e.example/", "http://e.example/", true },
		{ "=http://e.example/", "http://e.example/b", false },
		{ "http://e.example/", "http://e.example/b", true },
		{ "http://e.example/", "http://e.example:8080/b", false },
		{ "e.example", "http://a.e.example:8080/b", true },
		{ "=e.example", "http://a.e.example/b", false },
		{ "http://e.example/admin", "http://e.example/%61dmin", true },
		{ "e.example", "mailto:a@e.example", false },
		{ "e.example", "http://e.example@other.example/", false },
		{ "http://e.example/a", "http://other.example/http://e.example/a", false },
	};
	cleanup(arena_freep) struct arena *a = new_arena();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct listkey_set keys;

		listkey_url(a, str_c(cases[i].url), &keys);
		if (listed(a, cases[i].entry, &keys) != cases[i].is)
			fail_msg("%s in %s", cases[i].url, cases[i].entry);
	}
}

static void a_long_url_does_not_hide_its_host(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct strbuf url = strbuf_make(a, 1 << 20);
	struct listkey_set keys;

	(void)state;
	strbuf_put(&url, STR("http://"));
	for (int i = 0; i < 10000; i++)
		strbuf_char(&url, 'u');
	strbuf_put(&url, STR("@www.e.example/a/"));
	for (int i = 0; i < 10000; i++)
		strbuf_put(&url, STR("b/"));
	listkey_url(a, strbuf_str(&url), &keys);
	assert_true(listed(a, "e.example", &keys));
	assert_true(listed(a, "http://www.e.example/a", &keys));
	assert_true(listed(a, "*.e.example/a/*", &keys));
}

static void a_pattern_fits_the_whole_text(void **state)
{
	static const struct {
		const char *glob, *text;
		bool fits;
	} cases[] = {
		{ "*", "", true },	    { "a*b*c", "aXbYc", true }, { "a*b*c", "abc", true },
		{ "a*b*c", "abcd", false }, { "?", "", false },		{ "a?c", "aBC", true },
		{ "*ab", "aab", true },	    { "**", "x", true },	{ "a", "ab", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (listkey_glob_fits(str_c(cases[i].glob), str_c(cases[i].text)) != cases[i].fits)
			fail_msg("%s %s", cases[i].glob, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_has_one_normal_form),
		cmocka_unit_test(what_is_no_entry_is_refused),
		cmocka_unit_test(a_domain_is_listed_by_itself_and_those_above),
		cmocka_unit_test(a_mailbox_is_listed_by_itself_and_its_domain),
		cmocka_unit_test(a_url_is_listed_by_its_page_those_above_and_its_host),
		cmocka_unit_test(a_long_url_does_not_hide_its_host),
		cmocka_unit_test(a_pattern_fits_the_whole_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
