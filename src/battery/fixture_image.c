/* Pictures: PNG in grey, with a line of text or a QR code (ISO/IEC 18004, version 3, level L,
 * mask 0: all that an address needs).
 */
#include "battery/fixture.h"

#include <zlib.h>

enum { QR_SIZE = 29, QR_DATA = 55, QR_CHECK = 15, QR_SCALE = 6, QR_QUIET = 4, QR_BITS = 8 };
enum { GLYPH_W = 5, GLYPH_H = 7, TEXT_SCALE = 4 };

static void put_be(struct strbuf *b, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		strbuf_char(b, (char)(v >> shift));
}

static void put_chunk(struct strbuf *b, const char *name, str bytes)
{
	size_t at;

	put_be(b, (uint32_t)bytes.n);
	at = b->n;
	strbuf_put(b, str_c(name));
	strbuf_put(b, bytes);
	put_be(b, (uint32_t)crc32(0, (const Bytef *)b->p + at, (uInt)(b->n - at)));
}

/* pixels: a byte each, 0 is black. */
static str png(struct kit *k, uint32_t w, uint32_t h, const uint8_t *pixels)
{
	struct strbuf raw = strbuf_make(k->arena, (size_t)(w + 1) * h);
	struct strbuf head = strbuf_make(k->arena, 64), b = strbuf_make(k->arena, 1 << 20);
	uLongf n = compressBound((uLong)(w + 1) * h);
	char *packed = arena_alloc(k->arena, n);

	for (uint32_t y = 0; y < h; y++) {
		strbuf_char(&raw, 0);
		strbuf_put(&raw, str_of((const char *)pixels + (size_t)y * w, w));
	}
	bug_if(compress((Bytef *)packed, &n, (const Bytef *)raw.p, (uLong)raw.n) != Z_OK);
	put_be(&head, w);
	put_be(&head, h);
	strbuf_put(&head, STR("\x08\0\0\0\0"));
	strbuf_put(&b, STR("\x89PNG\r\n\x1a\n"));
	put_chunk(&b, "IHDR", strbuf_str(&head));
	put_chunk(&b, "IDAT", str_of(packed, n));
	put_chunk(&b, "IEND", STR(""));
	return strbuf_str(&b);
}

/* Five by seven points; the highest of five bits is the left one. */
static const struct {
	char c;
	uint8_t rows[GLYPH_H];
} glyphs[] = {
	{ 'a', { 0, 0, 14, 1, 15, 17, 15 } },	 { 'd', { 1, 1, 15, 17, 17, 17, 15 } },
	{ 'e', { 0, 0, 14, 17, 31, 16, 14 } },	 { 'h', { 16, 16, 30, 17, 17, 17, 17 } },
	{ 'i', { 4, 0, 12, 4, 4, 4, 14 } },	 { 'l', { 12, 4, 4, 4, 4, 4, 14 } },
	{ 'm', { 0, 0, 26, 21, 21, 21, 21 } },	 { 'o', { 0, 0, 14, 17, 17, 17, 14 } },
	{ 'p', { 0, 30, 17, 17, 30, 16, 16 } },	 { 's', { 0, 0, 15, 16, 14, 1, 30 } },
	{ 't', { 8, 8, 28, 8, 8, 9, 6 } },	 { 'v', { 0, 0, 17, 17, 17, 10, 4 } },
	{ 'x', { 0, 0, 17, 10, 4, 10, 17 } },	 { 'E', { 31, 16, 16, 30, 16, 16, 31 } },
	{ '0', { 14, 17, 19, 21, 25, 17, 14 } }, { '2', { 14, 17, 1, 2, 4, 8, 31 } },
	{ '4', { 2, 6, 10, 18, 31, 2, 2 } },	 { '!', { 4, 4, 4, 4, 4, 0, 4 } },
	{ '.', { 0, 0, 0, 0, 0, 12, 12 } },	 { ':', { 0, 12, 12, 0, 12, 12, 0 } },
	{ '/', { 1, 1, 2, 4, 8, 16, 16 } },	 { ' ', { 0 } },
};

static const uint8_t *rows_of(char c)
{
	for (size_t i = 0; i < ARRAY_LEN(glyphs); i++) {
		if (glyphs[i].c == c)
			return glyphs[i].rows;
	}
	bug_if(true);
	return NULL;
}

str fixture_png_text(struct kit *k, const char *text)
{
	uint32_t n = (uint32_t)strlen(text), w = (n + 1) * (GLYPH_W + 1) * TEXT_SCALE,
		 h = (GLYPH_H + 4) * TEXT_SCALE;
	uint8_t *pixels = (uint8_t *)arena_alloc(k->arena, (size_t)w * h);

	memset(pixels, 255, (size_t)w * h);
	for (uint32_t y = 0; y < GLYPH_H * TEXT_SCALE; y++) {
		for (uint32_t x = 0; x < n * (GLYPH_W + 1) * TEXT_SCALE; x++) {
			uint32_t column = x / TEXT_SCALE % (GLYPH_W + 1);
			const uint8_t *rows = rows_of(text[x / TEXT_SCALE / (GLYPH_W + 1)]);

			if (column < GLYPH_W && rows[y / TEXT_SCALE] >> (GLYPH_W - 1 - column) & 1)
				pixels[(y + 2 * TEXT_SCALE) * w + x + TEXT_SCALE] = 0;
		}
	}
	return png(k, w, h, pixels);
}

/* In GF(256) with x^8 + x^4 + x^3 + x^2 + 1. */
static uint8_t times(uint8_t a, uint8_t b)
{
	unsigned r = 0;

	for (int i = QR_BITS - 1; i >= 0; i--)
		r = (r << 1 ^ (r >> 7 & 1) * 0x11d) ^ (b >> i & 1u) * a;
	return (uint8_t)r;
}

static void add_check(const uint8_t *data, uint8_t *check)
{
	uint8_t divisor[QR_CHECK] = { [QR_CHECK - 1] = 1 }, root = 1;

	for (int i = 0; i < QR_CHECK; i++) {
		for (int j = 0; j < QR_CHECK; j++)
			divisor[j] = (uint8_t)(times(divisor[j], root) ^
					       (j + 1 < QR_CHECK ? divisor[j + 1] : 0));
		root = times(root, 2);
	}
	memset(check, 0, QR_CHECK);
	for (int i = 0; i < QR_DATA; i++) {
		uint8_t factor = data[i] ^ check[0];

		memmove(check, check + 1, QR_CHECK - 1);
		check[QR_CHECK - 1] = 0;
		for (int j = 0; j < QR_CHECK; j++)
			check[j] ^= times(divisor[j], factor);
	}
}

/* Mode 4 (bytes), the length, the text, four zero bits, then padding. */
static void codewords(str text, uint8_t out[QR_DATA + QR_CHECK])
{
	bug_if(text.n > QR_DATA - 2);
	memset(out, 0, QR_DATA);
	out[0] = (uint8_t)(0x40 | text.n >> 4);
	out[1] = (uint8_t)(text.n << 4);
	for (size_t i = 0; i < text.n; i++) {
		out[i + 1] |= (uint8_t)((unsigned char)text.p[i] >> 4);
		out[i + 2] = (uint8_t)((unsigned char)text.p[i] << 4);
	}
	for (size_t i = text.n + 2; i < QR_DATA; i++)
		out[i] = (i - text.n) % 2 ? 0x11 : 0xec;
	add_check(out, out + QR_DATA);
}

struct qr {
	uint8_t dark[QR_SIZE][QR_SIZE], fixed[QR_SIZE][QR_SIZE]; /* [y][x] */
};

static void set(struct qr *q, int x, int y, bool dark)
{
	if (x < 0 || y < 0 || x >= QR_SIZE || y >= QR_SIZE)
		return;
	q->dark[y][x] = dark;
	q->fixed[y][x] = 1;
}

/* Rings around (x, y): all but those of the given distances are dark. */
static void rings(struct qr *q, int x, int y, int radius, int light, int margin)
{
	for (int dy = -radius; dy <= radius; dy++) {
		for (int dx = -radius; dx <= radius; dx++) {
			int ax = dx < 0 ? -dx : dx, ay = dy < 0 ? -dy : dy, d = ax > ay ? ax : ay;

			set(q, x + dx, y + dy, d != light && d != margin);
		}
	}
}

static void patterns(struct qr *q)
{
	enum { FORMAT = 0x77c4 }; /* level L, mask 0 */

	for (int i = 0; i < QR_SIZE; i++) {
		set(q, 6, i, i % 2 == 0);
		set(q, i, 6, i % 2 == 0);
	}
	rings(q, 3, 3, 4, 2, 4);
	rings(q, QR_SIZE - 4, 3, 4, 2, 4);
	rings(q, 3, QR_SIZE - 4, 4, 2, 4);
	rings(q, QR_SIZE - 7, QR_SIZE - 7, 2, 1, -1);
	for (int i = 0; i < 15; i++) {
		bool bit = FORMAT >> i & 1;

		if (i < 8)
			set(q, 8, i < 6 ? i : i + 1, bit);
		else
			set(q, i == 8 ? 7 : 14 - i, 8, bit);
		if (i < 8)
			set(q, QR_SIZE - 1 - i, 8, bit);
		else
			set(q, 8, QR_SIZE - 15 + i, bit);
	}
	set(q, 8, QR_SIZE - 8, true);
}

/* In columns of two from the right, upwards and downwards in turn. */
static void fill(struct qr *q, const uint8_t *words)
{
	int bit = 0;

	for (int right = QR_SIZE - 1; right >= 1; right -= 2) {
		if (right == 6)
			right = 5;
		for (int v = 0; v < 2 * QR_SIZE; v++) {
			int x = right - v % 2, row = v / 2,
			    y = (right + 1) & 2 ? row : QR_SIZE - 1 - row;
			bool dark;

			if (q->fixed[y][x])
				continue;
			dark = bit < (QR_DATA + QR_CHECK) * QR_BITS &&
			       (words[bit / QR_BITS] >> (7 - bit % QR_BITS) & 1);
			q->dark[y][x] = dark != ((x + y) % 2 == 0);
			bit++;
		}
	}
}

str fixture_png_qr(struct kit *k, str text)
{
	enum { W = (QR_SIZE + 2 * QR_QUIET) * QR_SCALE };
	struct qr q = { 0 };
	uint8_t words[QR_DATA + QR_CHECK];
	uint8_t *pixels = (uint8_t *)arena_alloc(k->arena, W * W);

	codewords(text, words);
	patterns(&q);
	fill(&q, words);
	for (int y = 0; y < W; y++) {
		for (int x = 0; x < W; x++) {
			int mx = x / QR_SCALE - QR_QUIET, my = y / QR_SCALE - QR_QUIET;
			bool dark = mx >= 0 && my >= 0 && mx < QR_SIZE && my < QR_SIZE &&
				    q.dark[my][mx];

			pixels[y * W + x] = dark ? 0 : 255;
		}
	}
	return png(k, W, W, pixels);
}
