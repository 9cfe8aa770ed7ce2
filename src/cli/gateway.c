#include "cli/gateway.h"

#include "base/num.h"
#include "cli/cli.h"

#include <getopt.h>

enum { SETS_MAX = 256 };

static int read_configuration(struct gateway *g, const struct super_source *source,
			      const char *lang)
{
	struct why why = { "" };
	const struct conf *c = super_read_conf(source, g->arena, &why);

	if (!c) {
		fprintf(stderr, "poterne: %s: %s\n", g->command, why.text);
		return CLI_ENVIRONMENT;
	}
	g->conf = c;
	g->lang = lang ? (strcmp(lang, "fr") == 0 ? CONF_LANG_FR : CONF_LANG_EN) : c->lang;
	g->socket = arena_fmt(g->arena, "%.*s/control.sock", STR_ARG(conf_runtime_dir(c))).p;
	return CLI_DONE;
}

static int wrong_usage(const char *usage)
{
	fputs(usage, stderr);
	return CLI_USAGE;
}

/* An option as poterne-store reads it: "--held", "--state=held", ages in seconds. */
static bool option_word(struct arena *a, const char *name, int kind, str *ret)
{
	uint64_t ms = 0;

	if (kind == 'o' && !num_duration(str_c(optarg), &ms))
		return false;
	if (kind == 'f')
		*ret = arena_fmt(a, "--%s", name);
	else if (kind == 'v')
		*ret = arena_fmt(a, "--%s=%s", name, optarg);
	else
		*ret = arena_fmt(a, "--%s=%llu", name, (unsigned long long)(ms / 1000));
	return true;
}

bool gateway_parse(struct gateway *g, struct arena *a, int argc, char **argv, const char *usage,
		   int *ret_status)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "lang", required_argument, NULL, 'l' },
		{ "message", no_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ "all", no_argument, NULL, 'f' },
		{ "held", no_argument, NULL, 'f' },
		{ "yes", no_argument, NULL, 'f' },
		{ "summary", no_argument, NULL, 'f' },
		{ "destination", required_argument, NULL, 'v' },
		{ "state", required_argument, NULL, 'v' },
		{ "recipient", required_argument, NULL, 'v' },
		{ "day", required_argument, NULL, 'v' },
		{ "domain", required_argument, NULL, 'v' },
		{ "older-than", required_argument, NULL, 'o' },
		{ "days", required_argument, NULL, 'v' },
		{ "names", no_argument, NULL, 'n' },
		{ "learn-ham", no_argument, NULL, 'H' },
		{ "learn-spam", no_argument, NULL, 'S' },
		{ "for", required_argument, NULL, 'R' },
		{ 0 },
	};
	const char **sets = arena_array(a, const char *, SETS_MAX);
	struct super_source source = { .sets = sets };
	const char *lang = NULL;
	str passed[GATEWAY_WORDS_MAX];
	size_t n_passed = 0;
	int c, at = 0;

	*g = (struct gateway){ .command = argv[0], .arena = a };
	optind = 0;
	while ((c = getopt_long(argc, argv, "", options, &at)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			*ret_status = CLI_DONE;
			return false;
		}
		if (c == '?' || (c == 's' && source.n_sets == SETS_MAX) ||
		    n_passed == GATEWAY_WORDS_MAX ||
		    (c == 'l' && strcmp(optarg, "en") != 0 && strcmp(optarg, "fr") != 0)) {
			*ret_status = wrong_usage(usage);
			return false;
		}
		g->json |= c == 'j';
		g->message |= c == 'm';
		g->names |= c == 'n';
		g->learn_ham |= c == 'H';
		g->learn_spam |= c == 'S';
		if (c == 'f' || c == 'v' || c == 'o') {
			if (!option_word(a, options[at].name, c, &passed[n_passed++])) {
				*ret_status = wrong_usage(usage);
				return false;
			}
			g->yes |= str_eq(passed[n_passed - 1], STR("--yes"));
			g->summary |= str_eq(passed[n_passed - 1], STR("--summary"));
		}
		if (c == 'R')
			g->recipient = optarg;
		if (c == 'c')
			source.file = optarg;
		if (c == 's')
			sets[source.n_sets++] = optarg;
		if (c == 'l')
			lang = optarg;
	}
	g->words[g->n++] = str_c(argv[0]);
	while (optind < argc && g->n < GATEWAY_WORDS_MAX - n_passed)
		g->words[g->n++] = str_c(argv[optind++]);
	for (size_t i = 0; i < n_passed && g->n > 1; i++)
		g->words[g->n++] = passed[i];
	g->source = source;
	*ret_status = g->n < 2 || optind < argc ? wrong_usage(usage)
						: read_configuration(g, &source, lang);
	return *ret_status == CLI_DONE;
}

/* Complains when the answer is no. CLI_DONE, or the exit status. */
static int ask(struct gateway *g, struct ctlclient_answer *ret)
{
	struct why why = { "" };

	if (ctlclient_ask(g->socket, g->words, g->n, -1, g->arena, ret, &why) < 0) {
		fprintf(stderr, "poterne: %s: %s\n", g->command, why.text);
		return CLI_ENVIRONMENT;
	}
	if (ret->status == CLI_USAGE)
		fprintf(stderr, "poterne: %s: unknown words; see poterne %s --help\n", g->command,
			g->command);
	else if (ret->status != CLI_DONE)
		fprintf(stderr, "poterne: %s: %.*s\n", g->command, STR_ARG(ret->text));
	return ret->status;
}

static void put_out(str s)
{
	if (s.n)
		fwrite(s.p, 1, s.n, stdout);
}

static int print(struct gateway *g, const struct ctlclient_answer *answer, gateway_put_fn *put)
{
	struct strbuf out = strbuf_make(g->arena, 256 << 20);

	if (!answer->document.p) {
		printf("%.*s\n", STR_ARG(answer->text));
		return CLI_DONE;
	}
	if (g->json || g->message) {
		put_out(answer->document);
		return CLI_DONE;
	}
	if (!put(g, answer->document, &out)) {
		fprintf(stderr, "poterne: %s: the answer of the gateway is no JSON\n", g->command);
		return CLI_ENVIRONMENT;
	}
	put_out(strbuf_str(&out));
	return CLI_DONE;
}

int gateway_run(struct gateway *g, gateway_put_fn *put)
{
	struct ctlclient_answer answer = { 0 };
	int status = ask(g, &answer);

	if (status == CLI_DONE)
		status = print(g, &answer, put);
	ctlclient_end(&answer);
	return status;
}
