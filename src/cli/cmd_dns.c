#include "cli/cli.h"
#include "cli/dnsknown.h"
#include "cli/dnspolicy.h"
#include "cli/dnssource.h"
#include "publish/plantext.h"
#include "publish/surveywords.h"
#include "super/super.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	MAX_SETS = 256,
	OUTPUT_MAX = 64 << 20,
	QUESTIONS_MS = 20000,
};

static const char help[] =
	"usage: poterne dns [--check] [OPTIONS]\n"
	"\n"
	"Prints the DNS records that this configuration needs for the host name and each of\n"
	"domains, as lines of a zone file: MX, SPF, DKIM, DMARC, MTA-STS, TLS-RPT, TLSA.\n"
	"\n"
	"  --check            asks the DNS instead, and the web servers of MTA-STS policies, and\n"
	"                     says what is missing, wrong or weak\n"
	"  --dns FILE         with --check: answers from this JSON file and nothing else\n"
	"  --at TIME          the clock, as 2026-11-21T19:00:00Z\n"
	"  --json             one JSON object\n"
	"  --lang en|fr       language (default: lang of the configuration)\n"
	"  --config FILE --set KEY=VALUE   the configuration\n"
	"\n"
	"Exit status: 0 all right, 1 something is wrong, 2 usage, 3 something was not answered\n"
	"or cannot be read.\n";

struct request {
	struct super_source source;
	const char *sets[MAX_SETS];
	const char *dns, *lang;
	int64_t at; /* 0: now */
	bool check, json;
};

static void put_plan(struct strbuf *out, const struct request *r, const struct dnsknown *k,
		     enum conf_lang lang)
{
	if (!r->json) {
		plantext_zone(out, k->input.conf, &k->plan, lang);
		return;
	}
	strbuf_put(out, STR("{\"records\":"));
	plantext_json(out, &k->plan);
	strbuf_put(out, STR(",\"mta_sts_policy\":"));
	strbuf_json(out, k->plan.sts_policy);
	strbuf_put(out, STR("}\n"));
}

static int check(struct arena *a, const struct request *r, const struct dnsknown *k,
		 struct strbuf *out, enum conf_lang lang)
{
	struct survey_input in = { .made_from = &k->input,
				   .plan = &k->plan,
				   .certificates = k->certificates,
				   .now = r->at ? r->at : clock_wall(),
				   .deadline = deadline_in(QUESTIONS_MS) };
	struct dns_resolver dns;
	struct survey survey;
	struct why why = { "" };
	enum survey_status worst;

	if (dnssource_open(a, k->input.conf, r->dns, STR_NULL, &dns, &why) < 0) {
		fprintf(stderr, "poterne: dns: %s\n", why.text);
		return CLI_ENVIRONMENT;
	}
	in.dns = &dns;
	dnspolicy_offer(a, r->dns, &in);
	survey_run(a, &in, &survey);
	worst = survey_worst(&survey);
	if (r->json) {
		strbuf_fmt(out, "{\"right\":%s,\"findings\":",
			   worst == SURVEY_STATUS_WRONG ? "false" : "true");
		surveywords_json(out, &survey, lang);
		strbuf_put(out, STR("}\n"));
	} else {
		surveywords_put(out, &survey, lang, isatty(STDOUT_FILENO));
	}
	if (k->unread && worst != SURVEY_STATUS_WRONG)
		return CLI_ENVIRONMENT;
	return worst == SURVEY_STATUS_WRONG	? CLI_NO
	       : worst == SURVEY_STATUS_UNKNOWN ? CLI_ENVIRONMENT
						: CLI_DONE;
}

/* False: usage was wrong. */
static bool take_option(struct request *r, int c, const char *value)
{
	switch (c) {
	case 'C':
		r->check = true;
		return true;
	case 'J':
		r->json = true;
		return true;
	case 'd':
		r->dns = value;
		return true;
	case 'a':
		return clock_parse_rfc3339(str_c(value), &r->at);
	case 'l':
		r->lang = value;
		return strcmp(value, "fr") == 0 || strcmp(value, "en") == 0;
	case 'c':
		r->source.file = value;
		return true;
	case 's':
		if (r->source.n_sets == MAX_SETS)
			return false;
		r->sets[r->source.n_sets++] = value;
		return true;
	default:
		return false;
	}
}

static int run(const struct request *r)
{
	cleanup(arena_freep) struct arena *a = arena_new("dns", 1 << 30);
	struct strbuf out = strbuf_make(a, OUTPUT_MAX);
	struct dnsknown k = { .certificates = NULL };
	struct why why = { "" };
	enum conf_lang lang;
	int status = CLI_DONE;

	k.input.conf = super_read_conf(&r->source, a, &why);
	if (!k.input.conf) {
		fprintf(stderr, "poterne: dns: %s\n", why.text);
		return CLI_ENVIRONMENT;
	}
	lang = !r->lang			    ? k.input.conf->lang
	       : strcmp(r->lang, "fr") == 0 ? CONF_LANG_FR
					    : CONF_LANG_EN;
	dnsknown_read(a, &k);
	if (r->check)
		status = check(a, r, &k, &out, lang);
	else
		put_plan(&out, r, &k, lang);
	if (out.n)
		fwrite(out.p, 1, out.n, stdout);
	return fflush(stdout) == 0 ? status : CLI_ENVIRONMENT;
}

int cmd_dns(int argc, char **argv)
{
	static const struct option options[] = {
		{ "check", no_argument, NULL, 'C' },
		{ "json", no_argument, NULL, 'J' },
		{ "dns", required_argument, NULL, 'd' },
		{ "at", required_argument, NULL, 'a' },
		{ "lang", required_argument, NULL, 'l' },
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct request r = { .check = false };
	int c;

	r.source.sets = r.sets;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return CLI_DONE;
		}
		if (!take_option(&r, c, optarg)) {
			fputs(help, stderr);
			return CLI_USAGE;
		}
	}
	if (optind != argc) {
		fputs(help, stderr);
		return CLI_USAGE;
	}
	return run(&r);
}
