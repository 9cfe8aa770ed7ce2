#include "document/cfb.h"

#include "base/exact.h"
#include "document/cfb_make.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static str repeated(struct arena *a, size_t n)
{
	char *p = arena_array(a, char, n);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i * 7 % 251);
	return str_of(p, n);
}

static void short_and_long_streams_are_read_back(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct cfb_make m = cfb_make_new(a);
	int32_t folder = cfb_make_storage(&m, 0, STR("Folder"));
	str small = repeated(a, 100), large = repeated(a, 70000);
	struct cfb c;

	(void)state;
	(void)cfb_make_stream(&m, 0, STR("small"), small);
	(void)cfb_make_stream(&m, folder, STR("large"), large);
	cleanup(exact_freep) str in = exact_copy(cfb_make_finish(&m));
	assert_true(cfb_open(a, in, &c));
	assert_false(c.broken);
	assert_true(str_eq(cfb_read_named(&c, STR("SMALL")), small));
	assert_null(cfb_find(&c, 0, STR("large")));
	assert_non_null(cfb_find(&c, folder, STR("large")));
	assert_true(str_eq(cfb_read(&c, cfb_find(&c, folder, STR("large"))), large));
}

static void a_stream_that_no_storage_leads_to_is_listed(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct cfb_make m = cfb_make_new(a);
	struct cfb c;

	(void)state;
	(void)cfb_make_stream(&m, -1, STR("orphan"), STR("hidden"));
	assert_true(cfb_open(a, cfb_make_finish(&m), &c));
	assert_non_null(cfb_find(&c, CFB_NO_PARENT, STR("orphan")));
	assert_true(
		str_eq(cfb_read(&c, cfb_find(&c, CFB_NO_PARENT, STR("orphan"))), STR("hidden")));
}

/* Many names of the same sectors: what is no longer read is damage. */
static void shared_sectors_are_not_read_for_ever(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct cfb_make m = cfb_make_new(a);
	struct cfb c;
	uint64_t sum = 0;

	(void)state;
	(void)cfb_make_stream(&m, 0, STR("large"), repeated(a, 8192));
	cleanup(exact_freep) str in = exact_copy(cfb_make_finish(&m));
	assert_true(cfb_open(a, in, &c));
	for (int i = 0; i < 100; i++)
		sum += cfb_read(&c, &c.entries.v[1]).n;
	assert_true(sum <= CFB_READ_FACTOR * in.n);
	assert_true(c.broken);
}

/* The table of sectors leads in a circle: reading ends and says so. */
static void a_circle_of_sectors_is_damage(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct cfb_make m = cfb_make_new(a);
	struct cfb c;
	str file;
	char *table;

	(void)state;
	(void)cfb_make_stream(&m, 0, STR("large"), repeated(a, 8192));
	file = cfb_make_finish(&m);
	table = (char *)(uintptr_t)file.p + file.n - CFB_MAKE_SECTOR;
	memset(table + 4 * 15, 0, 4); /* the last of its 16 sectors is followed by the first */
	m.entries.v[1].data.n = 1 << 30;
	assert_true(cfb_open(a, file, &c));
	c.entries.v[1].size = 1 << 30;
	assert_true(cfb_read(&c, &c.entries.v[1]).n <= CFB_READ_FACTOR * file.n);
	assert_true(c.broken);
}

static void cut_files_are_damage_and_no_crash(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct cfb_make m = cfb_make_new(a);
	str file;

	(void)state;
	(void)cfb_make_stream(&m, 0, STR("small"), STR("x"));
	file = cfb_make_finish(&m);
	for (size_t n = 0; n < file.n; n += 61) {
		cleanup(exact_freep) str in = exact_copy(str_sub(file, 0, n));
		struct cfb c;

		if (cfb_open(a, in, &c))
			assert_true(cfb_read_named(&c, STR("small")).n <= 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_and_long_streams_are_read_back),
		cmocka_unit_test(a_stream_that_no_storage_leads_to_is_listed),
		cmocka_unit_test(shared_sectors_are_not_read_for_ever),
		cmocka_unit_test(a_circle_of_sectors_is_damage),
		cmocka_unit_test(cut_files_are_damage_and_no_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
