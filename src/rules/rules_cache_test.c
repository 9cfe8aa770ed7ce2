#include "rules/rules_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dirent.h>

#include <cmocka.h>

struct fixture {
	struct arena *a;
	char dir[64];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->a = arena_new("test", 256 << 20);
	snprintf(f->dir, sizeof(f->dir), "/tmp/rules_cache_test.XXXXXX");
	*state = f;
	return mkdtemp(f->dir) ? 0 : -1;
}

static size_t each_file(const char *dir, void (*visit)(const char *path))
{
	DIR *d = opendir(dir);
	size_t n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));) {
		char path[400];

		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_name[0] == '.')
			continue;
		n++;
		if (visit)
			visit(path);
	}
	closedir(d);
	return n;
}

static void remove_file(const char *path)
{
	assert_int_equal(unlink(path), 0);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	each_file(f->dir, remove_file);
	rmdir(f->dir);
	arena_free(f->a);
	free(f);
	return 0;
}

/* Rules with one expression; true when it was found compiled. Either way it must match. */
static bool compile(struct fixture *f, const char *regex)
{
	str text = arena_fmt(f->a,
			     "thresholds: {tag: 6, quarantine: 10, reject: 15}\nsymbols:\n"
			     "  AB: {example: abc, near_miss: x, when: {filename: {regex: %s}}, "
			     "group: g, created: 2026-01-02, description: {en: a, fr: b}}\n",
			     regex);
	struct rules *r;
	struct why why = { "" };
	bool found;
	str blob;

	assert_int_equal(rules_load_text(f->a, text, STR_NULL, &r, &why), 0);
	assert_int_equal(rules_cache_compile_in(f->a, f->dir, r, &blob, &found, &why), 0);
	assert_int_equal(rules_try_examples(f->a, r, blob, &why), 0);
	return found;
}

static void what_was_compiled_is_found_again(void **state)
{
	assert_false(compile(*state, "abc"));
	assert_true(compile(*state, "abc"));
	assert_false(compile(*state, "ab+c"));
	assert_true(compile(*state, "abc"));
}

static void cut_last_byte(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size - 1), 0);
}

static void cut_all(const char *path)
{
	assert_int_equal(truncate(path, 3), 0);
}

static void a_damaged_file_is_compiled_anew(void **state)
{
	struct fixture *f = *state;

	assert_false(compile(f, "abc"));
	each_file(f->dir, cut_last_byte);
	assert_false(compile(f, "abc"));
	assert_true(compile(f, "abc"));
	each_file(f->dir, cut_all);
	assert_false(compile(f, "abc"));
}

static void let_others_write(const char *path)
{
	assert_int_equal(chmod(path, 0666), 0);
}

static void a_file_that_others_may_write_is_not_taken(void **state)
{
	struct fixture *f = *state;

	assert_false(compile(f, "abc"));
	each_file(f->dir, let_others_write);
	assert_false(compile(f, "abc"));
}

static void few_files_are_kept(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < RULES_CACHE_KEPT + 5; i++)
		compile(f, arena_fmt(f->a, "abc|z%d", i).p);
	assert_int_equal(each_file(f->dir, NULL), RULES_CACHE_KEPT);
}

static void without_a_directory_it_is_compiled(void **state)
{
	struct fixture *f = *state;

	rmdir(f->dir);
	assert_false(compile(f, "abc"));
	assert_false(compile(f, "abc"));
	assert_int_equal(mkdir(f->dir, 0700), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_compiled_is_found_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_damaged_file_is_compiled_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_others_may_write_is_not_taken, setup,
						teardown),
		cmocka_unit_test_setup_teardown(few_files_are_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_directory_it_is_compiled, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
