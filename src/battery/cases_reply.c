/* T078: the answer, with the password in it, goes to another than the one who seems to ask. */
#include "battery/kit.h"

#define ASKS                                                                                       \
	"Votre quota est plein, r=C3=A9pondez avec votre identifiant et mot de passe pour "        \
	"r=C3=A9initialiser votre bo=C3=AEte."
#define NOT_FIRED (BATTERY_ACCEPT | BATTERY_FLAG)

/* From a sender whose authentication passes, so that each sign can be had alone. */
static struct kit_mail asking(struct kit *k, const char *text)
{
	struct kit_mail m =
		kit_party(k, "partner2.example", "192.0.2.22", STR("contact@partner2.example"));

	m.reverse_path = STR("contact@partner2.example");
	m.reply_to = STR("reponses@labo.example");
	m.subject = STR("Votre messagerie");
	kit_text(k, &m, str_c(text));
	m.html = STR_NULL;
	m.text = str_c(text);
	return m;
}

/* Each of what makes the difference, alone. */
static void branches(struct kit *k)
{
	struct kit_mail m = asking(k, ASKS);

	m.reply_to = STR("support.helpdesk@freemail.example");
	kit_send(k, "b1", &m);
	m = asking(k, ASKS);
	m.from = STR("Support Informatique <contact@partner2.example>");
	kit_send(k, "b2", &m);
	m = asking(k, ASKS);
	m.extra = STR("X-Originating-IP: [203.0.113.77]\r\n");
	kit_send(k, "b3", &m);
	m = asking(k, ASKS);
	m.message_id = STR("<20261121185957.78@other.example>");
	kit_send(k, "b4", &m);
	m = asking(k, ASKS);
	m.from = STR("contact@softfail.example");
	m.reverse_path = STR("contact@softfail.example");
	m.message_id = STR("<20261121185957.78@softfail.example>");
	m.signer = NULL;
	kit_send(k, "b5", &m);
	m.from = STR("contact@failspf.example");
	m.reverse_path = STR("contact@failspf.example");
	m.message_id = STR("<20261121185957.78@failspf.example>");
	m.signer = "failspf.example";
	kit_send(k, "b6", &m);
	m = asking(k, ASKS);
	m.sender = STR("autre@list.example");
	kit_send(k, "b7", &m);
	m = asking(k, ASKS);
	m.reverse_path = STR("bounce@esp.example");
	m.client_ip = STR("192.0.2.11");
	m.helo = STR("mail.esp.example");
	kit_send(k, "b8", &m);
	m = asking(k, ASKS);
	m.from = STR("\"support@banque.example\" <contact@partner2.example>");
	kit_send(k, "b9", &m);
}

/* The same said otherwise, or elsewhere. */
static void wordings(struct kit *k)
{
	static const char *const texts[] = {
		"Votre quota est plein, repondez avec votre identifiant et mot de passe pour "
		"reinitialiser.",
		"VOTRE BO=C3=8ETE EST PLEINE. R=C3=89PONDEZ AVEC VOTRE IDENTIFIANT ET VOTRE MOT DE "
		"PASSE.",
		"Your mailbox quota is full. Reply with your user name and password to avoid "
		"suspension.",
		"Alerte de s=C3=A9curit=C3=A9 : confirmez votre login et votre mot de passe par "
		"retour de mail.",
	};
	struct kit_mail m;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		m = asking(k, texts[i]);
		m.reply_to = STR("support.helpdesk@freemail.example");
		kit_send(k, kit_fmt(k, "w%zu", i + 1).p, &m);
	}
	m = asking(k, "");
	m.reply_to = STR("support.helpdesk@freemail.example");
	m.text = STR_NULL;
	m.html = STR("<html><body><p>Votre <b>quo</b>ta est plein, r=C3=A9pondez avec votre "
		     "<i>identifiant</i> et mot&nbsp;de&nbsp;passe.</p></body></html>\r\n");
	kit_send(k, "h", &m);
	m = asking(k, "Voir la pi=C3=A8ce jointe.");
	m.reply_to = STR("support.helpdesk@freemail.example");
	kit_attach(k, &m, "text/plain", "message.txt",
		   STR("Votre quota est plein, r\xc3\xa9pondez avec votre identifiant et mot de "
		       "passe.\r\n"));
	kit_send(k, "t", &m);
}

/* One of the three conditions is missing. */
static void missing(struct kit *k)
{
	struct kit_mail m = asking(k, ASKS);

	kit_expect(k, NOT_FIRED, "!PHISHING_REPLY");
	m.from = STR("Support Informatique <contact@partner2.example>");
	m.reply_to = STR("support@partner2.example");
	kit_send(k, "n1", &m);
	m = asking(k, "Votre quota est plein, r=C3=A9pondez pour en obtenir un autre.");
	m.reply_to = STR("support.helpdesk@freemail.example");
	kit_send(k, "n2", &m);
	m = asking(k, "Merci de nous envoyer votre identifiant de dossier avant jeudi.");
	m.reply_to = STR("support.helpdesk@freemail.example");
	kit_send(k, "n3", &m);
	/* All three, and nothing that makes the difference. */
	m = asking(k, ASKS);
	kit_send(k, "n4", &m);
}

static void reply(struct kit *k)
{
	struct kit_mail m = asking(k, ASKS);

	kit_expect(k, BATTERY_REJECT, "PHISHING_REPLY");
	m.from = STR("Support Informatique <contact@partner2.example>");
	m.reply_to = STR("support.helpdesk@freemail.example");
	kit_send(k, "a", &m);
	branches(k);
	wordings(k);
	missing(k);
}

const struct battery_case cases_reply[] = {
	{ "T078", "reply", "The answer goes elsewhere", BATTERY_REJECT, NULL, reply, true }, { 0 }
};
