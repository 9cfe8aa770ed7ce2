#include "base/base64.h"
#include "base/exact.h"
#include "inspect/inspect.h"
#include "inspect/testmarks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <zlib.h>

#include <cmocka.h>

struct fixture {
	struct arena *arena;
	struct facts facts;
};

static void end(struct fixture *f)
{
	f->arena = arena_free(f->arena);
}

static struct fixture inspect(str message, const struct inspect_limits *limits)
{
	struct fixture f = { .arena = arena_new("test", 64 << 20) };
	cleanup(exact_freep) str exact = exact_copy(message);

	inspect_message(f.arena, exact, NULL, limits ? limits : &inspect_default_limits, &f.facts);
	/* What points into the message must not be looked at behind its end. */
	f.facts.headers.n = 0;
	return f;
}

static bool has(const struct fixture *f, str finding)
{
	return facts_has_finding(&f->facts, finding);
}

static bool hit(const struct fixture *f, str limit)
{
	for (size_t i = 0; i < f->facts.limits_hit.n; i++) {
		if (str_eq(f->facts.limits_hit.v[i], limit))
			return true;
	}
	return false;
}

static void the_test_virus_is_found_in_any_part(void **state)
{
	char mark[TESTMARKS_EICAR_LENGTH];
	static const struct {
		const char *before, *after;
		bool base64, found;
	} cases[] = {
		{ "Content-Type: text/plain\r\n\r\n", "", false, true },
		{ "\r\n", "\r\n", false, true },
		{ "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: "
		  "base64\r\n\r\n",
		  "", true, true },
		{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n", "\r\n--b--",
		  false, true },
		{ "Content-Type: message/rfc822\r\n\r\n\r\n", "", false, true },
		{ "\r\nThe test file starts with ", "", false, false },
	};

	(void)state;
	testmarks_put_eicar(mark);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct strbuf b = strbuf_make(a, 1000);
		cleanup(end) struct fixture f = { 0 };

		strbuf_put(&b, str_c(cases[i].before));
		if (cases[i].base64)
			base64_encode(&b, str_of(mark, sizeof(mark)));
		else
			strbuf_put(&b, str_of(mark, sizeof(mark)));
		strbuf_put(&b, str_c(cases[i].after));
		f = inspect(strbuf_str(&b), NULL);
		assert_int_equal(has(&f, STR("EICAR_TEST_FILE")), cases[i].found);
	}
}

static void the_spam_test_string_is_found_in_visible_text(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 1000);
	cleanup(end) struct fixture f = { 0 };
	char mark[TESTMARKS_GTUBE_LENGTH];

	(void)state;
	testmarks_put_gtube(mark);
	strbuf_put(&b, STR("Content-Type: text/html\r\n\r\n<p>before <b>"));
	strbuf_put(&b, str_of(mark, sizeof(mark)));
	strbuf_put(&b, STR("</b> after</p>"));
	f = inspect(strbuf_str(&b), NULL);
	assert_true(has(&f, STR("GTUBE")));
}

/* Multiparts, each inside the one before. */
static str nested(struct arena *a, int depth)
{
	struct strbuf b = strbuf_make(a, 1 << 20);

	for (int i = 0; i < depth; i++)
		strbuf_fmt(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i,
			   i);
	strbuf_put(&b, STR("\r\ntext"));
	return strbuf_str(&b);
}

static void depth_is_allowed_up_to_its_limit(void **state)
{
	static const struct inspect_limits limits = { 5, 100, 100, 1 << 20 };

	(void)state;
	for (int over = 0; over < 2; over++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 4 << 20);
		cleanup(end) struct fixture f = inspect(nested(a, 5 + over), &limits);

		assert_int_equal(has(&f, STR("MIME_TOO_DEEP")), over);
		assert_int_equal(hit(&f, STR("mime.depth")), over);
		assert_int_equal(f.facts.parts.n, 6);
	}
}

static void parts_are_counted_up_to_their_limit(void **state)
{
	static const struct inspect_limits limits = { 5, 4, 100, 1 << 20 };

	(void)state;
	for (int over = 0; over < 2; over++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct strbuf b = strbuf_make(a, 1000);
		cleanup(end) struct fixture f = { 0 };

		strbuf_put(&b, STR("Content-Type: multipart/mixed; boundary=b\r\n\r\n"));
		for (int i = 0; i < 3 + over; i++)
			strbuf_put(&b, STR("--b\r\n\r\nx\r\n"));
		strbuf_put(&b, STR("--b--\r\n"));
		f = inspect(strbuf_str(&b), &limits);
		assert_int_equal(f.facts.parts.n, 4);
		assert_int_equal(has(&f, STR("MIME_TOO_MANY_PARTS")), over);
	}
}

static void decoding_is_allowed_up_to_its_budget(void **state)
{
	static const struct inspect_limits limits = { 5, 10, 100, 6 };
	static const struct {
		str in;
		bool over;
	} cases[] = {
		{ STR("Content-Transfer-Encoding: base64\r\n\r\nZm9vYmFy"), false },
		{ STR("Content-Transfer-Encoding: base64\r\n\r\nZm9vYmFyeA=="), true },
		{ STR("\r\nthis needs no decoding"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(end) struct fixture f = inspect(cases[i].in, &limits);

		assert_int_equal(hit(&f, STR("unpacked.bytes")), cases[i].over);
		assert_int_equal(!!(f.facts.parts.v[0].flags & FACTS_PART_UNINSPECTED),
				 cases[i].over);
	}
}

static void a_flood_of_one_finding_does_not_hide_another(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 4 << 20);
	struct strbuf b = strbuf_make(a, 1 << 20);
	cleanup(end) struct fixture f = { 0 };

	(void)state;
	for (int i = 0; i < 5000; i++)
		strbuf_put(&b, STR("no colon\r\n"));
	strbuf_put(&b,
		   STR("Content-Type: application/octet-stream; name=a.pdf.exe\r\n\r\nMZ\0\0\0"));
	f = inspect(strbuf_str(&b), NULL);
	assert_true(has(&f, STR("HEADER_NO_COLON")));
	assert_true(has(&f, STR("ATTACHMENT_EXECUTABLE")));
	assert_true(has(&f, STR("NAME_DOUBLE_EXTENSION")));
}

static void sender_tricks_are_told_from_honest_names(void **state)
{
	static const struct {
		str in;
		bool shown, reply;
	} cases[] = {
		{ STR("From: \"a@bank.example\" <x@evil.example>\r\n"), true, false },
		{ STR("From: \"a@bank.example\" <a@bank.example>\r\n"), false, false },
		{ STR("From: \"a@bank.example\" <a@mail.bank.example>\r\n"), false, false },
		{ STR("From: \"a@bank.example\" <a@notbank.example>\r\n"), true, false },
		{ STR("From: \"Moi @ la maison\" <x@evil.example>\r\n"), false, false },
		{ STR("From: =?utf-8?Q?a=40bank.example?= <x@evil.example>\r\n"), true, false },
		{ STR("From: a@b.example\r\nReply-To: c@d.example\r\n"), false, true },
		{ STR("From: a@b.example\r\nReply-To: c@lists.b.example\r\n"), false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(end) struct fixture f = inspect(cases[i].in, NULL);

		assert_int_equal(has(&f, STR("DISPLAY_NAME_IS_ADDRESS")), cases[i].shown);
		assert_int_equal(has(&f, STR("FROM_REPLYTO_DIFFER")), cases[i].reply);
	}
}

static void declared_types_that_lie_are_found(void **state)
{
	static const struct {
		str type, body;
		bool mismatch;
	} cases[] = {
		{ STR("image/png; name=x"), STR("MZ\0\0"), true },
		{ STR("image/png; name=x"), STR("\x89PNG\r\n\x1a\n"), false },
		{ STR("image/gif; name=x"), STR("\x89PNG\r\n\x1a\n"), false },
		{ STR("text/plain"), STR("MZ is how programs start"), false },
		{ STR("text/plain"), STR("%PDF-1.4 is how documents start"), false },
		{ STR("text/plain"), STR("PK\3\4\0\0\0\0"), true },
		{ STR("text/plain; name=x.txt"), STR("%PDF-1.4"), true },
		{ STR("text/plain; name=x.html"), STR("<html>"), false },
		{ STR("application/octet-stream; name=x"), STR("MZ\0\0"), false },
		{ STR("application/pdf; name=x"), STR("PK\5\6"), true },
		{ STR("application/pdf; name=x"), STR("not known"), false },
		{ STR("application/json; name=x"), STR("%PDF-"), false },
		{ STR("application/json; name=x"),
		  STR("\x7f"
		      "ELF"),
		  true },
		{ STR("application/msword; name=x"), STR("{\\rtf1}"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct strbuf b = strbuf_make(a, 1000);
		cleanup(end) struct fixture f = { 0 };

		strbuf_put(&b, STR("Content-Type: "));
		strbuf_put(&b, cases[i].type);
		strbuf_put(&b, STR("\r\n\r\n"));
		strbuf_put(&b, cases[i].body);
		f = inspect(strbuf_str(&b), NULL);
		assert_int_equal(has(&f, STR("TYPE_MISMATCH")), cases[i].mismatch);
	}
}

static void nothing_at_all_is_still_a_message(void **state)
{
	cleanup(end) struct fixture f = inspect(STR(""), NULL);

	(void)state;
	assert_int_equal(f.facts.parts.n, 1);
	assert_true(has(&f, STR("EMPTY_MESSAGE")));
	assert_true(has(&f, STR("MISSING_FROM")));
}

static str gzipped(struct arena *a, str bytes)
{
	size_t max = bytes.n + 200;
	unsigned char *out = arena_alloc(a, max);
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)bytes.p,
		       .avail_in = (uInt)bytes.n,
		       .next_out = out,
		       .avail_out = (uInt)max };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return str_of(out, max - z.avail_out);
}

/* Each is a part of its own, so that the limits of archives count them. */
static void layers_of_compression_are_members(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 4096);
	cleanup(end) struct fixture f = { 0 };

	(void)state;
	strbuf_put(&b, STR("Content-Type: application/gzip; name=a.gz\r\n"
			   "Content-Transfer-Encoding: base64\r\n\r\n"));
	base64_encode(&b, gzipped(a, gzipped(a, gzipped(a, STR("hello")))));
	f = inspect(strbuf_str(&b), NULL);
	assert_int_equal(f.facts.parts.n, 4);
	assert_int_equal(f.facts.parts.v[3].size, 5);
	assert_true(has(&f, STR("MIME_ARCHIVE_IN_ARCHIVE")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_test_virus_is_found_in_any_part),
		cmocka_unit_test(the_spam_test_string_is_found_in_visible_text),
		cmocka_unit_test(depth_is_allowed_up_to_its_limit),
		cmocka_unit_test(parts_are_counted_up_to_their_limit),
		cmocka_unit_test(decoding_is_allowed_up_to_its_budget),
		cmocka_unit_test(a_flood_of_one_finding_does_not_hide_another),
		cmocka_unit_test(sender_tricks_are_told_from_honest_names),
		cmocka_unit_test(declared_types_that_lie_are_found),
		cmocka_unit_test(nothing_at_all_is_still_a_message),
		cmocka_unit_test(layers_of_compression_are_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
