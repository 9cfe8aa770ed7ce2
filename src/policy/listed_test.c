#include "policy/listed.h"

#include "policy/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

struct site {
	char dir[40];
	struct arena *a;
	struct rules *rules;
};

static void write_list(struct site *s, const char *name, const char *text)
{
	FILE *f = fopen(arena_fmt(s->a, "%s/%s.txt", s->dir, name).p, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void remove_list(struct site *s, const char *name)
{
	(void)remove(arena_fmt(s->a, "%s/%s.txt", s->dir, name).p);
}

static const struct {
	const char *name, *text;
} site_lists[] = {
	{ "allow-clients", "203.0.113.0/24\n" },
	{ "allow-senders", "partner.example\n" },
	{ "allow-authors", "doctor@partner.example\n" },
	{ "allow-recipients", "abuse@ours.example\n" },
	{ "forward-hosts", "203.0.113.9\n" },
	{ "deny-names", "=evil.example\n" },
	{ "deny-recipients", "all@ours.example\n" },
	{ "deny-urls", "https://evil.example/a\n" },
	{ "deny-files", "0000000000000000000000000000000000000000000000000000000000000001\n" },
};

/* The shipped rules, with lists of a site. */
static struct site new_site(void)
{
	struct site s = { .dir = "/tmp/listed_test.XXXXXX", .a = arena_new("test", 256 << 20) };
	const struct rules_dirs dirs = { POTERNE_SOURCE "/rules", NULL, POTERNE_SOURCE "/lists",
					 s.dir };
	struct why why = { "" };

	assert_non_null(mkdtemp(s.dir));
	for (size_t i = 0; i < ARRAY_LEN(site_lists); i++)
		write_list(&s, site_lists[i].name, site_lists[i].text);
	if (rules_load(s.a, &dirs, &s.rules, &why) < 0)
		fail_msg("%s", why.text);
	for (size_t i = 0; i < ARRAY_LEN(site_lists); i++)
		remove_list(&s, site_lists[i].name);
	(void)rmdir(s.dir);
	return s;
}

static void site_free(struct site *s)
{
	rules_close(s->rules);
	s->a = arena_free(s->a);
}

static bool has(const struct verdict *v, const char *name)
{
	for (size_t i = 0; i < v->symbols.n; i++) {
		if (str_eq(v->symbols.v[i].rule->name, str_c(name)))
			return true;
	}
	return false;
}

/* Of somebody whom every allow list names, and who proves to be himself. */
static struct verdict judge_allowed(struct site *s, const char *finding)
{
	static str recipients[] = { STR("abuse@ours.example") };
	const struct conf_strings own = { 0 };
	const struct verdict_options o = { .own_domains = &own };
	const struct envelope env = { .client_ip = STR("203.0.113.9"),
				      .reverse_path = STR("a@partner.example"),
				      .has_reverse_path = true,
				      .recipients = recipients,
				      .n_recipients = 1 };
	struct facts facts = { 0 };
	struct evidence e = { 0 };
	struct verdict v;

	evidence_add(s->a, &e, STR("SPF_PASS"), STR(""));
	evidence_add(s->a, &e, STR("DMARC_PASS"), STR(""));
	*arena_push(s->a, &facts.addresses) =
		(struct facts_address){ FACTS_FROM, STR(""), STR("doctor"),
					STR("partner.example") };
	*arena_push(s->a, &facts.findings) =
		(struct facts_finding){ str_c(finding), STR("x"), 0, 0 };
	verdict_judge(s->a, s->rules, &o, &env, &facts, &e, &v);
	assert_true(has(&v, "IP_WHITELIST") && has(&v, "GLOBAL_SMTP_FROM_WL") &&
		    has(&v, "GLOBAL_MIME_FROM_WL") && has(&v, "GLOBAL_RCPT_WL") &&
		    has(&v, "FORWARDER_EXCUSED"));
	return v;
}

/* Whatever decides in the shipped rules (viruses, forbidden content, deny lists) is raised in
 * turn, on a message that every allow list speaks for: the decision stands. */
static void no_allow_list_outweighs_a_decision(void **state)
{
	cleanup(site_free) struct site s = new_site();
	size_t decisions = 0;

	(void)state;
	for (size_t i = 0; i < s.rules->symbols.n; i++) {
		struct rules_symbol *d = s.rules->symbols.v[i];
		struct verdict v;

		if (d->disabled || d->decides != RULES_DECIDES_ACTION)
			continue;
		d->next_of_finding = NULL;
		map_set(&s.rules->by_finding, STR("GTUBE"), d);
		v = judge_allowed(&s, "GTUBE");
		if (v.intended < d->decision)
			fail_msg("%.*s was outweighed", STR_ARG(d->name));
		decisions++;
	}
	assert_true(decisions > 50);
}

static void no_allow_list_decides(void **state)
{
	cleanup(site_free) struct site s = new_site();

	(void)state;
	for (size_t i = 0; i < s.rules->symbols.n; i++) {
		const struct rules_symbol *x = s.rules->symbols.v[i];

		if (x->score < 0)
			assert_int_equal(x->decides, RULES_DECIDES_NOTHING);
	}
}

static void an_allow_list_lightens_the_score_of_who_proves_himself(void **state)
{
	static const struct {
		const char *evidence;
		bool path, author;
	} cases[] = {
		{ "SPF_PASS", true, false },
		{ "DMARC_PASS", false, true },
		{ "SPF_FAIL", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(site_free) struct site s = new_site();
		const struct conf_strings own = { 0 };
		const struct verdict_options o = { .own_domains = &own };
		const struct envelope env = { .reverse_path = STR("a@partner.example"),
					      .has_reverse_path = true };
		struct facts facts = { 0 };
		struct evidence e = { 0 };
		struct verdict v;

		*arena_push(s.a, &facts.addresses) =
			(struct facts_address){ FACTS_FROM, STR(""), STR("Doctor"),
						STR("Partner.example") };
		evidence_add(s.a, &e, str_c(cases[i].evidence), STR(""));
		verdict_judge(s.a, s.rules, &o, &env, &facts, &e, &v);
		assert_int_equal(has(&v, "GLOBAL_SMTP_FROM_WL"), cases[i].path);
		assert_int_equal(has(&v, "GLOBAL_MIME_FROM_WL"), cases[i].author);
	}
}

static void one_listed_recipient_does_not_speak_for_the_others(void **state)
{
	static str both[] = { STR("abuse@ours.example"), STR("doctor@ours.example"),
			      STR("ALL@ours.example") };
	cleanup(site_free) struct site s = new_site();
	const struct facts facts = { 0 };

	(void)state;
	for (size_t n = 0; n <= ARRAY_LEN(both); n++) {
		const struct envelope env = { .recipients = both, .n_recipients = n };
		struct listed_found found = { 0 };
		bool allowed = false, denied = false;

		listed_find(s.a, s.rules, &env, &facts, 0, &found);
		for (size_t i = 0; i < found.v.n; i++) {
			allowed |= str_eq(found.v.v[i].symbol->name, STR("GLOBAL_RCPT_WL"));
			denied |= str_eq(found.v.v[i].symbol->name, STR("GLOBAL_RCPT_BL"));
		}
		assert_int_equal(allowed, n == 1);
		assert_int_equal(denied, n == 3);
	}
}

static void links_files_and_names_are_looked_up(void **state)
{
	cleanup(site_free) struct site s = new_site();
	const struct envelope env = { .helo = STR("EVIL.example.") };
	struct listed_found found = { 0 };
	struct facts facts = { 0 };

	(void)state;
	*arena_push(s.a, &facts.urls) = (struct facts_url){ .url = STR("http://evil.example/b"),
							    .host = STR("evil.example") };
	*arena_push(s.a, &facts.parts) = (struct facts_part){ .sha256 = { 0 } };
	listed_find(s.a, s.rules, &env, &facts, 0, &found);
	assert_int_equal(found.v.n, 1);
	assert_true(str_eq(found.v.v[0].symbol->name, STR("LOCAL_BL_HELO")));
	facts.urls.v[0].url = STR("http://evil.example/a/b?c");
	facts.parts.v[0].sha256[31] = 1;
	listed_find(s.a, s.rules, &env, &facts, 0, &found);
	assert_int_equal(found.v.n, 4);
	assert_true(
		str_eq(found.v.v[2].evidence,
		       STR("http://evil.example/a/b?c (deny-urls.txt: http://evil.example/a)")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_allow_list_outweighs_a_decision),
		cmocka_unit_test(no_allow_list_decides),
		cmocka_unit_test(an_allow_list_lightens_the_score_of_who_proves_himself),
		cmocka_unit_test(one_listed_recipient_does_not_speak_for_the_others),
		cmocka_unit_test(links_files_and_names_are_looked_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
