#include "cli/cli.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/num.h"
#include "cli/keptsource.h"
#include "cli/mailoptions.h"
#include "cli/messages.h"
#include "cli/offline.h"
#include "cli/replaytext.h"
#include "cli/ruleedit.h"
#include "replay/ruleprint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char help[] =
	"usage: poterne replay [--candidate DIR] [--with KEY=VALUE]... [OPTIONS]\n"
	"       poterne replay [--candidate DIR] [--with KEY=VALUE]... --messages FILE...\n"
	"       poterne replay --live [OPTIONS]\n"
	"\n"
	"Judges past messages twice, by the present rules and by a candidate, and shows which "
	"ones\n"
	"would be treated otherwise. Nothing is changed. The gateway keeps what messages were\n"
	"judged by for replay.keep; no text of theirs, so that new patterns are replayed over\n"
	"header fields, links and file names only, and the others are named.\n"
	"\n"
	"  --candidate DIR    overlay directory of the candidate, as paths.overlay\n"
	"  --live             the candidate that the gateway is trying (paths.candidate), over "
	"the\n"
	"                     messages that came since, whose text was matched by its patterns, "
	"too\n"
	"  --change NAME=X    a change as poterne rules would make it: a score, off, on, observe,\n"
	"                     enforce or revert\n"
	"  --with KEY=VALUE   another configuration for the candidate\n"
	"  --since WHEN       3d, 12h, or 2026-11-22\n"
	"  --limit N          shows at most N messages (100)\n"
	"  --symbols          counts every symbol that fired, not only those that differ\n"
	"  --export FILE      writes the kept messages to a file, too; not with --messages\n"
	"  --facts FILE       takes them from that file instead of the gateway\n"
	"  --messages         judges these files (as poterne scan does) with all patterns\n"
	"  --state DIR        with --messages: what was learned, as poterne learn --state\n"
	"  --json             a JSON object a line: messages, then the sums\n" MAILOPTIONS_HELP "\n"
	"Exit status: 0 all would be treated as now, 1 some would not, 2 usage, 3 environment.\n";

enum {
	LIMIT = 100,
	PROGRESS_MS = 200,
	MESSAGE_BUDGET = 1 << 30,
	OUT_MAX = 256 << 20,
	DAY_S = 24 * 3600
};

struct request {
	struct mailoptions mail; /* the present configuration */
	const char *with[MAILOPTIONS_SETS];
	size_t n_with;
	struct ruleedit changes[MAILOPTIONS_SETS];
	size_t n_changes;
	const char *facts, *export, *state;
	int64_t since;
	uint64_t limit;
	bool messages, symbols, live;
	char **files;
	int n_files;
};

struct run {
	const struct request *request;
	struct arena *arena, *message;
	struct replayside sides[2]; /* for kept messages */
	struct offline *by[2];	    /* for files */
	struct replay replay;
	int export;
	uint64_t tried; /* with --live: the patterns of the candidate */
	uint64_t shown, unreadable;
	int64_t began, told;
};

/* --- output --- */

static void put_out(str s)
{
	if (s.n)
		fwrite(s.p, 1, s.n, stdout);
}

static void show_progress(struct run *run, bool last)
{
	int64_t now = clock_now_ms();

	if (!isatty(STDERR_FILENO) || (!last && now - run->told < PROGRESS_MS))
		return;
	run->told = now;
	if (last)
		fputs("\r\033[K", stderr);
	else
		fprintf(stderr, "\r%llu messages", (unsigned long long)run->replay.counts.messages);
}

static void show_message(struct run *run, struct arena *a, const struct facts *f, str name,
			 int64_t at, const struct replay_result *r)
{
	const struct facts_header *from = facts_header(f, STR("From"));
	const struct facts_header *subject = facts_header(f, STR("Subject"));
	struct replaytext_message m = { name, from ? from->value : STR(""),
					subject ? subject->value : STR(""), at };
	struct strbuf out = strbuf_make(a, OUT_MAX);

	if (r->before.intended == r->after.intended || run->shown == run->request->limit)
		return;
	run->shown++;
	show_progress(run, true);
	replaytext_put_message(&out, &m, r, run->request->mail.json);
	put_out(strbuf_str(&out));
}

static int finish(struct run *run)
{
	struct strbuf out = strbuf_make(run->arena, OUT_MAX);

	show_progress(run, true);
	if (run->unreadable)
		fprintf(stderr,
			"poterne: replay: %llu were kept by another version of the program\n",
			(unsigned long long)run->unreadable);
	replaytext_put_sums(&out, &run->replay, run->request->mail.json, run->request->symbols);
	put_out(strbuf_str(&out));
	if (fflush(stdout) != 0)
		return CLI_ENVIRONMENT;
	return run->replay.counts.treated_otherwise ? CLI_NO : CLI_DONE;
}

/* --- kept messages --- */

static int export_record(struct run *run, str record, struct why *why)
{
	struct strbuf out = strbuf_make(run->message, KEPT_MAX_BYTES + 4);

	strbuf_le(&out, record.n, 4);
	strbuf_put(&out, record);
	return fd_write_all(run->export, strbuf_str(&out), why);
}

static int on_record(void *ctx, str record, struct why *why)
{
	struct run *run = ctx;
	struct replay_result both;
	struct kept k;

	arena_reset(run->message);
	if (!kept_decode(run->message, record, &k)) {
		run->unreadable++;
		return 0;
	}
	if (k.at < run->request->since)
		return 0;
	if (run->request->live && k.candidate_set != run->tried) {
		run->replay.counts.not_tried++;
		return 0;
	}
	replay_message(&run->replay, run->message, &k, &both);
	show_message(run, run->message, &k.facts, k.envelope.mid, k.at, &both);
	show_progress(run, false);
	return run->export >= 0 ? export_record(run, record, why) : 0;
}

/* Its overlay, with the changes that are asked for. */
static int open_candidate(struct run *run, const struct super_source *source, struct why *why)
{
	const struct request *q = run->request;
	struct replayside *s = &run->sides[1];
	int r = replayside_open(s, source, STR_NULL, why);
	str text = STR_NULL;

	if (r < 0 || !q->n_changes)
		return r;
	r = ruleedit_read(run->arena, s->conf, &text, why);
	for (size_t i = 0; r == 0 && i < q->n_changes; i++)
		r = ruleedit_apply(run->arena, s, &q->changes[i], text, &text, why);
	replayside_close(s);
	return r < 0 ? r : replayside_open(s, source, text, why);
}

/* Its overlay is what the gateway is told to try. */
static int open_live(struct run *run, const struct super_source *source, struct why *why)
{
	const struct conf *conf = run->sides[0].conf;
	const char **sets = arena_array(run->arena, const char *, source->n_sets + 1);
	struct super_source s = { source->file, sets, source->n_sets + 1 };
	int r;

	if (!conf->paths.candidate.n)
		return why_set(why, -EINVAL,
			       "the gateway tries no candidate: paths.candidate is empty");
	for (size_t i = 0; i < source->n_sets; i++)
		sets[i] = source->sets[i];
	sets[source->n_sets] =
		arena_fmt(run->arena, "paths.overlay=%.*s", STR_ARG(conf->paths.candidate)).p;
	r = replayside_open(&run->sides[1], &s, STR_NULL, why);
	if (r == 0)
		run->tried = ruleprint_patterns(run->sides[1].rules);
	return r;
}

static int init_after(struct run *run, struct why *why)
{
	const struct replayside *s = run->sides;
	struct replay_side *after = &run->replay.after;

	if (run->request->live)
		return replay_side_init_tried(after, run->arena, s[1].rules, s[0].rules,
					      s[1].options, why);
	return replay_side_init(after, run->arena, s[1].rules, s[0].rules, s[1].options, why);
}

static int open_sides(struct run *run, const struct super_source sources[2], struct why *why)
{
	struct replayside *s = run->sides;
	struct replay *p = &run->replay;
	int r = replayside_open(&s[0], &sources[0], STR_NULL, why);

	if (r == 0)
		r = run->request->live ? open_live(run, &sources[1], why)
				       : open_candidate(run, &sources[1], why);
	if (r < 0)
		return r;
	p->pattern_set = ruleprint_patterns(s[0].rules);
	r = replay_side_init(&p->before, run->arena, s[0].rules, s[0].rules, s[0].options, why);
	return r < 0 ? r : init_after(run, why);
}

static int replay_kept(struct run *run, const struct super_source sources[2], struct why *why)
{
	const struct request *q = run->request;
	int r = open_sides(run, sources, why);

	if (r == 0 && q->export) {
		run->export = open(q->export, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (run->export < 0)
			r = why_set(why, -errno, "%s: %m", q->export);
	}
	if (r == 0)
		r = q->facts
			    ? keptsource_file(q->facts, on_record, run, why)
			    : keptsource_gateway(run->sides[0].conf, q->since, on_record, run, why);
	run->export = fd_close(run->export);
	return r;
}

/* --- files, with workers --- */

static int judge_file(struct run *run, const struct message_file *f, struct why *why)
{
	const struct mailoptions *mail = &run->request->mail;
	int64_t now = mail->at ? mail->at : clock_wall();
	struct replay_result both = { 0 };
	struct judgement j[2];
	struct envelope env;
	str message;
	int r;

	arena_reset(run->message);
	r = messages_read(f, run->message, &message, why);
	if (r < 0)
		return r;
	env = mailoptions_envelope(mail, run->message, f->name, message, now);
	for (int i = 0; r == 0 && i < 2; i++)
		r = offline_judge(run->by[i], run->message, &env, message, now, &j[i], why);
	if (r < 0)
		return r;
	both.before = j[0].verdict;
	both.after = j[1].verdict;
	replay_compare(&run->replay, run->message, &both);
	show_message(run, run->message, &j[0].facts, f->name, now, &both);
	show_progress(run, false);
	return 0;
}

static int open_judge(struct run *run, int i, const struct super_source *source, struct why *why)
{
	const struct request *q = run->request;
	struct replay_side *side = i ? &run->replay.after : &run->replay.before;
	const struct rules *rules;
	int r = offline_start(source, q->mail.dns, STR_NULL, 1, &run->by[i], why);

	if (r < 0) {
		run->by[i] = NULL;
		return r;
	}
	if (q->state && offline_check_state(q->state, why) < 0)
		return -EINVAL;
	if (q->state && offline_use_model(run->by[i], q->state, why) != 0)
		fprintf(stderr, "poterne: replay: %s\n", why->text);
	rules = offline_rules(run->by[i]);
	/* Its own worker matches every pattern: nothing is to be matched anew. */
	return replay_side_init(side, run->arena, rules, rules, (struct verdict_options){ 0 }, why);
}

static int replay_files(struct run *run, const struct super_source sources[2], struct why *why)
{
	const struct request *q = run->request;
	struct messages messages = { 0 };
	int r = 0;

	for (int i = 0; i < q->n_files && r == 0; i++)
		r = messages_add(&messages, run->arena, q->files[i], why);
	for (int i = 0; r == 0 && i < 2; i++)
		r = open_judge(run, i, &sources[i], why);
	for (size_t i = 0; r == 0 && i < messages.files.n; i++)
		r = judge_file(run, &messages.files.v[i], why);
	return r;
}

/* --- the command --- */

/* "3d" before now, or a day. */
static bool parse_since(const char *text, int64_t *ret)
{
	char day[32];
	uint64_t ms;

	if (num_duration(str_c(text), &ms)) {
		*ret = clock_wall() - (int64_t)(ms / 1000);
		return true;
	}
	snprintf(day, sizeof(day), "%sT00:00:00Z", text);
	return clock_parse_rfc3339(str_c(day), ret) || clock_parse_rfc3339(str_c(text), ret);
}

static bool take_with(struct request *q, const char *value)
{
	if (q->n_with == MAILOPTIONS_SETS)
		return false;
	q->with[q->n_with++] = value;
	return true;
}

static bool take_change(struct request *q, const char *value)
{
	return q->n_changes < MAILOPTIONS_SETS &&
	       ruleedit_parse(str_c(value), &q->changes[q->n_changes++]);
}

static bool take_option(struct request *q, struct arena *a, int c, const char *value)
{
	switch (c) {
	case 'C':
		return take_with(q, arena_fmt(a, "paths.overlay=%s", value).p);
	case 'W':
		return take_with(q, value);
	case 'X':
		return take_change(q, value);
	case 'F':
		q->facts = value;
		return true;
	case 'E':
		q->export = value;
		return true;
	case 'S':
		q->state = value;
		return true;
	case 'M':
		return q->messages = true;
	case 'y':
		return q->symbols = true;
	case 'V':
		return q->live = true;
	case 'T':
		return parse_since(value, &q->since);
	case 'L':
		return num_u64(str_c(value), &q->limit);
	default:
		return mailoptions_take(&q->mail, c, value);
	}
}

/* CLI_DONE: go on; -1: help was shown. */
static int parse(struct request *q, struct arena *a, int argc, char **argv)
{
	static const struct option options[] = {
		MAILOPTIONS_ROWS,
		{ "candidate", required_argument, NULL, 'C' },
		{ "with", required_argument, NULL, 'W' },
		{ "change", required_argument, NULL, 'X' },
		{ "facts", required_argument, NULL, 'F' },
		{ "export", required_argument, NULL, 'E' },
		{ "state", required_argument, NULL, 'S' },
		{ "messages", no_argument, NULL, 'M' },
		{ "live", no_argument, NULL, 'V' },
		{ "symbols", no_argument, NULL, 'y' },
		{ "since", required_argument, NULL, 'T' },
		{ "limit", required_argument, NULL, 'L' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	mailoptions_begin(&q->mail);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return -1;
		}
		if (!take_option(q, a, c, optarg))
			return CLI_USAGE;
	}
	q->files = argv + optind;
	q->n_files = argc - optind;
	if (q->messages && q->n_changes)
		return CLI_USAGE; /* workers read rules from files */
	if (q->messages && (q->facts || q->export))
		return CLI_USAGE; /* nothing is kept of files */
	if (q->live && (q->messages || q->n_changes || q->n_with))
		return CLI_USAGE;
	return q->messages == (q->n_files > 0) ? CLI_DONE : CLI_USAGE;
}

/* The candidate's configuration: that of the present, and what is given for it. */
static struct super_source candidate_source(struct arena *a, const struct request *q)
{
	const struct super_source *present = &q->mail.source;
	const char **sets = arena_array(a, const char *, present->n_sets + q->n_with);
	struct super_source s = { present->file, sets, present->n_sets + q->n_with };

	for (size_t i = 0; i < present->n_sets; i++)
		sets[i] = present->sets[i];
	for (size_t i = 0; i < q->n_with; i++)
		sets[present->n_sets + i] = q->with[i];
	return s;
}

static int run_replay(struct run *run, struct why *why)
{
	const struct request *q = run->request;
	struct super_source sources[2] = { q->mail.source, candidate_source(run->arena, q) };

	return q->messages ? replay_files(run, sources, why) : replay_kept(run, sources, why);
}

static void end_run(struct run *run)
{
	replay_side_free(&run->replay.after);
	for (int i = 0; i < 2; i++) {
		replayside_close(&run->sides[i]);
		if (run->by[i])
			offline_stop(run->by[i]);
	}
}

int cmd_replay(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *a = arena_new("replay", 1 << 30);
	cleanup(arena_freep) struct arena *message = arena_new("message", MESSAGE_BUDGET);
	struct request q = { .limit = LIMIT };
	struct run run = { .request = &q, .arena = a, .message = message, .export = -1 };
	struct why why = { "" };
	int r = parse(&q, a, argc, argv), status;

	if (r != CLI_DONE) {
		fputs(r < 0 ? "" : help, stderr);
		return r < 0 ? CLI_DONE : r;
	}
	r = run_replay(&run, &why);
	status = r < 0 ? CLI_ENVIRONMENT : finish(&run);
	if (r < 0)
		fprintf(stderr, "poterne: replay: %s\n", why.text);
	end_run(&run);
	return status;
}
