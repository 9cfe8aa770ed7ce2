#include "inspect/luarules.h"

#include "inspect/inspect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

static const char message[] = "From: \"The Director\" <boss@evil.example>\r\n"
			      "Reply-To: x@other.example\r\n"
			      "Subject: Virement\r\n"
			      "\r\n"
			      "Voir http://www.evil.example/a?b=1\r\n";

struct outcome {
	str evidence; /* p is NULL: no hit */
	str failure;
	uint32_t id;
	struct arena *a;
};

static void on_hit(void *ctx, uint32_t id, str evidence)
{
	struct outcome *o = ctx;

	o->id = id;
	o->evidence = arena_str(o->a, evidence);
	if (!o->evidence.p)
		o->evidence = STR("");
}

static void on_failure(void *ctx, uint32_t id unused_arg, str why)
{
	struct outcome *o = ctx;

	o->failure = arena_str(o->a, why);
}

static struct outcome run(struct arena *a, const char *const *codes, size_t n)
{
	struct luarule *list = arena_array(a, struct luarule, n);
	struct outcome o = { .a = a };
	struct luarules_hits to = { &o, on_hit, on_failure };
	struct luarules *l;
	struct facts f;
	size_t bad;
	struct why why;
	str blob;

	for (size_t i = 0; i < n; i++)
		list[i] = (struct luarule){ (uint32_t)i + 7, STR("RULE"), str_c(codes[i]) };
	if (luarules_compile(a, list, n, &blob, &bad, &why) < 0 ||
	    luarules_load(blob, &l, &why) < 0)
		fail_msg("%s", why.text);
	inspect_message(a, str_c(message), NULL, &inspect_default_limits, &f);
	luarules_run(l, &f, &to);
	luarules_free(l);
	return o;
}

static void programs_see_the_facts_and_say_what_they_saw(void **state)
{
	static const struct {
		const char *code, *evidence; /* NULL: nothing */
	} cases[] = {
		{ "local m = ... return m.from[1].domain", "evil.example" },
		{ "local m = ... return m.from[1].display:lower()", "the director" },
		{ "local m = ... if m.from[1].domain ~= m.reply_to[1].domain then return true end",
		  "" },
		{ "local m = ... for _, h in ipairs(m.headers) do if h.name == 'Subject' then "
		  "return "
		  "h.value end end",
		  "Virement" },
		{ "local m = ... return m.urls[1].host", "www.evil.example" },
		{ "local m = ... return m.text:contains('Voir') and m.parts[1].type",
		  "text/plain" },
		{ "local m = ... return m.size > 1000", NULL },
		{ "local m = ... return m.findings.NO_SUCH", NULL },
		{ "return nil", NULL },
		{ "", NULL },
		{ "return 12.5", "12.5" },
		{ "return {}", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		struct outcome o = run(a, &cases[i].code, 1);

		if (o.failure.p)
			fail_msg("%s: %.*s", cases[i].code, STR_ARG(o.failure));
		assert_int_equal(o.evidence.p != NULL, cases[i].evidence != NULL);
		if (cases[i].evidence && !str_eq(o.evidence, str_c(cases[i].evidence)))
			fail_msg("%s: %.*s", cases[i].code, STR_ARG(o.evidence));
	}
}

enum { CPU_MAX_MS = 10000 }; /* a second or two, under sanitizers */

static int64_t cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Each is told as failed, quickly, and the next program runs all the same. */
static void what_runs_away_is_stopped_and_told(void **state)
{
	static const char *const cases[] = {
		"while true do end",
		"local function f() return f() end return f()",
		"local function f() return 1 + f() end return f()",
		"local t = {} while true do t[#t + 1] = {} end",
		"local s = 'x' while true do s = s .. s end",
		"while true do local s = string.rep('x', 1000000) end",
		"return string.rep('x', 1 << 40)",
		"return ('x'):rep(1 << 40)",
		"return undefined.field",
		"error('told')",
		"error({})",
		"return string.find('aaa', 'a')",
		"return ('aaa'):gsub('a', 'b')",
		"return io.open('/etc/passwd')",
		"return os.time()",
		"return load('return 1')",
		"return pcall(error)",
		"return require('os')",
		"return debug.getinfo(1)",
		"return coroutine.create(print)",
		"return setmetatable({}, {})",
		"return _G.string",
		"return table.move({}, 1, 1 << 40, 1)",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		const char *codes[] = { cases[i], "return 'still here'" };
		int64_t began = cpu_ms();
		struct outcome o = run(a, codes, 2);

		if (!o.failure.p)
			fail_msg("%s: it did not fail", cases[i]);
		assert_true(str_starts(o.failure, STR("RULE: ")));
		if (cpu_ms() - began > CPU_MAX_MS)
			fail_msg("%s: it took %lld ms", cases[i], (long long)(cpu_ms() - began));
		/* One that ate all its memory leaves none to the others: they are told as well. */
		if (o.evidence.p)
			assert_true(str_eq(o.evidence, STR("still here")));
	}
}

static void programs_do_not_see_each_other(void **state)
{
	static const char *const codes[] = { "leak = 'x' string = nil",
					     "return leak or string.rep('y', 2)" };
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct outcome o = run(a, codes, 2);

	(void)state;
	assert_true(str_eq(o.evidence, STR("yy")));
	assert_int_equal(o.id, 8);
}

static void a_program_that_does_not_parse_is_refused(void **state)
{
	static const char *const codes[] = { "return (", "\x1bLua" };
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		struct luarule list[] = { { 1, STR("A"), STR("return 1") },
					  { 2, STR("B"), str_c(codes[i]) } };
		struct why why = { "" };
		size_t bad = 0;
		str blob;

		assert_int_equal(luarules_compile(a, list, 2, &blob, &bad, &why), -22);
		assert_int_equal(bad, 1);
		assert_true(why.text[0]);
	}
}

static void a_blob_that_is_none_is_refused(void **state)
{
	static const str blobs[] = { { "", 0 },
				     { "\1\0\0\0", 4 },
				     { "\377\377\377\377", 4 },
				     { "\1\0\0\0\7\0\0\0\0\0\0\0\5\0\0\0ret", 19 } };
	struct luarules *l;
	struct why why;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(blobs); i++)
		assert_int_equal(luarules_load(blobs[i], &l, &why), -22);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_see_the_facts_and_say_what_they_saw),
		cmocka_unit_test(what_runs_away_is_stopped_and_told),
		cmocka_unit_test(programs_do_not_see_each_other),
		cmocka_unit_test(a_program_that_does_not_parse_is_refused),
		cmocka_unit_test(a_blob_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
