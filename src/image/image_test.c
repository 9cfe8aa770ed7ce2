/* One QR code in every format and disguise that a phone would still read. */
#include "base/exact.h"
#include "image/image.h"
#include "image/qrcodes.h"
#include "image/qrpicture.h"

#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <webp/encode.h>

#include <jpeglib.h>

#include <cmocka.h>

enum { SCALE = 4, MARGIN = 4 };

/* Pixels as RGBA: dark modules of one colour, light ones of another. */
static uint8_t *paint(struct arena *a, uint32_t dark, uint32_t light, uint32_t *ret_side)
{
	uint32_t side = qrpicture_side(SCALE, MARGIN);
	uint8_t *p = arena_alloc(a, 4 * (size_t)side * side);

	for (uint32_t i = 0; i < side * side; i++) {
		uint32_t c = qrpicture_dark(i % side, i / side, SCALE, MARGIN) ? dark : light;

		for (int k = 0; k < 4; k++)
			p[4 * i + (uint32_t)k] = (uint8_t)(c >> (24 - 8 * k));
	}
	*ret_side = side;
	return p;
}

static str png_of(struct arena *a, uint32_t dark, uint32_t light)
{
	png_image png = { .version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGBA };
	uint32_t side;
	uint8_t *pixels = paint(a, dark, light, &side);
	size_t n = 1 << 20;
	char *out = arena_alloc(a, n);

	png.width = png.height = side;
	assert_true(png_image_write_to_memory(&png, out, &n, 0, pixels, 0, NULL));
	return str_of(out, n);
}

static str jpeg_of(struct arena *a)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr errors;
	unsigned char *out = NULL;
	unsigned long n = 0;
	uint32_t side;
	uint8_t *pixels = paint(a, 0, 0xffffffff, &side);
	str copy;

	c.err = jpeg_std_error(&errors);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &out, &n);
	c.image_width = c.image_height = side;
	c.input_components = 4;
	c.in_color_space = JCS_EXT_RGBX;
	jpeg_set_defaults(&c);
	jpeg_simple_progression(&c);
	jpeg_start_compress(&c, TRUE);
	for (uint32_t y = 0; y < side; y++) {
		JSAMPROW row = pixels + 4 * (size_t)side * y;

		jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	copy = arena_str(a, str_of(out, n));
	free(out);
	return copy;
}

static str webp_of(struct arena *a, uint32_t dark, uint32_t light)
{
	uint32_t side;
	uint8_t *pixels = paint(a, dark, light, &side), *out = NULL;
	size_t n = WebPEncodeLosslessRGBA(pixels, (int)side, (int)side, (int)(4 * side), &out);
	str copy = arena_str(a, str_of(out, n));

	WebPFree(out);
	return copy;
}

static void put_u16(struct strbuf *b, uint32_t v)
{
	strbuf_char(b, (char)v);
	strbuf_char(b, (char)(v >> 8));
}

static void put_u32(struct strbuf *b, uint32_t v)
{
	put_u16(b, v & 0xffff);
	put_u16(b, v >> 16);
}

static void gif_begin(struct strbuf *b, uint32_t side)
{
	strbuf_put(b, STR("GIF89a"));
	put_u16(b, side);
	put_u16(b, side);
	strbuf_put(b, STR("\x81\0\0"));
	/* Black, white, grey, grey. */
	strbuf_put(b, STR("\0\0\0\xff\xff\xff\x80\x80\x80\x80\x80\x80"));
}

/* One frame of 4 colours: 3-bit codes, with a clear code before each pair of pixels, so
 * that the codes never grow. code: the code picture, else all white. */
static void gif_frame(struct strbuf *b, uint32_t side, bool code)
{
	struct strbuf bits = strbuf_make(b->arena, 1 << 20);
	uint32_t held = 0, n = 0;

	strbuf_put(b, STR("\x2c\0\0\0\0"));
	put_u16(b, side);
	put_u16(b, side);
	strbuf_put(b, STR("\0\x02"));
	for (uint32_t i = 0; i <= side * side; i++) {
		bool dark = code && qrpicture_dark(i % side, i / side, SCALE, MARGIN);
		uint32_t v = i == side * side ? 5 : dark ? 0 : 1;

		if (i % 2 == 0) {
			held |= 4u << n;
			n += 3;
		}
		held |= v << n;
		for (n += 3; n >= 8; n -= 8, held >>= 8)
			strbuf_char(&bits, (char)held);
	}
	strbuf_char(&bits, (char)held);
	for (size_t at = 0; at < bits.n; at += 255) {
		str block = str_sub(strbuf_str(&bits), at, at + 255);

		strbuf_char(b, (char)block.n);
		strbuf_put(b, block);
	}
	strbuf_char(b, '\0');
}

static str gif_of(struct arena *a, int blank_frames)
{
	struct strbuf b = strbuf_make(a, 4 << 20);
	uint32_t side = qrpicture_side(SCALE, MARGIN);

	gif_begin(&b, side);
	for (int i = 0; i < blank_frames; i++)
		gif_frame(&b, side, false);
	gif_frame(&b, side, true);
	strbuf_char(&b, ';');
	return strbuf_str(&b);
}

static str bmp_of(struct arena *a, uint32_t bits)
{
	struct strbuf b = strbuf_make(a, 4 << 20);
	uint32_t side = qrpicture_side(SCALE, MARGIN), stride = (side * bits + 31) / 32 * 4;

	strbuf_put(&b, STR("BM\0\0\0\0\0\0\0\0"));
	put_u32(&b, 14 + 40 + (bits <= 8 ? 8 : 0));
	put_u32(&b, 40);
	put_u32(&b, side);
	put_u32(&b, side);
	put_u16(&b, 1);
	put_u16(&b, bits);
	for (int i = 0; i < 4; i++)
		put_u32(&b, 0);
	put_u32(&b, bits <= 8 ? 2 : 0);
	put_u32(&b, 0);
	if (bits <= 8)
		strbuf_put(&b, STR("\0\0\0\0\xff\xff\xff\0"));
	for (uint32_t y = side; y-- > 0;) {
		size_t row_end = b.n + stride;

		for (uint32_t x = 0; x < side; x += bits < 8 ? 8 / bits : 1) {
			uint32_t v = 0;

			for (uint32_t k = 0; k < (bits < 8 ? 8 / bits : 1); k++)
				v = v << (bits < 8 ? bits : 1) |
				    !qrpicture_dark(x + k, y, SCALE, MARGIN);
			for (uint32_t k = 0; k < (bits < 8 ? 1 : bits / 8); k++)
				strbuf_char(&b, bits <= 8 ? (char)v : v ? '\xff' : '\0');
		}
		while (b.n < row_end)
			strbuf_char(&b, '\0');
	}
	return strbuf_str(&b);
}

/* All looks at a copy without a byte behind its end. */
static bool says_text(struct arena *a, str bytes)
{
	cleanup(exact_freep) str exact = exact_copy(bytes);
	struct qrcodes codes = { .n = 0 };
	struct image picture;

	for (int look = 0; look < IMAGE_LOOKS; look++) {
		if (image_read(a, exact, (enum image_look)look, &picture) == IMAGE_OK)
			qrcodes_read(a, &picture, &codes);
	}
	return codes.n == 1 && str_eq(codes.v[0], STR(QRPICTURE_TEXT));
}

static void a_code_is_read_in_every_format(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 30);
	const uint32_t black = 0x000000ff, white = 0xffffffff;

	(void)state;
	assert_true(says_text(a, qrpicture_pgm(a, SCALE, MARGIN, false)));
	assert_true(says_text(a, png_of(a, black, white)));
	assert_true(says_text(a, jpeg_of(a)));
	assert_true(says_text(a, webp_of(a, black, white)));
	assert_true(says_text(a, gif_of(a, 0)));
	for (uint32_t bits = 1; bits <= 32; bits *= 2)
		assert_true(bits == 2 || says_text(a, bmp_of(a, bits)));
	assert_true(says_text(a, bmp_of(a, 24)));
}

/* Turned around its middle; thousandths of the sine and cosine. */
static str turned(struct arena *a, int sine, int cosine)
{
	int side = (int)qrpicture_side(SCALE, MARGIN) * 2, middle = side / 2;
	struct strbuf b = strbuf_make(a, 64 << 20);

	strbuf_fmt(&b, "P5\n%d %d\n255\n", side, side);
	for (int y = 0; y < side; y++) {
		for (int x = 0; x < side; x++) {
			int dx = x - middle, dy = y - middle;
			int from_x = (dx * cosine - dy * sine) / 1000 + middle / 2;
			int from_y = (dx * sine + dy * cosine) / 1000 + middle / 2;
			bool inside =
				from_x >= 0 && from_y >= 0 && from_x < middle && from_y < middle;

			strbuf_char(&b, inside && qrpicture_dark((uint32_t)from_x, (uint32_t)from_y,
								 SCALE, MARGIN)
						? '\0'
						: '\xff');
		}
	}
	return strbuf_str(&b);
}

static void a_turned_code_is_read(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1u << 30);

	(void)state;
	assert_true(says_text(a, turned(a, 259, 966))); /* 15 degrees */
	assert_true(says_text(a, turned(a, 500, 866)));
	assert_true(says_text(a, turned(a, 707, 707)));
	assert_true(says_text(a, turned(a, 1000, 0)));
}

static void a_code_is_read_in_every_disguise(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 2u << 30);

	(void)state;
	assert_true(says_text(a, qrpicture_pgm(a, SCALE, MARGIN, true))); /* inverted */
	assert_true(says_text(a, qrpicture_pgm(a, 1, 0, false)));	  /* a pixel a module */
	assert_true(says_text(a, qrpicture_pgm(a, 1, 1, true)));
	assert_true(says_text(a, qrpicture_pgm(a, SCALE, 0, false)));  /* without a margin */
	assert_true(says_text(a, qrpicture_pgm(a, 90, 2, false)));     /* very large */
	assert_true(says_text(a, qrpicture_pgm(a, 3, 300, false)));    /* lost in a large page */
	assert_true(says_text(a, png_of(a, 0x000000ff, 0x00000000)));  /* transparent paper */
	assert_true(says_text(a, png_of(a, 0x00000000, 0xffffffff)));  /* transparent ink... */
	assert_true(says_text(a, webp_of(a, 0xffffff00, 0xffffffff))); /* ...on a dark page */
	assert_true(says_text(a, png_of(a, 0x0000a0ff, 0xffd0a0ff)));  /* coloured */
	assert_true(says_text(a, gif_of(a, 3)));		       /* the end of a film */
	assert_true(says_text(a, png_of(a, 0x707070ff, 0x909090ff)));  /* pale */
}

static void a_picture_without_code_says_nothing(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 30);
	struct qrcodes codes = { .n = 0 };
	struct image picture;

	(void)state;
	assert_int_equal(image_read(a, png_of(a, 0xffffffff, 0xffffffff), IMAGE_ON_WHITE, &picture),
			 IMAGE_OK);
	qrcodes_read(a, &picture, &codes);
	assert_int_equal(codes.n, 0);
}

static void what_is_too_large_is_not_decoded(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct image picture;

	(void)state;
	assert_int_equal(image_read(a, STR("P5 20001 1 255 "), IMAGE_ON_WHITE, &picture),
			 IMAGE_E_TOO_LARGE);
	assert_int_equal(image_read(a, STR("P4 20000 20000\n"), IMAGE_ON_WHITE, &picture),
			 IMAGE_E_TOO_LARGE);
	assert_int_equal(image_read(a, STR("P5 0 7 255 "), IMAGE_ON_WHITE, &picture),
			 IMAGE_E_BROKEN);
	assert_int_equal(image_read(a, STR("hello"), IMAGE_ON_WHITE, &picture), IMAGE_E_FORMAT);
}

/* A browser shows what there is of a picture: so do we. */
static void a_picture_that_breaks_off_behind_the_code_is_still_read(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 30);
	str whole[] = { png_of(a, 0x000000ff, 0xffffffff), jpeg_of(a), gif_of(a, 0),
			qrpicture_pgm(a, SCALE, MARGIN, false) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(whole); i++)
		assert_true(says_text(a, str_sub(whole[i], 0, whole[i].n - 8)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_read_in_every_format),
		cmocka_unit_test(a_turned_code_is_read),
		cmocka_unit_test(a_code_is_read_in_every_disguise),
		cmocka_unit_test(a_picture_without_code_says_nothing),
		cmocka_unit_test(what_is_too_large_is_not_decoded),
		cmocka_unit_test(a_picture_that_breaks_off_behind_the_code_is_still_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
