#include "audit/arrival.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define BODY                                                                                       \
	"--b\r\nContent-Type: text/plain\r\n\r\nBonjour \r\n--b\r\nContent-Type: x/y\r\n\r\n"      \
	"TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAA\r\n--b--\r\n"
#define SENT "From: a@b.example\r\nSubject: Documents\r\n\r\n" BODY

static struct arrival compare(str sent, str symbols, str came)
{
	static struct arena *a;
	struct arrival_print *p;
	struct arrival r;

	a = arena_free(a);
	a = arena_new("arrival", 64 << 20);
	p = arena_make(a, struct arrival_print);
	arrival_print(a, sent, p);
	arrival_compare(a, p, symbols, came, &r);
	r.marks = arena_str(a, r.marks);
	return r;
}

static void the_same_message_is_unaltered_with_other_line_ends(void **state)
{
	struct arrival same = compare(STR(SENT), STR(""), STR("Received: x\r\n" SENT));
	struct arrival lf = compare(
		STR(SENT), STR(""),
		STR("Subject: Documents\n\n--b\nContent-Type: text/plain\n\nBonjour\n--b\n"
		    "Content-Type: x/y\n\nTVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAA\n--b--\n\n"));

	(void)state;
	assert_false(same.altered || same.marked || same.hinted || same.bare);
	assert_int_equal(same.kept, same.pieces);
	assert_false(lf.altered || lf.marked || lf.bare);
}

static void an_attachment_taken_out_is_seen(void **state)
{
	struct arrival r = compare(
		STR(SENT), STR(""),
		STR("Subject: Documents\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n"
		    "--b\r\nContent-Type: text/plain\r\n\r\nA file was removed.\r\n--b--\r\n"));

	(void)state;
	assert_true(r.altered && r.defused);
	assert_int_equal(r.kept, r.pieces - 1);
}

static void a_footer_takes_nothing_away(void **state)
{
	struct arrival r = compare(STR(SENT), STR(""), STR(SENT "Sent by us.\r\n"));

	(void)state;
	assert_true(r.altered);
	assert_false(r.defused);
}

static void marks_of_many_filters_are_known(void **state)
{
	static const char *const fields[] = {
		"X-Spam-Flag: YES",
		"X-Spam: Yes",
		"X-Spam-Status: Yes, score=7.2 required=5",
		"X-Rspamd-Action: add header",
		"X-Poterne-Verdict: tag; score=6.10",
		"X-Spamd-Result: default: True [16.00 / 15.00]",
		"X-Virus-Status: Infected",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		char came[4096];
		int n = snprintf(came, sizeof(came), "%s\r\n%s", fields[i], SENT);

		assert_true(compare(STR(SENT), STR(""), str_of(came, (size_t)n)).marked);
	}
	assert_true(
		compare(STR(SENT), STR(""), STR("Subject: [SPAM] Documents\r\n\r\n" BODY)).marked);
}

static void points_and_names_are_hints(void **state)
{
	struct arrival none = compare(STR(SENT), STR("MISSING_TO|X"),
				      STR("X-Poterne-Verdict: accept; score=0.00\r\n" SENT));
	struct arrival some =
		compare(STR(SENT), STR(""), STR("X-Poterne-Verdict: accept; score=1.50\r\n" SENT));
	struct arrival named = compare(STR(SENT), STR("MISSING_TO|X"),
				       STR("X-Spamd-Result: default: False [-1.00 / 15.00];\r\n"
					   "\tMISSING_TO(2.00)[]\r\n" SENT));

	(void)state;
	assert_false(none.hinted || none.marked);
	assert_true(some.hinted && !some.marked);
	assert_true(named.hinted && !named.marked);
}

/* A case may send such a field itself: that the gateway left it is no mark of the gateway. */
static void a_mark_that_was_sent_is_none(void **state)
{
	static const str sent = STR("X-Spam-Flag: YES\r\n" SENT);

	(void)state;
	assert_false(compare(sent, STR(""), sent).marked);
}

static void bare_line_ends_are_seen(void **state)
{
	(void)state;
	assert_true(compare(STR(SENT), STR(""), STR("A: b\r\n\r\na\nb\r\n")).bare);
	assert_true(compare(STR(SENT), STR(""), STR("A: b\r\n\r\na\rb\r\n")).bare);
	assert_false(compare(STR(SENT), STR(""), STR("A: b\n\na\nb\n")).bare);
	assert_true(compare(STR(SENT), STR(""), STR("A: b\n\na\rb\n")).bare);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_message_is_unaltered_with_other_line_ends),
		cmocka_unit_test(an_attachment_taken_out_is_seen),
		cmocka_unit_test(a_footer_takes_nothing_away),
		cmocka_unit_test(marks_of_many_filters_are_known),
		cmocka_unit_test(points_and_names_are_hints),
		cmocka_unit_test(a_mark_that_was_sent_is_none),
		cmocka_unit_test(bare_line_ends_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
