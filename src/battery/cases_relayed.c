/* C-020 to C-027: honest mail that others than its author's server bring, really signed. */
#include "battery/kit.h"
#include "battery/signature.h"

/* What an author of a domain that only watches wrote to a list, signed; the list then changed
 * the subject and added a footer. */
static str broken_by_list(struct kit *k, struct kit_mail *m)
{
	struct kit_mail original = *m;
	str before, after;

	original.subject = STR("Question sur les lits");
	original.extra = STR_NULL;
	before = kit_bytes(k, &original);
	after = signature_dkim(k, before, &(struct signature){ .domain = "dmarcnone.example" });
	return kit_join(k,
			(const str[]){ str_sub(after, 0, after.n - before.n), kit_bytes(k, m),
				       STR("-- \r\nreseau@list.example\r\n") },
			3);
}

static struct kit_mail to_list(struct kit *k)
{
	struct kit_mail m = kit_party(k, "list.example", "192.0.2.12",
				      STR("Paul Durand <paul@dmarcnone.example>"));

	m.reverse_path = STR("reseau-owner@list.example");
	m.to = STR("reseau@list.example");
	m.subject = STR("[reseau] Question sur les lits");
	m.message_id = STR("<1234@dmarcnone.example>");
	return m;
}

static void list_post(struct kit *k)
{
	struct kit_mail m = to_list(k);
	const struct signature of_list = { .domain = "list.example" };
	str bytes;

	m.html = STR_NULL;
	m.extra =
		STR("List-Id: <reseau.list.example>\r\nList-Post: <mailto:reseau@list.example>\r\n"
		    "Precedence: list\r\nReply-To: reseau@list.example\r\n");
	bytes = broken_by_list(k, &m);
	kit_send_bytes(k, "a", &m, bytes);
	kit_send_bytes(k, "b", &m, signature_dkim(k, bytes, &of_list));
}

/* As a large provider's groups do it: sealed by the list, and signed by it. */
static void group_post(struct kit *k)
{
	struct kit_mail m = to_list(k);
	const struct signature of_list = { .domain = "list.example" };
	str bytes;

	m.html = STR_NULL;
	m.extra = STR("List-Id: <reseau.list.example>\r\nX-Google-Group-Id: 12345\r\n"
		      "Precedence: list\r\n");
	bytes = signature_arc(k, broken_by_list(k, &m), "list.example",
			      "mx.list.example; dkim=pass header.d=dmarcnone.example; "
			      "dmarc=pass header.from=dmarcnone.example");
	kit_send_bytes(k, "", &m, signature_dkim(k, bytes, &of_list));
}

/* Payroll by another, who has a key of ours. */
static void declared_sender(struct kit *k)
{
	struct kit_mail m = kit_party(k, "esp.example", "192.0.2.11",
				      STR("Ressources humaines <rh@hopital.example>"));

	m.signer = "hopital.example";
	m.message_id = STR("<20261121185957.rh@hopital.example>");
	kit_send(k, "", &m);
}

static void forwarded(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.reverse_path = STR("SRS0=abcd=7Q=partner.example=marie.martin@fai.example");
	m.client_ip = STR("192.0.2.17");
	m.helo = STR("mail.fai.example");
	kit_send(k, "", &m);
}

/* The provider of a retired doctor forwards what it changed, and seals what it saw before. */
static void sealed_forward(struct kit *k)
{
	struct kit_mail m = kit_party(k, "dmarcreject.example", "192.0.2.31",
				      STR("Paul <paul@dmarcreject.example>"));
	const struct signature own = { .domain = "dmarcreject.example" };
	str bytes;

	m.html = STR_NULL;
	m.message_id = STR("<20261121185957.26@dmarcreject.example>");
	bytes = signature_dkim(k, kit_bytes(k, &m), &own);
	bytes = kit_join(k, (const str[]){ bytes, STR("-- \r\nfai.example\r\n") }, 2);
	bytes = signature_arc(k, bytes, "fai.example",
			      "mx.fai.example; spf=pass smtp.mailfrom=dmarcreject.example; "
			      "dkim=pass header.d=dmarcreject.example; "
			      "dmarc=pass header.from=dmarcreject.example");
	m.client_ip = STR("192.0.2.17");
	m.helo = STR("mail.fai.example");
	m.reverse_path = STR("SRS0=abcd=7Q=dmarcreject.example=paul@fai.example");
	kit_send_bytes(k, "", &m, bytes);
}

static void batv(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.reverse_path = STR("prvs=1234abcdef=marie.martin@partner.example");
	kit_send(k, "", &m);
}

#define ACCEPT(id, what, make)                                                                     \
	{                                                                                          \
		id, "twin", what, BATTERY_ACCEPT, NULL, make, true                                 \
	}

const struct battery_case cases_relayed[] = {
	ACCEPT("C-020", "Somebody else writes for us, with a key of ours", declared_sender),
	ACCEPT("C-021", "Posts of mailing lists", list_post),
	ACCEPT("C-023", "A group at a large provider", group_post),
	ACCEPT("C-024", "Forwarded with SRS", forwarded),
	ACCEPT("C-026", "Changed and forwarded by a relay that we trust", sealed_forward),
	ACCEPT("C-027", "A BATV sender", batv),
	{ 0 }
};
