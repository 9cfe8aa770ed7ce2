#include "cli/dnsknown.h"

#include "base/fd.h"
#include "conf/signkey.h"
#include "keys/keyfile.h"
#include "tls/tlscert.h"

#include <stdio.h>

enum { PEM_MAX = 1 << 20, NAMES_MAX = 4096 };

static bool names_host(const struct tlscert_names *names, str host)
{
	for (size_t i = 0; i < names->n; i++) {
		str n = names->v[i];
		size_t dot = str_chr(host, '.');

		if (str_caseeq(n, host) || (str_starts(n, STR("*.")) && dot != STR_NONE &&
					    str_caseeq(str_skip(n, 1), str_skip(host, dot))))
			return true;
	}
	return false;
}

static str joined(struct arena *a, const struct tlscert_names *names)
{
	struct strbuf b = strbuf_make(a, NAMES_MAX);

	for (size_t i = 0; i < names->n; i++) {
		strbuf_put(&b, i ? STR(", ") : STR(""));
		strbuf_printable(&b, names->v[i]);
	}
	return strbuf_str(&b);
}

/* A certificate that cannot be read is said, and left out. */
static void read_certificate(struct arena *a, struct dnsknown *k, str *tlsa, str path)
{
	struct tlscert_facts *facts = arena_make(a, struct tlscert_facts);
	str host = k->input.conf->hostname, pem;
	struct why why = { "" };

	int r = fd_read_path(arena_cz(a, path), a, PEM_MAX, &pem, &why);

	if (r == 0) {
		r = tlscert_read(a, pem, facts, &why);
		why_prefix(&why, r, "%.*s", STR_ARG(path));
	}
	if (r < 0) {
		fprintf(stderr, "poterne: dns: warning: %s\n", why.text);
		return;
	}
	k->certificates[k->input.n_tlsa] =
		(struct survey_certificate){ facts->not_after, names_host(&facts->names, host),
					     joined(a, &facts->names) };
	tlsa[k->input.n_tlsa++] = facts->tlsa;
}

static void read_certificates(struct arena *a, struct dnsknown *k)
{
	const struct conf *conf = k->input.conf;
	size_t max = conf->tls.certificates.n + 2;
	str *tlsa = arena_array(a, str, max);

	k->input.tlsa = tlsa;
	k->certificates = arena_array(a, struct survey_certificate, max);
	if (!conf->smtp.starttls)
		return;
	if (conf->tls.certificate.n)
		read_certificate(a, k, tlsa, conf->tls.certificate);
	for (size_t i = 0; i < conf->tls.certificates.n; i++) {
		str certificate, key;

		if (conf_certificate_pair(conf->tls.certificates.v[i], &certificate, &key))
			read_certificate(a, k, tlsa, certificate);
	}
	if (!conf->tls.certificate.n && !conf->tls.certificates.n)
		read_certificate(
			a, k, tlsa,
			arena_fmt(a, "%.*s/tls/self-signed.pem", STR_ARG(conf->paths.state)));
}

/* The public halves of dkim.keys; those that are for root alone are said, and left out. */
static void read_keys(struct arena *a, struct dnsknown *k)
{
	const struct conf_strings *rows = &k->input.conf->dkim.keys;
	struct plan_key *keys = arena_array(a, struct plan_key, rows->n + 1);

	k->input.keys = keys;
	for (size_t i = 0; i < rows->n; i++) {
		struct why why = { "" };
		struct signkey row;
		struct keyfile *key;
		str pem;

		if (!signkey_parse(rows->v[i], &row))
			continue; /* conf_check has refused it */
		if (fd_read_path(arena_cz(a, row.file), a, PEM_MAX, &pem, &why) < 0 ||
		    keyfile_read(a, pem, &key, &why) < 0) {
			fprintf(stderr, "poterne: dns: warning: dkim.keys: %s\n", why.text);
			k->unread = true;
			continue;
		}
		keys[k->input.n_keys++] =
			(struct plan_key){ row.domain, row.selector, keyfile_record(key, a) };
	}
}

void dnsknown_read(struct arena *a, struct dnsknown *k)
{
	read_certificates(a, k);
	read_keys(a, k);
	plan_make(a, &k->input, &k->plan);
}
