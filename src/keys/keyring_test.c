#include "keys/keyring.h"

#include "sys/keybundle.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static str make_key(struct arena *a, enum signer_algorithm algorithm, unsigned bits)
{
	struct why why;
	str pem;

	assert_int_equal(keyfile_make(a, algorithm, bits, &pem, &why), 0);
	return pem;
}

/* Each key signs the digest of its own kind, and a signature by the same key is the same. */
static void the_key_of_domain_and_selector_signs(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, KEYBUNDLE_MAX);
	str rsa = make_key(a, SIGNER_RSA_SHA256, 2048), ed = make_key(a, SIGNER_ED25519_SHA256, 0);
	const struct keybundle_entry entries[] = {
		{ STR("a.example"), STR("s1"), STR("/r"), rsa },
		{ STR("a.example"), STR("s2"), STR("/e"), ed },
	};
	struct signer_question q = { STR("A.example"),
				     STR("S2"),
				     { STR("11111111111111111111111111111111"),
				       STR("22222222222222222222222222222222") } };
	struct signer_answer answer;
	struct keyring *ring;
	struct keyfile *key;
	struct why why;
	str expected;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(entries); i++)
		keybundle_put(&b, &entries[i]);
	assert_int_equal(keyring_new(strbuf_str(&b), &ring, &why), 0);
	assert_int_equal(keyring_count(ring), 2);
	assert_int_equal(keyring_sign(ring, a, &q, &answer, &why), 0);
	assert_int_equal(answer.algorithm, SIGNER_ED25519_SHA256);
	assert_int_equal(keyfile_read(a, ed, &key, &why), 0);
	assert_int_equal(keyfile_sign(key, a, q.digests[SIGNER_ED25519_SHA256], &expected, &why),
			 0);
	assert_true(str_eq(answer.signature, expected));
	keyfile_close(key);
	q.selector = STR("s1");
	assert_int_equal(keyring_sign(ring, a, &q, &answer, &why), 0);
	assert_int_equal(answer.algorithm, SIGNER_RSA_SHA256);
	assert_int_equal(answer.signature.n, 256);
	q.selector = STR("s3");
	assert_int_equal(keyring_sign(ring, a, &q, &answer, &why), -ENOENT);
	keyring_free(ring);
	arena_free(a);
}

static void what_cannot_sign_is_refused_with_its_file(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	const struct {
		str pem;
		const char *says;
	} cases[] = {
		{ STR(""), "expected a private key in PEM" },
		{ STR("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"),
		  "expected a private key in PEM" },
		{ make_key(a, SIGNER_RSA_SHA256, 1024), "1024 bits, expected 2048 to 4096" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct keybundle_entry e = { STR("d"), STR("s"), STR("/etc/k"), cases[i].pem };
		struct strbuf b = strbuf_make(a, KEYBUNDLE_MAX);
		struct keyring *ring;
		struct why why = { "" };

		keybundle_put(&b, &e);
		assert_true(keyring_new(strbuf_str(&b), &ring, &why) < 0);
		assert_true(str_starts(str_c(why.text), STR("/etc/k: ")));
		assert_true(str_find(str_c(why.text), str_c(cases[i].says)) != STR_NONE);
	}
	arena_free(a);
}

/* An Ed25519 record holds the 32 bytes alone, an RSA one a SubjectPublicKeyInfo. */
static void records_hold_the_public_half(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct strbuf line = strbuf_make(a, 1 << 12);
	struct keyfile *rsa, *ed;
	struct why why;
	str record;

	(void)state;
	assert_int_equal(keyfile_read(a, make_key(a, SIGNER_RSA_SHA256, 2048), &rsa, &why), 0);
	assert_int_equal(keyfile_read(a, make_key(a, SIGNER_ED25519_SHA256, 0), &ed, &why), 0);
	record = keyfile_record(rsa, a);
	assert_true(str_starts(record, STR("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A")));
	keyfile_put_zone_line(&line, STR("a.example"), STR("s1"), record);
	assert_true(str_starts(strbuf_str(&line),
			       STR("s1._domainkey.a.example. IN TXT ( \"v=DKIM1; k=rsa; p=")));
	assert_true(str_find(strbuf_str(&line), STR("\" \"")) != STR_NONE);
	record = keyfile_record(ed, a);
	assert_true(str_starts(record, STR("v=DKIM1; k=ed25519; p=")));
	assert_int_equal(record.n, 22 + 44);
	keyfile_close(rsa);
	keyfile_close(ed);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_of_domain_and_selector_signs),
		cmocka_unit_test(what_cannot_sign_is_refused_with_its_file),
		cmocka_unit_test(records_hold_the_public_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
