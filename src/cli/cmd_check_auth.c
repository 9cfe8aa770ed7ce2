#include "auth/authjson.h"
#include "auth/authres.h"
#include "cli/authtext.h"
#include "cli/cli.h"
#include "cli/mailoptions.h"
#include "cli/messages.h"
#include "cli/offline.h"

#include <stdio.h>
#include <unistd.h>

enum { OUTPUT_MAX = 16 << 20, MESSAGE_BUDGET = 1 << 30 };

static const char help[] =
	"usage: poterne check-auth [OPTIONS] FILE...\n"
	"\n"
	"SPF, DKIM, DMARC and ARC of a message, by the code of the gateway, with every step: what\n"
	"was asked, what was answered, what was compared. FILE may be - for standard input.\n"
	"\n"
	"  --json             one JSON object a line, in the order of the files\n" MAILOPTIONS_HELP
	"  --legacy           accepts rsa-sha1 and short keys, which RFC 8301 forbids: for the\n"
	"                     test suites of the time before it, never to judge mail\n"
	"\n"
	"Exit status: 0 done, 1 DMARC fails for one of them, 2 usage, 3 cannot read.\n";

struct check {
	struct mailoptions mail;
	struct offline *offline;
	bool legacy;
};

static str field_of(struct arena *a, const struct conf *conf, const struct auth_results *found,
		    bool folded)
{
	struct authres r = authres_of(a, conf->hostname, found);
	struct strbuf b = strbuf_make(a, OUTPUT_MAX);

	strbuf_put(&b, STR("Authentication-Results: "));
	authres_put(&b, &r, folded);
	return strbuf_str(&b);
}

static void put_json(struct strbuf *out, const struct conf *conf, str name,
		     const struct judgement *j)
{
	strbuf_put(out, STR("{\"file\":"));
	strbuf_json(out, name);
	strbuf_char(out, ',');
	authjson_put(out, &j->auth, false);
	strbuf_put(out, STR(",\"authentication_results\":"));
	strbuf_json(out, field_of(out->arena, conf, &j->auth, false));
	strbuf_put(out, STR(",\"error\":"));
	if (j->inspect_error.n)
		strbuf_json(out, j->inspect_error);
	else
		strbuf_put(out, STR("null"));
	strbuf_put(out, STR("}\n"));
}

static void put_words(const struct check *c, struct strbuf *out, str name,
		      const struct judgement *j)
{
	struct authtext how = { c->mail.lang, isatty(STDOUT_FILENO) };

	strbuf_put(out, STR("== "));
	strbuf_printable(out, name);
	strbuf_char(out, '\n');
	authtext_put(out, &j->auth, how);
	strbuf_put(out, field_of(out->arena, offline_conf(c->offline), &j->auth, true));
	strbuf_char(out, '\n');
	if (j->inspect_error.n) {
		strbuf_put(out, STR("error: "));
		strbuf_printable(out, j->inspect_error);
		strbuf_char(out, '\n');
	}
}

static int check_one(const struct check *c, const struct message_file *f, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("message", MESSAGE_BUDGET);
	struct strbuf out = strbuf_make(a, OUTPUT_MAX);
	int64_t now = c->mail.at ? c->mail.at : clock_wall();
	struct envelope env;
	struct judgement j;
	str message;
	int r = messages_read(f, a, &message, why);

	if (r < 0)
		return r;
	env = mailoptions_envelope(&c->mail, a, f->name, message, now);
	r = offline_judge(c->offline, a, &env, message, now, &j, why);
	if (r < 0)
		return r;
	if (c->mail.json)
		put_json(&out, offline_conf(c->offline), f->name, &j);
	else
		put_words(c, &out, f->name, &j);
	fwrite(out.p, 1, out.n, stdout);
	if (j.inspect_error.n)
		return CLI_ENVIRONMENT;
	return j.auth.dmarc.result == AUTH_FAIL ? CLI_NO : CLI_DONE;
}

static int check_all(struct check *c, int n, char **paths)
{
	cleanup(arena_freep) struct arena *a = arena_new("check-auth", 1 << 30);
	struct messages messages = { 0 };
	struct why why = { "" };
	int r = 0, status = CLI_DONE;

	for (int i = 0; i < n && r == 0; i++)
		r = messages_add(&messages, a, paths[i], &why);
	if (r == 0)
		r = offline_start(&c->mail.source, c->mail.dns, STR_NULL, 1, &c->offline, &why);
	if (r < 0) {
		fprintf(stderr, "poterne: check-auth: %s\n", why.text);
		return CLI_ENVIRONMENT;
	}
	if (c->legacy)
		offline_allow_legacy(c->offline);
	for (size_t i = 0; i < messages.files.n; i++) {
		r = check_one(c, &messages.files.v[i], &why);
		if (r < 0)
			fprintf(stderr, "poterne: check-auth: %s\n", why.text);
		r = r < 0 ? CLI_ENVIRONMENT : r;
		status = r > status ? r : status;
	}
	offline_stop(c->offline);
	return fflush(stdout) == 0 ? status : CLI_ENVIRONMENT;
}

int cmd_check_auth(int argc, char **argv)
{
	static const struct option options[] = {
		MAILOPTIONS_ROWS,
		{ "legacy", no_argument, NULL, 'L' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct check check = { .legacy = false };
	int c;

	mailoptions_begin(&check.mail);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return CLI_DONE;
		}
		if (c == 'L') {
			check.legacy = true;
		} else if (!mailoptions_take(&check.mail, c, optarg)) {
			fputs(help, stderr);
			return CLI_USAGE;
		}
	}
	if (optind == argc) {
		fputs(help, stderr);
		return CLI_USAGE;
	}
	return check_all(&check, argc - optind, argv + optind);
}
