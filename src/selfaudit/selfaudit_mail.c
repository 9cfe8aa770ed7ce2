#include "selfaudit/selfaudit_private.h"

#include "net/publicip.h"
#include "scan/fields.h"

enum { SMTPS = 465, WIDE_V4 = 8, WIDE_V6 = 32 };

static bool is_example(str domain)
{
	return str_eq(domain, STR("hopital.example")) || str_ends(domain, STR(".example"));
}

struct selfaudit_finding selfaudit_mail_needs(struct selfaudit *in)
{
	const struct conf *c = in->conf;
	struct strbuf seen = strbuf_make(in->arena, SELFAUDIT_SEEN);
	bool example = is_example(c->hostname);

	strbuf_fmt(&seen, "role %s, hostname %.*s, domains",
		   c->role == CONF_ROLE_OUT ? "out" : "mx", STR_ARG(c->hostname));
	for (size_t i = 0; i < c->domains.n; i++) {
		strbuf_fmt(&seen, " %.*s", STR_ARG(c->domains.v[i]));
		example |= is_example(c->domains.v[i]);
	}
	return selfaudit_found(example ? SELFAUDIT_FAIL : SELFAUDIT_PASS, &seen);
}

struct selfaudit_finding selfaudit_mail_mailboxes(struct selfaudit *in)
{
	const struct conf_peer *p = &in->conf->delivery.next_hop;

	if (p->kind == CONF_PEER_MAILDIR)
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "delivery.next_hop: maildir");
	if (p->kind == CONF_PEER_LMTP_UNIX)
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "delivery.next_hop: lmtp:unix:%.*s",
				     STR_ARG(p->path));
	return SELFAUDIT_SAY(in, SELFAUDIT_PASS,
			     SELFAUDIT_IN(in, "delivery.next_hop: another server",
					  "delivery.next_hop : un autre serveur"));
}

static bool is_wide(const struct conf_network *n)
{
	return n->prefix < (n->ip.n == IP_V4 ? WIDE_V4 : WIDE_V6) ||
	       (publicip_is(n->ip) && n->prefix < 8u * n->ip.n - 8);
}

struct selfaudit_finding selfaudit_mail_roles(struct selfaudit *in)
{
	const struct conf *c = in->conf;
	struct strbuf seen = strbuf_make(in->arena, SELFAUDIT_SEEN);
	bool wide = false;

	if (c->role == CONF_ROLE_MX)
		return SELFAUDIT_SAY(
			in, SELFAUDIT_PASS,
			SELFAUDIT_IN(in,
				     "role mx: takes mail for our domains only, sends nothing to "
				     "the Internet but by dsn.via",
				     "role mx : ne reçoit que pour nos domaines, n’envoie rien "
				     "vers Internet sinon par dsn.via"));
	strbuf_put(&seen, STR("role out, out.clients"));
	for (size_t i = 0; i < c->out.clients.n; i++) {
		strbuf_char(&seen, ' ');
		ip_put(&seen, c->out.clients.v[i].ip);
		strbuf_fmt(&seen, "/%u", c->out.clients.v[i].prefix);
		wide |= is_wide(&c->out.clients.v[i]);
	}
	return selfaudit_found(wide ? SELFAUDIT_FAIL : SELFAUDIT_PASS, &seen);
}

static struct selfaudit_finding not_spoken(struct selfaudit *in)
{
	return SELFAUDIT_SAY(in, SELFAUDIT_UNKNOWN,
			     SELFAUDIT_IN(in, "%.*s", "notre port ne répond pas (%.*s)"),
			     STR_ARG(in->talk.why));
}

/* In role out this machine may be one of the clients that are let through. */
struct selfaudit_finding selfaudit_mail_relay(struct selfaudit *in)
{
	const struct selftalk *t = &in->talk;
	bool refused = t->relay / 100 == 5;

	if (!t->spoken)
		return not_spoken(in);
	if (in->conf->role == CONF_ROLE_OUT && !refused)
		return SELFAUDIT_SAY(
			in, SELFAUDIT_UNKNOWN,
			SELFAUDIT_IN(in,
				     "this machine is one of out.clients; ask from another one: "
				     "poterne audit --target",
				     "cette machine est l’un des out.clients ; essayez d’une autre "
				     ": poterne audit --target"));
	return SELFAUDIT_SAY(in, refused ? SELFAUDIT_PASS : SELFAUDIT_FAIL,
			     SELFAUDIT_IN(in, "a stranger's mail to a stranger: %.*s",
					  "le courrier d’un inconnu à un inconnu : %.*s"),
			     STR_ARG(t->relay_reply));
}

struct selfaudit_finding selfaudit_mail_ports(struct selfaudit *in)
{
	const struct conf *c = in->conf;
	struct strbuf seen = strbuf_make(in->arena, SELFAUDIT_SEEN);
	bool smtps = false;

	strbuf_put(&seen, STR("listen.smtp"));
	for (size_t i = 0; i < c->listen.smtp.n; i++) {
		strbuf_fmt(&seen, " %.*s:%u", STR_ARG(c->listen.smtp.v[i].at.host),
			   c->listen.smtp.v[i].at.port);
		smtps |= c->listen.smtp.v[i].at.port == SMTPS;
	}
	return selfaudit_found(smtps ? SELFAUDIT_FAIL : SELFAUDIT_PASS, &seen);
}

struct selfaudit_finding selfaudit_mail_filter(struct selfaudit *in)
{
	const struct conf *c = in->conf;

	if (c->mode == CONF_MODE_OBSERVE)
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL,
				     SELFAUDIT_IN(in, "mode: observe, nothing is refused",
						  "mode: observe, rien n’est refusé"));
	if (!c->paths.site_lists.n)
		return SELFAUDIT_SAY(
			in, SELFAUDIT_FAIL,
			SELFAUDIT_IN(in, "paths.site_lists is empty: no lists of this site",
				     "paths.site_lists est vide : aucune liste de ce site"));
	return SELFAUDIT_SAY(in, SELFAUDIT_PASS,
			     SELFAUDIT_IN(in, "mode: enforce; lists of this site in %.*s",
					  "mode: enforce ; listes de ce site dans %.*s"),
			     STR_ARG(c->paths.site_lists));
}

/* A message of a mailbox server inside, with all that such a server tells. */
static const char sample[] =
	"Received: from pc-compta-12.interne.local (10.1.2.3) by exch01.interne.local "
	"(10.0.0.5)\r\n"
	" with Microsoft SMTP Server id 15.2.1544.4; Mon, 2 Nov 2026 10:00:00 +0100\r\n"
	"From: Accueil <accueil@hopital.example>\r\n"
	"To: ami@example.org\r\n"
	"Subject: Bonjour\r\n"
	"Date: Mon, 2 Nov 2026 10:00:00 +0100\r\n"
	"Message-ID: <1@hopital.example>\r\n"
	"X-Originating-IP: [10.1.2.3]\r\n"
	"X-Mailer: Outlook 16.0.5149\r\n"
	"User-Agent: Thunderbird 115.4\r\n"
	"X-MS-Exchange-Organization-AuthSource: exch01.interne.local\r\n"
	"\r\n"
	"Bonjour\r\n";

/* The header as it leaves: what was cut out is left out. */
static str cleaned(struct arena *a, const struct conf *c)
{
	str mail = str_of(sample, sizeof(sample) - 1);
	struct fields_cuts cuts = fields_to_cut(a, mail, c);
	struct strbuf out = strbuf_make(a, sizeof(sample));
	size_t at = 0;

	for (size_t i = 0; i + 1 < cuts.n; i += 2) {
		strbuf_put(&out, str_sub(mail, at, cuts.ranges[i]));
		at = cuts.ranges[i] + cuts.ranges[i + 1];
	}
	strbuf_put(&out, str_skip(mail, at));
	return strbuf_str(&out);
}

struct selfaudit_finding selfaudit_mail_headers(struct selfaudit *in)
{
	static const struct {
		str token;
	} leaks[] = {
		{ { "10.1.2.3", 8 } },	  { { "interne.local", 13 } }, { { "15.2.1544", 9 } },
		{ { "Outlook 16", 10 } }, { { "Thunderbird", 11 } },
	};
	struct strbuf seen = strbuf_make(in->arena, SELFAUDIT_SEEN);
	str left;

	if (in->conf->role != CONF_ROLE_OUT)
		return SELFAUDIT_SAY(in, SELFAUDIT_NOT_APPLICABLE,
				     SELFAUDIT_IN(in, "role mx sends nothing out",
						  "le rôle mx n’envoie rien au dehors"));
	left = cleaned(in->arena, in->conf);
	for (size_t i = 0; i < ARRAY_LEN(leaks); i++) {
		if (str_find(left, leaks[i].token) != STR_NONE)
			strbuf_fmt(&seen, " %.*s", STR_ARG(leaks[i].token));
	}
	if (seen.n == 0)
		return SELFAUDIT_SAY(
			in, SELFAUDIT_PASS,
			SELFAUDIT_IN(in, "nothing of a sample's inside is left",
				     "rien de l’intérieur ne reste dans un échantillon"));
	return SELFAUDIT_SAY(in, SELFAUDIT_FAIL,
			     SELFAUDIT_IN(in, "still in a sample that leaves:%.*s",
					  "encore dans un échantillon qui sort :%.*s"),
			     STR_ARG(strbuf_str(&seen)));
}

static bool tells_program(str text)
{
	static const str words[] = {
		{ "oterne", 6 }, { "OTERNE", 6 }, { "ebian", 5 }, { "ersion", 6 }
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_find(text, words[i]) != STR_NONE)
			return true;
	}
	return false;
}

static bool is_inside_name(str host)
{
	static const str ends[] = { { ".local", 6 }, { ".lan", 4 },	 { ".internal", 9 },
				    { ".intra", 6 }, { "localhost", 9 }, { ".home.arpa", 10 } };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (str_ends(host, ends[i]))
			return true;
	}
	return str_chr(host, '.') == STR_NONE;
}

struct selfaudit_finding selfaudit_mail_banner(struct selfaudit *in)
{
	const struct selftalk *t = &in->talk;

	if (is_inside_name(in->conf->hostname))
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL,
				     SELFAUDIT_IN(in, "hostname %.*s is a name of the inside",
						  "hostname %.*s est un nom de l’intérieur"),
				     STR_ARG(in->conf->hostname));
	if (!t->spoken)
		return not_spoken(in);
	if (tells_program(t->greeting) || tells_program(t->ehlo) || tells_program(t->help) ||
	    tells_program(t->vrfy))
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "%.*s; %.*s", STR_ARG(t->greeting),
				     STR_ARG(t->help));
	return SELFAUDIT_SAY(in, SELFAUDIT_PASS, "%.*s", STR_ARG(t->greeting));
}

struct selfaudit_finding selfaudit_mail_recipients(struct selfaudit *in)
{
	const struct conf *c = in->conf;
	bool spooled = true;

	if (c->role == CONF_ROLE_OUT)
		return SELFAUDIT_SAY(in, SELFAUDIT_NOT_APPLICABLE,
				     SELFAUDIT_IN(in, "role out knows no recipients",
						  "le rôle out ne connaît pas de destinataires"));
	for (size_t i = 0; i < c->listen.smtp.n; i++)
		spooled &= c->listen.smtp.v[i].handover == CONF_HANDOVER_SPOOL;
	if (c->delivery.next_hop.kind == CONF_PEER_MAILDIR || spooled)
		return SELFAUDIT_SAY(
			in, SELFAUDIT_FAIL,
			SELFAUDIT_IN(
				in,
				"every address of our domains is accepted: the next hop is not "
				"asked while the sender waits",
				"toute adresse de nos domaines est acceptée : le serveur suivant "
				"n’est pas interrogé pendant que l’expéditeur attend"));
	return SELFAUDIT_SAY(
		in, SELFAUDIT_PASS,
		SELFAUDIT_IN(in,
			     "no directory here: the next hop refuses unknown recipients while the "
			     "sender waits",
			     "pas d’annuaire ici : le serveur suivant refuse les destinataires "
			     "inconnus pendant que l’expéditeur attend"));
}

struct selfaudit_finding selfaudit_mail_clients(struct selfaudit *in)
{
	return SELFAUDIT_SAY(
		in, SELFAUDIT_NOT_APPLICABLE,
		SELFAUDIT_IN(in, "this gateway has no mailboxes and no authenticated submission",
			     "cette passerelle n’a ni boîtes ni soumission authentifiée"));
}
