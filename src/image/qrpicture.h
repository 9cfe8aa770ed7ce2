/* image/qrpicture.h - pictures of a QR code for tests, made here.
 *
 * Memory   in the arena.
 */
#ifndef IMAGE_QRPICTURE_H
#define IMAGE_QRPICTURE_H

#include "base/strbuf.h"

#define QRPICTURE_TEXT "https://qr.example/login"
enum { QRPICTURE_SIDE = 25 };

/* The modules that say QRPICTURE_TEXT (version 2-L). */
static const char qrpicture_modules[QRPICTURE_SIDE][QRPICTURE_SIDE + 1] = {
	"#######.####.##...#######", "#.....#.#..#..#...#.....#", "#.###.#..#...#.#..#.###.#",
	"#.###.#....###.#..#.###.#", "#.###.#.#..##.#...#.###.#", "#.....#.###.###...#.....#",
	"#######.#.#.#.#.#.#######", "........##....#..........", "###..##.##.##..#.####..##",
	"####.#.#....##.#####.#.##", "#...###..##.##.#.##.###.#", "#.####..#.###...#.#..#...",
	"###..##..##.....###.....#", "..####....#..#.##.##...##", "##.#.###.#.#...#.....##.#",
	"..##.#...#....#...####...", "##.##.#######..######..#.", "........##..#...#...#...#",
	"#######...#.#...#.#.#...#", "#.....#.#####.###...#....", "#.###.#..#..#..######..#.",
	"#.###.#..##..#...#..#.##.", "#.###.#.########.#.###.##", "#.....#.##.##.####.##....",
	"#######.##..#...#.#..#..#",
};

/* Is the pixel x, y dark, in a picture with scale pixels a module and a margin of modules? */
unused_arg static bool qrpicture_dark(uint32_t x, uint32_t y, uint32_t scale, uint32_t margin)
{
	uint32_t column = x / scale - margin, row = y / scale - margin;

	return column < QRPICTURE_SIDE && row < QRPICTURE_SIDE &&
	       qrpicture_modules[row][column] == '#';
}

unused_arg static uint32_t qrpicture_side(uint32_t scale, uint32_t margin)
{
	return (QRPICTURE_SIDE + 2 * margin) * scale;
}

/* As PGM; flip inverts it. */
unused_arg static str qrpicture_pgm(struct arena *a, uint32_t scale, uint32_t margin, bool flip)
{
	uint32_t side = qrpicture_side(scale, margin);
	struct strbuf b = strbuf_make(a, 64 << 20);

	strbuf_fmt(&b, "P5\n%u %u\n255\n", side, side);
	for (uint32_t y = 0; y < side; y++) {
		for (uint32_t x = 0; x < side; x++)
			strbuf_char(&b,
				    qrpicture_dark(x, y, scale, margin) != flip ? '\0' : '\xff');
	}
	return strbuf_str(&b);
}

#endif
