/* A message is one lesson, whatever it holds how often. */
#include "cli/fuzzylesson.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { BUDGET = 64 << 20, NOW = 1800000000 };

static unsigned weight_in(const struct fuzzystore *s)
{
	return s->v.n == 1 ? s->v.v[0]->weight : 0;
}

static void a_file_that_is_attached_twice_is_one_lesson(void **state)
{
	char dir[] = "/tmp/fuzzylesson_test.XXXXXX", path[128];
	struct arena *a = arena_new("test", BUDGET);
	const struct fuzzy_digest file = { .kind = FUZZY_FILE, .v = { 1, 2, 3 } };
	struct facts facts = { 0 };
	struct fuzzystore s;
	struct why why;

	(void)state;
	assert_non_null(mkdtemp(dir));
	*arena_push(a, &facts.fuzzy) = file;
	*arena_push(a, &facts.fuzzy) = file;
	facts.fuzzy.v[1].part = 1;
	assert_int_equal(fuzzylesson_open(&s, a, dir, &why), 0);
	fuzzylesson_add(&s, &facts, EXAMPLE_BAD, EXAMPLES_NEW, NOW);
	assert_int_equal(weight_in(&s), 1);
	fuzzylesson_add(&s, &facts, EXAMPLE_BAD, EXAMPLES_NEW, NOW);
	assert_int_equal(weight_in(&s), 2);
	fuzzylesson_add(&s, &facts, EXAMPLE_FORGOTTEN, EXAMPLES_CHANGED, NOW);
	assert_int_equal(weight_in(&s), 1);
	fuzzystore_close(&s);
	snprintf(path, sizeof(path), "%s/fuzzy.lock", dir);
	unlink(path);
	rmdir(dir);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_is_attached_twice_is_one_lesson),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
