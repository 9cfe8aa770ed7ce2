#include "image/image_formats.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

enum { HEAP_MAX = 256 << 20, SCANS_MAX = 100 };

struct reading {
	struct jpeg_error_mgr errors; /* first: libjpeg gives its address back */
	jmp_buf out;
	struct jpeg_decompress_struct jpeg;
	struct image *image;
	uint8_t *row;
};

__attribute__((noreturn)) static void on_error(j_common_ptr c)
{
	longjmp(((struct reading *)(void *)c->err)->out, 1);
}

static void on_message(j_common_ptr c, int level)
{
	(void)c; /* a damaged picture is shown all the same */
	(void)level;
}

/* Each scan of a progressive picture goes over all of it: few bytes could ask for hours. */
static void on_progress(j_common_ptr c)
{
	struct reading *r = (struct reading *)(void *)c->err;

	if (r->jpeg.input_scan_number > SCANS_MAX)
		longjmp(r->out, 1);
}

/* Adobe writes CMYK with 255 for no ink, and so do the programs that follow it. */
static void cmyk_row(struct reading *r, uint8_t *out)
{
	unsigned flip = r->jpeg.saw_Adobe_marker ? 0 : 255;

	for (uint32_t x = 0; x < r->image->width; x++) {
		const uint8_t *p = r->row + 4 * (size_t)x;
		unsigned k = p[3] ^ flip;

		out[x] = (uint8_t)(image_grey(p[0] ^ flip, p[1] ^ flip, p[2] ^ flip) * k / 255);
	}
}

static void read_rows(struct reading *r, struct arena *a)
{
	bool four = r->jpeg.num_components == 4;

	/* With the usual transform: the fast one garbles pictures of few pixels a module. */
	r->jpeg.out_color_space = four ? JCS_CMYK : JCS_GRAYSCALE;
	if (four)
		r->row = arena_alloc(a, 4 * (size_t)r->image->width);
	(void)jpeg_start_decompress(&r->jpeg);
	while (r->jpeg.output_scanline < r->jpeg.output_height) {
		uint8_t *out = r->image->grey + (size_t)r->jpeg.output_scanline * r->image->width;
		JSAMPROW row = four ? r->row : out;

		if (jpeg_read_scanlines(&r->jpeg, &row, 1) == 1 && four)
			cmyk_row(r, out);
	}
}

enum image_result image_jpeg_read(struct arena *a, str bytes, enum image_look look,
				  struct image *ret)
{
	struct jpeg_progress_mgr progress = { .progress_monitor = on_progress };
	struct reading *r;
	enum image_result result;

	if (look != IMAGE_ON_WHITE)
		return IMAGE_E_SAME;
	r = arena_make(a, struct reading);
	r->image = ret;
	r->jpeg.err = jpeg_std_error(&r->errors);
	r->errors.error_exit = on_error;
	r->errors.emit_message = on_message;
	jpeg_create_decompress(&r->jpeg);
	r->jpeg.mem->max_memory_to_use = HEAP_MAX;
	r->jpeg.progress = &progress;
	if (!setjmp(r->out)) {
		jpeg_mem_src(&r->jpeg, (const unsigned char *)bytes.p, bytes.n);
		(void)jpeg_read_header(&r->jpeg, TRUE);
		if (image_begin(a, r->jpeg.image_width, r->jpeg.image_height, look, ret) ==
		    IMAGE_OK)
			read_rows(r, a);
	}
	if (ret->grey)
		result = IMAGE_OK;
	else
		result = r->jpeg.image_width && r->jpeg.image_height ? IMAGE_E_TOO_LARGE
								     : IMAGE_E_BROKEN;
	jpeg_destroy_decompress(&r->jpeg);
	return result;
}
