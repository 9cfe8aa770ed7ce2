/* T072: where links lead, as the servers of webworld.c say. */
#include "battery/kit.h"

#define QUAR_OR_REJECT (BATTERY_QUARANTINE | BATTERY_REJECT)
#define FLAG_OR_MORE (BATTERY_FLAG | QUAR_OR_REJECT)

static void send_link(struct kit *k, const char *variant, const char *link)
{
	struct kit_mail m = kit_mail(k);

	kit_text(
		k, &m,
		kit_fmt(k, "Bonjour,\r\n\r\nVoir %s pour la suite.\r\n\r\nCordialement\r\n", link));
	kit_send(k, variant, &m);
}

static void leads_elsewhere(struct kit *k)
{
	kit_expect(k, BATTERY_REJECT, "LOCAL_BL_URL|FEED_URL");
	send_link(k, "a", "http://court.example/a");
	send_link(k, "g", "http://page.example/g");
	kit_expect(k, FLAG_OR_MORE, "URL_TOO_MUCH_REDIRECT");
	send_link(k, "b", "http://court.example/b1");
	kit_expect(k, FLAG_OR_MORE, "URL_REDIRECT_LOOP");
	send_link(k, "c", "http://court.example/c1");
	kit_expect(k, FLAG_OR_MORE, "URL_DOWNLOAD_FILENAME");
	send_link(k, "d", "http://court.example/d");
	kit_expect(k, FLAG_OR_MORE, "URL_SUSPECT_MIMETYPE");
	send_link(k, "e", "http://court.example/e");
	kit_expect(k, FLAG_OR_MORE, "URL_SUSPECT_FILENAME");
	send_link(k, "f", "http://court.example/doc.js");
	kit_expect(k, FLAG_OR_MORE, "URL_INTERNAL_ADDRESS");
	send_link(k, "h1", "http://court.example/h1");
	send_link(k, "h2", "http://court.example/h2");
	send_link(k, "i1", "http://prive.example/");
	send_link(k, "i2", "http://prive6.example/");
}

static void leads_to_a_picture(struct kit *k)
{
	send_link(k, "a", "https://labo.example/resultats.pdf");
	send_link(k, "b", "https://labo.example/plan.png");
	send_link(k, "c", "https://esp.example/clic");
}

const struct battery_case cases_visit[] = { { "T072", "link", "Redirections and downloads",
					      FLAG_OR_MORE, NULL, leads_elsewhere, false },
					    { "K-072", "twin",
					      "Links to a document, a picture, a newsletter's page",
					      BATTERY_ACCEPT, NULL, leads_to_a_picture, true },
					    { 0 } };
