/* image/image_formats.h - what the files of the single formats share; see image.h.
 *
 * Input    hostile.   Memory  the caller's arena.   Limits  image_begin checks them.
 * Threads  pure.      Errors  as image_read.
 */
#ifndef IMAGE_IMAGE_FORMATS_H
#define IMAGE_IMAGE_FORMATS_H

#include "image/image.h"

enum image_result image_png_read(struct arena *a, str bytes, enum image_look look,
				 struct image *ret);
enum image_result image_jpeg_read(struct arena *a, str bytes, enum image_look look,
				  struct image *ret);
enum image_result image_webp_read(struct arena *a, str bytes, enum image_look look,
				  struct image *ret);
enum image_result image_gif_read(struct arena *a, str bytes, enum image_look look,
				 struct image *ret);
enum image_result image_bmp_read(struct arena *a, str bytes, enum image_look look,
				 struct image *ret);
enum image_result image_pnm_read(struct arena *a, str bytes, enum image_look look,
				 struct image *ret);

/* Checks the size and makes an empty picture of background. */
enum image_result image_begin(struct arena *a, uint64_t width, uint64_t height,
			      enum image_look look, struct image *ret);
uint8_t image_background(enum image_look look);

/* Luma of ITU-R BT.601. */
static inline uint8_t image_grey(unsigned r, unsigned g, unsigned b)
{
	return (uint8_t)((r * 77 + g * 150 + b * 29) >> 8);
}

#endif
