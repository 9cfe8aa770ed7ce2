#include "cli/cli.h"

#include "cli/webclient.h"
#include "super/super.h"
#include "sys/metricstext.h"

#include <getopt.h>
#include <jansson.h>

enum { SETS_MAX = 256, BUDGET = 64 << 20, MICRO = 1000000 };

static const char usage[] =
	"usage: poterne metrics [OPTIONS]\n"
	"\n"
	"What the running gateway counts, and for what it measures the values that 50, 90 and\n"
	"99 percent do not exceed. docs/formats/metrics.md explains each of them.\n"
	"\n"
	"  --json           one JSON object a line; times in seconds\n"
	"  --prometheus     the text that Prometheus reads\n"
	"  --config FILE    the configuration of the running gateway\n"
	"  --set KEY=VALUE  sets one key after the file\n"
	"\n"
	"Exit status: 0 done, 2 usage, 3 no gateway.\n";

static const double shares[] = { 0.5, 0.9, 0.99 };
static const char *const share_names[] = { "p50", "p90", "p99" };

/* ---- for scripts ---- */

static double in_unit(const struct metricstext_row *row, double value)
{
	return row->unit == METRICS_SECONDS ? value / MICRO : value;
}

static void add_histogram(json_t *o, const struct metricstext_row *row,
			  const struct metricstext_values *v)
{
	double sum = (double)v->v[row->first + METRICS_BUCKETS];

	(void)json_object_set_new(o, "count", json_integer(metricstext_count(row, v)));
	(void)json_object_set_new(o, "sum", json_real(in_unit(row, sum)));
	for (size_t i = 0; i < ARRAY_LEN(shares); i++)
		(void)json_object_set_new(
			o, share_names[i],
			json_real(in_unit(row, metricstext_quantile(row, v, shares[i]))));
}

static void add_values(json_t *o, const struct metricstext_row *row,
		       const struct metricstext_values *v)
{
	json_t *values = row->label[0] ? json_object() : NULL;

	for (unsigned i = row->first; i < row->first + row->n; i++) {
		json_t *n = v->v[i] == METRICS_UNSET ? json_null() : json_integer(v->v[i]);

		(void)json_object_set_new(values ? values : o,
					  values ? metricstext_label(i) : "value", n);
	}
	if (values)
		(void)json_object_set_new(o, row->label, values);
}

static void print_json(struct arena *a, const struct metricstext_values *v)
{
	size_t n;
	const struct metricstext_row *rows = metricstext_rows(&n);

	for (size_t i = 0; i < n; i++) {
		str name = metricstext_name(a, &rows[i]);
		json_t *o = json_object();
		char *line;

		(void)json_object_set_new(o, "metric", json_stringn(name.p, name.n));
		(void)json_object_set_new(o, "process",
					  json_string(msg_process_name(rows[i].process)));
		if (rows[i].kind == METRICSTEXT_HISTOGRAM)
			add_histogram(o, &rows[i], v);
		else
			add_values(o, &rows[i], v);
		line = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(9));
		json_decref(o);
		bug_if(!line);
		puts(line);
		free(line);
	}
}

/* ---- for people ---- */

static str show(struct arena *a, enum metrics_unit unit, double value)
{
	if (unit == METRICS_SECONDS && value < 1000)
		return arena_fmt(a, "%.0f us", value);
	if (unit == METRICS_SECONDS && value < MICRO)
		return arena_fmt(a, "%.1f ms", value / 1000);
	if (unit == METRICS_SECONDS)
		return arena_fmt(a, "%.1f s", value / MICRO);
	if (unit == METRICS_BYTES && value >= 1 << 20)
		return arena_fmt(a, "%.1f MiB", value / (1 << 20));
	if (unit == METRICS_BYTES && value >= 1024)
		return arena_fmt(a, "%.1f KiB", value / 1024);
	return arena_fmt(a, "%.0f", value);
}

static void print_histogram(struct arena *a, const struct metricstext_row *row,
			    const struct metricstext_values *v)
{
	int64_t n = metricstext_count(row, v);

	printf("  %-34s %12lld", row->name, (long long)n);
	for (size_t i = 0; i < ARRAY_LEN(shares) && n; i++)
		printf("  %s %.*s", share_names[i],
		       STR_ARG(show(a, row->unit, metricstext_quantile(row, v, shares[i]))));
	printf("\n");
}

static void print_values(struct arena *a, const struct metricstext_row *row,
			 const struct metricstext_values *v)
{
	for (unsigned i = row->first; i < row->first + row->n; i++) {
		str title = arena_fmt(a, "%s %s", row->name, metricstext_label(i));

		if (v->v[i] != METRICS_UNSET)
			printf("  %-34.*s %12lld\n", STR_ARG(title), (long long)v->v[i]);
	}
}

static void print_table(struct arena *a, const struct metricstext_values *v)
{
	enum process before = PROCESS_ANY;
	size_t n;
	const struct metricstext_row *rows = metricstext_rows(&n);

	for (size_t i = 0; i < n; i++) {
		if (rows[i].process != before)
			printf("%s%s\n", i ? "\n" : "", msg_process_name(rows[i].process));
		before = rows[i].process;
		if (rows[i].kind == METRICSTEXT_HISTOGRAM)
			print_histogram(a, &rows[i], v);
		else
			print_values(a, &rows[i], v);
	}
}

/* ---- the command ---- */

static int run(struct arena *a, const struct super_source *source, bool json, bool prometheus)
{
	struct metricstext_values *v = arena_make(a, struct metricstext_values);
	struct why why = { "" };
	const struct conf *c = super_read_conf(source, a, &why);
	str text;

	if (!c || webclient_get(arena_fmt(a, "%.*s/web.sock", STR_ARG(conf_runtime_dir(c))).p,
				"/metrics", a, &text, &why) < 0) {
		fprintf(stderr, "poterne: metrics: %s\n", why.text);
		return CLI_ENVIRONMENT;
	}
	if (!metricstext_get(a, text, v)) {
		fputs("poterne: metrics: the gateway answered with no metrics\n", stderr);
		return CLI_ENVIRONMENT;
	}
	if (json) {
		print_json(a, v);
	} else if (prometheus) {
		struct strbuf out = strbuf_make(a, METRICSTEXT_MAX);

		/* Put again from numbers: nothing else of the answer reaches the terminal. */
		metricstext_put(&out, v);
		fwrite(out.p, 1, out.n, stdout);
	} else {
		print_table(a, v);
	}
	return CLI_DONE;
}

int cmd_metrics(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "prometheus", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	cleanup(arena_freep) struct arena *a = arena_new("metrics", BUDGET);
	const char **sets = arena_array(a, const char *, SETS_MAX);
	struct super_source source = { .sets = sets };
	bool json = false, prometheus = false;
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h' || c == '?' || (c == 's' && source.n_sets == SETS_MAX)) {
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? CLI_DONE : CLI_USAGE;
		}
		json |= c == 'j';
		prometheus |= c == 'p';
		if (c == 'c')
			source.file = optarg;
		if (c == 's')
			sets[source.n_sets++] = optarg;
	}
	if (optind < argc || (json && prometheus)) {
		fputs(usage, stderr);
		return CLI_USAGE;
	}
	return run(a, &source, json, prometheus);
}
