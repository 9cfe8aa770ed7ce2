/* Cases X that look at more than the next reply. */
#include "audit/dialogue_private.h"

#include "base/fd.h"
#include "net/connect.h"

#include <poll.h>
#include <stdio.h>

enum {
	HARVEST = 50,
	CROWD = 60,
	TIMING_MS = 300, /* by which answers to unknown and known recipients may differ */
	PROBE_465_MS = 5000,
	SLOW_STEP_MS = 10000,
	SLOW_MAX_MS = 600000,
	NOTE_MAX = 1024,
};

static void lost(struct fate_row *ret, struct talk *t)
{
	dialogue_say(ret, FATE_UNCLEAR, STR("the dialogue did not get that far"));
	ret->transcript = strbuf_str(&t->transcript);
	talk_close(t);
}

static bool ready(struct talk *t, const struct dialogue_setting *s, struct arena *a,
		  struct fate_row *ret)
{
	struct smtpreply reply;

	if (talk_open(t, s->to, a) == TALK_OK &&
	    dialogue_ready(t, s, a, DIALOGUE_STRANGER, NULL, &reply))
		return true;
	lost(ret, t);
	return false;
}

static void end(struct talk *t, struct fate_row *ret)
{
	(void)!talk_send(t, STR("QUIT\r\n"));
	ret->transcript = strbuf_str(&t->transcript);
	talk_close(t);
}

static void no_auth(const struct dialogue_case *c, const struct dialogue_setting *s,
		    struct arena *a, struct fate_row *ret)
{
	struct smtpreply reply;
	struct talk t;
	bool clear;

	if (talk_open(&t, s->to, a) != TALK_OK || talk_greeting(&t, &reply) != TALK_OK ||
	    talk_hello(&t, s->to->name, &reply) != TALK_OK) {
		lost(ret, &t);
		return;
	}
	clear = t.ext & TALK_AUTH;
	if (t.ext & TALK_STARTTLS && s->to->tls_ctx &&
	    (talk_starttls(&t, &reply) != TALK_OK ||
	     talk_hello(&t, s->to->name, &reply) != TALK_OK)) {
		lost(ret, &t);
		return;
	}
	if (clear || t.ext & TALK_AUTH)
		dialogue_say(ret, c->bad,
			     clear ? STR("AUTH is offered, and without TLS")
				   : STR("AUTH is offered on a server that receives mail"));
	else
		dialogue_say(ret, FATE_PASS, STR("AUTH is not offered"));
	end(&t, ret);
}

static void offers_tls(const struct dialogue_case *c, const struct dialogue_setting *s,
		       struct arena *a, struct fate_row *ret)
{
	struct smtpreply reply;
	struct talk t;

	if (talk_open(&t, s->to, a) != TALK_OK || talk_greeting(&t, &reply) != TALK_OK ||
	    talk_hello(&t, s->to->name, &reply) != TALK_OK) {
		lost(ret, &t);
		return;
	}
	if (!(t.ext & TALK_STARTTLS))
		dialogue_say(ret, c->bad, STR("STARTTLS is not offered"));
	else if (talk_starttls(&t, &reply) != TALK_OK || !t.tls)
		dialogue_say(ret, c->bad, STR("STARTTLS is offered and fails"));
	else
		dialogue_say(ret, FATE_PASS, STR("STARTTLS works with TLS 1.2 or later"));
	end(&t, ret);
}

/* RFC 3463: "2.1.5"; a version of a mail server begins with another digit or is longer. */
static bool is_enhanced_status(str word)
{
	return word.n >= 5 && word.p[1] == '.' &&
	       (word.p[0] == '2' || word.p[0] == '4' || word.p[0] == '5');
}

/* Two dots between digits; an address has three. */
static bool is_version(str word)
{
	size_t dots = 0;

	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '.')
			dots++;
		else if (!str_is_digit(word.p[i]))
			return false;
	}
	return dots == 2 && word.n >= 5 && !is_enhanced_status(word);
}

static bool shows_version(str text)
{
	size_t from = 0;

	for (size_t i = 0; i <= text.n; i++) {
		bool inside = i < text.n && (str_is_alnum(text.p[i]) || text.p[i] == '.');

		if (inside)
			continue;
		if (is_version(str_sub(text, from, i)))
			return true;
		from = i + 1;
	}
	return false;
}

static const char *product_in(str text)
{
	static const char *const products[] = {
		"Postfix", "Exim",	"Sendmail",    "Microsoft", "Exchange",	 "Zimbra",
		"qmail",   "OpenSMTPD", "Haraka",      "Debian",    "Ubuntu",	 "Red Hat",
		"CentOS",  "rspamd",	"Symantec",    "FortiMail", "Barracuda", "IronPort",
		"Halon",   "Poterne",	"MailCleaner", "Proxmox",
	};

	for (size_t i = 0; i < ARRAY_LEN(products); i++) {
		if (str_casefind(text, str_c(products[i])) != STR_NONE)
			return products[i];
	}
	return NULL;
}

static void banner(const struct dialogue_case *c, const struct dialogue_setting *s, struct arena *a,
		   struct fate_row *ret)
{
	static const char *const commands[] = { "HELP", "XYZZY", "MAIL", "RCPT TO:<>", "DATA" };
	struct smtpreply reply;
	struct talk t;
	struct strbuf b = strbuf_make(a, 64 << 10);
	const char *product;
	str said;

	if (talk_open(&t, s->to, a) != TALK_OK || talk_greeting(&t, &reply) != TALK_OK ||
	    talk_hello(&t, s->to->name, &reply) != TALK_OK) {
		lost(ret, &t);
		return;
	}
	strbuf_put(&b, smtpreply_text(&t.greeting));
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		strbuf_fmt(&b, "\n%.*s", STR_ARG(smtpreply_text(&reply)));
		if (talk_ask(&t, str_c(commands[i]), &reply) != TALK_OK)
			break;
	}
	strbuf_fmt(&b, "\n%.*s", STR_ARG(smtpreply_text(&reply)));
	said = strbuf_str(&b);
	product = product_in(said);
	if (product)
		dialogue_say(ret, c->bad, arena_fmt(a, "it says that it is %s", product));
	else if (shows_version(said))
		dialogue_say(ret, c->bad, STR("it says a version"));
	else
		dialogue_say(ret, FATE_PASS, STR("neither product nor version is said"));
	end(&t, ret);
}

/* The reply with the address taken out, so that two can be compared. */
static str without(struct arena *a, str reply, str address)
{
	size_t at = str_casefind(reply, address);

	if (at == STR_NONE)
		return arena_str(a, reply);
	return arena_fmt(a, "%.*s*%.*s", STR_ARG(str_sub(reply, 0, at)),
			 STR_ARG(str_skip(reply, at + address.n)));
}

struct asked {
	str reply;
	int64_t took;
	int code;
};

static bool ask_recipient(struct talk *t, struct arena *a, str address, struct asked *ret)
{
	struct smtpreply reply;
	str line = arena_fmt(a, "RCPT TO:<%.*s>", STR_ARG(str_sub(address, 0, 320)));
	int64_t began = clock_now_ms();

	if (talk_ask(t, line, &reply) != TALK_OK)
		return false;
	*ret = (struct asked){ without(a, smtpreply_text(&reply), address), clock_now_ms() - began,
			       reply.code };
	return true;
}

static void judge_unknown(const struct dialogue_case *c, const struct asked *v, size_t n,
			  struct fate_row *ret)
{
	dialogue_say(ret, FATE_PASS, STR("all unknown recipients get the same answer"));
	for (size_t i = 0; i < n; i++) {
		int64_t more = v[i].took - v[0].took;

		if (v[i].code / 100 == 2)
			dialogue_say(ret, c->bad,
				     STR("a recipient that should be refused is taken"));
		else if (!str_eq(v[i].reply, v[0].reply))
			dialogue_say(ret, c->bad, STR("the answers tell one from the other"));
		else if (more > TIMING_MS || -more > TIMING_MS)
			dialogue_say(ret, c->bad,
				     STR("the time of the answers tells one from the other"));
	}
}

static void unknown(const struct dialogue_case *c, const struct dialogue_setting *s,
		    struct arena *a, struct fate_row *ret)
{
	struct asked v[DIALOGUE_UNKNOWN + 1];
	struct smtpreply reply;
	struct talk t;
	size_t n = 0;

	if (!ready(&t, s, a, ret))
		return;
	if (talk_ask(&t, dialogue_expand(a, s, &t, "MAIL FROM:<{from}>"), &reply) != TALK_OK ||
	    reply.code != 250 ||
	    !ask_recipient(&t, a, dialogue_expand(a, s, &t, "{unknown}"), &v[n++])) {
		lost(ret, &t);
		return;
	}
	while (n <= s->wishes->n_unknown && ask_recipient(&t, a, s->wishes->unknown[n - 1], &v[n]))
		n++;
	judge_unknown(c, v, n, ret);
	end(&t, ret);
}

static void harvest(const struct dialogue_case *c, const struct dialogue_setting *s,
		    struct arena *a, struct fate_row *ret)
{
	struct smtpreply reply;
	struct talk t;
	int64_t first = 0, last = 0;
	size_t n, taken = 0;

	if (!ready(&t, s, a, ret))
		return;
	(void)!talk_ask(&t, dialogue_expand(a, s, &t, "MAIL FROM:<{from}>"), &reply);
	for (n = 0; n < HARVEST; n++) {
		str who = dialogue_expand(a, s, &t, "{unknown}");
		int64_t began = clock_now_ms();

		if (talk_ask(&t, arena_fmt(a, "RCPT TO:<%zu%.*s>", n, STR_ARG(who)), &reply) !=
			    TALK_OK ||
		    reply.code == 421)
			break;
		last = clock_now_ms() - began;
		first = n ? first : last;
		taken += reply.code / 100 == 2;
	}
	if (taken)
		dialogue_say(ret, FATE_UNCLEAR,
			     STR("unknown recipients are taken: nothing can be harvested"));
	else if (n < HARVEST)
		dialogue_say(ret, FATE_PASS, arena_fmt(a, "ended after %zu unknown recipients", n));
	else if (last > first + 500)
		dialogue_say(ret, FATE_PASS, STR("answers become slow"));
	else
		dialogue_say(
			ret, c->bad,
			arena_fmt(a, "%d unknown recipients were answered at full speed", HARVEST));
	end(&t, ret);
}

static void crowd(const struct dialogue_case *c, const struct dialogue_setting *s, struct arena *a,
		  struct fate_row *ret)
{
	struct talk *t = arena_array(a, struct talk, CROWD);
	size_t open = 0, greeted = 0;
	struct smtpreply reply;

	while (open < CROWD && talk_open(&t[open], s->to, a) == TALK_OK)
		open++;
	/* Where we may speak for others, it is they who have too many. */
	for (size_t i = 0; i < open; i++)
		greeted += dialogue_ready(&t[i], s, a, DIALOGUE_STRANGER, NULL, &reply);
	for (size_t i = 0; i < open; i++)
		talk_close(&t[i]);
	if (greeted < CROWD)
		dialogue_say(ret, FATE_PASS,
			     arena_fmt(a, "%zu of %d connections were served", greeted, CROWD));
	else
		dialogue_say(ret, c->bad,
			     arena_fmt(a, "%d connections at once were served", CROWD));
}

/* One byte of a command each ten seconds. */
static void slowloris(const struct dialogue_case *c, const struct dialogue_setting *s,
		      struct arena *a, struct fate_row *ret)
{
	static const char command[] = "EHLO slow.example.with.a.name.that.is.long.enough.to.last";
	int64_t began = clock_now_ms();
	struct smtpreply reply;
	struct talk t;

	if (talk_open(&t, s->to, a) != TALK_OK || talk_greeting(&t, &reply) != TALK_OK) {
		lost(ret, &t);
		return;
	}
	for (size_t i = 0; clock_now_ms() - began < SLOW_MAX_MS; i++) {
		str byte = str_of(&command[i % (sizeof(command) - 1)], 1);

		if (talk_send_quietly(&t, byte) != TALK_OK ||
		    stream_wait(t.fd, POLLIN, deadline_in(SLOW_STEP_MS), NULL) == STREAM_OK) {
			dialogue_say(ret, FATE_PASS,
				     arena_fmt(a, "ended after %lld s",
					       (long long)(clock_now_ms() - began) / 1000));
			end(&t, ret);
			return;
		}
	}
	dialogue_say(ret, c->bad, STR("still waiting after ten minutes"));
	end(&t, ret);
}

static void implicit_tls(const struct dialogue_case *c, const struct dialogue_setting *s,
			 struct arena *a, struct fate_row *ret)
{
	struct ip any = { 0 };
	struct why why = { "" };
	cleanup(fd_closep) int fd = -1;

	(void)a;
	if (s->to->connect || !s->to->ip.n) {
		dialogue_say(ret, FATE_SKIPPED, STR("has no other port here"));
		return;
	}
	fd = connect_tcp(s->to->ip, 465, any, deadline_in(PROBE_465_MS), &why);
	if (fd >= 0)
		dialogue_say(ret, c->bad, STR("port 465 is open"));
	else
		dialogue_say(ret, FATE_PASS, STR("port 465 is closed"));
}

const struct dialogue_case dialogue_customs[] = {
	{ .id = "X-005t",
	  .case_id = "X-005",
	  .group = "tls",
	  .title = "STARTTLS is offered and works",
	  .bad = FATE_FAIL,
	  .run = offers_tls,
	  .open = true },
	{ .id = "X-006",
	  .case_id = "X-006",
	  .group = "tls",
	  .title = "AUTH on a server that receives",
	  .bad = FATE_FAIL,
	  .run = no_auth },
	{ .id = "X-009",
	  .case_id = "X-009",
	  .group = "leak",
	  .title = "Product and version in replies",
	  .bad = FATE_FAIL,
	  .run = banner },
	{ .id = "X-011",
	  .case_id = "X-011",
	  .group = "leak",
	  .title = "Unknown recipients answered alike",
	  .bad = FATE_FAIL,
	  .run = unknown,
	  .open = true },
	{ .id = "X-012",
	  .case_id = "X-012",
	  .group = "connection",
	  .title = "Harvest of addresses",
	  .bad = FATE_FAIL,
	  .run = harvest,
	  .stress = true },
	{ .id = "X-013",
	  .case_id = "X-013",
	  .group = "connection",
	  .title = "Sixty connections at once",
	  .bad = FATE_FAIL,
	  .run = crowd,
	  .stress = true },
	{ .id = "X-014",
	  .case_id = "X-014",
	  .group = "connection",
	  .title = "A client of a byte in ten seconds",
	  .bad = FATE_FAIL,
	  .run = slowloris,
	  .slow = true },
	{ .id = "X-034",
	  .case_id = "X-034",
	  .group = "tls",
	  .title = "Port 465",
	  .bad = FATE_FAIL,
	  .run = implicit_tls },
	{ 0 },
};
