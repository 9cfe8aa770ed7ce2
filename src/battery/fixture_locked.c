/* Files behind passwords: Office (MS-OFFCRYPTO 2.3.4.10, agile), BIFF8 with FILEPASS, PDF
 * (ISO 32000-1 7.6.3, revision 3), 7z with AES, RAR 5. The keys are made as the formats want it,
 * with few rounds, so that whoever has the password can open what is not only said to be locked.
 */
#include "battery/fixture.h"

#include "base/base64.h"

#include <openssl/evp.h>
#include <zlib.h>

enum {
	BLOCK = 16,
	SHA512_SIZE = 64,
	MD5_SIZE = 16,
	AES_KEY = 32,
	SPINS = 1000,
	SEGMENT = 4096,
	LOCKED_MAX = 1 << 20
};

static str digest(struct kit *k, const EVP_MD *how, const str *pieces, size_t n)
{
	unsigned char *out = arena_alloc(k->arena, EVP_MAX_MD_SIZE);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned size = 0;

	bug_if(!ctx || EVP_DigestInit_ex(ctx, how, NULL) != 1);
	for (size_t i = 0; i < n; i++)
		bug_if(EVP_DigestUpdate(ctx, pieces[i].p, pieces[i].n) != 1);
	bug_if(EVP_DigestFinal_ex(ctx, out, &size) != 1);
	EVP_MD_CTX_free(ctx);
	return str_of((const char *)out, size);
}

#define DIGEST(k, how, ...)                                                                        \
	digest((k), (how), (const str[]){ __VA_ARGS__ }, ARRAY_LEN(((const str[]){ __VA_ARGS__ })))

/* Padded with zeros to whole blocks. */
static str aes(struct kit *k, str key, str iv, str bytes)
{
	size_t n = (bytes.n + BLOCK - 1) / BLOCK * BLOCK;
	str whole = fixture_padded(k, bytes, n);
	unsigned char *out = arena_alloc(k->arena, n + BLOCK);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int done = 0;

	bug_if(!ctx ||
	       EVP_EncryptInit_ex(ctx, EVP_aes_256_cbc(), NULL, (const unsigned char *)key.p,
				  (const unsigned char *)iv.p) != 1);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	bug_if(EVP_EncryptUpdate(ctx, out, &done, (const unsigned char *)whole.p, (int)n) != 1);
	EVP_CIPHER_CTX_free(ctx);
	return str_of((const char *)out, (size_t)done);
}

static str le(struct kit *k, uint64_t v, size_t bytes)
{
	struct strbuf b = strbuf_make(k->arena, 8);

	strbuf_le(&b, v, bytes);
	return strbuf_str(&b);
}

static str flat_base64(struct kit *k, str bytes)
{
	struct strbuf b = strbuf_make(k->arena, LOCKED_MAX);

	base64_encode(&b, bytes);
	return strbuf_str(&b);
}

#define SALT STR("sel-de-batterie!")
#define PACKAGE_SALT STR("sel-des-segments")

static str agile_key(struct kit *k, str hash, str purpose)
{
	return str_sub(DIGEST(k, EVP_sha512(), hash, purpose), 0, AES_KEY);
}

static str agile_info(struct kit *k, str password, str secret)
{
	str hash = DIGEST(k, EVP_sha512(), SALT, kit_utf16(k, password, false, false)), a, b, c;
	const str verifier = STR("verifie-batterie");

	for (unsigned i = 0; i < SPINS; i++)
		hash = DIGEST(k, EVP_sha512(), le(k, i, 4), hash);
	a = aes(k, agile_key(k, hash, STR("\xfe\xa7\xd2\x76\x3b\x4b\x9e\x79")), SALT, verifier);
	b = aes(k, agile_key(k, hash, STR("\xd7\xaa\x0f\x6d\x30\x61\x34\x4e")), SALT,
		DIGEST(k, EVP_sha512(), verifier));
	c = aes(k, agile_key(k, hash, STR("\x14\x6e\x0b\xe7\xab\xac\xd0\xd6")), SALT, secret);
	return kit_fmt(
		k,
		"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<encryption "
		"xmlns=\"http://schemas.microsoft.com/office/2006/encryption\" "
		"xmlns:p=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\">"
		"<keyData saltSize=\"16\" blockSize=\"16\" keyBits=\"256\" hashSize=\"64\" "
		"cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" "
		"hashAlgorithm=\"SHA512\" saltValue=\"%.*s\"/><dataIntegrity "
		"encryptedHmacKey=\"AAAA\" encryptedHmacValue=\"AAAA\"/><keyEncryptors>"
		"<keyEncryptor "
		"uri=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\">"
		"<p:encryptedKey spinCount=\"%d\" saltSize=\"16\" blockSize=\"16\" "
		"keyBits=\"256\" hashSize=\"64\" cipherAlgorithm=\"AES\" "
		"cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"SHA512\" saltValue=\"%.*s\" "
		"encryptedVerifierHashInput=\"%.*s\" encryptedVerifierHashValue=\"%.*s\" "
		"encryptedKeyValue=\"%.*s\"/></keyEncryptor></keyEncryptors></encryption>",
		STR_ARG(flat_base64(k, PACKAGE_SALT)), SPINS, STR_ARG(flat_base64(k, SALT)),
		STR_ARG(flat_base64(k, a)), STR_ARG(flat_base64(k, b)), STR_ARG(flat_base64(k, c)));
}

str fixture_office_locked(struct kit *k, str password, str file)
{
	const str secret = STR("cle-secrete-de-la-batterie-32-oc");
	struct strbuf package = strbuf_make(k->arena, file.n + SEGMENT), info;
	struct fixture_ole *o = fixture_ole_start(k, STR(""));

	strbuf_le(&package, file.n, 8);
	for (size_t at = 0, i = 0; at < file.n; at += SEGMENT, i++) {
		str iv = str_sub(DIGEST(k, EVP_sha512(), PACKAGE_SALT, le(k, i, 4)), 0, BLOCK);

		strbuf_put(&package, aes(k, secret, iv, str_sub(file, at, at + SEGMENT)));
	}
	info = strbuf_make(k->arena, LOCKED_MAX);
	strbuf_put(&info, STR("\4\0\4\0\x40\0\0\0"));
	strbuf_put(&info, agile_info(k, password, secret));
	fixture_ole_add(o, 0, "EncryptionInfo", true, strbuf_str(&info));
	fixture_ole_add(o, 0, "EncryptedPackage", true, strbuf_str(&package));
	return fixture_ole_end(o);
}

/* What follows FILEPASS stands for ciphertext: nobody can read it without the password, and who
 * has that one has no program here that needs it. */
str fixture_xls_locked(struct kit *k)
{
	struct fixture_ole *o =
		fixture_ole_start(k, STR("\x20\x08\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"));
	const str pieces[] = {
		STR("\x09\x08\x10\0\0\6\5\0\xbb\x0d\xcc\7\0\0\0\0\6\0\0\0"),
		STR("\x2f\0\x36\0\1\0\1\0\1\0"),
		kit_repeat(k, STR("\x5a\xc3\x11"), 16),
		STR("\x42\0\2\0\x9d\x31"),
		kit_repeat(k,
			   STR("\x85\0\x0c\0\x31\x9f\x02\x77"
			       "\x12\x08\x91\x44\xee\x10\x2b\x63"),
			   300),
		STR("\x0a\0\0\0"),
	};

	fixture_ole_add(o, 0, "Workbook", true, kit_join(k, pieces, ARRAY_LEN(pieces)));
	return fixture_ole_end(o);
}

static str rc4(struct kit *k, str key, str bytes)
{
	unsigned char s[256], *out = arena_alloc(k->arena, bytes.n + 1);
	unsigned j = 0;

	for (unsigned i = 0; i < sizeof(s); i++)
		s[i] = (unsigned char)i;
	for (unsigned i = 0; i < sizeof(s); i++) {
		unsigned char t = s[i];

		j = (j + t + (unsigned char)key.p[i % key.n]) & 255;
		s[i] = s[j];
		s[j] = t;
	}
	j = 0;
	for (size_t n = 0; n < bytes.n; n++) {
		unsigned i = (unsigned)(n + 1) & 255;
		unsigned char t = s[i];

		j = (j + t) & 255;
		s[i] = s[j];
		s[j] = t;
		out[n] = (unsigned char)bytes.p[n] ^ s[(s[i] + s[j]) & 255];
	}
	return str_of((const char *)out, bytes.n);
}

/* MS-OFFCRYPTO 2.3.6.2: as many bytes of the keystream as there are of bytes, mixed into them. */
static str xls_block(struct kit *k, str password, str salt, unsigned char block, str bytes)
{
	struct strbuf wide = strbuf_make(k->arena, 256), many = strbuf_make(k->arena, 512);
	const char number[] = { (char)block, 0, 0, 0 };
	str h, pieces[2];

	for (size_t i = 0; i < password.n; i++) {
		strbuf_char(&wide, password.p[i]);
		strbuf_char(&wide, 0);
	}
	pieces[0] = strbuf_str(&wide);
	h = str_sub(digest(k, EVP_md5(), pieces, 1), 0, 5);
	for (int i = 0; i < 16; i++) {
		strbuf_put(&many, h);
		strbuf_put(&many, salt);
	}
	pieces[0] = strbuf_str(&many);
	pieces[0] = str_sub(digest(k, EVP_md5(), pieces, 1), 0, 5);
	pieces[1] = str_of(number, sizeof(number));
	return rc4(k, digest(k, EVP_md5(), pieces, 2), bytes);
}

/* All but what the records say without a password: their heads, BOF, where sheets begin. */
static str xls_encrypt(struct kit *k, str password, str salt, str plain)
{
	char *out = arena_alloc(k->arena, plain.n);
	bool secret = false;

	memcpy(out, plain.p, plain.n);
	for (size_t at = 0; at + 4 <= plain.n;) {
		unsigned id = (unsigned char)plain.p[at] | (unsigned)plain.p[at + 1] << 8;
		size_t n = (unsigned char)plain.p[at + 2] | (size_t)plain.p[at + 3] << 8;
		size_t from = at + 4 + (id == 0x85 ? 4 : 0);

		for (size_t i = from; secret && id != 0x809 && i < at + 4 + n; i++) {
			size_t block = i / 1024 * 1024;
			str mixed = xls_block(k, password, salt, (unsigned char)(i / 1024),
					      str_sub(plain, block, i + 1));

			out[i] = mixed.p[i - block];
		}
		secret |= id == 0x2f;
		at += 4 + n;
	}
	return str_of(out, plain.n);
}

str fixture_xls_rc4(struct kit *k, str password)
{
	const str salt = STR("saltsaltsaltsalt"), verifier = STR("verifierverifier");
	const str hash = digest(k, EVP_md5(), &verifier, 1);
	const str both[] = { verifier, hash };
	const str pieces[] = { STR("\1\0\1\0\1\0"), salt,
			       xls_block(k, password, salt, 0, kit_join(k, both, 2)) };
	struct fixture_ole *o =
		fixture_ole_start(k, STR("\x20\x08\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"));
	str stream = fixture_xls_stream(k, kit_join(k, pieces, ARRAY_LEN(pieces)));

	fixture_ole_add(o, 0, "Workbook", true, xls_encrypt(k, password, salt, stream));
	return fixture_ole_end(o);
}

static str hex(struct kit *k, str bytes)
{
	struct strbuf b = strbuf_make(k->arena, bytes.n * 2);

	for (size_t i = 0; i < bytes.n; i++)
		strbuf_fmt(&b, "%02x", (unsigned char)bytes.p[i]);
	return strbuf_str(&b);
}

#define PDF_PAD                                                                                    \
	STR("\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08\x2e\x2e\x00\xb6\xd0" \
	    "\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a")

/* The value of /U (algorithm 5), and the key it comes from (algorithm 2). */
static str pdf_user(struct kit *k, str password, str owner, str id, str *key)
{
	const str both[] = { password, PDF_PAD };
	str padded = str_sub(kit_join(k, both, 2), 0, PDF_PAD.n), u;

	*key = DIGEST(k, EVP_md5(), padded, owner, STR("\xfc\xff\xff\xff"), id);
	for (int i = 0; i < 50; i++)
		*key = DIGEST(k, EVP_md5(), *key);
	u = DIGEST(k, EVP_md5(), PDF_PAD, id);
	for (unsigned i = 0; i < 20; i++) {
		struct strbuf turned = strbuf_make(k->arena, MD5_SIZE);

		for (size_t j = 0; j < key->n; j++)
			strbuf_char(&turned, (char)((unsigned char)key->p[j] ^ i));
		u = rc4(k, strbuf_str(&turned), u);
	}
	return fixture_padded(k, u, PDF_PAD.n);
}

str fixture_pdf_locked(struct kit *k, const char *password)
{
	const str owner = STR("proprietaire-de-la-batterie-0000"), id = STR("batterie-de-test");
	str key, user = pdf_user(k, str_c(password), owner, id, &key);
	/* The key of object 4, generation 0 (algorithm 1). */
	str of_object = DIGEST(k, EVP_md5(), key, STR("\4\0\0\0\0"));
	str page = rc4(k, of_object, STR("BT /F1 12 Tf 72 720 Td (Resultats d'analyse) Tj ET"));
	const str objects[] = {
		fixture_pdf_stream(k, "", page),
		kit_fmt(k, "<</Filter/Standard/V 2/R 3/Length 128/P -4/O<%.*s>/U<%.*s>>>",
			STR_ARG(hex(k, owner)), STR_ARG(hex(k, user))),
	};

	return fixture_pdf_with(k, "", "/Contents 4 0 R", objects, ARRAY_LEN(objects),
				kit_fmt(k, "/Encrypt 5 0 R/ID[<%.*s><%.*s>]", STR_ARG(hex(k, id)),
					STR_ARG(hex(k, id)))
					.p);
}

/* A number of 7z: the first byte says how many follow. */
static void put_number(struct strbuf *b, uint64_t v)
{
	if (v < 0x80) {
		strbuf_char(b, (char)v);
	} else {
		bug_if(v >= 0x4000);
		strbuf_char(b, (char)(0x80 | v >> 8));
		strbuf_char(b, (char)v);
	}
}

enum { SEVENZIP_POWER = 8 };

static str sevenzip_key(struct kit *k, str password)
{
	struct strbuf b = strbuf_make(k->arena, LOCKED_MAX);
	str utf16 = kit_utf16(k, password, false, false);

	for (uint64_t i = 0; i < 1u << SEVENZIP_POWER; i++) {
		strbuf_put(&b, utf16);
		strbuf_le(&b, i, 8);
	}
	return DIGEST(k, EVP_sha256(), strbuf_str(&b));
}

/* PackInfo and UnpackInfo of one stream under one coder, AES. */
static void put_streams(struct strbuf *b, size_t at, size_t packed, str plain)
{
	strbuf_char(b, 6);
	put_number(b, at);
	strbuf_put(b, STR("\1\x09"));
	put_number(b, packed);
	strbuf_put(b, STR("\0\7\x0b\1\0\1\x24\6\xf1\7\1\x12"));
	strbuf_char(b, 0x40 | SEVENZIP_POWER);
	strbuf_put(b, STR("\x0f"));
	strbuf_put(b, SALT); /* the first block's vector */
	strbuf_char(b, 0x0c);
	put_number(b, plain.n);
	strbuf_put(b, STR("\x0a\1"));
	strbuf_le(b, crc32(0, (const Bytef *)plain.p, (uInt)plain.n), 4);
	strbuf_char(b, 0);
}

str fixture_7z_locked(struct kit *k, str password, const char *name, str file, bool names_too)
{
	str key = sevenzip_key(k, password), packed = aes(k, key, SALT, file);
	str wide = kit_utf16(k, str_of(name, strlen(name) + 1), false, false);
	struct strbuf h = strbuf_make(k->arena, LOCKED_MAX),
		      body = strbuf_make(k->arena, LOCKED_MAX), start = strbuf_make(k->arena, 64),
		      out = strbuf_make(k->arena, LOCKED_MAX);

	strbuf_put(&body, packed);
	strbuf_put(&h, STR("\1\4"));
	put_streams(&h, 0, packed.n, file);
	strbuf_put(&h, STR("\x08\0\0\5\1\x11"));
	put_number(&h, wide.n + 1);
	strbuf_char(&h, 0);
	strbuf_put(&h, wide);
	strbuf_put(&h, STR("\0\0"));
	if (names_too) {
		str plain = strbuf_str(&h), hidden = aes(k, key, SALT, plain);

		strbuf_put(&body, hidden);
		h = strbuf_make(k->arena, LOCKED_MAX);
		strbuf_char(&h, 0x17);
		put_streams(&h, packed.n, hidden.n, plain);
		strbuf_char(&h, 0);
	}
	strbuf_le(&start, body.n, 8);
	strbuf_le(&start, h.n, 8);
	strbuf_le(&start, crc32(0, (const Bytef *)h.p, (uInt)h.n), 4);
	strbuf_put(&out, STR("7z\xbc\xaf\x27\x1c\0\4"));
	strbuf_le(&out, crc32(0, (const Bytef *)start.p, (uInt)start.n), 4);
	strbuf_put(&out, strbuf_str(&start));
	strbuf_put(&out, strbuf_str(&body));
	strbuf_put(&out, strbuf_str(&h));
	return strbuf_str(&out);
}

/* A block of RAR 5: checksum, size, then its fields. All sizes here fit into one byte. */
static void put_rar_block(struct strbuf *out, str fields)
{
	struct strbuf b = strbuf_make(out->arena, 4096);

	bug_if(fields.n > 127);
	strbuf_char(&b, (char)fields.n);
	strbuf_put(&b, fields);
	strbuf_le(out, crc32(0, (const Bytef *)b.p, (uInt)b.n), 4);
	strbuf_put(out, strbuf_str(&b));
}

static void put_vint(struct strbuf *b, uint64_t v)
{
	for (; v > 127; v >>= 7)
		strbuf_char(b, (char)(0x80 | (v & 127)));
	strbuf_char(b, (char)v);
}

/* One stored member; locked: its record says that it is encrypted. */
str fixture_rar(struct kit *k, const char *name, str file, bool locked)
{
	struct strbuf out = strbuf_make(k->arena, LOCKED_MAX), f = strbuf_make(k->arena, 4096),
		      extra = strbuf_make(k->arena, 256);

	if (locked) {
		strbuf_put(&extra, STR("\x24\1\0\0\x0f"));
		strbuf_put(&extra, SALT);
		strbuf_put(&extra, PACKAGE_SALT);
	}
	strbuf_put(&out, STR("Rar!\x1a\7\1\0"));
	put_rar_block(&out, STR("\1\0\0"));
	strbuf_char(&f, 2);
	strbuf_char(&f, locked ? 3 : 2);
	if (locked)
		put_vint(&f, extra.n);
	put_vint(&f, file.n);
	strbuf_char(&f, 4); /* with a checksum of the member */
	put_vint(&f, file.n);
	strbuf_char(&f, 0x20);
	strbuf_le(&f, crc32(0, (const Bytef *)file.p, (uInt)file.n), 4);
	strbuf_put(&f, STR("\0\0"));
	put_vint(&f, strlen(name));
	strbuf_put(&f, str_c(name));
	strbuf_put(&f, strbuf_str(&extra));
	put_rar_block(&out, strbuf_str(&f));
	strbuf_put(&out,
		   locked ? aes(k, STR("cle-secrete-de-la-batterie-32-oc"), SALT, file) : file);
	put_rar_block(&out, STR("\5\0\0"));
	return strbuf_str(&out);
}
