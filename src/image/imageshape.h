/* image/imageshape.h - 64 bits by which a picture is known again after it was scaled, compressed
 * anew or slightly changed: which of the lowest frequencies of a small copy of it are strong (the
 * "perceptual hash" of Zauner 2010).
 *
 * In integers only, so that it is the same on every machine: gateways share what they learned.
 *
 * Input    a picture of hostile content.
 * Memory   none.
 * Limits   linear in the pixels.
 * Threads  pure.
 * Errors   0: a picture that is small or plain (a dot that counts readers, a line, one colour) has
 * no shape, since all of them would be alike.
 */
#ifndef IMAGE_IMAGESHAPE_H
#define IMAGE_IMAGESHAPE_H

#include "image/image.h"

enum {
	IMAGESHAPE_SIDE_MIN = 96, /* icons and buttons are smaller */
	IMAGESHAPE_PIXELS_MIN = 160 * 160,
};

uint64_t imageshape_of(const struct image *i) must_use;

#endif
