#include "image/image_formats.h"

#include "base/reader.h"

/* GIF 89a: blocks, of which images are LZW-compressed indices into a table of colours. */
enum {
	EXTENSION = 0x21,
	FRAME = 0x2c,
	GRAPHIC_CONTROL = 0xf9,
	TABLE_FLAG = 0x80,
	INTERLACE_FLAG = 0x40,
	CODES = 4096, /* of 12 bits */
	NO_COLOUR = 256,
};

struct gif {
	struct reader r;
	struct image *image;
	uint8_t shared[256], own[256]; /* tables of colours, as grey values */
	uint32_t transparent;	       /* index, or NO_COLOUR */
	bool may_see_through;
	uint32_t frames;
	uint64_t pixels; /* of all frames */
};

struct frame {
	uint32_t left, top, width, height;
	bool interlaced;
	const uint8_t *colours;
	uint64_t at; /* pixels written */
};

static uint32_t table_size(uint8_t flags)
{
	return 2u << (flags & 7);
}

static void read_table(struct gif *g, uint8_t flags, uint8_t *table)
{
	str bytes = reader_bytes(&g->r, 3 * (size_t)table_size(flags));

	for (size_t i = 0; i < bytes.n / 3; i++) {
		const uint8_t *p = (const uint8_t *)bytes.p + 3 * i;

		table[i] = image_grey(p[0], p[1], p[2]);
	}
}

static void skip_blocks(struct gif *g)
{
	while (!g->r.bad) {
		uint8_t n = reader_u8(&g->r);

		if (n == 0)
			break;
		reader_skip(&g->r, n);
	}
}

/* Rows come in four passes when interlaced. */
static uint32_t row_of(const struct frame *f, uint32_t n)
{
	static const uint32_t start[] = { 0, 4, 2, 1 }, step[] = { 8, 8, 4, 2 };

	for (int pass = 0; pass < 4 && f->interlaced; pass++) {
		uint32_t rows = f->height > start[pass]
					? (f->height - start[pass] + step[pass] - 1) / step[pass]
					: 0;

		if (n < rows)
			return start[pass] + n * step[pass];
		n -= rows;
	}
	return n;
}

static void put_pixel(struct gif *g, struct frame *f, uint8_t colour)
{
	uint32_t x = f->left + (uint32_t)(f->at % f->width);
	uint32_t y = f->top + row_of(f, (uint32_t)(f->at / f->width));

	f->at++;
	if (colour != g->transparent && x < g->image->width && y < g->image->height)
		g->image->grey[(size_t)y * g->image->width + x] = f->colours[colour];
}

/* Codes of a growing number of bits, in blocks of up to 255 bytes. */
struct lzw {
	uint16_t prefix[CODES];
	uint8_t suffix[CODES], first[CODES], stack[CODES];
	uint32_t bits, held, left_in_block;
};

static bool next_code(struct gif *g, struct lzw *z, uint32_t width, uint32_t *ret)
{
	while (z->held < width) {
		if (z->left_in_block == 0)
			z->left_in_block = reader_u8(&g->r);
		if (z->left_in_block == 0)
			return false;
		z->bits |= (uint32_t)reader_u8(&g->r) << z->held;
		z->held += 8;
		z->left_in_block--;
		if (g->r.bad)
			return false;
	}
	*ret = z->bits & ((1u << width) - 1);
	z->bits >>= width;
	z->held -= width;
	return true;
}

/* The string that a code stands for, from its end to its beginning. */
static void put_string(struct gif *g, struct frame *f, struct lzw *z, uint32_t code, uint32_t clear)
{
	uint32_t n = 0;

	for (; code > clear && n < CODES - 1; code = z->prefix[code])
		z->stack[n++] = z->suffix[code];
	z->stack[n++] = (uint8_t)code;
	while (n > 0 && f->at < (uint64_t)f->width * f->height)
		put_pixel(g, f, z->stack[--n]);
}

static void read_pixels(struct gif *g, struct frame *f, struct lzw *z, uint32_t min_bits)
{
	uint32_t clear = 1u << min_bits, next = clear + 2, width = min_bits + 1;
	uint32_t code, last = CODES;

	for (uint32_t i = 0; i < clear; i++)
		z->first[i] = (uint8_t)i;
	while (f->at < (uint64_t)f->width * f->height && next_code(g, z, width, &code)) {
		if (code == clear + 1)
			break;
		if (code == clear) {
			next = clear + 2;
			width = min_bits + 1;
			last = CODES;
			continue;
		}
		if (code > next || (code == next && last == CODES))
			break; /* means nothing */
		if (last < CODES && next < CODES) {
			z->prefix[next] = (uint16_t)last;
			z->first[next] = z->first[last];
			z->suffix[next] = code == next ? z->first[last] : z->first[code];
			next++;
			if (next == 1u << width && width < 12)
				width++;
		}
		if (code >= next)
			break; /* the table is full */
		put_string(g, f, z, code, clear);
		last = code;
	}
}

static void read_frame(struct gif *g, struct arena *a)
{
	struct frame f = { .colours = g->shared };
	struct lzw *z = arena_make(a, struct lzw);
	uint8_t flags, min_bits;

	f.left = reader_u16le(&g->r);
	f.top = reader_u16le(&g->r);
	f.width = reader_u16le(&g->r);
	f.height = reader_u16le(&g->r);
	flags = reader_u8(&g->r);
	f.interlaced = flags & INTERLACE_FLAG;
	if (flags & TABLE_FLAG) {
		read_table(g, flags, g->own);
		f.colours = g->own;
	}
	min_bits = reader_u8(&g->r);
	g->pixels += (uint64_t)f.width * f.height;
	if (g->r.bad || min_bits < 1 || min_bits > 8 || !f.width || !f.height ||
	    g->pixels > IMAGE_MAX_PIXELS) {
		g->r.bad = true;
		return;
	}
	g->frames++;
	read_pixels(g, &f, z, min_bits);
	/* What is left of its blocks: the one begun, then whole ones. */
	reader_skip(&g->r, z->left_in_block);
	skip_blocks(g);
}

static void read_extension(struct gif *g)
{
	uint8_t kind = reader_u8(&g->r);

	if (kind == GRAPHIC_CONTROL && reader_u8(&g->r) == 4) {
		uint8_t flags = reader_u8(&g->r);

		reader_skip(&g->r, 2);
		g->transparent = reader_u8(&g->r);
		if (flags & 1)
			g->may_see_through = true;
		else
			g->transparent = NO_COLOUR;
	}
	skip_blocks(g);
}

static void read_blocks(struct gif *g, struct arena *a, uint32_t frames)
{
	while (!g->r.bad && g->frames < frames) {
		uint8_t kind = reader_u8(&g->r);

		if (kind == EXTENSION)
			read_extension(g);
		else if (kind == FRAME)
			read_frame(g, a);
		else
			break;
	}
}

enum image_result image_gif_read(struct arena *a, str bytes, enum image_look look,
				 struct image *ret)
{
	struct gif g = { .r = reader_make(bytes), .image = ret, .transparent = NO_COLOUR };
	uint32_t width, height;
	uint8_t flags;
	enum image_result r;

	reader_skip(&g.r, 6);
	width = reader_u16le(&g.r);
	height = reader_u16le(&g.r);
	flags = reader_u8(&g.r);
	reader_skip(&g.r, 2);
	if (flags & TABLE_FLAG)
		read_table(&g, flags, g.shared);
	r = g.r.bad ? IMAGE_E_BROKEN : image_begin(a, width, height, look, ret);
	if (r != IMAGE_OK)
		return r;
	read_blocks(&g, a, look == IMAGE_LAST_FRAME ? IMAGE_MAX_FRAMES : 1);
	if (g.frames == 0)
		return IMAGE_E_BROKEN;
	if ((look == IMAGE_LAST_FRAME && g.frames < 2) ||
	    (look == IMAGE_ON_BLACK && !g.may_see_through))
		return IMAGE_E_SAME;
	return IMAGE_OK;
}
