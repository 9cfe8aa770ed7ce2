/* image/qrcodes.h - what QR codes in a picture say (ISO/IEC 18004), by libzbar's scanner.
 *
 * A phone reads a code that is small, large, without its white margin, or white on black;
 * so each picture is looked at in several sizes and also inverted.
 *
 * Input    a picture of hostile content.
 * Memory   texts are in the caller's arena; the scanner's own is freed.
 * Limits   QRCODES_MAX codes, QRCODES_TEXT_MAX bytes each; a fixed number of passes.
 * Threads  one at a time.
 * Errors   none: no code was found.
 */
#ifndef IMAGE_QRCODES_H
#define IMAGE_QRCODES_H

#include "image/image.h"

enum { QRCODES_MAX = 16, QRCODES_TEXT_MAX = 3000 };

struct qrcodes {
	str v[QRCODES_MAX]; /* UTF-8, each text once */
	size_t n;
	bool more; /* than fit */
};

/* Adds what it finds. */
void qrcodes_read(struct arena *a, const struct image *image, struct qrcodes *codes);

#endif
