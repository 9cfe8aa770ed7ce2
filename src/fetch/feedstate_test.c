#include "fetch/feedstate.h"

#include "base/fd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void what_is_known_is_read_again_and_what_is_damaged_is_nothing(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	char folder[] = "/tmp/poterne-feedstate-XXXXXX";
	struct feedstate s = { .version = 3,
			       .fetched_at = 1795284030,
			       .failures = 2,
			       .entries = 17,
			       .why = STR("\"no\"\n"),
			       .etag = STR("\"x\"") };
	struct feedstate back;
	struct why why = { "" };
	const char *path;
	str home;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	home = str_c(folder);
	path = arena_fmt(a, "%s/f/state", folder).p;
	assert_int_equal(feedstate_read(a, home, STR("f")).version, 0);
	assert_int_equal(mkdir(arena_fmt(a, "%s/f", folder).p, 0700), 0);
	assert_int_equal(feedstate_write(a, home, STR("f"), &s, &why), 0);
	back = feedstate_read(a, home, STR("f"));
	assert_true(back.version == 3 && back.fetched_at == s.fetched_at && back.failures == 2 &&
		    back.entries == 17 && str_eq(back.why, s.why) && str_eq(back.etag, s.etag));
	fd = open(path, O_WRONLY | O_TRUNC);
	assert_int_equal(
		fd_write_all(fd, STR("{\"version\": -7, \"etag\": 5, \"entries\": \"x\"}"), &why),
		0);
	fd_close(fd);
	back = feedstate_read(a, home, STR("f"));
	assert_true(back.version == 0 && back.etag.n == 0 && back.entries == 0);
	unlink(path);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(feedstate_read(a, home, STR("f")).version, 0);
	unlink(path);
	rmdir(arena_fmt(a, "%s/f", folder).p);
	rmdir(folder);
}

static void a_feed_without_news_for_three_periods_is_stale(void **state)
{
	struct feedrow row = { .every = 3600 * 1000 };
	struct feedstate s = { .fetched_at = 1000000 };

	(void)state;
	assert_false(feedstate_stale(&s, &row, 1000000 + 3 * 3600));
	assert_true(feedstate_stale(&s, &row, 1000001 + 3 * 3600));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_known_is_read_again_and_what_is_damaged_is_nothing),
		cmocka_unit_test(a_feed_without_news_for_three_periods_is_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
