#include "cli/cli.h"

#include "cli/gateway.h"
#include "cli/table.h"
#include "reporting/reportdoc.h"

static const char usage[] =
	"usage: poterne report list|show|send [--day YYYY-MM-DD] [--domain D] [OPTIONS]\n"
	"\n"
	"The reports by DMARC and about TLS that go to other domains (reports.from).\n"
	"\n"
	"  list             one line for each: what was counted, when it was sent, and to whom\n"
	"  show             the reports themselves, as they are sent, or would be now\n"
	"  send             sends what is counted so far now, and not after midnight\n"
	"\n"
	"  --day D          only of that day (UTC)\n"
	"  --domain D       only about that domain\n"
	"  --json           one JSON object a line; show: reports and their rows\n"
	"  --config FILE    the configuration of the running gateway\n"
	"  --set KEY=VALUE  sets one key after the file\n"
	"\n"
	"Exit status: 0 done, 1 no reports are sent, 2 usage, 3 no gateway.\n";

static const struct table_column columns[] = {
	{ "DAY", "day", 10 },	    { "KIND", "kind", 5 },     { "DOMAIN", "domain", 40 },
	{ "PART", "part", 4 },	    { "STATE", "state", 8 },   { "ROWS", "rows", 6 },
	{ "MESSAGES", "count", 8 }, { "SETTLED", "time", 20 }, { "DETAIL", "detail", 60 },
};

static str text_of(struct arena *a, const json_t *object, const char *key)
{
	const json_t *s = json_object_get(object, key);

	return arena_str(a, str_of(json_string_value(s), json_string_length(s)));
}

static int64_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* A report as it is sent. */
struct showing {
	struct gateway *g;
	struct arena *a; /* of this report */
	struct reportdoc doc;
	struct strbuf *out;
};

static void finish(struct showing *s)
{
	if (s->a && reportdoc_end(&s->doc))
		strbuf_put(s->out, strbuf_str(&s->doc.text));
	s->a = arena_free(s->a);
}

static void begin(struct showing *s, const json_t *report)
{
	struct reportdoc_about about = { .begin = number_of(report, "begin"),
					 .end = number_of(report, "end"),
					 .part = number_of(report, "part"),
					 .left_out = number_of(report, "left_out") };

	finish(s);
	s->a = arena_new("report", 512 << 20);
	about.kind =
		str_eq(text_of(s->a, report, "kind"), STR("tls")) ? REPORTDOC_TLS : REPORTDOC_DMARC;
	about.domain = text_of(s->a, report, "domain");
	about.head = text_of(s->a, report, "head");
	reportdoc_sign(&about, s->g->conf);
	reportdoc_begin(&s->doc, s->a, &about);
}

static bool show_line(struct showing *s, str line)
{
	json_t *object = json_loadb(line.p, line.n, 0, NULL);

	if (!json_is_object(object)) {
		json_decref(object);
		return false;
	}
	if (json_object_get(object, "kind"))
		begin(s, object);
	else if (s->a)
		reportdoc_row(&s->doc, text_of(s->a, object, "row"),
			      (uint64_t)number_of(object, "count"));
	json_decref(object);
	return true;
}

static bool put(struct gateway *g, str document, struct strbuf *out)
{
	struct showing s = { .g = g, .out = out };
	bool good = true;
	str line;

	if (!str_eq(g->words[1], STR("show")))
		return table_put(out, document, columns, ARRAY_LEN(columns));
	while (good && document.n && str_split(&document, '\n', &line))
		good = line.n == 0 || show_line(&s, line);
	finish(&s);
	return good;
}

int cmd_report(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *a = arena_new("report command", 1 << 30);
	struct gateway g;
	int status;

	if (!gateway_parse(&g, a, argc, argv, usage, &status))
		return status;
	return gateway_run(&g, put);
}
