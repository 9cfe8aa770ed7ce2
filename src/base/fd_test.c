#include "base/fd.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>
#include <unistd.h>

static void a_sealed_file_is_mapped_and_nobody_can_change_it(void **state)
{
	cleanup(fd_closep) int fd = -1;
	cleanup(fd_unmapp) str map = STR_NULL;
	struct why why;

	(void)state;
	fd = fd_memfd("test", &why);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, STR("hello"), &why), 0);
	assert_false(fd_is_sealed(fd));
	assert_int_equal(fd_seal(fd, &why), 0);
	assert_true(fd_is_sealed(fd));
	assert_int_equal(fd_write_all(fd, STR("x"), &why), -EPERM);
	assert_int_equal(fd_map(fd, 4, &map, &why), -EFBIG);
	assert_int_equal(fd_map(fd, 5, &map, &why), 0);
	assert_true(str_eq(map, STR("hello")));
}

static void an_empty_file_maps_to_nothing(void **state)
{
	cleanup(fd_closep) int fd = -1;
	cleanup(fd_unmapp) str map = STR_NULL;
	struct why why;

	(void)state;
	fd = fd_memfd("test", &why);
	assert_true(fd >= 0);
	assert_int_equal(fd_map(fd, 100, &map, &why), 0);
	assert_int_equal(map.n, 0);
	assert_non_null(map.p);
}

static void whole_files_are_read_up_to_a_maximum(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	cleanup(fd_closep) int fd = -1;
	struct why why;
	str got = STR("untouched");

	(void)state;
	fd = fd_memfd("test", &why);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, STR("0123456789"), &why), 0);
	assert_int_equal(fd_read_all(fd, a, 9, &got, &why), -EFBIG);
	assert_true(str_eq(got, STR("untouched")));
	assert_int_equal(fd_read_all(fd, a, 10, &got, &why), 0);
	assert_true(str_eq(got, STR("0123456789")));
	assert_int_equal(fd_read_path("/nonexistent/file", a, 10, &got, &why), -ENOENT);
	assert_non_null(strstr(why.text, "/nonexistent/file"));
}

static void a_broken_pipe_is_an_error_and_no_surprise(void **state)
{
	int ends[2];
	struct why why;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	ends[1] = fd_close(ends[1]);
	assert_int_equal(ends[1], -1);
	assert_int_equal(fd_write_all(ends[0], STR("x"), &why), -EBADF); /* the reading end */
	ends[0] = fd_close(ends[0]);
	assert_int_equal(fd_close(-1), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sealed_file_is_mapped_and_nobody_can_change_it),
		cmocka_unit_test(an_empty_file_maps_to_nothing),
		cmocka_unit_test(whole_files_are_read_up_to_a_maximum),
		cmocka_unit_test(a_broken_pipe_is_an_error_and_no_surprise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
