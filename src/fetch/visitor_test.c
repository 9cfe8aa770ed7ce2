#include "fetch/visitor.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct page {
	const char *url;
	struct httpget_answer answer;
} pages[] = {
	{ "http://a.example/", { .code = 302, .location = STR("/b#x") } },
	{ "http://a.example/b#x", { .code = 301, .location = STR("https://b.example/c") } },
	{ "https://b.example/c", { .code = 200, .type = STR("Text/HTML; charset=utf-8") } },
	{ "http://loop.example/", { .code = 302, .location = STR("/1") } },
	{ "http://loop.example/1", { .code = 302, .location = STR("/") } },
	{ "http://long.example/", { .code = 302, .location = STR("/1") } },
	{ "http://long.example/1", { .code = 302, .location = STR("/2") } },
	{ "http://long.example/2", { .code = 302, .location = STR("/3") } },
	{ "http://in.example/", { .code = 302, .location = STR("http://inside.example/") } },
	{ "http://app.example/", { .code = 302, .location = STR("search-ms:query=x") } },
	{ "http://meta.example/",
	  { .code = 200,
	    .type = STR("text/html"),
	    .body = STR("<meta http-equiv=refresh content='0;url=https://b.example/c'>") } },
	{ "http://field.example/", { .code = 200, .refresh = STR("0; url=https://b.example/c") } },
	{ "http://file.example/",
	  { .code = 200,
	    .type = STR("application/octet-stream"),
	    .disposition = STR("Attachment; filename*=UTF-8''facture%2Eexe; x=y") } },
	{ "http://odd.example/", { .code = 302, .location = STR("http://[") } },
};

static int get(const void *ctx, struct arena *a, const struct httpget *q,
	       struct httpget_answer *ret, struct why *why)
{
	(void)ctx;
	(void)a;
	(void)why;
	assert_true(q->plain && q->cut && q->max_bytes == VISITOR_PAGE);
	for (size_t i = 0; i < q->n_fields; i++)
		assert_false(str_casestarts(q->fields[i], STR("cookie")) ||
			     str_casestarts(q->fields[i], STR("referer")));
	if (str_eq(q->url, STR("http://inside.example/")))
		return HTTPGET_E_INTERNAL;
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		if (!str_eq(str_c(pages[i].url), q->url))
			continue;
		*ret = pages[i].answer;
		if (q->head)
			ret->body = STR("");
		return HTTPGET_OK;
	}
	return -ETIMEDOUT;
}

static struct visit follow(struct arena *a, const char *url, bool content)
{
	struct visitor v = { .get = get, .hops = 2 };
	struct visit_question q = { str_c(url), content };
	struct visit found;

	visitor_follow(&v, a, &q, deadline_in(1000), &found);
	return found;
}

static void a_link_is_followed_to_its_end(void **state)
{
	static const struct {
		const char *url;
		bool content;
		enum visit_end end;
		size_t hops;
		const char *last;
	} cases[] = {
		{ "https://b.example/c", false, VISIT_PAGE, 0, NULL },
		{ "http://a.example/", false, VISIT_PAGE, 2, "https://b.example/c" },
		{ "http://loop.example/", false, VISIT_LOOP, 1, "http://loop.example/1" },
		{ "http://long.example/", false, VISIT_TOO_MANY, 2, "http://long.example/2" },
		{ "http://in.example/", false, VISIT_INTERNAL, 1, "http://inside.example/" },
		{ "http://inside.example/", false, VISIT_INTERNAL, 0, NULL },
		{ "http://silent.example/", false, VISIT_UNANSWERED, 0, NULL },
		{ "http://app.example/", false, VISIT_UNANSWERED, 1, "search-ms:query=x" },
		{ "http://meta.example/", false, VISIT_PAGE, 0, NULL },
		{ "http://meta.example/", true, VISIT_PAGE, 1, "https://b.example/c" },
		{ "http://field.example/", false, VISIT_PAGE, 1, "https://b.example/c" },
		{ "http://odd.example/", false, VISIT_PAGE, 0, NULL },
		{ "mailto:a@b.example", false, VISIT_UNANSWERED, 0, NULL },
		{ "nothing", false, VISIT_UNANSWERED, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct visit v = follow(a, cases[i].url, cases[i].content);

		if (v.end != cases[i].end || v.n != cases[i].hops ||
		    (v.n && !str_eq(v.hops[v.n - 1], str_c(cases[i].last))))
			fail_msg("%s: %d, %zu hops", cases[i].url, (int)v.end, v.n);
	}
}

static void what_the_server_says_of_a_file_is_kept(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct visit v = follow(a, "http://file.example/", false);

	(void)state;
	assert_true(v.download && v.code == 200);
	assert_true(str_eq(v.type, STR("application/octet-stream")));
	assert_true(str_caseends(v.filename, STR("exe")));
	assert_true(str_eq(follow(a, "https://b.example/c", false).type, STR("text/html")));
}

static void what_was_found_travels(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct visit v = follow(a, "http://a.example/", false), heard;
	struct msg m = visit_tell(a, &v);

	(void)state;
	assert_true(visit_heard(&m, &heard));
	assert_true(heard.end == v.end && heard.n == v.n && str_eq(heard.hops[1], v.hops[1]));
	m.visited.end = VISIT_ENDS;
	assert_false(visit_heard(&m, &heard));
	m.visited.end = VISIT_PAGE;
	m.visited.hops.n = VISIT_HOPS + 1;
	assert_false(visit_heard(&m, &heard));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_is_followed_to_its_end),
		cmocka_unit_test(what_the_server_says_of_a_file_is_kept),
		cmocka_unit_test(what_was_found_travels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
