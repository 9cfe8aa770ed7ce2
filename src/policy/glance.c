#include "policy/glance.h"

enum {
	LINK_SHARE = 80,      /* per cent of the text, from which it is but a link */
	LINE_MAX_BYTES = 200, /* beside the link, in a text of one line */
	TEXT_READ = 64 << 10, /* longer texts are no single links */
};

static void recipients(struct arena *a, const struct conf_strings *own,
		       const struct envelope *envelope, struct evidence *out)
{
	bool tagged = false, ours = false;

	for (size_t i = 0; i < envelope->n_recipients; i++) {
		str path = envelope->recipients[i];
		size_t at = str_rchr(path, '@');
		size_t plus = str_chr(path, '+');

		if (at == STR_NONE)
			continue;
		if (!tagged && plus != STR_NONE && plus > 0 && plus + 1 < at) {
			evidence_add(a, out, STR("RCPT_TAGGED"), path);
			tagged = true;
		}
		if (!ours && conf_strings_has(own, str_skip(path, at + 1))) {
			evidence_add(a, out, STR("RCPT_OWN_DOMAIN"), path);
			ours = true;
		}
	}
}

/* "hopital.example", "mx1.hopital.example": a name of ours, whoever gives it. */
static void helo(struct arena *a, const struct conf_strings *own, str helo, struct evidence *out)
{
	str rest = helo;

	while (rest.n) {
		size_t dot;

		if (conf_strings_has(own, rest)) {
			evidence_add(a, out, STR("HELO_OWN_NAME"), helo);
			return;
		}
		dot = str_chr(rest, '.');
		rest = dot == STR_NONE ? STR("") : str_skip(rest, dot + 1);
	}
}

/* An error report goes to the one who wrote (RFC 5321 4.5.5). */
static void bounce(struct arena *a, const struct envelope *envelope, struct evidence *out)
{
	if (!envelope->has_reverse_path || envelope->reverse_path.n)
		return;
	evidence_add(a, out, STR("HFILTER_FROM_BOUNCE"), STR(""));
	if (envelope->n_recipients > 1)
		evidence_add(a, out, STR("HFILTER_RCPT_BOUNCEMOREONE"),
			     arena_fmt(a, "%zu recipients", envelope->n_recipients));
}

static void servers(struct arena *a, const struct facts *facts, struct evidence *out)
{
	const struct facts_header *only = NULL;

	for (size_t i = 0; i < facts->headers.n; i++) {
		if (!str_caseeq(facts->headers.v[i].name, STR("Received")))
			continue;
		if (only)
			return;
		only = &facts->headers.v[i];
	}
	if (only)
		evidence_add(a, out, STR("ONCE_RECEIVED"), only->value);
}

static bool begins_link(str s)
{
	return str_casestarts(s, STR("http://")) || str_casestarts(s, STR("https://")) ||
	       str_casestarts(s, STR("www."));
}

struct shape {
	size_t lines; /* that are not blank */
	size_t links, link_bytes, other_bytes;
};

/* Word by word. */
static struct shape shape_of(str text)
{
	struct shape s = { 0 };
	bool in_line = false;

	for (size_t i = 0; i < text.n;) {
		size_t start = i;
		str word;

		if (str_is_space(text.p[i])) {
			in_line &= text.p[i++] != '\n';
			continue;
		}
		while (i < text.n && !str_is_space(text.p[i]))
			i++;
		word = str_sub(text, start, i);
		s.lines += !in_line;
		in_line = true;
		if (begins_link(str_skip(word, word.p[0] == '<'))) {
			s.links++;
			s.link_bytes += word.n;
		} else {
			s.other_bytes += word.n;
		}
	}
	return s;
}

static void links(struct arena *a, const struct facts *facts, struct evidence *out)
{
	struct shape s;

	if (facts->text.n > TEXT_READ || facts->urls.n == 0)
		return;
	s = shape_of(facts->text);
	if (s.links && s.link_bytes * 100 > (s.link_bytes + s.other_bytes) * LINK_SHARE)
		evidence_add(a, out, STR("HFILTER_URL_ONLY"), facts->urls.v[0].url);
	else if (s.links && s.lines == 1 && s.other_bytes < LINE_MAX_BYTES)
		evidence_add(a, out, STR("HFILTER_URL_ONELINE"), facts->urls.v[0].url);
}

void glance_evidence(struct arena *a, const struct conf_strings *own_domains,
		     const struct envelope *envelope, const struct facts *facts,
		     struct evidence *out)
{
	recipients(a, own_domains, envelope, out);
	helo(a, own_domains, envelope->helo, out);
	bounce(a, envelope, out);
	servers(a, facts, out);
	links(a, facts, out);
	if (envelope->tls_version.n)
		evidence_add(a, out, STR("CLIENT_TLS"), envelope->tls_version);
}
