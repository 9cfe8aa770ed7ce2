#include "image/qrfinder.h"

enum {
	RUNS = 5,
	BIAS = 8,	 /* levels of grey a pixel must differ from those around it to count */
	WINDOW_MIN = 16, /* pixels to each side that are around a pixel */
	WINDOW_MAX = 128,
	STEP = 2, /* of the rows, in pictures larger than... */
	STEP_SIDE = 500,
	LEAST_TOTAL = 7,  /* pixels across a pattern of one pixel a module */
	SMALL_TOTAL = 21, /* above, a pattern is met in several rows */
	PLACES_MAX = 256,
	PATTERNS = 3 /* of a code, of one size */
};

struct place {
	uint32_t x, y, total, hits;
};

struct finder {
	const struct image *image;
	uint32_t *sums; /* of the row, up to each pixel */
	uint32_t window;
	uint32_t tries;
	struct place places[PLACES_MAX];
	uint32_t n;
};

/* As 1:1:3:1:1, each run within half a module or a pixel of that. */
static bool is_pattern(const uint32_t runs[RUNS])
{
	uint32_t total = runs[0] + runs[1] + runs[2] + runs[3] + runs[4];
	uint32_t slack = total / 2 > 7 ? total / 2 : 7; /* in sevenths of a pixel */

	if (total < LEAST_TOTAL)
		return false;
	for (int i = 0; i < RUNS; i++) {
		uint32_t is = runs[i] * 7, should = total * (i == 2 ? 3 : 1);
		uint32_t off = is > should ? is - should : should - is;

		if (off > (i == 2 ? slack * 2 : slack))
			return false;
	}
	return true;
}

static bool is_dark(const struct finder *f, uint32_t x, uint32_t y, unsigned level)
{
	return f->image->grey[(size_t)y * f->image->width + x] < level;
}

struct direction {
	int dx, dy;
};

/* Pixels of one kind on the way from there, at most max. */
static uint32_t run_from(const struct finder *f, int64_t x, int64_t y, struct direction d,
			 bool dark, unsigned level, uint32_t max)
{
	uint32_t n = 0;

	while (x >= 0 && x < f->image->width && y >= 0 && y < f->image->height && n < max &&
	       is_dark(f, (uint32_t)x, (uint32_t)y, level) == dark) {
		x += d.dx;
		y += d.dy;
		n++;
	}
	return n;
}

/* The same runs in another direction through the middle, of nearly the same length: in steps,
 * which are longer on a diagonal, a turned code is half as long there. */
static bool is_crossed(const struct finder *f, uint32_t x, uint32_t y, struct direction way,
		       unsigned level, uint32_t total)
{
	bool dark = is_dark(f, x, y, level);
	uint32_t runs[RUNS] = { 0 }, across, least = way.dx && way.dy ? 2 : 3;

	for (int side = 0; side < 2; side++) {
		struct direction d = side ? way : (struct direction){ -way.dx, -way.dy };
		int64_t ax = (int64_t)x + (side ? d.dx : 0), ay = (int64_t)y + (side ? d.dy : 0);
		uint32_t middle = run_from(f, ax, ay, d, dark, level, total), gap;

		ax += (int64_t)middle * d.dx;
		ay += (int64_t)middle * d.dy;
		gap = run_from(f, ax, ay, d, !dark, level, total);
		ax += (int64_t)gap * d.dx;
		ay += (int64_t)gap * d.dy;
		runs[2] += middle;
		runs[side ? 3 : 1] = gap;
		runs[side ? 4 : 0] = run_from(f, ax, ay, d, dark, level, total);
	}
	across = runs[0] + runs[1] + runs[2] + runs[3] + runs[4];
	return is_pattern(runs) && across * 5 >= total * least && across * 5 <= total * 7;
}

static uint32_t apart(uint32_t a, uint32_t b)
{
	return a > b ? a - b : b - a;
}

static bool is_sure(const struct place *p)
{
	return p->hits > 1 || p->total < SMALL_TOTAL;
}

/* Three patterns of about one size. */
static bool is_code(const struct finder *f, const struct place *like)
{
	uint32_t alike = 0;

	for (uint32_t i = 0; i < f->n; i++) {
		const struct place *p = &f->places[i];

		alike += is_sure(p) && p->total * 2 >= like->total && p->total <= like->total * 2;
	}
	return is_sure(like) && alike >= PATTERNS;
}

/* A pattern met at a place, maybe again: is that the third? */
static bool note(struct finder *f, uint32_t x, uint32_t y, uint32_t total)
{
	for (uint32_t i = 0; i < f->n; i++) {
		struct place *p = &f->places[i];

		if (apart(p->x, x) > p->total || apart(p->y, y) > p->total)
			continue;
		p->hits++;
		return is_code(f, p);
	}
	if (f->n == PLACES_MAX)
		return true; /* in doubt */
	f->places[f->n++] = (struct place){ x, y, total, 1 };
	return is_code(f, &f->places[f->n - 1]);
}

static unsigned around(const struct finder *f, uint32_t x)
{
	uint32_t from = x > f->window ? x - f->window : 0;
	uint32_t to = x + f->window + 1 < f->image->width ? x + f->window + 1 : f->image->width;

	return (f->sums[to] - f->sums[from]) / (to - from);
}

static bool follow(struct finder *f, const uint32_t runs[RUNS], uint32_t end, uint32_t y)
{
	uint32_t total = runs[0] + runs[1] + runs[2] + runs[3] + runs[4];
	uint32_t x = end - runs[4] - runs[3] - runs[2] / 2 - 1;
	unsigned level;

	if (f->tries == 0)
		return true; /* in doubt */
	f->tries--;
	level = (f->sums[end] - f->sums[end - total]) / total;
	return is_crossed(f, x, y, (struct direction){ 0, 1 }, level, total) &&
	       is_crossed(f, x, y, (struct direction){ 1, 1 }, level, total) &&
	       note(f, x, y, total);
}

/* A pixel that is like those around it belongs to the run before. */
static bool search_row(struct finder *f, uint32_t y)
{
	const uint8_t *row = f->image->grey + (size_t)y * f->image->width;
	uint32_t runs[RUNS] = { 0 };
	bool dark = false;

	for (uint32_t x = 0; x < f->image->width; x++)
		f->sums[x + 1] = f->sums[x] + row[x];
	for (uint32_t x = 0; x < f->image->width; x++) {
		unsigned level = around(f, x);
		bool change = dark ? row[x] > (int)level + BIAS : row[x] + BIAS < (int)level;

		if (change) {
			if (runs[0] && is_pattern(runs) && follow(f, runs, x, y))
				return true;
			memmove(runs, runs + 1, sizeof(runs) - sizeof(runs[0]));
			runs[RUNS - 1] = 0;
			dark = !dark;
		}
		runs[RUNS - 1]++;
	}
	return runs[0] && is_pattern(runs) && follow(f, runs, f->image->width, y);
}

bool qrfinder_present(struct arena *a, const struct image *image)
{
	struct finder f = { .image = image, .tries = QRFINDER_TRIES };
	uint32_t step = image->height > STEP_SIDE ? STEP : 1;

	f.sums = arena_array(a, uint32_t, (size_t)image->width + 1);
	f.window = image->width / 16;
	f.window = f.window < WINDOW_MIN   ? WINDOW_MIN
		   : f.window > WINDOW_MAX ? WINDOW_MAX
					   : f.window;
	for (uint32_t y = 0; y < image->height; y += step) {
		if (search_row(&f, y))
			return true;
	}
	return false;
}
