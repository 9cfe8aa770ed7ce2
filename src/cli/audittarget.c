#include "cli/audittarget.h"

#include "audit/auditpage.h"
#include "audit/auditreport.h"
#include "audit/sink.h"
#include "audit/watchdir.h"
#include "audit/watchimap.h"
#include "base/fd.h"
#include "base/num.h"
#include "cli/cli.h"
#include "cli/dnssource.h"
#include "relay/hostaddr.h"
#include "super/super.h"
#include "tls/tlsclient.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

enum { MAX_PATTERNS = 64, MAX_SETS = 256, RESOLVE_MS = 10000, REPORT_BUDGET = 512 << 20 };
enum { PASSWORD_MAX = 4096, ROOTS_MAX = 64 << 20 };
enum { DEFAULT_RATE = 2, RATE_MAX = 1000, WAIT_MS = 60000, REPLY_MS = 60000, SMTP_PORT = 25 };

static const char help[] =
	"usage: poterne audit --target HOST[:PORT] --rcpt ADDRESS [OPTIONS] [CASE...]\n"
	"\n"
	"Sends the battery to a gateway, watches what it says and what arrives, and reports. CASE\n"
	"is a pattern of ids: 'T008*', 'C-*', 'X-001*'; without one, all of it.\n"
	"\n"
	"  --rcpt ADDRESS       who receives everything: a mailbox made for this\n"
	"  --from ADDRESS       who sends what is neutral: of a domain whose SPF record names "
	"this\n"
	"                       machine. Without it the names of the battery stay; the gateway's\n"
	"                       DNS must then answer as poterne audit --zone says\n"
	"  --i-am-allowed       the gateway is not this machine, and its owner agreed\n"
	"  --unknown-rcpt ADDRESS   a recipient that must be refused (may be repeated)\n"
	"\n"
	"What arrives, one of:\n"
	"  --maildir DIR        the mailbox of --rcpt as a Maildir\n"
	"  --imap URL --imap-password FILE   the same by IMAP: imaps://USER@HOST[:PORT][/MAILBOX]\n"
	"  --sink PORT          the gateway hands mail over to this port of this machine\n"
	"\n"
	"  --rate N             messages a second at most (default 2)\n"
	"  --wait TIME          for what was accepted to arrive, after the last one (default 60s)\n"
	"  --resume FILE        notes what was done; started again, goes on where it stopped\n"
	"  --skip PATTERN       leaves these out (may be repeated)\n"
	"  --slow, --stress     also cases that take minutes, that put a load on the gateway\n"
	"  --dry-run            says what would be sent\n"
	"  --helo NAME          our name, instead of the one each case says\n"
	"  --seed N             other names and numbers in the messages (default 1)\n"
	"  --failed             shows only what failed\n"
	"  --json               one JSON object a line\n"
	"  --html FILE          a page for people as well: what failed, what it means, what to do\n"
	"  --lang en|fr         its language (default en)\n"
	"\n"
	"  poterne audit --target 127.0.0.1:2525 --rcpt test@hopital.example --sink 2526 'T0*'\n"
	"  poterne audit --target mx.example.org --i-am-allowed --rcpt audit@example.org \\\n"
	"      --from audit@tester.example --maildir ~/Maildir --resume audit.journal\n"
	"\n"
	"Exit status: 0 nothing failed, 1 something did, 2 usage, 3 environment.\n";

struct audittarget {
	struct auditrun_spec spec;
	const char *target, *maildir, *imap, *imap_password, *html;
	enum advice_lang lang;
	int64_t sink_port; /* 0: none */
	const char *skip[MAX_PATTERNS], *sets[MAX_SETS];
	struct super_source source;
	bool allowed, json, failed_only, terminal;
	struct sink *sink;
	struct watchimap_spec mailbox;
	struct conf *conf; /* NULL: not read yet */
	struct arena *arena;
};

bool audittarget_asked(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (str_eq(str_c(argv[i]), STR("--target")) ||
		    str_starts(str_c(argv[i]), STR("--target=")))
			return true;
	}
	return false;
}

/* Servers that are none of ours have their words in it. */
static int fail(const char *what, const char *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("failure", 64 << 10);
	struct strbuf b = strbuf_make(a, 8 * sizeof(struct why));

	strbuf_printable(&b, str_c(why));
	fprintf(stderr, "poterne: audit: %s: %.*s\n", what, STR_ARG(strbuf_str(&b)));
	return CLI_ENVIRONMENT;
}

static bool take_number(const char *text, uint64_t max, int64_t *ret)
{
	uint64_t n;

	if (!num_u64_max(str_c(text), max, &n) || n == 0)
		return false;
	*ret = (int64_t)n;
	return true;
}

static bool take_duration(const char *text, int64_t *ret)
{
	uint64_t ms;

	if (!num_duration(str_c(text), &ms) || ms > INT32_MAX)
		return false;
	*ret = (int64_t)ms;
	return true;
}

static bool take_unknown(struct dialogue_wishes *w, const char *address)
{
	if (w->n_unknown == DIALOGUE_UNKNOWN)
		return false;
	w->unknown[w->n_unknown++] = str_c(address);
	return true;
}

/* Options that only say something about one member. */
static bool take_plain(struct audittarget *t, int c, const char *value)
{
	struct auditrun_spec *s = &t->spec;

	switch (c) {
	case 't':
		t->target = value;
		return true;
	case 'r':
		s->world.rcpt = str_c(value);
		return true;
	case 'f':
		s->world.from = str_c(value);
		return true;
	case 'e':
		s->world.helo = str_c(value);
		return true;
	case 'm':
		t->maildir = value;
		return true;
	case 'i':
		t->imap = value;
		return true;
	case 'P':
		t->imap_password = value;
		return true;
	case 'j':
		s->journal = value;
		return true;
	case 'c':
		t->source.file = value;
		return true;
	case 'H':
		t->html = value;
		return true;
	case 'l':
		t->lang = str_eq(str_c(value), STR("fr")) ? ADVICE_FR : ADVICE_EN;
		return t->lang == ADVICE_FR || str_eq(str_c(value), STR("en"));
	case 'A':
		return t->allowed = true;
	case 'D':
		return s->dry = true;
	case 'J':
		return t->json = true;
	case 'F':
		return t->failed_only = true;
	case 'L':
		return s->dialogue.slow = true;
	case 'X':
		return s->dialogue.stress = true;
	default:
		return false;
	}
}

static bool take_option(struct audittarget *t, int c, const char *value)
{
	int64_t n;

	switch (c) {
	case 'S':
		return num_u64(str_c(value), &t->spec.seed);
	case 'p':
		return take_number(value, UINT16_MAX, &t->sink_port);
	case 'R':
		if (!take_number(value, RATE_MAX, &n))
			return false;
		t->spec.pause_ms = 1000 / n;
		return true;
	case 'W':
		return take_duration(value, &t->spec.wait_ms);
	case 'u':
		return take_unknown(&t->spec.dialogue, value);
	case 'k':
		if (t->spec.n_skip == MAX_PATTERNS)
			return false;
		t->skip[t->spec.n_skip++] = value;
		return true;
	case 's':
		if (t->source.n_sets == MAX_SETS)
			return false;
		t->sets[t->source.n_sets++] = value;
		return true;
	default:
		return take_plain(t, c, value);
	}
}

/* HOST, HOST:PORT, [2001:db8::1]:PORT */
static bool split_target(str target, str *ret_host, uint16_t *ret_port)
{
	size_t colon = str_rchr(target, ':');
	uint64_t port = SMTP_PORT;
	str host = target;

	if (str_starts(target, STR("["))) {
		size_t close = str_chr(target, ']');

		if (close == STR_NONE)
			return false;
		host = str_sub(target, 1, close);
		target = str_skip(target, close + 1);
		if (target.n &&
		    (target.p[0] != ':' || !num_u64_max(str_skip(target, 1), UINT16_MAX, &port)))
			return false;
	} else if (colon != STR_NONE && str_chr(target, ':') == colon) {
		host = str_sub(target, 0, colon);
		if (!num_u64_max(str_skip(target, colon + 1), UINT16_MAX, &port))
			return false;
	}
	*ret_host = host;
	*ret_port = (uint16_t)port;
	return host.n && port;
}

static bool read_conf(struct audittarget *t, struct why *why)
{
	if (!t->conf)
		t->conf = super_read_conf(&t->source, t->arena, why);
	return t->conf;
}

static int resolve(struct audittarget *t, str host, struct ip *ret, struct why *why)
{
	struct dns_resolver dns = { 0 };
	struct hostaddr found;

	if (!ip_parse(host, ret) && !str_caseeq(host, STR("localhost")) &&
	    (!read_conf(t, why) ||
	     dnssource_open(t->arena, t->conf, NULL, STR_NULL, &dns, why) < 0))
		return -1;
	if (hostaddr_find(&dns, t->arena, host, deadline_in(RESOLVE_MS), &found) != HOSTADDR_OK)
		return why_set(why, -1, "its address was not found");
	*ret = found.v[0];
	return 0;
}

static bool is_loopback(struct ip ip)
{
	static const struct ip v6 = { IP_V6, { [15] = 1 } };

	return (ip.n == IP_V4 && ip.bytes[0] == 127) || ip_eq(ip, v6);
}

static int open_target(struct audittarget *t)
{
	struct talk_target *to = &t->spec.target;
	struct why why = { "" };
	char name[256] = "localhost";

	if (!split_target(str_c(t->target), &to->host, &to->port))
		return fail(t->target, "is not HOST:PORT"), CLI_USAGE;
	if (resolve(t, to->host, &to->ip, &why) < 0)
		return fail(t->target, why.text);
	t->spec.loopback = is_loopback(to->ip);
	if (!t->spec.loopback && !t->allowed && !t->spec.dry) {
		fprintf(stderr,
			"poterne: audit: %s is not this machine: an audit sends it hundreds "
			"of messages, viruses among them. When its owner agreed, say so with "
			"--i-am-allowed\n",
			t->target);
		return CLI_USAGE;
	}
	if (gethostname(name, sizeof(name) - 1) == 0)
		to->name = arena_str(t->arena, str_c(name));
	if (t->spec.world.helo.n)
		to->name = t->spec.world.helo;
	to->timeout_ms = REPLY_MS;
	t->spec.target_name = str_c(t->target);
	/* Who the gateway is has been said by who started us: its certificate proves nothing more.
	 */
	if (tlsclient_new(STR(""), TLSCTX_1_2, &to->tls_ctx, &why) < 0)
		return fail("TLS", why.text);
	return CLI_DONE;
}

static int open_imap(struct audittarget *t)
{
	struct watchimap_spec *m = &t->mailbox;
	str password, roots = STR("");
	struct why why = { "" };

	if (!watchimap_parse(str_c(t->imap), m)) {
		fprintf(stderr, "poterne: audit: --imap imaps://USER@HOST[:PORT][/MAILBOX]\n");
		return CLI_USAGE;
	}
	if (resolve(t, m->host, &m->ip, &why) < 0)
		return fail(t->imap, why.text);
	if (fd_read_path(t->imap_password, t->arena, PASSWORD_MAX, &password, &why) < 0)
		return fail("password", why.text);
	m->password = str_trim(password);
	if (!read_conf(t, &why))
		return fail("configuration", why.text);
	if (t->conf->tls.ca.n && fd_read_path(arena_cz(t->arena, t->conf->tls.ca), t->arena,
					      ROOTS_MAX, &roots, &why) < 0)
		return fail("tls.ca", why.text);
	if (tlsclient_new(roots, TLSCTX_1_2, &m->tls_ctx, &why) < 0)
		return fail("tls.ca", why.text);
	t->spec.watch = watchimap_new(t->arena, m);
	return CLI_DONE;
}

static int open_watch(struct audittarget *t)
{
	struct why why = { "" };
	uint16_t port;

	if (t->imap)
		return open_imap(t);
	if (t->maildir)
		t->spec.watch = watchdir_new(t->arena, t->maildir);
	if (!t->sink_port)
		return CLI_DONE;
	if (sink_start(ip_of((const uint8_t[4]){ 127, 0, 0, 1 }, IP_V4), (uint16_t)t->sink_port,
		       &t->sink, &port, &why) < 0)
		return fail("sink", why.text);
	t->spec.watch = sink_watch(t->sink);
	return CLI_DONE;
}

/* One line that is written over again. */
static void show_progress(void *ctx, size_t done, size_t total, const struct fate_row *row)
{
	enum { WIDTH = 30 };
	const struct audittarget *t = ctx;
	size_t full = total ? done * WIDTH / total : WIDTH;

	if (!t->terminal)
		return;
	fprintf(stderr, "\r[%.*s%.*s] %zu/%zu %-40.*s", (int)full, "##############################",
		(int)(WIDTH - full), "..............................", done, total,
		row ? (int)row->id.n : 25, row ? row->id.p : "waiting for arrivals ... ");
	if (done == total && row)
		fputc('\n', stderr);
}

static void print_plan(const struct auditrun *run)
{
	size_t skipped = 0;

	for (size_t i = 0; i < run->rows.n; i++) {
		const struct fate_row *r = &run->rows.v[i];

		skipped += r->judgement == FATE_SKIPPED;
		printf("%-16.*s %-12.*s %.*s%s%.*s\n", STR_ARG(r->id), STR_ARG(r->group),
		       STR_ARG(r->title), r->note.n ? "  -- " : "", STR_ARG(r->note));
	}
	printf("%zu to do, %zu cannot be tested from here\n", run->rows.n - skipped, skipped);
}

static int write_page(const struct audittarget *t, const struct auditrun *done, struct arena *a)
{
	struct strbuf when = strbuf_make(a, 64);
	FILE *out = fopen(t->html, "we");
	struct auditpage page;
	bool failed;

	if (!out)
		return fail(t->html, strerror(errno));
	clock_put_rfc3339(&when, clock_wall());
	page = auditpage_of_run(a, done, &t->spec, t->lang, strbuf_str(&when));
	auditpage_write(out, &page);
	failed = ferror(out);
	if (fclose(out) != 0 || failed)
		return fail(t->html, "could not be written");
	return CLI_DONE;
}

static int report(const struct audittarget *t, const struct auditrun *run)
{
	cleanup(arena_freep) struct arena *a = arena_new("report", REPORT_BUDGET);
	struct auditreport_counts c = auditreport_count(run);

	if (t->json)
		auditreport_json(stdout, a, run, t->failed_only);
	else
		auditreport_text(stdout, a, run, t->failed_only);
	if (fflush(stdout) != 0 || (t->html && write_page(t, run, a) != CLI_DONE))
		return CLI_ENVIRONMENT;
	return c.all.n[FATE_FAIL] + c.all.n[FATE_DANGER] ? CLI_NO : CLI_DONE;
}

static int run(struct audittarget *t)
{
	struct auditrun *done = NULL;
	struct why why = { "" };
	int r = open_target(t);

	if (r == CLI_DONE)
		r = open_watch(t);
	if (r != CLI_DONE)
		return r;
	if (auditrun(&t->spec, &done, &why) < 0)
		return fail(t->target, why.text);
	if (t->spec.dry)
		print_plan(done);
	else
		r = report(t, done);
	auditrun_free(done);
	return r;
}

static int refuse_usage(void)
{
	fputs(help, stderr);
	return CLI_USAGE;
}

int audittarget(int argc, char **argv)
{
	static const struct option options[] = {
		{ "target", required_argument, NULL, 't' },
		{ "rcpt", required_argument, NULL, 'r' },
		{ "from", required_argument, NULL, 'f' },
		{ "helo", required_argument, NULL, 'e' },
		{ "i-am-allowed", no_argument, NULL, 'A' },
		{ "unknown-rcpt", required_argument, NULL, 'u' },
		{ "maildir", required_argument, NULL, 'm' },
		{ "imap", required_argument, NULL, 'i' },
		{ "imap-password", required_argument, NULL, 'P' },
		{ "sink", required_argument, NULL, 'p' },
		{ "rate", required_argument, NULL, 'R' },
		{ "wait", required_argument, NULL, 'W' },
		{ "resume", required_argument, NULL, 'j' },
		{ "skip", required_argument, NULL, 'k' },
		{ "slow", no_argument, NULL, 'L' },
		{ "stress", no_argument, NULL, 'X' },
		{ "dry-run", no_argument, NULL, 'D' },
		{ "seed", required_argument, NULL, 'S' },
		{ "failed", no_argument, NULL, 'F' },
		{ "json", no_argument, NULL, 'J' },
		{ "html", required_argument, NULL, 'H' },
		{ "lang", required_argument, NULL, 'l' },
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	cleanup(arena_freep) struct arena *a = arena_new("audit target", 1 << 30);
	struct audittarget t = {
		.spec = { .seed = 1, .pause_ms = 1000 / DEFAULT_RATE, .wait_ms = WAIT_MS },
		.arena = a,
		.terminal = isatty(STDERR_FILENO),
	};
	int c, r;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return CLI_DONE;
		}
		if (!take_option(&t, c, optarg))
			return refuse_usage();
	}
	if (!t.spec.world.rcpt.n ||
	    (t.maildir != NULL) + (t.imap != NULL) + (t.sink_port != 0) > 1 ||
	    (t.imap != NULL) != (t.imap_password != NULL))
		return refuse_usage();
	t.source.sets = t.sets;
	t.spec.skip = t.skip;
	t.spec.only = (const char *const *)&argv[optind];
	t.spec.n_only = (size_t)(argc - optind);
	t.spec.progress = show_progress;
	t.spec.progress_ctx = &t;
	if (t.spec.world.from.n)
		t.spec.world.now = clock_wall();
	r = run(&t);
	sink_stop(t.sink);
	if (t.imap && t.spec.watch.ctx)
		watchimap_close(t.spec.watch);
	tlsctx_free(t.mailbox.tls_ctx);
	tlsctx_free(t.spec.target.tls_ctx);
	return r;
}
