#include "cli/bundlecheck.h"
#include "cli/cli.h"
#include "cli/keycheck.h"
#include "cli/recipientcheck.h"
#include "conf/conf.h"
#include "inspect/yarascan.h"
#include "rules/rules.h"
#include "rules/rules_cache.h"
#include "rules/rules_yara.h"
#include "scan/exporter.h"

#include <errno.h>
#include <getopt.h>

static const char usage[] =
	"usage: poterne check-config [--show] [--json] [--set KEY=VALUE]... [FILE]\n"
	"Checks the configuration, its certificates, the rules with their examples, and the "
	"lists.\n"
	"  --show           print the effective configuration\n"
	"  --json           print one JSON object\n"
	"  --set KEY=VALUE  change one key after the file\n"
	"Without FILE the embedded defaults are checked.\n";

struct request {
	bool show, json;
	const char *file;
	struct conf_strings sets;
};

static int parse_arguments(struct arena *a, int argc, char **argv, struct request *ret)
{
	static const struct option options[] = {
		{ "show", no_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "set", required_argument, NULL, 'S' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct request r = { .sets = { arena_array(a, str, (size_t)argc), 0 } };
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			exit(CLI_DONE);
		}
		if (c == '?')
			return CLI_USAGE;
		r.show |= c == 's';
		r.json |= c == 'j';
		if (c == 'S')
			r.sets.v[r.sets.n++] = str_c(optarg);
	}
	if (argc - optind > 1)
		return CLI_USAGE;
	r.file = argv[optind]; /* NULL at the end */
	*ret = r;
	return CLI_DONE;
}

static int load_configuration(struct conf *c, const struct request *request, struct why *why)
{
	int r = request->file ? conf_load_file(c, request->file, why) : 0;

	for (size_t i = 0; r == 0 && i < request->sets.n; i++) {
		r = conf_set_assignment(c, request->sets.v[i], why);
		if (r < 0)
			why_prefix(why, r, "--set");
	}
	return r < 0 ? r : conf_check(c, why);
}

static int check_rules(struct arena *a, const struct conf *c, struct rules **ret, struct why *why)
{
	struct rules_dirs dirs = rules_dirs_of(a, c);
	struct rules *rules;
	str blob;
	size_t yara;
	int r = rules_load(a, &dirs, &rules, why);

	if (r == 0)
		r = exporter_check(c, rules, why);
	if (r == 0)
		r = rules_cache_compile(a, c, rules, &blob, why);
	if (r == 0)
		r = rules_try_examples(a, rules, blob, why);
	if (r == 0)
		r = yarascan_begin(why);
	if (r == 0)
		r = rules_yara_compile(a, c, &blob, &yara, why);
	if (r == 0)
		r = rules_lua_compile(a, rules, &blob, why);
	if (r == 0)
		*ret = rules;
	return r;
}

/* Rules that are only tried stop nothing, so what is wrong with them is a warning. Empty: nothing.
 */
static str check_candidate(struct arena *a, const struct conf *c, const struct rules *live)
{
	struct rules_dirs dirs = rules_dirs_of(a, c);
	struct rules *rules;
	struct why why;
	str blob;
	int r;

	if (!c->paths.candidate.n)
		return STR("");
	dirs.overlay = arena_cz(a, c->paths.candidate);
	dirs.lists_of = live;
	r = rules_load(a, &dirs, &rules, &why);
	if (r == 0)
		r = rules_cache_compile(a, c, rules, &blob, &why);
	if (r == 0)
		r = rules_try_examples(a, rules, blob, &why);
	return r < 0 ? arena_fmt(a, "paths.candidate: %s", why.text) : STR("");
}

/* An ordinary user may check all but the keys. */
static int unless_unreadable(int r, const struct why *why)
{
	if (r != -EACCES)
		return r;
	fprintf(stderr, "poterne: check-config: warning: not checked: %s\n", why->text);
	return 0;
}

struct warnings {
	ARENA_VEC(str) v;
};

static void add_overruled(struct arena *a, const struct rules *rules, struct warnings *ret)
{
	for (size_t i = 0; i < rules->overruled.n; i++) {
		const struct rules_overruled *o = &rules->overruled.v[i];

		*arena_push(a, &ret->v) =
			arena_fmt(a,
				  "%s:%u: the %.*s of %.*s is said here and in another file of "
				  "the overlay: this one is followed",
				  o->file, o->line, STR_ARG(o->property), STR_ARG(o->symbol->name));
	}
}

/* rules: NULL when they could not be loaded. */
static struct warnings warnings_of(struct arena *a, const struct conf *c, const struct rules *rules)
{
	struct warnings w = { 0 };
	str candidate = rules ? check_candidate(a, c, rules) : STR("");
	const char *warning;

	for (size_t i = 0; (warning = conf_check_warning(c, i)); i++)
		*arena_push(a, &w.v) = str_c(warning);
	if (rules)
		add_overruled(a, rules, &w);
	if (candidate.n)
		*arena_push(a, &w.v) = candidate;
	return w;
}

static void put_json(struct strbuf *out, const struct warnings *w, const struct rules *rules,
		     const struct why *error)
{
	strbuf_fmt(out, "{\"valid\":%s,\"error\":", error ? "false" : "true");
	if (error)
		strbuf_json(out, str_c(error->text));
	else
		strbuf_put(out, STR("null"));
	strbuf_put(out, STR(",\"warnings\":["));
	for (size_t i = 0; i < w->v.n; i++) {
		strbuf_put(out, i ? STR(",") : STR(""));
		strbuf_json(out, w->v.v[i]);
	}
	strbuf_fmt(out, "],\"symbols\":%zu,\"patterns\":%zu,\"lists\":%zu,\"left_out\":%zu}\n",
		   rules ? rules->symbols.n : 0, rules ? rules->patterns.n : 0,
		   rules ? rules->lists.list.n : 0, rules ? rules->left_out.n : 0);
}

static void put_left_out(const struct rules *rules)
{
	for (size_t i = 0; i < rules->left_out.n; i++) {
		const struct rules_left_out *x = &rules->left_out.v[i];

		fprintf(stderr, "poterne: check-config: warning: %s:%u: %.*s is left out: %s\n",
			x->file, x->line, STR_ARG(x->name), x->why);
	}
}

static void put_text(struct strbuf *out, const struct warnings *w, const struct rules *rules)
{
	for (size_t i = 0; i < w->v.n; i++)
		fprintf(stderr, "poterne: check-config: warning: %.*s\n", STR_ARG(w->v.v[i]));
	if (rules)
		put_left_out(rules);
	if (rules)
		strbuf_fmt(out, "valid: %zu symbols, %zu patterns, %zu lists\n", rules->symbols.n,
			   rules->patterns.n, rules->lists.list.n);
}

int cmd_check_config(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *a = arena_new("check-config", 1 << 30);
	struct strbuf out = strbuf_make(a, 4 << 20);
	struct conf *c = conf_new_default(a);
	struct rules *rules = NULL;
	struct request request;
	struct warnings warnings;
	struct why why;
	bool loaded;
	int r;

	if (parse_arguments(a, argc, argv, &request) != CLI_DONE) {
		fputs(usage, stderr);
		return CLI_USAGE;
	}
	r = load_configuration(c, &request, &why);
	loaded = r == 0;
	if (loaded)
		r = unless_unreadable(bundlecheck_conf(c, &why), &why);
	if (r == 0)
		r = unless_unreadable(keycheck_conf(c, &why), &why);
	if (r == 0)
		r = unless_unreadable(recipientcheck_conf(c, &why), &why);
	if (r == 0)
		r = check_rules(a, c, &rules, &why);
	warnings = warnings_of(a, c, rules);
	if (request.show && !request.json && loaded)
		conf_show(c, &out);
	else if (request.json)
		put_json(&out, &warnings, rules, r < 0 ? &why : NULL);
	else
		put_text(&out, &warnings, rules);
	if (out.n)
		fwrite(out.p, 1, out.n, stdout);
	if (r < 0)
		fprintf(stderr, "poterne: check-config: %s\n", why.text);
	if (r < 0)
		return r == -EINVAL || r == -EKEYREJECTED ? CLI_NO : CLI_ENVIRONMENT;
	return fflush(stdout) == 0 ? CLI_DONE : CLI_ENVIRONMENT;
}
