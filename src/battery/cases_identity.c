/* T070, T079, T080, T123: in whose name, and what confirms it. */
#include "battery/kit.h"
#include "battery/signature.h"
#include "battery/zone.h"

#define FLAG_OR_MORE (BATTERY_FLAG | BATTERY_QUARANTINE | BATTERY_REJECT)
#define LOW (BATTERY_ACCEPT | BATTERY_FLAG)

struct client {
	const char *ip, *helo;
};

static const struct client stranger = { "203.0.113.66", "test.evil.example" };
static const struct client evil = { "203.0.113.80", "mail.evil.example" };

static struct kit_mail mail_from(struct kit *k, const struct client *c, const char *path,
				 const char *from)
{
	struct kit_mail m = kit_mail(k);

	m.client_ip = str_c(c->ip);
	m.helo = str_c(c->helo);
	m.reverse_path = str_c(path);
	m.from = str_c(from);
	m.signer = NULL;
	if (k->wrapping == KIT_CLEAN)
		m.message_id = kit_fmt(k, "<20261121185957.%s@%s>", k->c->id, c->helo);
	return m;
}

static void send_as(struct kit *k, const char *variant, const struct client *c, const char *path,
		    const char *from)
{
	struct kit_mail m = mail_from(k, c, path, from);

	kit_send(k, variant, &m);
}

static void own_domain(struct kit *k)
{
	send_as(k, "a", &stranger, "alice@hopital.example", "Alice <alice@hopital.example>");
	send_as(k, "b", &evil, "x@evil.example", "Direction <dg@hopital.example>");
	send_as(k, "c", &evil, "x@evil.example", "Accueil <accueil@sub.hopital.example>");
	send_as(k, "d", &stranger, "alice@hopital.example", "alice@hopital.example");
	send_as(k, "e", &stranger, "", "Direction <dg@hopital.example>");
}

static void unanswerable(struct kit *k)
{
	static const struct client aonly = { "192.0.2.35", "aonly.example" };

	kit_expect(k, BATTERY_REJECT, "SENDER_DOMAIN_UNKNOWN");
	send_as(k, "a", &stranger, "x@nxdomain.invalid", "x@nxdomain.invalid");
	kit_expect(k, FLAG_OR_MORE, "MX_MISSING");
	send_as(k, "b", &stranger, "x@nullmx.example", "x@nullmx.example");
	send_as(k, "c", &stranger, "x@nomx.example", "x@nomx.example");
	kit_expect(k, LOW, "MX_IMPLICIT");
	send_as(k, "d", &aonly, "x@aonly.example", "x@aonly.example");
	kit_expect(k, FLAG_OR_MORE, "MX_INVALID");
	send_as(k, "e", &stranger, "x@deadmx.example", "x@deadmx.example");
	/* Nobody here connects to the sender's server: docs/decisions/0017. */
	kit_expect(k, LOW, "MX_GOOD");
	send_as(k, "f", &stranger, "x@refusemx.example", "x@refusemx.example");
	kit_expect(k, BATTERY_REJECT, NULL);
	send_as(k, "g", &stranger, "user", "x@nospf.example");
}

static void spf_failures(struct kit *k)
{
	kit_expect(k, BATTERY_REJECT, "SPF_FAIL_NO_DKIM");
	send_as(k, "a", &stranger, "x@failspf.example", "x@failspf.example");
	kit_expect(k, FLAG_OR_MORE, "R_SPF_SOFTFAIL");
	send_as(k, "b", &stranger, "x@softfail.example", "x@softfail.example");
	kit_expect(k, LOW, "R_SPF_NEUTRAL");
	send_as(k, "c", &stranger, "x@neutral.example", "x@neutral.example");
	kit_expect(k, FLAG_OR_MORE, "R_SPF_PERMFAIL");
	send_as(k, "d", &stranger, "x@permerr.example", "x@permerr.example");
	send_as(k, "d2", &stranger, "x@loopspf.example", "x@loopspf.example");
	kit_expect(k, LOW | BATTERY_DEFER, "R_SPF_DNSFAIL");
	send_as(k, "e", &stranger, "x@spftemp.example", "x@spftemp.example");
}

/* From a domain that only watches, whose SPF does not know this client. */
static struct kit_mail watched(struct kit *k)
{
	return mail_from(k, &evil, "x@evil.example", "Paul <paul@dmarcnone.example>");
}

static str signed_as(struct kit *k, const struct kit_mail *m, struct signature how)
{
	how.domain = how.domain ? how.domain : "dmarcnone.example";
	return signature_dkim(k, kit_bytes(k, m), &how);
}

static void dkim_failures(struct kit *k)
{
	struct kit_mail m = watched(k);
	const str altered[] = { signed_as(k, &m, (struct signature){ 0 }), STR("\r\nPS: 1\r\n") };

	kit_expect(k, FLAG_OR_MORE, "R_DKIM_REJECT");
	kit_send_bytes(k, "f", &m, kit_join(k, altered, 2));
	kit_expect(k, FLAG_OR_MORE, "R_DKIM_PERMFAIL|R_DKIM_REJECT|R_DKIM_WEAK");
	kit_send_bytes(k, "g1", &m,
		       signed_as(k, &m, (struct signature){ .expiry = BATTERY_ZONE_NOW - 3600 }));
	kit_send_bytes(k, "g2", &m, signed_as(k, &m, (struct signature){ .selector = "revoked" }));
	kit_send_bytes(
		k, "g3", &m,
		signed_as(k, &m,
			  (struct signature){ .selector = "weak", .algorithm = "rsa-sha256" }));
	kit_send_bytes(k, "g4", &m,
		       signed_as(k, &m, (struct signature){ .fields = "to:subject:date" }));
}

static void dmarc_failures(struct kit *k)
{
	kit_expect(k, BATTERY_REJECT, "DMARC_REJECTED");
	send_as(k, "h", &evil, "x@evil.example", "x@dmarcreject.example");
	kit_expect(k, BATTERY_QUARANTINE, "DMARC_HELD");
	send_as(k, "i", &evil, "x@evil.example", "x@dmarcquar.example");
	kit_expect(k, FLAG_OR_MORE, "DMARC_POLICY_SOFTFAIL");
	send_as(k, "j", &evil, "x@evil.example", "x@dmarcnone.example");
	kit_expect(k, LOW, "DMARC_BAD_POLICY");
	send_as(k, "k", &evil, "x@evil.example", "x@dmarcbad.example");
}

static str without(struct kit *k, str message, const char *from, const char *to)
{
	size_t at = str_find(message, str_c(from));
	str rest;
	size_t end;

	bug_if(at == STR_NONE);
	rest = str_skip(message, at);
	end = str_find(rest, str_c(to));
	bug_if(end == STR_NONE);
	return kit_join(k, (const str[]){ str_sub(message, 0, at), str_skip(rest, end) }, 2);
}

static void arc_failures(struct kit *k)
{
	struct kit_mail m = watched(k);
	str sealed = signature_arc(k, kit_bytes(k, &m), "fai.example",
				   "mx.fai.example; dmarc=pass header.from=dmarcnone.example");
	size_t cv = str_find(sealed, STR("cv=none"));
	const str failed[] = { str_sub(sealed, 0, cv), STR("cv=fail"), str_skip(sealed, cv + 7) };

	kit_expect(k, FLAG_OR_MORE, "ARC_REJECT|ARC_INVALID");
	kit_send_bytes(k, "l1", &m, kit_join(k, failed, ARRAY_LEN(failed)));
	kit_send_bytes(k, "l2", &m,
		       without(k, sealed, "ARC-Message-Signature",
			       k->wrapping == KIT_CLEAN ? "Received:" : "From:"));
}

static void signed_otherwise(struct kit *k)
{
	struct kit_mail m = mail_from(k, &evil, "x@evil.example", "x@dmarcreject.example");
	str longer;

	m.signer = "evil.example";
	kit_expect(k, BATTERY_REJECT, "DMARC_REJECTED");
	kit_send(k, "m", &m);
	m = watched(k);
	longer = signed_as(k, &m, (struct signature){ .with_length = true });
	kit_expect(k, FLAG_OR_MORE, "R_DKIM_UNCOVERED");
	kit_send_bytes(k, "n", &m,
		       kit_join(k, (const str[]){ longer, STR("Autre compte : 12345\r\n") }, 2));
	kit_expect(k, LOW, "AUTH_NA");
	send_as(k, "o", &stranger, "x@nospf.example", "x@nospf.example");
}

static void failures(struct kit *k)
{
	spf_failures(k);
	dkim_failures(k);
	dmarc_failures(k);
	arc_failures(k);
	signed_otherwise(k);
}

static void received_abuse(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	kit_expect(k, BATTERY_REJECT, NULL);
	m.extra = kit_repeat(k,
			     STR("Received: from a.example (a.example [192.0.2.1]) by b.example;"
				 " Sat, 21 Nov 2026 18:59:57 +0100\r\n"),
			     51);
	kit_send(k, "a", &m);
	m = kit_mail(k);
	m.received = STR_NULL;
	kit_expect(k, LOW, "RCVD_COUNT_ZERO");
	kit_send(k, "b", &m);
	m = kit_mail(k);
	m.received = STR("from a.example (a.example [192.0.2.1]) by b.example with ESMTP id 3;\r\n"
			 "\tFri, 20 Nov 2026 08:00:00 +0100");
	m.extra = STR("Received: from c.example (c.example [192.0.2.3]) by a.example with ESMTP id "
		      "2;\r\n\tSat, 21 Nov 2026 18:00:00 +0100\r\n");
	kit_expect(k, FLAG_OR_MORE, "RCVD_BACKWARDS");
	kit_send(k, "c", &m);
}

const struct battery_case cases_identity[] = {
	{ "T070", "identity", "Our own domain from outside", BATTERY_REJECT, NULL, own_domain,
	  false },
	{ "T079", "identity", "A sender who cannot be answered", FLAG_OR_MORE, NULL, unanswerable,
	  false },
	{ "T080", "identity", "Authentication of others that fails", FLAG_OR_MORE, NULL, failures,
	  false },
	{ "T123", "header", "Abuse of Received", FLAG_OR_MORE, NULL, received_abuse, false },
	{ 0 }
};
