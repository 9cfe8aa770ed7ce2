#include "base/exact.h"
#include "base/strbuf.h"
#include "inspect/inspect.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>

static struct patterns *load(struct arena *a, const struct pattern *list, size_t n)
{
	struct patterns *p = NULL;
	struct why why;
	size_t bad;
	str blob;

	assert_int_equal(patterns_compile(a, list, n, &blob, &bad, &why), PATTERNS_OK);
	assert_int_equal(patterns_load(blob, &p, &why), 0);
	return p;
}

static void patterns_match_in_their_scope_with_evidence(void **state)
{
	static const struct pattern list[] = {
		{ 7, PATTERN_HEADER, STR("Subject"), STR("virement\\s+urgent"), true },
		{ 8, PATTERN_HEADER, STR("X-Mailer"), STR("urgent"), false },
		{ 9, PATTERN_BODY, STR(""), STR("caf\xc3\xa9"), false },
		{ 10, PATTERN_RAW, STR(""), STR("\\r\\nX-Mailer:"), false },
		{ 11, PATTERN_FILENAME, STR(""), STR("\\.exe$"), true },
		{ 12, PATTERN_BODY, STR(""), STR("absent"), false },
	};
	static const str message =
		STR("Subject: =?utf-8?Q?VIREMENT?= \r\n Urgent !\r\nX-Mailer: urgent\r\n"
		    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
		    "--b\r\nContent-Type: text/html\r\n\r\nun caf&eacute;, deux caf&eacute;s\r\n"
		    "--b\r\nContent-Type: a/b; name=A.EXE\r\n\r\nx\r\n--b--\r\n");
	static const struct {
		uint32_t id, part;
		str evidence;
	} wanted[] = {
		{ 10, 0, { NULL, 0 } },	 { 7, 0, STR("VIREMENT  Urgent") },
		{ 8, 0, STR("urgent") }, { 9, 1, STR("un caf\xc3\xa9") },
		{ 11, 2, STR("A.EXE") },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct patterns *p = load(a, list, ARRAY_LEN(list));
	struct facts f;

	(void)state;
	inspect_message(a, message, p, &inspect_default_limits, &f);
	assert_int_equal(f.hits.n, ARRAY_LEN(wanted));
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		assert_int_equal(f.hits.v[i].pattern, wanted[i].id);
		assert_int_equal(f.hits.v[i].part, wanted[i].part);
		if (wanted[i].evidence.p && !str_eq(f.hits.v[i].evidence, wanted[i].evidence))
			print_error("%.*s\n", STR_ARG(f.hits.v[i].evidence));
		assert_true(!wanted[i].evidence.p ||
			    str_eq(f.hits.v[i].evidence, wanted[i].evidence));
	}
	assert_null(patterns_free(p));
}

static void count_hit(void *ctx, uint32_t id, str evidence)
{
	unsigned *n = ctx;

	(void)id;
	assert_true(evidence.n <= 60);
	(*n)++;
}

static void a_pattern_is_reported_once_a_scan(void **state)
{
	static const struct pattern list[] = { { 1, PATTERN_BODY, STR(""), STR("a"), false } };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct patterns *p = load(a, list, 1);
	char text[500];
	unsigned n = 0;

	(void)state;
	memset(text, 'a', sizeof(text));
	patterns_scan(p, PATTERN_BODY, STR(""), str_of(text, sizeof(text)), count_hit, &n);
	assert_int_equal(n, 1);
	patterns_scan(p, PATTERN_RAW, STR(""), str_of(text, sizeof(text)), count_hit, &n);
	patterns_scan(p, PATTERN_BODY, STR(""), STR_NULL, count_hit, &n);
	assert_int_equal(n, 1);
	patterns_free(p);
}

static void a_bad_expression_is_named(void **state)
{
	static const struct pattern list[] = {
		{ 1, PATTERN_BODY, STR(""), STR("good"), false },
		{ 2, PATTERN_RAW, STR(""), STR("fine"), false },
		{ 3, PATTERN_BODY, STR(""), STR("(open"), false },
	};
	static const struct pattern nul = { 1, PATTERN_BODY, STR(""), STR("a\0b"), false };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	str blob = STR("untouched");
	struct why why;
	size_t bad = 9;

	(void)state;
	assert_int_equal(patterns_compile(a, list, 3, &blob, &bad, &why), PATTERNS_E_SYNTAX);
	assert_int_equal(bad, 2);
	assert_true(strlen(why.text) > 0);
	assert_true(str_eq(blob, STR("untouched")));
	assert_int_equal(patterns_compile(a, &nul, 1, &blob, &bad, &why), PATTERNS_E_SYNTAX);
	assert_int_equal(bad, 0);
}

static void a_blob_that_is_not_ours_is_refused(void **state)
{
	static const struct pattern list[] = { { 1, PATTERN_BODY, STR(""), STR("abc"), false } };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct patterns *p = NULL;
	struct why why;
	size_t bad;
	str blob;

	(void)state;
	assert_int_equal(patterns_compile(a, list, 1, &blob, &bad, &why), PATTERNS_OK);
	for (size_t n = 0; n < blob.n; n += 7) {
		cleanup(exact_freep) str cut = exact_copy(str_sub(blob, 0, n));

		assert_int_equal(patterns_load(cut, &p, &why), -EINVAL);
	}
	assert_null(p);
	assert_int_equal(patterns_compile(a, NULL, 0, &blob, &bad, &why), PATTERNS_OK);
	assert_int_equal(patterns_load(blob, &p, &why), 0); /* no rules are rules too */
	patterns_free(p);
	assert_null(patterns_free(NULL));
}

/* Twice as many as are kept, beside one that judges: one expression for each word of the text. */
static struct patterns *load_flood(struct arena *a)
{
	enum { FLOOD = 2 * FACTS_MAX_HITS };
	struct pattern *list = arena_array(a, struct pattern, FLOOD);

	for (uint32_t i = 0; i < FLOOD; i++)
		list[i] = (struct pattern){ i, PATTERN_BODY, STR(""),
					    arena_fmt(a, "x%uy", i % (FACTS_MAX_HITS / 2)), true };
	return load(a, list, FLOOD);
}

static str text_of_flood(struct arena *a)
{
	struct strbuf b = strbuf_make(a, 1 << 20);

	strbuf_put(&b, STR("Subject: s\r\n\r\n"));
	for (unsigned i = 0; i < FACTS_MAX_HITS / 2; i++)
		strbuf_fmt(&b, "x%uy\r\n", i);
	strbuf_put(&b, STR("the prize\r\n"));
	return strbuf_str(&b);
}

/* However much a candidate finds, what judges is the same to the byte; and it is all or nothing. */
static void a_candidate_changes_no_fact_but_its_own(void **state)
{
	static const struct pattern prize = { 5, PATTERN_BODY, STR(""), STR("prize"), true };
	static const struct pattern other = { 5, PATTERN_HEADER, STR("Subject"), STR("s"), true };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 30);
	struct patterns *live = load(a, &prize, 1);
	struct patterns *tried[] = { load(a, &other, 1), load_flood(a) };
	struct inspect_limits limits = inspect_default_limits;
	str message = text_of_flood(a), bytes;
	struct facts alone, f;

	(void)state;
	inspect_message(a, message, live, &limits, &alone);
	bytes = facts_encode(a, &alone);
	limits.candidate_set = 9;
	for (size_t i = 0; i < ARRAY_LEN(tried); i++) {
		limits.candidate = tried[i];
		inspect_message(a, message, live, &limits, &f);
		assert_true(f.hits.n == 1 && f.hits.v[0].pattern == 5);
		assert_true(f.candidate.set == (i ? 0 : 9));
		assert_true(i || f.candidate.hits.n == 1);
		f.candidate = (struct facts_candidate){ 0 };
		assert_true(str_eq(facts_encode(a, &f), bytes));
		patterns_free(tried[i]);
	}
	patterns_free(live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_in_their_scope_with_evidence),
		cmocka_unit_test(a_pattern_is_reported_once_a_scan),
		cmocka_unit_test(a_candidate_changes_no_fact_but_its_own),
		cmocka_unit_test(a_bad_expression_is_named),
		cmocka_unit_test(a_blob_that_is_not_ours_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
