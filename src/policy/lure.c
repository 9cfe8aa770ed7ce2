#include "policy/lure.h"

#include "base/base64.h"
#include "dns/dnsname.h"

enum {
	FEW_WORDS = 200,  /* bytes that are not blank, links left out */
	ADDRESS_MIN = 6,  /* shorter ones stand in other words */
	ADDRESS_MAX = 254 /* RFC 5321 4.5.3.1.3 */
};

/* Everybody's signature leads to his own site. */
static bool is_of_author(const struct facts *facts, const struct facts_url *u)
{
	for (size_t i = 0; i < facts->addresses.n; i++) {
		const struct facts_address *f = &facts->addresses.v[i];

		if (f->where == FACTS_FROM && u->domain.n && dnsname_within(f->domain, u->domain))
			return true;
	}
	return false;
}

static const struct facts_url *first_link(const struct facts *facts, enum facts_url_where where)
{
	for (size_t i = 0; i < facts->urls.n; i++) {
		const struct facts_url *u = &facts->urls.v[i];

		if (u->where == where && u->host.n && !is_of_author(facts, u) &&
		    (str_casestarts(u->url, STR("http://")) ||
		     str_casestarts(u->url, STR("https://"))))
			return u;
	}
	return NULL;
}

/* A link that is shown as text is no word. */
static bool is_link(str word)
{
	return str_find(word, STR("://")) != STR_NONE || str_casestarts(word, STR("www."));
}

static bool has_few_words(str text)
{
	size_t seen = 0;

	for (size_t i = 0; i < text.n && seen < FEW_WORDS;) {
		size_t start = i;

		while (i < text.n && !str_is_space(text.p[i]))
			i++;
		if (!is_link(str_sub(text, start, i)))
			seen += i - start;
		i += i < text.n;
	}
	return seen < FEW_WORDS;
}

static void page(struct arena *a, const struct facts *facts, struct evidence *out)
{
	const struct facts_url *link = first_link(facts, FACTS_URL_HTML);
	const struct facts_url *plain = first_link(facts, FACTS_URL_TEXT);
	bool few = (link || plain) && has_few_words(facts->text);

	if (link)
		evidence_add(a, out, STR("PAGE_LEADS_ELSEWHERE"), link->url);
	if (link && few)
		evidence_add(a, out, STR("PAGE_OF_FEW_WORDS"), link->url);
	else if (few)
		evidence_add(a, out, STR("TEXT_OF_FEW_WORDS"), plain->url);
}

static bool subject_names(struct arena *a, const struct facts *facts, str reader,
			  struct evidence *out)
{
	const struct facts_header *h = facts_header(facts, STR("Subject"));

	if (!h || str_casefind(h->value, reader) == STR_NONE)
		return false;
	evidence_add(a, out, STR("SUBJECT_NAMES_READER"), h->value);
	return true;
}

/* The reader's address as the page behind a link gets it: what stands after # never reaches the
 * server, and so neither who checks links there. */
struct spelled {
	str plain, percent;
	str base64; /* whole groups only: what follows the address changes the last */
};

static struct spelled spell(struct arena *a, str reader)
{
	size_t at = str_rchr(reader, '@');
	struct strbuf b = strbuf_make(a, ADDRESS_MAX * 2);

	base64_encode(&b, str_sub(reader, 0, reader.n - reader.n % 3));
	return (struct spelled){ .plain = reader,
				 .percent = arena_fmt(a, "%.*s%%40%.*s",
						      STR_ARG(str_sub(reader, 0, at)),
						      STR_ARG(str_skip(reader, at + 1))),
				 .base64 = strbuf_str(&b) };
}

static bool link_knows(struct arena *a, const struct facts *facts, str reader, struct evidence *out)
{
	struct spelled s = spell(a, reader);

	for (size_t i = 0; i < facts->urls.n; i++) {
		str url = facts->urls.v[i].url;
		str rest = str_skip(url, str_chr(url, '#'));

		if (str_chr(url, '#') == STR_NONE || !str_casestarts(url, STR("http")))
			continue;
		if (str_casefind(rest, s.plain) == STR_NONE &&
		    str_casefind(rest, s.percent) == STR_NONE &&
		    str_find(rest, s.base64) == STR_NONE)
			continue;
		evidence_add(a, out, STR("LINK_KNOWS_READER"), url);
		return true;
	}
	return false;
}

void lure_evidence(struct arena *a, const struct envelope *envelope, const struct facts *facts,
		   struct evidence *out)
{
	bool named = false, known = false;

	page(a, facts, out);
	for (size_t i = 0; i < envelope->n_recipients && i < LURE_RECIPIENTS; i++) {
		str reader = envelope->recipients[i];

		if (reader.n < ADDRESS_MIN || reader.n > ADDRESS_MAX ||
		    str_chr(reader, '@') == STR_NONE)
			continue;
		named = named || subject_names(a, facts, reader, out);
		known = known || link_knows(a, facts, reader, out);
	}
}
