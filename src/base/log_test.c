#include "base/fd.h"
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <unistd.h>

/* What log_event writes to standard error while fn runs. */
static str logged(struct arena *a, void (*fn)(void))
{
	cleanup(fd_closep) int fd = -1;
	int saved = dup(STDERR_FILENO);
	struct why why;
	str text;

	fd = fd_memfd("log", &why);
	assert_true(fd >= 0 && saved >= 0);
	assert_true(dup2(fd, STDERR_FILENO) >= 0);
	fn();
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	fd_close(saved);
	assert_int_equal(fd_read_all(fd, a, 1 << 20, &text, &why), 0);
	return text;
}

static void log_hostile(void)
{
	log_event("test.event", F_STR("from", STR("a\n\"}{\xff")), F_INT("code", -5),
		  F_NUM("x", 1.5), F_RAW("list", STR("[1]")));
}

static void log_huge(void)
{
	static char big[LOG_LINE_MAX];

	log_event("test.big", F_INT("small", 1), F_STR("big", str_of(big, sizeof(big))));
}

static void hostile_text_cannot_forge_a_line(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	str line = logged(a, log_hostile);

	(void)state;
	assert_int_equal(str_chr(line, '\n'), line.n - 1);
	assert_true(
		str_ends(line, STR(",\"event\":\"test.event\",\"from\":\"a\\n\\\"}{\xef\xbf\xbd\","
				   "\"code\":-5,\"x\":1.50,\"list\":[1]}\n")));
}

static void a_field_that_does_not_fit_is_left_out_and_said(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	str line = logged(a, log_huge);

	(void)state;
	assert_true(str_ends(line, STR("\"small\":1,\"cut\":true}\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_text_cannot_forge_a_line),
		cmocka_unit_test(a_field_that_does_not_fit_is_left_out_and_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
