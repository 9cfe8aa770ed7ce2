/* archive/zipbuild.h - for tests: zip files, right or wrong on purpose (APPNOTE 4.3).
 *
 *	struct zipbuild z = zipbuild_make(arena);
 *	zipbuild_add(&z, (struct zipbuild_member){ .name = STR("a.txt"), .data = STR("x") });
 *	str file = zipbuild_end(&z);
 */
#ifndef ARCHIVE_ZIPBUILD_H
#define ARCHIVE_ZIPBUILD_H

#include "base/strbuf.h"

#include <zlib.h>

struct zipbuild_member {
	str name;
	str local_name;	      /* in the member's own header; empty: the same */
	str data;	      /* stored */
	const char *password; /* ZipCrypto (APPNOTE 6.1) */
	bool says_encrypted;  /* without being so */
	bool unlisted;	      /* not in the directory */
	bool twice;	      /* in the directory */
	uint32_t attributes;
};

struct zipbuild {
	struct strbuf out, directory;
	uint16_t listed;
};

unused_arg static struct zipbuild zipbuild_make(struct arena *a)
{
	return (struct zipbuild){ strbuf_make(a, 16 << 20), strbuf_make(a, 16 << 20), 0 };
}

unused_arg static void zipbuild_number(struct strbuf *b, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		strbuf_char(b, (char)(v >> (8 * i)));
}

struct zipbuild_keys {
	uint32_t k[3];
};

unused_arg static uint32_t zipbuild_crc(uint32_t crc, uint8_t byte)
{
	return (uint32_t)get_crc_table()[(crc ^ byte) & 0xff] ^ (crc >> 8);
}

unused_arg static void zipbuild_stir(struct zipbuild_keys *k, uint8_t byte)
{
	k->k[0] = zipbuild_crc(k->k[0], byte);
	k->k[1] = (k->k[1] + (k->k[0] & 0xff)) * 134775813 + 1;
	k->k[2] = zipbuild_crc(k->k[2], (uint8_t)(k->k[1] >> 24));
}

unused_arg static void zipbuild_encrypt(struct strbuf *out, str data, const char *password,
					uint32_t crc)
{
	struct zipbuild_keys k = { { 0x12345678, 0x23456789, 0x34567890 } };

	for (const char *p = password; *p; p++)
		zipbuild_stir(&k, (uint8_t)*p);
	for (size_t i = 0; i < 12 + data.n; i++) {
		uint8_t plain = i < 11	  ? 7
				: i == 11 ? (uint8_t)(crc >> 24)
					  : (uint8_t)data.p[i - 12];
		uint16_t t = (uint16_t)(k.k[2] | 2);

		strbuf_char(out, (char)(plain ^ (uint8_t)((t * (t ^ 1U)) >> 8)));
		zipbuild_stir(&k, plain);
	}
}

/* From the flags to the lengths of name and extra field. */
unused_arg static void zipbuild_common(struct strbuf *b, const struct zipbuild_member *m, str name)
{
	uint32_t packed = (uint32_t)m->data.n + (m->password ? 12 : 0);

	zipbuild_number(b, m->password || m->says_encrypted, 2);
	zipbuild_number(b, 0, 2); /* stored */
	zipbuild_number(b, 0, 4);
	zipbuild_number(b, (uint32_t)crc32_z(0, (const Bytef *)m->data.p, m->data.n), 4);
	zipbuild_number(b, packed, 4);
	zipbuild_number(b, (uint32_t)m->data.n, 4);
	zipbuild_number(b, (uint32_t)name.n, 2);
	zipbuild_number(b, 0, 2);
}

unused_arg static void zipbuild_list(struct zipbuild *z, const struct zipbuild_member *m, size_t at)
{
	strbuf_put(&z->directory, STR("PK\1\2\x14\0\x14\0"));
	zipbuild_common(&z->directory, m, m->name);
	zipbuild_number(&z->directory, 0, 4);
	zipbuild_number(&z->directory, 0, 2);
	zipbuild_number(&z->directory, m->attributes, 4);
	zipbuild_number(&z->directory, (uint32_t)at, 4);
	strbuf_put(&z->directory, m->name);
	z->listed++;
}

unused_arg static void zipbuild_add(struct zipbuild *z, struct zipbuild_member m)
{
	str local = m.local_name.n ? m.local_name : m.name;
	size_t at = z->out.n;

	strbuf_put(&z->out, STR("PK\3\4\x14\0"));
	zipbuild_common(&z->out, &m, local);
	strbuf_put(&z->out, local);
	if (m.password)
		zipbuild_encrypt(&z->out, m.data, m.password,
				 (uint32_t)crc32_z(0, (const Bytef *)m.data.p, m.data.n));
	else
		strbuf_put(&z->out, m.data);
	for (int i = 0; i < !m.unlisted + m.twice; i++)
		zipbuild_list(z, &m, at);
}

unused_arg static str zipbuild_end(struct zipbuild *z)
{
	size_t at = z->out.n;

	strbuf_put(&z->out, strbuf_str(&z->directory));
	strbuf_put(&z->out, STR("PK\5\6\0\0\0\0"));
	zipbuild_number(&z->out, z->listed, 2);
	zipbuild_number(&z->out, z->listed, 2);
	zipbuild_number(&z->out, (uint32_t)z->directory.n, 4);
	zipbuild_number(&z->out, (uint32_t)at, 4);
	zipbuild_number(&z->out, 0, 2);
	return strbuf_str(&z->out);
}

#endif
