#include "cli/cli.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/num.h"
#include "cli/feeds.h"
#include "cli/listchecks.h"
#include "cli/listfiles.h"
#include "lists/listcompile.h"
#include "lists/listfeed.h"
#include "lists/listsite.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

static const char usage[] =
	"usage: poterne lists check THING\n"
	"       poterne lists show\n"
	"       poterne lists add LIST ENTRY [--until DATE] [--why TEXT]\n"
	"       poterne lists remove LIST ENTRY [--why TEXT]\n"
	"       poterne lists expire LIST\n"
	"       poterne lists import --format FORMAT FILE [--list LIST] [--days N]\n"
	"       poterne lists compile FILE.txt FILE.set\n"
	"       poterne lists fetch FEED\n"
	"       poterne lists status\n"
	"       poterne lists audit\n"
	"\n"
	"  check    which lists name this address, domain, mailbox, URL or SHA-256\n"
	"  show     the lists, how many entries they have and how old they are\n"
	"  add      puts an entry on a list of this site (paths.site_lists), or changes it\n"
	"  remove   takes it off again\n"
	"  expire   takes off what has expired\n"
	"  import   makes a list of a feed: phishtank-csv, phishtank-json, openphish, urlhaus,\n"
	"           malwarebazaar, misp, stix or map; entries end after N days (7)\n"
	"  compile  makes a set of a text list of any length: it is mapped, not read\n"
	"  fetch    asks for a feed of feeds.sources now\n"
	"  status   the feeds: when they were fetched, what is in them, which are stale\n"
	"  audit    who changed which list, when and why; 1 when the trail was tampered with\n"
	"\n"
	"  --config FILE, --set KEY=VALUE, --json (check, show, fetch, status)\n"
	"The running gateway notices changes by itself, within ten seconds.\n"
	"Exit status: 0 done, 1 not listed or no such entry or a stale feed, 2 usage, 3 "
	"environment.\n";

enum { WORDS_MAX = 4, SETS_MAX = 64 };

struct request {
	const char *words[WORDS_MAX];
	int n;
	const char *config, *format, *list;
	str until, why;
	uint64_t days;
	bool json;
	const char *sets[SETS_MAX];
	size_t n_sets;
};

static bool take_option(struct request *q, int c)
{
	switch (c) {
	case 'c':
		q->config = optarg;
		return true;
	case 's':
		if (q->n_sets == SETS_MAX)
			return false;
		q->sets[q->n_sets++] = optarg;
		return true;
	case 'f':
		q->format = optarg;
		return true;
	case 'l':
		q->list = optarg;
		return true;
	case 'u':
		q->until = str_c(optarg);
		return true;
	case 'w':
		q->why = str_c(optarg);
		return true;
	case 'j':
		q->json = true;
		return true;
	case 'd':
		return num_u64_max(str_c(optarg), 3650, &q->days) && q->days > 0;
	default:
		return false;
	}
}

/* CLI_DONE: go on; -1: help was shown. */
static int parse(struct request *q, int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "format", required_argument, NULL, 'f' },
		{ "list", required_argument, NULL, 'l' },
		{ "until", required_argument, NULL, 'u' },
		{ "why", required_argument, NULL, 'w' },
		{ "days", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return -1;
		}
		if (!take_option(q, c))
			return CLI_USAGE;
	}
	for (; optind < argc && q->n < WORDS_MAX; optind++)
		q->words[q->n++] = argv[optind];
	return optind == argc && q->n > 0 ? CLI_DONE : CLI_USAGE;
}

static int load_conf(struct conf *c, const struct request *q, struct why *why)
{
	int r = q->config ? conf_load_file(c, q->config, why) : 0;

	for (size_t i = 0; r == 0 && i < q->n_sets; i++)
		r = conf_set_assignment(c, str_c(q->sets[i]), why);
	return r;
}

/* --- changes --- */

struct edit {
	const struct request *request;
	struct arena *arena;
	struct listfiles files;
	const char *path;
	str text; /* as it is */
};

static int begin_edit(struct edit *e, const struct conf *conf, str list, struct why *why)
{
	int r = listfiles_open(&e->files, e->arena, conf, why);

	if (r == 0)
		r = listfiles_path(&e->files, list, &e->path, why);
	return r < 0 ? r : listfiles_read(&e->files, e->path, LISTS_TEXT_MAX, &e->text, why);
}

static int end_edit(struct edit *e, str fresh, const char *action, str entry, uint64_t entries,
		    struct why *why)
{
	struct listaudit_change c = {
		.action = str_c(action),
		.list = str_c(e->path),
		.entry = entry,
		.why = e->request->why,
		.entries = entries,
	};
	int r = listfiles_write(&e->files, e->path, fresh, why);

	return r < 0 ? r : listfiles_tell(&e->files, &c, why);
}

static int run_add(struct edit *e, const struct conf *conf, struct why *why)
{
	const struct request *q = e->request;
	str entry = str_c(q->words[2]), note = STR(""), fresh;
	int r = begin_edit(e, conf, str_c(q->words[1]), why);

	if (q->why.n)
		note = q->why;
	if (r == 0)
		r = listsite_add(e->arena, e->text, entry, q->until, note, &fresh, why);
	if (r == 0)
		r = end_edit(e, fresh, "add", entry, 1, why);
	return r;
}

/* remove and expire: 1 when there was nothing to take off. */
static int run_take_off(struct edit *e, const struct conf *conf, struct why *why)
{
	const struct request *q = e->request;
	bool expire = strcmp(q->words[0], "expire") == 0;
	str entry = expire ? STR("") : str_c(q->words[2]), fresh;
	size_t n = 0;
	int r = begin_edit(e, conf, str_c(q->words[1]), why);

	if (r == 0 && expire)
		r = listsite_expire(e->arena, e->text, clock_wall(), &fresh, &n, why);
	else if (r == 0)
		r = listsite_remove(e->arena, e->text, entry, &fresh, &n, why);
	if (r < 0)
		return r;
	if (n == 0 && !expire)
		return why_set(why, 1, "%s has no such entry", e->path);
	return n ? end_edit(e, fresh, q->words[0], entry, n, why) : 0;
}

/* --- import --- */

static str day_after(struct arena *a, uint64_t days)
{
	struct strbuf b = strbuf_make(a, 64);

	clock_put_rfc3339(&b, clock_wall() + (int64_t)(days + 1) * 24 * 3600);
	return str_sub(strbuf_str(&b), 0, 10);
}

/* What is too long for a text list becomes a set beside it, and the text list goes. */
static int put_compiled(struct edit *e, str text, struct why *why)
{
	str stem = str_sub(str_c(e->path), 0, strlen(e->path) - 4);
	const char *from = arena_fmt(e->arena, "%.*s.import", STR_ARG(stem)).p;
	const char *to = arena_fmt(e->arena, "%.*s.set", STR_ARG(stem)).p;
	struct listcompile_count count;
	FILE *f = fopen(from, "we");
	int r = 0;

	if (!f || fwrite(text.p, 1, text.n, f) != text.n)
		r = why_set(why, -errno, "%s: %m", from);
	if (f && fclose(f) != 0 && r == 0)
		r = why_set(why, -errno, "%s: %m", from);
	if (r == 0)
		r = listcompile_run(from, to, true, clock_wall(), &count, why);
	unlink(from);
	if (r == 0)
		unlink(e->path);
	return r;
}

static int put_text(struct edit *e, str text, struct why *why)
{
	str stem = str_sub(str_c(e->path), 0, strlen(e->path) - 4);
	int r = listfiles_write(&e->files, e->path, text, why);

	if (r == 0)
		unlink(arena_fmt(e->arena, "%.*s.set", STR_ARG(stem)).p);
	return r;
}

static int put_import(struct edit *e, enum listfeed_format format, str in, struct why *why)
{
	struct strbuf out = strbuf_make(e->arena, 2ul << 30);
	struct listaudit_change c = { .action = STR("import"), .list = str_c(e->path) };
	struct listfeed_count count;
	int r;

	strbuf_fmt(&out, "# From %.*s, until %.*s, written by poterne lists import.\n",
		   STR_ARG(listfeed_name(format)), STR_ARG(day_after(e->arena, e->request->days)));
	r = listfeed_read(e->arena, format, in, day_after(e->arena, e->request->days), &out, &count,
			  why);
	if (r == 0)
		r = out.n > LISTS_TEXT_MAX ? put_compiled(e, strbuf_str(&out), why)
					   : put_text(e, strbuf_str(&out), why);
	if (r < 0)
		return r;
	c.entry = str_c(e->request->words[1]);
	c.why = e->request->why;
	c.entries = count.entries;
	printf("%llu entries, %llu twice, %llu left out\n", (unsigned long long)count.entries,
	       (unsigned long long)count.twice, (unsigned long long)count.left_out);
	return listfiles_tell(&e->files, &c, why);
}

static int run_import(struct edit *e, const struct conf *conf, struct why *why)
{
	const struct request *q = e->request;
	enum listfeed_format format;
	str in;
	int r;

	if (!q->format || !listfeed_of_name(str_c(q->format), &format))
		return why_set(why, -EINVAL,
			       "--format: found \"%s\", expected phishtank-csv, "
			       "phishtank-json, openphish, urlhaus, malwarebazaar, "
			       "misp, stix or map",
			       q->format ? q->format : "");
	r = fd_read_path(q->words[1], e->arena, LISTFEED_MAX, &in, why);
	if (r == 0)
		r = listfiles_open(&e->files, e->arena, conf, why);
	if (r == 0)
		r = listfiles_path(&e->files, q->list ? str_c(q->list) : listfeed_list(format),
				   &e->path, why);
	return r < 0 ? r : put_import(e, format, in, why);
}

static int run_compile(struct edit *e, const struct conf *conf unused_arg, struct why *why)
{
	const struct request *q = e->request;
	struct listcompile_count count;
	int r = listcompile_run(q->words[1], q->words[2], true, clock_wall(), &count, why);

	if (r == 0)
		printf("%llu entries, %llu twice\n", (unsigned long long)count.entries,
		       (unsigned long long)count.twice);
	return r;
}

/* --- questions --- */

static int run_audit(struct edit *e, const struct conf *conf, struct why *why)
{
	int r = listfiles_open(&e->files, e->arena, conf, why);

	return r < 0 ? r : listfiles_show_trail(&e->files, why);
}

static int run_check(struct edit *e, const struct conf *conf, struct why *why)
{
	return listchecks_say(e->arena, conf, str_c(e->request->words[1]), clock_wall(),
			      e->request->json, why);
}

static int run_show(struct edit *e, const struct conf *conf, struct why *why)
{
	return listchecks_show(e->arena, conf, clock_wall(), e->request->json, why);
}

static int run_fetch(struct edit *e, const struct conf *conf, struct why *why)
{
	return feeds_fetch(e->arena, conf, str_c(e->request->words[1]), e->request->json, why);
}

static int run_status(struct edit *e, const struct conf *conf, struct why *why)
{
	return feeds_status(e->arena, conf, clock_wall(), e->request->json, why);
}

static const struct action {
	const char *name;
	int words;
	int (*run)(struct edit *e, const struct conf *conf, struct why *why);
} actions[] = {
	{ "check", 2, run_check },     { "show", 1, run_show },	      { "add", 3, run_add },
	{ "remove", 3, run_take_off }, { "expire", 2, run_take_off }, { "import", 2, run_import },
	{ "compile", 3, run_compile }, { "audit", 1, run_audit },     { "fetch", 2, run_fetch },
	{ "status", 1, run_status },
};

static int run(const struct request *q, const struct action *action)
{
	cleanup(arena_freep) struct arena *a = arena_new("lists", (size_t)8 << 30);
	struct edit e = { .request = q, .arena = a, .files = { .lock = -1 } };
	struct conf *conf = conf_new_default(a);
	struct why why = { "" };
	int r = load_conf(conf, q, &why);

	if (r == 0)
		r = action->run(&e, conf, &why);
	listfiles_close(&e.files);
	if (why.text[0] && r != 0)
		fprintf(stderr, "poterne: lists: %s\n", why.text);
	if (r < 0)
		return r == -EINVAL ? CLI_USAGE : CLI_ENVIRONMENT;
	return fflush(stdout) == 0 ? r : CLI_ENVIRONMENT;
}

int cmd_lists(int argc, char **argv)
{
	struct request q = { .days = 7 };
	int r = parse(&q, argc, argv);

	if (r < 0)
		return CLI_DONE;
	for (size_t i = 0; r == CLI_DONE && i < ARRAY_LEN(actions); i++) {
		if (strcmp(q.words[0], actions[i].name) == 0 && q.n == actions[i].words)
			return run(&q, &actions[i]);
	}
	fputs(usage, stderr);
	return CLI_USAGE;
}
