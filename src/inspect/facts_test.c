#include "base/exact.h"
#include "inspect/facts.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct facts sample(struct arena *a)
{
	struct facts f = { .message_size = 123456789012, .time_us = 42 };

	*arena_push(a, &f.headers) = (struct facts_header){ STR("Subject"), STR("caf\xc3\xa9"), 3 };
	*arena_push(a, &f.addresses) =
		(struct facts_address){ FACTS_CC, STR("Jean"), STR("j"), STR("x.example") };
	*arena_push(a, &f.hops) = (struct facts_hop){ STR("192.0.2.1"), STR("a.example") };
	f.origin_ip = STR("2001:db8::1");
	f.msgid_host = STR("m.example");
	*arena_push(a, &f.parts) =
		(struct facts_part){ 0,	      STR("1"), STR("a/b"), STR(""),
				     STR(""), 0,	{ 0 },	    FACTS_PART_MULTIPART };
	*arena_push(a, &f.parts) =
		(struct facts_part){ 0,	       STR("1.1"), STR("c/d"), STR("e/f"),
				     STR("n"), 7,	   { 1, 2 },   FACTS_PART_ATTACHMENT };
	*arena_push(a, &f.findings) = (struct facts_finding){ STR("GTUBE"), STR("\0\xff"), 1 };
	*arena_push(a, &f.hits) = (struct facts_hit){ 4000000000, STR("evidence"), 1 };
	f.candidate.set = 7;
	*arena_push(a, &f.candidate.hits) = (struct facts_hit){ 3, STR("tried"), 1 };
	*arena_push(a, &f.urls) = (struct facts_url){
		FACTS_URL_HTML,
		1,
		STR("https://www.x.example/"),
		STR("www.x.example"),
		STR("x.example"),
		STR("click"),
	};
	*arena_push(a, &f.extracts) =
		(struct facts_extract){ FACTS_EXTRACT_ANTIVIRUS, 1, 77, STR_NULL };
	*arena_push(a, &f.fuzzy) =
		(struct fuzzy_digest){ .kind = FUZZY_DOCUMENT, .part = 1, .v = { 1, 65535 } };
	*arena_push(a, &f.signatures) = (struct dkim_facts){
		.problem = STR(""),
		.algorithm = DKIMSIG_RSA_SHA256,
		.algorithm_text = STR("rsa-sha256"),
		.domain = STR("x.example"),
		.selector = STR("s1"),
		.identity = STR("@x.example"),
		.signature = STR("\0\xff"),
		.signature_start = STR("AP8="),
		.digest = STR("0123456789abcdef0123456789abcdef"),
		.body_matches = true,
		.has_length = true,
		.uncovered = 5000000000,
		.time = 1,
		.expiry = 2,
	};
	f.arc = (struct arcset_facts){ .present = true,
				       .problem = STR(""),
				       .highest = 1,
				       .sets = arena_make(a, struct arcset),
				       .n = 1,
				       .chain = STR("arc-seal:x\r\n") };
	f.arc.sets[0] = (struct arcset){ .message = f.signatures.v[0],
					 .seal = f.signatures.v[0],
					 .cv = STR("none"),
					 .results = STR("x.example; spf=pass") };
	f.signing.problem = STR("");
	f.signing.material = (struct dkimsign_material){ STR("from:from"), STR("from:x\r\n"),
							 STR("0123456789abcdef0123456789abcdef") };
	*arena_push(a, &f.limits_hit) = STR("mime.depth");
	f.text = STR("visible");
	f.features.view[FEATURES_TEXT] = STR("\x05\x81\x01");
	f.error = STR("broken");
	f.language = STR("fr");
	return f;
}

static void what_is_encoded_is_decoded_again(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct facts f = sample(a), g;
	str bytes = facts_encode(a, &f);

	(void)state;
	assert_true(facts_decode(a, bytes, &g));
	assert_true(str_eq(facts_encode(a, &g), bytes));
	assert_true(g.message_size == f.message_size && g.time_us == f.time_us);
	assert_true(str_eq(g.parts.v[1].filename, STR("n")));
	assert_int_equal(g.parts.v[1].sha256[1], 2);
	assert_true(g.hits.v[0].pattern == 4000000000);
	assert_true(g.hits.n == 1 && g.candidate.hits.n == 1 && g.candidate.set == 7);
	assert_true(str_eq(g.candidate.hits.v[0].evidence, STR("tried")));
	assert_true(str_eq(g.findings.v[0].evidence, STR("\0\xff")));
	assert_true(str_eq(facts_header(&g, STR("SUBJECT"))->value, STR("caf\xc3\xa9")));
	assert_null(facts_header(&g, STR("To")));
	assert_true(facts_has_finding(&g, STR("GTUBE")));
	assert_false(facts_has_finding(&g, STR("BAD_DATE")));
	assert_true(str_eq(g.signatures.v[0].signature, STR("\0\xff")));
	assert_true(g.signatures.v[0].body_matches && g.signatures.v[0].has_length);
	assert_false(g.signatures.v[0].malformed || g.signatures.v[0].has_time);
	assert_true(g.fuzzy.n == 1 && g.fuzzy.v[0].kind == FUZZY_DOCUMENT &&
		    g.fuzzy.v[0].part == 1);
	assert_int_equal(g.fuzzy.v[0].v[1], 65535);
	assert_true(g.arc.present && g.arc.n == 1 && str_eq(g.arc.sets[0].cv, STR("none")));
	assert_true(str_eq(g.arc.sets[0].results, f.arc.sets[0].results));
	assert_true(str_eq(g.arc.chain, f.arc.chain) && g.arc.sets[0].seal.has_length);
	assert_true(str_eq(g.signing.material.names, STR("from:from")));
	assert_int_equal(g.signing.material.body_hash.n, DKIMSIGN_HASH);
	assert_true(g.signatures.v[0].uncovered == 5000000000 && g.signatures.v[0].expiry == 2);
}

static void every_truncation_is_refused_and_no_flipped_bit_does_harm(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct facts f = sample(a), g;
	str bytes = facts_encode(a, &f);

	(void)state;
	for (size_t n = 0; n < bytes.n; n++) {
		cleanup(exact_freep) str cut = exact_copy(str_sub(bytes, 0, n));

		assert_false(facts_decode(a, cut, &g));
	}
	for (size_t bit = 0; bit < bytes.n * 8; bit++) {
		cleanup(exact_freep) str bad = exact_copy(bytes);

		((char *)(uintptr_t)bad.p)[bit / 8] ^= (char)(1 << bit % 8);
		if (facts_decode(a, bad, &g))
			assert_true(str_eq(facts_encode(a, &g), bad));
	}
}

static void what_would_not_be_believed_is_refused(void **state)
{
	(void)state;
	for (int i = 0; i < 19; i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		struct facts f = sample(a), g;

		switch (i) {
		case 0:
			f.parts.v[1].parent = 1; /* its own parent */
			break;
		case 1:
			f.parts.v[1].flags = 1 << 20;
			break;
		case 2:
			f.findings.v[0].name = STR("NO_SUCH_FINDING");
			break;
		case 3:
			f.text = STR("\xff");
			break;
		case 4:
			f.addresses.v[0].where = (enum facts_where)9;
			break;
		case 5:
			f.headers.v[0].value = STR("\xc3");
			break;
		case 6:
			f.parts.v[1].filename = STR("\xff");
			break;
		case 7:
			f.error = STR("\xff");
			break;
		case 8:
			f.urls.v[0].where = (enum facts_url_where)FACTS_URL_WHERES;
			break;
		case 9:
			f.urls.v[0].host = STR("\xff");
			break;
		case 10:
			f.signatures.v[0].digest = STR("short");
			break;
		case 11:
			f.signatures.v[0].problem = STR("a problem, and yet a digest");
			break;
		case 13:
			f.arc.highest = 2;
			break;
		case 14:
			f.arc.highest = ARCSET_MAX + 1;
			break;
		case 15:
			f.arc.problem = STR("broken, and yet there are sets");
			break;
		case 16:
			f.signing.material.names = STR("from;b=x");
			break;
		case 17:
			f.signing.material.body_hash = STR("short");
			break;
		case 18:
			f.fuzzy.v[0].kind = FUZZY_KINDS;
			break;
		case 12:
			f.signatures.v[0].algorithm = (enum dkimsig_algorithm)DKIMSIG_ALGORITHMS;
			break;
		}
		assert_false(facts_decode(a, facts_encode(a, &f), &g));
	}
}

static void lists_and_texts_are_cut_at_their_ceilings(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct facts f = sample(a), g;
	char *big = arena_alloc(a, FACTS_MAX_TEXT + 2);

	(void)state;
	memset(big, 'x', FACTS_MAX_TEXT + 2);
	memcpy(big + FACTS_MAX_TEXT - 1, "\xc3\xa9", 2); /* a character across the ceiling */
	f.text = str_of(big, FACTS_MAX_TEXT + 1);
	f.findings.v[0].evidence = str_of(big, FACTS_MAX_EVIDENCE + 1);
	f.headers.v[0].value = str_of(big, FACTS_MAX_VALUE + 1);
	while (f.headers.n < FACTS_MAX_HEADERS + 1) {
		struct facts_header again = f.headers.v[0];

		*arena_push(a, &f.headers) = again;
	}
	assert_true(facts_decode(a, facts_encode(a, &f), &g));
	assert_int_equal(g.text.n, FACTS_MAX_TEXT - 1);
	assert_int_equal(g.findings.v[0].evidence.n, FACTS_MAX_EVIDENCE);
	assert_int_equal(g.headers.v[0].value.n, FACTS_MAX_VALUE);
	assert_true(g.headers.n > 800 && g.headers.n < FACTS_MAX_HEADERS);
	assert_true(str_eq(g.limits_hit.v[0], STR("facts.bytes")));
	assert_true(str_eq(g.limits_hit.v[1], STR("mime.depth")));
}

static void a_full_memory_still_decodes(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 256 << 20);
	struct facts f = { 0 }, g;
	char *big = arena_alloc(a, FACTS_MAX_TEXT);

	(void)state;
	memset(big, 'x', FACTS_MAX_TEXT);
	f.text = str_of(big, FACTS_MAX_TEXT);
	for (size_t i = 0; i < FACTS_MAX_PARTS; i++) {
		str s = str_of(big, 1024);

		*arena_push(a, &f.parts) = (struct facts_part){ 0, s, s, s, s, 1, { 0 }, 0 };
		*arena_push(a, &f.findings) =
			(struct facts_finding){ STR("GTUBE"), s, FACTS_MAX_PARTS - 1 };
	}
	f.candidate.set = 7;
	*arena_push(a, &f.candidate.hits) = (struct facts_hit){ 3, str_of(big, 200), 0 };
	assert_true(facts_decode(a, facts_encode(a, &f), &g));
	assert_true(g.candidate.set == 0 && g.candidate.hits.n == 0); /* all of it or nothing */
	assert_true(g.parts.n > 900 && g.parts.n < FACTS_MAX_PARTS);
	assert_int_equal(g.limits_hit.n, 1);
	for (size_t i = 0; i < g.findings.n; i++)
		assert_int_equal(g.findings.v[i].part, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_encoded_is_decoded_again),
		cmocka_unit_test(every_truncation_is_refused_and_no_flipped_bit_does_harm),
		cmocka_unit_test(what_would_not_be_believed_is_refused),
		cmocka_unit_test(lists_and_texts_are_cut_at_their_ceilings),
		cmocka_unit_test(a_full_memory_still_decodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
