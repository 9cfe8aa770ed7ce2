#include "store/exportdesk.h"

#include "base/fd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static str read_file(struct arena *a, int dirfd, const char *name)
{
	cleanup(fd_closep) int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	struct why why;
	str s = STR("");

	if (fd >= 0)
		assert_int_equal(fd_read_all(fd, a, 1 << 20, &s, &why), 0);
	return s;
}

static void lines_are_appended_and_a_full_file_is_set_aside(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 4 << 20);
	char dir[] = "/tmp/exportdesk_test.XXXXXX";
	cleanup(fd_closep) int dirfd = -1;
	struct exportdesk d;
	struct why why = { "" };

	(void)state;
	assert_non_null(mkdtemp(dir));
	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	exportdesk_open(&d, dirfd);
	assert_true(d.dir_fd >= 0);
	assert_int_equal(exportdesk_write(&d, STR("q"), STR("{1}"), 8, &why), 0);
	assert_int_equal(exportdesk_write(&d, STR("q"), STR("{2}"), 8, &why), 0);
	assert_true(str_eq(read_file(a, d.dir_fd, "q.jsonl"), STR("{1}\n{2}\n")));
	assert_int_equal(exportdesk_write(&d, STR("q"), STR("{3}"), 8, &why), 0);
	assert_true(str_eq(read_file(a, d.dir_fd, "q.jsonl"), STR("{3}\n")));
	assert_true(str_eq(read_file(a, d.dir_fd, "q.jsonl.1"), STR("{1}\n{2}\n")));
	/* A link that somebody put there is not followed. */
	assert_int_equal(symlinkat("/etc/passwd", d.dir_fd, "r.jsonl"), 0);
	assert_true(exportdesk_write(&d, STR("r"), STR("{4}"), 1 << 20, &why) < 0);
	unlinkat(d.dir_fd, "q.jsonl", 0);
	unlinkat(d.dir_fd, "q.jsonl.1", 0);
	unlinkat(d.dir_fd, "r.jsonl", 0);
	unlinkat(dirfd, "exports", AT_REMOVEDIR);
	rmdir(dir);
	close(d.dir_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_appended_and_a_full_file_is_set_aside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
