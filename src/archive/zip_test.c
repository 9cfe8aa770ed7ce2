#include "archive/zip.h"
#include "archive/zipbuild.h"
#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct zip_report examine(struct arena *a, str bytes)
{
	struct zip_report report;
	struct zip z;

	assert_true(zip_open(bytes, &z));
	zip_examine(a, &z, &report);
	return report;
}

static str two_members(struct arena *a, struct zipbuild_member second)
{
	struct zipbuild z = zipbuild_make(a);

	zipbuild_add(&z, (struct zipbuild_member){ .name = STR("a.txt"), .data = STR("hello") });
	zipbuild_add(&z, second);
	return zipbuild_end(&z);
}

static void an_honest_file_has_no_flag(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	cleanup(exact_freep) str bytes = exact_copy(
		two_members(a, (struct zipbuild_member){ .name = STR("b.txt"),
							 .data = STR("PK\5\6 is no end") }));
	struct zip_report r = examine(a, bytes);

	(void)state;
	assert_int_equal(r.flags, 0);
	assert_int_equal(r.members, 2);
	assert_int_equal(r.unpacked, 5 + 14);
}

/* A zip file stored in a zip file has an end record too, in its place. */
static void a_zip_in_a_zip_is_honest(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	str inner = two_members(a, (struct zipbuild_member){ .name = STR("b"), .data = STR("b") });

	(void)state;
	assert_int_equal(examine(a, two_members(a, (struct zipbuild_member){ .name = STR("c.zip"),
									     .data = inner }))
				 .flags,
			 0);
}

static void each_contradiction_has_its_flag(void **state)
{
	static const struct {
		struct zipbuild_member second;
		uint32_t flags;
	} cases[] = {
		{ { .name = STR("b"), .local_name = STR("b.exe") }, ZIP_DIFFERENT },
		{ { .name = STR("b"), .data = STR("x"), .unlisted = true }, ZIP_UNLISTED },
		{ { .name = STR("b"), .data = STR("x"), .twice = true },
		  ZIP_OVERLAP | ZIP_DUPLICATE },
		{ { .name = STR("a.txt"), .data = STR("x") }, ZIP_DUPLICATE },
		{ { .name = STR("b.txt\0.exe"), .data = STR("x") }, ZIP_NAME_NUL },
		{ { .name = STR("b/"), .data = STR("x") }, ZIP_NO_FILE },
		{ { .name = STR("b.exe"), .data = STR("x"), .attributes = 0x10 }, ZIP_NO_FILE },
		{ { .name = STR("b"), .data = STR("x"), .attributes = 040755U << 16 },
		  ZIP_NO_FILE },
		{ { .name = STR("b/"), .attributes = 0x10 }, 0 },
		{ { .name = STR("b"), .data = STR("a.txt"), .attributes = 0120777U << 16 }, 0 },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(examine(a, two_members(a, cases[i].second)).flags, cases[i].flags);
}

static str join(struct arena *a, str x, str y, str z)
{
	struct strbuf b = strbuf_make(a, x.n + y.n + z.n);

	strbuf_put(&b, x);
	strbuf_put(&b, y);
	strbuf_put(&b, z);
	return strbuf_str(&b);
}

static void bytes_around_a_file_are_seen_and_counted_off(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	str file = two_members(a, (struct zipbuild_member){ .name = STR("b"), .data = STR("b") });
	struct zip_report r = examine(a, join(a, STR("GIF89a junk"), file, STR("tail")));

	(void)state;
	assert_int_equal(r.flags, ZIP_PREPENDED | ZIP_APPENDED);
	r = examine(a, join(a, file, file, STR("")));
	assert_true(r.flags & ZIP_UNLISTED);
	assert_true(r.flags & ZIP_TWO_ENDS);
	assert_int_equal(r.unlisted[0], 0);
}

static void where_an_unlisted_member_begins_is_told(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct zip_report r = examine(
		a, two_members(a, (struct zipbuild_member){
					  .name = STR("b"), .data = STR("x"), .unlisted = true }));

	(void)state;
	assert_int_equal(r.unlisted_n, 1);
	assert_int_equal(r.unlisted[0], 30 + 5 + 5); /* header, name, data of the first */
}

static void the_mark_of_encryption_can_be_taken_off(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	str said = two_members(
		a, (struct zipbuild_member){ .name = STR("b"), .says_encrypted = true });
	str honest = two_members(a, (struct zipbuild_member){ .name = STR("b") });
	struct zip z;

	(void)state;
	assert_true(zip_open(said, &z));
	assert_true(str_eq(zip_without_encryption(a, &z), honest));
}

static void what_has_no_directory_is_no_zip(void **state)
{
	static const str cases[] = { STR(""), STR("PK\5\6"),
				     STR("PK\3\4PK\5\6aaaaaaaaaaaaaaaaaaaaaa") };
	struct zip z;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str bytes = exact_copy(cases[i]);

		assert_false(zip_open(bytes, &z));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_file_has_no_flag),
		cmocka_unit_test(a_zip_in_a_zip_is_honest),
		cmocka_unit_test(each_contradiction_has_its_flag),
		cmocka_unit_test(bytes_around_a_file_are_seen_and_counted_off),
		cmocka_unit_test(where_an_unlisted_member_begins_is_told),
		cmocka_unit_test(the_mark_of_encryption_can_be_taken_off),
		cmocka_unit_test(what_has_no_directory_is_no_zip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
