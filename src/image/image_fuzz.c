/* Any bytes give a picture within the limits, or none; and whatever is in it can be read. */
#include "base/utf8.h"
#include "image/image.h"
#include "image/imageshape.h"
#include "image/qrcodes.h"

enum { SCANNED_PIXELS = 200 * 200 }; /* the rest would only make it slow */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str bytes = str_of(data, size);

	for (int look = 0; look < IMAGE_LOOKS; look++) {
		cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1u << 30);
		struct qrcodes codes = { .n = 0 };
		struct image i;
		enum image_result r = image_read(a, bytes, (enum image_look)look, &i);
		uint64_t pixels = (uint64_t)i.width * i.height;

		bug_if((r == IMAGE_E_FORMAT) != str_empty(image_format(bytes)));
		if (r != IMAGE_OK)
			continue;
		bug_if(!i.grey || i.width > IMAGE_MAX_SIDE || i.height > IMAGE_MAX_SIDE);
		bug_if(pixels == 0 || pixels > IMAGE_MAX_PIXELS);
		bug_if(imageshape_of(&i) && pixels < IMAGESHAPE_PIXELS_MIN);
		if (pixels <= SCANNED_PIXELS)
			qrcodes_read(a, &i, &codes);
		bug_if(codes.n > QRCODES_MAX);
		for (size_t k = 0; k < codes.n; k++)
			bug_if(!utf8_valid(codes.v[k]));
	}
	return 0;
}
