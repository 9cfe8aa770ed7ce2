#include "cli/cli.h"

#include "cli/fuzzylesson.h"
#include "cli/heldmail.h"
#include "cli/learnstatus.h"
#include "cli/messages.h"
#include "cli/offline.h"
#include "cli/tastelesson.h"
#include "learn/learnstate.h"
#include "scan/fuzzyevidence.h"

#include <getopt.h>
#include <unistd.h>

enum { MAX_SETS = 256, MESSAGE_BUDGET = 1 << 30, STATE_BUDGET = 2047 << 20, PROGRESS_EVERY = 50 };

static const char help[] =
	"usage: poterne learn --spam|--ham|--forget [OPTIONS] FILE...\n"
	"       poterne learn --spam|--ham|--forget --id [OPTIONS] ID...\n"
	"       poterne learn --forget --for ADDRESS [OPTIONS]\n"
	"       poterne learn --traps|--expire|--status [OPTIONS]\n"
	"\n"
	"Teaches the classifier, and the store of digests by which nearly equal messages are\n"
	"known again, what is spam and what is not. A FILE may be a message, a "
	"directory\n"
	"(walked), an mbox (split), or - for standard input. It has an opinion once it knows "
	"enough\n"
	"of both, in any order; a message that is given twice counts once, and the last word on "
	"it\n"
	"counts. What was learned stays on this machine, as numbers without the text.\n"
	"\n"
	"  --spam             the messages are spam\n"
	"  --ham              the messages are wanted\n"
	"  --forget           they are neither: undoes what was learned of them\n"
	"  --for ADDRESS      one recipient says so: it counts for mail to him alone, from five\n"
	"                     lessons on, and only where the classifier is not sure; with\n"
	"                     --forget and no FILE, all that he taught\n"
	"  --export FILE      writes the digests that are known, for another gateway\n"
	"  --import FILE      takes the digests of another gateway over, which weigh less than\n"
	"                     one's own\n"
	"  --id               of messages that the running gateway holds in quarantine\n"
	"  --traps            as spam what the running gateway holds since it came to nobody but\n"
	"                     spam traps (list spam-traps.txt): for a timer, once a day\n"
	"  --expire           teaches nothing: forgets what is older than learn.keep and\n"
	"                     learn.fuzzy_keep, as every lesson does\n"
	"  --status           only shows what was learned, and what keeps it silent\n"
	"  --state DIR        where learned state lives (default: classifier in paths.state)\n"
	"  --json             the result as one JSON object\n"
	"  --config FILE      configuration; without it the embedded defaults\n"
	"  --set KEY=VALUE    sets one key after the file\n"
	"\n"
	"Exit status: 0 learned, 2 usage, 3 cannot read or write.\n";

struct options {
	struct super_source source;
	const char *sets[MAX_SETS];
	const char *state;
	const char *recipient; /* or NULL: it is learned for all */
	enum example_kind kind;
	bool has_kind, json, held, traps, expire, status;
	const char *export, *import; /* instead of messages */
};

struct lesson {
	const struct options *options;
	struct offline *offline;
	struct learnstate state;
	struct fuzzystore fuzzy;
	size_t digests; /* that are known now */
	size_t expired; /* messages */
	struct tastelesson taste;
	struct messages messages;
	size_t fresh, changed, known, failed;
};

static void count_news(struct lesson *l, enum examples_news news)
{
	l->fresh += news == EXAMPLES_NEW;
	l->changed += news == EXAMPLES_CHANGED;
	l->known += news == EXAMPLES_KNOWN;
}

static void show_progress(const struct lesson *l, size_t done)
{
	if (!isatty(STDERR_FILENO) || l->messages.files.n < 2 * PROGRESS_EVERY)
		return;
	if (done % PROGRESS_EVERY == 0)
		fprintf(stderr, "\rpoterne: learn: %zu of %zu", done, l->messages.files.n);
	if (done == l->messages.files.n)
		fputs("\r\033[K", stderr);
}

/* A message that cannot be read or inspected is said and passed over. */
static void learn_one(struct lesson *l, const struct message_file *f)
{
	cleanup(arena_freep) struct arena *a = arena_new("message", MESSAGE_BUDGET);
	struct facts facts = { 0 };
	enum examples_news news;
	struct why why = { "" };
	str message;
	int r = messages_read(f, a, &message, &why);

	if (r == 0)
		r = offline_inspect(l->offline, a, message, 0, &facts, &why);
	if (r == 0 && facts.error.n)
		r = why_set(&why, -1, "%.*s", STR_ARG(facts.error));
	if (r < 0) {
		fprintf(stderr, "poterne: learn: %.*s: %s\n", STR_ARG(f->name), why.text);
		l->failed++;
		return;
	}
	if (l->options->recipient) {
		count_news(l, tastelesson_add(&l->taste, &facts, l->options->kind, clock_wall()));
		return;
	}
	offline_look_at_images(l->offline, a, &facts);
	news = learnstate_add(&l->state, &facts.features, l->options->kind, clock_wall());
	count_news(l, news);
	if (l->options->traps)
		fuzzylesson_hear(&l->fuzzy, &facts, clock_wall());
	else
		fuzzylesson_add(&l->fuzzy, &facts, l->options->kind, news, clock_wall());
}

static void put_result(const struct lesson *l, const struct model *m)
{
	if (l->options->json) {
		printf("{\"learned\":%zu,\"changed\":%zu,\"known\":%zu,\"failed\":%zu,"
		       "\"expired\":%zu,\"ham\":%u,\"spam\":%u,\"digests\":%zu}\n",
		       l->fresh, l->changed, l->known, l->failed, l->expired, m->good, m->bad,
		       l->digests);
		return;
	}
	printf("learned: %zu, changed: %zu, known already: %zu, failed: %zu, expired: %zu\n",
	       l->fresh, l->changed, l->known, l->failed, l->expired);
	printf("the classifier knows %u wanted messages and %u of spam", m->good, m->bad);
	if (m->good < MODEL_FEW || m->bad < MODEL_FEW)
		printf("; it is silent until it knows %d of each", MODEL_FEW);
	printf("\ndigests of texts, documents, files and pictures: %zu\n", l->digests);
}

static int commit_taste(struct lesson *l, struct why *why)
{
	struct tastestate_counts c;
	int r = tastelesson_commit(&l->taste, &c, why);

	if (r < 0)
		return r;
	if (l->options->json)
		printf("{\"learned\":%zu,\"changed\":%zu,\"known\":%zu,\"failed\":%zu,"
		       "\"recipients\":%zu,\"lessons\":%zu}\n",
		       l->fresh, l->changed, l->known, l->failed, c.people, c.lessons);
	else
		printf("learned for this recipient: %zu, changed: %zu, known already: %zu, "
		       "failed: %zu\n",
		       l->fresh, l->changed, l->known, l->failed);
	return 0;
}

static int commit(struct lesson *l, struct why *why)
{
	const struct conf *conf = offline_conf(l->offline);
	int64_t now = clock_wall(), not_before = now - conf->learn.keep / 1000;
	struct model model;
	int r;

	/* The model last: the gateway looks at that file to see that something was learned. */
	r = fuzzystore_commit(&l->fuzzy, fuzzyevidence_not_before(conf->learn.fuzzy_keep, now),
			      &l->digests, why);
	l->expired = examples_expired(&l->state.examples, not_before);
	if (r == 0)
		r = learnstate_commit(&l->state, not_before, &model, why);
	if (r == 0)
		put_result(l, &model);
	return r;
}

static int learn_all(struct lesson *l, struct why *why)
{
	for (size_t i = 0; i < l->messages.files.n; i++) {
		learn_one(l, &l->messages.files.v[i]);
		show_progress(l, i + 1);
	}
	return l->options->recipient ? commit_taste(l, why) : commit(l, why);
}

static const char *state_of(const struct options *o, struct arena *a, const struct conf *conf)
{
	return o->state ? o->state : arena_fmt(a, "%.*s/classifier", STR_ARG(conf->paths.state)).p;
}

static int find_messages(struct lesson *l, const struct conf *conf, struct arena *a, int n,
			 char **names, struct why *why)
{
	int r = l->options->traps ? heldmail_add_traps(&l->messages, a, conf, why) : 0;

	for (int i = 0; i < n && r == 0; i++)
		r = l->options->held ? heldmail_add(&l->messages, a, conf, names[i], why)
				     : messages_add(&l->messages, a, names[i], why);
	return r;
}

/* What is taught for all, or for one recipient; and the key of the features. */
static int open_state(struct lesson *l, struct arena *a, const char *dir, uint64_t *ret_key,
		      struct why *why)
{
	int r;

	if (l->options->recipient) {
		r = tastelesson_open(&l->taste, a, dir, l->options->recipient, why);
		*ret_key = l->taste.state.key;
		return r;
	}
	r = learnstate_open(&l->state, a, dir, why);
	if (r == 0 && l->state.trouble.text[0])
		fprintf(stderr, "poterne: learn: %s: %s\n", dir, l->state.trouble.text);
	if (r == 0)
		r = fuzzylesson_open(&l->fuzzy, a, dir, why);
	*ret_key = l->state.examples.key;
	return r;
}

static int learn_files(const struct options *o, int n, char **paths)
{
	cleanup(arena_freep) struct arena *a = arena_new("learn", STATE_BUDGET);
	struct lesson l = { .options = o,
			    .state = { .dirfd = -1, .fd = -1 },
			    .fuzzy = { .dirfd = -1, .lockfd = -1 },
			    .taste.state = { .dirfd = -1, .lockfd = -1 } };
	struct why why = { "" };
	const struct conf *conf = super_read_conf(&o->source, a, &why);
	const char *dir = conf ? state_of(o, a, conf) : NULL;
	uint64_t key = 0;
	int r = conf ? find_messages(&l, conf, a, n, paths, &why) : -1;

	if (r == 0)
		r = open_state(&l, a, dir, &key, &why);
	if (r == 0)
		r = offline_start(&o->source, NULL, STR("{}"), 1, &l.offline, &why);
	if (r == 0) {
		offline_want_features(l.offline, key);
		r = learn_all(&l, &why);
		offline_stop(l.offline);
	}
	tastelesson_close(&l.taste);
	fuzzystore_close(&l.fuzzy);
	learnstate_close(&l.state);
	if (r < 0)
		fprintf(stderr, "poterne: learn: %s\n", why.text);
	return r < 0 || l.failed || fflush(stdout) ? CLI_ENVIRONMENT : CLI_DONE;
}

/* All that one recipient taught. */
static int forget_recipient(const struct options *o)
{
	cleanup(arena_freep) struct arena *a = arena_new("configuration", 16 << 20);
	struct why why = { "" };
	const struct conf *conf = super_read_conf(&o->source, a, &why);
	int r = conf ? tastelesson_forget(state_of(o, a, conf), o->recipient, o->json, &why) : -1;

	if (r < 0)
		fprintf(stderr, "poterne: learn: %s\n", why.text);
	return r < 0 || fflush(stdout) ? CLI_ENVIRONMENT : CLI_DONE;
}

/* Digests to or from another gateway. */
static int exchange(const struct options *o)
{
	cleanup(arena_freep) struct arena *a = arena_new("exchange", STATE_BUDGET);
	struct why why = { "" };
	const struct conf *conf = super_read_conf(&o->source, a, &why);
	const char *dir = conf ? state_of(o, a, conf) : NULL;
	size_t n = 0;
	int r = conf ? 0 : -1;

	if (r == 0 && o->export)
		r = fuzzylesson_export(dir, o->export, &n, &why);
	else if (r == 0)
		r = fuzzylesson_import(dir, o->import, &n, &why);
	if (r < 0) {
		fprintf(stderr, "poterne: learn: %s\n", why.text);
		return CLI_ENVIRONMENT;
	}
	printf(o->json ? "{\"digests\":%zu}\n" : "digests: %zu\n", n);
	return fflush(stdout) ? CLI_ENVIRONMENT : CLI_DONE;
}

static int show_status(const struct options *o)
{
	cleanup(arena_freep) struct arena *a = arena_new("configuration", 16 << 20);
	struct why why = { "" };
	const struct conf *conf = super_read_conf(&o->source, a, &why);

	if (conf)
		return learnstatus_show(conf, state_of(o, a, conf), o->json);
	fprintf(stderr, "poterne: learn: %s\n", why.text);
	return CLI_ENVIRONMENT;
}

int cmd_learn_held(const struct super_source *source, bool spam, const char *recipient, bool json,
		   int n, char **ids)
{
	const struct options o = { .source = *source,
				   .recipient = recipient,
				   .kind = spam ? EXAMPLE_BAD : EXAMPLE_GOOD,
				   .json = json,
				   .held = true };

	return learn_files(&o, n, ids);
}

/* False: usage was wrong. */
static bool take_option(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'S':
	case 'H':
	case 'F':
		/* --forget beside a kind is the same as --forget alone */
		if (o->has_kind && o->kind != EXAMPLE_FORGOTTEN && c != 'F')
			return false;
		if (!o->has_kind || c == 'F')
			o->kind = c == 'S'   ? EXAMPLE_BAD
				  : c == 'H' ? EXAMPLE_GOOD
					     : EXAMPLE_FORGOTTEN;
		o->has_kind = true;
		return true;
	case 'R':
		o->recipient = value;
		return tastelesson_is_address(str_c(value));
	case 't':
		o->state = value;
		return true;
	case 'X':
		o->export = value;
		return !o->import;
	case 'M':
		o->import = value;
		return !o->export;
	case 'J':
		o->json = true;
		return true;
	case 'Q':
		o->status = true;
		return true;
	case 'T':
		o->traps = true;
		o->kind = EXAMPLE_BAD;
		return true;
	case 'E':
		o->expire = true;
		return true;
	case 'I':
		o->held = true;
		return true;
	case 'c':
		o->source.file = value;
		return true;
	case 's':
		if (o->source.n_sets == MAX_SETS)
			return false;
		o->sets[o->source.n_sets++] = value;
		return true;
	default:
		return false;
	}
}

int cmd_learn(int argc, char **argv)
{
	static const struct option options[] = {
		{ "spam", no_argument, NULL, 'S' },
		{ "ham", no_argument, NULL, 'H' },
		{ "forget", no_argument, NULL, 'F' },
		{ "for", required_argument, NULL, 'R' },
		{ "export", required_argument, NULL, 'X' },
		{ "import", required_argument, NULL, 'M' },
		{ "id", no_argument, NULL, 'I' },
		{ "traps", no_argument, NULL, 'T' },
		{ "expire", no_argument, NULL, 'E' },
		{ "status", no_argument, NULL, 'Q' },
		{ "state", required_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'J' },
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct options o = { 0 };
	bool alone, whole;
	int c;

	optind = 0;
	o.source.sets = o.sets;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return CLI_DONE;
		}
		if (!take_option(&o, c, optarg)) {
			fputs(help, stderr);
			return CLI_USAGE;
		}
	}
	if (o.export || o.import)
		return exchange(&o);
	alone = o.traps || o.expire || o.status;
	whole = o.recipient && o.has_kind && o.kind == EXAMPLE_FORGOTTEN && optind == argc;
	if (whole && !alone && !o.held)
		return forget_recipient(&o);
	if (alone ? optind < argc || o.has_kind || o.recipient : optind == argc || !o.has_kind) {
		fputs(help, stderr);
		return CLI_USAGE;
	}
	return o.status ? show_status(&o) : learn_files(&o, argc - optind, argv + optind);
}
