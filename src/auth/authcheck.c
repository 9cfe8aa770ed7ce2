#include "auth/authcheck.h"

#include "auth/arccheck.h"
#include "auth/dmarccheck.h"

void authcheck_open(struct authcheck *c, struct arena *a, const struct dns_resolver *dns,
		    int64_t wall)
{
	*c = (struct authcheck){ .arena = a, .memo = dnsmemo_make(a, dns), .wall = wall };
	c->memo.limit = AUTHCHECK_MAX_QUESTIONS;
	c->dns = dnsmemo_resolver(&c->memo);
}

void authcheck_envelope(struct authcheck *c, const struct spf_input *in, deadline d,
			struct auth_results *ret)
{
	c->memo.limit = AUTHCHECK_MAX_SPF_QUESTIONS;
	ret->spf = spfcheck_run(c->arena, &c->dns, in, d);
	c->memo.limit = AUTHCHECK_MAX_QUESTIONS;
}

static struct dmarc_input authors_of(struct arena *a, const struct facts *f)
{
	str *domains = arena_array(a, str, f->addresses.n);
	struct dmarc_input in = { .authors = domains };

	for (size_t i = 0; i < f->headers.n; i++)
		in.n_from_fields += str_caseeq(f->headers.v[i].name, STR("From"));
	for (size_t i = 0; i < f->addresses.n; i++)
		if (f->addresses.v[i].where == FACTS_FROM)
			domains[in.n_authors++] = f->addresses.v[i].domain;
	return in;
}

/* What will surely be asked, the author's policy first: when there is too much to ask, it is the
 * signatures that nobody can check. */
static void ask_ahead(struct authcheck *c, const struct facts *f, const struct dmarc_input *dmarc,
		      const struct dkimcheck *dkim, deadline d)
{
	size_t n_arc, max;
	str *arc = arccheck_key_names(c->arena, dkim, &f->arc, &n_arc);
	struct dns_question *q;
	size_t n;

	max = DMARCCHECK_MAX_QUESTIONS + f->signatures.n + n_arc + c->n_more;
	q = arena_array(c->arena, struct dns_question, max);
	n = dmarccheck_questions(c->arena, dmarc, q);
	for (size_t i = 0; i < f->signatures.n; i++) {
		str name = dkimcheck_key_name(c->arena, dkim, &f->signatures.v[i]);

		if (name.n)
			q[n++] = (struct dns_question){ .name = name, .type = DNS_TXT };
	}
	for (size_t i = 0; i < n_arc; i++)
		q[n++] = (struct dns_question){ .name = arc[i], .type = DNS_TXT };
	for (size_t i = 0; i < c->n_more; i++)
		q[n++] = c->more[i];
	dnsmemo_prefetch(&c->memo, q, n, d);
}

void authcheck_message(struct authcheck *c, const struct facts *f, deadline d,
		       struct auth_results *ret)
{
	struct dkimcheck dkim = { .wall = c->wall, .legacy = c->legacy };
	struct dmarc_input dmarc = authors_of(c->arena, f);

	ask_ahead(c, f, &dmarc, &dkim, d);
	ret->n_dkim = f->signatures.n;
	ret->dkim = dkimcheck_run(c->arena, &c->dns, &dkim, f->signatures.v, ret->n_dkim, d);
	arccheck_run(c->arena, &c->dns, &dkim, &f->arc, d, &ret->arc);
	ret->arc_trusted = arccheck_is_trusted(&ret->arc, c->trusted, c->n_trusted);
	dmarc.spf = &ret->spf;
	dmarc.dkim = ret->dkim;
	dmarc.n_dkim = ret->n_dkim;
	ret->dmarc = dmarccheck_run(c->arena, &c->dns, &dmarc, d);
}
