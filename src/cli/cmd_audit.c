#include "cli/cli.h"

#include "audit/ourselves.h"
#include "base/fd.h"
#include "battery/battery.h"
#include "battery/score.h"
#include "battery/webworld.h"
#include "battery/zone.h"
#include "cli/auditself.h"
#include "cli/audittarget.h"
#include "cli/auditworld.h"
#include "cli/offline.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MAX_SETS = 256, JUDGE_BUDGET = 1 << 30, SEED = 1, PATH_MAX_BYTES = 4096 };

static const char help[] =
	"usage: poterne audit --list | --write DIR | --world DIR | --zone | --offline [OPTIONS] "
	"[CASE...]\n"
	"       poterne audit --self [OPTIONS]      this configuration; see --self --help\n"
	"       poterne audit --target HOST[:PORT] --rcpt ADDRESS ...   any gateway: see --target "
	"--help\n"
	"\n"
	"The mails a hardened gateway is tested with, built when they are asked for: 174 cases "
	"with\n"
	"their variants, each in a correct French message (-clean) and as a script writes it\n"
	"(-acss), and clean twins that must pass; and dialogues (T001, X-). CASE is an id or its "
	"beginning: T008, T0, C-.\n"
	"\n"
	"  --list             the cases and what they are\n"
	"  --write DIR        writes the messages as files, ID.eml, for other tools\n"
	"  --world DIR        writes what the battery takes for granted, for a gateway under "
	"test:\n"
	"                     zone.json, lists/ (paths.site_lists), overlay/ (paths.overlay)\n"
	"  --zone             prints the DNS world they were made for, as JSON\n"
	"  --offline          judges them in this process and compares with what is expected\n"
	"  --json             with --list and --offline: one JSON object a line\n"
	"  --failed           with --offline: only what did not pass\n"
	"  --seed N           other names and numbers in the messages (default 1)\n"
	"  --dns FILE         with --offline: DNS answers (default: those the battery was made "
	"for)\n"
	"  --config FILE --set KEY=VALUE   as for poterne scan; with --config the site's own "
	"lists\n"
	"                     and overlay are used, not those of the battery\n"
	"\n"
	"Exit status: 0 all passed, 1 some did not, 2 usage, 3 environment.\n";

enum mode { MODE_NONE, MODE_LIST, MODE_WRITE, MODE_WORLD, MODE_ZONE, MODE_OFFLINE };

/* Our own settings stand before the caller's. */
enum { SET_DOMAINS, SET_ARC, SET_LISTS, SET_OVERLAY, SET_LINKS, SET_GET, SETS_OF_OURS };

struct audit {
	enum mode mode;
	const char *folder, *dns;
	const char *sets[MAX_SETS];
	struct super_source source;
	bool json, failed_only;
	uint64_t seed;
	struct offline *offline;
	struct score_card card;
	int error; /* of the environment, then nothing more is done */
};

static void list_one(const struct audit *u, str id, str group, str title)
{
	if (u->json)
		printf("{\"id\": \"%.*s\", \"group\": \"%.*s\", \"title\": \"%.*s\"}\n",
		       STR_ARG(id), STR_ARG(group), STR_ARG(title));
	else
		printf("%-6.*s %-12.*s %.*s\n", STR_ARG(id), STR_ARG(group), STR_ARG(title));
}

static void list(const struct audit *u)
{
	const struct battery_case *c;

	for (size_t i = 0; (c = battery_case_at(i)); i++) {
		list_one(u, battery_case_id(c), battery_case_group(c), battery_case_title(c));
	}
}

static void list_dialogue(const struct audit *u)
{
	const struct dialogue_case *c;
	str last = STR("");

	for (size_t i = 0; (c = dialogue_at(i)); i++) {
		str id = dialogue_case_id(c);

		if (!str_eq(id, last))
			list_one(u, id, dialogue_group(c), dialogue_title(c));
		last = id;
	}
}

static void fail(struct audit *u, const char *what, const char *why)
{
	fprintf(stderr, "poterne: audit: %s: %s\n", what, why);
	u->error = CLI_ENVIRONMENT;
}

static void write_one(void *ctx, const struct battery_message *m)
{
	struct audit *u = ctx;
	char path[PATH_MAX_BYTES];
	struct why why = { "" };
	cleanup(fd_closep) int fd = -1;

	if (u->error)
		return;
	snprintf(path, sizeof(path), "%s/%.*s.eml", u->folder, STR_ARG(m->id));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		fail(u, path, strerror(errno));
	else if (fd_write_all(fd, m->bytes, &why) < 0)
		fail(u, path, why.text);
	u->card.messages++;
}

static struct envelope envelope_of(const struct battery_message *m, str *recipient, int64_t now)
{
	*recipient = m->recipient;
	return (struct envelope){
		.mid = m->id,
		.esmtp = true,
		.received_at = now,
		.client_ip = m->client_ip,
		.helo = m->helo,
		.reverse_path = m->reverse_path,
		.has_reverse_path = true,
		.recipients = recipient,
		.n_recipients = 1,
	};
}

static void judge_one(void *ctx, const struct battery_message *m)
{
	cleanup(arena_freep) struct arena *a = arena_new("audit", JUDGE_BUDGET);
	struct audit *u = ctx;
	struct score_line line;
	struct judgement j;
	struct envelope env;
	struct why why = { "" };
	str recipient;

	if (u->error)
		return;
	env = envelope_of(m, &recipient, BATTERY_ZONE_NOW);
	if (offline_judge(u->offline, a, &env, m->bytes, BATTERY_ZONE_NOW, &j, &why) < 0) {
		fail(u, "judging", why.text);
		return;
	}
	score_judge(&u->card, a, m, &j.verdict, &line);
	if (!u->failed_only || !line.passed)
		score_print(stdout, a, m, &line, u->json);
}

static void take_dialogue(void *ctx, const struct fate_row *row)
{
	cleanup(arena_freep) struct arena *a = arena_new("dialogue", 1 << 20);
	struct audit *u = ctx;
	const struct battery_message as = { .id = row->id, .allowed = BATTERY_REJECT };
	struct score_line line = { .outcome = BATTERY_REJECT,
				   .passed = row->judgement == FATE_PASS,
				   .critical = row->judgement == FATE_DANGER,
				   .symbols = row->note };

	if (!line.passed)
		line.outcome = BATTERY_ACCEPT;
	score_count(&u->card, row->case_id, line.passed, line.critical);
	if (!u->failed_only || !line.passed)
		score_print(stdout, a, &as, &line, u->json);
}

/* What needs no message is tried on our own session. */
static void judge_dialogue(struct audit *u, str prefix)
{
	struct why why = { "" };

	if (!u->error &&
	    ourselves_judge(offline_conf(u->offline), prefix, take_dialogue, u, &why) < 0)
		fail(u, "dialogue", why.text);
}

static int start(struct audit *u, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("zone", 1 << 20);
	struct auditworld world = { "" };
	int r = 0;

	if (!u->source.file) {
		u->sets[SET_LISTS] = world.lists;
		u->sets[SET_OVERLAY] = world.overlay;
		r = auditworld_start(&world, why);
	}
	if (r == 0)
		r = offline_start(&u->source, u->dns, u->dns ? STR_NULL : zone_json(a), 1,
				  &u->offline, why);
	auditworld_end(&world);
	return r;
}

static int judge_all(struct audit *u, int n, char **cases)
{
	struct why why = { "" };
	int r = start(u, &why);

	if (r < 0) {
		fail(u, "starting", why.text);
		return CLI_ENVIRONMENT;
	}
	offline_follow_links(u->offline, webworld_source);
	for (int i = 0; i < n || i == 0; i++) {
		judge_dialogue(u, n ? str_c(cases[i]) : STR(""));
		battery_make(n ? str_c(cases[i]) : STR(""), u->seed, judge_one, u);
	}
	offline_stop(u->offline);
	if (!u->json)
		score_print_card(stdout, &u->card);
	return u->error ? u->error : u->card.failed ? CLI_NO : CLI_DONE;
}

static int write_all(struct audit *u, int n, char **cases)
{
	if (mkdir(u->folder, 0755) < 0 && errno != EEXIST) {
		fail(u, u->folder, strerror(errno));
		return CLI_ENVIRONMENT;
	}
	for (int i = 0; i < n || i == 0; i++)
		battery_make(n ? str_c(cases[i]) : STR(""), u->seed, write_one, u);
	if (!u->error)
		printf("%zu messages written to %s\n", u->card.messages, u->folder);
	return u->error;
}

static int write_world(struct audit *u)
{
	struct why why = { "" };

	if (auditworld_write(u->folder, &why) < 0)
		fail(u, u->folder, why.text);
	return u->error;
}

static int print_zone(void)
{
	cleanup(arena_freep) struct arena *a = arena_new("zone", 1 << 20);
	str zone = zone_json(a);

	fwrite(zone.p, 1, zone.n, stdout);
	return fflush(stdout) == 0 ? CLI_DONE : CLI_ENVIRONMENT;
}

/* False: usage was wrong. */
static bool take_option(struct audit *u, int c, const char *value)
{
	char *end = NULL;

	switch (c) {
	case 'L':
		u->mode = MODE_LIST;
		return true;
	case 'w':
		u->mode = MODE_WRITE;
		u->folder = value;
		return true;
	case 'W':
		u->mode = MODE_WORLD;
		u->folder = value;
		return true;
	case 'z':
		u->mode = MODE_ZONE;
		return true;
	case 'o':
		u->mode = MODE_OFFLINE;
		return true;
	case 'J':
		u->json = true;
		return true;
	case 'F':
		u->failed_only = true;
		return true;
	case 'S':
		u->seed = strtoull(value, &end, 10);
		return *value && !*end;
	case 'd':
		u->dns = value;
		return true;
	case 'c':
		u->source.file = value;
		return true;
	case 's':
		if (u->source.n_sets == MAX_SETS)
			return false;
		u->sets[u->source.n_sets++] = value;
		return true;
	default:
		return false;
	}
}

static int run(struct audit *u, int n, char **cases)
{
	u->source.sets = u->sets;
	switch (u->mode) {
	case MODE_LIST:
		list_dialogue(u);
		list(u);
		return CLI_DONE;
	case MODE_WRITE:
		return write_all(u, n, cases);
	case MODE_WORLD:
		return write_world(u);
	case MODE_ZONE:
		return print_zone();
	case MODE_OFFLINE:
		return judge_all(u, n, cases);
	case MODE_NONE:
		break;
	}
	fputs(help, stderr);
	return CLI_USAGE;
}

int cmd_audit(int argc, char **argv)
{
	static const struct option options[] = {
		{ "list", no_argument, NULL, 'L' },
		{ "write", required_argument, NULL, 'w' },
		{ "world", required_argument, NULL, 'W' },
		{ "zone", no_argument, NULL, 'z' },
		{ "offline", no_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'J' },
		{ "failed", no_argument, NULL, 'F' },
		{ "seed", required_argument, NULL, 'S' },
		{ "dns", required_argument, NULL, 'd' },
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct audit u = { .seed = SEED };
	int c;

	if (auditself_asked(argc, argv))
		return auditself(argc, argv);
	if (audittarget_asked(argc, argv))
		return audittarget(argc, argv);
	/* The battery is addressed to this domain; --set and --config come after it. */
	u.sets[SET_DOMAINS] = "domains=hopital.example";
	u.sets[SET_ARC] = "arc.trusted=fai.example";
	/* Said twice does no harm; start() puts the battery's world here. */
	u.sets[SET_LISTS] = u.sets[SET_OVERLAY] = u.sets[SET_ARC];
	u.sets[SET_LINKS] = "url_check.enabled=true";
	u.sets[SET_GET] = "url_check.get=" WEBWORLD_GET;
	u.source.n_sets = SETS_OF_OURS;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return CLI_DONE;
		}
		if (!take_option(&u, c, optarg)) {
			fputs(help, stderr);
			return CLI_USAGE;
		}
	}
	return run(&u, argc - optind, argv + optind);
}
