#include "dkim/dkimhash.h"

#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HASH "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" /* of nothing */
#define SIGNATURE                                                                                  \
	"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=s1; b=YWJj; "        \
	"h=From; " HASH

static struct dkim_facts *facts_of(struct arena *a, str message, size_t *ret_n)
{
	return dkimhash_signatures(dkimhash_open(a, message), ret_n);
}

static void an_empty_body_has_its_hash(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	struct dkim_facts *f;
	size_t n;

	(void)state;
	f = facts_of(a, STR(SIGNATURE "\r\nFrom: a\r\n\r\n"), &n);
	assert_int_equal(n, 1);
	assert_true(f->body_matches && f->signs_from && !f->malformed && !f->problem.n);
	assert_int_equal(f->digest.n, 32);
	f = facts_of(a, STR(SIGNATURE "\r\nFrom: a\r\n\r\nb"), &n);
	assert_false(f->body_matches);
	f = facts_of(a, STR(SIGNATURE), &n);
	assert_true(f->body_matches);
	f = facts_of(a, STR("From: a\r\n\r\n" SIGNATURE), &n);
	assert_int_equal(n, 0);
}

static str signed_hash(struct arena *a, const char *names, str message)
{
	struct dkimhash_message *m = dkimhash_open(a, message);
	struct dkimsig s = { .algorithm = DKIMSIG_RSA_SHA256, .fields = str_c(names) };
	size_t n;

	return dkimhash_signed(m, &s, &dkimhash_fields(m, &n)[0]);
}

/* RFC 6376 5.4.2: from the bottom upwards, each field once, then nothing. */
static void fields_are_selected_from_the_bottom(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	str message = STR("Own: b=\r\nA: 1\r\nB: 1\r\na: 2\r\n\r\n");
	str swapped = STR("Own: b=\r\na: 2\r\nB: 1\r\nA: 1\r\n\r\n");
	str more = STR("Own: b=\r\nA: 0\r\nA: 1\r\nB: 1\r\na: 2\r\n\r\n");

	(void)state;
	assert_true(str_eq(signed_hash(a, "a", message), signed_hash(a, "A:c", message)));
	assert_false(str_eq(signed_hash(a, "a", message), signed_hash(a, "a", swapped)));
	assert_false(str_eq(signed_hash(a, "a:a", message), signed_hash(a, "a:a", swapped)));
	assert_true(str_eq(signed_hash(a, "a", message), signed_hash(a, "a", more)));
	assert_true(str_eq(signed_hash(a, "a:a:a", message), signed_hash(a, "a:a", message)));
	assert_false(str_eq(signed_hash(a, "a:a:a", message), signed_hash(a, "a:a:a", more)));
	/* Its own field is not there yet when it is signed (3.5). */
	assert_true(str_eq(signed_hash(a, "a:own", message), signed_hash(a, "a", message)));
}

static void the_signature_itself_is_left_out_of_its_own_field(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	str one = STR("Own: b=one; c=1\r\nA: 1\r\n\r\n"),
	    other = STR("Own: b=two; c=1\r\nA: 1\r\n\r\n");
	str third = STR("Own: b=two; c=2\r\nA: 1\r\n\r\n");

	(void)state;
	assert_true(str_eq(signed_hash(a, "a", one), signed_hash(a, "a", other)));
	assert_false(str_eq(signed_hash(a, "a", one), signed_hash(a, "a", third)));
}

static void a_flood_of_signatures_is_named_not_tried(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct strbuf b = strbuf_make(a, 1 << 20);
	struct dkim_facts *f;
	size_t n;

	(void)state;
	for (int i = 0; i < 100; i++)
		strbuf_put(&b, STR(SIGNATURE "\r\n"));
	f = facts_of(a, strbuf_str(&b), &n);
	assert_int_equal(n, DKIMHASH_MAX_SIGNATURES);
	assert_true(f[DKIMHASH_MAX_TRIED - 1].body_matches);
	for (size_t i = DKIMHASH_MAX_TRIED; i < n; i++) {
		assert_true(str_eq(f[i].problem, STR("there are too many signatures")));
		assert_true(str_eq(f[i].domain, STR("a.example")));
		assert_int_equal(f[i].digest.n, 0);
	}
}

static void a_body_is_hashed_once_for_each_form(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct dkimhash_message *m = dkimhash_open(a, STR("A: 1\r\n\r\nbody\r\n"));
	uint64_t whole;
	str first;

	(void)state;
	first = dkimhash_body(m, DKIMCANON_SIMPLE, DKIMSIG_ED25519, UINT64_MAX, &whole);
	assert_int_equal(whole, 6);
	assert_true(first.p ==
		    dkimhash_body(m, DKIMCANON_SIMPLE, DKIMSIG_RSA_SHA256, UINT64_MAX, &whole).p);
	for (uint64_t l = 0; l < DKIMHASH_MAX_BODIES - 1; l++)
		assert_non_null(dkimhash_body(m, DKIMCANON_SIMPLE, DKIMSIG_RSA_SHA1, l, &whole).p);
	assert_null(dkimhash_body(m, DKIMCANON_RELAXED, DKIMSIG_RSA_SHA1, 0, &whole).p);
	assert_non_null(dkimhash_body(m, DKIMCANON_SIMPLE, DKIMSIG_ED25519, UINT64_MAX, &whole).p);
	assert_int_equal(whole, 6);
}

/* What is below the last field that is seen could be signed. */
static void too_many_fields_leave_nothing_to_verify(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct strbuf b = strbuf_make(a, 1 << 20);
	struct dkim_facts *f;
	size_t n;

	(void)state;
	strbuf_put(&b, STR(SIGNATURE "\r\n"));
	for (int i = 0; i < DKIMHASH_MAX_FIELDS; i++)
		strbuf_put(&b, STR("From: a\r\n"));
	f = facts_of(a, strbuf_str(&b), &n);
	assert_true(str_eq(f[0].problem, STR("the message has too many fields")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_body_has_its_hash),
		cmocka_unit_test(fields_are_selected_from_the_bottom),
		cmocka_unit_test(the_signature_itself_is_left_out_of_its_own_field),
		cmocka_unit_test(a_flood_of_signatures_is_named_not_tried),
		cmocka_unit_test(a_body_is_hashed_once_for_each_form),
		cmocka_unit_test(too_many_fields_leave_nothing_to_verify),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
