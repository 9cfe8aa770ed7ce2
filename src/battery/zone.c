#include "battery/zone.h"

#include "battery/signature.h"

enum { ZONE_MAX = 256 << 10 };

/* clang-format off */

/* A domain with all that a good sender has. */
#define CLEAN(name, ip, reverse)                                                     \
	"\"" name "\": {\"A\": [\"" ip "\"], \"MX\": [[10, \"mail." name "\"]],"       \
	" \"TXT\": [\"v=spf1 ip4:" ip " -all\"]},"                                     \
	"\"mail." name "\": {\"A\": [\"" ip "\"], \"TXT\": [\"v=spf1 a -all\"]},"      \
	"\"_dmarc." name "\": {\"TXT\": [\"v=DMARC1; p=reject\"]},"                    \
	"\"" reverse ".in-addr.arpa\": {\"PTR\": [\"mail." name "\"]},"
/* One with SPF and that DMARC. */
#define POLICY(name, ip, dmarc)                                                      \
	"\"" name "\": {\"A\": [\"" ip "\"], \"MX\": [[10, \"" name "\"]],"            \
	" \"TXT\": [\"v=spf1 ip4:" ip " -all\"]},"                                     \
	"\"_dmarc." name "\": {\"TXT\": " dmarc "},"
/* One with that SPF alone. */
#define SPF(name, txt)                                                               \
	"\"" name "\": {\"A\": [\"192.0.2.30\"], \"MX\": [[10, \"" name "\"]],"        \
	" \"TXT\": " txt "},"

static const char zone[] =
	CLEAN("partner.example", "192.0.2.10", "10.2.0.192")
	CLEAN("esp.example", "192.0.2.11", "11.2.0.192")
	CLEAN("list.example", "192.0.2.12", "12.2.0.192")
	CLEAN("labo.example", "192.0.2.13", "13.2.0.192")
	CLEAN("cabinet.example", "192.0.2.15", "15.2.0.192")
	CLEAN("rdv.example", "192.0.2.16", "16.2.0.192")
	CLEAN("fai.example", "192.0.2.17", "17.2.0.192")
	CLEAN("freemail.example", "192.0.2.18", "18.2.0.192")
	CLEAN("ars.example", "192.0.2.19", "19.2.0.192")
	CLEAN("association.care", "192.0.2.21", "21.2.0.192")
	CLEAN("partner2.example", "192.0.2.22", "22.2.0.192")
	CLEAN("partner3.example", "192.0.2.23", "23.2.0.192")
	CLEAN("evil.example", "203.0.113.80", "80.113.0.203")
	CLEAN("hacker.example", "203.0.113.81", "81.113.0.203")
	POLICY("banque.example", "192.0.2.77", "[\"v=DMARC1; p=reject\"]")
	POLICY("dmarcreject.example", "192.0.2.31", "[\"v=DMARC1; p=reject\"]")
	POLICY("dmarcquar.example", "192.0.2.32", "[\"v=DMARC1; p=quarantine\"]")
	POLICY("dmarcnone.example", "192.0.2.33", "[\"v=DMARC1; p=none\"]")
	POLICY("dmarcbad.example", "192.0.2.34", "[\"v=DMARC1; p=none\", \"v=DMARC1; p=reject\"]")
	SPF("pool.example", "[\"v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 -all\"]")
	SPF("plusall.example", "[\"v=spf1 +all\"]")
	SPF("softfail.example", "[\"v=spf1 ip4:192.0.2.20 ~all\"]")
	SPF("neutral.example", "[\"v=spf1 ?all\"]")
	SPF("failspf.example", "[\"v=spf1 ip4:192.0.2.20 -all\"]")
	SPF("permerr.example", "[\"v=spf1 -all\", \"v=spf1 +all\"]")
	SPF("loopspf.example", "[\"v=spf1 include:loopspf.example -all\"]")
	"\"aonly.example\": {\"A\": [\"192.0.2.35\"], \"TXT\": [\"v=spf1 ip4:192.0.2.35 ~all\"]},"
	"\"nospf.example\": {\"A\": [\"203.0.113.66\"], \"MX\": [[10, \"nospf.example\"]]},"
	/* Honest senders that lack one thing or another have at least a name. */
	"\"35.2.0.192.in-addr.arpa\": {\"PTR\": [\"aonly.example\"]},"
	"\"66.113.0.203.in-addr.arpa\": {\"PTR\": [\"nospf.example\"]},"
	"\"six.nospf.example\": {\"AAAA\": [\"2001:db8:10::25\"]},"
	"\"5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.8.b.d.0.1.0.0.2.ip6.arpa\":"
	" {\"PTR\": [\"six.nospf.example\"]},"
	"\"spftemp.example\": {\"TXT\": \"servfail\", \"A\": [\"192.0.2.36\"]},"
	"\"nullmx.example\": {\"MX\": [[0, \".\"]]},"
	"\"nomx.example\": {\"TXT\": [\"nothing here\"]},"
	"\"refusemx.example\": {\"MX\": [[10, \"mail.refusemx.example\"]]},"
	"\"mail.refusemx.example\": {\"A\": [\"192.0.2.199\"]},"
	"\"xn--hpital-wqf.example\": {\"A\": [\"203.0.113.82\"], "
	"\"MX\": [[10, \"xn--hpital-wqf.example\"]],"
	" \"TXT\": [\"v=spf1 ip4:203.0.113.80 -all\"]},"
	"\"deadmx.example\": {\"MX\": [[10, \"nowhere.example\"]]},"
	/* A key of 512 bits, and one that was withdrawn. */
	"\"weak._domainkey.dmarcnone.example\": {\"TXT\": [\"v=DKIM1; k=rsa; p="
	"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK9FBGHMZEIMMWlPW64+kit5FBdKg3isQxGK06+FDpcY"
	"Hupgi5PwbY8jmq6GeGYiJ96NnzruOn7yr7cHnAH9IeECAwEAAQ==\"]},"
	"\"revoked._domainkey.dmarcnone.example\": {\"TXT\": [\"v=DKIM1; p=\"]},"
	/* Where links lead (webworld.h), the last two inside. */
	"\"court.example\": {\"A\": [\"203.0.113.90\"]},"
	"\"page.example\": {\"A\": [\"203.0.113.91\"]},"
	"\"listed.example\": {\"A\": [\"203.0.113.92\"]},"
	"\"prive.example\": {\"A\": [\"10.0.0.5\"]},"
	"\"prive6.example\": {\"AAAA\": [\"::1\"]},"
	"\"hopital.example\": {\"A\": [\"198.51.100.20\"], \"MX\": [[10, \"mx1.hopital.example\"]],"
	" \"TXT\": [\"v=spf1 ip4:198.51.100.20 -all\"]},"
	"\"mx1.hopital.example\": {\"A\": [\"198.51.100.20\"]},"
	"\"_dmarc.hopital.example\": {\"TXT\": [\"v=DMARC1; p=reject\"]}";

/* clang-format on */

static const char *const signers[] = {
	"partner.example",  "esp.example",	"list.example",	     "labo.example",
	"cabinet.example",  "rdv.example",	"fai.example",	     "freemail.example",
	"ars.example",	    "association.care", "partner2.example",  "evil.example",
	"partner3.example", "hacker.example",	"dmarcnone.example", "dmarcreject.example",
	"hopital.example",  "failspf.example",
};

/* What the DNS lists say of hosts made for each of their meanings: "surbl8.example" is listed by
 * SURBL with bit 8. */
static const struct {
	const char *name, *zone, *base;
	uint8_t codes[12];
} listings[] = {
	{ "dbl", "dbl.spamhaus.org", "127.0.1.", { 2, 4, 5, 6, 102, 103, 104, 105, 106, 255 } },
	{ "surbl", "multi.surbl.org", "127.0.0.", { 1, 2, 4, 8, 16, 32, 64, 128 } },
	{ "uribl", "multi.uribl.com", "127.0.0.", { 1, 2, 4, 8 } },
};

static void put_listings(struct strbuf *b)
{
	for (size_t i = 0; i < ARRAY_LEN(listings); i++) {
		for (const uint8_t *code = listings[i].codes; *code; code++)
			strbuf_fmt(b, ", \"%s%u.example.%s\": {\"A\": [\"%s%u\"]}",
				   listings[i].name, *code, listings[i].zone, listings[i].base,
				   *code);
	}
}

str zone_json(struct arena *a)
{
	struct strbuf b = strbuf_make(a, ZONE_MAX);

	strbuf_char(&b, '{');
	strbuf_put(&b, str_of(zone, sizeof(zone) - 1));
	for (size_t i = 0; i < ARRAY_LEN(signers); i++)
		strbuf_fmt(&b, ", \"" SIGNATURE_SELECTOR "._domainkey.%s\": {\"TXT\": [\"%.*s\"]}",
			   signers[i], STR_ARG(signature_record(a, signers[i])));
	put_listings(&b);
	strbuf_char(&b, '}');
	return strbuf_str(&b);
}
