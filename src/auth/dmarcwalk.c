#include "auth/dmarcwalk.h"

#include "base/utf8.h"
#include "dns/dnsname.h"
#include "url/urlhost.h"

bool dmarcwalk_domain(struct arena *a, str domain, str *ret)
{
	struct urlhost host;
	uint32_t odd = 0;

	if (!urlhost_ascii(domain)) {
		if (!utf8_valid(domain) || str_chr(domain, '%') != STR_NONE)
			return false;
		if (!urlhost_parse(a, domain, true, &host, &odd) || host.kind != URLHOST_NAME)
			return false;
		domain = host.text;
	}
	return dnsname_normalise(a, domain, ret) && ret->n && ret->p[0] != '[' &&
	       str_find(*ret, STR("..")) == STR_NONE;
}

/* Dots that follow each other, or stand at an end, are left out too. */
bool dmarcwalk_shown(struct arena *a, str domain, str *ret)
{
	struct strbuf b = strbuf_make(a, domain.n);

	for (size_t i = 0; i < domain.n; i++) {
		char c = domain.p[i];
		bool dot = c == '.' && b.n && b.p[b.n - 1] != '.';

		if (dot || str_is_alnum(c) || c == '-' || c == '_' || (unsigned char)c >= 0x80)
			strbuf_char(&b, c);
	}
	while (b.n && b.p[b.n - 1] == '.')
		b.n--;
	return b.n && dmarcwalk_domain(a, strbuf_str(&b), ret);
}

static size_t labels_of(str domain)
{
	size_t n = 1;

	for (size_t i = 0; i < domain.n; i++)
		n += domain.p[i] == '.';
	return n;
}

static str parent_of(str domain)
{
	size_t dot = str_chr(domain, '.');

	return dot == STR_NONE ? STR("") : str_skip(domain, dot + 1);
}

/* Steps 3, 4 and 7: one label less, but no more than seven; empty: no labels remain. */
static str next_of(str domain)
{
	size_t n = labels_of(domain);

	do
		domain = parent_of(domain);
	while (--n >= DMARCWALK_MAX);
	return domain;
}

static str name_at(struct arena *a, str domain)
{
	return arena_fmt(a, "_dmarc.%.*s", STR_ARG(domain));
}

size_t dmarcwalk_questions(struct arena *a, str domain, struct dns_question q[DMARCWALK_MAX])
{
	size_t n = 0;

	for (; domain.n; domain = next_of(domain))
		q[n++] = (struct dns_question){ .name = name_at(a, domain), .type = DNS_TXT };
	return n;
}

/* Steps 2 and 6. */
static void read_answer(struct arena *a, const struct dns_answer *answer,
			struct dmarcwalk_stop *stop)
{
	for (size_t i = 0; i < answer->n; i++) {
		if (!dmarcrecord_is(answer->records[i].value))
			continue;
		stop->several = stop->found;
		stop->found = true;
		if (stop->several)
			break;
		(void)!dmarcrecord_parse(a, answer->records[i].value, &stop->record);
	}
	stop->found &= !stop->several;
}

static void say(struct steps *steps, const struct dmarcwalk_stop *stop, enum dns_status status)
{
	if (stop->several)
		steps_add(steps, "_dmarc.%.*s: several DMARC records, all are discarded",
			  STR_ARG(stop->domain));
	else if (stop->found)
		steps_add(steps, "_dmarc.%.*s: %.*s", STR_ARG(stop->domain),
			  STR_ARG(stop->record.text));
	else if (status == DNS_OK)
		steps_add(steps, "_dmarc.%.*s: no DMARC record", STR_ARG(stop->domain));
	else
		steps_add(steps, "_dmarc.%.*s: %.*s", STR_ARG(stop->domain),
			  STR_ARG(dns_status_name(status)));
	for (size_t i = 0; stop->found && i < stop->record.n_problems; i++)
		steps_add(steps, "_dmarc.%.*s: %.*s", STR_ARG(stop->domain),
			  STR_ARG(stop->record.problems[i]));
}

/* A record that marks its name ends the walk. */
static bool ends_walk(const struct dmarcwalk_stop *stop)
{
	return stop->found && stop->record.psd != 'u';
}

/* 4.10.2: the names from the longest to the shortest. Where a name was left out between two
 * stops, the one below the suffix is cut from the domain. */
static void choose(struct dmarcwalk *w)
{
	str domain = w->stops[0].domain;

	w->organizational = domain;
	for (size_t i = 0; i < w->n; i++) {
		const struct dmarcwalk_stop *stop = &w->stops[i];

		if (!stop->found)
			continue;
		if (i > 0 && stop->record.psd == 'y') {
			str below = domain;

			while (labels_of(below) > labels_of(stop->domain) + 1)
				below = parent_of(below);
			w->organizational = below;
			w->suffix = stop;
			return;
		}
		w->organizational = stop->domain;
	}
}

void dmarcwalk_run(struct arena *a, const struct dns_resolver *dns, str domain, deadline d,
		   struct steps *steps, struct dmarcwalk *ret)
{
	*ret = (struct dmarcwalk){ .organizational = STR("") };
	for (str at = domain; at.n && ret->n < DMARCWALK_MAX; at = next_of(at)) {
		struct dmarcwalk_stop *stop = &ret->stops[ret->n++];
		struct dns_answer answer = dns_ask(dns, a, name_at(a, at), DNS_TXT, d);

		stop->domain = at;
		read_answer(a, &answer, stop);
		say(steps, stop, answer.status);
		ret->temporary = dns_temporary(answer.status);
		if (ret->temporary)
			return;
		if (ends_walk(stop))
			break;
	}
	choose(ret);
}

const struct dmarcwalk_stop *dmarcwalk_at(const struct dmarcwalk *w, str domain)
{
	for (size_t i = 0; i < w->n; i++)
		if (str_eq(w->stops[i].domain, domain))
			return &w->stops[i];
	return NULL;
}
