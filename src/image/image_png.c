#include "image/image_formats.h"

#include <png.h>

/* The simplified interface returns from its own errors and blends transparency itself. */
enum image_result image_png_read(struct arena *a, str bytes, enum image_look look,
				 struct image *ret)
{
	uint8_t level = image_background(look);
	png_color background = { level, level, level };
	png_image png = { .version = PNG_IMAGE_VERSION };
	enum image_result r;

	if (look == IMAGE_LAST_FRAME)
		return IMAGE_E_SAME;
	if (!png_image_begin_read_from_memory(&png, bytes.p, bytes.n))
		return IMAGE_E_BROKEN;
	r = look == IMAGE_ON_BLACK && !(png.format & PNG_FORMAT_FLAG_ALPHA)
		    ? IMAGE_E_SAME
		    : image_begin(a, png.width, png.height, look, ret);
	if (r == IMAGE_OK) {
		png.format = PNG_FORMAT_GRAY;
		/* What was read before an error stays in the picture. */
		(void)png_image_finish_read(&png, &background, ret->grey, 0, NULL);
	}
	png_image_free(&png);
	return r;
}
