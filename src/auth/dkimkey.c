#include "auth/dkimkey.h"

#include "base/base64.h"
#include "base/reader.h"
#include "dkim/taglist.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>

/* Keys */

enum { DER_INTEGER = 0x02, DER_BIT_STRING = 0x03, DER_SEQUENCE = 0x30 };

/* AlgorithmIdentifier of rsaEncryption (RFC 3279 2.3.1): its OID, then NULL. */
static const unsigned char rsa_encryption[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
						0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };

/* The content of the next element, which is of that type (X.690 8.1). */
static str der(struct reader *r, unsigned type)
{
	uint8_t first;
	uint32_t n;

	r->bad |= reader_u8(r) != type;
	first = reader_u8(r);
	if (first == 0x81)
		n = reader_u8(r);
	else if (first == 0x82)
		n = reader_u16be(r);
	else
		n = first;
	r->bad |= first > 0x82 || first == 0x80;
	return reader_bytes(r, n);
}

static bool whole(const struct reader *r)
{
	return !r->bad && r->at == r->in.n;
}

/* RSAPublicKey (RFC 8017 A.1.1), bare or inside of a SubjectPublicKeyInfo (RFC 5280 4.1). */
static str find_rsa(str der_key)
{
	struct reader r = reader_make(der_key), info;
	str algorithm, bits;

	info = reader_make(der(&r, DER_SEQUENCE));
	if (!whole(&r))
		return STR_NULL;
	if (info.in.n && info.in.p[0] == DER_INTEGER)
		return der_key;
	algorithm = der(&info, DER_SEQUENCE);
	bits = der(&info, DER_BIT_STRING);
	if (!whole(&info) || bits.n == 0 || bits.p[0] != 0 ||
	    !str_eq(algorithm, str_of(rsa_encryption, sizeof(rsa_encryption))))
		return STR_NULL;
	return str_skip(bits, 1);
}

/* Bits of a positive INTEGER's content; 0 when it is none. */
static uint32_t bits_of(str integer)
{
	uint32_t bits;

	if (integer.n == 0 || (unsigned char)integer.p[0] & 0x80)
		return 0;
	while (integer.n && integer.p[0] == 0)
		integer = str_skip(integer, 1);
	if (integer.n == 0)
		return 0;
	bits = (uint32_t)integer.n * 8;
	for (unsigned c = (unsigned char)integer.p[0]; !(c & 0x80); c <<= 1)
		bits--;
	return bits;
}

static const char *read_rsa(str bytes, struct dkimkey *ret)
{
	str rsa = find_rsa(bytes);
	struct reader outer = reader_make(rsa), inner;
	const unsigned char *p = (const unsigned char *)rsa.p;
	uint32_t exponent;

	inner = reader_make(der(&outer, DER_SEQUENCE));
	ret->bits = bits_of(der(&inner, DER_INTEGER));
	exponent = bits_of(der(&inner, DER_INTEGER));
	if (!rsa.p || !whole(&outer) || !whole(&inner) || ret->bits == 0 || exponent == 0)
		return "p= is no RSA key";
	if (exponent > DKIMKEY_MAX_EXPONENT)
		return "the exponent of the RSA key is too long";
	if (ret->bits > DKIMKEY_MAX_BITS)
		return NULL;
	ret->key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)rsa.n);
	return ret->key ? NULL : "p= is no RSA key";
}

/* RFC 8463 4.2: the 32 bytes themselves. */
static const char *read_ed25519(str bytes, struct dkimkey *ret)
{
	ret->bits = 256;
	ret->key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
					       (const unsigned char *)bytes.p, bytes.n);
	return ret->key ? NULL : "p= is no Ed25519 key";
}

static const char *read_key(struct arena *a, str p, struct dkimkey *ret)
{
	struct strbuf b = strbuf_make(a, DKIMKEY_MAX_BYTES);
	str text = taglist_squeeze(a, p);

	if (text.n == 0) {
		ret->revoked = true;
		return NULL;
	}
	if (!base64_decode(&b, text) || b.overflow)
		return "p= is no base64 of a key";
	return ret->ed25519 ? read_ed25519(strbuf_str(&b), ret) : read_rsa(strbuf_str(&b), ret);
}

/* Records */

bool dkimkey_is_record(str txt)
{
	str rest = txt, spec;

	if (str_starts(str_trim(txt), STR("v=DKIM")))
		return true;
	while (str_split(&rest, ';', &spec)) {
		struct taglist_tag tag;

		if (!taglist_parse_tag(spec, &tag) && str_eq(tag.name, STR("p")))
			return true;
	}
	return false;
}

/* Is the word in a list with colons between? */
static bool lists(str value, str word)
{
	str rest = value, item;

	while (taglist_item(&rest, &item)) {
		if (str_caseeq(item, word))
			return true;
	}
	return false;
}

static const char *read_tags(const struct taglist *list, struct dkimkey *ret)
{
	str v = taglist_get(list, STR("v")), k = taglist_get(list, STR("k"));
	str h = taglist_get(list, STR("h")), s = taglist_get(list, STR("s"));
	str t = taglist_get(list, STR("t"));

	if (v.p && !str_eq(v, STR("DKIM1")))
		return "v= is no version we know";
	if (v.p && !str_eq(list->v[0].name, STR("v")))
		return "v= is not the first tag";
	ret->ed25519 = k.p && str_caseeq(k, STR("ed25519"));
	if (k.p && !ret->ed25519 && !str_caseeq(k, STR("rsa")))
		return "k= is no kind of key we know";
	ret->sha1 = !h.p || lists(h, STR("sha1"));
	ret->sha256 = !h.p || lists(h, STR("sha256"));
	ret->email = !s.p || lists(s, STR("*")) || lists(s, STR("email"));
	ret->testing = t.p && lists(t, STR("y"));
	ret->strict = t.p && lists(t, STR("s"));
	return NULL;
}

const char *dkimkey_parse(struct arena *a, str txt, struct dkimkey *ret)
{
	struct dkimkey key = { 0 };
	struct taglist list;
	const char *bad = taglist_parse(a, txt, &list);
	str p;

	if (!bad)
		bad = read_tags(&list, &key);
	if (bad)
		return bad;
	p = taglist_get(&list, STR("p"));
	bad = p.p ? read_key(a, p, &key) : "p= is missing";
	if (!bad)
		*ret = key;
	return bad;
}

void dkimkey_close(struct dkimkey *key)
{
	EVP_PKEY_free(key->key);
	key->key = NULL;
}

/* Verifying */

const char *dkimkey_suits(const struct dkimkey *key, enum dkimsig_algorithm algorithm)
{
	if (key->ed25519 != (algorithm == DKIMSIG_ED25519))
		return "the key is not of the kind of a=";
	if (!(algorithm == DKIMSIG_RSA_SHA1 ? key->sha1 : key->sha256))
		return "the key's h= does not allow the hash of a=";
	return NULL;
}

/* RFC 8463 3: the digest is the message that is signed. */
static bool verifies_ed25519(EVP_PKEY *key, str digest, str signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	bug_if(!ctx);
	ok = EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
	     EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n,
			      (const unsigned char *)digest.p, digest.n) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

/* RSASSA-PKCS1-v1_5 (RFC 8017 8.2.2) */
static bool verifies_rsa(EVP_PKEY *key, const EVP_MD *md, str digest, str signature)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool ok;

	bug_if(!ctx);
	ok = EVP_PKEY_verify_init(ctx) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	     EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
	     EVP_PKEY_verify(ctx, (const unsigned char *)signature.p, signature.n,
			     (const unsigned char *)digest.p, digest.n) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

bool dkimkey_verifies(const struct dkimkey *key, enum dkimsig_algorithm algorithm, str digest,
		      str signature)
{
	if (!key->key)
		return false;
	if (key->ed25519)
		return verifies_ed25519(key->key, digest, signature);
	return verifies_rsa(key->key, algorithm == DKIMSIG_RSA_SHA1 ? EVP_sha1() : EVP_sha256(),
			    digest, signature);
}
