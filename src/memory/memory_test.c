/* What is remembered fades, is forgotten in time, stays within its room, and outlives a crash;
 * the same holds in this process and over a lane. */
#include "base/fd.h"
#include "memory/memory_cases.h"
#include "memory/memorylane.h"
#include "memory/testmemory.h"

struct bench {
	struct arena *arena;
	struct testmemory mem;
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct bench *b = arena_make(a, struct bench);

	b->arena = a;
	testmemory_make(&b->mem, conf_new_default(a));
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	testmemory_remove(&b->mem);
	arena_free(b->arena);
	return 0;
}

static void flush(struct bench *b)
{
	struct why why = { "" };
	size_t n;

	if (memorystore_flush(b->mem.store, &n, &why) < 0)
		fail_msg("%s", why.text);
}

static void test_all_that_holds_of_any_memory(void **state)
{
	struct bench *b = *state;

	cases_counts_add_up_and_halve(&b->mem.memory);
	cases_kinds_and_names_are_apart(&b->mem.memory);
	cases_rows_are_forgotten(&b->mem.memory);
}

static void test_the_shares_are_the_whole(void **state unused_arg)
{
	struct arena *a = arena_new("test", 1 << 20);
	const struct conf *conf = conf_new_default(a);
	struct memory_limits l = memory_limits_of(conf);
	uint64_t rows = 0;

	for (size_t i = 0; i < MEMORY_KINDS; i++) {
		rows += l.max_rows[i];
		assert_true(l.keep_s[i] > 0 && l.max_rows[i] > 0);
	}
	assert_int_equal(rows, conf->memory.max_rows);
	arena_free(a);
}

static void test_what_is_old_leaves_the_file(void **state)
{
	struct bench *b = *state;
	struct memory_change c = { .name = { MEMORY_SENT, STR("<1@x> a@b.example") }, .good = 1 };
	struct why why;
	size_t n;

	cases_note(&b->mem.memory, c, NOW);
	flush(b);
	assert_int_equal(memorystore_expire(b->mem.store, NOW, &n, &why), 0);
	assert_int_equal(n, 0);
	assert_int_equal(memorystore_rows(b->mem.store), 1);
	assert_int_equal(memorystore_expire(b->mem.store, NOW + 3 * DAY_S, &n, &why), 0);
	assert_int_equal(n, 1);
}

static void test_it_outlives_the_process(void **state)
{
	struct bench *b = *state;
	struct memorystore *killed = b->mem.store;

	cases_note(&b->mem.memory,
		   (struct memory_change){ HOST("kept.example"), .good = 3, .value = 4000000000 },
		   NOW);
	cases_note(&b->mem.memory, (struct memory_change){ HOST("gone.example"), .good = 3 }, NOW);
	flush(b);
	cases_note(&b->mem.memory, (struct memory_change){ HOST("gone.example"), .forget = true },
		   NOW);
	flush(b);
	cases_note(&b->mem.memory, (struct memory_change){ HOST("lost.example"), .good = 3 }, NOW);
	/* Another life on the same file, while the first one has not written its last. */
	testmemory_open(&b->mem);
	assert_float_equal(cases_recall(&b->mem.memory, MEMORY_URL_HOST, "kept.example", NOW).good,
			   3, 0.001);
	assert_int_equal(cases_recall(&b->mem.memory, MEMORY_URL_HOST, "kept.example", NOW).value,
			 4000000000);
	assert_int_equal(
		cases_recall(&b->mem.memory, MEMORY_URL_HOST, "gone.example", NOW).last_seen, 0);
	assert_int_equal(
		cases_recall(&b->mem.memory, MEMORY_URL_HOST, "lost.example", NOW).last_seen, 0);
	memorystore_close(killed);
}

/* Nobody who has the file reads names in it. */
static void test_the_file_holds_no_name(void **state)
{
	struct bench *b = *state;
	struct why why;
	struct memory_change c = { .name = { MEMORY_PAIR,
					     STR("doctor@ours.example patient@private.example") },
				   .good = 1 };
	str bytes;

	cases_note(&b->mem.memory, c, NOW);
	memorystore_close(b->mem.store);
	assert_int_equal(fd_read_path(b->mem.path, b->arena, 64 << 20, &bytes, &why), 0);
	assert_true(str_find(bytes, STR("fact_age")) != STR_NONE);
	assert_true(str_find(bytes, STR("patient")) == STR_NONE);
	assert_true(str_find(bytes, STR("ours")) == STR_NONE);
	testmemory_open(&b->mem);
	assert_int_equal(cases_recall(&b->mem.memory, MEMORY_PAIR,
				      "Doctor@ours.example patient@private.example", NOW)
				 .last_seen,
			 NOW);
}

/* More names than their kind may have: the oldest go,
 * and those of other kinds stay. */
static void test_a_flood_drives_nothing_else_out(void **state)
{
	struct bench *b = *state;
	enum { MANY = 40000, ROOM = 1000 };
	struct why why;
	size_t n;
	char text[32];

	memorystore_close(b->mem.store);
	b->mem.limits.max_rows[MEMORY_URL_HOST] = ROOM;
	testmemory_open(&b->mem);
	cases_note(&b->mem.memory,
		   (struct memory_change){ .name = { MEMORY_SIGNER, STR("a.example") }, .good = 1 },
		   NOW);
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "%d.example", i);
		cases_note(&b->mem.memory,
			   (struct memory_change){ .name = { MEMORY_URL_HOST, str_c(text) },
						   .bad = 1 },
			   NOW + (int64_t)i * 100);
		if (i % 4000 == 0 || i == MANY - 1)
			flush(b);
	}
	assert_int_equal(memorystore_dropped(b->mem.store), 0);
	assert_int_equal(memorystore_expire(b->mem.store, NOW + DAY_S, &n, &why), 0);
	assert_int_equal(n, MANY - ROOM);
	assert_int_equal(memorystore_expire(b->mem.store, NOW + DAY_S, &n, &why), 0);
	assert_int_equal(n, 0);
	assert_int_equal(memorystore_rows(b->mem.store), ROOM + 1);
	memorystore_close(b->mem.store);
	testmemory_open(&b->mem);
	assert_int_equal(cases_recall(&b->mem.memory, MEMORY_URL_HOST, "0.example", NOW).last_seen,
			 0);
	assert_int_not_equal(
		cases_recall(&b->mem.memory, MEMORY_URL_HOST, "39999.example", NOW).last_seen, 0);
	assert_int_not_equal(
		cases_recall(&b->mem.memory, MEMORY_SIGNER, "a.example", NOW).last_seen, 0);
}

static void test_a_broken_file_is_set_aside(void **state)
{
	struct bench *b = *state;
	struct why why;
	FILE *f;
	char aside[128];

	memorystore_close(b->mem.store);
	f = fopen(b->mem.path, "w");
	assert_non_null(f);
	for (int i = 0; i < 10000; i++)
		fputs("no database", f);
	fclose(f);
	assert_int_equal(memorystore_open(b->mem.path, &b->mem.limits, &b->mem.store, &why),
			 MEMORYSTORE_RENEWED);
	b->mem.memory = memorystore_memory(b->mem.store);
	cases_note(&b->mem.memory, (struct memory_change){ HOST("a.example"), .good = 1 }, NOW);
	assert_int_equal(cases_recall(&b->mem.memory, MEMORY_URL_HOST, "a.example", NOW).last_seen,
			 NOW);
	snprintf(aside, sizeof(aside), "%s.broken", b->mem.path);
	assert_int_equal(access(aside, F_OK), 0);
}

static int answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	struct why why;

	return memorylane_answer(ctx, c, m, a, &why);
}

static void test_a_lane_says_the_same(void **state)
{
	struct bench *b = *state;
	struct memory far;
	struct lanes *lanes = lanes_new(PROCESS_SCAN, PROCESS_MEMORY);
	struct memory_name names[MEMORY_MAX_NAMES];
	struct memory_fact f[MEMORY_MAX_NAMES];
	struct why why;
	char longest[2 * MEMORY_MAX_TEXT];
	int ends[2];

	assert_int_equal(chan_pair(ends, &why), 0);
	assert_int_equal(
		lanes_serve(ends[1], PROCESS_MEMORY, PROCESS_SCAN, answer, &b->mem.memory, &why),
		0);
	lanes_add(lanes, ends[0], 0);
	far = memorylane_over(lanes);
	cases_note(&far,
		   (struct memory_change){ HOST("a.example"), .good = 2.5, .bad = 1e9, .value = 7 },
		   NOW);
	memset(longest, 'x', sizeof(longest));
	for (size_t i = 0; i < MEMORY_MAX_NAMES; i++)
		names[i] =
			(struct memory_name){ MEMORY_URL_HOST, str_of(longest, sizeof(longest)) };
	names[63].text = STR("a.example");
	assert_int_equal(memory_recall(&far, b->arena, names, MEMORY_MAX_NAMES, NOW,
				       deadline_in(5000), f, &why),
			 0);
	assert_int_equal(f[0].last_seen, 0);
	assert_int_equal(f[63].last_seen, NOW);
	assert_float_equal(f[63].good, 2.5, 0.001);
	assert_float_equal(f[63].bad, 1e6, 1);
	assert_int_equal(f[63].value, 7);
	(void)lanes_free(lanes);
	/* Nobody there: an error, and everything is absent. */
	lanes = lanes_new(PROCESS_SCAN, PROCESS_MEMORY);
	far = memorylane_over(lanes);
	assert_true(memory_recall(&far, b->arena, names, MEMORY_MAX_NAMES, NOW, deadline_in(10), f,
				  &why) < 0);
	assert_int_equal(f[63].last_seen, 0);
	(void)lanes_free(lanes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_shares_are_the_whole),
		cmocka_unit_test_setup_teardown(test_all_that_holds_of_any_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_old_leaves_the_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_it_outlives_the_process, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_file_holds_no_name, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_flood_drives_nothing_else_out, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_broken_file_is_set_aside, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_lane_says_the_same, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
