#include "image/image_formats.h"

static bool is_pnm(str b)
{
	return b.n > 2 && b.p[0] == 'P' && b.p[1] >= '4' && b.p[1] <= '6' && str_is_space(b.p[2]);
}

static bool is_webp(str b)
{
	return str_starts(b, STR("RIFF")) && str_eq(str_sub(b, 8, 12), STR("WEBP"));
}

static bool is_bmp(str b)
{
	return str_starts(b, STR("BM")) && b.n > 26;
}

static bool is_gif(str b)
{
	return str_starts(b, STR("GIF87a")) || str_starts(b, STR("GIF89a"));
}

static bool is_png(str b)
{
	return str_starts(b, STR("\x89PNG\r\n\x1a\n"));
}

static bool is_jpeg(str b)
{
	return str_starts(b, STR("\xff\xd8\xff"));
}

static const struct format {
	str name;
	bool (*is)(str bytes);
	enum image_result (*read)(struct arena *a, str bytes, enum image_look look,
				  struct image *ret);
} formats[] = {
	{ STR("PNG"), is_png, image_png_read },	   { STR("JPEG"), is_jpeg, image_jpeg_read },
	{ STR("WebP"), is_webp, image_webp_read }, { STR("GIF"), is_gif, image_gif_read },
	{ STR("BMP"), is_bmp, image_bmp_read },	   { STR("PNM"), is_pnm, image_pnm_read },
};

static const struct format *format_of(str bytes)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (formats[i].is(bytes))
			return &formats[i];
	}
	return NULL;
}

str image_format(str bytes)
{
	const struct format *f = format_of(bytes);

	return f ? f->name : STR("");
}

enum image_result image_read(struct arena *a, str bytes, enum image_look look, struct image *ret)
{
	const struct format *f = format_of(bytes);

	*ret = (struct image){ 0 };
	return f ? f->read(a, bytes, look, ret) : IMAGE_E_FORMAT;
}

uint8_t image_background(enum image_look look)
{
	return look == IMAGE_ON_BLACK ? 0 : 255;
}

enum image_result image_begin(struct arena *a, uint64_t width, uint64_t height,
			      enum image_look look, struct image *ret)
{
	if (width == 0 || height == 0)
		return IMAGE_E_BROKEN;
	if (width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE || width * height > IMAGE_MAX_PIXELS)
		return IMAGE_E_TOO_LARGE;
	ret->width = (uint32_t)width;
	ret->height = (uint32_t)height;
	ret->grey = arena_alloc(a, (size_t)(width * height));
	memset(ret->grey, image_background(look), (size_t)(width * height));
	return IMAGE_OK;
}
