#include "cli/auditself.h"

#include "base/fd.h"
#include "cli/cli.h"
#include "cli/dnsknown.h"
#include "cli/dnspolicy.h"
#include "cli/dnssource.h"
#include "cli/mailoptions.h"
#include "selfaudit/selfaudit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { OUT_MAX = 16 << 20, QUESTIONS_MS = 20000 };

static const char help[] =
	"usage: poterne audit --self [OPTIONS]\n"
	"\n"
	"Looks at this configuration, this machine, the running gateway and the DNS of our "
	"domains,\n"
	"and compares with the recommendations R6 to R51 of ANSSI-PA-066 and the sheets of the\n"
	"French health CERT. Run as root: keys and the state are for few accounts. No message is\n"
	"sent.\n"
	"\n"
	"  --html FILE        writes one page for people\n"
	"  --json             one JSON object a line\n"
	"  --lang en|fr       language (default: lang of the configuration)\n"
	"  --no-dns           does not ask the DNS\n"
	"  --dns FILE         answers from this JSON file and nothing else\n"
	"  --at TIME          the clock\n"
	"  --config FILE --set KEY=VALUE   the configuration\n"
	"\n"
	"Exit status: 0 nothing failed, 1 something did, 2 usage, 3 environment.\n";

struct request {
	struct mailoptions common;
	const char *html;
	bool no_dns, has_lang;
};

static bool take_option(struct request *q, int c)
{
	q->has_lang |= c == 'l';
	if (c == 'H')
		q->html = optarg;
	else if (c == 'N')
		q->no_dns = true;
	else if (c != 'S')
		return mailoptions_take(&q->common, c, optarg);
	return true;
}

/* CLI_DONE: go on; -1: help was shown. */
static int parse(struct request *q, int argc, char **argv)
{
	static const struct option options[] = {
		MAILOPTIONS_ROWS,
		{ "self", no_argument, NULL, 'S' },
		{ "html", required_argument, NULL, 'H' },
		{ "no-dns", no_argument, NULL, 'N' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	mailoptions_begin(&q->common);
	optind = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return -1;
		}
		if (!take_option(q, c))
			return CLI_USAGE;
	}
	return optind == argc ? CLI_DONE : CLI_USAGE;
}

/* NULL when it cannot be asked. */
static const struct survey *ask_dns(const struct request *q, struct arena *a,
				    const struct dnsknown *k, int64_t now)
{
	struct dns_resolver *dns = arena_make(a, struct dns_resolver);
	struct survey *survey = arena_make(a, struct survey);
	struct survey_input in = { .made_from = &k->input,
				   .plan = &k->plan,
				   .dns = dns,
				   .certificates = k->certificates,
				   .now = now,
				   .deadline = deadline_in(QUESTIONS_MS) };
	struct why why = { "" };

	if (q->no_dns)
		return NULL;
	if (dnssource_open(a, k->input.conf, q->common.dns, STR_NULL, dns, &why) < 0) {
		fprintf(stderr, "poterne: audit: %s\n", why.text);
		return NULL;
	}
	dnspolicy_offer(a, q->common.dns, &in);
	survey_run(a, &in, survey);
	return survey;
}

static int write_page(const char *path, str page, struct why *why)
{
	cleanup(fd_closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	return fd < 0 ? why_set(why, -errno, "%s: %m", path) : fd_write_all(fd, page, why);
}

static int report(const struct request *q, const struct selfaudit *in,
		  const struct selfaudit_row *rows, size_t n, struct why *why)
{
	enum conf_lang lang = in->lang;
	struct strbuf out = strbuf_make(in->arena, OUT_MAX), page = strbuf_make(in->arena, OUT_MAX);
	int status = CLI_DONE;

	if (q->common.json)
		selfaudit_put_json(&out, rows, n, lang);
	else
		selfaudit_put_text(&out, rows, n, lang);
	fwrite(out.p, 1, out.n, stdout);
	for (size_t i = 0; i < n; i++)
		status = rows[i].found.result == SELFAUDIT_FAIL ? CLI_NO : status;
	if (q->html) {
		selfaudit_put_html(&page, rows, n, lang, in->conf->hostname, in->now);
		if (write_page(q->html, strbuf_str(&page), why) < 0)
			return CLI_ENVIRONMENT;
	}
	return fflush(stdout) == 0 ? status : CLI_ENVIRONMENT;
}

static int run(const struct request *q, struct arena *a, struct why *why)
{
	struct dnsknown known = { .input.conf = super_read_conf(&q->common.source, a, why) };
	struct selfaudit in = { .arena = a,
				.conf = known.input.conf,
				.config_file = q->common.source.file,
				.now = q->common.at ? q->common.at : clock_wall() };
	struct selfaudit_row *rows;
	size_t n;

	if (!in.conf)
		return CLI_ENVIRONMENT;
	in.lang = q->has_lang ? q->common.lang : in.conf->lang;
	dnsknown_read(a, &known);
	in.certificates = known.certificates;
	in.n_certificates = known.input.n_tlsa;
	in.survey = ask_dns(q, a, &known, in.now);
	selftalk_run(a, in.conf, &in.talk);
	selfaudit_run(&in, &rows, &n);
	return report(q, &in, rows, n, why);
}

bool auditself_asked(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--self") == 0)
			return true;
	}
	return false;
}

int auditself(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *a = arena_new("self-audit", 1 << 30);
	struct request q = { 0 };
	struct why why = { "" };
	int r = parse(&q, argc, argv);

	if (r == CLI_DONE) {
		r = run(&q, a, &why);
		if (why.text[0])
			fprintf(stderr, "poterne: audit: %s\n", why.text);
		return r;
	}
	fputs(r < 0 ? "" : help, stderr);
	return r < 0 ? CLI_DONE : r;
}
