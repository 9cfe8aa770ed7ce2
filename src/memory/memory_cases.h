/* memory/memory_cases.h - what holds of every memory, wherever its rows are: for its tests.
 */
#ifndef MEMORY_MEMORY_CASES_H
#define MEMORY_MEMORY_CASES_H

#include "memory/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DAY_S = 24 * 3600, NOW = 1800000000 };

static inline struct memory_fact cases_recall(const struct memory *m, enum memory_kind kind,
					      const char *text, int64_t now)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct memory_name name = { kind, str_c(text) };
	struct memory_fact f;
	struct why why = { "" };

	if (memory_recall(m, a, &name, 1, now, deadline_in(MEMORY_MS * 20), &f, &why) < 0)
		fail_msg("%s", why.text);
	arena_free(a);
	return f;
}

static inline void cases_note(const struct memory *m, struct memory_change c, int64_t now)
{
	struct why why;

	assert_int_equal(memory_note(m, &c, 1, now, &why), 0);
}

#define HOST(text) .name = { MEMORY_URL_HOST, STR(text) }

static inline void cases_counts_add_up_and_halve(const struct memory *b)
{
	int64_t half = memory_half_life(MEMORY_URL_HOST);
	struct memory_fact f;

	assert_int_equal(cases_recall(b, MEMORY_URL_HOST, "a.example", NOW).last_seen, 0);
	cases_note(b, (struct memory_change){ HOST("a.example"), .good = 4, .bad = 2, .value = 9 },
		   NOW);
	cases_note(b, (struct memory_change){ HOST("A.Example"), .good = 4 }, NOW);
	f = cases_recall(b, MEMORY_URL_HOST, "a.example", NOW);
	assert_float_equal(f.good, 8, 0.001);
	assert_float_equal(f.bad, 2, 0.001);
	assert_int_equal(f.value, 9);
	f = cases_recall(b, MEMORY_URL_HOST, "a.example", NOW + half);
	assert_float_equal(f.good, 4, 0.001);
	assert_float_equal(f.bad, 1, 0.001);
	assert_int_equal(f.first_seen, NOW);
	assert_int_equal(f.last_seen, NOW);
	/* Adding later is the same as adding to what has faded. */
	cases_note(b, (struct memory_change){ HOST("a.example"), .good = 1 }, NOW + half);
	f = cases_recall(b, MEMORY_URL_HOST, "a.example", NOW + 2 * half);
	assert_float_equal(f.good, 2.5, 0.001);
	assert_int_equal(f.first_seen, NOW);
	/* A clock that went back changes nothing. */
	assert_float_equal(cases_recall(b, MEMORY_URL_HOST, "a.example", NOW - DAY_S).good, 5,
			   0.001);
}

static inline void cases_kinds_and_names_are_apart(const struct memory *b)
{

	cases_note(b, (struct memory_change){ HOST("a.example"), .good = 1 }, NOW);
	assert_int_equal(cases_recall(b, MEMORY_AUTHOR_DOMAIN, "a.example", NOW).last_seen, 0);
	assert_int_equal(cases_recall(b, MEMORY_URL_HOST, "b.example", NOW).last_seen, 0);
	/* Hashes are compared byte for byte. */
	cases_note(b, (struct memory_change){ .name = { MEMORY_FUZZY, STR("aB") }, .bad = 1 }, NOW);
	assert_int_equal(cases_recall(b, MEMORY_FUZZY, "ab", NOW).last_seen, 0);
	assert_int_equal(cases_recall(b, MEMORY_FUZZY, "aB", NOW).last_seen, NOW);
}

static inline void cases_rows_are_forgotten(const struct memory *b)
{
	struct memory_change c = { .name = { MEMORY_SENT, STR("a@b.example <1@x>") }, .good = 1 };

	cases_note(b, c, NOW);
	assert_int_equal(cases_recall(b, MEMORY_SENT, "a@b.example <1@x>", NOW + DAY_S).first_seen,
			 NOW);
	assert_int_equal(
		cases_recall(b, MEMORY_SENT, "a@b.example <1@x>", NOW + DAY_S + 1).first_seen, 0);
	c.forget = true;
	cases_note(b, c, NOW + 10);
	assert_int_equal(cases_recall(b, MEMORY_SENT, "a@b.example <1@x>", NOW + 10).last_seen, 0);
	/* Seen again, it is new. */
	c.forget = false;
	cases_note(b, c, NOW + 3 * DAY_S);
	assert_int_equal(
		cases_recall(b, MEMORY_SENT, "a@b.example <1@x>", NOW + 3 * DAY_S).first_seen,
		NOW + 3 * DAY_S);
}

#endif
