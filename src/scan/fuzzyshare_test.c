/* What one gateway learned another knows by their common memory, until it is forgotten. */
#include "scan/fuzzyshare.h"

#include "memory/testmemory.h"

enum { NOW = 1800000000 };

struct bench {
	struct arena *a;
	struct testmemory mem;
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct bench *b = arena_make(a, struct bench);

	b->a = a;
	testmemory_make(&b->mem, conf_new_default(a));
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	testmemory_remove(&b->mem);
	arena_free(b->a);
	return 0;
}

static void fill(uint16_t v[FUZZY_VALUES], unsigned number, size_t changed)
{
	for (size_t i = 0; i < FUZZY_VALUES; i++)
		v[i] = (uint16_t)(i < changed ? 50000 + i : number * 100 + i);
}

/* The table of a gateway that learned n texts. */
static const struct fuzzytable *table(struct bench *b, unsigned n, uint8_t flag, int64_t at)
{
	const struct fuzzytable_entry **all = arena_array(b->a, const struct fuzzytable_entry *, n);
	struct fuzzytable *t = arena_make(b->a, struct fuzzytable);

	for (unsigned i = 0; i < n; i++) {
		struct fuzzytable_entry *e = arena_make(b->a, struct fuzzytable_entry);

		*e = (struct fuzzytable_entry){ .at = (uint32_t)at, .flag = flag, .weight = 1 };
		fill(e->v, i, 0);
		all[i] = e;
	}
	assert_true(fuzzytable_decode(fuzzytable_encode(b->a, all, n), t));
	return t;
}

/* What is said of a text with so many values of its own; NULL: nothing. */
static const char *said(struct bench *b, unsigned number, size_t changed)
{
	struct facts facts = { 0 };
	struct evidence e = { 0 };

	fill(arena_push(b->a, &facts.fuzzy)->v, number, changed);
	fuzzyshare_collect(&b->mem.memory, b->a, &facts, NOW, &e);
	return e.symbols.n ? arena_cz(b->a, e.symbols.v[0].name) : NULL;
}

static void what_one_learned_the_other_knows(void **state)
{
	struct bench *b = *state;

	assert_null(said(b, 1, 0));
	fuzzyshare_publish(&b->mem.memory, b->a, NULL, table(b, 3, FUZZY_DENIED, NOW), NOW);
	assert_string_equal(said(b, 1, 0), "FUZZY_DENIED");
	assert_string_equal(said(b, 2, 8), "FUZZY_DENIED");
	assert_string_equal(said(b, 2, 9), "FUZZY_PROB");
	assert_string_equal(said(b, 2, 24), "FUZZY_PROB");
	assert_null(said(b, 2, 25));
	assert_null(said(b, 3, 0));
}

static void what_was_forgotten_is_gone(void **state)
{
	struct bench *b = *state;
	const struct fuzzytable *three = table(b, 3, FUZZY_DENIED, NOW);

	fuzzyshare_publish(&b->mem.memory, b->a, NULL, three, NOW);
	fuzzyshare_publish(&b->mem.memory, b->a, three, table(b, 2, FUZZY_DENIED, NOW), NOW);
	assert_null(said(b, 2, 0));
	assert_string_equal(said(b, 1, 0), "FUZZY_DENIED");
	fuzzyshare_publish(&b->mem.memory, b->a, three, NULL, NOW);
	assert_null(said(b, 1, 0));
}

static void only_ones_own_and_late_lessons_are_told(void **state)
{
	struct bench *b = *state;

	fuzzyshare_publish(&b->mem.memory, b->a, NULL, table(b, 2, FUZZY_WHITE, NOW), NOW);
	fuzzyshare_publish(&b->mem.memory, b->a, NULL, table(b, 2, FUZZY_PROB, NOW), NOW);
	fuzzyshare_publish(&b->mem.memory, b->a, NULL,
			   table(b, 2, FUZZY_DENIED, NOW - FUZZYSHARE_AGE_S - 1), NOW);
	assert_null(said(b, 1, 0));
}

static void without_memory_nothing_is_said(void **state)
{
	struct bench *b = *state;
	struct memory real = b->mem.memory;

	b->mem.memory = (struct memory){ 0 };
	fuzzyshare_publish(&b->mem.memory, b->a, NULL, table(b, 2, FUZZY_DENIED, NOW), NOW);
	assert_null(said(b, 1, 0));
	b->mem.memory = real;
}

static int note_nothing(void *ctx, const struct memory_change *changes unused_arg,
			size_t n unused_arg, int64_t now unused_arg, struct why *why)
{
	++*(int *)ctx;
	return why_set(why, -ETIMEDOUT, "no free lane to memory");
}

static void a_memory_that_is_down_is_waited_for_once(void **state)
{
	struct bench *b = *state;
	int asked = 0;
	const struct memory down = { .note = note_nothing, .ctx = &asked };

	fuzzyshare_publish(&down, b->a, table(b, 3, FUZZY_DENIED, NOW),
			   table(b, 2, FUZZY_DENIED, NOW), NOW);
	assert_int_equal(asked, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_one_learned_the_other_knows, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_forgotten_is_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(only_ones_own_and_late_lessons_are_told, setup,
						teardown),
		cmocka_unit_test_setup_teardown(without_memory_nothing_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(a_memory_that_is_down_is_waited_for_once, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
