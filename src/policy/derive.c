#include "policy/derive.h"

#include "auth/dmarcwalk.h"
#include "base/clock.h"
#include "dns/dnsname.h"
#include "mail/address.h"

/* How far the Date of an honest message may be from its reception: queues and night, wrong
 * clocks and time zones. */
enum { DATE_PAST_MAX = 24 * 3600, DATE_FUTURE_MAX = 2 * 3600 };

static str domain_of(str address)
{
	size_t at = str_rchr(address, '@');

	return at == STR_NONE ? STR("") : str_skip(address, at + 1);
}

static bool has_symbol(const struct evidence *e, str name)
{
	for (size_t i = 0; i < e->symbols.n; i++) {
		if (str_eq(e->symbols.v[i].name, name))
			return true;
	}
	return false;
}

static bool is_part_of_name(char c)
{
	return str_is_alnum(c) || c == '-' || c == '_';
}

/* Does the text show that domain as a word of its own? */
static bool shows_domain(str text, str domain)
{
	while (domain.n) {
		size_t at = str_casefind(text, domain);
		size_t end;

		if (at == STR_NONE)
			return false;
		end = at + domain.n;
		if ((at == 0 || !is_part_of_name(text.p[at - 1])) &&
		    (end == text.n || !is_part_of_name(text.p[end])))
			return true;
		text = str_skip(text, end);
	}
	return false;
}

/* "director@ours.example"@theirs.example shows ours, x=ours.example@list.example does not. */
static bool local_part_shows(str local, str domain)
{
	size_t at = str_chr(local, '@');

	return at != STR_NONE && shows_domain(str_skip(local, at), domain);
}

static void display_name(struct arena *a, const struct conf_strings *own,
			 const struct facts_address *from, struct evidence *out)
{
	if (conf_strings_has(own, from->domain) || has_symbol(out, STR("FROM_OWN_DISPLAY")))
		return;
	for (size_t i = 0; i < own->n; i++) {
		bool in_local = local_part_shows(from->local, own->v[i]);

		if (in_local || shows_domain(from->display, own->v[i])) {
			evidence_add(a, out, STR("FROM_OWN_DISPLAY"),
				     in_local ? from->local : from->display);
			return;
		}
	}
}

/* Reverse-paths that somebody else than the author sets by right: those rewritten by
 * forwarders (SRS), signed by the author's own server (BATV), of lists, and of who says that
 * it sends for the author. */
static bool is_sent_for_author(const struct facts *facts, str reverse_path)
{
	if (reverse_path.n == 0 || str_casestarts(reverse_path, STR("srs0")) ||
	    str_casestarts(reverse_path, STR("srs1")) || facts_header(facts, STR("List-Id")) ||
	    facts_header(facts, STR("List-Post")) || facts_header(facts, STR("List-Unsubscribe")) ||
	    facts_header(facts, STR("Resent-From")))
		return true;
	for (size_t i = 0; i < facts->addresses.n; i++) {
		if (facts->addresses.v[i].where == FACTS_SENDER && facts->addresses.v[i].domain.n &&
		    address_domains_related(facts->addresses.v[i].domain, domain_of(reverse_path)))
			return true;
	}
	return false;
}

static void envelope_sender(struct arena *a, const struct envelope *envelope,
			    const struct facts *facts, struct evidence *out)
{
	if (!envelope->has_reverse_path || is_sent_for_author(facts, envelope->reverse_path))
		return;
	for (size_t i = 0; i < facts->addresses.n; i++) {
		const struct facts_address *f = &facts->addresses.v[i];

		if (f->where != FACTS_FROM || !f->domain.n)
			continue;
		if (!address_domains_related(f->domain, domain_of(envelope->reverse_path)))
			evidence_add(a, out, STR("FROM_NEQ_ENVFROM"), envelope->reverse_path);
		return;
	}
}

static void resent(struct arena *a, const struct conf_strings *own, const struct facts *facts,
		   struct evidence *out)
{
	static const str names[] = { STR("Resent-From"), STR("Resent-Sender") };

	for (size_t n = 0; n < ARRAY_LEN(names); n++) {
		const struct facts_header *h = facts_header(facts, names[n]);

		for (size_t i = 0; h && i < own->n; i++) {
			if (!shows_domain(h->value, own->v[i]))
				continue;
			evidence_add(a, out, STR("RESENT_BY_US"), h->value);
			return;
		}
	}
}

static str by_host(str received)
{
	size_t at = str_casefind(received, STR("by "));
	size_t n = 0;

	if (at == STR_NONE || (at && !str_is_space(received.p[at - 1])))
		return STR("");
	received = str_trim(str_skip(received, at + 3));
	while (n < received.n && (is_part_of_name(received.p[n]) || received.p[n] == '.'))
		n++;
	return str_sub(received, 0, n);
}

/* Only what comes back to us has been here. */
static void received(struct arena *a, const struct conf_strings *own, const struct facts *facts,
		     struct evidence *out)
{
	for (size_t i = 0; i < facts->headers.n; i++) {
		const struct facts_header *h = &facts->headers.v[i];
		str host;

		if (!str_caseeq(h->name, STR("Received")))
			continue;
		host = by_host(h->value);
		for (size_t k = 0; k < own->n && host.n; k++) {
			if (!dnsname_within(host, own->v[k]))
				continue;
			evidence_add(a, out, STR("RCVD_OURS"), h->value);
			return;
		}
	}
}

static void date(struct arena *a, const struct envelope *envelope, const struct facts *facts,
		 struct evidence *out)
{
	const struct facts_header *h = facts_header(facts, STR("Date"));
	int64_t wall;

	if (!h || !envelope->received_at ||
	    !clock_parse_rfc5322(str_sub(h->value, 0, str_chr(h->value, '(')), &wall))
		return;
	if (wall < envelope->received_at - DATE_PAST_MAX)
		evidence_add(a, out, STR("DATE_IN_PAST"), h->value);
	else if (wall > envelope->received_at + DATE_FUTURE_MAX)
		evidence_add(a, out, STR("DATE_IN_FUTURE"), h->value);
}

/* A valid signature of the author, or DMARC; but not DMARC by a signature that lets anybody add
 * to the body (l=). */
static bool author_confirmed(const struct evidence *e)
{
	if (has_symbol(e, STR("DKIM_ALIGNED")))
		return true;
	return !has_symbol(e, STR("DKIM_UNCOVERED")) &&
	       (has_symbol(e, STR("DMARC_PASS")) || has_symbol(e, STR("DMARC_PASS_WITH_FAILURES")));
}

enum ownership { OWN_NOT, OWN_BELOW, OWN_ITSELF };

/* Whose domain readers see there. */
static enum ownership ownership_of(struct arena *a, const struct conf_strings *own, str domain)
{
	enum ownership best = OWN_NOT;
	str name;

	if (!dmarcwalk_shown(a, domain, &name))
		return conf_strings_has(own, domain) ? OWN_ITSELF : OWN_NOT;
	if (conf_strings_has(own, name))
		return OWN_ITSELF;
	for (size_t i = 0; i < own->n; i++) {
		if (dnsname_within(name, own->v[i]))
			best = OWN_BELOW;
	}
	return best;
}

static bool sender_is_ours(struct arena *a, const struct conf_strings *own,
			   const struct facts *facts, str *ret)
{
	for (size_t i = 0; i < facts->addresses.n; i++) {
		const struct facts_address *s = &facts->addresses.v[i];

		if (s->where != FACTS_SENDER || ownership_of(a, own, s->domain) != OWN_ITSELF)
			continue;
		*ret = arena_fmt(a, "%.*s@%.*s", STR_ARG(s->local), STR_ARG(s->domain));
		return true;
	}
	return false;
}

/* Whom DMARC is asked about: our own domains and no other. */
static void authors(struct arena *a, const struct conf_strings *own, const struct facts *facts,
		    struct evidence *out)
{
	str author = STR_NULL;

	for (size_t i = 0; i < facts->addresses.n; i++) {
		const struct facts_address *f = &facts->addresses.v[i];

		if (f->where != FACTS_FROM)
			continue;
		if (ownership_of(a, own, f->domain) == OWN_NOT)
			return;
		author = f->domain;
	}
	if (author.p)
		evidence_add(a, out, STR("OWN_AUTHORS"), author);
}

/* SPF vouches for the reverse-path only, and so for an author of ours only under a
 * reverse-path of ours; a signature of ours vouches for both. */
static void own_domain(struct arena *a, const struct conf_strings *own,
		       const struct envelope *envelope, const struct facts *facts,
		       const struct evidence *from, struct evidence *out)
{
	enum ownership path = ownership_of(a, own, domain_of(envelope->reverse_path));
	enum ownership most = OWN_NOT;
	bool confirmed = author_confirmed(from), spf = has_symbol(from, STR("SPF_PASS"));
	str author = STR("");

	if (path == OWN_ITSELF)
		evidence_add(a, out, STR("OWN_REVERSE_PATH"), envelope->reverse_path);
	if (!envelope->client_ip.n || (path == OWN_ITSELF && spf))
		return;
	for (size_t i = 0; i < facts->addresses.n && most != OWN_ITSELF; i++) {
		const struct facts_address *f = &facts->addresses.v[i];
		enum ownership its = OWN_NOT;

		if (f->where == FACTS_FROM)
			its = ownership_of(a, own, f->domain);
		if (its <= most)
			continue;
		most = its;
		author = arena_fmt(a, "%.*s@%.*s", STR_ARG(f->local), STR_ARG(f->domain));
	}
	/* What confirms another author says nothing of one of ours who sends for him. */
	if (most == OWN_NOT && sender_is_ours(a, own, facts, &author))
		evidence_add(a, out, STR("OWN_DOMAIN_SPOOF"), author);
	else if (most == OWN_ITSELF ? !confirmed : path == OWN_ITSELF)
		evidence_add(a, out, STR("OWN_DOMAIN_SPOOF"),
			     path == OWN_ITSELF ? envelope->reverse_path : author);
	else if (most == OWN_BELOW && !confirmed && !(path == OWN_BELOW && spf))
		evidence_add(a, out, STR("OWN_SUBDOMAIN_SPOOF"), author);
}

static void reverse_path(struct arena *a, const struct envelope *envelope, struct evidence *out)
{
	if (envelope->reverse_path.n && !domain_of(envelope->reverse_path).n)
		evidence_add(a, out, STR("ENVFROM_INVALID"), envelope->reverse_path);
}

/* Two limits only shorten what is kept of text that was seen. */
static bool hides_content(str limit)
{
	return !str_eq(limit, STR("text.bytes")) && !str_eq(limit, STR("header.addresses")) &&
	       !str_eq(limit, STR(FACTS_LIMIT_SCANNER));
}

static void uninspected(struct arena *a, const struct facts *facts, struct evidence *out)
{
	for (size_t i = 0; i < facts->parts.n; i++) {
		const struct facts_part *p = &facts->parts.v[i];

		if (p->flags & FACTS_PART_UNINSPECTED) {
			evidence_add(a, out, STR("PART_UNINSPECTED"),
				     p->filename.n ? p->filename : p->path);
			break;
		}
	}
	for (size_t i = 0; i < facts->limits_hit.n; i++) {
		if (hides_content(facts->limits_hit.v[i])) {
			evidence_add(a, out, STR("LIMIT_HIT"), facts->limits_hit.v[i]);
			break;
		}
	}
	if (facts->error.n)
		evidence_add(a, out, STR("INSPECT_FAILED"), facts->error);
}

void derive_evidence(struct arena *a, const struct conf_strings *own_domains, bool outgoing,
		     const struct envelope *envelope, const struct facts *facts,
		     const struct evidence *from, struct evidence *out)
{
	if (!outgoing) {
		own_domain(a, own_domains, envelope, facts, from, out);
		authors(a, own_domains, facts, out);
	}
	reverse_path(a, envelope, out);
	for (size_t i = 0; i < facts->addresses.n; i++) {
		if (facts->addresses.v[i].where == FACTS_FROM)
			display_name(a, own_domains, &facts->addresses.v[i], out);
	}
	envelope_sender(a, envelope, facts, out);
	date(a, envelope, facts, out);
	uninspected(a, facts, out);
	if (outgoing)
		return;
	resent(a, own_domains, facts, out);
	received(a, own_domains, facts, out);
}

str derive_extension(str filename)
{
	size_t slash, dot;

	/* Windows drops these when it writes the file. */
	while (filename.n &&
	       (str_is_space(filename.p[filename.n - 1]) || filename.p[filename.n - 1] == '.' ||
		filename.p[filename.n - 1] == '\0'))
		filename.n--;
	slash = str_rchr(filename, '/');
	if (slash != STR_NONE)
		filename = str_skip(filename, slash + 1);
	slash = str_rchr(filename, '\\');
	if (slash != STR_NONE)
		filename = str_skip(filename, slash + 1);
	dot = str_rchr(filename, '.');
	if (dot == STR_NONE)
		return STR("");
	filename = str_skip(filename, dot + 1);
	for (dot = 0; dot < filename.n && is_part_of_name(filename.p[dot]);)
		dot++; /* "exe::$DATA", or an invisible character behind it */
	return dot ? str_sub(filename, 0, dot) : filename;
}
