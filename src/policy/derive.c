#include "policy/derive.h"

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

static void display_name(struct arena *a, const struct conf_strings *own,
			 const struct facts_address *from, struct evidence *out)
{
	if (conf_strings_has(own, from->domain) || has_symbol(out, STR("FROM_OWN_DISPLAY")))
		return;
	for (size_t i = 0; i < own->n; i++) {
		if (shows_domain(from->display, own->v[i])) {
			evidence_add(a, out, STR("FROM_OWN_DISPLAY"), from->display);
			return;
		}
	}
}

/* SPF vouches for the reverse-path only; an author of ours under another's reverse-path
 * is vouched for by nobody. */
static void own_domain(struct arena *a, const struct conf_strings *own,
		       const struct envelope *envelope, const struct facts *facts,
		       const struct evidence *from, struct evidence *out)
{
	bool path_own = conf_strings_has(own, domain_of(envelope->reverse_path));
	str shown = path_own ? envelope->reverse_path : STR_NULL;

	if (!envelope->client_ip.n || (path_own && has_symbol(from, STR("SPF_PASS"))))
		return;
	for (size_t i = 0; i < facts->addresses.n && !shown.p; i++) {
		const struct facts_address *f = &facts->addresses.v[i];

		if (f->where == FACTS_FROM && conf_strings_has(own, f->domain))
			shown = arena_fmt(a, "%.*s@%.*s", STR_ARG(f->local), STR_ARG(f->domain));
	}
	if (shown.p)
		evidence_add(a, out, STR("OWN_DOMAIN_SPOOF"), shown);
}

/* Two limits only shorten what is kept of text that was seen. */
static bool hides_content(str limit)
{
	return !str_eq(limit, STR("text.bytes")) && !str_eq(limit, STR("header.addresses"));
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

void derive_evidence(struct arena *a, const struct conf_strings *own_domains,
		     const struct envelope *envelope, const struct facts *facts,
		     const struct evidence *from, struct evidence *out)
{
	own_domain(a, own_domains, envelope, facts, from, out);
	for (size_t i = 0; i < facts->addresses.n; i++) {
		if (facts->addresses.v[i].where == FACTS_FROM)
			display_name(a, own_domains, &facts->addresses.v[i], out);
	}
	uninspected(a, facts, out);
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
