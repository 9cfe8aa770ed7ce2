#include "cli/authtext.h"

enum tone { GOOD, BAD, OPEN, PLAIN };

static const struct {
	enum tone tone;
	const char *words[CONF_LANGS];
} codes[AUTH_CODES] = {
	[AUTH_NONE] = { PLAIN, { "none: nothing to check", "none : rien à vérifier" } },
	[AUTH_PASS] = { GOOD, { "pass: confirmed", "pass : confirmé" } },
	[AUTH_FAIL] = { BAD, { "fail: not confirmed", "fail : non confirmé" } },
	[AUTH_POLICY] = { BAD,
			  { "policy: too weak to count", "policy : trop faible pour compter" } },
	[AUTH_NEUTRAL] = { PLAIN, { "neutral: says nothing", "neutral : ne dit rien" } },
	[AUTH_TEMPERROR] = { OPEN,
			     { "temperror: could not be checked now",
			       "temperror : non vérifiable pour l'instant" } },
	[AUTH_PERMERROR] = { BAD, { "permerror: broken", "permerror : erroné" } },
};

static const struct {
	enum tone tone;
	const char *words[CONF_LANGS];
} spf_codes[] = {
	[SPFCHECK_NONE] = { PLAIN,
			    { "none: the domain publishes no SPF record, or there is no envelope",
			      "none : le domaine ne publie pas de SPF, ou l'enveloppe manque" } },
	[SPFCHECK_NEUTRAL] = { PLAIN,
			       { "neutral: the domain says nothing about this client",
				 "neutral : le domaine ne dit rien de ce client" } },
	[SPFCHECK_PASS] = { GOOD,
			    { "pass: the domain allows this client",
			      "pass : le domaine autorise ce client" } },
	[SPFCHECK_FAIL] = { BAD,
			    { "fail: the domain forbids this client",
			      "fail : le domaine interdit ce client" } },
	[SPFCHECK_SOFTFAIL] = { BAD,
				{ "softfail: the domain does not expect this client",
				  "softfail : le domaine n'attend pas ce client" } },
	[SPFCHECK_TEMPERROR] = { OPEN,
				 { "temperror: the DNS did not answer",
				   "temperror : le DNS n'a pas répondu" } },
	[SPFCHECK_PERMERROR] = { BAD,
				 { "permerror: the domain's record is broken",
				   "permerror : l'enregistrement du domaine est erroné" } },
};

enum word { NO_SIGNATURE, ASKED_FOR, BECAUSE, THE_SENDER_SAYS, TRUSTED, WORDS };

static const char *const words[WORDS][CONF_LANGS] = {
	[NO_SIGNATURE] = { "the message has no DKIM signature",
			   "le message n'a pas de signature DKIM" },
	[ASKED_FOR] = { "the domain asks for", "le domaine demande" },
	[BECAUSE] = { "because", "parce que" },
	[THE_SENDER_SAYS] = { "the sender's domain says", "le domaine de l'expéditeur dit" },
	[TRUSTED] = { "sealed last by somebody whom this site trusts",
		      "scellé en dernier par quelqu'un à qui ce site se fie" },
};

struct teller {
	struct strbuf *out;
	struct authtext how;
};

static void title(struct teller *t, const char *name, enum tone tone, const char *words_of)
{
	static const char *const colours[] = {
		[GOOD] = "\x1b[32m", [BAD] = "\x1b[31m", [OPEN] = "\x1b[33m", [PLAIN] = ""
	};
	bool colour = t->how.colour && tone != PLAIN;

	strbuf_fmt(t->out, "%-6s %s%s%s\n", name, colour ? colours[tone] : "", words_of,
		   colour ? "\x1b[0m" : "");
}

static void line(struct teller *t, const char *before, str text)
{
	if (!text.n)
		return;
	strbuf_fmt(t->out, "       %s%s", before, *before ? ": " : "");
	strbuf_printable(t->out, text);
	strbuf_char(t->out, '\n');
}

static void steps(struct teller *t, const str *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		strbuf_put(t->out, STR("       - "));
		strbuf_printable(t->out, v[i]);
		strbuf_char(t->out, '\n');
	}
}

static const char *say(const struct teller *t, enum word w)
{
	return words[w][t->how.lang];
}

static void put_spf(struct teller *t, const struct spf_result *r)
{
	title(t, "SPF", spf_codes[r->result].tone, spf_codes[r->result].words[t->how.lang]);
	if (r->domain.n) {
		strbuf_fmt(t->out, "       %.*s=", STR_ARG(r->identity));
		strbuf_printable(t->out, r->domain);
		strbuf_put(t->out, STR(" "));
		strbuf_printable(t->out, r->mechanism);
		strbuf_fmt(t->out, " (%u/%d)\n", r->lookups, SPFCHECK_MAX_LOOKUPS);
	}
	line(t, say(t, BECAUSE), r->problem);
	line(t, say(t, THE_SENDER_SAYS), r->explanation);
	steps(t, r->trace, r->n_trace);
}

static void put_dkim(struct teller *t, const struct dkim_result *r)
{
	title(t, "DKIM", codes[r->result].tone, codes[r->result].words[t->how.lang]);
	strbuf_put(t->out, STR("       d="));
	strbuf_printable(t->out, r->domain);
	strbuf_put(t->out, STR(" s="));
	strbuf_printable(t->out, r->selector);
	strbuf_put(t->out, STR(" a="));
	strbuf_printable(t->out, r->algorithm);
	if (r->key_bits)
		strbuf_fmt(t->out, " (%u bits)", r->key_bits);
	strbuf_char(t->out, '\n');
	line(t, say(t, BECAUSE), r->reason);
	steps(t, r->trace.v, r->trace.n);
}

static void put_arc(struct teller *t, const struct auth_results *r)
{
	title(t, "ARC", codes[r->arc.result].tone, codes[r->arc.result].words[t->how.lang]);
	if (r->arc_trusted)
		line(t, "", str_c(say(t, TRUSTED)));
	line(t, say(t, BECAUSE), r->arc.reason);
	steps(t, r->arc.trace.v, r->arc.trace.n);
}

static void put_dmarc(struct teller *t, const struct dmarc_result *r)
{
	title(t, "DMARC", codes[r->result].tone, codes[r->result].words[t->how.lang]);
	line(t, "", r->record);
	if (r->result == AUTH_FAIL)
		line(t, say(t, ASKED_FOR), results_policy_name(r->disposition));
	line(t, say(t, BECAUSE), r->reason);
	steps(t, r->trace.v, r->trace.n);
}

void authtext_put(struct strbuf *out, const struct auth_results *r, struct authtext how)
{
	struct teller t = { out, how };

	put_spf(&t, &r->spf);
	for (size_t i = 0; i < r->n_dkim; i++)
		put_dkim(&t, &r->dkim[i]);
	if (!r->n_dkim)
		title(&t, "DKIM", PLAIN, say(&t, NO_SIGNATURE));
	put_arc(&t, r);
	put_dmarc(&t, &r->dmarc);
}
