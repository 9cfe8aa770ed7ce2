#include "auth/spf.h"

#include "auth/spfmacro.h"
#include "base/num.h"

#include <arpa/inet.h>

static const str version = { "v=spf1", 6 };

/* The argument that a mechanism takes. */
enum argument { NO_ARGUMENT, SPEC, OPTIONAL_SPEC, OPTIONAL_SPEC_AND_CIDR, NETWORK };

static const struct {
	str name;
	enum spf_mechanism mechanism;
	enum argument argument;
} mechanisms[] = {
	{ { "all", 3 }, SPF_ALL, NO_ARGUMENT },
	{ { "include", 7 }, SPF_INCLUDE, SPEC },
	{ { "a", 1 }, SPF_A, OPTIONAL_SPEC_AND_CIDR },
	{ { "mx", 2 }, SPF_MX, OPTIONAL_SPEC_AND_CIDR },
	{ { "ptr", 3 }, SPF_PTR, OPTIONAL_SPEC },
	{ { "ip4", 3 }, SPF_IP4, NETWORK },
	{ { "ip6", 3 }, SPF_IP6, NETWORK },
	{ { "exists", 6 }, SPF_EXISTS, SPEC },
};

bool spf_is_record(str txt)
{
	return str_casestarts(txt, version) && (txt.n == version.n || txt.p[version.n] == ' ');
}

/* name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ), and then "=": a modifier. */
static size_t modifier_name(str term)
{
	size_t n = 0;

	if (term.n == 0 || !str_is_alpha(term.p[0]))
		return STR_NONE;
	while (n < term.n &&
	       (str_is_alnum(term.p[n]) || str_chr(STR("-_."), term.p[n]) != STR_NONE))
		n++;
	return n < term.n && term.p[n] == '=' ? n : STR_NONE;
}

/* ip4-cidr-length = "/" ("0" / %x31-39 0*1DIGIT); ip6 likewise, up to 128. */
static bool prefix_length(str digits, unsigned max, unsigned *ret)
{
	uint64_t n;

	if (digits.n > 1 && digits.p[0] == '0')
		return false;
	if (!num_u64_max(digits, max, &n))
		return false;
	*ret = (unsigned)n;
	return true;
}

static size_t digits_at_end(str s)
{
	size_t n = 0;

	while (n < s.n && str_is_digit(s.p[s.n - 1 - n]))
		n++;
	return n;
}

/* Cuts slashes and a number off the end of *s; false when they are not there. */
static bool cut_cidr(str *s, str slashes, str *ret_digits)
{
	size_t n = digits_at_end(*s);
	str before = str_sub(*s, 0, s->n - n);

	if (n == 0 || !str_ends(before, slashes))
		return false;
	*ret_digits = str_skip(*s, before.n);
	*s = str_sub(before, 0, before.n - slashes.n);
	return true;
}

/* dual-cidr-length = [ ip4-cidr-length ] [ "/" ip6-cidr-length ], read from the end
 * since "/" may stand in the domain-spec as well. */
static const char *cut_dual_cidr(str *rest, struct spf_term *term)
{
	str digits;

	if (cut_cidr(rest, STR("//"), &digits) && !prefix_length(digits, 128, &term->prefix6))
		return "bad IPv6 prefix length";
	if (cut_cidr(rest, STR("/"), &digits) && !prefix_length(digits, 32, &term->prefix4))
		return "bad IPv4 prefix length";
	return NULL;
}

static const char *read_network(str rest, struct spf_term *term)
{
	bool v4 = term->mechanism == SPF_IP4;
	unsigned *prefix = v4 ? &term->prefix4 : &term->prefix6;
	size_t slash;
	char text[IP_TEXT_MAX];

	if (rest.n == 0 || rest.p[0] != ':')
		return "address missing";
	rest = str_skip(rest, 1);
	slash = str_chr(rest, '/');
	if (slash != STR_NONE) {
		if (!prefix_length(str_skip(rest, slash + 1), v4 ? 32 : 128, prefix))
			return "bad prefix length";
		rest = str_sub(rest, 0, slash);
	}
	if (rest.n >= sizeof(text))
		return "bad address";
	memcpy(text, rest.p, rest.n);
	text[rest.n] = '\0';
	/* Not ip_parse: an ip6 network of mapped addresses stays one, and matches nobody. */
	if (strlen(text) != rest.n ||
	    inet_pton(v4 ? AF_INET : AF_INET6, text, term->net.bytes) != 1)
		return "bad address";
	term->net.n = v4 ? IP_V4 : IP_V6;
	return NULL;
}

static const char *read_spec(str rest, bool optional, struct spf_term *term)
{
	if (rest.n == 0)
		return optional ? NULL : "domain missing";
	if (rest.p[0] != ':')
		return "unknown mechanism";
	term->spec = str_skip(rest, 1);
	return spfmacro_domain_spec_valid(term->spec) ? NULL : "bad domain";
}

static const char *read_argument(enum argument argument, str rest, struct spf_term *term)
{
	const char *bad;

	switch (argument) {
	case NO_ARGUMENT:
		return rest.n == 0 ? NULL : "takes no argument";
	case SPEC:
		return read_spec(rest, false, term);
	case OPTIONAL_SPEC:
		return read_spec(rest, true, term);
	case NETWORK:
		return read_network(rest, term);
	case OPTIONAL_SPEC_AND_CIDR:
		bad = cut_dual_cidr(&rest, term);
		return bad ? bad : read_spec(rest, true, term);
	}
	return "unknown mechanism";
}

/* directive = [ qualifier ] mechanism */
static const char *read_directive(str text, struct spf_term *ret)
{
	struct spf_term term = { .qualifier = '+', .text = text, .prefix4 = 32, .prefix6 = 128 };
	size_t n = 0;

	if (str_chr(STR("+-~?"), text.p[0]) != STR_NONE) {
		term.qualifier = text.p[0];
		text = str_skip(text, 1);
	}
	while (n < text.n && str_is_alnum(text.p[n]))
		n++;
	for (size_t i = 0; i < ARRAY_LEN(mechanisms); i++) {
		const char *bad;

		if (!str_caseeq(str_sub(text, 0, n), mechanisms[i].name))
			continue;
		term.mechanism = mechanisms[i].mechanism;
		bad = read_argument(mechanisms[i].argument, str_skip(text, n), &term);
		if (!bad)
			*ret = term;
		return bad;
	}
	return "unknown mechanism";
}

static const char *set_once(str *slot, str spec)
{
	if (slot->p)
		return "stands there twice";
	if (!spfmacro_domain_spec_valid(spec))
		return "bad domain";
	*slot = spec;
	return NULL;
}

/* RFC 7208 6: redirect, exp, and modifiers we do not know, which change nothing. */
static const char *read_modifier(str name, str value, struct spf_record *record)
{
	if (str_caseeq(name, STR("redirect")))
		return set_once(&record->redirect, value);
	if (str_caseeq(name, STR("exp")))
		return set_once(&record->exp, value);
	return spfmacro_string_valid(value, false) ? NULL : "bad macro";
}

int spf_parse(struct arena *a, str txt, struct spf_record *ret, str *ret_reason)
{
	struct spf_record record = { 0 };
	ARENA_VEC(struct spf_term) terms = { 0 };
	str rest = str_skip(txt, version.n), text;

	if (!spf_is_record(txt)) {
		*ret_reason = STR("not an SPF record");
		return SPF_E_SYNTAX;
	}
	while (str_split(&rest, ' ', &text)) {
		struct spf_term term;
		const char *bad;
		size_t name;

		if (text.n == 0)
			continue;
		name = modifier_name(text);
		if (name != STR_NONE)
			bad = read_modifier(str_sub(text, 0, name), str_skip(text, name + 1),
					    &record);
		else
			bad = read_directive(text, &term);
		if (bad) {
			struct strbuf b = strbuf_make(a, 64 + 4 * txt.n);

			strbuf_printable(&b, text);
			strbuf_fmt(&b, ": %s", bad);
			*ret_reason = strbuf_str(&b);
			return SPF_E_SYNTAX;
		}
		if (name == STR_NONE)
			*arena_push(a, &terms) = term;
	}
	record.terms = terms.v;
	record.n = terms.n;
	*ret = record;
	return SPF_OK;
}
