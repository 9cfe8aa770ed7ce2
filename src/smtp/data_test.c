#include "smtp/data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct outcome {
	char kept[256];
	size_t n, used;
	bool ended;
	uint64_t bare, long_lines;
};

/* Runs in, cut at every multiple of chunk, each piece in a heap block of its exact size. */
static struct outcome run(str in, size_t chunk)
{
	struct outcome o = { 0 };
	struct data d = { 0 };

	while (o.used < in.n && !data_ended(&d)) {
		size_t n = in.n - o.used < chunk ? in.n - o.used : chunk, used, kept;
		char *exact = malloc(n);

		memcpy(exact, in.p + o.used, n);
		kept = data_unstuff(&d, exact, n, &used);
		assert_true(kept <= used && used <= n && (used == n || data_ended(&d)));
		assert_true(o.n + kept <= sizeof(o.kept));
		memcpy(o.kept + o.n, exact, kept);
		free(exact);
		o.n += kept;
		o.used += used;
	}
	assert_int_equal(d.bytes, o.n);
	o.ended = data_ended(&d);
	o.bare = d.bare;
	o.long_lines = d.long_lines;
	return o;
}

/* kept matters only for messages that are not refused (bare == 0). */
static const struct {
	str in, kept;
	uint64_t bare;
	bool ended;
	size_t left; /* bytes behind the end */
} cases[] = {
#define IN(lit)                                                                                    \
	{                                                                                          \
		lit, sizeof(lit) - 1                                                               \
	}
	{ IN(".\r\n"), IN(""), 0, true, 0 },
	{ IN("\r\n.\r\n"), IN("\r\n"), 0, true, 0 },
	{ IN("a\r\n.\r\n"), IN("a\r\n"), 0, true, 0 },
	{ IN("a\r\n.\r\nQUIT\r\n"), IN("a\r\n"), 0, true, 6 },
	{ IN("a\r\n..\r\n.\r\n"), IN("a\r\n.\r\n"), 0, true, 0 },
	{ IN("...\r\n.\r\n"), IN("..\r\n"), 0, true, 0 },
	{ IN(".a\r\n.\r\n"), IN("a\r\n"), 0, true, 0 },
	{ IN("a.\r\n.b.\r\n.\r\n"), IN("a.\r\nb.\r\n"), 0, true, 0 },
	{ IN("a\r\n. \r\n.\r\n"), IN("a\r\n \r\n"), 0, true, 0 },
	{ IN("a\0b\r\n.\0\r\n.\r\n"), IN("a\0b\r\n\0\r\n"), 0, true, 0 },
	{ IN("a"), IN("a"), 0, false, 0 },
	{ IN("a\r\n."), IN("a\r\n"), 0, false, 0 },
	{ IN("a\r\n.\r"), IN("a\r\n"), 0, false, 0 },
	{ IN("a\r\n\0.\r\n"), IN("a\r\n\0.\r\n"), 0, false, 0 },
	/* What is no end (each followed by a real one). */
	{ IN("a\n.\n\r\n.\r\n"), IN(""), 2, true, 0 },
	{ IN("a\n.\r\n\r\n.\r\n"), IN(""), 1, true, 0 },
	{ IN("a\r.\r\r\n.\r\n"), IN(""), 2, true, 0 },
	{ IN("a\r.\r\n\r\n.\r\n"), IN(""), 1, true, 0 },
	{ IN("a\r\n.\n\r\n.\r\n"), IN(""), 1, true, 0 },
	{ IN("a\r\n.\rb\r\n.\r\n"), IN(""), 1, true, 0 },
	{ IN("a\r\n.\r\r\n.\r\n"), IN(""), 1, true, 0 },
	{ IN("a\r\n.\r.\r\n\r\n.\r\n"), IN(""), 1, true, 0 },
	{ IN("\n\r\n.\r\n"), IN(""), 1, true, 0 },
	{ IN("\n.\r\n"), IN(""), 1, false, 0 },
	{ IN("\r\r\n.\r\n"), IN(""), 1, true, 0 },
	{ IN("a\n"), IN(""), 1, false, 0 },
#undef IN
};

static void only_crlf_dot_crlf_ends_a_message_at_every_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t chunk = 1; chunk <= cases[i].in.n; chunk++) {
			struct outcome o = run(cases[i].in, chunk);

			assert_int_equal(o.ended, cases[i].ended);
			assert_int_equal(o.bare, cases[i].bare);
			assert_int_equal(cases[i].in.n - o.used, cases[i].left);
			if (!cases[i].bare)
				assert_true(str_eq(str_of(o.kept, o.n), cases[i].kept));
		}
	}
}

static void lines_over_1000_bytes_are_counted(void **state)
{
	static const struct {
		size_t text;
		uint64_t want;
	} sizes[] = { { 0, 0 }, { DATA_LINE_MAX - 2, 0 }, { DATA_LINE_MAX - 1, 1 }, { 3000, 1 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct data d = { 0 };
		size_t n = sizes[i].text, used;
		char *in = malloc(n + 5);

		memset(in, 'x', n);
		memcpy(in + n, "\r\n.\r\n", 5);
		assert_int_equal(data_unstuff(&d, in, n + 5, &used), n + 2);
		assert_int_equal(d.long_lines, sizes[i].want);
		free(in);
	}
}

/* Without dots, DATA and BDAT find the same bare line ends and the same long lines. */
static void chunks_are_counted_as_data_is(void **state)
{
	static const str texts[] = {
		{ "a\r\nb\r\n", 6 }, { "a\nb", 3 },   { "a\rb", 3 },	   { "\r\r\n", 3 },
		{ "\n\n\r\n", 4 },   { "\r\n\r", 3 }, { "\n\r\r\r\n", 5 }, { "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		for (size_t cut = 0; cut <= texts[i].n; cut++) {
			struct data data = { 0 }, chunk = { 0 };
			char copy[16];
			size_t used;

			memcpy(copy, texts[i].p, texts[i].n);
			assert_int_equal(data_unstuff(&data, copy, texts[i].n, &used), texts[i].n);
			data_count(&chunk, str_sub(texts[i], 0, cut));
			data_count(&chunk, str_skip(texts[i], cut));
			assert_memory_equal(&chunk, &data, sizeof(data));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_crlf_dot_crlf_ends_a_message_at_every_split),
		cmocka_unit_test(lines_over_1000_bytes_are_counted),
		cmocka_unit_test(chunks_are_counted_as_data_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
