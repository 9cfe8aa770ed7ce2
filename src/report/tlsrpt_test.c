#include "report/tlsrpt.h"

#include "base/exact.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HEAD                                                                                       \
	"{\"organization-name\":\"Sender\",\"report-id\":\"t-1\",\"date-range\":"                  \
	"{\"start-datetime\":\"2026-11-20T00:00:00Z\",\"end-datetime\":\"2026-11-20T23:59:59Z\"},"
#define DETAIL                                                                                     \
	"{\"result-type\":\"Certificate-Expired\",\"receiving-mx-hostname\":\"MX.town.example.\"," \
	"\"failed-session-count\":\"7\"}"
#define POLICY(details)                                                                            \
	"{\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":\"town.example\",\"mx-host\":"     \
	"\"mx.town.example\"},\"summary\":{\"total-successful-session-count\":5,"                  \
	"\"total-failure-session-count\":\"7\"},\"failure-details\":[" details "]}"
#define REPORT HEAD "\"policies\":[" POLICY(DETAIL) "]}"

static int read_json(struct arena *a, str json, struct tlsrpt *ret)
{
	cleanup(exact_freep) str in = exact_copy(json);
	struct why why;

	return tlsrpt_read(a, in, ret, &why);
}

static void a_report_says_what_failed_where(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	const struct tlsrpt_policy *p;
	struct tlsrpt t;

	(void)state;
	assert_int_equal(read_json(a, STR(REPORT), &t), TLSRPT_OK);
	assert_int_equal(t.policies.n, 1);
	assert_int_equal(t.begin, 1795132800);
	p = &t.policies.v[0];
	assert_int_equal(p->successful, 5);
	assert_int_equal(p->failed, 7);
	assert_int_equal(p->n_mx_hosts, 1);
	assert_int_equal(p->failures.n, 1);
	assert_true(str_eq(p->failures.v[0].result, STR("certificate-expired")));
	assert_true(str_eq(p->failures.v[0].receiving_mx, STR("mx.town.example")));
	assert_int_equal(p->failures.v[0].sessions, 7);
}

static void what_is_no_whole_report_is_refused(void **state)
{
	static const struct {
		str in;
		int want;
	} cases[] = {
		{ STR(""), TLSRPT_E_BROKEN },
		{ STR("{"), TLSRPT_E_BROKEN },
		{ STR("[]"), TLSRPT_E_OTHER },
		{ STR("{}"), TLSRPT_E_OTHER },
		{ STR(HEAD "\"policies\":{}}"), TLSRPT_E_OTHER },
		{ STR("{\"report-id\":\"x\",\"policies\":[]}"), TLSRPT_E_BROKEN },
		{ STR(REPORT "x"), TLSRPT_E_BROKEN },
		{ STR(HEAD "\"policies\":[\"\xff\"]}"), TLSRPT_E_BROKEN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
		struct tlsrpt t;

		assert_int_equal(read_json(a, cases[i].in, &t), cases[i].want);
	}
}

static str repeated(struct arena *a, str before, str what, size_t n, str after)
{
	struct strbuf b = strbuf_make(a, 64 << 20);

	strbuf_put(&b, before);
	for (size_t i = 0; i < n; i++)
		strbuf_put(&b, what);
	strbuf_put(&b, after);
	return strbuf_str(&b);
}

static void limits_are_kept(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct tlsrpt t;

	(void)state;
	assert_int_equal(read_json(a,
				   repeated(a, STR(HEAD "\"policies\":["),
					    STR(POLICY(DETAIL "," DETAIL) ","),
					    2 * TLSRPT_MAX_POLICIES, STR("1]}")),
				   &t),
			 TLSRPT_OK);
	assert_int_equal(t.policies.n, TLSRPT_MAX_POLICIES);
	assert_int_equal(read_json(a, repeated(a, STR(HEAD), STR("["), 1 << 20, STR("")), &t),
			 TLSRPT_E_BROKEN);
	assert_int_equal(
		read_json(a, repeated(a, STR(REPORT), STR(" "), TLSRPT_MAX_BYTES, STR("")), &t),
		TLSRPT_E_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_says_what_failed_where),
		cmocka_unit_test(what_is_no_whole_report_is_refused),
		cmocka_unit_test(limits_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
