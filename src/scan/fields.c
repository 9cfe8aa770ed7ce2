#include "scan/fields.h"

#include "auth/authres.h"
#include "auth/dmarcwalk.h"
#include "base/clock.h"
#include "mail/header.h"
#include "scan/cleaning.h"

static const str ours[] = {
	STR("X-Spam-Flag"),
	STR("X-Spam-Status"),
	STR("X-Spam-Level"),
	STR("X-Spam-Score"),
	STR("X-Spamd-Result"),
	STR("X-Spamd-Bar"),
	STR("X-Last-TLS-Session-Version"),
};

static bool is_of_name(char c)
{
	return str_is_alnum(c) || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

/* As a name of its own, which is part of no longer one. */
static bool shows_host(str text, str hostname)
{
	while (hostname.n) {
		size_t at = str_casefind(text, hostname), end = at + hostname.n;

		if (at == STR_NONE)
			return false;
		if ((at == 0 || !(is_of_name(text.p[at - 1]) || text.p[at - 1] == '.')) &&
		    (end == text.n ||
		     !(is_of_name(text.p[end]) ||
		       (text.p[end] == '.' && end + 1 < text.n && is_of_name(text.p[end + 1])))))
			return true;
		text = str_skip(text, end);
	}
	return false;
}

/* RFC 8601 5: an Authentication-Results that names our own host is a forgery. Readers are lenient
 * in ways of their own, so that our name anywhere before the results is enough. */
static bool claims_our_host(struct arena *a, str value, str hostname)
{
	struct authres r;
	str id;

	if (shows_host(str_sub(value, 0, str_chr(value, ';')), hostname))
		return true;
	(void)!authres_parse(a, value, &r);
	return dmarcwalk_shown(a, r.authserv_id, &id) && str_caseeq(id, hostname);
}

static bool is_forged(struct arena *a, const struct header_field *f, str hostname)
{
	if (str_casestarts(f->name, STR("X-Poterne-")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
		if (str_caseeq(f->name, ours[i]))
			return true;
	}
	return str_caseeq(f->name, STR("Authentication-Results")) &&
	       claims_our_host(a, header_unfold(a, f->raw), hostname);
}

/* Neighbours are one range. */
static void cut(struct fields_cuts *cuts, uint64_t offset, uint64_t length)
{
	if (cuts->n && cuts->ranges[cuts->n - 2] + cuts->ranges[cuts->n - 1] == offset) {
		cuts->ranges[cuts->n - 1] += length;
		return;
	}
	cuts->too_many = cuts->n == 2 * FIELDS_MAX_CUTS;
	if (cuts->too_many)
		return;
	cuts->ranges[cuts->n++] = offset;
	cuts->ranges[cuts->n++] = length;
}

struct fields_cuts fields_to_cut(struct arena *a, str message, const struct conf *conf)
{
	struct header_reader r = header_reader_make(message);
	struct cleaning cleaning = cleaning_begin(a, conf, message);
	struct fields_cuts cuts = { .ranges = arena_array(a, uint64_t, 2 * FIELDS_MAX_CUTS) };
	struct header_field f;

	while (!cuts.too_many && header_next(&r, &f)) {
		cuts.hops += str_caseeq(f.name, STR("Received"));
		cuts.loops = cuts.hops > FIELDS_MAX_HOPS;
		if (str_caseeq(f.name, STR("TLS-Required")) &&
		    str_caseeq(str_trim(header_unfold(a, f.raw)), STR("No")))
			cuts.tls_optional = true;
		if (is_forged(a, &f, conf->hostname) || cleaning_removes(&cleaning, f.name))
			cut(&cuts, (uint64_t)(f.whole.p - message.p), f.whole.n);
	}
	return cuts;
}

/* Hostile text inside a comment or a value: printable ASCII, nothing that ends anything. */
static void put_safe(struct strbuf *b, str s, size_t max)
{
	s = str_sub(s, 0, max);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool safe = str_is_alnum(c) || (c && strchr(".-_:@+=/[]", c));

		strbuf_char(b, safe ? c : '?');
	}
}

/* RFC 3848 for the protocol's name. */
static void put_by(struct strbuf *b, const struct conf *conf, const struct envelope *env)
{
	strbuf_put(b, STR("by "));
	put_safe(b, conf->hostname, 255);
	strbuf_fmt(b, " with %s%s id ", env->esmtp ? "ESMTP" : "SMTP",
		   env->tls_version.n ? "S" : "");
	put_safe(b, env->mid, 32);
}

static void put_date(struct strbuf *b, const struct envelope *env)
{
	strbuf_put(b, STR(";\r\n\t"));
	clock_put_rfc5322(b, env->received_at);
	strbuf_put(b, STR("\r\n"));
}

/* RFC 5321 4.4. */
static void put_received(struct strbuf *b, const struct conf *conf, const struct envelope *env)
{
	strbuf_put(b, STR("Received: from "));
	put_safe(b, env->helo.n ? env->helo : STR("unknown"), 255);
	strbuf_put(b, STR(" (["));
	put_safe(b, env->client_ip.n ? env->client_ip : STR("unknown"), 64);
	strbuf_put(b, STR("])\r\n\t"));
	put_by(b, conf, env);
	if (env->tls_version.n) {
		strbuf_put(b, STR("\r\n\t(using "));
		put_safe(b, env->tls_version, 32);
		strbuf_put(b, STR(" with cipher "));
		put_safe(b, env->tls_cipher, 64);
		strbuf_char(b, ')');
	}
	put_date(b, env);
}

str fields_to_add_out(struct arena *a, const struct conf *conf, const struct envelope *env,
		      size_t hops)
{
	struct strbuf b = strbuf_make(a, FIELDS_MAX_BYTES);

	strbuf_put(&b, STR("Received: from localhost "));
	put_by(&b, conf, env);
	put_date(&b, env);
	for (size_t i = 0; i < hops; i++) {
		strbuf_put(&b, STR("Received: from localhost by localhost"));
		put_date(&b, env);
	}
	return strbuf_str(&b);
}

/* Of so many signatures as there is room for: nobody but an attacker has more. */
str fields_results(struct arena *a, str hostname, const struct auth_results *auth)
{
	struct strbuf value = strbuf_make(a, FIELDS_MAX_RESULTS_BYTES);
	struct authres r = authres_of(a, hostname, auth);

	authres_put(&value, &r, true);
	for (struct auth_results fewer = *auth; value.overflow && fewer.n_dkim > 1;) {
		fewer.n_dkim /= 2;
		r = authres_of(a, hostname, &fewer);
		strbuf_clear(&value);
		authres_put(&value, &r, true);
	}
	return strbuf_str(&value);
}

/* What weighed, heaviest first, a name and its points or its decision on a line. No evidence: that
 * is in the sender's words. */
static void put_symbols(struct strbuf *b, const struct verdict *v)
{
	size_t begin = b->n;

	for (size_t i = 0; i < v->symbols.n && b->n - begin < FIELDS_MAX_SYMBOL_BYTES; i++) {
		const struct verdict_symbol *s = &v->symbols.v[i];

		if (!s->score && s->decides == ACTION_ACCEPT)
			continue;
		strbuf_put(b, b->n == begin ? STR("X-Poterne-Symbols: ") : STR("\r\n "));
		put_safe(b, s->rule->name, 64);
		if (s->decides != ACTION_ACCEPT)
			strbuf_fmt(b, "=%s", action_name(s->decides));
		else
			strbuf_fmt(b, "=%s", verdict_points(s->score).text);
	}
	if (b->n != begin)
		strbuf_put(b, STR("\r\n"));
}

/* TAG of user+TAG (RFC 5233), for one recipient: several would read each other's. */
static void put_tag(struct strbuf *b, const struct conf *conf, const struct envelope *env,
		    const struct verdict *v)
{
	str local = env->n_recipients == 1
			    ? str_sub(env->recipients[0], 0, str_rchr(env->recipients[0], '@'))
			    : STR("");
	size_t plus = str_chr(local, '+');

	if (!conf->fields.recipient_tag || v->action != ACTION_ACCEPT || plus == STR_NONE ||
	    plus == 0 || plus + 1 == local.n)
		return;
	strbuf_put(b, STR("X-Poterne-Tag: "));
	put_safe(b, str_skip(local, plus + 1), 64);
	strbuf_put(b, STR("\r\n"));
}

str fields_to_add(struct arena *a, const struct conf *conf, const struct envelope *env, str results,
		  const struct verdict *v)
{
	struct strbuf b = strbuf_make(a, FIELDS_MAX_BYTES);

	strbuf_put(&b, STR("X-Poterne-Verdict: "));
	strbuf_fmt(&b, "%s; score=%s; id=", action_name(v->action), verdict_points(v->score).text);
	put_safe(&b, env->mid, 32);
	strbuf_put(&b, STR("\r\n"));
	if (conf->fields.symbols)
		put_symbols(&b, v);
	if (v->action == ACTION_TAG || v->action == ACTION_QUARANTINE)
		strbuf_put(&b, STR("X-Spam-Flag: YES\r\n"));
	put_tag(&b, conf, env, v);
	strbuf_put(&b, STR("X-Last-TLS-Session-Version: "));
	put_safe(&b, env->tls_version.n ? env->tls_version : STR("None"), 32);
	strbuf_put(&b, STR("\r\n"));
	strbuf_fmt(&b, "Authentication-Results: %.*s\r\n", STR_ARG(results));
	put_received(&b, conf, env);
	return strbuf_str(&b);
}
