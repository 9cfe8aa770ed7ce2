/* A picture is known again after it was scaled, brightened, made noisy, and is told from others. */
#include "image/imageshape.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { BUDGET = 64 << 20, PICTURES = 40, WIDTH = 640, HEIGHT = 480 };

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static struct image blank(struct arena *a, uint32_t width, uint32_t height)
{
	struct image i = { width, height, arena_alloc(a, (size_t)width * height) };

	memset(i.grey, 255, (size_t)width * height);
	return i;
}

/* Forty boxes of any grey, by fractions of the picture so that any size shows the same. */
static struct image picture(struct arena *a, uint64_t seed, uint32_t width, uint32_t height)
{
	struct image i = blank(a, width, height);

	for (int box = 0; box < 40; box++) {
		uint32_t left = (uint32_t)next(&seed) % 100, top = (uint32_t)next(&seed) % 100;
		uint32_t wide = 5 + (uint32_t)next(&seed) % 35,
			 high = 5 + (uint32_t)next(&seed) % 35;
		uint8_t grey = (uint8_t)next(&seed);

		for (uint32_t y = top * height / 100; y < (top + high) * height / 100 && y < height;
		     y++) {
			for (uint32_t x = left * width / 100;
			     x < (left + wide) * width / 100 && x < width; x++)
				i.grey[(size_t)y * width + x] = grey;
		}
	}
	return i;
}

static int apart(uint64_t x, uint64_t y)
{
	return __builtin_popcountll(x ^ y);
}

static void it_is_known_again(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);

	(void)state;
	for (uint64_t p = 1; p <= PICTURES; p++) {
		struct image whole = picture(a, p, WIDTH, HEIGHT), scaled, noisy, pale;
		uint64_t shape = imageshape_of(&whole), seed = p;

		assert_true(shape != 0);
		scaled = picture(a, p, WIDTH / 2 + 7, HEIGHT / 2 - 3);
		noisy = picture(a, p, WIDTH, HEIGHT);
		pale = picture(a, p, WIDTH, HEIGHT);
		for (size_t k = 0; k < (size_t)WIDTH * HEIGHT; k++) {
			int grey = noisy.grey[k] + (int)(next(&seed) % 41) - 20;

			noisy.grey[k] = (uint8_t)(grey < 0 ? 0 : grey > 255 ? 255 : grey);
			pale.grey[k] = (uint8_t)(pale.grey[k] / 2 + 100);
		}
		assert_true(apart(shape, imageshape_of(&scaled)) <= 4);
		assert_true(apart(shape, imageshape_of(&noisy)) <= 4);
		assert_true(apart(shape, imageshape_of(&pale)) <= 4);
	}
}

static void others_are_others(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	uint64_t shapes[PICTURES];

	(void)state;
	for (uint64_t p = 0; p < PICTURES; p++) {
		struct image i = picture(a, p + 1, WIDTH, HEIGHT);

		shapes[p] = imageshape_of(&i);
		for (uint64_t k = 0; k < p; k++)
			assert_true(apart(shapes[p], shapes[k]) > 8);
	}
}

static void what_is_small_or_plain_has_no_shape(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	struct image plain = blank(a, WIDTH, HEIGHT), dot = blank(a, 1, 1);
	struct image line = picture(a, 1, 2000, IMAGESHAPE_SIDE_MIN - 1);
	struct image small = picture(a, 1, 159, 159);

	(void)state;
	assert_true(imageshape_of(&plain) == 0 && imageshape_of(&dot) == 0);
	assert_true(imageshape_of(&line) == 0 && imageshape_of(&small) == 0);
	memset(plain.grey + 300 * WIDTH, 0, WIDTH); /* a ruler is plain still */
	assert_true(imageshape_of(&plain) == 0);
}

/* Gateways share shapes. */
static void shapes_stay_what_they_are(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", BUDGET);
	struct image i = picture(a, 7, WIDTH, HEIGHT);

	(void)state;
	assert_true(imageshape_of(&i) == 0x21553363532f1cda);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_known_again),
		cmocka_unit_test(others_are_others),
		cmocka_unit_test(what_is_small_or_plain_has_no_shape),
		cmocka_unit_test(shapes_stay_what_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
