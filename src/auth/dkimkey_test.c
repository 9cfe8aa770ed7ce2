#include "auth/dkimkey.h"

#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ED "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static void records_are_taken_or_refused(void **state)
{
	static const struct {
		str txt;
		const char *bad;
	} cases[] = {
		{ STR("v=DKIM1; k=ed25519; p=" ED), NULL },
		{ STR("k=ed25519; p=" ED ";"), NULL },
		{ STR("v = DKIM1 ; k=ED25519; n=words of ours; g=*; p= 11qYAYKxCrfVS/7TyWQH\r\n "
		      "Og7hcvPapiMlrwIaaPcHURo="),
		  NULL },
		{ STR("p="), NULL },
		{ STR("v=DKIM1"), "p= is missing" },
		{ STR("k=rsa; v=DKIM1; p="), "v= is not the first tag" },
		{ STR("v=dkim1; p="), "v= is no version we know" },
		{ STR("v=DKIM2; p="), "v= is no version we know" },
		{ STR("v=DKIM1; k=dsa; p="), "k= is no kind of key we know" },
		{ STR("v=DKIM1; k=ed25519; p=YWJj"), "p= is no Ed25519 key" },
		{ STR("v=DKIM1; p=YWJj"), "p= is no RSA key" },
		{ STR("v=DKIM1; p=a b=c"), "p= is no base64 of a key" },
		{ STR("v=DKIM1; p=" ED), "p= is no RSA key" },
		{ STR("v=DKIM1; p=MAYCAQACAQM="), "p= is no RSA key" },	    /* modulus 0 */
		{ STR("v=DKIM1; p=MAcCAQMCAgD/AA=="), "p= is no RSA key" }, /* a byte too many */
		{ STR("v=DKIM1; p=MA0CAQMCCAEAAAAAAAAB"),
		  "the exponent of the RSA key is too long" },
		{ STR("v=DKIM1; p=; p="), "a tag stands there twice" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str txt = exact_copy(cases[i].txt);
		struct dkimkey key = { 0 };
		const char *bad = dkimkey_parse(a, txt, &key);

		if (!bad && cases[i].bad)
			print_error("case %zu\n", i);
		if (cases[i].bad)
			assert_string_equal(bad ? bad : "", cases[i].bad);
		else
			assert_null(bad);
		dkimkey_close(&key);
	}
}

static void tags_limit_what_a_key_is_for(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct dkimkey key = { 0 };

	(void)state;
	assert_null(dkimkey_parse(a, STR("p="), &key));
	assert_true(key.revoked && key.email && key.sha1 && key.sha256);
	assert_false(key.testing || key.strict || key.ed25519);
	assert_null(dkimkey_parse(
		a, STR("k=ed25519; h=sha256:new; s=web : email; t=y : s : x; p=" ED), &key));
	assert_true(key.email && key.sha256 && key.testing && key.strict && key.ed25519);
	assert_false(key.sha1 || key.revoked);
	assert_int_equal(key.bits, 256);
	assert_null(dkimkey_suits(&key, DKIMSIG_ED25519));
	assert_non_null(dkimkey_suits(&key, DKIMSIG_RSA_SHA256));
	dkimkey_close(&key);
	assert_null(dkimkey_parse(a, STR("h=sha1; s=tlsrpt; p="), &key));
	assert_false(key.email || key.sha256);
	assert_non_null(dkimkey_suits(&key, DKIMSIG_RSA_SHA256));
}

static void only_keys_are_taken_for_keys(void **state)
{
	(void)state;
	assert_true(dkimkey_is_record(STR("v=DKIM1; p=")));
	assert_true(dkimkey_is_record(STR("k=rsa; p=abc")));
	assert_true(dkimkey_is_record(STR("v=DKIM3")));
	assert_false(dkimkey_is_record(STR("v=spf1 -all")));
	assert_false(dkimkey_is_record(STR("some-verification=abc")));
	assert_false(dkimkey_is_record(STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_taken_or_refused),
		cmocka_unit_test(tags_limit_what_a_key_is_for),
		cmocka_unit_test(only_keys_are_taken_for_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
