#include "cli/cli.h"

#include "base/fd.h"
#include "cli/dmarcview.h"
#include "cli/dnssource.h"
#include "cli/gateway.h"
#include "cli/reportfiles.h"
#include "cli/reportjson.h"

#include <getopt.h>
#include <jansson.h>
#include <unistd.h>

enum { SETS_MAX = 256, OUTPUT_MAX = 64 << 20 };

static const char usage[] =
	"usage: poterne dmarc [show|tls] [OPTIONS]\n"
	"       poterne dmarc read|import FILE... [OPTIONS]\n"
	"\n"
	"What other receivers report about mail in the name of our domains.\n"
	"\n"
	"  show             per domain: how much passes, who sends, what to fix, and whether a\n"
	"                   stricter policy is safe; what show is without a word\n"
	"  tls              how senders' TLS sessions with our hosts went, and what failed\n"
	"  read FILE...     reads reports and says what is in them, with no gateway running: XML,\n"
	"                   JSON, gz, zip, mails, mboxes, directories\n"
	"  import FILE...   reads them and has the gateway count them, each report once\n"
	"\n"
	"  --domain D       show, tls: of this domain only\n"
	"  --days N         show, tls: of the last N days (default 30)\n"
	"  --names          show: ask the DNS whose servers the sources are\n"
	"  --all            show, tls: count reports whose sender is not authenticated, too\n"
	"  --lang en|fr     language of the advice\n"
	"  --json           one JSON object a line\n"
	"  --config FILE    the configuration of the running gateway\n"
	"  --set KEY=VALUE  sets one key after the file\n"
	"\n"
	"Exit status: 0 done, 1 some file has no report, 2 usage, 3 no gateway or cannot read.\n";

static bool put(struct gateway *g, str document, struct strbuf *out)
{
	struct dns_resolver dns;
	struct why why;

	if (str_eq(g->words[1], STR("tls")))
		return dmarcview_put_tls(out, document, g->lang);
	if (g->names && dnssource_open(g->arena, g->conf, NULL, STR_NULL, &dns, &why) < 0) {
		fprintf(stderr, "poterne: dmarc: %s\n", why.text);
		g->names = false;
	}
	return dmarcview_put(out, document, g->lang, isatty(STDOUT_FILENO), g->names ? &dns : NULL);
}

/* "poterne dmarc --days 7" is "poterne dmarc show --days 7". */
static int show(struct arena *a, int argc, char **argv)
{
	char **full = arena_array(a, char *, (size_t)argc + 2);
	bool has_word = argc > 1 && argv[1][0] != '-';
	struct gateway g;
	int n = 0, status;

	full[n++] = argv[0];
	if (!has_word)
		full[n++] = arena_cz(a, STR("show"));
	for (int i = 1; i < argc; i++)
		full[n++] = argv[i];
	if (!gateway_parse(&g, a, n, full, usage, &status))
		return status;
	return gateway_run(&g, put);
}

struct files {
	struct super_source source;
	const char *sets[SETS_MAX];
	bool json, import;
	const char *socket;
	uint64_t added, known;
};

static void put_words(struct strbuf *out, str name, const struct reportset_report *r)
{
	const struct aggregate *g = r->aggregate;
	const struct tlsrpt *t = r->tls;

	strbuf_printable(out, name);
	strbuf_fmt(out, ": %s ", g ? "dmarc" : "tls");
	strbuf_printable(out, g ? g->org : t->org);
	strbuf_char(out, ' ');
	strbuf_printable(out, g ? g->id : t->id);
	strbuf_char(out, ' ');
	if (g) {
		strbuf_printable(out, g->domain);
		strbuf_fmt(out, " %zu rows %llu messages", g->rows.n,
			   (unsigned long long)reportjson_messages(g));
	} else {
		strbuf_fmt(out, "%zu policies", t->policies.n);
	}
	strbuf_char(out, '\n');
}

static void print(const struct files *f, struct arena *a, str name, const struct reportset *set)
{
	struct strbuf out = strbuf_make(a, OUTPUT_MAX);

	for (size_t i = 0; i < set->reports.n; i++) {
		if (f->json) {
			reportjson_put(&out, name, &set->reports.v[i]);
			strbuf_char(&out, '\n');
		} else {
			put_words(&out, name, &set->reports.v[i]);
		}
	}
	fwrite(out.p ? out.p : "", 1, out.n, stdout);
}

static int hand_over(struct files *f, struct arena *a, const struct reportset *set, struct why *why)
{
	const str words[] = { STR("dmarc"), STR("import") };
	cleanup(fd_closep) int fd = fd_memfd("reports", why);
	struct ctlclient_answer answer = { 0 };
	json_t *counts;
	int r = fd < 0 ? fd : fd_write_all(fd, reportset_encode(a, set), why);

	if (r == 0)
		r = fd_seal(fd, why);
	if (r == 0)
		r = ctlclient_ask(f->socket, words, ARRAY_LEN(words), fd, a, &answer, why);
	if (r < 0)
		return r;
	if (answer.status != CLI_DONE)
		return why_set(why, -1, "%.*s", STR_ARG(answer.text));
	counts = json_loadb(answer.text.p, answer.text.n, 0, NULL);
	f->added += (uint64_t)json_integer_value(json_object_get(counts, "added"));
	f->known += (uint64_t)json_integer_value(json_object_get(counts, "known"));
	json_decref(counts);
	ctlclient_end(&answer);
	return 0;
}

static int take(void *ctx, struct arena *a, str name, const struct reportset *set)
{
	struct files *f = ctx;
	struct strbuf words = strbuf_make(a, 4096);
	struct why why = { "" };
	int r = 0;

	if (set->why.n) {
		strbuf_printable(&words, name);
		strbuf_put(&words, STR(": "));
		strbuf_printable(&words, set->why);
		fprintf(stderr, "poterne: dmarc: %.*s\n", STR_ARG(strbuf_str(&words)));
	}
	if (!f->import)
		print(f, a, name, set);
	else if (set->reports.n)
		r = hand_over(f, a, set, &why);
	if (r < 0)
		fprintf(stderr, "poterne: dmarc: %s\n", why.text);
	return r;
}

static int find_socket(struct files *f, struct arena *a)
{
	struct why why = { "" };
	const struct conf *c = super_read_conf(&f->source, a, &why);

	if (!c) {
		fprintf(stderr, "poterne: dmarc: %s\n", why.text);
		return CLI_ENVIRONMENT;
	}
	f->socket = arena_fmt(a, "%.*s/control.sock", STR_ARG(conf_runtime_dir(c))).p;
	return CLI_DONE;
}

static int run_files(struct files *f, struct arena *a, int n, char **paths)
{
	const struct reportfiles run = { "dmarc", f, take };
	struct messages messages = { 0 };
	struct why why = { "" };
	int status = find_socket(f, a);

	for (int i = 0; i < n && status == CLI_DONE; i++) {
		if (messages_add(&messages, a, paths[i], &why) < 0) {
			fprintf(stderr, "poterne: dmarc: %s\n", why.text);
			status = CLI_ENVIRONMENT;
		}
	}
	if (status == CLI_DONE)
		status = reportfiles_run(&run, &f->source, &messages);
	if (f->import && status != CLI_ENVIRONMENT)
		printf(f->json ? "{\"added\":%llu,\"known\":%llu}\n"
			       : "added: %llu, known already: %llu\n",
		       (unsigned long long)f->added, (unsigned long long)f->known);
	return fflush(stdout) == 0 ? status : CLI_ENVIRONMENT;
}

static int read_files(struct arena *a, int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct files *f = arena_make(a, struct files);
	int c;

	f->import = strcmp(argv[0], "import") == 0;
	f->source.sets = f->sets;
	optind = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return CLI_DONE;
		}
		if (c == '?' || (c == 's' && f->source.n_sets == SETS_MAX))
			return CLI_USAGE;
		f->json |= c == 'j';
		if (c == 'c')
			f->source.file = optarg;
		if (c == 's')
			f->sets[f->source.n_sets++] = optarg;
	}
	if (optind == argc) {
		fputs(usage, stderr);
		return CLI_USAGE;
	}
	return run_files(f, a, argc - optind, argv + optind);
}

int cmd_dmarc(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *a = arena_new("dmarc", 1 << 30);

	if (argc > 1 && (strcmp(argv[1], "read") == 0 || strcmp(argv[1], "import") == 0))
		return read_files(a, argc - 1, argv + 1);
	return show(a, argc, argv);
}
