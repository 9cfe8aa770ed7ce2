#include "image/imageshape.h"

#include <stdlib.h>

enum {
	SIDE = 32,   /* of the small copy */
	LOW = 8,     /* frequencies in each direction */
	ONE = 16384, /* 1.0 in the table */
	PLAIN = 6,   /* grey levels that the small copy must differ from its mean, on average */
};

/* cos(k pi / 64) for k from 0 to 32. */
static const int32_t quarter[SIDE + 1] = {
	16384, 16364, 16305, 16207, 16069, 15893, 15679, 15426, 15137, 14811, 14449,
	14053, 13623, 13160, 12665, 12140, 11585, 11003, 10394, 9760,  9102,  8423,
	7723,  7005,  6270,  5520,  4756,  3981,  3196,	 2404,	1606,  804,   0,
};

static int32_t cosine(uint32_t k)
{
	k %= 4 * SIDE;
	if (k > 2 * SIDE)
		k = 4 * SIDE - k;
	return k <= SIDE ? quarter[k] : -quarter[2 * SIDE - k];
}

/* The mean of each field of a grid. */
static void shrink(const struct image *i, int32_t small[SIDE][SIDE])
{
	for (uint64_t y = 0; y < SIDE; y++) {
		uint64_t top = y * i->height / SIDE, bottom = (y + 1) * i->height / SIDE;

		for (uint64_t x = 0; x < SIDE; x++) {
			uint64_t left = x * i->width / SIDE, right = (x + 1) * i->width / SIDE;
			uint64_t sum = 0;

			for (uint64_t row = top; row < bottom; row++) {
				for (uint64_t column = left; column < right; column++)
					sum += i->grey[row * i->width + column];
			}
			small[y][x] = (int32_t)(sum * 16 / ((bottom - top) * (right - left)));
		}
	}
}

static bool is_plain(int32_t small[SIDE][SIDE])
{
	int64_t mean = 0, apart = 0;

	for (int k = 0; k < SIDE * SIDE; k++)
		mean += small[k / SIDE][k % SIDE];
	mean /= SIDE * SIDE;
	for (int k = 0; k < SIDE * SIDE; k++)
		apart += llabs(small[k / SIDE][k % SIDE] - mean);
	return apart < (int64_t)PLAIN * 16 * SIDE * SIDE;
}

/* Rows, then columns, of the discrete cosine transform (type II), lowest frequencies only. */
static void transform(int32_t small[SIDE][SIDE], int64_t low[LOW * LOW])
{
	int64_t rows[SIDE][LOW];

	for (uint32_t y = 0; y < SIDE; y++) {
		for (uint32_t u = 0; u < LOW; u++) {
			rows[y][u] = 0;
			for (uint32_t x = 0; x < SIDE; x++)
				rows[y][u] += (int64_t)small[y][x] * cosine((2 * x + 1) * u);
		}
	}
	for (uint32_t v = 0; v < LOW; v++) {
		for (uint32_t u = 0; u < LOW; u++) {
			int64_t sum = 0;

			for (uint32_t y = 0; y < SIDE; y++)
				sum += rows[y][u] / 64 * cosine((2 * y + 1) * v);
			low[v * LOW + u] = sum;
		}
	}
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Without the mean of all, which is only how bright the picture is. */
static int64_t median_of(const int64_t low[LOW * LOW])
{
	int64_t sorted[LOW * LOW - 1];

	memcpy(sorted, low + 1, sizeof(sorted));
	qsort(sorted, ARRAY_LEN(sorted), sizeof(*sorted), ascending);
	return sorted[ARRAY_LEN(sorted) / 2];
}

uint64_t imageshape_of(const struct image *i)
{
	int32_t small[SIDE][SIDE];
	int64_t low[LOW * LOW], median;
	uint64_t bits = 0;

	if (i->width < IMAGESHAPE_SIDE_MIN || i->height < IMAGESHAPE_SIDE_MIN ||
	    (uint64_t)i->width * i->height < IMAGESHAPE_PIXELS_MIN)
		return 0;
	shrink(i, small);
	if (is_plain(small))
		return 0;
	transform(small, low);
	median = median_of(low);
	for (unsigned k = 1; k < LOW * LOW; k++) {
		if (low[k] > median)
			bits |= 1ull << k;
	}
	return bits;
}
