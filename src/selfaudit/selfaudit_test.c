#include "selfaudit/selfaudit.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct world {
	struct arena *a;
	struct selfaudit in;
	struct selfaudit_row *rows;
	size_t n;
};

static void set(struct conf *c, const char *assignment)
{
	struct why why = { "" };

	if (conf_set_assignment(c, str_c(assignment), &why) < 0)
		fail_msg("%s", why.text);
}

/* NULL-terminated assignments. */
static struct world look(const char *const *assignments)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct conf *c = conf_new_default(a);
	struct world w = { .a = a, .in = { .arena = a, .conf = c, .now = 1795000000 } };

	set(c, "paths.state=/nonexistent");
	for (size_t i = 0; assignments[i]; i++)
		set(c, assignments[i]);
	w.in.talk = (struct selftalk){ .spoken = true,
				       .let_in = true,
				       .greeting = STR("220 mx.site.fr ESMTP"),
				       .ehlo = STR("250-mx.site.fr / 250 STARTTLS"),
				       .help = STR("214 no help"),
				       .vrfy = STR("252 no"),
				       .starttls = true,
				       .relay = 550,
				       .relay_reply = STR("550 5.7.1 no") };
	selfaudit_run(&w.in, &w.rows, &w.n);
	return w;
}

static enum selfaudit_result result(const struct world *w, const char *id)
{
	for (size_t i = 0; i < w->n; i++) {
		if (str_eq(w->rows[i].check->id, str_c(id)))
			return w->rows[i].found.result;
	}
	fail_msg("no check %s", id);
	return SELFAUDIT_UNKNOWN;
}

static void again(struct world *w)
{
	selfaudit_run(&w->in, &w->rows, &w->n);
}

static void test_each_check_has_its_own_id_and_words_in_both_languages(void **state)
{
	const struct selfaudit_check *c, *other;

	(void)state;
	for (size_t i = 0; (c = selfaudit_at(i)); i++) {
		assert_true(c->says[CONF_LANG_EN].n > 20 && c->says[CONF_LANG_FR].n > 20);
		assert_int_equal(c->advice[CONF_LANG_EN].n > 0, c->advice[CONF_LANG_FR].n > 0);
		for (size_t k = 0; k < i && (other = selfaudit_at(k)); k++)
			assert_false(str_eq(c->id, other->id));
	}
	assert_int_equal(selfaudit_at(1000) != NULL, 0);
}

static void test_a_sound_gateway_passes_what_can_be_seen(void **state)
{
	static const char *const conf[] = { "hostname=mx.site.fr",
					    "domains=site.fr",
					    "delivery.next_hop=smtp:192.0.2.7:25",
					    "paths.site_lists=/etc/poterne/lists",
					    "tls.certificate=/x.pem",
					    "tls.key=/x.key",
					    NULL };
	static const char *const pass[] = { "R32",  "R34",	  "R36", "RELAY", "R42-465",
					    "R38",  "R21-BANNER", "R10", "R42",	  "R42-CERT",
					    "R42+", "R49",	  "R6",	 "R16" };
	const struct survey_certificate certificate = { 1795000000 + 40 * 24 * 3600, true,
							STR("mx.site.fr") };
	struct world w = look(conf);

	(void)state;
	w.in.certificates = &certificate;
	w.in.n_certificates = 1;
	again(&w);
	for (size_t i = 0; i < ARRAY_LEN(pass); i++) {
		if (result(&w, pass[i]) != SELFAUDIT_PASS)
			fail_msg("%s does not pass", pass[i]);
	}
	/* What was not asked is never passed. */
	assert_int_equal(result(&w, "R44"), SELFAUDIT_UNKNOWN);
	assert_int_equal(result(&w, "BACKUP"), SELFAUDIT_UNKNOWN);
	arena_free(w.a);
}

static void test_each_weakness_is_seen(void **state)
{
	static const struct {
		const char *assignments[4], *id;
	} cases[] = {
		{ { NULL }, "R32" },
		{ { NULL }, "R34" },
		{ { "role=out", "out.clients=0.0.0.0/0" }, "R36" },
		{ { "role=out", "out.clients=8.0.0.0/9" }, "R36" },
		{ { "listen.smtp=127.0.0.1:465" }, "R42-465" },
		{ { "mode=observe", "paths.site_lists=/x" }, "R38" },
		{ { NULL }, "R39" },
		{ { "antivirus.clamd=unix:/nonexistent" }, "R39" },
		{ { "hostname=mx.interne.local" }, "R21-BANNER" },
		{ { "delivery.next_hop=smtp:192.0.2.7:25",
		    "listen.smtp=127.0.0.1:25 handover=spool" },
		  "R10" },
		{ { "smtp.starttls=false" }, "R42" },
		{ { "delivery.next_hop=smtp:192.0.2.7:25", "delivery.tls=none" }, "R42" },
		{ { NULL }, "R42-CERT" },
		{ { "dns.file=/x.json" }, "R43" },
		{ { "dns.validate=false" }, "R49" },
		{ { "role=out", "out.clients=10.0.0.5" }, "R46+" },
		{ { "users.edge=one", "users.scan=one" }, "R6" },
		{ { "listen.web=0.0.0.0:9100" }, "R16" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w = look(cases[i].assignments);

		if (result(&w, cases[i].id) != SELFAUDIT_FAIL)
			fail_msg("case %zu: %s is not seen", i, cases[i].id);
		arena_free(w.a);
	}
}

static void test_what_the_listener_says_is_judged(void **state)
{
	static const char *const conf[] = { "hostname=mx.site.fr", NULL };
	struct world w = look(conf);

	(void)state;
	w.in.talk.relay = 250;
	again(&w);
	assert_int_equal(result(&w, "RELAY"), SELFAUDIT_FAIL);
	w.in.talk.relay = 451;
	again(&w);
	assert_int_equal(result(&w, "RELAY"), SELFAUDIT_FAIL);
	w.in.talk.greeting = STR("220 mx.site.fr ESMTP Poterne 1.0");
	w.in.talk.starttls = false;
	again(&w);
	assert_int_equal(result(&w, "R21-BANNER"), SELFAUDIT_FAIL);
	assert_int_equal(result(&w, "R42"), SELFAUDIT_FAIL);
	w.in.talk = (struct selftalk){ .why = STR("nobody listens") };
	again(&w);
	assert_int_equal(result(&w, "RELAY"), SELFAUDIT_UNKNOWN);
	assert_int_equal(result(&w, "R21-BANNER"), SELFAUDIT_UNKNOWN);
	arena_free(w.a);
}

static void test_a_sample_that_leaves_is_looked_at(void **state)
{
	static const char *const out[] = { "role=out", "out.clients=10.0.0.5", NULL };
	static const char *const talks[] = { "role=out", "out.clients=10.0.0.5",
					     "out.remove_fields=X-Nothing", NULL };
	struct world w = look(out), leaky = look(talks);

	(void)state;
	assert_int_equal(result(&w, "R21-HEADERS"), SELFAUDIT_PASS);
	assert_int_equal(result(&leaky, "R21-HEADERS"), SELFAUDIT_FAIL);
	arena_free(w.a);
	arena_free(leaky.a);
}

static void test_strangers_write_nothing_into_the_page(void **state)
{
	static const char *const conf[] = { "hostname=mx.site.fr", NULL };
	struct world w = look(conf);
	struct strbuf page = strbuf_make(w.a, 4 << 20);

	(void)state;
	w.in.talk.greeting = STR("220 <script>alert(1)</script>&\x1b[2J");
	again(&w);
	selfaudit_put_html(&page, w.rows, w.n, CONF_LANG_FR, STR("a<b"), 0);
	assert_int_equal(str_find(strbuf_str(&page), STR("<script")), STR_NONE);
	assert_int_equal(str_chr(strbuf_str(&page), '\x1b'), STR_NONE);
	assert_true(str_find(strbuf_str(&page), STR("&lt;script")) != STR_NONE);
	arena_free(w.a);
}

/* Words that stand in no key of the configuration, nor in what a server says. */
static void test_what_was_seen_is_said_in_french(void **state)
{
	static const char *const worlds[][4] = {
		{ NULL },
		{ "role=out", "out.clients=0.0.0.0/0", "smtp.starttls=false", NULL },
		{ "dns.validate=false", "dns.trust_ad=false", "hostname=pc.local", NULL },
		{ "mode=observe", "tls.certificate=/a", "tls.key=/b", NULL },
	};
	static const char *const english[] = { " the ", " is ",	 " not ",   "no ", " of ",
					       " for ", " are ", "nothing", "with" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(worlds); i++) {
		struct world w = look(worlds[i]);

		w.in.lang = CONF_LANG_FR;
		w.in.talk = (struct selftalk){ .spoken = i & 1, .relay_reply = STR("250 ok") };
		again(&w);
		for (size_t k = 0; k < w.n; k++) {
			for (size_t e = 0; e < ARRAY_LEN(english); e++) {
				str seen = w.rows[k].found.seen;

				if (str_find(seen, str_c(english[e])) != STR_NONE)
					fail_msg("%.*s: %.*s", STR_ARG(w.rows[k].check->id),
						 STR_ARG(seen));
			}
		}
		arena_free(w.a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_check_has_its_own_id_and_words_in_both_languages),
		cmocka_unit_test(test_a_sound_gateway_passes_what_can_be_seen),
		cmocka_unit_test(test_each_weakness_is_seen),
		cmocka_unit_test(test_what_the_listener_says_is_judged),
		cmocka_unit_test(test_a_sample_that_leaves_is_looked_at),
		cmocka_unit_test(test_what_was_seen_is_said_in_french),
		cmocka_unit_test(test_strangers_write_nothing_into_the_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
