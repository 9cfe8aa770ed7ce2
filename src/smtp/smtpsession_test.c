#include "smtp/smtpsession_fake.h"

#include "base/num.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

/* A dialogue of smtp_golden/: lines that begin with
 *   C:     the client says (\r \n \0 \xHH \\; \c at the end: no CRLF)
 *   S:     the server says, exactly
 *   M:     a message was handed over: its envelope as fake_submit writes it
 *   conf:  key=value            answer:  code enhanced text     # comment
 *   rude   the client waits for no answer, and all its bytes come at once
 */
struct dialogue {
	struct strbuf settings, input, output, envelopes;
	struct msg_submitted answer;
	bool rude;
};

static void unescape(struct strbuf *b, str s)
{
	bool crlf = true;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\\' || i + 1 == s.n) {
			strbuf_char(b, s.p[i]);
			continue;
		}
		switch (s.p[++i]) {
		case 'r':
			strbuf_char(b, '\r');
			break;
		case 'n':
			strbuf_char(b, '\n');
			break;
		case '0':
			strbuf_char(b, '\0');
			break;
		case 'x':
			assert_true(i + 2 < s.n);
			strbuf_char(b, (char)(num_hex_digit(s.p[i + 1]) * 16 +
					      num_hex_digit(s.p[i + 2])));
			i += 2;
			break;
		case 'c':
			crlf = false;
			break;
		default:
			strbuf_char(b, s.p[i]);
		}
	}
	if (crlf)
		strbuf_put(b, STR("\r\n"));
}

static bool take(str line, const char *label, str *ret)
{
	str l = str_c(label);

	if (!str_starts(line, l))
		return false;
	*ret = str_skip(line, l.n);
	if (ret->n && ret->p[0] == ' ')
		*ret = str_skip(*ret, 1);
	return true;
}

static struct dialogue read_dialogue(struct arena *a, const char *path)
{
	struct dialogue d = { strbuf_make(a, 4096),
			      strbuf_make(a, 1 << 20),
			      strbuf_make(a, 1 << 20),
			      strbuf_make(a, 1 << 16),
			      { 250, STR("2.0.0"), STR("Accepted"), STR("") },
			      false };
	struct why why;
	str text, line, rest;

	if (fd_read_path(path, a, 1 << 20, &text, &why) < 0)
		fail_msg("%s", why.text);
	while (str_split(&text, '\n', &line)) {
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (str_eq(line, STR("rude"))) {
			d.rude = true;
		} else if (take(line, "C:", &rest)) {
			unescape(&d.input, rest);
		} else if (take(line, "S:", &rest)) {
			strbuf_fmt(&d.output, "%.*s\r\n", STR_ARG(rest));
		} else if (take(line, "M:", &rest)) {
			strbuf_fmt(&d.envelopes, "%.*s\n", STR_ARG(rest));
		} else if (take(line, "conf:", &rest)) {
			strbuf_fmt(&d.settings, "%.*s\n", STR_ARG(rest));
		} else if (take(line, "answer:", &rest)) {
			d.answer.code = (uint64_t)(rest.p[0] - '0') * 100 +
					(uint64_t)(rest.p[1] - '0') * 10 +
					(uint64_t)(rest.p[2] - '0');
			d.answer.enhanced = str_sub(rest, 4, 9);
			d.answer.text = str_skip(rest, 10);
		} else {
			fail_msg("%s: what is \"%.*s\"?", path, STR_ARG(line));
		}
	}
	return d;
}

static void expect_text(const char *path, size_t chunk, const char *what, str got, str want)
{
	if (!str_eq(got, want))
		fail_msg("%s, chunks of %zu, %s: got\n%.*s\nexpected\n%.*s", path, chunk, what,
			 STR_ARG(got), STR_ARG(want));
}

static void hold(const struct dialogue *d, const char *path, size_t chunk)
{
	cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(strbuf_str(&d->settings));

	f->answer = d->answer;
	f->rude = d->rude;
	fake_smtp_run(f, strbuf_str(&d->input), chunk);
	expect_text(path, chunk, "replies", strbuf_str(&f->output), strbuf_str(&d->output));
	expect_text(path, chunk, "messages", strbuf_str(&f->envelopes), strbuf_str(&d->envelopes));
}

static void dialogues_go_as_written_however_the_bytes_arrive(void **state)
{
	static const size_t chunks[] = { SIZE_MAX, 1, 2, 3, 7, 64, 1000 };
	const char *dir = ROOM_DIR "/smtp_golden";
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t n = 0;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d))) {
		cleanup(arena_freep) struct arena *a = arena_new("dialogue", 16 << 20);
		str path = arena_fmt(a, "%s/%s", dir, e->d_name);
		struct dialogue talk;

		if (!str_ends(path, STR(".txt")))
			continue;
		talk = read_dialogue(a, path.p);
		for (size_t i = 0; i < (talk.rude ? 1 : ARRAY_LEN(chunks)); i++)
			hold(&talk, path.p, chunks[i]);
		n++;
	}
	closedir(d);
	assert_true(n >= 10);
}

static str head(struct arena *a)
{
	return arena_fmt(a, "EHLO c.example\r\nMAIL FROM:<a@c.example>\r\nRCPT "
			    "TO:<b@hopital.example>\r\nDATA\r\n");
}

/* What other servers took for the end of a message; behind it, a second envelope. */
static void no_mixture_of_line_ends_makes_a_second_message(void **state)
{
	static const str ends[] = {
		{ "\n.\n", 3 },	      { "\n.\r\n", 4 },	    { "\r.\r", 3 },
		{ "\r.\r\n", 4 },     { "\r\n.\n", 4 },	    { "\r\n.\r", 4 },
		{ "\r\n\0.\r\n", 6 }, { "\r\n.\0\r\n", 6 }, { "\r\n.\r\r\n", 6 },
		{ "\n\n.\r\n", 5 },   { "\r\r\n.\n", 5 },   { "\n\r.\r\n", 5 },
		{ "\n\r\n.\n", 5 },   { "\r\n. \r\n", 6 },  { "\r\n .\r\n", 6 },
		{ "\r\n.\t\r\n", 6 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));
		struct strbuf in = strbuf_make(f->arena, 4096);
		bool has_bare;

		strbuf_put(&in, head(f->arena));
		strbuf_put(&in, STR("Subject: one\r\n\r\nfirst"));
		strbuf_put(&in, ends[i]);
		strbuf_put(&in, STR("MAIL FROM:<evil@c.example>\r\nRCPT TO:<b@hopital.example>\r\n"
				    "DATA\r\nSubject: two\r\n\r\nsecond\r\n.\r\nQUIT\r\n"));
		fake_smtp_run(f, strbuf_str(&in), SIZE_MAX);
		has_bare = str_find(strbuf_str(&f->output), STR("\r\n550 5.6.0 ")) != STR_NONE;
		/* Either refused as a whole, or (a NUL or a space is no line end) one message. */
		assert_int_equal(f->n_messages, has_bare ? 0 : 1);
		assert_true(has_bare || str_chr(ends[i], '\0') != STR_NONE ||
			    str_chr(ends[i], ' ') != STR_NONE ||
			    str_chr(ends[i], '\t') != STR_NONE);
		assert_true(str_ends(strbuf_str(&f->output), STR("221 2.0.0 Goodbye\r\n")));
		assert_true(str_find(strbuf_str(&f->envelopes), STR("evil")) == STR_NONE);
	}
}

/* Every form of RFC 5321 and of history by which a server was made to relay. */
static void relaying_is_refused_in_every_form(void **state)
{
	static const char *const forms[] = {
		"<v@third.example>",
		"<v%third.example@hopital.example>",
		"<\"v@third.example\"@hopital.example>",
		"<@hopital.example:v@third.example>",
		"<third.example!v@hopital.example>",
		"<v@third.example@hopital.example>",
		"<v@[192.0.2.99]>",
		"<v%third.example>",
		"<\"v%third.example\"@hopital.example>",
		"<v@THIRD.EXAMPLE.>",
		"<v@hopital.example.third.example>",
		"<v>",
		"<>",
		"v@hopital.example",
		"<v@sub.hopital.example>",
		"<v@hopital.example",
		"<v@>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));
		str in = arena_fmt(f->arena,
				   "EHLO c\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:%s\r\n",
				   forms[i]);
		str out;

		fake_smtp_run(f, in, SIZE_MAX);
		out = strbuf_str(&f->output);
		out = str_skip(out, str_find(out, STR("250 2.1.0")));
		out = str_skip(out, str_chr(out, '\n') + 1);
		if (!str_starts(out, STR("550 5.7.1 ")) && !str_starts(out, STR("553 5.1.3 ")))
			fail_msg("%s: %.*s", forms[i], STR_ARG(out));
	}
}

static void a_message_arrives_byte_for_byte(void **state)
{
	for (size_t chunk = 1; chunk < 80; chunk++) {
		cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));
		struct strbuf in = strbuf_make(f->arena, 4096);

		(void)state;
		strbuf_put(&in, head(f->arena));
		strbuf_put(&in, STR("A: b\r\n\r\n..\r\n..dot\r\ntext.\r\n\r\n.\r\n"));
		fake_smtp_run(f, strbuf_str(&in), chunk);
		assert_int_equal(f->n_messages, 1);
		assert_true(str_eq(f->message, STR("A: b\r\n\r\n.\r\n.dot\r\ntext.\r\n\r\n")));
	}
}

/* In our memory or in a file of memory, however the bytes came. */
static void a_message_of_any_size_arrives_whole(void **state)
{
	static const size_t sizes[] = { MSG_INLINE_MAX - 1, MSG_INLINE_MAX, MSG_INLINE_MAX + 1,
					3 * MSG_INLINE_MAX };
	static const size_t chunks[] = { 1000, MSG_INLINE_MAX - 1, MSG_INLINE_MAX, 60000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes) * ARRAY_LEN(chunks); i++) {
		cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));
		struct strbuf in = strbuf_make(f->arena, 1 << 20);
		struct strbuf sent = strbuf_make(f->arena, 1 << 20);

		while (sent.n < sizes[i / ARRAY_LEN(chunks)] - 2)
			strbuf_char(&sent, (char)('a' + sent.n % 23));
		strbuf_put(&sent, STR("\r\n"));
		strbuf_put(&in, head(f->arena));
		strbuf_put(&in, strbuf_str(&sent));
		strbuf_put(&in, STR(".\r\n"));
		fake_smtp_run(f, strbuf_str(&in), chunks[i % ARRAY_LEN(chunks)]);
		assert_int_equal(f->n_messages, 1);
		assert_true(str_eq(f->message, strbuf_str(&sent)));
	}
}

static void no_answer_is_a_temporary_failure(void **state)
{
	static const struct {
		int error;
		struct msg_submitted answer;
	} cases[] = {
		{ -ETIMEDOUT, { 250, { "2.0.0", 5 }, { "no", 2 }, { "", 0 } } },
		{ 0, { 0, { "", 0 }, { "", 0 }, { "", 0 } } },
		{ 0, { 250, { "5.0.0", 5 }, { "class differs", 13 }, { "", 0 } } },
		{ 0, { 354, { "3.0.0", 5 }, { "no", 2 }, { "", 0 } } },
		{ 0, { 99999, { "2.0.0", 5 }, { "no", 2 }, { "", 0 } } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));
		struct strbuf in = strbuf_make(f->arena, 4096);

		f->submit_error = cases[i].error;
		f->answer = cases[i].answer;
		strbuf_put(&in, head(f->arena));
		strbuf_put(&in, STR("x\r\n.\r\n"));
		fake_smtp_run(f, strbuf_str(&in), SIZE_MAX);
		assert_int_equal(f->n_messages, 1);
		assert_int_equal(f->n_trouble, 1);
		assert_int_equal(f->session.deferred, 1);
		assert_true(str_ends(strbuf_str(&f->output),
				     STR("\r\n451 4.3.0 Temporary problem, try again later\r\n")));
	}
}

static void the_size_limit_is_exact(void **state)
{
	enum { LIMIT = 65536 };
	static const struct {
		size_t size;
		const char *reply;
	} cases[] = { { LIMIT, "250 2.0.0 " },
		      { LIMIT + 1, "552 5.3.4 Messages of more than 65536 bytes" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(fake_smtp_free) struct fake_smtp *f =
			fake_smtp_new(STR("smtp.max_message_bytes=65536\n"));
		struct strbuf in = strbuf_make(f->arena, 4 * LIMIT);
		str out;

		strbuf_put(&in, head(f->arena));
		for (size_t n = 0; n < cases[i].size - 2; n++)
			strbuf_char(&in, 'x');
		strbuf_put(&in, STR("\r\n.\r\n"));
		fake_smtp_run(f, strbuf_str(&in), 5000);
		out = strbuf_str(&f->output);
		out = str_skip(out, str_find(out, STR("354 ")));
		out = str_skip(out, str_chr(out, '\n') + 1);
		assert_true(str_starts(out, str_c(cases[i].reply)));
		assert_int_equal(f->n_messages, i == 0);
	}
}

/* Chunks count together, and the one that is too large is read to its end. */
static void the_size_limit_of_chunks_is_exact(void **state)
{
	enum { LIMIT = 65536, FIRST = 1000 };
	static const struct {
		size_t size;
		const char *reply;
	} cases[] = { { LIMIT, "250 2.0.0 " },
		      { LIMIT + 1, "552 5.3.4 " },
		      { 3 * LIMIT, "552 5.3.4 " } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(fake_smtp_free) struct fake_smtp *f =
			fake_smtp_new(STR("smtp.max_message_bytes=65536\n"));
		struct strbuf in = strbuf_make(f->arena, 8 * LIMIT);
		str want;

		strbuf_put(&in, STR("EHLO c.example\r\nMAIL FROM:<a@c.example>\r\n"
				    "RCPT TO:<b@hopital.example>\r\n"));
		strbuf_fmt(&in, "BDAT %d\r\n", FIRST);
		for (size_t n = 0; n < FIRST; n++)
			strbuf_char(&in, 'x');
		strbuf_fmt(&in, "BDAT %zu LAST\r\n", cases[i].size - FIRST);
		for (size_t n = FIRST; n < cases[i].size; n += 2)
			strbuf_put(&in, n + 1 == cases[i].size ? STR("x") : STR("\r\n"));
		strbuf_put(&in, STR("QUIT\r\n"));
		fake_smtp_run(f, strbuf_str(&in), 5000);
		want = arena_fmt(f->arena, "250 2.0.0 %d bytes so far\r\n%s", FIRST,
				 cases[i].reply);
		assert_true(str_find(strbuf_str(&f->output), want) != STR_NONE);
		assert_true(str_ends(strbuf_str(&f->output), STR("\r\n221 2.0.0 Goodbye\r\n")));
		assert_int_equal(f->n_messages, i == 0);
	}
}

static void say(struct fake_smtp *f, str text)
{
	f->input = text;
	while (f->input.n && f->next != LOBBY_CLOSE) {
		f->ready = true;
		fake_smtp_step(f);
	}
}

static void chunks_arrive_byte_for_byte(void **state)
{
	for (size_t chunk = 1; chunk < 60; chunk++) {
		cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));

		(void)state;
		fake_smtp_run(f,
			      STR("EHLO c\r\nMAIL FROM:<a@c.example>\r\nRCPT TO:<postmaster>\r\n"
				  "BDAT 7\r\nA: b\r\n\rBDAT 12 LAST\r\n\n.\r\n..\r\nQUIT"),
			      chunk);
		assert_int_equal(f->n_messages, 1);
		/* The end of the last line was missing. */
		assert_true(str_eq(f->message, STR("A: b\r\n\r\n.\r\n..\r\nQUIT\r\n")));
	}
}

/* One message is one message, whatever stands in it and however it comes. */
static void nothing_in_a_chunk_ends_the_message(void **state)
{
	static const str ends[] = {
		{ "\r\n.\r\n", 5 },   { "\n.\n", 3 },	   { "\r.\r", 3 },
		{ "\r\n\0.\r\n", 6 }, { "\r\n. \r\n", 6 }, { "\r\nBDAT 0 LAST\r\n", 15 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));
		struct strbuf body = strbuf_make(f->arena, 4096);
		str in;

		strbuf_put(&body, STR("Subject: one\r\n\r\nfirst"));
		strbuf_put(&body, ends[i]);
		strbuf_put(&body, STR("MAIL FROM:<evil@c.example>\r\nRCPT TO:<postmaster>\r\n"
				      "BDAT 3 LAST\r\nx\r\n"));
		in = arena_fmt(f->arena,
			       "EHLO c\r\nMAIL FROM:<a@c.example>\r\nRCPT TO:<postmaster>\r\n"
			       "BDAT %zu LAST\r\n",
			       body.n);
		fake_smtp_step(f);
		say(f, in);
		say(f, strbuf_str(&body));
		say(f, STR("QUIT\r\n"));
		assert_in_range(f->n_messages, 0, 1);
		assert_true(str_find(strbuf_str(&f->envelopes), STR("evil")) == STR_NONE);
		assert_true(str_ends(strbuf_str(&f->output), STR("\r\n221 2.0.0 Goodbye\r\n")));
	}
}

/* The envelope has to fit one message to scan; the sender sends the rest separately. */
static void long_parameters_of_many_recipients_are_too_many(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f =
		fake_smtp_new(STR("smtp.max_recipients=1000\n"));
	char address[400];
	size_t accepted;

	(void)state;
	memset(address, 'x', sizeof(address));
	fake_smtp_step(f);
	say(f, STR("EHLO c.example\r\nMAIL FROM:<a@c.example>\r\n"));
	for (size_t i = 0; i < 1000; i++)
		say(f, arena_fmt(f->arena, "RCPT TO:<b%zu@hopital.example> ORCPT=rfc822;%.*s\r\n",
				 i, (int)sizeof(address), address));
	accepted = f->session.recipients;
	assert_in_range(accepted, 100, 200);
	assert_true(str_ends(strbuf_str(&f->output),
			     STR("452 4.5.3 Too many recipients; send the others separately\r\n")));
	say(f, STR("DATA\r\n.\r\n"));
	assert_int_equal(f->n_messages, 1);
}

static void without_room_a_message_is_put_off(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));
	struct strbuf in = strbuf_make(f->arena, 4096);

	(void)state;
	f->room = 10;
	strbuf_put(&in, head(f->arena));
	strbuf_put(&in, STR("more than ten bytes\r\n.\r\n"));
	fake_smtp_run(f, strbuf_str(&in), 7);
	assert_int_equal(f->n_messages, 0);
	assert_int_equal(f->held, 0);
	assert_true(str_find(strbuf_str(&f->output), STR("\r\n452 4.3.1 ")) != STR_NONE);
}

static void who_talks_before_the_greeting_is_sent_away(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));

	(void)state;
	f->input = STR("EHLO early.example\r\n");
	f->ready = true;
	fake_smtp_step(f);
	assert_int_equal(f->next, LOBBY_CLOSE);
	assert_true(
		str_eq(strbuf_str(&f->output), STR("554 5.5.1 You spoke before the greeting\r\n")));
}

/* One byte at a time does not buy time: the whole command has to come. */
static void a_slow_command_has_one_deadline(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f =
		fake_smtp_new(STR("smtp.command_timeout=10s\n"));
	deadline due;

	(void)state;
	fake_smtp_step(f);
	due = f->until;
	assert_true(due > clock_now_ms() + 8000 && due <= clock_now_ms() + 10000);
	f->session.due -= 5000;
	f->input = STR("NOOP");
	f->chunk = 1;
	while (f->input.n) {
		f->ready = true;
		fake_smtp_step(f);
		assert_int_equal(f->until, due - 5000);
	}
	f->input = STR("\r\n");
	f->chunk = 2;
	f->ready = true;
	fake_smtp_step(f);
	assert_true(f->until >= due);
}

/* Reads the same pipelined commands for ever: each buffer ends within a line. */
static ssize_t endless_read(void *ctx, int fd, char *p, size_t n, short *want)
{
	static const char command[] = "NOOP\r\n";
	size_t *given = ctx;

	(void)fd;
	(void)want;
	for (size_t i = 0; i < n; i++)
		p[i] = command[(*given + i) % 6];
	*given += n;
	assert_in_range(*given, 0, 4 * LOBBY_IN_BYTES); /* a step ends */
	return (ssize_t)n;
}

static ssize_t swallow_write(void *ctx, int fd, const char *p, size_t n, short *want)
{
	(void)ctx;
	(void)fd;
	(void)p;
	(void)want;
	return (ssize_t)n;
}

/* The thread goes to the next guest, who would wait for ever otherwise. */
static void a_client_that_never_stops_talking_gives_way(void **state)
{
	static const struct stream_ops ops = { endless_read, swallow_write, fake_pending };
	cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));
	size_t given = 0;

	(void)state;
	fake_smtp_step(f);
	say(f, STR("EHLO c.example\r\n"));
	f->io.ops = &ops;
	f->io.ctx = &given;
	fake_smtp_step(f);
	assert_int_equal(f->next, LOBBY_PARK);
	assert_true(given > 0);
}

static void waiting_and_stopping_are_told_apart(void **state)
{
	static const struct {
		enum lobby_expiry why;
		const char *reply;
	} cases[] = { { LOBBY_IDLE, "421 4.4.2 " }, { LOBBY_STOPPING, "421 4.3.2 " } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));

		fake_smtp_step(f);
		assert_int_equal(f->next, LOBBY_PARK);
		strbuf_clear(&f->output);
		smtpsession_expire(&f->session, &f->io, cases[i].why);
		assert_true(str_starts(strbuf_str(&f->output), str_c(cases[i].reply)));
	}
}

static void a_message_under_way_may_finish_when_stopping(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));

	(void)state;
	fake_smtp_step(f);
	say(f, head(f->arena));
	assert_int_equal(f->next, LOBBY_PARK_BUSY);
	f->input = STR("x\r\n.\r\n");
	f->ready = true;
	fake_smtp_step(f);
	assert_int_equal(f->next, LOBBY_PARK);
	assert_int_equal(f->n_messages, 1);
}

/* DATA with the message behind it, not waiting for 354: how much has come with the command
 * is a matter of the network, but it never becomes a second message. */
static void a_message_right_behind_data_is_refused(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));

	(void)state;
	fake_smtp_step(f);
	say(f, STR("EHLO c.example\r\n"));
	f->rude = true;
	say(f, STR("MAIL FROM:<a@c.example>\r\nRCPT TO:<postmaster>\r\nDATA\r\nx\r\n.\r\n"));
	assert_int_equal(f->next, LOBBY_CLOSE);
	assert_int_equal(f->n_messages, 0);
	assert_true(str_ends(strbuf_str(&f->output),
			     STR("\r\n554 5.5.0 You did not wait for an answer\r\n")));
}

static void who_talks_early_may_only_be_noted(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR("smtp.early_talker=log\n"));

	(void)state;
	f->input = STR("EHLO early.example\r\n");
	f->ready = true;
	fake_smtp_step(f);
	assert_int_equal(f->next, LOBBY_PARK);
	assert_true(f->session.early);
	assert_true(str_starts(strbuf_str(&f->output), STR("220 ")));
}

/* Every part of a message but the last is answered at once; the time for all is one. */
static void chunks_have_one_deadline_together(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f =
		fake_smtp_new(STR("smtp.data_timeout=10s\nsmtp.command_timeout=20s\n"));
	deadline until;

	(void)state;
	fake_smtp_step(f);
	say(f, head(f->arena));
	say(f, STR(".\r\nMAIL FROM:<a@c.example>\r\nRCPT TO:<postmaster>\r\n"));
	say(f, STR("BDAT 1\r\nx"));
	assert_int_equal(f->next, LOBBY_PARK_BUSY);
	until = f->until;
	assert_true(until > clock_now_ms() + 8000 && until <= clock_now_ms() + 10000);
	f->session.mail->until -= 5000;
	say(f, STR("BDAT 1\r\nyBDAT 5\r\nabc"));
	assert_int_equal(f->until, until - 5000);
}

enum { SLOW_WRITES = 4 };

/* Makes each write wait, and in the end for ever. */
static ssize_t slow_write(void *ctx, int fd, const char *p, size_t n, short *want)
{
	size_t *given = ctx;

	(void)fd;
	(void)p;
	*want = POLLOUT;
	if (*given > LOBBY_IN_BYTES + SLOW_WRITES)
		return -EAGAIN;
	*given += 1;
	usleep(1000 * SMTPSESSION_PATIENCE_MS / SLOW_WRITES);
	return (ssize_t)n;
}

static void a_slow_reader_is_left_after_a_while(void **state)
{
	static const struct stream_ops ops = { endless_read, slow_write, fake_pending };
	cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));
	size_t given = 0;
	int64_t began;

	(void)state;
	fake_smtp_step(f);
	say(f, STR("EHLO c.example\r\n"));
	f->io.ops = &ops;
	f->io.ctx = &given;
	began = clock_now_ms();
	fake_smtp_step(f);
	assert_int_equal(f->next, LOBBY_CLOSE);
	assert_string_equal(f->session.ended, "the client does not read");
	assert_true(clock_now_ms() - began < SMTPSESSION_PATIENCE_MS + 1000);
}

static void a_client_that_does_not_read_is_left(void **state)
{
	cleanup(fake_smtp_free) struct fake_smtp *f = fake_smtp_new(STR(""));

	(void)state;
	f->deaf = true;
	fake_smtp_step(f);
	assert_int_equal(f->next, LOBBY_CLOSE);
	assert_string_equal(f->session.ended, "the client does not read");
}

static void an_idle_session_is_small(void **state)
{
	(void)state;
	assert_true(sizeof(struct smtpsession) <= 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialogues_go_as_written_however_the_bytes_arrive),
		cmocka_unit_test(no_mixture_of_line_ends_makes_a_second_message),
		cmocka_unit_test(relaying_is_refused_in_every_form),
		cmocka_unit_test(a_message_arrives_byte_for_byte),
		cmocka_unit_test(a_message_of_any_size_arrives_whole),
		cmocka_unit_test(no_answer_is_a_temporary_failure),
		cmocka_unit_test(the_size_limit_is_exact),
		cmocka_unit_test(the_size_limit_of_chunks_is_exact),
		cmocka_unit_test(chunks_arrive_byte_for_byte),
		cmocka_unit_test(nothing_in_a_chunk_ends_the_message),
		cmocka_unit_test(long_parameters_of_many_recipients_are_too_many),
		cmocka_unit_test(without_room_a_message_is_put_off),
		cmocka_unit_test(who_talks_before_the_greeting_is_sent_away),
		cmocka_unit_test(a_slow_command_has_one_deadline),
		cmocka_unit_test(a_client_that_never_stops_talking_gives_way),
		cmocka_unit_test(waiting_and_stopping_are_told_apart),
		cmocka_unit_test(a_message_under_way_may_finish_when_stopping),
		cmocka_unit_test(a_message_right_behind_data_is_refused),
		cmocka_unit_test(who_talks_early_may_only_be_noted),
		cmocka_unit_test(chunks_have_one_deadline_together),
		cmocka_unit_test(a_slow_reader_is_left_after_a_while),
		cmocka_unit_test(a_client_that_does_not_read_is_left),
		cmocka_unit_test(an_idle_session_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
