#include "inspect/inspect_private.h"

#include "base/utf8.h"
#include "inspect/inspect_words.h"
#include "mail/address.h"
#include "mime/fold.h"
#include "url/urltricks.h"

enum { NAME_WORDS_MAX = 3 };

const struct facts_address *inspect_sender_first(const struct facts *f, enum facts_where where)
{
	for (size_t i = 0; i < f->addresses.n; i++) {
		if (f->addresses.v[i].where == where && f->addresses.v[i].domain.n)
			return &f->addresses.v[i];
	}
	return NULL;
}

/* The domain behind the first "@" in a display name that looks like an address, or empty. */
static str domain_shown(str display)
{
	size_t at = str_chr(display, '@');
	size_t end;
	str domain;

	if (at == STR_NONE || at == 0)
		return STR_NULL;
	for (end = at + 1; end < display.n; end++) {
		if (!str_is_alnum(display.p[end]) && display.p[end] != '-' && display.p[end] != '.')
			break;
	}
	domain = str_sub(display, at + 1, end);
	while (domain.n && domain.p[domain.n - 1] == '.')
		domain.n--;
	if (str_chr(domain, '.') == STR_NONE || !address_domain_valid(domain, false))
		return STR_NULL;
	return domain;
}

static bool is_address(str display, const struct facts_address *a)
{
	return display.n == a->local.n + 1 + a->domain.n && display.p[a->local.n] == '@' &&
	       str_casestarts(display, a->local) && str_caseends(display, a->domain);
}

/* "Jeanne Petit" and xk42@: no word of the name, as far as it is one of two or three words,
 * stands in the address. Both are folded. */
static bool is_unrelated(str name, str address)
{
	size_t words = 0;
	str word;

	name = str_trim(name);
	while (name.n && str_split(&name, ' ', &word)) {
		if (++words > NAME_WORDS_MAX || (word.n > 2 && str_find(address, word) != STR_NONE))
			return false;
	}
	return words > 1;
}

static void judge_name(struct walk *w, const struct facts_address *a)
{
	str shown = domain_shown(a->display);
	struct fold_facts facts, unused;
	str name, address;

	if (shown.n && !address_domains_related(shown, a->domain))
		walk_find(w, FINDING_DISPLAY_NAME_IS_ADDRESS, 0, a->display);
	if (is_address(a->display, a))
		walk_find(w, FINDING_FROM_DN_EQ_ADDR, 0, a->display);
	inspect_words_shown(w, a->display, false);
	name = fold_text(w->arena, a->display, &facts);
	if (facts.spaces.n && !w->found[FINDING_FROM_NAME_EXCESS_SPACE])
		walk_find(w, FINDING_FROM_NAME_EXCESS_SPACE, 0, a->display);
	address = arena_fmt(w->arena, "%.*s@%.*s", STR_ARG(a->local), STR_ARG(a->domain));
	address = fold_text(w->arena, address, &unused);
	if (a->domain.n && str_chr(name, '@') == STR_NONE && is_unrelated(name, address))
		walk_find(w, FINDING_SUSPECT_DISPLAY_NAME, 0, a->display);
}

static bool has_8bit(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] & 0x80)
			return true;
	}
	return false;
}

/* An internationalised domain that is written to be taken for another one. */
static bool is_homograph(struct arena *a, str domain)
{
	struct url url;

	if (str_casefind(domain, STR("xn--")) == STR_NONE && !has_8bit(domain))
		return false;
	return url_parse(a, arena_fmt(a, "https://%.*s/", STR_ARG(domain)), NULL, &url) &&
	       (urltricks(a, &url) & (URLTRICK_HOMOGRAPH | URLTRICK_MIXED));
}

static void judge_address(struct walk *w, const struct facts_address *a)
{
	if (str_find(a->local, STR("=?")) != STR_NONE || str_find(a->domain, STR("=?")) != STR_NONE)
		walk_find(w, FINDING_FROM_ENCODED_ADDRESS, 0, a->local);
	if (!utf8_valid(a->local) || !utf8_valid(a->domain))
		walk_find(w, FINDING_FROM_ADDRESS_8BIT, 0, a->local);
	else if (a->local.n > ADDRESS_LOCAL_MAX || !a->local.n ||
		 !(address_domain_valid(a->domain, true) || address_literal_valid(a->domain)))
		walk_find(w, FINDING_FROM_BAD_ADDRESS, 0, a->domain);
	else if (is_homograph(w->arena, a->domain))
		walk_find(w, FINDING_FROM_DOMAIN_HOMOGRAPH, 0, a->domain);
}

static bool same_address(const struct facts_address *a, const struct facts_address *b)
{
	return str_caseeq(a->local, b->local) && str_caseeq(a->domain, b->domain);
}

/* Answers go to every address of Reply-To: one of another domain is enough. */
static void compare(struct walk *w, const struct facts_address *from, enum facts_where where,
		    enum finding finding)
{
	for (size_t i = 0; i < w->facts->addresses.n; i++) {
		const struct facts_address *a = &w->facts->addresses.v[i];

		if (a->where != where || !a->domain.n ||
		    address_domains_related(from->domain, a->domain))
			continue;
		walk_find(w, finding, 0, a->domain);
		return;
	}
}

void inspect_sender_judge(struct walk *w)
{
	const struct facts_address *from = inspect_sender_first(w->facts, FACTS_FROM);
	bool several = false;

	for (size_t i = 0; i < w->facts->addresses.n; i++) {
		const struct facts_address *a = &w->facts->addresses.v[i];

		if (a->where != FACTS_FROM)
			continue;
		judge_name(w, a);
		if (!a->domain.n)
			continue;
		judge_address(w, a);
		several |= !same_address(a, from);
	}
	if (!from)
		walk_find(w, FINDING_MISSING_FROM, 0, STR(""));
	if (several)
		walk_find(w, FINDING_MULTIPLE_FROM, 0, STR(""));
	if (!inspect_sender_first(w->facts, FACTS_TO))
		walk_find(w, FINDING_MISSING_TO, 0, STR(""));
	if (!from)
		return;
	compare(w, from, FACTS_REPLY_TO, FINDING_FROM_REPLYTO_DIFFER);
	compare(w, from, FACTS_SENDER, FINDING_FROM_SENDER_DIFFER);
}
