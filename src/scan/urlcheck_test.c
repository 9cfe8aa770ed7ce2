/* Which links are followed, and what becomes of what was found. */
#include "scan/urlcheck.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct scene {
	struct arena *arena;
	struct conf *conf;
	struct rules *rules;
	struct facts facts;
	struct evidence evidence;
	struct visit visit; /* what is found at each link */
	struct visit_source source;
	struct strbuf asked;
	size_t n;
};

static void *begin(void *ctx, struct arena *a, const struct visit_question *q, size_t n, deadline d)
{
	struct scene *s = ctx;

	(void)a;
	(void)d;
	s->n = n;
	for (size_t i = 0; i < n; i++)
		strbuf_fmt(&s->asked, "%s%.*s\n", q[i].get ? "GET " : "", STR_ARG(q[i].url));
	return s;
}

static void end(void *ctx, void *begun, struct arena *a, struct visit *ret)
{
	const struct scene *s = begun;

	(void)ctx;
	(void)a;
	for (size_t i = 0; i < s->n; i++)
		ret[i] = s->visit;
}

static void open_scene(struct scene *s)
{
	struct why why = { "" };

	*s = (struct scene){ .arena = arena_new("test", 64 << 20) };
	s->conf = conf_new_default(s->arena);
	s->conf->url_check.enabled = true;
	s->asked = strbuf_make(s->arena, 1 << 20);
	s->source = (struct visit_source){ s, begin, end };
	if (rules_load_text(s->arena,
			    STR("thresholds: {tag: 6, quarantine: 10, reject: 15}\n"
				"symbols: {}\n"),
			    STR_NULL, &s->rules, &why) < 0)
		fail_msg("%s", why.text);
	assert_int_equal(lists_load_text(&s->rules->lists, s->arena, URLCHECK_NEVER,
					 STR("*unsub*\nshy.example\n"), &why),
			 0);
	assert_int_equal(lists_load_text(&s->rules->lists, s->arena, URLCHECK_EXTENSIONS,
					 STR("exe\n"), &why),
			 0);
}

static void close_scene(struct scene *s)
{
	rules_close(s->rules);
	arena_free(s->arena);
}

static void add(struct scene *s, enum facts_url_where where, const char *url, const char *domain)
{
	*arena_push(s->arena, &s->facts.urls) = (struct facts_url){
		.where = where, .url = str_c(url), .host = str_c(domain), .domain = str_c(domain)
	};
}

static void check(struct scene *s)
{
	struct urlcheck u;

	urlcheck_begin(&u, &s->source, s->arena, s->conf, s->rules, &s->facts, 1,
		       deadline_in(1000));
	urlcheck_end(&u, NULL, 0, 0, 0, &s->facts, &s->evidence);
}

static void only_links_that_do_nothing_in_the_readers_name_are_followed(void **state)
{
	struct scene s;

	(void)state;
	open_scene(&s);
	*arena_push(s.arena, &s.facts.headers) = (struct facts_header){
		STR("List-Unsubscribe"), STR("<https://list.example/u/17>, <mailto:x@y.example>"), 1
	};
	add(&s, FACTS_URL_TEXT, "http://a.example/", "a.example");
	add(&s, FACTS_URL_HTML, "http://a.example/", "a.example");
	add(&s, FACTS_URL_HTML, "https://list.example/u/17", "list.example");
	add(&s, FACTS_URL_HTML, "https://b.example/Unsubscribe", "b.example");
	add(&s, FACTS_URL_HTML, "https://www.shy.example/x", "shy.example");
	add(&s, FACTS_URL_HTML, "https://www.hopital.example/x", "hopital.example");
	add(&s, FACTS_URL_HEADER, "https://h.example/", "h.example");
	add(&s, FACTS_URL_WRAPPED, "https://w.example/", "w.example");
	add(&s, FACTS_URL_TEXT, "mailto:x@y.example", "");
	add(&s, FACTS_URL_TEXT, "ftp://f.example/", "f.example");
	add(&s, FACTS_URL_DOCUMENT, "https://1drv.ms/x", "1drv.ms");
	add(&s, FACTS_URL_DOCUMENT, "https://not1drv.ms/x", "not1drv.ms");
	check(&s);
	assert_true(
		str_eq(strbuf_str(&s.asked),
		       STR("http://a.example/\nGET https://1drv.ms/x\nhttps://not1drv.ms/x\n")));
	close_scene(&s);
}

static void a_hundred_links_to_one_domain_do_not_hide_another(void **state)
{
	struct scene s;

	(void)state;
	open_scene(&s);
	for (int i = 0; i < 100; i++)
		add(&s, FACTS_URL_TEXT, arena_fmt(s.arena, "http://a.example/%d", i).p,
		    "a.example");
	add(&s, FACTS_URL_TEXT, "http://b.example/", "b.example");
	check(&s);
	assert_int_equal(s.n, s.conf->url_check.max_links);
	assert_true(str_find(strbuf_str(&s.asked), STR("http://b.example/")) != STR_NONE);
	close_scene(&s);
}

static void nobody_is_asked_unless_it_is_switched_on(void **state)
{
	struct scene s;

	(void)state;
	open_scene(&s);
	s.conf->url_check.enabled = false;
	add(&s, FACTS_URL_TEXT, "http://a.example/", "a.example");
	check(&s);
	assert_int_equal(s.n, 0);
	s.conf->url_check.enabled = true;
	s.source.begin = NULL;
	check(&s);
	assert_int_equal(s.n, 0);
	close_scene(&s);
}

static void what_is_found_becomes_evidence(void **state)
{
	static const struct {
		struct visit visit;
		const char *symbols;
	} cases[] = {
		{ { .end = VISIT_UNANSWERED }, "" },
		{ { .end = VISIT_LOOP }, "LINK_CIRCLES " },
		{ { .end = VISIT_TOO_MANY }, "LINK_REDIRECTS_OFTEN " },
		{ { .end = VISIT_INTERNAL }, "LINK_LEADS_INSIDE " },
		{ { .end = VISIT_PAGE, .code = 200, .type = STR("text/html") }, "" },
		{ { .end = VISIT_PAGE, .code = 200, .type = STR("application/pdf") }, "" },
		{ { .end = VISIT_PAGE, .code = 200, .type = STR("image/png") }, "" },
		{ { .end = VISIT_PAGE, .code = 404, .type = STR("application/x-msdownload") }, "" },
		{ { .end = VISIT_PAGE, .code = 200, .type = STR("application/x-msdownload") },
		  "LINK_SUSPECT_TYPE " },
		{ { .end = VISIT_PAGE,
		    .code = 200,
		    .filename = STR("a.pdf.EXE"),
		    .download = true },
		  "LINK_DOWNLOAD LINK_SUSPECT_FILE " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct strbuf b;
		struct scene s;

		open_scene(&s);
		s.visit = cases[i].visit;
		add(&s, FACTS_URL_TEXT, "http://a.example/", "a.example");
		check(&s);
		b = strbuf_make(s.arena, 1 << 16);
		for (size_t k = 0; k < s.evidence.symbols.n; k++)
			strbuf_fmt(&b, "%.*s ", STR_ARG(s.evidence.symbols.v[k].name));
		if (!str_eq(strbuf_str(&b), str_c(cases[i].symbols)))
			fail_msg("%zu: %.*s", i, STR_ARG(strbuf_str(&b)));
		close_scene(&s);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_links_that_do_nothing_in_the_readers_name_are_followed),
		cmocka_unit_test(a_hundred_links_to_one_domain_do_not_hide_another),
		cmocka_unit_test(nobody_is_asked_unless_it_is_switched_on),
		cmocka_unit_test(what_is_found_becomes_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
