#include "image/image_formats.h"

#include <webp/decode.h>
#include <webp/demux.h>

static uint8_t blend(unsigned grey, unsigned alpha, unsigned background)
{
	return (uint8_t)((grey * alpha + background * (255 - alpha)) / 255);
}

/* One frame, placed where it stands on its canvas. */
static void put_frame(const WebPIterator *f, enum image_look look, struct image *out)
{
	int width = 0, height = 0;
	uint8_t *rgba = WebPDecodeRGBA(f->fragment.bytes, f->fragment.size, &width, &height);

	for (int y = 0; rgba && y < height; y++) {
		uint32_t to_y = (uint32_t)(f->y_offset + y);

		for (int x = 0; x < width && to_y < out->height; x++) {
			const uint8_t *p = rgba + 4 * ((size_t)y * (size_t)width + (size_t)x);
			uint32_t to_x = (uint32_t)(f->x_offset + x);

			if (to_x < out->width)
				out->grey[(size_t)to_y * out->width + to_x] = blend(
					image_grey(p[0], p[1], p[2]), p[3], image_background(look));
		}
	}
	WebPFree(rgba);
}

/* A frame's own size is checked too: its decoder makes room for it. */
static enum image_result read_frame(struct arena *a, WebPDemuxer *d, int number,
				    enum image_look look, struct image *ret)
{
	uint32_t width = WebPDemuxGetI(d, WEBP_FF_CANVAS_WIDTH);
	uint32_t height = WebPDemuxGetI(d, WEBP_FF_CANVAS_HEIGHT);
	WebPIterator f;
	WebPBitstreamFeatures own;
	enum image_result r;

	if (!WebPDemuxGetFrame(d, number, &f))
		return IMAGE_E_BROKEN;
	r = image_begin(a, width, height, look, ret);
	if (r == IMAGE_OK &&
	    WebPGetFeatures(f.fragment.bytes, f.fragment.size, &own) == VP8_STATUS_OK) {
		if (own.width <= IMAGE_MAX_SIDE && own.height <= IMAGE_MAX_SIDE &&
		    (uint64_t)own.width * (uint64_t)own.height <= IMAGE_MAX_PIXELS)
			put_frame(&f, look, ret);
		else
			r = IMAGE_E_TOO_LARGE;
	}
	WebPDemuxReleaseIterator(&f);
	return r;
}

enum image_result image_webp_read(struct arena *a, str bytes, enum image_look look,
				  struct image *ret)
{
	WebPData data = { (const uint8_t *)bytes.p, bytes.n };
	WebPDemuxer *d = WebPDemuxPartial(&data, NULL);
	enum image_result r = IMAGE_E_BROKEN;
	uint32_t frames, flags;

	if (!d)
		return r;
	frames = WebPDemuxGetI(d, WEBP_FF_FRAME_COUNT);
	flags = WebPDemuxGetI(d, WEBP_FF_FORMAT_FLAGS);
	if ((look == IMAGE_LAST_FRAME && frames < 2) ||
	    (look == IMAGE_ON_BLACK && !(flags & ALPHA_FLAG)))
		r = IMAGE_E_SAME;
	else if (frames > 0)
		r = read_frame(a, d, look == IMAGE_LAST_FRAME ? 0 : 1, look, ret); /* 0: the last */
	WebPDemuxDelete(d);
	return r;
}
