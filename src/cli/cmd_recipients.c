#include "base/fd.h"
#include "cli/cli.h"
#include "cli/recipientcheck.h"
#include "super/super.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

static const char usage[] =
	"usage: poterne recipients check ADDRESS...\n"
	"       poterne recipients count\n"
	"       poterne recipients compile FILE\n"
	"\n"
	"  check    what the table of recipients.file says of a mailbox: known, internal (only\n"
	"           inside may write to it), disabled or unknown; strangers are not told which\n"
	"  count    how many rows it has, and a domain of ours that it says nothing of\n"
	"  compile  for poterned: makes the table, in the memory file that is standard input\n"
	"\n"
	"  --config FILE, --set KEY=VALUE\n"
	"\n"
	"Exit status: 0 done, 1 not known, or nothing of a domain, 2 usage, 3 environment.\n";

enum { SETS_MAX = 64 };

struct request {
	struct super_source source;
	const char *sets[SETS_MAX];
};

/* CLI_DONE: go on; -1: help was shown. */
static int parse(struct request *q, int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	q->source.sets = q->sets;
	optind = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return -1;
		}
		if (c == 'c')
			q->source.file = optarg;
		else if (c == 's' && q->source.n_sets < SETS_MAX)
			q->sets[q->source.n_sets++] = optarg;
		else
			return CLI_USAGE;
	}
	return optind < argc ? CLI_DONE : CLI_USAGE;
}

static int compile(const char *path, struct why *why)
{
	struct recipientfile_count count;
	int r = recipientfile_compile(path, STDIN_FILENO, &count, why);

	return r < 0 ? why_prefix(why, r, "recipients.file") : CLI_DONE;
}

static int open_table(const struct request *q, struct arena *a, const struct conf **ret_conf,
		      struct recipients *ret, struct recipientfile_count *count, struct why *why)
{
	struct conf *conf = super_read_conf(&q->source, a, why);

	if (!conf)
		return -EINVAL;
	if (!conf_has_recipients(conf))
		return why_set(
			why, -EINVAL,
			"recipients.file is empty, or role is out: every recipient is taken");
	*ret_conf = conf;
	return recipientfile_open(arena_cz(a, conf->recipients.file), ret, count, why);
}

static int check_one(const struct conf *conf, const struct recipients *table, struct arena *a,
		     const char *text, struct why *why)
{
	str delimiter = conf->recipients.delimiter;
	enum recipients_found found;
	struct address address;

	if (address_parse_mailbox(a, str_c(text), true, &address) != ADDRESS_OK)
		return why_set(why, -EINVAL, "found \"%s\", expected a mailbox, name@domain", text);
	found = conf_is_own_domain(conf, address.domain)
			? recipients_find(table, address, delimiter.n ? delimiter.p[0] : 0)
			: RECIPIENTS_UNKNOWN;
	printf("%s %.*s\n", text, STR_ARG(recipients_word(found)));
	return found == RECIPIENTS_KNOWN ? CLI_DONE : CLI_NO;
}

static int check(const struct request *q, struct arena *a, int n, char **names, struct why *why)
{
	struct recipientfile_count count;
	struct recipients table;
	const struct conf *conf;
	int worst = CLI_DONE, r = open_table(q, a, &conf, &table, &count, why);

	if (r < 0)
		return r;
	for (int i = 0; i < n && r >= 0; i++) {
		r = check_one(conf, &table, a, names[i], why);
		worst = r > worst ? r : worst;
	}
	recipients_close(&table);
	return r < 0 ? r : worst;
}

static int show_count(const struct request *q, struct arena *a, struct why *why)
{
	struct recipientfile_count count;
	struct recipients table;
	const struct conf *conf;
	str silent;
	int r = open_table(q, a, &conf, &table, &count, why);

	if (r < 0)
		return r;
	silent = recipientcheck_silent(conf, &table, a);
	recipients_close(&table);
	printf("%llu mailboxes and %llu whole domains, of these %llu internal and %llu disabled\n",
	       (unsigned long long)count.mailboxes, (unsigned long long)count.domains,
	       (unsigned long long)count.internal, (unsigned long long)count.disabled);
	if (silent.n)
		printf("nothing of %.*s: all its recipients but postmaster and abuse are refused\n",
		       STR_ARG(silent));
	return silent.n ? CLI_NO : CLI_DONE;
}

int cmd_recipients(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *a = arena_new("recipients", 64 << 20);
	struct request q = { 0 };
	struct why why = { "" };
	int r = parse(&q, argc, argv), n = argc - optind - 1;
	str verb = str_c(r == CLI_DONE ? argv[optind] : "");

	if (r < 0)
		return CLI_DONE;
	if (str_eq(verb, STR("check")) && n > 0) {
		r = check(&q, a, n, argv + optind + 1, &why);
	} else if (str_eq(verb, STR("count")) && n == 0) {
		r = show_count(&q, a, &why);
	} else if (str_eq(verb, STR("compile")) && n == 1) {
		r = compile(argv[optind + 1], &why);
	} else {
		fputs(usage, stderr);
		return CLI_USAGE;
	}
	if (r < 0)
		fprintf(stderr, "poterne: recipients: %s\n", why.text);
	if (r < 0)
		return CLI_ENVIRONMENT;
	return fflush(stdout) == 0 ? r : CLI_ENVIRONMENT;
}
