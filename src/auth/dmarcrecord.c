#include "auth/dmarcrecord.h"

#include "auth/steps.h"
#include "base/num.h"
#include "mail/address.h"
#include "url/urlcode.h"

enum tag {
	TAG_P,
	TAG_SP,
	TAG_NP,
	TAG_T,
	TAG_PSD,
	TAG_ADKIM,
	TAG_ASPF,
	TAG_RUA,
	TAG_RUF,
	TAG_FO,
	TAG_PCT
};
enum { TAGS = TAG_PCT + 1 };

static const str tag_names[TAGS] = {
	[TAG_P] = STR("p"),	  [TAG_SP] = STR("sp"),	  [TAG_NP] = STR("np"),
	[TAG_T] = STR("t"),	  [TAG_PSD] = STR("psd"), [TAG_ADKIM] = STR("adkim"),
	[TAG_ASPF] = STR("aspf"), [TAG_RUA] = STR("rua"), [TAG_RUF] = STR("ruf"),
	[TAG_FO] = STR("fo"),	  [TAG_PCT] = STR("pct"),
};

struct parse {
	struct arena *arena;
	struct dmarcrecord *ret;
	ARENA_VEC(str) problems;
	struct {
		bool seen;
		str value;
	} tags[TAGS];
};

static void problem(struct parse *p, const char *what, str about)
{
	if (p->problems.n < DMARCRECORD_MAX_PROBLEMS)
		*arena_push(p->arena, &p->problems) =
			steps_line(p->arena, "%s: %.*s", what, STR_ARG(str_sub(about, 0, 80)));
}

/* WSP of RFC 5234, no line ends. */
static str trim(str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_skip(s, 1);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

/* dmarc-tag; an empty value is a wrong one, not a tag that is absent. */
static bool split_tag(str spec, str *ret_name, str *ret_value)
{
	size_t equals = str_chr(spec, '=');

	if (equals == STR_NONE)
		return false;
	*ret_name = trim(str_sub(spec, 0, equals));
	*ret_value = trim(str_skip(spec, equals + 1));
	for (size_t i = 0; i < ret_name->n; i++)
		if (!str_is_alpha(ret_name->p[i]))
			return false;
	return ret_name->n;
}

bool dmarcrecord_is(str txt)
{
	str first = str_sub(txt, 0, str_chr(txt, ';') == STR_NONE ? txt.n : str_chr(txt, ';'));
	str name, value;

	return txt.n && str_lower_char(txt.p[0]) == 'v' && split_tag(first, &name, &value) &&
	       name.n == 1 && str_eq(value, STR("DMARC1"));
}

/* A tag that is there twice has no value that anybody could rely on (RFC 6376 3.2). */
static void note_tag(struct parse *p, str name, str value)
{
	for (int i = 0; i < TAGS; i++) {
		if (!str_caseeq(name, tag_names[i]))
			continue;
		if (p->tags[i].seen) {
			problem(p, "this tag is there more than once", name);
			value = STR("");
		}
		p->tags[i].seen = true;
		p->tags[i].value = value;
	}
}

static void note_malformed(struct parse *p, str spec)
{
	p->ret->malformed = true;
	problem(p, "no tag and value", spec);
}

static void collect_tags(struct parse *p, str txt)
{
	str rest = txt, spec, name, value;

	(void)str_split(&rest, ';', &spec); /* the version */
	while (str_split(&rest, ';', &spec)) {
		if (split_tag(spec, &name, &value))
			note_tag(p, name, value);
		else if (trim(spec).n || rest.p)
			note_malformed(p, spec);
	}
}

/* False when the tag is there with a value that is none of its own. */
static bool read_policy(struct parse *p, enum tag tag, bool *ret_has, enum dmarc_policy *ret)
{
	str value = p->tags[tag].value;

	if (!p->tags[tag].seen)
		return true;
	for (int i = DMARC_POLICY_NONE; i <= DMARC_POLICY_REJECT; i++) {
		if (!str_caseeq(value, results_policy_name((enum dmarc_policy)i)))
			continue;
		*ret_has = true;
		*ret = (enum dmarc_policy)i;
		return true;
	}
	problem(p, "no policy", value);
	return false;
}

/* A tag of one letter; what is no such letter counts as its default, the first. */
static char read_letter(struct parse *p, enum tag tag, const char *letters)
{
	str value = p->tags[tag].value;

	if (!p->tags[tag].seen)
		return letters[0];
	if (value.n == 1 && strchr(letters, str_lower_char(value.p[0])) && value.p[0])
		return str_lower_char(value.p[0]);
	problem(p, "not one of the values of this tag", tag_names[tag]);
	return letters[0];
}

/* obs-dmarc-report-size without its "!". */
static bool read_size(str s, uint64_t *ret)
{
	static const str units = STR("kmgt");
	size_t unit = s.n ? str_chr(units, str_lower_char(s.p[s.n - 1])) : STR_NONE;
	unsigned shift = 0;

	if (unit != STR_NONE) {
		shift = 10 * (unsigned)(unit + 1);
		s.n--;
	}
	if (!num_u64_max(s, UINT64_MAX >> shift, ret))
		return false;
	*ret <<= shift;
	return true;
}

/* RFC 3986 3.1, and any characters of a URI behind it. */
static bool is_uri(str s)
{
	size_t colon = str_chr(s, ':');

	if (colon == STR_NONE || colon == 0 || colon + 1 == s.n || !str_is_alpha(s.p[0]))
		return false;
	for (size_t i = 0; i < colon; i++)
		if (!str_is_alnum(s.p[i]) && !strchr("+-.", s.p[i]))
			return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || strchr("\"<>\\^`{|}", s.p[i]))
			return false;
	return true;
}

static bool read_uri(struct arena *a, str s, struct dmarcrecord_uri *ret)
{
	size_t bang = str_chr(s, '!');
	struct strbuf mailbox = strbuf_make(a, s.n);
	struct address address;
	str encoded;

	*ret = (struct dmarcrecord_uri){ .uri = s, .mailbox = STR(""), .host = STR("") };
	if (bang != STR_NONE) {
		ret->uri = trim(str_sub(s, 0, bang));
		if (!read_size(str_skip(s, bang + 1), &ret->limit))
			return false;
	}
	if (!is_uri(ret->uri))
		return false;
	if (!str_casestarts(ret->uri, STR("mailto:")))
		return true;
	encoded = str_skip(ret->uri, STR("mailto:").n);
	urlcode_decode(&mailbox, str_sub(encoded, 0, str_chr(encoded, '?')));
	if (address_parse_mailbox(a, strbuf_str(&mailbox), false, &address) != ADDRESS_OK)
		return false;
	ret->mailbox = strbuf_str(&mailbox);
	ret->host = address.domain;
	return true;
}

static void read_uris(struct parse *p, enum tag tag, struct dmarcrecord_uri **ret, size_t *ret_n)
{
	str rest = p->tags[tag].value, one;

	*ret = arena_array(p->arena, struct dmarcrecord_uri, DMARCRECORD_MAX_URIS);
	*ret_n = 0;
	if (!p->tags[tag].seen)
		return;
	while (str_split(&rest, ',', &one)) {
		if (*ret_n == DMARCRECORD_MAX_URIS) {
			problem(p, "more addresses than are looked at", tag_names[tag]);
			return;
		}
		if (read_uri(p->arena, trim(one), &(*ret)[*ret_n]))
			++*ret_n;
		else
			problem(p, "no address for reports", one);
	}
}

/* dmarc-fo: each of 0, 1, d, s at most once, 0 and 1 not both. */
static str read_fo(struct parse *p)
{
	static const str options = STR("01ds");
	str rest = p->tags[TAG_FO].value, one;
	unsigned seen = 0;

	if (!p->tags[TAG_FO].seen)
		return STR("0");
	while (str_split(&rest, ':', &one)) {
		size_t at;

		one = trim(one);
		at = one.n == 1 ? str_chr(options, str_lower_char(one.p[0])) : STR_NONE;
		if (at == STR_NONE || (seen & 1U << at)) {
			problem(p, "not one of the values of this tag", STR("fo"));
			return STR("0");
		}
		seen |= 1U << at;
	}
	if ((seen & 3) != 3)
		return p->tags[TAG_FO].value;
	problem(p, "not one of the values of this tag", STR("fo"));
	return STR("0");
}

static unsigned read_pct(struct parse *p)
{
	uint64_t pct;

	if (!p->tags[TAG_PCT].seen)
		return 100;
	if (num_u64_max(p->tags[TAG_PCT].value, 100, &pct))
		return (unsigned)pct;
	problem(p, "no percentage", p->tags[TAG_PCT].value);
	return 100;
}

/* RFC 9989 4.10.1. A public suffix that only says what it is needs no p (4.7). */
static void read_policies(struct parse *p)
{
	struct dmarcrecord *r = p->ret;
	bool has_p = false;
	bool right = read_policy(p, TAG_P, &has_p, &r->p);

	right &= read_policy(p, TAG_SP, &r->has_sp, &r->sp);
	right &= read_policy(p, TAG_NP, &r->has_np, &r->np);
	r->usable = right && (has_p || r->psd == 'y');
	if (!right) {
		r->p = DMARC_POLICY_NONE;
		r->has_sp = r->has_np = false;
	}
	if (!r->usable && r->n_rua) {
		r->usable = true;
		problem(p, "without a valid policy it means p=none", STR("p"));
	}
}

bool dmarcrecord_parse(struct arena *a, str txt, struct dmarcrecord *ret)
{
	struct parse p = { .arena = a, .ret = ret };

	if (!dmarcrecord_is(txt))
		return false;
	*ret = (struct dmarcrecord){ .text = txt };
	collect_tags(&p, txt);
	read_uris(&p, TAG_RUA, &ret->rua, &ret->n_rua);
	read_uris(&p, TAG_RUF, &ret->ruf, &ret->n_ruf);
	ret->psd = read_letter(&p, TAG_PSD, "uyn");
	ret->strict_dkim = read_letter(&p, TAG_ADKIM, "rs") == 's';
	ret->strict_spf = read_letter(&p, TAG_ASPF, "rs") == 's';
	ret->pct = read_pct(&p);
	ret->testing = read_letter(&p, TAG_T, "ny") == 'y' || ret->pct == 0;
	ret->fo = read_fo(&p);
	read_policies(&p);
	ret->problems = p.problems.v;
	ret->n_problems = p.problems.n;
	return true;
}

enum dmarc_policy dmarcrecord_for_subdomain(const struct dmarcrecord *r, bool exists)
{
	if (!exists && r->has_np)
		return r->np;
	return r->has_sp ? r->sp : r->p;
}
