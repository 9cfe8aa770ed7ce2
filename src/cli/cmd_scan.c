#include "cli/cli.h"

#include "cli/mailoptions.h"
#include "cli/messages.h"
#include "cli/offline.h"
#include "learn/fuzzystore.h"
#include "policy/explain.h"
#include "scan/record.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { MAX_JOBS = 64, OUTPUT_MAX = 64 << 20, MESSAGE_BUDGET = 1 << 30 };

static const char help[] =
	"usage: poterne scan [OPTIONS] FILE...\n"
	"\n"
	"Judges messages by the same code as the gateway, with no gateway running. A FILE may be\n"
	"a message, a directory (walked), an mbox (split), or - for standard input.\n"
	"\n"
	"  --json             one JSON object a line, in the order of the files\n"
	"  --text             with --json: the visible text as well\n" MAILOPTIONS_HELP
	"  --state DIR        what was learned, as poterne learn --state; else nothing is known\n"
	"  --memory DIR       what is remembered of senders: directory memory in paths.state\n"
	"  --jobs N           messages at a time (default: the number of cores)\n"
	"\n"
	"Exit status: 0 all would be delivered, 1 some would not, 2 usage, 3 cannot read.\n";

struct options {
	struct mailoptions mail;
	const char *state, *memory;
	size_t jobs;
	bool text;
};

struct outcome {
	str text;
	int status;
	bool done;
};

struct scan {
	const struct options *options;
	struct offline *offline;
	const struct messages *messages;
	struct outcome *outcomes;
	struct arena **arenas; /* one per message, ended when printed */
	_Atomic size_t next;
	pthread_mutex_t lock;
	pthread_cond_t ready;
};

static void put_words(struct strbuf *out, const struct options *o, str name,
		      const struct judgement *j)
{
	strbuf_put(out, STR("== "));
	strbuf_printable(out, name);
	strbuf_char(out, '\n');
	explain_put(out, &j->verdict, o->mail.lang);
	if (j->inspect_error.n) {
		strbuf_put(out, STR("error: "));
		strbuf_printable(out, j->inspect_error);
		strbuf_char(out, '\n');
	}
}

static int judge(struct scan *s, struct arena *a, const struct message_file *f, struct strbuf *out,
		 struct why *why)
{
	const struct options *o = s->options;
	int64_t now = o->mail.at ? o->mail.at : clock_wall();
	struct judgement j;
	struct envelope env;
	str message;
	int r = messages_read(f, a, &message, why);

	if (r < 0)
		return r;
	env = mailoptions_envelope(&o->mail, a, f->name, message, now);
	r = offline_judge(s->offline, a, &env, message, now, &j, why);
	if (r < 0)
		return r;
	if (o->mail.json) {
		record_put_json(out, f->name, &j, o->text);
		strbuf_char(out, '\n');
	} else {
		put_words(out, o, f->name, &j);
	}
	return j.verdict.intended > ACTION_TAG;
}

static void *work(void *ctx)
{
	struct scan *s = ctx;
	size_t i;

	while ((i = atomic_fetch_add(&s->next, 1)) < s->messages->files.n) {
		struct arena *a = arena_new("message", MESSAGE_BUDGET);
		struct strbuf out = strbuf_make(a, OUTPUT_MAX);
		struct why why = { "" };
		int r = judge(s, a, &s->messages->files.v[i], &out, &why);

		if (r < 0)
			fprintf(stderr, "poterne: scan: %s\n", why.text);
		pthread_mutex_lock(&s->lock);
		s->arenas[i] = a;
		s->outcomes[i] =
			(struct outcome){ strbuf_str(&out), r < 0 ? CLI_ENVIRONMENT : r, true };
		pthread_cond_broadcast(&s->ready);
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

/* In input order, each as soon as it and those before it are there. */
static int print_all(struct scan *s)
{
	int status = CLI_DONE;

	for (size_t i = 0; i < s->messages->files.n; i++) {
		struct outcome *o = &s->outcomes[i];

		pthread_mutex_lock(&s->lock);
		while (!o->done)
			pthread_cond_wait(&s->ready, &s->lock);
		pthread_mutex_unlock(&s->lock);
		if (o->text.n)
			fwrite(o->text.p, 1, o->text.n, stdout);
		status = o->status > status ? o->status : status;
		arena_free(s->arenas[i]);
	}
	return status;
}

static int run_all(struct scan *s, size_t jobs, struct arena *a)
{
	pthread_t threads[MAX_JOBS];
	size_t started = 0;
	int status;

	s->outcomes = arena_array(a, struct outcome, s->messages->files.n);
	s->arenas = arena_array(a, struct arena *, s->messages->files.n);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->ready, NULL);
	while (started < jobs && pthread_create(&threads[started], NULL, work, s) == 0)
		started++;
	if (!started)
		work(s);
	status = print_all(s);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	return status;
}

static int parse_number(const char *text, size_t max, size_t *ret)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || n == 0 || n > max)
		return -1;
	*ret = n;
	return 0;
}

/* False: usage was wrong. */
static bool take_option(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'S':
		o->state = value;
		return true;
	case 'M':
		o->memory = value;
		return true;
	case 't':
		o->text = true;
		return true;
	case 'j':
		return parse_number(value, MAX_JOBS, &o->jobs) == 0;
	default:
		return mailoptions_take(&o->mail, c, value);
	}
}

/* What is there, damaged or not, is no reason not to judge: it is said. */
static void use_learned(struct offline *offline, const char *dir)
{
	struct why why = { "" };
	int r = offline_use_model(offline, dir, &why);

	if (r != 0)
		fprintf(stderr, "poterne: scan: %s\n", why.text);
	r = offline_use_fuzzy(offline, dir, &why);
	if (r != 0 && r != STATEDIR_E_ABSENT)
		fprintf(stderr, "poterne: scan: %s\n", why.text);
}

static int use_state(struct offline *offline, const struct options *o, struct why *why)
{
	int r = o->state ? offline_check_state(o->state, why) : 0;

	if (r == 0 && o->state)
		use_learned(offline, o->state);
	if (r == 0 && o->memory)
		r = offline_use_memory(offline, o->memory, why);
	return r;
}

static int scan_files(struct options *o, int n, char **paths)
{
	cleanup(arena_freep) struct arena *a = arena_new("scan", 1 << 30);
	struct scan s = { .options = o };
	struct messages messages = { 0 };
	struct why why = { "" };
	int r = 0, status;

	for (int i = 0; i < n && r == 0; i++)
		r = messages_add(&messages, a, paths[i], &why);
	if (r == 0)
		r = offline_start(&o->mail.source, o->mail.dns, STR_NULL, o->jobs, &s.offline,
				  &why);
	if (r < 0) {
		fprintf(stderr, "poterne: scan: %s\n", why.text);
		return CLI_ENVIRONMENT;
	}
	r = use_state(s.offline, o, &why);
	if (r < 0)
		fprintf(stderr, "poterne: scan: %s\n", why.text);
	s.messages = &messages;
	status = r < 0 ? CLI_ENVIRONMENT : run_all(&s, o->jobs, a);
	offline_stop(s.offline);
	return fflush(stdout) == 0 ? status : CLI_ENVIRONMENT;
}

int cmd_scan(int argc, char **argv)
{
	static const struct option options[] = {
		MAILOPTIONS_ROWS,
		{ "state", required_argument, NULL, 'S' },
		{ "memory", required_argument, NULL, 'M' },
		{ "text", no_argument, NULL, 't' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct options o = { .jobs = cores > 0 && cores < MAX_JOBS ? (size_t)cores : 2 };
	int c;

	mailoptions_begin(&o.mail);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return CLI_DONE;
		}
		if (!take_option(&o, c, optarg)) {
			if (c != '?')
				fprintf(stderr,
					"poterne: scan: found %s, expected another value; see "
					"poterne scan --help\n",
					optarg ? optarg : "too many options");
			return CLI_USAGE;
		}
	}
	if (optind == argc) {
		fputs(help, stderr);
		return CLI_USAGE;
	}
	return scan_files(&o, argc - optind, argv + optind);
}
