/* Files in the clothes of text, from before MIME: BinHex 4.0 (RFC 1741), yEnc.
 */
#include "battery/fixture.h"

enum { HQX_LINE = 64, TEXT_MAX = 16 << 20, RUN_MARK = 0x90 };

/* CCITT, the checksum's own two bytes counted as zeros. */
static uint16_t crc_of(str bytes)
{
	uint32_t crc = 0;

	for (size_t i = 0; i < bytes.n + 2; i++) {
		crc ^= (i < bytes.n ? (unsigned char)bytes.p[i] : 0u) << 8;
		if (i >= bytes.n)
			crc &= 0xffff;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? (crc << 1 ^ 0x1021) & 0xffff : crc << 1 & 0xffff;
	}
	return (uint16_t)crc;
}

static void put_be(struct strbuf *b, uint32_t v, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		strbuf_char(b, (char)(v >> (8 * i)));
}

static void put_section(struct strbuf *out, str bytes)
{
	strbuf_put(out, bytes);
	put_be(out, crc_of(bytes), 2);
}

str fixture_binhex(struct kit *k, const char *name, str file)
{
	static const char letters[] =
		"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
	struct strbuf head = strbuf_make(k->arena, 256), raw = strbuf_make(k->arena, TEXT_MAX),
		      b = strbuf_make(k->arena, TEXT_MAX);
	uint32_t bits = 0, column = 1;
	int n = 0;

	strbuf_char(&head, (char)strlen(name));
	strbuf_fmt(&head, "%s", name);
	strbuf_put(&head, STR("\0TEXTttxt\0\0"));
	put_be(&head, (uint32_t)file.n, 4);
	put_be(&head, 0, 4);
	put_section(&raw, strbuf_str(&head));
	put_section(&raw, file);
	put_section(&raw, STR(""));
	strbuf_put(&b, STR("(This file must be converted with BinHex 4.0)\r\n\r\n:"));
	for (size_t i = 0; i <= raw.n * 2; i++) {
		size_t at = i / 2;
		bool mark = at < raw.n && (unsigned char)raw.p[at] == RUN_MARK;

		/* The mark of runs is written as itself and a zero. */
		if (at == raw.n || (i % 2 && !mark))
			continue;
		bits = bits << 8 | (i % 2 ? 0 : (unsigned char)raw.p[at]);
		n += 8;
		while (n >= 6) {
			n -= 6;
			strbuf_char(&b, letters[bits >> n & 63]);
			if (++column == HQX_LINE) {
				strbuf_put(&b, STR("\r\n"));
				column = 0;
			}
		}
	}
	if (n)
		strbuf_char(&b, letters[bits << (6 - n) & 63]);
	strbuf_put(&b, STR(":\r\n"));
	return strbuf_str(&b);
}

str fixture_yenc(struct kit *k, const char *name, str file)
{
	struct strbuf b = strbuf_make(k->arena, TEXT_MAX);
	size_t column = 0;

	strbuf_fmt(&b, "=ybegin line=128 size=%zu name=%s\r\n", file.n, name);
	for (size_t i = 0; i < file.n; i++) {
		unsigned char c = (unsigned char)((unsigned char)file.p[i] + 42);

		if (c == 0 || c == '\n' || c == '\r' || c == '=' || c == '.') {
			strbuf_char(&b, '=');
			c = (unsigned char)(c + 64);
		}
		strbuf_char(&b, (char)c);
		if (++column == 128) {
			strbuf_put(&b, STR("\r\n"));
			column = 0;
		}
	}
	strbuf_fmt(&b, "\r\n=yend size=%zu\r\n", file.n);
	return strbuf_str(&b);
}
