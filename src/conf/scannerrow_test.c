#include "conf/scannerrow.h"

#include "conf/testrows.h"

static void rows_are_read_and_completed(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct scannerrow r;

	(void)state;
	assert_true(scannerrow_parse(a, STR("kasp icap tcp:192.168.1.4:1344 service=av2"), &r));
	assert_int_equal(r.protocol, SCANNERROW_ICAP);
	assert_int_equal(r.peer.at.port, 1344);
	assert_true(str_eq(r.service, STR("av2")));
	assert_int_equal(r.send, SCANNERROW_MESSAGE);
	assert_int_equal(r.timeout, 5000);
	assert_false(r.weigh);
	assert_true(scannerrow_parse(a,
				     STR("ole olefy tcp:127.0.0.1:10050  timeout=20s "
					 "on_failure=weigh connections=2 max_bytes=1MiB"),
				     &r));
	assert_int_equal(r.send, SCANNERROW_DOCUMENTS);
	assert_int_equal(r.connections, 2);
	assert_int_equal(r.max_bytes, 1 << 20);
	assert_true(r.weigh);
	assert_true(scannerrow_parse(
		a, STR("c icap tcp:127.0.0.1:1344 service=virus_scan?allow204=on&force=on"), &r));
	assert_true(str_eq(r.service, STR("virus_scan?allow204=on&force=on")));
	assert_true(scannerrow_parse(a, STR("d dcc unix:/var/dcc/dccifd report"), &r));
	assert_true(r.report);
	assert_true(scannerrow_parse(a, STR("own line unix:/run/own send=attachments"), &r));
	assert_int_equal(r.send, SCANNERROW_ATTACHMENTS);
}

static void what_is_no_row_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"x",
		"x clamd",
		"x smtp unix:/run/x",
		"x clamd /run/x",
		"x clamd tcp:scanner.example:3310",
		"x clamd lmtp:unix:/run/x",
		"x/y clamd unix:/run/x",
		"x clamd unix:/run/x timeout=0s",
		"x clamd unix:/run/x timeout",
		"x clamd unix:/run/x send=all",
		"x clamd unix:/run/x on_failure=accept",
		"x clamd unix:/run/x on_failure",
		"x clamd unix:/run/x connections=0",
		"x clamd unix:/run/x report",
		"x dcc unix:/run/x send=attachments",
		"x icap unix:/run/x service=../x",
		"x icap unix:/run/x service=?force=on",
		"x icap unix:/run/x service=x?a/b",
		"x icap unix:/run/x service=x?a?b",
		"x icap unix:/run/x sometimes",
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct scannerrow r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (scannerrow_parse(a, str_c(rows[i]), &r))
			fail_msg("%s", rows[i]);
	}
}

static void a_configuration_is_checked_as_a_whole(void **state)
{
	static const struct testrows_case cases[] = {
		{ "a clamd unix:/x,a line unix:/y", "two rows have the name a" },
		{ "a clamd unix:/x timeout=60s", "timeout of a is not below scan.deadline" },
		{ "a clamd", "expected NAME PROTOCOL PEER" },
		{ "a clamd unix:/x,b clamd unix:/x,c clamd unix:/x,d clamd unix:/x,"
		  "e clamd unix:/x,f clamd unix:/x,g clamd unix:/x,h clamd unix:/x,"
		  "i clamd unix:/x",
		  "found 9 rows" },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct conf *c = conf_new_default(a);
	struct scannerrows rows;
	struct why why = { "" };

	(void)state;
	testrows_refused(c, "scanners.services", cases, ARRAY_LEN(cases));
	testrows_set(c, "scanners.services", "a line unix:/x,b icap tcp:127.0.0.1:1344");
	assert_int_equal(conf_check(c, &why), 0);
	scannerrow_all(a, c, &rows);
	assert_int_equal(rows.n, 2);
	assert_true(scannerrow_finds_viruses(&rows));
	rows.n = 1;
	assert_false(scannerrow_finds_viruses(&rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_and_completed),
		cmocka_unit_test(what_is_no_row_is_refused),
		cmocka_unit_test(a_configuration_is_checked_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
