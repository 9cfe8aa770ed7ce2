#include "conf/exportrow.h"
#include "conf/feedrow.h"
#include "conf/raterow.h"
#include "conf/route.h"
#include "conf/scannerrow.h"
#include "conf/signkey.h"
#include "conf/spfexception.h"

#include "base/ip.h"

#include <errno.h>

bool conf_certificate_pair(str element, str *ret_certificate, str *ret_key)
{
	size_t space = str_chr(element, ' ');
	str certificate, key;

	if (space == STR_NONE)
		return false;
	certificate = str_sub(element, 0, space);
	key = str_trim(str_skip(element, space));
	if (!str_starts(certificate, STR("/")) || !str_starts(key, STR("/")) ||
	    str_chr(key, ' ') != STR_NONE)
		return false;
	*ret_certificate = certificate;
	*ret_key = key;
	return true;
}

static int check_certificates(const struct conf *c, struct why *why)
{
	str certificate, key;

	if (c->tls.certificates.n > CONF_CERTIFICATES_MAX)
		return why_set(why, -EINVAL, "tls.certificates: found %zu, expected at most %d",
			       c->tls.certificates.n, CONF_CERTIFICATES_MAX);
	for (size_t i = 0; i < c->tls.certificates.n; i++) {
		str element = c->tls.certificates.v[i];

		if (!conf_certificate_pair(element, &certificate, &key))
			return why_set(why, -EINVAL,
				       "tls.certificates: found \"%.*s\", expected the absolute "
				       "paths of a certificate and its key with a space between",
				       STR_ARG(element));
	}
	return 0;
}

static int check_routes(const struct conf *c, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("routes", 64 << 20);
	struct route_table table;

	return route_table_make(a, c, &table, why);
}

/* Empty, or LOCAL@DOMAIN of plain characters: it stands in headers and in the envelope. */
static bool is_mailbox(str s)
{
	size_t at = str_chr(s, '@');

	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && !memchr("@._+-", s.p[i], 5))
			return false;
	}
	return s.n == 0 || (at != STR_NONE && at > 0 && at == str_rchr(s, '@') && at + 1 < s.n &&
			    s.n <= CONF_MAILBOX_MAX);
}

static int check_reports(const struct conf *c, struct why *why)
{
	for (size_t i = 0; i < c->reports.addresses.n; i++) {
		str address = c->reports.addresses.v[i];
		size_t at = str_rchr(address, '@');

		if (at == STR_NONE || at == 0 || at + 1 == address.n)
			return why_set(why, -EINVAL,
				       "reports.addresses: found \"%.*s\", expected a mailbox, "
				       "name@domain",
				       STR_ARG(address));
	}
	if (!is_mailbox(c->reports.from) || !is_mailbox(c->reports.contact))
		return why_set(why, -EINVAL,
			       "reports.from or reports.contact: expected an address like "
			       "reports@hopital.example");
	return 0;
}

/* Where names are looked up is out of reach for who connects. */
static int check_memory(const struct conf *c, struct why *why)
{
	struct ip ip;

	if (c->memory.shared.kind == CONF_PEER_NONE)
		return 0;
	if (!ip_parse(c->memory.shared.at.host, &ip))
		return why_set(why, -EINVAL,
			       "memory.shared: found the name \"%.*s\", expected an address",
			       STR_ARG(c->memory.shared.at.host));
	if (!c->memory.secret_file.n)
		return why_set(why, -EINVAL,
			       "memory.shared is set and memory.secret_file is not; write the same "
			       "32 random characters into a file of each gateway");
	return 0;
}

/* What may stand in a local part without quotes (RFC 5321 4.1.2) and in few names. */
static int check_recipients(const struct conf *c, struct why *why)
{
	str d = c->recipients.delimiter;

	if (d.n > 1 || (d.n == 1 && !memchr("+-_=#~", d.p[0], 6)))
		return why_set(why, -EINVAL,
			       "recipients.delimiter: found \"%.*s\", expected one of + - _ = # ~",
			       STR_ARG(d));
	for (size_t i = 0; i < c->recipients.reject.n; i++) {
		if (!conf_is_own_domain(c, c->recipients.reject.v[i]))
			return why_set(why, -EINVAL,
				       "recipients.reject: found \"%.*s\", expected one of domains",
				       STR_ARG(c->recipients.reject.v[i]));
	}
	return 0;
}

int conf_check(const struct conf *c, struct why *why)
{
	if (c->tls.certificate.n && !c->tls.key.n)
		return why_set(why, -EINVAL,
			       "tls.certificate is set and tls.key is not; set both or none");
	if (c->tls.key.n && !c->tls.certificate.n)
		return why_set(why, -EINVAL,
			       "tls.key is set and tls.certificate is not; set both or none");
	if (c->role == CONF_ROLE_OUT && c->out.clients.n == 0)
		return why_set(why, -EINVAL,
			       "role is out and out.clients is empty; list the networks of the "
			       "servers that may send");
	if (c->inspect.max_unpacked_bytes < c->smtp.max_message_bytes)
		return why_set(why, -EINVAL,
			       "inspect.max_unpacked_bytes is below smtp.max_message_bytes; "
			       "a message that is received must fit the inspection");
	if (c->inspect.memory < 2 * c->smtp.max_message_bytes)
		return why_set(why, -EINVAL,
			       "inspect.memory is below twice smtp.max_message_bytes; raise it");
	if (c->inspect.deadline >= c->scan.deadline)
		return why_set(why, -EINVAL,
			       "inspect.deadline is not below scan.deadline; "
			       "the verdict needs time after the inspection");
	if (c->antivirus.clamd.kind != CONF_PEER_NONE && c->antivirus.timeout >= c->scan.deadline)
		return why_set(why, -EINVAL,
			       "antivirus.timeout is not below scan.deadline; "
			       "the verdict needs its answer");
	if (c->url_check.enabled && c->url_check.timeout >= c->scan.deadline)
		return why_set(why, -EINVAL,
			       "url_check.timeout is not below scan.deadline; "
			       "the verdict needs what was found");
	if (c->smtp.command_timeout > c->smtp.session_timeout ||
	    c->smtp.data_timeout > c->smtp.session_timeout)
		return why_set(why, -EINVAL,
			       "smtp.session_timeout is below smtp.command_timeout or "
			       "smtp.data_timeout; raise it");
	if (c->delivery.retry.v[0] > c->delivery.max_age)
		return why_set(why, -EINVAL,
			       "delivery.max_age is below the first pause of delivery.retry; "
			       "no message would be tried twice");
	if (c->greylist.delay >= c->greylist.expire)
		return why_set(why, -EINVAL,
			       "greylist.delay is not below greylist.expire; "
			       "nobody could come back in time");
	if (check_memory(c, why) < 0)
		return -EINVAL;
	if (check_certificates(c, why) < 0 || signkey_check(c, why) < 0 ||
	    spfexception_check(c, why) < 0 || check_reports(c, why) < 0 ||
	    feedrow_check(c, why) < 0 || raterow_check(c, why) < 0 ||
	    scannerrow_check(c, why) < 0 || exportrow_check(c, why) < 0)
		return -EINVAL;
	if (check_recipients(c, why) < 0)
		return -EINVAL;
	return check_routes(c, why);
}

bool conf_has_way_out(const struct conf *c)
{
	return c->role == CONF_ROLE_OUT || c->dsn.via.kind != CONF_PEER_NONE;
}

static bool no_antivirus(const struct conf *c)
{
	return c->antivirus.clamd.kind == CONF_PEER_NONE;
}

static bool large_unscanned(const struct conf *c)
{
	return !no_antivirus(c) && c->antivirus.max_bytes < c->smtp.max_message_bytes;
}

static bool unused_clients(const struct conf *c)
{
	return c->role != CONF_ROLE_OUT && c->out.clients.n > 0;
}

static bool unused_recipients(const struct conf *c)
{
	return c->role == CONF_ROLE_OUT && c->recipients.file.n > 0;
}

static bool proxy_of_nobody(const struct conf *c)
{
	for (size_t i = 0; i < c->listen.smtp.n && c->smtp.trusted.n == 0; i++) {
		if (c->listen.smtp.v[i].proxy || c->listen.smtp.v[i].xclient)
			return true;
	}
	return false;
}

static bool reports_stay(const struct conf *c)
{
	return c->reports.from.n > 0 && !conf_has_way_out(c);
}

static bool observing(const struct conf *c)
{
	return c->mode == CONF_MODE_OBSERVE;
}

static bool dns_from_file(const struct conf *c)
{
	return c->dns.file.n > 0;
}

static bool believes_resolver(const struct conf *c)
{
	return c->dns.trust_ad;
}

static bool speaks_old_tls(const struct conf *c)
{
	return c->tls.min_version == CONF_TLS_1_0;
}

/* Loopback, private (RFC 1918, RFC 4193) and link-local addresses. */
static bool is_private(str host)
{
	static const struct {
		const char *net;
		unsigned prefix;
	} nets[] = { { "127.0.0.0", 8 },    { "10.0.0.0", 8 },	   { "172.16.0.0", 12 },
		     { "192.168.0.0", 16 }, { "169.254.0.0", 16 }, { "::1", 128 },
		     { "fc00::", 7 },	    { "fe80::", 10 } };
	struct ip ip, net;

	if (!ip_parse(host, &ip))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(nets); i++) {
		if (ip_parse(str_c(nets[i].net), &net) && ip_in(ip, net, nets[i].prefix))
			return true;
	}
	return false;
}

/* What they are asked about leaves the site. */
static bool scanner_in_public(const struct conf *c)
{
	cleanup(arena_freep) struct arena *a = arena_new("scanner rows", 1 << 20);
	struct scannerrows rows;

	scannerrow_all(a, c, &rows);
	for (size_t i = 0; i < rows.n; i++) {
		if (rows.v[i].peer.kind == CONF_PEER_TCP && !is_private(rows.v[i].peer.at.host))
			return true;
	}
	return false;
}

static bool metrics_in_public(const struct conf *c)
{
	for (size_t i = 0; i < c->listen.web.n; i++) {
		if (!is_private(c->listen.web.v[i].host))
			return true;
	}
	return false;
}

static const struct warning {
	bool (*applies)(const struct conf *c);
	const char *text;
} warnings[] = {
	{ no_antivirus, "antivirus.clamd is empty: only the built-in detection looks for viruses" },
	{ large_unscanned, "antivirus.max_bytes is below smtp.max_message_bytes: "
			   "the largest messages are not scanned by the antivirus" },
	{ unused_clients, "out.clients is set and role is not out: it has no effect" },
	{ unused_recipients, "recipients.file is set and role is out: it has no effect" },
	{ proxy_of_nobody, "a listener has proxy or xclient and smtp.trusted is empty: nobody is "
			   "believed" },
	{ reports_stay, "reports.from is set, role is mx and dsn.via is empty: reports have no way "
			"out, and none are sent" },
	{ scanner_in_public,
	  "a row of scanners.services has an address that is neither loopback nor "
	  "private: mail leaves the site, unencrypted" },
	{ observing, "mode is observe: nothing is refused, not even viruses" },
	{ dns_from_file, "dns.file is set: no real DNS question is asked" },
	{ believes_resolver, "dns.trust_ad is true: the way to the resolver must be trustworthy" },
	{ speaks_old_tls, "tls.min_version is 1.0: TLS 1.0, 1.1 and SHA-1 suites are accepted "
			  "from clients that offer nothing better" },
	{ metrics_in_public, "listen.web has an address that is neither loopback nor private: "
			     "anybody who reaches it reads the metrics" },
};

const char *conf_check_warning(const struct conf *c, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(warnings); i++) {
		if (warnings[i].applies(c) && n-- == 0)
			return warnings[i].text;
	}
	return NULL;
}
