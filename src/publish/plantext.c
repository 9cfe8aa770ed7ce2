#include "publish/plantext.h"

enum { STRING_MAX = 255 /* RFC 1035 3.3: a character-string */, VALUE_MAX = 32768 };

enum word {
	FOR_HOST,
	NO_ADDRESS,
	FOR_DOMAIN,
	NO_KEY,
	STAGES,
	WEB_SERVER,
	NO_REPORTS,
	NO_TLSA,
	WORDS
};

static const char *const words[WORDS][CONF_LANGS] = {
	[FOR_HOST] = { "This gateway", "Cette passerelle" },
	[NO_ADDRESS] = { "its public addresses (A, AAAA), and for each a PTR record back to it",
			 "ses adresses publiques (A, AAAA), et pour chacune un PTR qui y ramène" },
	[FOR_DOMAIN] = { "Mail of", "Courrier de" },
	[NO_KEY] = { "no DKIM key is configured: mail of this domain is not signed here",
		     "aucune clé DKIM configurée : le courrier de ce domaine n'est pas signé ici" },
	[STAGES] = { "DMARC, later: when reports show that nothing honest fails, this, and then "
		     "p=reject",
		     "DMARC, plus tard : quand les rapports montrent que rien d'honnête n'échoue, "
		     "ceci, puis p=reject" },
	[WEB_SERVER] = { "MTA-STS: a web server with a certificate for this name serves",
			 "MTA-STS : un serveur web avec un certificat à ce nom sert" },
	[NO_REPORTS] = { "reports.addresses is empty: nobody will be told about misuse of this "
			 "domain",
			 "reports.addresses est vide : personne ne saura l'abus de ce domaine" },
	[NO_TLSA] = { "no certificate could be read: no TLSA record",
		      "aucun certificat n'a pu être lu : pas d'enregistrement TLSA" },
};

static void put_quoted(struct strbuf *out, str s)
{
	strbuf_char(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			strbuf_fmt(out, "\\%c", c);
		else if (c < ' ' || c > '~')
			strbuf_fmt(out, "\\%03u", c);
		else
			strbuf_char(out, (char)c);
	}
	strbuf_char(out, '"');
}

void plantext_value(struct strbuf *out, const struct plan_record *r)
{
	switch (r->type) {
	case DNS_TXT:
		for (size_t at = 0; at == 0 || at < r->value.n; at += STRING_MAX) {
			if (at)
				strbuf_char(out, ' ');
			put_quoted(out, str_sub(r->value, at, at + STRING_MAX));
		}
		break;
	case DNS_MX:
		strbuf_fmt(out, "%u %.*s.", r->pref, STR_ARG(r->value));
		break;
	case DNS_PTR:
		strbuf_fmt(out, "%.*s.", STR_ARG(r->value));
		break;
	default:
		strbuf_put(out, r->value);
	}
}

static void put_record(struct strbuf *out, const struct plan_record *r)
{
	strbuf_fmt(out, "%.*s. IN %.*s ", STR_ARG(r->name), STR_ARG(dns_type_name(r->type)));
	plantext_value(out, r);
	strbuf_char(out, '\n');
}

static void put_records(struct strbuf *out, const struct plan *p, str domain)
{
	for (size_t i = 0; i < p->records.n; i++) {
		if (str_eq(p->records.v[i].domain, domain))
			put_record(out, &p->records.v[i]);
	}
}

static bool has(const struct plan *p, str domain, enum plan_purpose purpose)
{
	for (size_t i = 0; i < p->records.n; i++) {
		if (p->records.v[i].purpose == purpose && str_eq(p->records.v[i].domain, domain))
			return true;
	}
	return false;
}

static void put_host(struct strbuf *out, const struct conf *conf, const struct plan *p,
		     enum conf_lang lang)
{
	strbuf_fmt(out, "; %s%s %.*s\n", words[FOR_HOST][lang], lang == CONF_LANG_FR ? " :" : ":",
		   STR_ARG(conf->hostname));
	if (!has(p, conf->hostname, PLAN_HOST))
		strbuf_fmt(out, "; %s\n", words[NO_ADDRESS][lang]);
	if (!has(p, conf->hostname, PLAN_TLSA))
		strbuf_fmt(out, "; %s\n", words[NO_TLSA][lang]);
	if (!conf_is_own_domain(conf, conf->hostname))
		put_records(out, p, conf->hostname);
}

static void put_sts(struct strbuf *out, str domain, str policy, enum conf_lang lang)
{
	str line;

	strbuf_fmt(out, "; %s https://mta-sts.%.*s/.well-known/mta-sts.txt\n",
		   words[WEB_SERVER][lang], STR_ARG(domain));
	while (str_split(&policy, '\n', &line)) {
		if (line.n)
			strbuf_fmt(out, ";   %.*s\n", STR_ARG(str_trim(line)));
	}
}

static void put_domain(struct strbuf *out, const struct conf *conf, const struct plan *p,
		       str domain, enum conf_lang lang)
{
	str next = plan_dmarc(out->arena, conf, STR("quarantine"));

	strbuf_fmt(out, "\n; %s %.*s\n", words[FOR_DOMAIN][lang], STR_ARG(domain));
	put_records(out, p, domain);
	if (!has(p, domain, PLAN_DKIM))
		strbuf_fmt(out, "; %s\n", words[NO_KEY][lang]);
	if (!has(p, domain, PLAN_TLSRPT))
		strbuf_fmt(out, "; %s\n", words[NO_REPORTS][lang]);
	strbuf_fmt(out, "; %s\n;   _dmarc.%.*s. IN TXT ", words[STAGES][lang], STR_ARG(domain));
	put_quoted(out, next);
	strbuf_char(out, '\n');
	put_sts(out, domain, p->sts_policy, lang);
}

void plantext_zone(struct strbuf *out, const struct conf *conf, const struct plan *p,
		   enum conf_lang lang)
{
	put_host(out, conf, p, lang);
	for (size_t i = 0; i < conf->domains.n; i++)
		put_domain(out, conf, p, conf->domains.v[i], lang);
}

void plantext_json(struct strbuf *out, const struct plan *p)
{
	strbuf_char(out, '[');
	for (size_t i = 0; i < p->records.n; i++) {
		const struct plan_record *r = &p->records.v[i];
		struct strbuf value = strbuf_make(out->arena, VALUE_MAX);

		plantext_value(&value, r);
		strbuf_put(out, i ? STR(",{\"domain\":") : STR("{\"domain\":"));
		strbuf_json(out, r->domain);
		strbuf_fmt(out, ",\"purpose\":\"%s\",\"name\":", plan_purpose_name(r->purpose));
		strbuf_json(out, r->name);
		strbuf_fmt(out, ",\"type\":\"%.*s\",\"value\":", STR_ARG(dns_type_name(r->type)));
		strbuf_json(out, strbuf_str(&value));
		strbuf_char(out, '}');
	}
	strbuf_char(out, ']');
}
