#include "cli/rulework.h"

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/heldmail.h"
#include "cli/keptsource.h"
#include "cli/listfiles.h"
#include "cli/mailoptions.h"
#include "cli/offline.h"
#include "cli/ruleedit.h"
#include "cli/rulereport.h"
#include "replay/ruleprint.h"
#include "rules/sitechanges.h"

#include <errno.h>
#include <stdio.h>

static const char help[] =
	"usage: poterne rules score NAME VALUE (--replay ID | --without-replay) [--why TEXT]\n"
	"       poterne rules disable|enable|observe|enforce|revert NAME [...] [--why TEXT]\n"
	"       poterne rules report NAME --message ID|--held ID|--file FILE [--with-match]\n"
	"       poterne rules audit\n"
	"\n"
	"  score     gives a symbol another score; a negative one behind --\n"
	"  disable   switches it off; enable: on again\n"
	"  observe   lets it be seen but weigh and decide nothing; enforce: weigh again\n"
	"  revert    takes back all that this command has changed in it\n"
	"  report    a record about a wrong verdict for whoever maintains the rule, to standard "
	"output:\n"
	"            no word, address or name of the message, only their shape. The message is one "
	"of\n"
	"            which is kept what it was judged by, one of the quarantine, or a file (- is\n"
	"            standard input); the last two are judged anew. With --with-match it says in "
	"clear\n"
	"            what the rule saw\n"
	"  audit     who changed what, when and why; 1 when the trail was tampered with\n"
	"\n"
	"A rule that is to weigh more needs the id of a replay of just that change: first\n"
	"poterne replay --change NAME=VALUE, then --replay ID; or --without-replay, which the "
	"trail\n"
	"tells. Changes stand in paths.overlay/" SITECHANGES_FILE "; the running gateway notices\n"
	"them by itself, within ten seconds.\n"
	"\n"
	"  --config FILE, --set KEY=VALUE\n"
	"Exit status: 0 done, 1 no such symbol or message, 2 usage, 3 environment.\n";

enum { WORDS_MAX = 3 };

struct request {
	struct mailoptions common;
	str words[WORDS_MAX];
	int n;
	const char *message, *held, *file;
	str replay, why;
	bool without_replay, with_match;
};

struct run {
	const struct request *request;
	struct arena *arena;
	struct replayside now;
};

static int print(str s)
{
	if (s.n)
		fwrite(s.p, 1, s.n, stdout);
	return fflush(stdout) == 0 ? 0 : -EIO;
}

static int find(const struct run *run, const struct rules_symbol **ret, struct why *why)
{
	*ret = rules_find(run->now.rules, run->request->words[1]);
	return *ret ? 0
		    : why_set(why, 1, "no symbol \"%.*s\"",
			      STR_ARG(str_sub(run->request->words[1], 0, 80)));
}

static int run_audit(struct run *run, struct why *why)
{
	struct listfiles files = { .lock = -1 };
	int r = listfiles_open_dir(&files, run->arena, run->now.conf->paths.overlay,
				   "paths.overlay", why);

	if (r == 0)
		r = listfiles_show_trail(&files, why);
	listfiles_close(&files);
	return r;
}

/* --- feedback --- */

struct search {
	struct run *run;
	const struct rules_symbol *symbol;
	bool found;
};

static int put_report(const struct search *s, const struct kept *k, str text, bool anew)
{
	cleanup(arena_freep) struct arena *a = arena_new("report", 64 << 20);
	struct strbuf out = strbuf_make(a, 8 << 20);
	const struct rulereport report = { .rules = s->run->now.rules,
					   .symbol = s->symbol,
					   .kept = k,
					   .text = text,
					   .anew = anew,
					   .with_match = s->run->request->with_match };

	rulereport_put(&out, &report);
	return print(strbuf_str(&out));
}

static int on_record(void *ctx, str record, struct why *why unused_arg)
{
	cleanup(arena_freep) struct arena *a = arena_new("message", 64 << 20);
	struct search *s = ctx;
	struct kept k;

	if (!kept_decode(a, record, &k) || !str_eq(k.envelope.mid, str_c(s->run->request->message)))
		return 0;
	s->found = true;
	return put_report(s, &k, STR(""), false) < 0 ? -EIO : -ECANCELED;
}

static int report_kept(struct search *s, struct why *why)
{
	int r = keptsource_gateway(s->run->now.conf, 0, on_record, s, why);

	if (s->found)
		return r == -ECANCELED ? 0 : r;
	return r != 0 ? r
		      : why_set(why, 1, "%s: nothing is kept of this message",
				s->run->request->message);
}

/* The message itself, by a worker of our own. */
static int report_judged(struct search *s, struct offline *o, const struct message_file *f,
			 struct why *why)
{
	struct arena *a = s->run->arena;
	const struct mailoptions *mail = &s->run->request->common;
	int64_t now = mail->at ? mail->at : clock_wall();
	struct envelope env;
	struct judgement j;
	struct kept k;
	str message;
	int r = messages_read(f, a, &message, why);

	if (r < 0)
		return r;
	env = mailoptions_envelope(mail, a, f->name, message, now);
	r = offline_judge(o, a, &env, message, now, &j, why);
	if (r < 0)
		return r;
	kept_make(a, offline_rules(o), 0, now, &env, &j.facts, &j.evidence, &j.verdict, &k);
	return put_report(s, &k, j.facts.text, true);
}

static int report_message(struct search *s, struct why *why)
{
	const struct request *q = s->run->request;
	struct messages messages = { 0 };
	struct offline *o;
	int r = q->file ? messages_add(&messages, s->run->arena, q->file, why)
			: heldmail_add(&messages, s->run->arena, s->run->now.conf, q->held, why);

	if (r == 0 && messages.files.n != 1)
		r = why_set(why, 1, "%s: found %zu messages, expected one", q->file,
			    messages.files.n);
	if (r == 0)
		r = offline_start(&q->common.source, q->common.dns, STR_NULL, 1, &o, why);
	if (r != 0)
		return r;
	r = report_judged(s, o, &messages.files.v[0], why);
	offline_stop(o);
	return r;
}

static int run_report(struct run *run, struct why *why)
{
	struct search s = { .run = run };
	int r = find(run, &s.symbol, why);

	if (r != 0)
		return r;
	return run->request->message ? report_kept(&s, why) : report_message(&s, why);
}

/* --- changes --- */

/* The change in the words of poterne replay. */
static str in_replay(const struct ruleedit *e)
{
	if (e->value.n)
		return e->value;
	if (str_eq(e->action, STR("disable")))
		return STR("off");
	return str_eq(e->action, STR("enable")) ? STR("on") : e->action;
}

/* A rule may weigh more only when it is known what that does to past mail, or somebody says that
 * he does not want to know. */
static int check_replay(const struct run *run, const struct replayside *after,
			const struct ruleedit *e, struct why *why)
{
	const struct request *q = run->request;
	bool must = run->now.conf->replay.required;
	str id =
		arena_fmt(run->arena, "%016llx", (unsigned long long)ruleprint_rules(after->rules));

	if (!ruleedit_is_raise(rules_find(run->now.rules, e->symbol),
			       rules_find(after->rules, e->symbol)))
		return 0;
	if (q->without_replay && must)
		return why_set(why, 1,
			       "replay.required is set: what weighs more needs the id of a replay");
	if (q->without_replay)
		return 0;
	if (q->replay.n == 0)
		return why_set(why, 1,
			       "%.*s would weigh more. Which past messages that would treat "
			       "otherwise is shown by\n  poterne replay --change %.*s=%.*s\n"
			       "whose last line is the id to give with --replay%s",
			       STR_ARG(e->symbol), STR_ARG(e->symbol), STR_ARG(in_replay(e)),
			       must ? "" : ", or give --without-replay");
	return str_eq(q->replay, id)
		       ? 0
		       : why_set(why, 1,
				 "--replay is not the id of a replay of this change: look "
				 "at it again");
}

static str in_words(struct arena *a, const struct rules_symbol *s)
{
	return arena_fmt(a, "%s%s%s", verdict_points(s->score).text, s->disabled ? " disabled" : "",
			 s->observe ? " observed" : "");
}

/* The change holds, but who reads the overlay's other file is misled. */
static void warn_overruled(const struct rules *after, str name)
{
	const struct rules_symbol *s = rules_find(after, name);

	for (size_t i = 0; i < after->overruled.n; i++) {
		const struct rules_overruled *o = &after->overruled.v[i];

		if (o->symbol == s)
			fprintf(stderr,
				"poterne: rules: warning: another file of the overlay has its own "
				"%.*s of %.*s: the change is followed, better take the other out\n",
				STR_ARG(o->property), STR_ARG(s->name));
	}
}

static int put_change(struct run *run, const struct listfiles *files, const struct ruleedit *e,
		      const struct replayside *after, str text, struct why *why)
{
	const struct request *q = run->request;
	struct arena *a = run->arena;
	const char *path = arena_fmt(a, "%s/" SITECHANGES_FILE, files->dir).p;
	str entry = arena_fmt(a, "%.*s: %.*s -> %.*s, %s%.*s", STR_ARG(e->symbol),
			      STR_ARG(in_words(a, rules_find(run->now.rules, e->symbol))),
			      STR_ARG(in_words(a, rules_find(after->rules, e->symbol))),
			      q->replay.n ? "replay " : "no replay", STR_ARG(q->replay));
	struct listaudit_change change = { .action = e->action,
					   .list = str_c(path),
					   .entry = entry,
					   .why = q->why,
					   .entries = 1 };
	int r = listfiles_replace(files, path, text, why);

	if (r == 0)
		printf("%.*s\n", STR_ARG(entry));
	if (r == 0)
		warn_overruled(after->rules, e->symbol);
	return r < 0 ? r : listfiles_tell(files, &change, why);
}

static int change(struct run *run, const struct listfiles *files, struct why *why)
{
	const struct request *q = run->request;
	struct ruleedit e = { q->words[0], q->words[1], q->words[2] };
	struct replayside after = { 0 };
	str now, text;
	int r = ruleedit_read(run->arena, run->now.conf, &now, why);

	if (r == 0)
		r = ruleedit_apply(run->arena, &run->now, &e, now, &text, why);
	if (r == 0)
		r = replayside_open(&after, &q->common.source, text, why);
	if (r == 0)
		r = check_replay(run, &after, &e, why);
	if (r == 0)
		r = put_change(run, files, &e, &after, text, why);
	replayside_close(&after);
	return r;
}

static int run_change(struct run *run, struct why *why)
{
	struct listfiles files = { .lock = -1 };
	int r = listfiles_open_dir(&files, run->arena, run->now.conf->paths.overlay,
				   "paths.overlay", why);

	if (r == 0)
		r = change(run, &files, why);
	listfiles_close(&files);
	return r;
}

static const struct rule_action {
	const char *name;
	int words;
	int (*run)(struct run *run, struct why *why);
} actions[] = {
	{ "score", 3, run_change },   { "disable", 2, run_change }, { "enable", 2, run_change },
	{ "observe", 2, run_change }, { "enforce", 2, run_change }, { "revert", 2, run_change },
	{ "report", 2, run_report },  { "audit", 1, run_audit },
};

/* --- the command --- */

static bool take_option(struct request *q, int c)
{
	switch (c) {
	case 'R':
		q->replay = str_c(optarg);
		return true;
	case 'w':
		q->why = str_c(optarg);
		return true;
	case 'M':
		q->message = optarg;
		return true;
	case 'H':
		q->held = optarg;
		return true;
	case 'F':
		q->file = optarg;
		return true;
	case 'm':
		return q->with_match = true;
	case 'N':
		return q->without_replay = true;
	default:
		return mailoptions_take(&q->common, c, optarg);
	}
}

/* CLI_DONE: go on; -1: help was shown. */
static int parse(struct request *q, int argc, char **argv)
{
	static const struct option options[] = {
		MAILOPTIONS_ROWS,
		{ "replay", required_argument, NULL, 'R' },
		{ "without-replay", no_argument, NULL, 'N' },
		{ "why", required_argument, NULL, 'w' },
		{ "message", required_argument, NULL, 'M' },
		{ "held", required_argument, NULL, 'H' },
		{ "file", required_argument, NULL, 'F' },
		{ "with-match", no_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	mailoptions_begin(&q->common);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return -1;
		}
		if (!take_option(q, c))
			return CLI_USAGE;
	}
	for (; optind < argc && q->n < WORDS_MAX; optind++)
		q->words[q->n++] = str_c(argv[optind]);
	return optind == argc && q->n > 0 ? CLI_DONE : CLI_USAGE;
}

static int run_action(const struct request *q, const struct rule_action *action)
{
	cleanup(arena_freep) struct arena *a = arena_new("rules", 1 << 30);
	struct run run = { .request = q, .arena = a };
	struct why why = { "" };
	int r = replayside_open(&run.now, &q->common.source, STR_NULL, &why);

	if (r == 0)
		r = action->run(&run, &why);
	replayside_close(&run.now);
	if (r != 0 && why.text[0])
		fprintf(stderr, "poterne: rules: %s\n", why.text);
	if (r < 0)
		return r == -EINVAL ? CLI_NO : CLI_ENVIRONMENT;
	return fflush(stdout) == 0 ? r : CLI_ENVIRONMENT;
}

bool rulework_asked(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		for (size_t k = 0; k < ARRAY_LEN(actions); k++) {
			if (strcmp(argv[i], actions[k].name) == 0)
				return true;
		}
	}
	return false;
}

/* How many messages are named: one for a report. */
static int sources(const struct request *q)
{
	return (q->message != NULL) + (q->held != NULL) + (q->file != NULL);
}

int rulework(int argc, char **argv)
{
	struct request q = { 0 };
	int r = parse(&q, argc, argv);

	if (r < 0)
		return CLI_DONE;
	for (size_t i = 0; r == CLI_DONE && i < ARRAY_LEN(actions); i++) {
		const struct rule_action *a = &actions[i];

		if (str_eq(q.words[0], str_c(a->name)) && q.n == a->words &&
		    (a->run == run_report) == (sources(&q) == 1) && sources(&q) < 2)
			return run_action(&q, a);
	}
	fputs(help, stderr);
	return CLI_USAGE;
}
