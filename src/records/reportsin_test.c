#include "records/reportsin.h"

#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	char path[64];
	struct arena *a;
	struct reportsin r;
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world *w = arena_make(a, struct world);
	struct why why;

	w->a = a;
	snprintf(w->path, sizeof(w->path), "/tmp/reportsin_test.%d", (int)getpid());
	unlink(w->path);
	assert_int_equal(reportsin_open(&w->r, w->path, &why), RECORDSDB_OK);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	reportsin_close(&w->r);
	unlink(w->path);
	arena_free(w->a);
	return 0;
}

/* n messages of one address, aligned or not. */
static struct reportset dmarc(struct world *w, const char *id, const char *ip, uint64_t n,
			      bool passes)
{
	struct aggregate *g = arena_make(w->a, struct aggregate);
	struct reportset set = { 0 };
	struct aggregate_row *row;

	*g = (struct aggregate){ .org = STR("Receiver"),
				 .id = str_c(id),
				 .domain = STR("town.example"),
				 .begin = 1700000000,
				 .end = 1700086399,
				 .p = AGGREGATE_QUARANTINE,
				 .pct = 100 };
	row = arena_push(w->a, &g->rows);
	row->count = n;
	row->dkim = passes;
	row->header_from = STR("town.example");
	assert_true(ip_parse(str_c(ip), &row->source));
	arena_push(w->a, &set.reports)->aggregate = g;
	return set;
}

static struct reportsin_result add_of(struct world *w, struct reportset set, const char *sender,
				      bool trusted)
{
	struct reportsin_origin origin = { STR("m"), str_c(sender), trusted, 1700090000 };
	struct reportsin_result result;
	struct why why;

	assert_int_equal(reportsin_add(&w->r, w->a, &set, &origin, &result, &why), 0);
	return result;
}

static struct reportsin_result add(struct world *w, struct reportset set, bool trusted)
{
	return add_of(w, set, "receiver.example", trusted);
}

static void on_line(void *ctx, str line)
{
	strbuf_put(ctx, line);
	strbuf_char(ctx, '\n');
}

static str shown(struct world *w, int64_t since, bool untrusted)
{
	struct strbuf *b = arena_make(w->a, struct strbuf);
	struct reportsin_choice c = { STR(""), since, untrusted };
	struct why why;

	*b = strbuf_make(w->a, 1 << 20);
	assert_int_equal(reportsin_dmarc(&w->r, &c, on_line, b, &why), 0);
	return strbuf_str(b);
}

static bool has(str s, const char *what)
{
	return str_find(s, str_c(what)) != STR_NONE;
}

static void a_report_counts_once(void **state)
{
	struct world *w = *state;
	str lines;

	assert_int_equal(add(w, dmarc(w, "1", "192.0.2.1", 3, true), true).added, 1);
	assert_int_equal(add(w, dmarc(w, "1", "192.0.2.1", 3, true), true).known, 1);
	assert_int_equal(add(w, dmarc(w, "2", "192.0.2.77", 4, false), true).added, 1);
	lines = shown(w, 0, false);
	assert_true(has(lines, "\"reports\":2"));
	assert_true(has(lines, "\"network\":\"192.0.2.0/24\",\"addresses\":2"));
	assert_true(has(lines, "\"messages\":7"));
	assert_true(has(lines, "\"aligned\":3"));
	assert_true(has(lines, "\"p\":\"quarantine\""));
	assert_false(has(shown(w, 1700086400, false), "town.example"));
}

static void what_nobody_vouches_for_stands_apart(void **state)
{
	struct world *w = *state;
	str lines;

	assert_int_equal(add(w, dmarc(w, "1", "192.0.2.1", 1000, false), false).added, 1);
	lines = shown(w, 0, false);
	assert_true(has(lines, "unauthenticated"));
	assert_false(has(lines, "\"kind\":\"source\""));
	assert_true(has(shown(w, 0, true), "\"kind\":\"source\""));
}

static void a_trusted_copy_takes_the_place_of_a_forged_one(void **state)
{
	struct world *w = *state;
	str lines;

	assert_int_equal(add(w, dmarc(w, "1", "192.0.2.1", 1000, false), false).added, 1);
	assert_int_equal(add(w, dmarc(w, "1", "198.51.100.1", 5, true), true).added, 1);
	assert_int_equal(add(w, dmarc(w, "1", "192.0.2.1", 1000, false), false).known, 1);
	lines = shown(w, 0, true);
	assert_true(has(lines, "198.51.100.0/24"));
	assert_false(has(lines, "192.0.2.0/24"));
	assert_false(has(lines, "unauthenticated"));
}

static void nobody_can_make_anothers_report_known(void **state)
{
	struct world *w = *state;
	str lines;

	assert_int_equal(add_of(w, dmarc(w, "1", "192.0.2.1", 9, true), "evil.example", true).added,
			 1);
	assert_int_equal(add(w, dmarc(w, "1", "198.51.100.1", 5, true), true).added, 1);
	assert_int_equal(add(w, dmarc(w, "1", "198.51.100.1", 5, true), true).known, 1);
	assert_int_equal(add_of(w, dmarc(w, "1", "198.51.100.1", 5, true), "import", true).known,
			 1);
	lines = shown(w, 0, false);
	assert_true(has(lines, "198.51.100.0/24"));
	assert_true(has(lines, "\"sender\":\"evil.example\""));
}

static void whoever_fills_the_room_pays_for_it(void **state)
{
	struct world *w = *state;
	str lines;

	w->r.max_bytes = 1 << 20;
	add(w, dmarc(w, "true", "198.51.100.1", 5, true), true);
	for (int i = 0; i < 400; i++) {
		struct reportset set =
			dmarc(w, arena_fmt(w->a, "f%d%c", i, 0).p, "192.0.2.1", 1, false);
		struct aggregate *g = set.reports.v[0].aggregate;
		struct aggregate_row row = g->rows.v[0];

		for (int j = 0; j < 99; j++)
			*arena_push(w->a, &g->rows) = row;
		assert_int_equal(add_of(w, set, "evil.example", true).added, 1);
	}
	add(w, dmarc(w, "true 2", "198.51.100.2", 6, true), true);
	lines = shown(w, 0, false);
	assert_true(has(lines, "\"messages\":11"));
	assert_false(has(lines, "\"reports\":402"));
}

static void forged_reports_push_out_forged_ones_only(void **state)
{
	struct world *w = *state;
	str lines;

	add(w, dmarc(w, "true", "198.51.100.1", 5, true), true);
	for (int i = 0; i < REPORTSIN_MAX_UNTRUSTED + 10; i++)
		add(w, dmarc(w, arena_fmt(w->a, "f%d%c", i, 0).p, "192.0.2.1", 1, false), false);
	lines = shown(w, 0, true);
	assert_true(has(lines, "\"messages\":5"));
	assert_true(has(lines, "\"reports\":501")); /* with the true one */
}

static void old_reports_go_with_their_rows(void **state)
{
	struct world *w = *state;
	struct why why;
	int n = 0;

	add(w, dmarc(w, "1", "192.0.2.1", 3, true), true);
	assert_int_equal(reportsin_expire(&w->r, 1700090000, 10, &n, &why), 0);
	assert_int_equal(n, 0);
	assert_int_equal(reportsin_expire(&w->r, 1700090001, 10, &n, &why), 0);
	assert_int_equal(n, 1);
	assert_int_equal(shown(w, 0, true).n, 0);
}

static void failures_of_tls_are_summed_by_host(void **state)
{
	struct world *w = *state;
	struct tlsrpt t = {
		.org = STR("Sender"), .id = STR("t"), .begin = 1700000000, .end = 1700086399
	};
	struct strbuf b = strbuf_make(w->a, 1 << 20);
	struct reportsin_choice c = { STR("town.example"), 0, false };
	struct reportset set = { 0 };
	struct tlsrpt_policy *p;
	struct why why;

	p = arena_push(w->a, &t.policies);
	p->type = STR("sts");
	p->domain = STR("town.example");
	p->successful = 90;
	p->failed = 10;
	for (int i = 0; i < 2; i++)
		*arena_push(w->a, &p->failures) =
			(struct tlsrpt_failure){ .result = STR("certificate-expired"),
						 .receiving_mx = STR("mx.town.example"),
						 .sessions = 5 };
	arena_push(w->a, &set.reports)->tls = &t;
	add(w, set, true);
	assert_int_equal(reportsin_tls(&w->r, &c, on_line, &b, &why), 0);
	assert_true(has(strbuf_str(&b), "\"successful\":90,\"failed\":10"));
	assert_true(has(strbuf_str(&b), "\"mx\":\"mx.town.example\",\"failed\":10"));
	assert_true(has(strbuf_str(&b), "\"kind\":\"reporter\""));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_report_counts_once),
		T(what_nobody_vouches_for_stands_apart),
		T(a_trusted_copy_takes_the_place_of_a_forged_one),
		T(nobody_can_make_anothers_report_known),
		T(whoever_fills_the_room_pays_for_it),
		T(forged_reports_push_out_forged_ones_only),
		T(old_reports_go_with_their_rows),
		T(failures_of_tls_are_summed_by_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
