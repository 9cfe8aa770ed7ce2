#include "base/fd.h"
#include "cli/cli.h"
#include "cli/dnssource.h"
#include "conf/signkey.h"
#include "keys/keyfile.h"
#include "publish/plantext.h"
#include "publish/surveywords.h"
#include "super/super.h"
#include "tls/tlscert.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	MAX_SETS = 256,
	OUTPUT_MAX = 64 << 20,
	PEM_MAX = 1 << 20,
	QUESTIONS_MS = 20000,
	NAMES_MAX = 4096,
};

static const char help[] =
	"usage: poterne dns [--check] [OPTIONS]\n"
	"\n"
	"Prints the DNS records that this configuration needs for the host name and each of\n"
	"domains, as lines of a zone file: MX, SPF, DKIM, DMARC, MTA-STS, TLS-RPT, TLSA.\n"
	"\n"
	"  --check            asks the DNS instead, and says what is missing, wrong or weak\n"
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

/* What is known of this configuration besides itself. */
struct known {
	struct plan_input input;
	struct survey_certificate *certificates;
	struct plan plan;
	bool unread; /* a key could not be read */
};

static bool names_host(const struct tlscert_names *names, str host)
{
	for (size_t i = 0; i < names->n; i++) {
		str n = names->v[i];
		size_t dot = str_chr(host, '.');

		if (str_caseeq(n, host) || (str_starts(n, STR("*.")) && dot != STR_NONE &&
					    str_caseeq(str_skip(n, 1), str_skip(host, dot))))
			return true;
	}
	return false;
}

static str joined(struct arena *a, const struct tlscert_names *names)
{
	struct strbuf b = strbuf_make(a, NAMES_MAX);

	for (size_t i = 0; i < names->n; i++) {
		strbuf_put(&b, i ? STR(", ") : STR(""));
		strbuf_printable(&b, names->v[i]);
	}
	return strbuf_str(&b);
}

/* A certificate that cannot be read is said, and left out. */
static void read_certificate(struct arena *a, struct known *k, str *tlsa, str path)
{
	struct tlscert_facts *facts = arena_make(a, struct tlscert_facts);
	str host = k->input.conf->hostname, pem;
	struct why why = { "" };

	int r = fd_read_path(arena_cz(a, path), a, PEM_MAX, &pem, &why);

	if (r == 0) {
		r = tlscert_read(a, pem, facts, &why);
		why_prefix(&why, r, "%.*s", STR_ARG(path));
	}
	if (r < 0) {
		fprintf(stderr, "poterne: dns: warning: %s\n", why.text);
		return;
	}
	k->certificates[k->input.n_tlsa] =
		(struct survey_certificate){ facts->not_after, names_host(&facts->names, host),
					     joined(a, &facts->names) };
	tlsa[k->input.n_tlsa++] = facts->tlsa;
}

static void read_certificates(struct arena *a, struct known *k)
{
	const struct conf *conf = k->input.conf;
	size_t max = conf->tls.certificates.n + 2;
	str *tlsa = arena_array(a, str, max);

	k->input.tlsa = tlsa;
	k->certificates = arena_array(a, struct survey_certificate, max);
	if (!conf->smtp.starttls)
		return;
	if (conf->tls.certificate.n)
		read_certificate(a, k, tlsa, conf->tls.certificate);
	for (size_t i = 0; i < conf->tls.certificates.n; i++) {
		str certificate, key;

		if (conf_certificate_pair(conf->tls.certificates.v[i], &certificate, &key))
			read_certificate(a, k, tlsa, certificate);
	}
	if (!conf->tls.certificate.n && !conf->tls.certificates.n)
		read_certificate(
			a, k, tlsa,
			arena_fmt(a, "%.*s/tls/self-signed.pem", STR_ARG(conf->paths.state)));
}

/* The public halves of dkim.keys; those that are for root alone are said, and left out. */
static void read_keys(struct arena *a, struct known *k)
{
	const struct conf_strings *rows = &k->input.conf->dkim.keys;
	struct plan_key *keys = arena_array(a, struct plan_key, rows->n + 1);

	k->input.keys = keys;
	for (size_t i = 0; i < rows->n; i++) {
		struct why why = { "" };
		struct signkey row;
		struct keyfile *key;
		str pem;

		if (!signkey_parse(rows->v[i], &row))
			continue; /* conf_check has refused it */
		if (fd_read_path(arena_cz(a, row.file), a, PEM_MAX, &pem, &why) < 0 ||
		    keyfile_read(a, pem, &key, &why) < 0) {
			fprintf(stderr, "poterne: dns: warning: dkim.keys: %s\n", why.text);
			k->unread = true;
			continue;
		}
		keys[k->input.n_keys++] =
			(struct plan_key){ row.domain, row.selector, keyfile_record(key, a) };
	}
}

static void put_plan(struct strbuf *out, const struct request *r, const struct known *k,
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

static int check(struct arena *a, const struct request *r, const struct known *k,
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
	struct known k = { .certificates = NULL };
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
	read_certificates(a, &k);
	read_keys(a, &k);
	plan_make(a, &k.input, &k.plan);
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
