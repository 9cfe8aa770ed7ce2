#include "image/image_formats.h"

#include "base/reader.h"

/* A number behind blanks and comments; bad when there is none. */
static uint32_t number(struct reader *r)
{
	uint32_t v = 0;
	uint8_t c = reader_u8(r);
	int digits = 0;

	while (!r->bad && (str_is_space((char)c) || c == '#')) {
		while (c == '#' && !r->bad) {
			do
				c = reader_u8(r);
			while (!r->bad && c != '\n');
		}
		c = reader_u8(r);
	}
	for (; !r->bad && str_is_digit((char)c) && digits < 9; digits++, c = reader_u8(r))
		v = v * 10 + (uint32_t)(c - '0');
	r->bad |= digits == 0;
	return v; /* and the one blank behind it is gone */
}

static void put_row(const uint8_t *in, char kind, uint8_t *out, uint32_t width)
{
	for (uint32_t x = 0; x < width; x++) {
		if (kind == '4')
			out[x] = in[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
		else if (kind == '5')
			out[x] = in[x];
		else
			out[x] = image_grey(in[3 * x], in[3 * x + 1], in[3 * x + 2]);
	}
}

enum image_result image_pnm_read(struct arena *a, str bytes, enum image_look look,
				 struct image *ret)
{
	struct reader r = reader_make(bytes);
	char kind = bytes.p[1];
	uint32_t width, height, most = 255;
	size_t row_bytes;
	enum image_result result;

	if (look != IMAGE_ON_WHITE)
		return IMAGE_E_SAME;
	reader_skip(&r, 2);
	width = number(&r);
	height = number(&r);
	if (kind != '4')
		most = number(&r);
	if (r.bad || most != 255) /* 16 bits a sample: nobody hands those over */
		return IMAGE_E_BROKEN;
	result = image_begin(a, width, height, look, ret);
	row_bytes = kind == '4' ? (width + 7) / 8 : kind == '5' ? width : 3 * (size_t)width;
	for (uint32_t y = 0; y < height && result == IMAGE_OK; y++) {
		str row = reader_bytes(&r, row_bytes);

		if (r.bad)
			break;
		put_row((const uint8_t *)row.p, kind, ret->grey + (size_t)y * width, width);
	}
	return result;
}
