#include "antivirus/clamd.h"

#include "antivirus/mailhead.h"
#include "base/fd.h"
#include "base/reader.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void every_reply_has_its_outcome(void **state)
{
	static const struct {
		str reply;
		enum clamd_code code;
		const char *name;
	} cases[] = {
		{ STR("stream: OK"), CLAMD_CLEAN, "" },
		{ STR("stream: OK\n"), CLAMD_CLEAN, "" },
		{ STR("stream: Win.Test-1 FOUND"), CLAMD_VIRUS, "Win.Test-1" },
		{ STR("stream: a b\x1b FOUND"), CLAMD_VIRUS, "a b\\x1b" },
		{ STR("stream: Heuristics.Encrypted.Zip FOUND"), CLAMD_ENCRYPTED,
		  "Heuristics.Encrypted.Zip" },
		{ STR("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND"), CLAMD_TOO_LARGE,
		  "Heuristics.Limits.Exceeded.MaxFileSize" },
		{ STR("INSTREAM size limit exceeded. ERROR"), CLAMD_TOO_LARGE, "" },
		{ STR("stream: Can't allocate memory ERROR"), CLAMD_ERROR, "" },
		{ STR("UNKNOWN COMMAND"), CLAMD_ERROR, "" },
		{ STR("stream:  FOUND"), CLAMD_ERROR, "" },
		{ STR("stream: OK FOUND extra"), CLAMD_ERROR, "" },
		{ STR(""), CLAMD_ERROR, "" },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct why why = { "" };
		struct clamd_result r = clamd_parse(a, cases[i].reply, &why);

		assert_int_equal(r.code, cases[i].code);
		assert_true(str_eq(r.name, str_c(cases[i].name)));
		assert_int_equal(why.text[0] != '\0', r.code == CLAMD_ERROR);
	}
}

/* A clamd of our own on the other end of a pair of sockets. */
struct fake {
	int fd;
	size_t limit;	    /* hang up with the size error after so many bytes */
	const char *answer; /* NULL: none */
	bool early;	    /* hang up there with the answer */
	bool by_bytes;	    /* one byte at a time */
	str head;	    /* what is sent before the bytes */
	size_t received;
	bool well_formed;
};

static bool read_exactly(int fd, void *p, size_t n)
{
	for (size_t got = 0; got < n;) {
		ssize_t r = read(fd, (char *)p + got, n - got);

		if (r <= 0)
			return false;
		got += (size_t)r;
	}
	return true;
}

static bool take_chunk(struct fake *f, uint32_t *ret_n)
{
	char length[4], sink[4096];
	struct reader r;
	uint32_t n;

	if (!read_exactly(f->fd, length, sizeof(length)))
		return false;
	r = reader_make(str_of(length, sizeof(length)));
	n = *ret_n = reader_u32be(&r);
	while (n) {
		uint32_t part = n < sizeof(sink) ? n : (uint32_t)sizeof(sink);

		if (!read_exactly(f->fd, sink, part))
			return false;
		n -= part;
	}
	f->received += *ret_n;
	return true;
}

static void *run_fake(void *ctx)
{
	struct fake *f = ctx;
	char command[10];
	uint32_t n = 1;

	f->well_formed = read_exactly(f->fd, command, sizeof(command)) &&
			 memcmp(command, "zINSTREAM", 10) == 0;
	while (n && f->well_formed && f->received <= f->limit)
		f->well_formed = take_chunk(f, &n);
	if (f->received > f->limit && !f->early)
		f->answer = "INSTREAM size limit exceeded. ERROR";
	for (size_t i = 0; f->answer && i <= strlen(f->answer); i++) {
		size_t part = f->by_bytes ? 1 : strlen(f->answer) + 1;

		if (write(f->fd, f->answer + i, part) < 0)
			break;
		i += part - 1;
	}
	if (f->answer)
		close(f->fd);
	return NULL;
}

static struct clamd_result talk_to(struct arena *a, struct fake *f, size_t size, struct why *why)
{
	char *bytes = calloc(1, size ? size : 1);
	struct clamd_result r;
	pthread_t thread;
	int fds[2];

	assert_non_null(bytes);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	f->fd = fds[1];
	assert_int_equal(pthread_create(&thread, NULL, run_fake, f), 0);
	r = clamd_talk(a, fds[0], f->head, str_of(bytes, size),
		       deadline_in(f->answer ? 10000 : 100), why);
	close(fds[0]);
	pthread_join(thread, NULL);
	if (!f->answer)
		close(f->fd);
	free(bytes);
	return r;
}

static void messages_of_any_size_are_sent_whole(void **state)
{
	static const size_t sizes[] = { 0,
					1,
					4096,
					32768,
					CLAMD_CHUNK - 1,
					CLAMD_CHUNK,
					CLAMD_CHUNK + 1,
					3 * CLAMD_CHUNK + 17 };
	cleanup(arena_freep) struct arena *a = arena_new("test", 8 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		for (size_t head = 0; head <= mailhead.n; head += mailhead.n) {
			struct fake f = { .limit = SIZE_MAX,
					  .answer = "stream: OK",
					  .by_bytes = i % 2,
					  .head = str_sub(mailhead, 0, head) };
			struct why why = { "" };

			assert_int_equal(talk_to(a, &f, sizes[i], &why).code, CLAMD_CLEAN);
			assert_true(f.well_formed);
			assert_int_equal(f.received, sizes[i] + head);
		}
	}
}

static void a_virus_is_named(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct fake f = { .limit = SIZE_MAX, .answer = "stream: Poterne.Test FOUND" };
	struct why why = { "" };
	struct clamd_result r = talk_to(a, &f, 100, &why);

	(void)state;
	assert_int_equal(r.code, CLAMD_VIRUS);
	assert_true(str_eq(r.name, STR("Poterne.Test")));
}

static void a_clamd_that_hangs_up_on_size_is_understood(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct fake f = { .limit = CLAMD_CHUNK, .answer = "stream: OK" };
	struct why why = { "" };

	(void)state;
	assert_int_equal(talk_to(a, &f, 8 << 20, &why).code, CLAMD_TOO_LARGE);
}

static void a_clamd_that_has_not_seen_all_cannot_say_clean(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct fake f = { .limit = CLAMD_CHUNK, .answer = "stream: OK", .early = true };
	struct why why = { "" };

	(void)state;
	assert_int_equal(talk_to(a, &f, 8 << 20, &why).code, CLAMD_ERROR);
	assert_true(why.text[0] != '\0');
}

static void a_silent_clamd_is_an_error_at_the_deadline(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct fake f = { .limit = SIZE_MAX };
	struct why why = { "" };
	int64_t before = clock_now_ms();

	(void)state;
	assert_int_equal(talk_to(a, &f, 100, &why).code, CLAMD_ERROR);
	assert_true(clock_now_ms() - before >= 100);
	assert_non_null(strstr(why.text, "timed out"));
}

static void a_clamd_that_is_not_there_is_an_error(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct clamd_server server = { .path = STR("/nonexistent/clamd.ctl"), .max_bytes = 10 };
	struct why why = { "" };

	(void)state;
	assert_int_equal(clamd_scan(a, &server, STR(""), STR("x"), deadline_in(1000), &why).code,
			 CLAMD_ERROR);
	assert_non_null(strstr(why.text, "/nonexistent/clamd.ctl"));
	assert_int_equal(
		clamd_scan(a, &server, STR(""), STR("eleven more"), deadline_in(1000), &why).code,
		CLAMD_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reply_has_its_outcome),
		cmocka_unit_test(messages_of_any_size_are_sent_whole),
		cmocka_unit_test(a_virus_is_named),
		cmocka_unit_test(a_clamd_that_hangs_up_on_size_is_understood),
		cmocka_unit_test(a_clamd_that_has_not_seen_all_cannot_say_clean),
		cmocka_unit_test(a_silent_clamd_is_an_error_at_the_deadline),
		cmocka_unit_test(a_clamd_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
