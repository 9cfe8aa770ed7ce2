#include "base/exact.h"
#include "base/strbuf.h"
#include "html/charref.h"
#include "html/htmltok.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Tokens as text: adjacent characters joined, "<name attr=[value]>", "</name>", "<!-- -->". */
static void show(struct strbuf *b, const struct htmltok_token *t)
{
	switch (t->kind) {
	case HTMLTOK_TEXT:
		strbuf_put(b, t->text);
		break;
	case HTMLTOK_START:
	case HTMLTOK_CUT:
		strbuf_fmt(b, "<%s%.*s", t->kind == HTMLTOK_CUT ? "cut:" : "", STR_ARG(t->name));
		for (size_t i = 0; i < t->n_attrs; i++)
			strbuf_fmt(b, " %.*s=[%.*s]", STR_ARG(t->attrs[i].name),
				   STR_ARG(t->attrs[i].value));
		strbuf_put(b, t->self_closing ? STR("/>") : STR(">"));
		break;
	case HTMLTOK_CLOSE:
		strbuf_fmt(b, "</%.*s>", STR_ARG(t->name));
		break;
	case HTMLTOK_COMMENT:
		strbuf_fmt(b, "{%.*s}", STR_ARG(t->text));
		break;
	case HTMLTOK_DOCTYPE:
		strbuf_fmt(b, "<!%.*s,%.*s,%.*s,%d>", STR_ARG(t->name), STR_ARG(t->public_id),
			   STR_ARG(t->system_id), t->force_quirks);
		break;
	case HTMLTOK_END:
		break;
	}
}

static str tokens(struct arena *a, str in, enum htmltok_mode mode, str last_start)
{
	struct strbuf b = strbuf_make(a, 1 << 20);
	struct htmltok *t = htmltok_new(a, in);
	struct htmltok_token token;

	htmltok_set(t, mode, last_start);
	while (htmltok_next(t, &token))
		show(&b, &token);
	return strbuf_str(&b);
}

struct sample {
	str in, out;
};

static void check(const struct sample *cases, size_t n, enum htmltok_mode mode, str last_start)
{
	for (size_t i = 0; i < n; i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		str got = tokens(a, in, mode, last_start);

		if (!str_eq(got, cases[i].out))
			print_error("case %zu: \"%.*s\"\n", i, STR_ARG(got));
		assert_true(str_eq(got, cases[i].out));
	}
}

static void tags_and_attributes_are_read_as_browsers_read_them(void **state)
{
	static const struct sample cases[] = {
		{ STR("<A HREF=x>t</A >"), STR("<a href=[x]>t</a>") },
		{ STR("<a/href='x y'/>"), STR("<a href=[x y]/>") },
		{ STR("<a\nhref\n=\n\"x>y\"title>"), STR("<a href=[x>y] title=[]>") },
		{ STR("<a href=1 HREF=2>"), STR("<a href=[1]>") },
		{ STR("<a =x=1>"), STR("<a =x=[1]>") },
		{ STR("<a b=\"1\"c='2'd=3>"), STR("<a b=[1] c=[2] d=[3]>") },
		{ STR("<a b=a&amp;c&lt=&lt>"), STR("<a b=[a&c&lt=<]>") },
		{ STR("<a b=\0>"), STR("<a b=[\xef\xbf\xbd]>") },
		{ STR("<br/ >"), STR("<br>") },
		{ STR("a</>b</ c>d"), STR("ab{ c}d") },
		{ STR("1 < 2 <3 <?x?> <"), STR("1 < 2 <3 {?x?} <") },
		{ STR("a\r\nb\rc"), STR("a\nb\nc") },
		{ STR("<a href=\"http://x unclosed"), STR("<cut:a href=[http://x unclosed]>") },
		{ STR("</"), STR("</") },
		{ STR("<>"), STR("<>") },
	};

	(void)state;
	check(cases, ARRAY_LEN(cases), HTMLTOK_DATA, STR(""));
}

static void comments_end_where_browsers_end_them(void **state)
{
	static const struct sample cases[] = {
		{ STR("<!-->a"), STR("{}a") },
		{ STR("<!--->a"), STR("{}a") },
		{ STR("<!--a--!>b"), STR("{a}b") },
		{ STR("<!--a--b->c-->d"), STR("{a--b->c}d") },
		{ STR("<!--a--->b"), STR("{a-}b") },
		{ STR("<!--a-"), STR("{a}") },
		{ STR("<!--a<b>"), STR("{a<b>}") },
		{ STR("<![if !mso]>a<![endif]>"), STR("{[if !mso]}a{[endif]}") },
		{ STR("<!DOCTYPE HTML>"), STR("<!html,,,0>") },
		{ STR("<!doctype html public \"p\" 's' x>"), STR("<!html,p,s,0>") },
		{ STR("<!doctype html system>"), STR("<!html,,,1>") },
		{ STR("<!doctype"), STR("<!,,,1>") },
		{ STR("<![CDATA[a]]>"), STR("{[CDATA[a]]}") },
	};

	(void)state;
	check(cases, ARRAY_LEN(cases), HTMLTOK_DATA, STR(""));
}

static void raw_text_ends_at_its_own_end_tag_alone(void **state)
{
	static const struct sample rcdata[] = {
		{ STR("a<b>&amp;</c></title x>d"), STR("a<b>&</c></title>d") },
		{ STR("</titles></TITLE/>"), STR("</titles></title>") },
		{ STR("a</title"), STR("a</title") },
	};
	static const struct sample rawtext[] = {
		{ STR("a<b>&amp;</title\t>&amp;"), STR("a<b>&amp;</title>&") },
		{ STR("\0\0a</title>"), STR("\xef\xbf\xbd\xef\xbf\xbd"
					    "a</title>") },
	};

	(void)state;
	check(rcdata, ARRAY_LEN(rcdata), HTMLTOK_RCDATA, STR("title"));
	check(rawtext, ARRAY_LEN(rawtext), HTMLTOK_RAWTEXT, STR("title"));
}

static void a_comment_in_a_script_hides_its_end_tag_behind_a_second_script(void **state)
{
	static const struct sample cases[] = {
		{ STR("a<!--b</script>c"), STR("a<!--b</script>c") },
		{ STR("<!--<script>x</script>y</script>z"),
		  STR("<!--<script>x</script>y</script>z") },
		{ STR("<!--<script></script>-->&lt;</script>&lt;"),
		  STR("<!--<script></script>-->&lt;</script><") },
		{ STR("<!--<script -->&lt;</script>&lt;"), STR("<!--<script -->&lt;</script><") },
		{ STR("<!-->&lt;</script>&lt;"), STR("<!-->&lt;</script><") },
		{ STR("<!--<script></script &lt;"), STR("<!--<script></script &lt;") },
	};

	(void)state;
	check(cases, ARRAY_LEN(cases), HTMLTOK_SCRIPT, STR("script"));
}

static void cdata_exists_in_foreign_content_alone(void **state)
{
	static const struct sample cases[] = {
		{ STR("a<b>&amp;]]>&amp;"), STR("a<b>&amp;&") },
		{ STR("a]]"), STR("a]]") },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
	struct htmltok *t = htmltok_new(a, STR("<![CDATA[<a>]]><b>"));
	struct htmltok_token token;

	(void)state;
	check(cases, ARRAY_LEN(cases), HTMLTOK_CDATA, STR(""));
	htmltok_set_foreign(t, true);
	assert_true(htmltok_next(t, &token));
	assert_true(token.kind == HTMLTOK_TEXT && str_eq(token.text, STR("<a>")));
	assert_true(htmltok_next(t, &token));
	assert_true(token.kind == HTMLTOK_START && str_eq(token.name, STR("b")));
}

static void references_need_a_name_that_is_known(void **state)
{
	static const struct {
		str in;
		bool attribute;
		size_t n;
		str out;
	} cases[] = {
		{ STR("&AElig;"), false, 7, STR("\xc3\x86") },
		{ STR("&zwnj"), false, 0, STR("") },
		{ STR("&notit;"), false, 4, STR("\xc2\xac") },
		{ STR("&notin;"), false, 7, STR("\xe2\x88\x89") },
		{ STR("&notit;"), true, 0, STR("") },
		{ STR("&not="), true, 0, STR("") },
		{ STR("&not;="), true, 5, STR("\xc2\xac") },
		{ STR("&EACUTE;"), false, 0, STR("") },
		{ STR("&#;"), false, 0, STR("") },
		{ STR("&#x;"), false, 0, STR("") },
		{ STR("&#128;"), false, 6, STR("\xe2\x82\xac") },
		{ STR("&#0;"), false, 4, STR("\xef\xbf\xbd") },
		{ STR("&#xD800;"), false, 8, STR("\xef\xbf\xbd") },
		{ STR("&#99999999999999999999x"), false, 22, STR("\xef\xbf\xbd") },
		{ STR("&CounterClockwiseContourIntegral;"), false, 33, STR("\xe2\x88\xb3") },
		{ STR("&"), false, 0, STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct charref ref = { 0 };

		assert_int_equal(charref_parse(in, cases[i].attribute, &ref), cases[i].n);
		assert_true(!cases[i].n || str_eq(str_of(ref.bytes, ref.n), cases[i].out));
	}
}

static void many_attributes_are_kept_once_and_up_to_the_limit(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
	struct strbuf b = strbuf_make(a, 1 << 20);
	struct htmltok_token token;

	(void)state;
	strbuf_put(&b, STR("<a"));
	for (int i = 0; i < HTMLTOK_ATTRS_MAX + 1; i++)
		strbuf_fmt(&b, " n%d=1 n%d=2", i, i / 2);
	strbuf_put(&b, STR("><b>"));
	assert_true(htmltok_next(htmltok_new(a, strbuf_str(&b)), &token));
	assert_int_equal(token.n_attrs, HTMLTOK_ATTRS_MAX);
	assert_true(token.attrs_cut);
	for (size_t i = 0; i < token.n_attrs; i++)
		assert_true(str_eq(token.attrs[i].name, arena_fmt(a, "n%zu", i)));
	assert_true(str_eq(htmltok_attr(&token, STR("n7")), STR("1")));
	assert_null(htmltok_attr(&token, STR("m")).p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_and_attributes_are_read_as_browsers_read_them),
		cmocka_unit_test(comments_end_where_browsers_end_them),
		cmocka_unit_test(raw_text_ends_at_its_own_end_tag_alone),
		cmocka_unit_test(a_comment_in_a_script_hides_its_end_tag_behind_a_second_script),
		cmocka_unit_test(cdata_exists_in_foreign_content_alone),
		cmocka_unit_test(references_need_a_name_that_is_known),
		cmocka_unit_test(many_attributes_are_kept_once_and_up_to_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
