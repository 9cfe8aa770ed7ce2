#include "cli/cli.h"

#include "cli/ruleview.h"
#include "cli/rulework.h"
#include "super/super.h"

#include <getopt.h>
#include <stdio.h>

static const char usage[] =
	"usage: poterne rules [OPTIONS] [NAME]...\n"
	"       poterne rules score|disable|enable|observe|enforce|revert|report NAME ...\n"
	"       poterne rules audit\n"
	"\n"
	"The rules as they are in force, the site's changes included: what each symbol decides or\n"
	"weighs and why it is there. NAME is a symbol, one of its other names, or a group; a "
	"symbol\n"
	"is shown with all that its file says. Without NAME all are listed. The other words "
	"change\n"
	"a rule; see poterne rules audit --help.\n"
	"\n"
	"  --json           one JSON object a line, with all that the files say\n"
	"  --lang en|fr     language of the descriptions\n"
	"  --config FILE    configuration; without it the embedded defaults\n"
	"  --set KEY=VALUE  sets one key after the file\n"
	"\n"
	"Exit status: 0 done, 1 no such symbol or group, 2 usage, 3 environment.\n";

enum { SETS_MAX = 64, OUTPUT_MAX = 64 << 20 };

struct request {
	struct super_source source;
	const char *sets[SETS_MAX];
	enum conf_lang lang;
	bool json;
	const struct rules *rules;
};

static bool take_option(struct request *q, int c)
{
	switch (c) {
	case 'c':
		q->source.file = optarg;
		return true;
	case 's':
		if (q->source.n_sets == SETS_MAX)
			return false;
		q->sets[q->source.n_sets++] = optarg;
		return true;
	case 'l':
		q->lang = str_eq(str_c(optarg), STR("fr")) ? CONF_LANG_FR : CONF_LANG_EN;
		return q->lang == CONF_LANG_FR || str_eq(str_c(optarg), STR("en"));
	case 'J':
		q->json = true;
		return true;
	default:
		return false;
	}
}

static void put(const struct request *q, struct strbuf *out, const struct rules_symbol *s,
		bool whole)
{
	if (q->json)
		ruleview_put_json(out, q->rules, s);
	else if (whole)
		ruleview_put_whole(out, q->rules, s, q->lang);
	else
		ruleview_put_line(out, s, q->lang);
}

/* A group when name is given, else all. */
static size_t put_group(const struct request *q, struct strbuf *out, str name)
{
	size_t n = 0;

	for (size_t i = 0; i < q->rules->symbols.n; i++) {
		const struct rules_symbol *s = q->rules->symbols.v[i];

		if (name.n && !str_eq(s->group, name))
			continue;
		put(q, out, s, false);
		n++;
	}
	return n;
}

static int put_named(const struct request *q, struct strbuf *out, str name)
{
	const struct rules_symbol *s = rules_find(q->rules, name);

	if (s)
		put(q, out, s, true);
	else if (!put_group(q, out, name)) {
		fprintf(stderr, "poterne: rules: %.*s: no such symbol or group\n", STR_ARG(name));
		return CLI_NO;
	}
	return CLI_DONE;
}

static int show(struct request *q, struct arena *a, int n, char **names)
{
	struct strbuf out = strbuf_make(a, OUTPUT_MAX);
	int status = CLI_DONE;

	if (n == 0)
		put_group(q, &out, STR(""));
	for (int i = 0; i < n; i++) {
		int r = put_named(q, &out, str_c(names[i]));

		status = r > status ? r : status;
	}
	fwrite(out.p, 1, out.n, stdout);
	return fflush(stdout) == 0 ? status : CLI_ENVIRONMENT;
}

static int load(struct request *q, struct arena *a, struct rules **ret, struct why *why)
{
	struct conf *conf = super_read_conf(&q->source, a, why);
	struct rules_dirs dirs;

	if (!conf)
		return -1;
	dirs = rules_dirs_of(a, conf);
	return rules_load(a, &dirs, ret, why);
}

int cmd_rules(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'J' },
		{ "lang", required_argument, NULL, 'l' },
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	cleanup(arena_freep) struct arena *a = arena_new("rules", 1 << 30);
	struct request q = { .lang = CONF_LANG_EN };
	struct rules *rules;
	struct why why = { "" };
	int c, status;

	if (rulework_asked(argc, argv))
		return rulework(argc, argv);
	q.source.sets = q.sets;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return CLI_DONE;
		}
		if (!take_option(&q, c)) {
			fputs(usage, stderr);
			return CLI_USAGE;
		}
	}
	if (load(&q, a, &rules, &why) < 0) {
		fprintf(stderr, "poterne: rules: %s\n", why.text);
		return CLI_ENVIRONMENT;
	}
	q.rules = rules;
	status = show(&q, a, argc - optind, argv + optind);
	rules_close(rules);
	return status;
}
