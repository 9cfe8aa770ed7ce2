/* What other programs wrap messages in: TNEF (MS-OXTNEF), CMS (RFC 5652).
 */
#include "battery/fixture.h"

static void put_tnef(struct strbuf *b, unsigned level, uint32_t id, str data)
{
	unsigned sum = 0;

	strbuf_char(b, (char)level);
	for (int i = 0; i < 4; i++)
		strbuf_char(b, (char)(id >> (8 * i)));
	for (int i = 0; i < 4; i++)
		strbuf_char(b, (char)(data.n >> (8 * i)));
	strbuf_put(b, data);
	for (size_t i = 0; i < data.n; i++)
		sum += (unsigned char)data.p[i];
	strbuf_char(b, (char)sum);
	strbuf_char(b, (char)(sum >> 8));
}

str fixture_tnef(struct kit *k, const char *name, str file)
{
	struct strbuf b = strbuf_make(k->arena, file.n + 4096);

	strbuf_put(&b, STR("\x78\x9f\x3e\x22\1\0"));
	put_tnef(&b, 1, 0x00089006, STR("\0\0\1\0"));
	put_tnef(&b, 2, 0x00069002, STR("\1\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0"));
	put_tnef(&b, 2, 0x00018010, str_of(name, strlen(name) + 1));
	put_tnef(&b, 2, 0x0006800f, file);
	return strbuf_str(&b);
}

/* A text in RTF and nothing else, as some programs send along with every message. */
str fixture_tnef_text(struct kit *k)
{
	const str rtf = STR("{\\rtf1\\ansi Bonjour, voici le compte rendu.\\par}");
	struct strbuf b = strbuf_make(k->arena, 4096), p = strbuf_make(k->arena, 1024);

	strbuf_le(&p, 1, 4); /* one property: PR_RTF_COMPRESSED, one value */
	strbuf_le(&p, 0x10090102, 4);
	strbuf_le(&p, 1, 4);
	strbuf_le(&p, rtf.n + 16, 4);
	strbuf_le(&p, rtf.n + 12, 4); /* MS-OXRTFCP 2.1.3.1: stored */
	strbuf_le(&p, rtf.n, 4);
	strbuf_put(&p, STR("MELA"));
	strbuf_le(&p, 0, 4);
	strbuf_put(&p, rtf);
	while (p.n % 4)
		strbuf_char(&p, 0);
	strbuf_put(&b, STR("\x78\x9f\x3e\x22\1\0"));
	put_tnef(&b, 1, 0x00089006, STR("\0\0\1\0"));
	put_tnef(&b, 1, 0x00069003, strbuf_str(&p));
	return strbuf_str(&b);
}

static void put_der(struct strbuf *b, unsigned tag, str bytes)
{
	strbuf_char(b, (char)tag);
	if (bytes.n > 127) {
		strbuf_char(b, (char)0x83);
		for (int shift = 16; shift >= 0; shift -= 8)
			strbuf_char(b, (char)(bytes.n >> shift));
	} else {
		strbuf_char(b, (char)bytes.n);
	}
	strbuf_put(b, bytes);
}

static str der(struct kit *k, unsigned tag, const str *pieces, size_t n)
{
	str bytes = kit_join(k, pieces, n);
	struct strbuf b = strbuf_make(k->arena, bytes.n + 8);

	put_der(&b, tag, bytes);
	return strbuf_str(&b);
}

#define DER(k, tag, ...)                                                                           \
	der((k), (tag), (const str[]){ __VA_ARGS__ }, ARRAY_LEN(((const str[]){ __VA_ARGS__ })))

/* A message inside SignedData (RFC 5652 5) that nobody signed: its readers show it all the same. */
str fixture_signed_data(struct kit *k, str inner)
{
	const str data_type = STR("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");
	const str signed_type = STR("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
	str content = DER(k, 0x30, data_type, DER(k, 0xa0, DER(k, 0x04, inner)));

	return DER(
		k, 0x30, signed_type,
		DER(k, 0xa0, DER(k, 0x30, STR("\2\1\1"), STR("\x31\0"), content, STR("\x31\0"))));
}
