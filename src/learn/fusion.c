#include "learn/fusion.h"

#include <math.h>

/* What a view is worth beside the others. Header and text each tell more alone than words and
 * structure do, which are there for what the spelling of both hides. */
static const double worth[FEATURES_VIEWS] = {
	[FEATURES_HEADER] = 3,
	[FEATURES_TEXT] = 3,
	[FEATURES_WORDS] = 1,
	[FEATURES_STRUCTURE] = 1,
};

static double spread_of(const struct fusion_row *rows, size_t n, int view)
{
	double sum = 0, squares = 0, var;

	for (size_t i = 0; i < n; i++) {
		sum += rows[i].logits[view];
		squares += rows[i].logits[view] * rows[i].logits[view];
	}
	var = n ? squares / (double)n - sum / (double)n * (sum / (double)n) : 0;
	return var > 1e-6 ? sqrt(var) : 1;
}

static double sum_of(const struct fusion_row *row, const double *spread)
{
	double sum = 0;

	for (int v = 0; v < FEATURES_VIEWS; v++)
		sum += worth[v] * row->logits[v] / spread[v];
	return sum;
}

/* Slope and offset that make probabilities of sums (Platt), by Newton's method; a doubt about each
 * message keeps the slope finite where the kinds are told apart without error. */
static void calibrate(const struct fusion_row *rows, size_t n, const double *spread,
		      double *ret_slope, double *ret_offset)
{
	double a = 0, b = 0; /* from afar Newton would run away */

	for (int round = 0; round < FUSION_ROUNDS; round++) {
		double ga = 1e-3 * a, gb = 1e-3 * b, haa = 1e-3, hab = 0, hbb = 1e-3, det;

		for (size_t i = 0; i < n; i++) {
			double z = sum_of(&rows[i], spread), p = 1 / (1 + exp(-(a * z + b)));
			double y = rows[i].bad ? 0.99 : 0.01, q = p * (1 - p);

			ga += (p - y) * z;
			gb += p - y;
			haa += q * z * z;
			hab += q * z;
			hbb += q;
		}
		det = haa * hbb - hab * hab;
		if (!(det > 1e-12))
			break;
		a -= (hbb * ga - hab * gb) / det;
		b -= (haa * gb - hab * ga) / det;
	}
	if (!(isfinite(a) && isfinite(b) && a > 0.1))
		a = 1, b = 0;
	*ret_slope = a;
	*ret_offset = b;
}

void fusion_fit(const struct fusion_row *rows, size_t n, struct model *ret)
{
	double spread[FEATURES_VIEWS], slope;

	for (int v = 0; v < FEATURES_VIEWS; v++)
		spread[v] = spread_of(rows, n, v);
	calibrate(rows, n, spread, &slope, &ret->offset);
	for (int v = 0; v < FEATURES_VIEWS; v++)
		ret->views[v].share = worth[v] * slope / spread[v];
}
