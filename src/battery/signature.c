#include "battery/signature.h"

#include "base/base64.h"
#include "battery/zone.h"
#include "dkim/arcset.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

enum { RAW_KEY = 32, RAW_SIGNATURE = 64, RECORD_MAX = 256, FIELD_MAX = 4096 };

/* Made a minute ago. */
enum { SIGNED_AT = BATTERY_ZONE_NOW - 60, DAY = 24 * 3600 };

#define ORDINARY "from:to:subject:date:message-id:mime-version:content-type"

static EVP_PKEY *key_of(const char *domain)
{
	unsigned char seed[SHA256_DIGEST_LENGTH];
	EVP_PKEY *key;

	SHA256((const unsigned char *)domain, strlen(domain), seed);
	key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
	bug_if(!key);
	return key;
}

str signature_record(struct arena *a, const char *domain)
{
	EVP_PKEY *key = key_of(domain);
	unsigned char raw[RAW_KEY];
	size_t n = sizeof(raw);
	struct strbuf b = strbuf_make(a, RECORD_MAX);

	bug_if(EVP_PKEY_get_raw_public_key(key, raw, &n) != 1);
	EVP_PKEY_free(key);
	strbuf_put(&b, STR("v=DKIM1; k=ed25519; p="));
	base64_encode(&b, str_of(raw, n));
	return strbuf_str(&b);
}

static str base64(struct kit *k, str bytes)
{
	struct strbuf b = strbuf_make(k->arena, FIELD_MAX);

	base64_encode(&b, bytes);
	return strbuf_str(&b);
}

static str sign(struct kit *k, const char *domain, str digest)
{
	EVP_PKEY *key = key_of(domain);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char raw[RAW_SIGNATURE];
	size_t n = sizeof(raw);

	bug_if(!ctx || EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) != 1 ||
	       EVP_DigestSign(ctx, raw, &n, (const unsigned char *)digest.p, digest.n) != 1);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return base64(k, str_of(raw, n));
}

static str with_field(struct kit *k, str field, str message)
{
	const str pieces[] = { field, STR("\r\n"), message };

	return kit_join(k, pieces, ARRAY_LEN(pieces));
}

static const struct header_field *first_field(const struct dkimhash_message *m)
{
	size_t n;
	const struct header_field *fields = dkimhash_fields(m, &n);

	bug_if(n == 0);
	return &fields[0];
}

/* What is signed does not depend on b=, so a first one of any value tells what to sign. */
static str digest_of(struct kit *k, str draft, str message, enum dkimsig_kind kind)
{
	str whole = with_field(k, kit_fmt(k, "%.*s; b=AAAA", STR_ARG(draft)), message);
	struct dkimhash_message *m = dkimhash_open(k->arena, whole);
	struct dkim_facts facts;

	dkimhash_signature(m, kind, first_field(m), &facts);
	/* What is refused before anybody verifies it has nothing to sign. */
	return facts.digest.n ? facts.digest : kit_repeat(k, STR("x"), SHA256_DIGEST_LENGTH);
}

static str signed_with(struct kit *k, str draft, str message, enum dkimsig_kind kind,
		       const char *domain)
{
	str b = sign(k, domain, digest_of(k, draft, message, kind));

	return with_field(k, kit_fmt(k, "%.*s; b=%.*s", STR_ARG(draft), STR_ARG(b)), message);
}

static str body_hash(struct kit *k, str message, uint64_t *ret_length)
{
	struct dkimhash_message *m = dkimhash_open(k->arena, message);

	return base64(k,
		      dkimhash_body(m, DKIMCANON_RELAXED, DKIMSIG_ED25519, UINT64_MAX, ret_length));
}

str signature_dkim(struct kit *k, str message, const struct signature *how)
{
	uint64_t length;
	str bh = body_hash(k, message, &length);
	struct strbuf b = strbuf_make(k->arena, FIELD_MAX);

	strbuf_fmt(&b,
		   "DKIM-Signature: v=1; a=%s; c=relaxed/relaxed; d=%s; s=%s; "
		   "t=%lld;\r\n\th=%s; bh=%.*s",
		   how->algorithm ? how->algorithm : "ed25519-sha256", how->domain,
		   how->selector ? how->selector : SIGNATURE_SELECTOR,
		   (long long)(how->expiry ? how->expiry - DAY : SIGNED_AT),
		   how->fields ? how->fields : ORDINARY, STR_ARG(bh));
	if (how->expiry)
		strbuf_fmt(&b, "; x=%lld", (long long)how->expiry);
	if (how->with_length)
		strbuf_fmt(&b, "; l=%llu", (unsigned long long)length);
	return signed_with(k, strbuf_str(&b), message, DKIMSIG_DKIM, how->domain);
}

static str seal_digest(struct kit *k, str message)
{
	struct dkimhash_message *m = dkimhash_open(k->arena, message);
	struct arcset_facts chain;

	arcset_find(k->arena, m, false, &chain);
	bug_if(chain.n != 1 || !chain.sets[0].seal.digest.n);
	return chain.sets[0].seal.digest;
}

str signature_arc(struct kit *k, str message, const char *sealer, const char *results)
{
	str bh = body_hash(k, message, &(uint64_t){ 0 });
	str inner = signed_with(k,
				kit_fmt(k,
					"ARC-Message-Signature: i=1; a=ed25519-sha256; "
					"c=relaxed/relaxed; d=%s; s=%s; t=%lld;\r\n\th=%s; bh=%.*s",
					sealer, SIGNATURE_SELECTOR, (long long)SIGNED_AT, ORDINARY,
					STR_ARG(bh)),
				message, DKIMSIG_ARC_MESSAGE, sealer);
	str results_field = kit_fmt(k, "ARC-Authentication-Results: i=1; %s", results);
	str seal = kit_fmt(k, "ARC-Seal: i=1; a=ed25519-sha256; t=%lld; cv=none; d=%s; s=%s",
			   (long long)SIGNED_AT, sealer, SIGNATURE_SELECTOR);
	str draft, b;

	inner = with_field(k, results_field, inner);
	draft = with_field(k, kit_fmt(k, "%.*s; b=AAAA", STR_ARG(seal)), inner);
	b = sign(k, sealer, seal_digest(k, draft));
	return with_field(k, kit_fmt(k, "%.*s; b=%.*s", STR_ARG(seal), STR_ARG(b)), inner);
}
