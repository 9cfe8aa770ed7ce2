#include "base/exact.h"
#include "base/strbuf.h"
#include "html/htmlview.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void expect(str got, str want, size_t number)
{
	if (!str_eq(got, want))
		print_error("case %zu: \"%.*s\"\n", number, STR_ARG(got));
	assert_true(str_eq(got, want));
}

static void pages_become_the_text_that_is_read(void **state)
{
	static const struct {
		str in, out;
	} cases[] = {
		{ STR("plain"), STR("plain") },
		{ STR("<p>a</p><p>b</p>"), STR("a\nb") },
		{ STR("a<br>b<BR/>c"), STR("a\nb\nc") },
		{ STR("<b>bo</b>ld"), STR("bold") },
		{ STR("  a \r\n\t b  "), STR("a b") },
		{ STR("a&nbsp;b\xc2\xa0"
		      "c"),
		  STR("a b c") },
		{ STR("caf&eacute; &#233; &#xE9; &#x80;"),
		  STR("caf\xc3\xa9 \xc3\xa9 \xc3\xa9 \xe2\x82\xac") },
		{ STR("&lt;b&gt; &amp;lt; &bogus; &"), STR("<b> &lt; &bogus; &") },
		{ STR("a<script>b<c</script >d"), STR("ad") },
		{ STR("<style>x{}</style><title>t</title>y"), STR("y") },
		{ STR("a<!-- b > c -->d<!-->e"), STR("ade") },
		{ STR("<a href=\"x>y\" title='>'>link</a>"), STR("link") },
		{ STR("1 < 2 and <3"), STR("1 < 2 and <3") },
		{ STR("vi<!-- x -->ag<b></b>r&#97;"), STR("viagra") },
		{ STR("vi&shy;ag&#8203;ra\xe2\x80\x8d"), STR("viagra") },
		{ STR("<img alt='our logo'>x"), STR("our logo x") },
		{ STR("<input type=submit value=Connexion>"), STR("Connexion") },
		{ STR("<noscript>seen</noscript><iframe>not</iframe>"), STR("seen") },
		{ STR("<svg><title>a</title><text>b</text></svg>"), STR("b") },
		{ STR("<iframe srcdoc='&lt;b>inner&lt;/b>'></iframe>"), STR("inner") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct htmlview v;

		htmlview_read(a, in, &v);
		expect(v.text, cases[i].out, i);
	}
}

static void what_styles_hide_is_not_in_the_text(void **state)
{
	static const struct {
		str in;
		uint32_t seen;
	} cases[] = {
		{ STR("<p style='display:none'>H</p>V"), 1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<p style='DISPLAY : None !important'>H</p>V"), 1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<p hidden>H<p>V"), 1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<p style=visibility:hidden>H<b style=visibility:visible>V</b></p>"),
		  1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<p style=opacity:0>H</p>V"), 1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<i style='position:absolute;left:-9999px'>H</i>V"),
		  1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<i style='text-indent:-999em'>V</i>"), 0 },
		{ STR("<i style='text-indent:-5000px'>H</i>V"), 1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<i style='max-height:0;overflow:hidden'>H</i>V"),
		  1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<i style='height:0'>V</i>"), 0 },
		{ STR("<i style='overflow:hidden;max-width:100%'>V</i>"), 0 },
		{ STR("<i style='clip:rect(0,0,0,0)'>H</i>V"), 1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<i style='mso-hide:all'>H</i>V"), 1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<i style='font-size:0'>H</i>V"), 1u << HTMLVIEW_HAS_TINY },
		{ STR("<i style='font-size:1px'>H</i>V"), 1u << HTMLVIEW_HAS_TINY },
		{ STR("<i style='font:0/0 a'>H</i>V"), 1u << HTMLVIEW_HAS_TINY },
		{ STR("<i style='font:bold 12px/1 a'>V</i>"), 0 },
		{ STR("<i style='font-size:.1em'><b style='font-size:50%'>H</b></i>V"),
		  1u << HTMLVIEW_HAS_TINY },
		{ STR("<i style='font-size:0'><b style='font-size:9pt'>V</b></i>"), 0 },
		{ STR("<font color=white>H</font>V"), 1u << HTMLVIEW_HAS_CAMOUFLAGED },
		{ STR("<font color=#fefefe>H</font>V"), 1u << HTMLVIEW_HAS_CAMOUFLAGED },
		{ STR("<i style='color:rgb(100%, 255 254)'>H</i>V"),
		  1u << HTMLVIEW_HAS_CAMOUFLAGED },
		{ STR("<table bgcolor=#000><tr><td><font color=white>V</font></table>"), 0 },
		{ STR("<div style='background:url(x)'><font color=white>V</font></div>"), 0 },
		{ STR("<body bgcolor=black text=black>H<p style='color:#fff'>V"),
		  1u << HTMLVIEW_HAS_CAMOUFLAGED },
		{ STR("<style>.x{display:none}</style><p class='a x'>H</p>V"),
		  1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<p id=y>H</p>V<style>/* */ a,#y { font-size : 0px }</style>"),
		  1u << HTMLVIEW_HAS_TINY },
		{ STR("<style>@media (max-width:9px){.x{display:none}}</style><p class=x>V"), 0 },
		{ STR("<style>@media screen{p.x{display:none}} .y{color:red}</style>"
		      "<p class=x>H</p>V"),
		  1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<style>.a .x{display:none}</style><p class=x>V"), 0 },
		{ STR("<style>p{display:none}</style><p style=display:block>V"), 0 },
		{ STR("<style>p{display:none!important}</style><p style=display:block>H</p>V"),
		  1u << HTMLVIEW_HAS_HIDDEN },
		{ STR("<template>H</template>V"), 1u << HTMLVIEW_HAS_HIDDEN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct htmlview v;

		htmlview_read(a, in, &v);
		expect(v.text, STR("V"), i);
		expect(v.hidden, cases[i].seen ? STR("H") : STR(""), i);
		assert_int_equal(v.seen, cases[i].seen);
	}
}

static void hidden_letters_in_a_word_are_seen(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
	struct strbuf b = strbuf_make(a, 1000);
	struct htmlview v;

	(void)state;
	htmlview_read(a, STR("Pay<i style=font-size:0>xq</i>Pal"), &v);
	assert_true(str_eq(v.text, STR("PayPal")));
	assert_true(htmlview_saw(&v, HTMLVIEW_HAS_HIDDEN_IN_WORD));
	htmlview_read(a, STR("Pay <i style=font-size:0>xq</i>Pal"), &v);
	assert_false(htmlview_saw(&v, HTMLVIEW_HAS_HIDDEN_IN_WORD));
	htmlview_read(a, STR("<div>Pay</div><i style=font-size:0>xq</i><p>Pal"), &v);
	assert_false(htmlview_saw(&v, HTMLVIEW_HAS_HIDDEN_IN_WORD));
	htmlview_read(a, STR("P&#8203;a&#8203;y&#8203;P"), &v);
	assert_true(str_eq(v.text, STR("PayP")) && !v.seen);
	strbuf_put(&b, STR("P&#8203;a&#8203;"));
	for (int i = 0; i < 20; i++)
		strbuf_put(&b, STR("y&#xfeff;"));
	strbuf_put(&b, STR("z"));
	htmlview_read(a, strbuf_str(&b), &v);
	assert_true(htmlview_saw(&v, HTMLVIEW_HAS_INVISIBLE));
}

static void each_way_to_link_is_a_link(void **state)
{
	static const struct {
		str in;
		enum htmlview_link_kind kind;
		str url, shown;
	} cases[] = {
		{ STR("<a href=' http://x '>t <b>u</b></a>v"), HTMLVIEW_ANCHOR, STR("http://x"),
		  STR("t u") },
		{ STR("<a href=http://x><img alt=logo></a>"), HTMLVIEW_ANCHOR, STR("http://x"),
		  STR("logo ") },
		{ STR("<a href=&#104;&#x74;tp://x>"), HTMLVIEW_ANCHOR, STR("http://x"), STR("") },
		{ STR("<a hr<!-- -->ef=http://x>"), HTMLVIEW_ANCHOR, STR(""), STR("") },
		{ STR("<area href=//x>"), HTMLVIEW_ANCHOR, STR("//x"), STR("") },
		{ STR("<img src=http://x>"), HTMLVIEW_IMAGE, STR("http://x"), STR("") },
		{ STR("<td background=x.png>"), HTMLVIEW_IMAGE, STR("x.png"), STR("") },
		{ STR("<img srcset='a 1x'>"), HTMLVIEW_IMAGE, STR("a"), STR("") },
		{ STR("<video poster=x>"), HTMLVIEW_IMAGE, STR("x"), STR("") },
		{ STR("<form action=http://x>"), HTMLVIEW_FORM, STR("http://x"), STR("") },
		{ STR("<button formaction=http://x>"), HTMLVIEW_FORM, STR("http://x"), STR("") },
		{ STR("<iframe src=http://x>"), HTMLVIEW_FRAME, STR("http://x"), STR("") },
		{ STR("<object data=http://x>"), HTMLVIEW_OBJECT, STR("http://x"), STR("") },
		{ STR("<script src=http://x></script>"), HTMLVIEW_SCRIPT, STR("http://x"),
		  STR("") },
		{ STR("<link rel=stylesheet href=x.css>"), HTMLVIEW_STYLE, STR("x.css"), STR("") },
		{ STR("<p style='background:url( \"http://x\" )'>"), HTMLVIEW_STYLE,
		  STR("http://x"), STR("") },
		{ STR("<style>@import 'http://x';</style>"), HTMLVIEW_STYLE, STR("http://x"),
		  STR("") },
		{ STR("<blockquote cite=http://x>"), HTMLVIEW_OTHER, STR("http://x"), STR("") },
		{ STR("<meta http-equiv=Refresh content='0; URL=http://x'>"), HTMLVIEW_REFRESH,
		  STR("http://x"), STR("") },
		{ STR("<meta http-equiv=refresh content='0,http://x'>"), HTMLVIEW_REFRESH,
		  STR("http://x"), STR("") },
		{ STR("<base href=http://x>"), HTMLVIEW_BASE, STR("http://x"), STR("") },
		{ STR("<svg><a xlink:href=http://x></svg>"), HTMLVIEW_ANCHOR, STR("http://x"),
		  STR("") },
		{ STR("<!--[if mso]><a href=http://x>y</a><![endif]-->"), HTMLVIEW_ANCHOR,
		  STR("http://x"), STR("y") },
		{ STR("<a/href=http://x>"), HTMLVIEW_ANCHOR, STR("http://x"), STR("") },
		{ STR("<a href=\"http://x and no more"), HTMLVIEW_ANCHOR,
		  STR("http://x and no more"), STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct htmlview v;

		htmlview_read(a, in, &v);
		assert_int_equal(v.links.n, cases[i].url.n > 0);
		if (!v.links.n)
			continue;
		expect(v.links.v[0].url, cases[i].url, i);
		expect(v.links.v[0].shown, cases[i].shown, i);
		assert_int_equal(v.links.v[0].kind, cases[i].kind);
	}
}

static void what_a_page_does_is_seen(void **state)
{
	static const struct {
		str in;
		enum htmlview_seen seen;
		str evidence;
	} cases[] = {
		{ STR("<form action=x>"), HTMLVIEW_HAS_FORM, STR("x") },
		{ STR("<input type=PASSWORD name=p>"), HTMLVIEW_HAS_PASSWORD_FIELD, STR("p") },
		{ STR("<form><input type=password name=a>"), HTMLVIEW_HAS_TYPED_FORM, STR("a") },
		{ STR("<form><input><textarea name=b>"), HTMLVIEW_HAS_TYPED_FORM, STR("b") },
		{ STR("<form><input><form><input name=c>"), HTMLVIEW_HAS_TYPED_FORM, STR("c") },
		{ STR("<form></form><input form=x name=d>"), HTMLVIEW_HAS_TYPED_FORM, STR("d") },
		{ STR("<!--[if mso]><form action=x>-->"), HTMLVIEW_HAS_FORM, STR("x") },
		{ STR("<noframes><form action=x></noframes>"), HTMLVIEW_HAS_FORM, STR("x") },
		{ STR("<svg><![CDATA[</svg><form action=x>]]></svg>"), HTMLVIEW_HAS_FORM,
		  STR("x") },
		{ STR("<noembed><form action=x></noembed>"), HTMLVIEW_HAS_FORM, STR("x") },
		{ STR("<svg><style><!--</style></svg><form action=x><svg>--></svg>"),
		  HTMLVIEW_HAS_FORM, STR("x") },
		{ STR("<script>f()</script>"), HTMLVIEW_HAS_SCRIPT, STR("f()") },
		{ STR("<script src=x></script>"), HTMLVIEW_HAS_SCRIPT, STR("x") },
		{ STR("<script>f()"), HTMLVIEW_HAS_SCRIPT, STR("f()") },
		{ STR("<p onclick=f()>"), HTMLVIEW_HAS_HANDLER, STR("f()") },
		{ STR("<a href='java\nscript:f()'>"), HTMLVIEW_HAS_SCRIPT_URL,
		  STR("java\nscript:f()") },
		{ STR("<svg><script>f(&#41;</script></svg>"), HTMLVIEW_HAS_SVG_SCRIPT, STR("") },
		{ STR("<svg><foreignObject><p>x</svg>"), HTMLVIEW_HAS_SVG_HTML,
		  STR("foreignobject") },
		{ STR("<hta:application>"), HTMLVIEW_HAS_HTA, STR("hta:application") },
		{ STR("<a href='data:text/html,x'>"), HTMLVIEW_HAS_DATA_URL,
		  STR("data:text/html,x") },
		{ STR("<video autoplay src=x>"), HTMLVIEW_HAS_AUTOPLAY, STR("x") },
		{ STR("<link rel=prefetch href=x>"), HTMLVIEW_HAS_PREFETCH, STR("x") },
		{ STR("<img src=http://x width=1 height='1'>"), HTMLVIEW_HAS_TRACKING_PIXEL,
		  STR("http://x") },
		{ STR("<p><a href=\"http://x"), HTMLVIEW_HAS_CUT_TAG, STR("http://x") },
		{ STR("<a href=\"http://x>y</a> <b c=\">"), HTMLVIEW_HAS_BROKEN_LINK,
		  STR("http://x>y</a> <b c=") },
		{ STR("<bdo dir=rtl>lap</bdo>"), HTMLVIEW_HAS_REVERSED, STR("bdo") },
		{ STR("<embed src=x>"), HTMLVIEW_HAS_OBJECT, STR("x") },
	};
	static const str quiet[] = {
		STR("<!-- <form action=x> -->"),
		STR("<script type=application/ld+json>{}</script>"),
		STR("<a href='javascript:;'>"),
		STR("<a href='#x'>"),
		STR("<img src='data:image/png;base64,AA=='>"),
		STR("<!--[if lt IE 9]><p>x</p><![endif]-->"),
		STR("<meta http-equiv=refresh content=30>"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct htmlview v;

		htmlview_read(a, in, &v);
		if (!htmlview_saw(&v, cases[i].seen))
			print_error("case %zu\n", i);
		assert_true(htmlview_saw(&v, cases[i].seen));
		expect(v.evidence[cases[i].seen], cases[i].evidence, i);
	}
	for (size_t i = 0; i < ARRAY_LEN(quiet); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);
		struct htmlview v;

		htmlview_read(a, quiet[i], &v);
		assert_int_equal(v.seen, 0);
	}
}

static void depth_is_limited_and_said(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct strbuf b = strbuf_make(a, 1 << 20);
	struct htmlview v;

	(void)state;
	for (int i = 0; i < HTMLVIEW_DEPTH_MAX; i++)
		strbuf_put(&b, STR("<b>"));
	htmlview_read(a, strbuf_str(&b), &v);
	assert_int_equal(v.seen, 0);
	strbuf_put(&b, STR("<b></b></b></b>x"));
	htmlview_read(a, strbuf_str(&b), &v);
	assert_true(htmlview_saw(&v, HTMLVIEW_CUT) && str_eq(v.text, STR("x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_become_the_text_that_is_read),
		cmocka_unit_test(what_styles_hide_is_not_in_the_text),
		cmocka_unit_test(hidden_letters_in_a_word_are_seen),
		cmocka_unit_test(each_way_to_link_is_a_link),
		cmocka_unit_test(what_a_page_does_is_seen),
		cmocka_unit_test(depth_is_limited_and_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
