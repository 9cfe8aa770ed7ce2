#include "image/image_formats.h"

#include "base/reader.h"

/* A Windows bitmap: two headers, a table of colours, rows of pixels from the bottom. */
enum { FILE_HEADER = 14, CORE_HEADER = 12, PLAIN = 0, RLE8 = 1, RLE4 = 2, MASKS = 3, ALPHA = 6 };

struct bmp {
	str pixels;
	uint32_t bits, compression;
	uint32_t masks[3];
	uint8_t colours[256];
	bool from_top;
	struct image *image;
};

static uint32_t load(const uint8_t *p, uint32_t bytes)
{
	uint32_t v = 0;

	for (uint32_t i = 0; i < bytes; i++)
		v |= (uint32_t)p[i] << (8 * i);
	return v;
}

/* The bits of v below a mask, as 0 to 255. */
static unsigned channel(uint32_t v, uint32_t mask)
{
	int shift = mask ? __builtin_ctz(mask) : 0;
	uint64_t most = mask >> shift;

	return most ? (unsigned)((uint64_t)((v & mask) >> shift) * 255 / most) : 0;
}

static uint8_t pixel_of(const struct bmp *b, const uint8_t *row, uint32_t x)
{
	uint32_t v;

	if (b->bits <= 8) {
		v = row[x * b->bits / 8] >> (8 - b->bits - x * b->bits % 8);
		return b->colours[v & ((1u << b->bits) - 1)];
	}
	if (b->bits == 24)
		return image_grey(row[3 * x + 2], row[3 * x + 1], row[3 * x]);
	v = load(row + (size_t)x * (b->bits / 8), b->bits / 8);
	return image_grey(channel(v, b->masks[0]), channel(v, b->masks[1]),
			  channel(v, b->masks[2]));
}

static uint8_t *row_at(const struct bmp *b, uint32_t y)
{
	uint32_t from_top = b->from_top ? y : b->image->height - 1 - y;

	return b->image->grey + (size_t)from_top * b->image->width;
}

static void read_rows(const struct bmp *b)
{
	size_t stride = ((size_t)b->image->width * b->bits + 31) / 32 * 4;
	struct reader r = reader_make(b->pixels);

	for (uint32_t y = 0; y < b->image->height; y++) {
		str row = reader_bytes(&r, stride);

		for (uint32_t x = 0; x < b->image->width && !r.bad; x++)
			row_at(b, y)[x] = pixel_of(b, (const uint8_t *)row.p, x);
	}
}

struct pen {
	uint32_t x, y;
};

static void put_run(const struct bmp *b, struct pen *pen, uint8_t colour)
{
	if (pen->x < b->image->width && pen->y < b->image->height)
		row_at(b, pen->y)[pen->x] = b->colours[colour];
	pen->x++;
}

/* The first pixel stands in the upper half of a byte. */
static uint8_t nibble(uint8_t v, uint32_t i)
{
	return i % 2 ? v & 15 : v >> 4;
}

/* n pixels as they are, padded to an even number of bytes. */
static void read_literal(const struct bmp *b, struct reader *r, struct pen *pen, uint32_t n)
{
	uint32_t bytes = b->bits == 8 ? n : (n + 1) / 2;
	str run = reader_bytes(r, bytes);

	reader_skip(r, bytes & 1);
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		const uint8_t *p = (const uint8_t *)run.p;

		put_run(b, pen, b->bits == 8 ? p[i] : nibble(p[i / 2], i));
	}
}

/* False at the end of the picture. */
static bool read_escape(const struct bmp *b, struct reader *r, struct pen *pen)
{
	uint8_t what = reader_u8(r);

	if (what == 0) {
		*pen = (struct pen){ 0, pen->y + 1 };
	} else if (what == 2) {
		pen->x += reader_u8(r);
		pen->y += reader_u8(r);
	} else if (what > 2) {
		read_literal(b, r, pen, what);
	}
	return what != 1;
}

static void read_runs(const struct bmp *b)
{
	struct reader r = reader_make(b->pixels);
	struct pen pen = { 0, 0 };

	while (!r.bad) {
		uint8_t n = reader_u8(&r), v;

		if (n == 0) {
			if (!read_escape(b, &r, &pen))
				break;
			continue;
		}
		v = reader_u8(&r);
		for (uint32_t i = 0; i < n && !r.bad; i++)
			put_run(b, &pen, b->bits == 8 ? v : nibble(v, i));
	}
}

static void read_colours(struct bmp *b, struct reader *r, uint32_t n, uint32_t bytes_each)
{
	for (uint32_t i = 0; i < n && i < 256; i++) {
		str c = reader_bytes(r, bytes_each);
		const uint8_t *p = (const uint8_t *)c.p;

		if (r->bad)
			break;
		b->colours[i] = image_grey(p[2], p[1], p[0]);
	}
}

/* Masks stand at the same place in or behind every header that has them. */
static void read_masks(struct bmp *b, str bytes)
{
	struct reader r = reader_make(bytes);

	b->masks[0] = b->bits == 16 ? 0x7c00 : 0xff0000;
	b->masks[1] = b->bits == 16 ? 0x03e0 : 0x00ff00;
	b->masks[2] = b->bits == 16 ? 0x001f : 0x0000ff;
	if (b->compression != MASKS && b->compression != ALPHA)
		return;
	reader_seek(&r, FILE_HEADER + 40);
	for (int i = 0; i < 3; i++)
		b->masks[i] = reader_u32le(&r);
}

static bool understood(const struct bmp *b)
{
	switch (b->compression) {
	case PLAIN:
		return b->bits == 1 || b->bits == 2 || b->bits == 4 || b->bits == 8 ||
		       b->bits == 16 || b->bits == 24 || b->bits == 32;
	case RLE8:
		return b->bits == 8;
	case RLE4:
		return b->bits == 4;
	case MASKS:
	case ALPHA:
		return b->bits == 16 || b->bits == 32;
	default:
		return false;
	}
}

enum image_result image_bmp_read(struct arena *a, str bytes, enum image_look look,
				 struct image *ret)
{
	struct bmp b = { .image = ret };
	struct reader r = reader_make(bytes);
	uint32_t pixels_at, header, width, used = 0;
	int64_t height;
	enum image_result result;

	if (look != IMAGE_ON_WHITE)
		return IMAGE_E_SAME;
	reader_seek(&r, 10);
	pixels_at = reader_u32le(&r);
	header = reader_u32le(&r);
	width = header == CORE_HEADER ? reader_u16le(&r) : reader_u32le(&r);
	height = header == CORE_HEADER ? reader_u16le(&r) : (int32_t)reader_u32le(&r);
	reader_skip(&r, 2);
	b.bits = reader_u16le(&r);
	if (header != CORE_HEADER) {
		b.compression = reader_u32le(&r);
		reader_skip(&r, 12);
		used = reader_u32le(&r);
	}
	b.from_top = height < 0;
	if (r.bad || !understood(&b))
		return IMAGE_E_BROKEN;
	result = image_begin(a, width, (uint64_t)(height < 0 ? -height : height), look, ret);
	if (result != IMAGE_OK)
		return result;
	read_masks(&b, bytes);
	reader_seek(&r, (size_t)FILE_HEADER + header);
	if (b.bits <= 8)
		read_colours(&b, &r, used ? used : 1u << b.bits, header == CORE_HEADER ? 3 : 4);
	b.pixels = str_sub(bytes, pixels_at, bytes.n);
	if (b.compression == RLE8 || b.compression == RLE4)
		read_runs(&b);
	else
		read_rows(&b);
	return IMAGE_OK;
}
