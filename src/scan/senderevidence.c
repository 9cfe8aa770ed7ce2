#include "scan/senderevidence.h"

#include "auth/authres.h"
#include "conf/spfexception.h"
#include "dns/dnsname.h"

static str domain_of(str address)
{
	size_t at = str_rchr(address, '@');

	return at == STR_NONE ? STR("") : str_skip(address, at + 1);
}

/* The domain of the one author; empty when there are several, or none. */
static str author_of(const struct facts *f)
{
	str author = STR("");

	for (size_t i = 0; i < f->addresses.n; i++) {
		if (f->addresses.v[i].where != FACTS_FROM)
			continue;
		if (author.n && !str_caseeq(author, f->addresses.v[i].domain))
			return STR("");
		author = f->addresses.v[i].domain;
	}
	return author;
}

void senderevidence_prefetch(struct authcheck *c, const struct envelope *env,
			     const struct dns_question *others, size_t n, deadline d)
{
	str domain = domain_of(env->reverse_path);
	struct dns_question q[SENDEREVIDENCE_OTHERS + 1 + MXCHECK_QUESTIONS];
	size_t asked = 0;

	for (size_t i = 0; i < n && i < SENDEREVIDENCE_OTHERS; i++)
		q[asked++] = others[i];
	if (domain.n && domain.p[0] != '[') {
		q[asked++] = (struct dns_question){ domain, DNS_TXT };
		mxcheck_questions(domain, &q[asked]);
		asked += MXCHECK_QUESTIONS;
	}
	dnsmemo_prefetch(&c->memo, q, asked, d);
}

size_t senderevidence_questions(const struct facts *f,
				struct dns_question q[SENDEREVIDENCE_QUESTIONS])
{
	str author = author_of(f);

	if (!author.n)
		return 0;
	mxcheck_questions(author, q);
	return SENDEREVIDENCE_QUESTIONS;
}

bool senderevidence_aligned(str signer, str author)
{
	/* A signature of a top-level domain speaks for nobody below it. */
	return str_chr(signer, '.') != STR_NONE &&
	       (dnsname_within(signer, author) || dnsname_within(author, signer));
}

/* What l= leaves open does not speak for the whole message. */
static void signatures(struct arena *a, str author, const struct auth_results *found,
		       struct evidence *e)
{
	for (size_t i = 0; i < found->n_dkim && author.n; i++) {
		const struct dkim_result *r = &found->dkim[i];

		if (r->result != AUTH_PASS || r->uncovered ||
		    !senderevidence_aligned(r->domain, author))
			continue;
		evidence_add(a, e, STR("DKIM_ALIGNED"), r->domain);
		return;
	}
}

/* Anybody may add to what l= does not cover (RFC 6376 8.2). */
static void uncovered(struct arena *a, const struct auth_results *found, struct evidence *e)
{
	for (size_t i = 0; i < found->n_dkim; i++) {
		const struct dkim_result *r = &found->dkim[i];

		if (r->result != AUTH_PASS || !r->uncovered)
			continue;
		evidence_add(a, e, STR("DKIM_UNCOVERED"),
			     arena_fmt(a, "%.*s: %llu bytes", STR_ARG(r->domain),
				       (unsigned long long)r->uncovered));
		return;
	}
}

static const struct authres_result *result_of(const struct authres *r, str method)
{
	for (size_t i = 0; i < r->n; i++) {
		if (str_caseeq(r->results[i].method, method))
			return &r->results[i];
	}
	return NULL;
}

/* Is a property of that result in line with the author? Some write a domain, some an address. */
static bool is_of_author(const struct authres_result *r, const char *type, const char *name,
			 str author)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct authres_property *p = &r->properties[i];
		str domain = str_skip(p->value, str_rchr(p->value, '@') + 1);

		if (str_caseeq(p->type, str_c(type)) && str_caseeq(p->name, str_c(name)))
			return senderevidence_aligned(domain, author);
	}
	return false;
}

static bool has_passed(const struct authres_result *r, str author)
{
	if (!str_caseeq(r->result, STR("pass")))
		return false;
	if (str_caseeq(r->method, STR("spf")))
		return is_of_author(r, "smtp", "mailfrom", author);
	return str_caseeq(r->method, STR("dkim")) &&
	       (is_of_author(r, "header", "d", author) || is_of_author(r, "header", "i", author));
}

/* Whom we trust to seal we believe what it saw: that DMARC passed, or where the author's domain
 * has no policy that something did. It may as well say that the author is a forgery; and what
 * passed for somebody else says nothing of this author. */
static bool saw_author(struct arena *a, str results, str author)
{
	const struct authres_result *dmarc;
	struct authres r;

	if (!author.n || !authres_parse(a, results, &r))
		return false;
	dmarc = result_of(&r, STR("dmarc"));
	if (dmarc && !str_caseeq(dmarc->result, STR("none")))
		return str_caseeq(dmarc->result, STR("pass")) &&
		       is_of_author(dmarc, "header", "from", author);
	for (size_t i = 0; i < r.n; i++) {
		if (has_passed(&r.results[i], author))
			return true;
	}
	return false;
}

static void vouched(struct arena *a, str author, const struct auth_results *found,
		    struct evidence *e)
{
	const struct arc_result *arc = &found->arc;

	if (found->arc_trusted && arc->n && saw_author(a, arc->sets[arc->n - 1].results, author))
		evidence_add(a, e, STR("ARC_VOUCHED"), arc->sets[arc->n - 1].domain);
}

static void exceptions(struct arena *a, const struct conf *conf, const struct envelope *env,
		       const struct spf_result *spf, struct evidence *e)
{
	struct ip ip;

	if (ip_parse(env->client_ip, &ip) && spf->domain.n &&
	    spfexception_has(conf, ip, spf->domain))
		evidence_add(
			a, e, STR("SPF_EXCEPTED"),
			arena_fmt(a, "%.*s %.*s", STR_ARG(env->client_ip), STR_ARG(spf->domain)));
}

/* An author who does not exist is only remarkable: who is answered is the envelope's sender. */
static void answerable(struct authcheck *c, str domain, bool envelope, deadline d,
		       struct evidence *e)
{
	static const str names[] = {
		[MXCHECK_GOOD] = STR("MX_GOOD"),
		[MXCHECK_IMPLICIT] = STR("MX_IMPLICIT"),
		[MXCHECK_MISSING] = STR("MX_MISSING"),
		[MXCHECK_INVALID] = STR("MX_INVALID"),
		[MXCHECK_UNKNOWN] = STR("SENDER_DOMAIN_UNKNOWN"),
		[MXCHECK_TEMPERROR] = STR(""),
	};
	struct mxcheck_result r = mxcheck_run(c->arena, &c->dns, domain, d);
	str name = names[r.code];

	if (r.code == MXCHECK_UNKNOWN && !envelope)
		name = STR("MX_MISSING");
	if (name.n)
		evidence_add(c->arena, e, name,
			     arena_fmt(c->arena, "%.*s: %.*s", STR_ARG(domain), STR_ARG(r.seen)));
}

void senderevidence_collect(struct authcheck *c, const struct conf *conf,
			    const struct envelope *env, const struct facts *f,
			    const struct auth_results *found, deadline d, struct evidence *e)
{
	str path = domain_of(env->reverse_path), author = author_of(f);

	signatures(c->arena, author, found, e);
	uncovered(c->arena, found, e);
	vouched(c->arena, author, found, e);
	exceptions(c->arena, conf, env, &found->spf, e);
	if (!env->has_reverse_path || !env->client_ip.n)
		return;
	answerable(c, path, true, d, e);
	if (!str_caseeq(author, path))
		answerable(c, author, false, d, e);
}
