#include "sys/metricstext.h"

#include "base/map.h"
#include "base/num.h"

enum { KEY_MAX = 256, MICRO = 1000000 };

#define ROW(kind_, name_, process_, label_, help_)                                                 \
	{ .name = #name_,                                                                          \
	  .kind = METRICSTEXT_##kind_,                                                             \
	  .process = PROCESS_##process_,                                                           \
	  .label = label_,                                                                         \
	  .first = METRIC_BEGIN_##name_,                                                           \
	  .n = METRIC_END_##name_ - METRIC_BEGIN_##name_,                                          \
	  .help = help_ },
#define COUNTER_ROW(name, process, label, values, help) ROW(COUNTER, name, process, label, help)
#define LEVEL_ROW(name, process, label, values, help) ROW(LEVEL, name, process, label, help)
#define READING_ROW(name, process, label, values, help) ROW(READING, name, process, label, help)
#define HISTOGRAM_ROW(name_, process_, unit_, help_)                                               \
	{ .name = #name_,                                                                          \
	  .kind = METRICSTEXT_HISTOGRAM,                                                           \
	  .process = PROCESS_##process_,                                                           \
	  .label = "",                                                                             \
	  .unit = METRICS_##unit_,                                                                 \
	  .first = METRIC_##name_,                                                                 \
	  .n = METRICS_HISTOGRAM_SLOTS,                                                            \
	  .help = help_ },
static const struct metricstext_row rows[] = { METRICS(COUNTER_ROW, LEVEL_ROW, READING_ROW,
						       HISTOGRAM_ROW) };

#define LABEL(token, text) [METRIC_##token] = text,
#define LABELS(name, process, label, values, help) values(LABEL, name)
#define NO_LABELS(name, process, unit, help)
static const char *const labels[METRIC_SLOTS] = { METRICS(LABELS, LABELS, LABELS, NO_LABELS) };

const struct metricstext_row *metricstext_rows(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(rows);
	return rows;
}

const char *metricstext_label(unsigned slot)
{
	return labels[slot] ? labels[slot] : "";
}

static const char *suffix(const struct metricstext_row *row)
{
	static const char *const units[METRICS_UNITS] = {
		[METRICS_SECONDS] = "_seconds", [METRICS_BYTES] = "_bytes", [METRICS_COUNT] = ""
	};

	if (row->kind == METRICSTEXT_COUNTER)
		return "_total";
	return row->kind == METRICSTEXT_HISTOGRAM ? units[row->unit] : "";
}

str metricstext_name(struct arena *a, const struct metricstext_row *row)
{
	return arena_fmt(a, "poterne_%s%s", row->name, suffix(row));
}

/* ---- blocks ---- */

static int64_t add(int64_t a, int64_t b)
{
	int64_t sum;

	if (add_ok(a, b, &sum))
		return sum;
	return b > 0 ? INT64_MAX : INT64_MIN + 1;
}

/* Whoever wrote it may have written anything. */
static int64_t believe(const struct metricstext_row *row, uint64_t raw)
{
	bool grows = row->kind == METRICSTEXT_COUNTER || row->kind == METRICSTEXT_HISTOGRAM;

	return grows && raw > INT64_MAX ? INT64_MAX : (int64_t)raw;
}

static int64_t join(const struct metricstext_row *row, int64_t before, int64_t value)
{
	if (row->kind != METRICSTEXT_READING)
		return add(before, value);
	if (before == METRICS_UNSET || (value != METRICS_UNSET && value < before))
		return value;
	return before;
}

void metricstext_collect(const struct metricstext_source *sources, size_t n,
			 struct metricstext_values *ret)
{
	*ret = (struct metricstext_values){ 0 };
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		const struct metricstext_row *row = &rows[r];

		for (unsigned i = row->first; i < row->first + row->n; i++) {
			ret->v[i] = row->kind == METRICSTEXT_READING ? METRICS_UNSET : 0;
			for (size_t s = 0; s < n; s++) {
				if (sources[s].process != row->process)
					continue;
				/* Read once: it may change at any time. */
				ret->v[i] = join(row, ret->v[i],
						 believe(row, __atomic_load_n(&sources[s].block[i],
									      __ATOMIC_RELAXED)));
			}
		}
	}
}

int64_t metricstext_count(const struct metricstext_row *row,
			  const struct metricstext_values *values)
{
	int64_t n = 0;

	for (unsigned i = 0; i < METRICS_BUCKETS; i++)
		n = add(n, values->v[row->first + i]);
	return n;
}

double metricstext_quantile(const struct metricstext_row *row,
			    const struct metricstext_values *values, double share)
{
	const uint64_t *bounds = metrics_bounds(row->unit);
	double wanted = share * (double)metricstext_count(row, values), below = 0;

	for (unsigned i = 0; i < METRICS_BUCKETS - 1; i++) {
		double here = (double)values->v[row->first + i];
		double from = i ? (double)bounds[i - 1] : 0;

		if (here > 0 && below + here >= wanted)
			return from + ((double)bounds[i] - from) * (wanted - below) / here;
		below += here;
	}
	return wanted > 0 ? (double)bounds[METRICS_BUCKETS - 2] : 0;
}

/* ---- text ---- */

/* Microseconds as seconds, without zeros that say nothing. */
static void put_seconds(struct strbuf *out, uint64_t us)
{
	uint64_t fraction = us % MICRO;
	int digits = 6;

	strbuf_fmt(out, "%llu", (unsigned long long)(us / MICRO));
	if (!fraction)
		return;
	for (; fraction % 10 == 0; fraction /= 10)
		digits--;
	strbuf_fmt(out, ".%0*llu", digits, (unsigned long long)fraction);
}

static void put_in_unit(struct strbuf *out, const struct metricstext_row *row, uint64_t value)
{
	if (row->kind == METRICSTEXT_HISTOGRAM && row->unit == METRICS_SECONDS)
		put_seconds(out, value);
	else
		strbuf_fmt(out, "%llu", (unsigned long long)value);
}

/* What stands before a number: the name with its labels. */
static void put_key(struct strbuf *out, const struct metricstext_row *row, unsigned slot)
{
	unsigned i = slot - row->first;

	strbuf_fmt(out, "poterne_%s%s", row->name, suffix(row));
	if (row->kind != METRICSTEXT_HISTOGRAM) {
		if (row->label[0])
			strbuf_fmt(out, "{%s=\"%s\"}", row->label, metricstext_label(slot));
	} else if (i < METRICS_BUCKETS - 1) {
		strbuf_put(out, STR("_bucket{le=\""));
		put_in_unit(out, row, metrics_bounds(row->unit)[i]);
		strbuf_put(out, STR("\"}"));
	} else {
		strbuf_put(out, i < METRICS_BUCKETS ? STR("_bucket{le=\"+Inf\"}") : STR("_sum"));
	}
}

static void put_head(struct strbuf *out, const struct metricstext_row *row)
{
	static const char *const types[] = { [METRICSTEXT_COUNTER] = "counter",
					     [METRICSTEXT_LEVEL] = "gauge",
					     [METRICSTEXT_READING] = "gauge",
					     [METRICSTEXT_HISTOGRAM] = "histogram" };

	strbuf_fmt(out, "# HELP poterne_%s%s %s\n# TYPE poterne_%s%s %s\n", row->name, suffix(row),
		   row->help, row->name, suffix(row), types[row->kind]);
}

static void put_histogram(struct strbuf *out, const struct metricstext_row *row,
			  const struct metricstext_values *values)
{
	int64_t below = 0;

	for (unsigned i = 0; i < METRICS_BUCKETS; i++) {
		below = add(below, values->v[row->first + i]);
		put_key(out, row, row->first + i);
		strbuf_fmt(out, " %lld\n", (long long)below);
	}
	put_key(out, row, row->first + METRICS_BUCKETS);
	strbuf_char(out, ' ');
	put_in_unit(out, row, (uint64_t)values->v[row->first + METRICS_BUCKETS]);
	strbuf_fmt(out, "\npoterne_%s%s_count %lld\n", row->name, suffix(row), (long long)below);
}

static void put_row(struct strbuf *out, const struct metricstext_row *row,
		    const struct metricstext_values *values)
{
	for (unsigned i = row->first; i < row->first + row->n; i++) {
		if (row->kind == METRICSTEXT_READING && values->v[i] == METRICS_UNSET)
			continue;
		put_key(out, row, i);
		strbuf_fmt(out, " %lld\n", (long long)values->v[i]);
	}
}

static bool is_set(const struct metricstext_row *row, const struct metricstext_values *values)
{
	for (unsigned i = row->first; i < row->first + row->n; i++) {
		if (row->kind != METRICSTEXT_READING || values->v[i] != METRICS_UNSET)
			return true;
	}
	return false;
}

void metricstext_put(struct strbuf *out, const struct metricstext_values *values)
{
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		if (!is_set(&rows[r], values))
			continue;
		put_head(out, &rows[r]);
		if (rows[r].kind == METRICSTEXT_HISTOGRAM)
			put_histogram(out, &rows[r], values);
		else
			put_row(out, &rows[r], values);
	}
}

/* "12.000345" as microseconds. */
static bool get_seconds(str s, int64_t *ret)
{
	size_t dot = str_chr(s, '.');
	str fraction = dot == STR_NONE ? STR("") : str_skip(s, dot + 1);
	uint64_t whole, part = 0;

	if (!num_u64_max(str_sub(s, 0, dot), INT64_MAX / MICRO - 1, &whole) || fraction.n > 6 ||
	    (dot != STR_NONE && !num_u64(fraction, &part)))
		return false;
	for (size_t i = fraction.n; i < 6; i++)
		part *= 10;
	*ret = (int64_t)(whole * MICRO + part);
	return true;
}

struct place {
	const struct metricstext_row *row;
	unsigned slot;
};

static struct map make_places(struct arena *a)
{
	struct map places = map_make(a);

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		for (unsigned i = rows[r].first; i < rows[r].first + rows[r].n; i++) {
			struct strbuf key = strbuf_make(a, KEY_MAX);
			struct place *p = arena_make(a, struct place);

			*p = (struct place){ &rows[r], i };
			put_key(&key, &rows[r], i);
			(void)map_set(&places, strbuf_str(&key), p);
		}
	}
	return places;
}

static bool get_number(const struct place *p, str text, int64_t *ret)
{
	bool sum =
		p->row->kind == METRICSTEXT_HISTOGRAM && p->slot == p->row->first + METRICS_BUCKETS;

	if (sum && p->row->unit == METRICS_SECONDS)
		return get_seconds(text, ret);
	return num_i64(text, ret) && (*ret >= 0 || p->row->kind == METRICSTEXT_LEVEL ||
				      p->row->kind == METRICSTEXT_READING);
}

/* Each bucket without those below it; a text that goes down is nonsense and reads as 0. */
static void divide(const struct metricstext_row *row, struct metricstext_values *values)
{
	int64_t below = 0;

	for (unsigned i = row->first; i < row->first + METRICS_BUCKETS; i++) {
		int64_t here = values->v[i];

		values->v[i] = here > below ? here - below : 0;
		below = here > below ? here : below;
	}
}

bool metricstext_get(struct arena *a, str text, struct metricstext_values *ret)
{
	struct map places = make_places(a);
	bool any = false;
	str line;

	metricstext_collect(NULL, 0, ret);
	while (str_split(&text, '\n', &line)) {
		size_t space = str_rchr(line, ' ');
		const struct place *p =
			space == STR_NONE ? NULL : map_get(&places, str_sub(line, 0, space));

		if (p && get_number(p, str_skip(line, space + 1), &ret->v[p->slot]))
			any = true;
	}
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		if (rows[r].kind == METRICSTEXT_HISTOGRAM)
			divide(&rows[r], ret);
	}
	return any;
}
