/* image/image.h - the picture that a mail program would show, as grey values.
 *
 * PNG (ISO 15948), JPEG (ITU T.81), WebP (RFC 9649), GIF 87a and 89a, BMP, and PBM, PGM and
 * PPM, in which pictures of other documents are handed over.
 *
 * Input    hostile bytes.
 * Memory   the picture lives in the caller's arena; libraries use the heap for a while.
 * Limits   IMAGE_MAX_SIDE, IMAGE_MAX_PIXELS, checked before anything is decoded, and
 *          IMAGE_MAX_FRAMES of a film; time is linear in bytes and pixels.
 * Threads  pure.
 * Errors   IMAGE_E_*. A picture that breaks off is shown as far as it goes, like a browser
 *          does: the rest is the background.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include "base/arena.h"

enum { IMAGE_MAX_SIDE = 20000, IMAGE_MAX_PIXELS = 50 << 20, IMAGE_MAX_FRAMES = 64 };

enum image_result {
	IMAGE_OK,
	IMAGE_E_SAME,	   /* this look shows nothing that the first look did not */
	IMAGE_E_FORMAT,	   /* none of the formats above */
	IMAGE_E_BROKEN,	   /* nothing of it can be shown */
	IMAGE_E_TOO_LARGE, /* above the limits */
};

/* The same file seen on a light page, on a dark page, and at the end of a film. */
enum image_look { IMAGE_ON_WHITE, IMAGE_ON_BLACK, IMAGE_LAST_FRAME, IMAGE_LOOKS };

struct image {
	uint32_t width, height;
	uint8_t *grey; /* width * height, rows from the top, 255 is white */
};

enum image_result image_read(struct arena *a, str bytes, enum image_look look, struct image *ret)
	must_use;
/* Its name, "PNG", or "" when it is none of ours. */
str image_format(str bytes);

#endif
