/* what lists, and a name that watches over others, do not excuse. */
#include "battery/fixture.h"

/* Client, envelope sender, author and recipient stand in the allow lists (world.c). */
static struct kit_mail allowed(struct kit *k)
{
	struct kit_mail m = kit_party(k, "partner3.example", "192.0.2.23",
				      STR("Paul Petit <paul.petit@partner3.example>"));

	m.recipient = STR("tout@hopital.example");
	m.to = m.recipient;
	return m;
}

static void allowed_everywhere(struct kit *k)
{
	struct kit_mail m = allowed(k);

	kit_attach(k, &m, "application/octet-stream", "eicar.com", fixture_eicar(k));
	kit_send(k, "a", &m);
	m = allowed(k);
	m.malicious = true;
	kit_attach(k, &m, "application/zip", "logiciel.zip",
		   fixture_zip1(k, "logiciel.exe", fixture_pe(k)));
	kit_send(k, "b", &m);
	/* What only weighs against a message is outweighed. */
	kit_expect(k, BATTERY_ACCEPT, "IP_WHITELIST|GLOBAL_SMTP_FROM_WL");
	m = allowed(k);
	kit_text(k, &m, STR("Pharmacie en ligne : Viagra, Cialis sans ordonnance.\r\n"));
	kit_send(k, "c", &m);
}

/* A service that probes mail servers; from an address that is not its own. */
static void forged_watcher(struct kit *k)
{
	struct kit_mail m = kit_party(k, "nospf.example", "203.0.113.66",
				      STR("MxToolBox <supertool@mxtoolbox.com>"));

	m.signer = NULL;
	m.malicious = true;
	kit_attach(k, &m, "application/octet-stream", "eicar.com", fixture_eicar(k));
	kit_send(k, "", &m);
}

const struct battery_case cases_listed[] = {
	{ "X-042", "identity", "A virus from all that is allowed", BATTERY_REJECT, NULL,
	  allowed_everywhere, true },
	{ "X-043", "identity", "A virus in the name of a service that watches", BATTERY_REJECT,
	  NULL, forged_watcher, true },
	{ 0 },
};
