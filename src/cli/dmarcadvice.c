#include "cli/dmarcadvice.h"

static uint64_t share(uint64_t part, uint64_t all)
{
	return all ? part * 1000 / all : 0;
}

enum dmarcadvice_class dmarcadvice_class_of(const struct dmarcadvice_source *s)
{
	if (s->aligned && share(s->aligned + s->forwarded, s->messages) >= DMARCADVICE_OURS)
		return DMARCADVICE_OUR;
	if (s->aligned)
		return DMARCADVICE_PARTLY;
	return s->forwarded * 2 >= s->messages ? DMARCADVICE_FORWARDER : DMARCADVICE_STRANGER;
}

str dmarcadvice_class_name(enum dmarcadvice_class c, enum conf_lang lang)
{
	static const str names[DMARCADVICE_CLASSES][CONF_LANGS] = {
		[DMARCADVICE_OUR] = { [CONF_LANG_EN] = { "ours", 4 },
				      [CONF_LANG_FR] = { "à nous", 7 } },
		[DMARCADVICE_PARTLY] = { [CONF_LANG_EN] = { "ours, fails", 11 },
					 [CONF_LANG_FR] = { "à nous, échoue", 16 } },
		[DMARCADVICE_FORWARDER] = { [CONF_LANG_EN] = { "forwarder", 9 },
					    [CONF_LANG_FR] = { "transfert", 9 } },
		[DMARCADVICE_STRANGER] = { [CONF_LANG_EN] = { "UNKNOWN", 7 },
					   [CONF_LANG_FR] = { "INCONNU", 7 } },
	};

	return names[c][lang];
}

void dmarcadvice_add(struct dmarcadvice_domain *d, const struct dmarcadvice_source *s)
{
	enum dmarcadvice_class c = dmarcadvice_class_of(s);

	d->messages += s->messages;
	d->aligned += s->aligned;
	d->spf += s->spf;
	d->dkim += s->dkim;
	if (c == DMARCADVICE_OUR || c == DMARCADVICE_PARTLY) {
		d->ours += s->messages;
		d->lost += s->messages - s->aligned - s->forwarded;
	}
	if (c == DMARCADVICE_STRANGER)
		d->strange_messages += s->messages;
}

bool dmarcadvice_is_notable(const struct dmarcadvice_domain *d, const struct dmarcadvice_source *s)
{
	return dmarcadvice_class_of(s) == DMARCADVICE_STRANGER &&
	       s->days >= DMARCADVICE_UNKNOWN_DAYS &&
	       share(s->messages, d->messages) >= DMARCADVICE_UNKNOWN;
}

enum dmarcadvice_step dmarcadvice_step_of(const struct dmarcadvice_domain *d)
{
	if (d->days < DMARCADVICE_DAYS || d->messages < DMARCADVICE_MESSAGES)
		return DMARCADVICE_WAIT;
	if (share(d->lost, d->ours) >= DMARCADVICE_LOST)
		return DMARCADVICE_FIX;
	if (str_eq(d->p, STR("reject")) && !d->weakened)
		return DMARCADVICE_KEEP;
	return d->strangers ? DMARCADVICE_LOOK : DMARCADVICE_NEXT;
}

static str say(enum conf_lang lang, str en, str fr)
{
	return lang == CONF_LANG_FR ? fr : en;
}

/* words, where * stands for the names a report gives. */
static void put_about(struct strbuf *out, str words, str names)
{
	size_t star = str_chr(words, '*');

	strbuf_put(out, str_sub(words, 0, star));
	if (star == STR_NONE)
		return;
	strbuf_printable(out, names);
	strbuf_put(out, str_skip(words, star + 1));
}

void dmarcadvice_put_source(struct strbuf *out, const struct dmarcadvice_source *s,
			    enum conf_lang lang)
{
	uint64_t failing = s->messages - s->aligned - s->forwarded;
	enum dmarcadvice_class c = dmarcadvice_class_of(s);

	if (c == DMARCADVICE_OUR || c == DMARCADVICE_FORWARDER)
		return;
	if (s->foreign_dkim * 2 >= failing && s->foreign_dkim)
		put_about(out,
			  say(lang,
			      STR("signs as *, not as your domain: if it is yours, have it sign "
				  "with a "
				  "key of your domain"),
			      STR("signe au nom de *, pas du vôtre : si elle est à vous, la faire "
				  "signer "
				  "avec une clé de votre domaine")),
			  s->signer);
	else if (s->foreign_spf * 2 >= failing && s->foreign_spf)
		put_about(
			out,
			say(lang,
			    STR("its envelope sender * is not your domain: if it is yours, give it "
				"one of your domain, or a DKIM key"),
			    STR("son expéditeur d'enveloppe * n'est pas votre domaine : si elle "
				"est à "
				"vous, lui en donner un, ou une clé DKIM")),
			s->mail_from);
	else if (s->broken_dkim * 2 >= failing && s->broken_dkim)
		put_about(
			out,
			say(lang,
			    STR("its DKIM signatures (*) fail: is the key published, or is the "
				"mail "
				"changed on its way by a forwarder?"),
			    STR("ses signatures DKIM (*) échouent : la clé est-elle publiée, ou un "
				"transfert modifie-t-il le courriel ?")),
			s->signer);
	else
		strbuf_put(
			out,
			say(lang,
			    STR("neither in your SPF record nor signed: if it is yours, add it to "
				"both, else it is forged mail"),
			    STR("ni dans votre SPF ni signée : l'ajouter aux deux si elle est à "
				"vous, "
				"sinon c'est du courriel falsifié")));
}

static str next_policy(const struct dmarcadvice_domain *d)
{
	if (d->weakened)
		return d->p;
	return str_eq(d->p, STR("quarantine")) ? STR("reject") : STR("quarantine");
}

void dmarcadvice_put_step(struct strbuf *out, const struct dmarcadvice_domain *d,
			  enum conf_lang lang)
{
	bool fr = lang == CONF_LANG_FR;

	switch (dmarcadvice_step_of(d)) {
	case DMARCADVICE_WAIT:
		strbuf_fmt(out,
			   fr ? "Trop peu de rapports pour conclure (il faut %d jours et %d "
				"messages) : attendre, ne rien durcir."
			      : "Too little was reported to conclude (%d days and %d messages are "
				"needed): wait, change nothing.",
			   DMARCADVICE_DAYS, DMARCADVICE_MESSAGES);
		return;
	case DMARCADVICE_FIX:
		strbuf_fmt(
			out,
			fr ? "Corriger d'abord : %llu de vos propres messages sur %llu échouent ; "
			     "une politique plus stricte les perdrait."
			   : "Fix first: %llu of %llu messages of your own fail; a stricter policy "
			     "would lose them.",
			(unsigned long long)d->lost, (unsigned long long)d->ours);
		return;
	case DMARCADVICE_LOOK:
		strbuf_fmt(
			out,
			fr ? "Vérifier les %llu sources inconnues marquées ! : si aucune n'est à "
			     "vous, publier p=%.*s les arrêtera."
			   : "Look at the %llu unknown sources marked !: if none of them is yours, "
			     "p=%.*s stops them.",
			(unsigned long long)d->strangers, STR_ARG(next_policy(d)));
		return;
	case DMARCADVICE_NEXT:
		strbuf_fmt(
			out,
			d->weakened
				? (fr ? "Prêt : appliquer p=%.*s en entier (sans t=y ni pct)."
				      : "Ready: apply p=%.*s in full (no t=y, no pct).")
				: (fr ? "Prêt : p=%.*s ne perdrait aucun courriel légitime connu."
				      : "Ready: p=%.*s would lose no legitimate mail that is "
					"known."),
			STR_ARG(next_policy(d)));
		return;
	case DMARCADVICE_KEEP:
		strbuf_put(out,
			   say(lang, STR("All is well: p=reject, and your own mail passes."),
			       STR("Tout va bien : p=reject, et vos propres messages passent.")));
		return;
	}
}

str dmarcadvice_tls(str result, enum conf_lang lang)
{
	static const struct {
		str result, en, fr;
	} rows[] = {
		{ STR("starttls-not-supported"),
		  STR("the host offered no STARTTLS: enable TLS there, or a middlebox removes it"),
		  STR("l'hôte n'a pas proposé STARTTLS : l'y activer, ou un équipement l'enlève") },
		{ STR("certificate-host-mismatch"),
		  STR("the certificate does not name this MX host: get one that does"),
		  STR("le certificat ne porte pas le nom de ce MX : en obtenir un qui le porte") },
		{ STR("certificate-expired"), STR("the certificate has expired: renew it"),
		  STR("le certificat a expiré : le renouveler") },
		{ STR("certificate-not-trusted"),
		  STR("no public authority vouches for the certificate, or its chain is "
		      "incomplete"),
		  STR("aucune autorité publique ne garantit le certificat, ou sa chaîne est "
		      "incomplète") },
		{ STR("validation-failure"),
		  STR("the certificate could not be verified: test the host with a TLS checker"),
		  STR("le certificat n'a pu être vérifié : tester l'hôte avec un outil TLS") },
		{ STR("tlsa-invalid"),
		  STR("the TLSA record does not fit the certificate: publish the new one first"),
		  STR("l'enregistrement TLSA ne correspond pas au certificat : publier d'abord le "
		      "nouveau") },
		{ STR("dnssec-invalid"),
		  STR("DNSSEC of the domain is broken: check its signatures"),
		  STR("DNSSEC du domaine est cassé : vérifier ses signatures") },
		{ STR("dane-required"),
		  STR("the sender demands DANE and finds no TLSA records: publish them"),
		  STR("l'expéditeur exige DANE et ne trouve pas de TLSA : en publier") },
		{ STR("sts-policy-fetch-error"),
		  STR("the MTA-STS policy could not be fetched: check https://mta-sts.DOMAIN"),
		  STR("la politique MTA-STS n'a pu être lue : vérifier https://mta-sts.DOMAINE") },
		{ STR("sts-policy-invalid"),
		  STR("the MTA-STS policy is malformed: check its lines"),
		  STR("la politique MTA-STS est mal formée : vérifier ses lignes") },
		{ STR("sts-webpki-invalid"),
		  STR("the certificate of the MTA-STS web server is not valid: renew it"),
		  STR("le certificat du serveur web MTA-STS n'est pas valide : le renouveler") },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (str_eq(result, rows[i].result))
			return say(lang, rows[i].en, rows[i].fr);
	}
	return say(lang, STR("not a failure of RFC 8460: ask the reporting organisation"),
		   STR("échec hors RFC 8460 : interroger l'organisation qui le rapporte"));
}
