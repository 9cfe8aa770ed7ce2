#include "conf/nearest.h"

struct nearest nearest_to(str wanted)
{
	/* A third of the letters wrong is still the same word, more is another one. */
	return (struct nearest){ .wanted = wanted, .distance = wanted.n / 3 + 2 };
}

void nearest_offer(struct nearest *n, str candidate)
{
	size_t a = n->wanted.n, b = candidate.n, d;

	/* So many letters are missing at least. */
	if ((a > b ? a - b : b - a) >= n->distance)
		return;
	d = nearest_distance(n->wanted, candidate);
	if (d >= n->distance || d >= candidate.n)
		return;
	n->distance = d;
	n->best = candidate;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

static bool same(char a, char b)
{
	return str_lower_char(a) == str_lower_char(b);
}

size_t nearest_distance(str a, str b)
{
	/* Optimal string alignment over the last three rows of the table. */
	size_t rows[3][NEAREST_MAX + 1];
	size_t *before = rows[0], *prev = rows[1], *row = rows[2];

	if (a.n > NEAREST_MAX || b.n > NEAREST_MAX)
		return STR_NONE;
	for (size_t j = 0; j <= b.n; j++)
		prev[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			row[j] = min3(prev[j] + 1, row[j - 1] + 1,
				      prev[j - 1] + !same(a.p[i - 1], b.p[j - 1]));
			if (i > 1 && j > 1 && same(a.p[i - 1], b.p[j - 2]) &&
			    same(a.p[i - 2], b.p[j - 1]) && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = prev;
		prev = row;
		row = spare;
	}
	return prev[b.n];
}
