#include "battery/fixture.h"

#include <zlib.h>

enum { PE_SIZE = 1024, PE_HEADER_AT = 0x80 };

static uint32_t crc_of(str bytes)
{
	return (uint32_t)crc32(0, (const Bytef *)bytes.p, (uInt)bytes.n);
}

static void pad_to(struct strbuf *b, size_t size)
{
	while (b->n < size)
		strbuf_char(b, 0);
}

str fixture_padded(struct kit *k, str first, size_t size)
{
	struct strbuf b = strbuf_make(k->arena, size + first.n);

	strbuf_put(&b, first);
	pad_to(&b, size);
	return strbuf_str(&b);
}

static str portable_executable(struct kit *k, unsigned characteristics)
{
	struct strbuf b = strbuf_make(k->arena, PE_SIZE * 2);

	strbuf_put(&b, STR("MZ"));
	pad_to(&b, 60);
	strbuf_le(&b, PE_HEADER_AT, 4);
	strbuf_put(&b, STR("\x0e\x1f\xba\x0e\0\xb4\x09\xcd\x21\xb8\x01\x4c\xcd\x21"
			   "This program cannot be run in DOS mode.\r\r\n$"));
	pad_to(&b, PE_HEADER_AT);
	strbuf_put(&b, STR("PE\0\0"));
	strbuf_le(&b, 0x14c, 2);
	pad_to(&b, PE_HEADER_AT + 4 + 18);
	strbuf_le(&b, characteristics, 2);
	pad_to(&b, PE_SIZE);
	return strbuf_str(&b);
}

str fixture_pe(struct kit *k)
{
	return portable_executable(k, 0x102);
}

str fixture_dll(struct kit *k)
{
	return portable_executable(k, 0x2102);
}

str fixture_com(struct kit *k)
{
	return kit_repeat(k, STR("\xeb\xfe\x90"), 64);
}

str fixture_txt(struct kit *k)
{
	(void)k;
	return STR("La r\xc3\xa9union du service est fix\xc3\xa9"
		   "e \xc3\xa0 jeudi.\r\n"
		   "Merci de relire le compte rendu avant cette date.\r\n");
}

str fixture_eicar(struct kit *k)
{
	const str pieces[] = { STR("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-"),
			       STR("STANDARD-ANTIVIRUS-TEST-FILE!$H+H*") };

	return kit_join(k, pieces, ARRAY_LEN(pieces));
}

str fixture_gtube(struct kit *k)
{
	const str pieces[] = { STR("XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-"),
			       STR("STANDARD-ANTI-UBE-TEST-EMAIL*C.34X") };

	return kit_join(k, pieces, ARRAY_LEN(pieces));
}

str fixture_lnk(struct kit *k)
{
	return fixture_padded(k,
			      STR("L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"
				  "\x81\0\0\0"),
			      200);
}

str fixture_jar(struct kit *k, bool class_first)
{
	const struct fixture_member manifest = {
		"META-INF/MANIFEST.MF", STR("Manifest-Version: 1.0\r\nMain-Class: A\r\n")
	};
	const struct fixture_member class = { "A.class", STR("\xca\xfe\xba\xbe\0\0\0\x34\0\x10") };
	const struct fixture_member members[] = { class_first ? class : manifest,
						  class_first ? manifest : class };

	return fixture_archive(k, FIXTURE_ZIP_STORED, members, 2);
}

/* ACE: a header block with the mark at offset 7, then the header of one file. */
str fixture_ace(struct kit *k, const char *name)
{
	struct strbuf b = strbuf_make(k->arena, 4096);
	str n = str_c(name);

	strbuf_le(&b, 0, 2);  /* checksum */
	strbuf_le(&b, 44, 2); /* size behind this field */
	strbuf_char(&b, 0);
	strbuf_le(&b, 0x9000, 2);
	strbuf_put(&b, STR("**ACE**"));
	strbuf_put(&b, STR("\x14\x14\x02\0"));
	pad_to(&b, 48);
	strbuf_le(&b, 0, 2);
	strbuf_le(&b, 31 + (unsigned)n.n, 2);
	strbuf_char(&b, 1);
	strbuf_le(&b, 0x8001, 2);
	strbuf_le(&b, 5, 4); /* packed */
	strbuf_le(&b, 5, 4); /* original */
	strbuf_le(&b, 0, 4); /* time */
	strbuf_le(&b, 0x20, 4);
	strbuf_le(&b, 0, 4);
	strbuf_le(&b, 0x0a00, 4); /* stored */
	strbuf_le(&b, 0, 2);
	strbuf_le(&b, (unsigned)n.n, 2);
	strbuf_put(&b, n);
	strbuf_put(&b, STR("texte"));
	return strbuf_str(&b);
}

/* A header of 30 fixed bytes, a name, a comment; its checksum; no extended header. */
static void put_arj_header(struct strbuf *out, struct kit *k, unsigned type, const char *name,
			   str bytes)
{
	struct strbuf h = strbuf_make(k->arena, 4096);

	strbuf_put(&h, STR("\x1e\x07\x01\x00\x10\x00")); /* size, versions, host, flags, stored */
	strbuf_char(&h, (char)type);
	strbuf_char(&h, 0);
	strbuf_le(&h, 0, 4);
	strbuf_le(&h, (uint32_t)bytes.n, 4);
	strbuf_le(&h, (uint32_t)bytes.n, 4);
	strbuf_le(&h, crc_of(bytes), 4);
	strbuf_le(&h, 0, 2);
	strbuf_le(&h, 0x20, 2);
	strbuf_le(&h, 0, 2);
	strbuf_put(&h, str_of(name, strlen(name) + 1));
	strbuf_char(&h, 0);
	strbuf_put(out, STR("\x60\xea"));
	strbuf_le(out, (unsigned)h.n, 2);
	strbuf_put(out, strbuf_str(&h));
	strbuf_le(out, crc_of(strbuf_str(&h)), 4);
	strbuf_le(out, 0, 2);
}

str fixture_arj(struct kit *k, const char *name, str bytes)
{
	struct strbuf b = strbuf_make(k->arena, bytes.n + 8192);

	put_arj_header(&b, k, 2, "a.arj", STR(""));
	put_arj_header(&b, k, 0, name, bytes);
	strbuf_put(&b, bytes);
	strbuf_put(&b, STR("\x60\xea\0\0"));
	return strbuf_str(&b);
}

/* Level 0: size and checksum of the header, method -lh0-. */
str fixture_lzh(struct kit *k, const char *name, str bytes)
{
	struct strbuf h = strbuf_make(k->arena, 4096), b = strbuf_make(k->arena, bytes.n + 4096);
	unsigned sum = 0;
	uint16_t crc = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		crc ^= (unsigned char)bytes.p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? (uint16_t)(crc >> 1 ^ 0xa001) : (uint16_t)(crc >> 1);
	}
	strbuf_put(&h, STR("-lh0-"));
	strbuf_le(&h, (uint32_t)bytes.n, 4);
	strbuf_le(&h, (uint32_t)bytes.n, 4);
	strbuf_le(&h, 0x5a210000, 4);
	strbuf_put(&h, STR("\x20\0"));
	strbuf_char(&h, (char)strlen(name));
	strbuf_put(&h, str_c(name));
	strbuf_le(&h, crc, 2);
	for (size_t i = 0; i < h.n; i++)
		sum += (unsigned char)h.p[i];
	strbuf_char(&b, (char)h.n);
	strbuf_char(&b, (char)sum);
	strbuf_put(&b, strbuf_str(&h));
	strbuf_put(&b, bytes);
	strbuf_char(&b, 0);
	return strbuf_str(&b);
}

/* One folder, one stored block, one file. */
str fixture_cab(struct kit *k, const char *name, str bytes)
{
	struct strbuf b = strbuf_make(k->arena, bytes.n + 4096);
	uint32_t file_at = 36 + 8, data_at = file_at + 16 + (uint32_t)strlen(name) + 1;

	strbuf_put(&b, STR("MSCF\0\0\0\0"));
	strbuf_le(&b, data_at + 8 + (uint32_t)bytes.n, 4);
	strbuf_le(&b, 0, 4);
	strbuf_le(&b, file_at, 4);
	strbuf_le(&b, 0, 4);
	strbuf_put(&b, STR("\x03\x01\x01\0\x01\0\0\0\0\0\0\0"));
	strbuf_le(&b, data_at, 4);
	strbuf_le(&b, 1, 2);
	strbuf_le(&b, 0, 2);
	strbuf_le(&b, (uint32_t)bytes.n, 4);
	strbuf_le(&b, 0, 4);
	strbuf_le(&b, 0, 2);
	strbuf_le(&b, 0x5a215a21, 4);
	strbuf_le(&b, 0x20, 2);
	strbuf_put(&b, str_of(name, strlen(name) + 1));
	strbuf_le(&b, 0, 4);
	strbuf_le(&b, (unsigned)bytes.n, 2);
	strbuf_le(&b, (unsigned)bytes.n, 2);
	strbuf_put(&b, bytes);
	return strbuf_str(&b);
}

str fixture_vhd(struct kit *k)
{
	struct strbuf b = strbuf_make(k->arena, 8192);

	pad_to(&b, 2048);
	strbuf_put(&b, STR("conectix\0\0\0\x02\0\x01\0\0\xff\xff\xff\xff\xff\xff\xff\xff"));
	pad_to(&b, 2048 + 512);
	return strbuf_str(&b);
}

str fixture_mdb(struct kit *k)
{
	return fixture_padded(k, STR("\0\x01\0\0Standard Jet DB\0\x01\0\0\0"), 4096);
}
