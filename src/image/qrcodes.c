#include "image/qrcodes.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "image/qrfinder.h"

#include <zbar.h>

enum {
	LEAST_SIDE = 21,  /* modules of the smallest code */
	SMALL_SIDE = 240, /* below, the picture is enlarged: a module may be one pixel */
	ENLARGE = 4,
	USUAL_SIDE = 1400,     /* above, the picture is reduced first */
	MOST_PIXELS = 9 << 20, /* looked at in full size as well */
	MARGIN = 16,	       /* of white, around everything */
	PALE = 160,	       /* levels of grey; fewer are spread over all */
	STRAY = 200,	       /* one pixel of so many is not asked how dark or light it is */
};

static void add(struct arena *a, struct qrcodes *codes, str text)
{
	for (size_t i = 0; i < codes->n; i++) {
		if (str_eq(codes->v[i], text))
			return;
	}
	if (codes->n == QRCODES_MAX)
		codes->more = true;
	else
		codes->v[codes->n++] = arena_str(a, text);
}

/* Bytes without a declared character set: UTF-8 when they are that, else Latin-1. */
static str to_utf8(struct arena *a, str bytes)
{
	struct strbuf out = strbuf_make(a, 2 * QRCODES_TEXT_MAX);

	bytes = str_sub(bytes, 0, QRCODES_TEXT_MAX);
	if (utf8_valid(bytes))
		return bytes;
	for (size_t i = 0; i < bytes.n; i++)
		strbuf_utf8(&out, (unsigned char)bytes.p[i]);
	return strbuf_str(&out);
}

static void scan(struct arena *a, const struct image *image, struct qrcodes *codes)
{
	zbar_image_scanner_t *scanner = zbar_image_scanner_create();
	zbar_image_t *picture = zbar_image_create();

	bug_if(!scanner || !picture);
	zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	/* As bytes: else it asks iconv for character sets, and that opens files. */
	zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
	zbar_image_set_format(picture, zbar_fourcc('Y', '8', '0', '0'));
	zbar_image_set_size(picture, image->width, image->height);
	zbar_image_set_data(picture, image->grey, (size_t)image->width * image->height, NULL);
	(void)zbar_scan_image(scanner, picture);
	for (const zbar_symbol_t *s = zbar_image_first_symbol(picture); s; s = zbar_symbol_next(s))
		add(a, codes,
		    to_utf8(a, str_of(zbar_symbol_get_data(s), zbar_symbol_get_data_length(s))));
	zbar_image_destroy(picture);
	zbar_image_scanner_destroy(scanner);
}

/* The mean of a square of by * by pixels. */
static uint8_t mean(const struct image *in, uint32_t x, uint32_t y, uint32_t by)
{
	uint32_t sum = 0;

	for (uint32_t k = 0; k < by; k++) {
		for (uint32_t i = 0; i < by; i++)
			sum += in->grey[(size_t)(y * by + k) * in->width + x * by + i];
	}
	return (uint8_t)(sum / (by * by));
}

static struct image empty(struct arena *a, uint32_t width, uint32_t height)
{
	struct image out = { .width = width + 2 * MARGIN, .height = height + 2 * MARGIN };

	out.grey = arena_alloc(a, (size_t)out.width * out.height);
	memset(out.grey, 255, (size_t)out.width * out.height);
	return out;
}

static uint8_t *row_of(const struct image *out, uint32_t y)
{
	return out->grey + (size_t)(y + MARGIN) * out->width + MARGIN;
}

static struct image reduced(struct arena *a, const struct image *in, uint32_t by)
{
	uint32_t width = in->width / by, height = in->height / by;
	struct image out = empty(a, width, height);

	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++)
			row_of(&out, y)[x] =
				by == 1 ? in->grey[(size_t)y * in->width + x] : mean(in, x, y, by);
	}
	return out;
}

static struct image enlarged(struct arena *a, const struct image *in, uint32_t by)
{
	struct image out = empty(a, in->width * by, in->height * by);

	for (uint32_t y = 0; y < in->height * by; y++) {
		for (uint32_t x = 0; x < in->width * by; x++)
			row_of(&out, y)[x] = in->grey[(size_t)(y / by) * in->width + x / by];
	}
	return out;
}

/* All but the margin. */
static void invert(struct image *i)
{
	for (uint32_t y = 0; y < i->height - 2 * MARGIN; y++) {
		for (uint32_t x = 0; x < i->width - 2 * MARGIN; x++)
			row_of(i, y)[x] ^= 255;
	}
}

static void look_at(struct arena *a, struct image picture, struct qrcodes *codes)
{
	scan(a, &picture, codes);
	invert(&picture);
	scan(a, &picture, codes);
}

/* A pale picture with its darkest grey as black and its lightest as white. */
static struct image spread(struct arena *a, const struct image *in)
{
	size_t n = (size_t)in->width * in->height, below = 0, above = 0;
	size_t count[256] = { 0 };
	struct image out = *in;
	unsigned dark = 0, light = 255;

	for (size_t i = 0; i < n; i++)
		count[in->grey[i]]++;
	while (dark < 255 && (below += count[dark]) <= n / STRAY)
		dark++;
	while (light > dark && (above += count[light]) <= n / STRAY)
		light--;
	if (light - dark >= PALE || light == dark)
		return *in;
	out.grey = arena_alloc(a, n);
	for (size_t i = 0; i < n; i++) {
		unsigned v = in->grey[i];

		v = v < dark ? dark : v > light ? light : v;
		out.grey[i] = (uint8_t)((v - dark) * 255 / (light - dark));
	}
	return out;
}

void qrcodes_read(struct arena *a, const struct image *image, struct qrcodes *codes)
{
	struct image clear;
	uint32_t side = image->width > image->height ? image->width : image->height;
	uint32_t by = (side + USUAL_SIDE - 1) / USUAL_SIDE;

	if (image->width < LEAST_SIDE || image->height < LEAST_SIDE)
		return;
	clear = spread(a, image);
	if (!qrfinder_present(a, &clear))
		return;
	if (side <= SMALL_SIDE)
		look_at(a, enlarged(a, &clear, ENLARGE), codes);
	look_at(a, reduced(a, &clear, by), codes);
	if (by > 1 && (uint64_t)image->width * image->height <= MOST_PIXELS)
		look_at(a, reduced(a, &clear, 1), codes);
}
