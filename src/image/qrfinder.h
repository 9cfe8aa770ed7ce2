/* image/qrfinder.h - can there be a QR code in a picture? A code has three finder patterns, whose
 * dark and light runs are as 1:1:3:1:1 in every direction (ISO/IEC 18004, 6.3.3). To look for
 * them costs a hundredth of reading a code, and most pictures have none.
 *
 * Input    a picture of hostile content.
 * Memory   some rows in the arena.
 * Limits   linear in the pixels: QRFINDER_TRIES columns are followed at most.
 * Threads  pure.   Errors  none; in doubt the answer is yes.
 */
#ifndef IMAGE_QRFINDER_H
#define IMAGE_QRFINDER_H

#include "image/image.h"

enum { QRFINDER_TRIES = 20000 };

bool qrfinder_present(struct arena *a, const struct image *image);

#endif
