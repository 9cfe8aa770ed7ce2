#include "base/fd.h"
#include "lists/recipientfile.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static int open_text(str text, struct recipients *ret, struct recipientfile_count *count,
		     struct why *why)
{
	char path[] = "/tmp/recipients_test_XXXXXX";
	cleanup(fd_closep) int fd = mkstemp(path);
	int r;

	assert_true(fd >= 0 && fd_write_all(fd, text, why) == 0);
	r = recipientfile_open(path, ret, count, why);
	unlink(path);
	return r;
}

static struct recipients table_of(const char *text)
{
	struct recipientfile_count count;
	struct recipients table;
	struct why why;

	if (open_text(str_c(text), &table, &count, &why) < 0)
		fail_msg("%s", why.text);
	return table;
}

static enum recipients_found find(const struct recipients *t, const char *local, const char *domain,
				  char delimiter)
{
	return recipients_find(t, (struct address){ str_c(local), str_c(domain) }, delimiter);
}

static void a_row_says_who_is_there_and_for_whom(void **state)
{
	static const struct {
		const char *local, *domain;
		enum recipients_found found;
	} cases[] = {
		{ "alice", "hopital.example", RECIPIENTS_KNOWN },
		{ "ALICE", "Hopital.Example", RECIPIENTS_KNOWN },
		{ "Zo\xc3\xa9", "hopital.example", RECIPIENTS_KNOWN },
		{ "bloc-3", "hopital.example", RECIPIENTS_INTERNAL },
		{ "bob", "hopital.example", RECIPIENTS_DISABLED },
		{ "a b", "hopital.example", RECIPIENTS_KNOWN },
		{ "anna", "xn--hpital-ixa.example", RECIPIENTS_KNOWN },
		{ "anybody", "mairie.example", RECIPIENTS_KNOWN },
		{ "maire", "mairie.example", RECIPIENTS_DISABLED },
		{ "anybody", "ecole.example", RECIPIENTS_INTERNAL },
		{ "carol", "hopital.example", RECIPIENTS_UNKNOWN },
		{ "alice", "mairie.hopital.example", RECIPIENTS_UNKNOWN },
		{ "alic", "hopital.example", RECIPIENTS_UNKNOWN },
		{ "anybody", "x.mairie.example", RECIPIENTS_UNKNOWN },
		{ "postmaster", "hopital.example", RECIPIENTS_KNOWN },
		{ "Abuse", "hopital.example", RECIPIENTS_KNOWN },
	};
	struct recipients t = table_of("\xef\xbb\xbf# export of 2026-11-22\r\n"
				       "Alice@Hopital.example\r\n\n"
				       "zo\xc3\xa9@hopital.example\n"
				       "  bloc-3@hopital.example\tinternal  \n"
				       "bob@hopital.example disabled\n"
				       "\"A b\"@hopital.example\n"
				       "anna@h\xc3\xb4pital.example\n"
				       "@mairie.example\n"
				       "maire@mairie.example disabled\n"
				       "@ecole.example internal\n"
				       "alice@hopital.example\n");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (find(&t, cases[i].local, cases[i].domain, 0) != cases[i].found)
			fail_msg("%s@%s is not %s", cases[i].local, cases[i].domain,
				 recipients_word(cases[i].found).p);
	}
	recipients_close(&t);
}

static void a_detail_is_cut_off_only_where_the_site_has_a_delimiter(void **state)
{
	struct recipients t = table_of("alice@a.example\nbob@a.example disabled\nc+d@a.example\n");

	(void)state;
	assert_int_equal(find(&t, "alice+news", "a.example", 0), RECIPIENTS_UNKNOWN);
	assert_int_equal(find(&t, "alice+news+x", "a.example", '+'), RECIPIENTS_KNOWN);
	assert_int_equal(find(&t, "alice-news", "a.example", '+'), RECIPIENTS_UNKNOWN);
	assert_int_equal(find(&t, "bob+news", "a.example", '+'), RECIPIENTS_DISABLED);
	assert_int_equal(find(&t, "c+d", "a.example", '+'), RECIPIENTS_KNOWN);
	assert_int_equal(find(&t, "c+e", "a.example", '+'), RECIPIENTS_UNKNOWN);
	assert_int_equal(find(&t, "+alice", "a.example", '+'), RECIPIENTS_UNKNOWN);
	recipients_close(&t);
}

static void a_bad_line_is_named_by_its_place(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "a@x.example\n  b(at)x.example\n",
		  ":2:3: found \"b(at)x.example\", expected a mailbox" },
		{ "a@x.example intern\n", ":1:13: found \"intern\", expected internal, disabled" },
		{ "a@x.example,b@x.example\n", ":1:1: found" },
		{ "a@x.example b@x.example\n", ":1:1: found" },
		{ "a b@x.example\n", ":1:1: found \"a b@x.example\"" },
		{ "@\n", ":1:1: found \"@\"" },
		{ "@x..example\n", ":1:1: found" },
		{ "*@x.example.\n", ":1:1: found" },
		{ "a@[192.0.2.1]\n", ":1:1: found" },
		{ "a@x.example\nA@X.example internal\n",
		  ":2:1: found \"A@X.example\", expected the same" },
		{ "", "found no address" },
		{ "# nobody\n\n", "found no address" },
		{ "a@x.example\nb@x.exam", ":2: the last line has no end" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct recipientfile_count count;
		struct recipients table = { 0 };
		struct why why = { "" };
		int r = open_text(str_c(cases[i].text), &table, &count, &why);

		if (r >= 0 || !strstr(why.text, cases[i].says))
			fail_msg("%s: got %d, \"%s\", expected \"%s\"", cases[i].text, r, why.text,
				 cases[i].says);
		assert_null(table.map.p);
	}
}

static void no_file_is_no_table(void **state)
{
	struct recipientfile_count count;
	struct recipients table;
	struct why why;

	(void)state;
	assert_int_equal(recipientfile_open("/nowhere/recipients", &table, &count, &why), -ENOENT);
}

static void what_may_still_change_or_is_damaged_is_not_opened(void **state)
{
	struct recipients table;
	struct why why;
	cleanup(fd_closep) int fd = fd_memfd("test", &why);

	(void)state;
	assert_int_equal(fd_write_all(fd, STR("POTLIST1 and no more"), &why), 0);
	assert_int_equal(recipients_open(fd, &table, &why), -EPERM);
	assert_int_equal(fd_seal(fd, &why), 0);
	assert_int_equal(recipients_open(fd, &table, &why), -EINVAL);
}

static void of_many_each_is_found_and_no_other(void **state)
{
	enum { MANY = 50000 };
	cleanup(arena_freep) struct arena *a = arena_new("many", 64 << 20);
	struct strbuf text = strbuf_make(a, 16 << 20);
	struct recipientfile_count count;
	struct recipients table;
	struct why why;

	(void)state;
	for (int i = 0; i < MANY; i++)
		strbuf_fmt(&text, "user%d@hopital.example%s\n", i, i % 10 ? "" : " internal");
	assert_int_equal(open_text(strbuf_str(&text), &table, &count, &why), 0);
	assert_int_equal(count.mailboxes, MANY);
	assert_int_equal(count.internal, MANY / 10);
	for (int i = 0; i < 2 * MANY; i++) {
		const char *local = arena_fmt(a, "user%d", i).p;

		assert_int_equal(find(&table, local, "hopital.example", 0),
				 i >= MANY ? RECIPIENTS_UNKNOWN
				 : i % 10  ? RECIPIENTS_KNOWN
					   : RECIPIENTS_INTERNAL);
	}
	recipients_close(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_says_who_is_there_and_for_whom),
		cmocka_unit_test(a_detail_is_cut_off_only_where_the_site_has_a_delimiter),
		cmocka_unit_test(a_bad_line_is_named_by_its_place),
		cmocka_unit_test(no_file_is_no_table),
		cmocka_unit_test(what_may_still_change_or_is_damaged_is_not_opened),
		cmocka_unit_test(of_many_each_is_found_and_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
