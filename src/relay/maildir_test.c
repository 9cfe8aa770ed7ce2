#include "relay/maildir.h"

#include "base/fd.h"
#include "base/testdir.h"
#include "relay/maildirname.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	char path[TESTDIR_MAX];
	int dirfd;
	struct arena *a;
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 16 << 20);
	struct world *w = arena_make(a, struct world);

	testdir_make(w->path);
	w->dirfd = open(w->path, O_RDONLY | O_DIRECTORY);
	w->a = a;
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	close(w->dirfd);
	testdir_remove(w->path);
	arena_free(w->a);
	return 0;
}

static int count(struct world *w, const char *sub)
{
	int fd = openat(w->dirfd, sub, O_RDONLY | O_DIRECTORY);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int n = 0;

	if (!d)
		return -1;
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static const struct maildir_message message = { { "M1", 2 },
						{ "s@y.example", 11 },
						{ "A: b\r\n\r\nc\r\n", 11 } };

static void a_message_lies_in_new_with_its_return_path(void **state)
{
	struct world *w = *state;
	struct address to = { STR("Jean.Dupont"), STR("Hopital.Example") };
	char path[200];
	struct why why;
	str text;

	assert_int_equal(maildir_deliver(w->dirfd, &message, to, &why), MAILDIR_OK);
	snprintf(path, sizeof(path), "%s/hopital.example/jean.dupont/new/M1.poterne", w->path);
	assert_int_equal(fd_read_path(path, w->a, 1 << 20, &text, &why), 0);
	assert_true(str_eq(text, STR("Return-Path: <s@y.example>\r\nA: b\r\n\r\nc\r\n")));
	assert_int_equal(count(w, "hopital.example/jean.dupont/tmp"), 0);
	assert_int_equal(count(w, "hopital.example/jean.dupont/cur"), 0);
}

static void a_repeated_delivery_delivers_nothing_twice(void **state)
{
	struct world *w = *state;
	struct address to = { STR("a"), STR("x.example") };
	struct maildir_message other = message;
	struct why why;

	assert_int_equal(maildir_deliver(w->dirfd, &message, to, &why), MAILDIR_OK);
	assert_int_equal(maildir_deliver(w->dirfd, &message, to, &why), MAILDIR_E_ALREADY);
	assert_int_equal(count(w, "x.example/a/new"), 1);
	assert_int_equal(count(w, "x.example/a/tmp"), 0);
	other.id = STR("M2");
	assert_int_equal(maildir_deliver(w->dirfd, &other, to, &why), MAILDIR_OK);
	assert_int_equal(count(w, "x.example/a/new"), 2);
}

static void half_a_file_of_a_crashed_attempt_is_written_again(void **state)
{
	struct world *w = *state;
	struct address to = { STR("a"), STR("x.example") };
	struct maildir_message first = message;
	struct why why;
	int fd;

	first.id = STR("M0");
	assert_int_equal(maildir_deliver(w->dirfd, &first, to, &why), MAILDIR_OK);
	fd = openat(w->dirfd, "x.example/a/tmp/M1.poterne", O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(fd, "a torn beginning that is longer than the message itself", 55),
			 55);
	close(fd);
	assert_int_equal(maildir_deliver(w->dirfd, &message, to, &why), MAILDIR_OK);
	fd = openat(w->dirfd, "x.example/a/new/M1.poterne", O_RDONLY);
	assert_int_equal(lseek(fd, 0, SEEK_END), 28 + 11);
	close(fd);
}

/* The power failed between link and unlink: tmp/ and new/ name one file, and it is delivered. */
static void what_is_delivered_is_never_written_again(void **state)
{
	struct world *w = *state;
	struct address to = { STR("a"), STR("x.example") };
	struct maildir_message again = message;
	struct why why;
	int fd;

	assert_int_equal(maildir_deliver(w->dirfd, &message, to, &why), MAILDIR_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			linkat(w->dirfd, "x.example/a/new/M1.poterne", w->dirfd,
			       i ? "x.example/a/tmp/M1.poterne.0" : "x.example/a/tmp/M1.poterne",
			       0),
			0);
	again.body = STR("");
	assert_int_equal(maildir_deliver(w->dirfd, &again, to, &why), MAILDIR_E_ALREADY);
	fd = openat(w->dirfd, "x.example/a/new/M1.poterne", O_RDONLY);
	assert_int_equal(lseek(fd, 0, SEEK_END), 28 + 11);
	close(fd);
}

static void hostile_addresses_stay_inside(void **state)
{
	static const struct {
		str local;
		const char *name;
	} cases[] = {
		{ { "..", 2 }, "%2E." },	   { { "../../etc", 9 }, "%2E.%2F..%2Fetc" },
		{ { ".hidden", 7 }, "%2Ehidden" }, { { "a/b", 3 }, "a%2Fb" },
		{ { "a b%", 4 }, "a%20b%25" },	   { { "\xc3\xa9", 2 }, "%C3%A9" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct address to = { cases[i].local, STR("x.example") };
		char path[200];
		struct why why;

		assert_int_equal(maildir_deliver(w->dirfd, &message, to, &why), MAILDIR_OK);
		snprintf(path, sizeof(path), "x.example/%s/new", cases[i].name);
		assert_int_equal(count(w, path), 1);
	}
	assert_int_equal(count(w, "."), 1);
}

static void a_name_too_long_is_no_mailbox(void **state)
{
	struct world *w = *state;
	char local[MAILDIRNAME_MAX + 1] = { 0 };
	struct address to = { str_of(local, sizeof(local)), STR("x.example") };
	struct why why;

	memset(local, 'a', sizeof(local));
	assert_int_equal(maildir_deliver(w->dirfd, &message, to, &why), MAILDIR_E_NAME);
	to.local.n = 0;
	assert_int_equal(maildir_deliver(w->dirfd, &message, to, &why), MAILDIR_E_NAME);
}

static void a_symbolic_link_is_not_followed(void **state)
{
	struct world *w = *state;
	struct address to = { STR("a"), STR("x.example") };
	struct why why;

	assert_int_equal(symlinkat("/tmp", w->dirfd, "x.example"), 0);
	assert_true(maildir_deliver(w->dirfd, &message, to, &why) < 0);
}

static void names_decode_to_what_was_encoded(void **state)
{
	struct world *w = *state;

	for (int c = 0; c < 256; c++) {
		char in[2] = { (char)c, (char)c };
		struct strbuf back = strbuf_make(w->a, 100);
		struct maildir_name name;

		assert_true(maildirname_encode(str_of(in, 2), &name));
		assert_true(maildirname_decode(&back, str_c(name.text)));
		assert_true(str_eq(strbuf_str(&back), str_of(in, 2)));
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_message_lies_in_new_with_its_return_path),
		T(a_repeated_delivery_delivers_nothing_twice),
		T(half_a_file_of_a_crashed_attempt_is_written_again),
		T(what_is_delivered_is_never_written_again),
		T(hostile_addresses_stay_inside),
		T(a_name_too_long_is_no_mailbox),
		T(a_symbolic_link_is_not_followed),
		T(names_decode_to_what_was_encoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
