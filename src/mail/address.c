#include "mail/address.h"

#include "base/ip.h"
#include "base/utf8.h"

/* atext (RFC 5322 3.2.3), UTF8-non-ascii with utf8 (RFC 6531 3.3). */
static bool is_atext(char c, bool utf8)
{
	if ((unsigned char)c >= 0x80)
		return utf8;
	return str_is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

static bool has_8bit(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return true;
	}
	return false;
}

bool address_literal_valid(str domain)
{
	str inside;
	bool v6;
	struct ip ip;

	if (domain.n < 2 || domain.p[0] != '[' || domain.p[domain.n - 1] != ']')
		return false;
	inside = str_sub(domain, 1, domain.n - 1);
	v6 = str_casestarts(inside, STR("IPv6:"));
	if (v6)
		inside = str_skip(inside, 5);
	return ip_parse(inside, &ip) && v6 == (str_chr(inside, ':') != STR_NONE);
}

static bool label_valid(str label, bool utf8)
{
	if (label.n == 0 || label.n > ADDRESS_LABEL_MAX)
		return false;
	if (label.p[0] == '-' || label.p[label.n - 1] == '-')
		return false;
	while (label.n) {
		uint32_t cp;
		size_t n = utf8_next(label, &cp);

		if (n == 0 || (n > 1 && (!utf8 || cp < 0xa0)))
			return false;
		if (n == 1 && !str_is_alnum(label.p[0]) && label.p[0] != '-')
			return false;
		label = str_skip(label, n);
	}
	return true;
}

bool address_domain_valid(str domain, bool utf8)
{
	str label;

	if (domain.n == 0 || domain.n > ADDRESS_DOMAIN_MAX)
		return false;
	while (str_split(&domain, '.', &label)) {
		if (!label_valid(label, utf8))
			return false;
	}
	return true;
}

/* Dot-string (RFC 5321 4.1.2) at the start of s: its length, 0 when there is none. */
static size_t dot_string(str s, bool utf8)
{
	size_t n = 0;

	for (;;) {
		size_t start = n;

		while (n < s.n && is_atext(s.p[n], utf8))
			n++;
		if (n == start)
			return 0;
		if (n == s.n || s.p[n] != '.')
			return n;
		n++;
	}
}

/* Quoted-string (RFC 5321 4.1.2) at the start of s: its length with the quotes, or 0. */
static size_t quoted_string(struct arena *a, str s, bool utf8, str *ret_text)
{
	struct strbuf text = strbuf_make(a, s.n);
	size_t i = 1;

	while (i < s.n && s.p[i] != '"') {
		if (s.p[i] == '\\')
			i++;
		if (i == s.n || is_control(s.p[i]) || ((unsigned char)s.p[i] >= 0x80 && !utf8))
			return 0;
		strbuf_char(&text, s.p[i++]);
	}
	if (i == s.n)
		return 0;
	*ret_text = strbuf_str(&text);
	return i + 1;
}

static size_t local_part(struct arena *a, str s, bool utf8, str *ret_local)
{
	size_t n;

	if (s.n && s.p[0] == '"')
		return quoted_string(a, s, utf8, ret_local);
	n = dot_string(s, utf8);
	*ret_local = str_sub(s, 0, n);
	return n;
}

/* Mailbox = Local-part "@" ( Domain / address-literal ), the whole of s. */
static int mailbox(struct arena *a, str s, bool utf8, struct address *ret)
{
	struct address got;
	size_t n;

	if (s.n > ADDRESS_LOCAL_MAX * 2 + ADDRESS_DOMAIN_MAX + 3)
		return ADDRESS_E_LENGTH;
	if (has_8bit(s)) {
		if (!utf8)
			return ADDRESS_E_UTF8;
		if (!utf8_valid(s))
			return ADDRESS_E_SYNTAX;
	}
	n = local_part(a, s, utf8, &got.local);
	if (n == 0 || got.local.n == 0 || n >= s.n || s.p[n] != '@')
		return ADDRESS_E_SYNTAX;
	got.domain = str_skip(s, n + 1);
	if (got.local.n > ADDRESS_LOCAL_MAX || got.domain.n > ADDRESS_DOMAIN_MAX)
		return ADDRESS_E_LENGTH;
	if (!address_domain_valid(got.domain, utf8) && !address_literal_valid(got.domain))
		return ADDRESS_E_SYNTAX;
	*ret = got;
	return ADDRESS_OK;
}

int address_parse_mailbox(struct arena *a, str in, bool utf8, struct address *ret)
{
	return mailbox(a, in, utf8, ret);
}

/* A-d-l ":" = "@" Domain *( "," "@" Domain ) ":"; what remains behind it, or STR_NULL. */
static str drop_route(str path)
{
	size_t colon = str_chr(path, ':');
	str route, hop;

	if (colon == STR_NONE)
		return STR_NULL;
	route = str_sub(path, 0, colon);
	while (str_split(&route, ',', &hop)) {
		if (hop.n == 0 || hop.p[0] != '@' || !address_domain_valid(str_skip(hop, 1), true))
			return STR_NULL;
	}
	return str_skip(path, colon + 1);
}

/* Offset of the ">" that ends the path, quoted strings skipped. */
static size_t closing_bracket(str s)
{
	bool quoted = false;

	for (size_t i = 1; i < s.n; i++) {
		if (quoted && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (s.p[i] == '>' && !quoted)
			return i;
	}
	return STR_NONE;
}

int address_parse_path(struct arena *a, str in, bool utf8, struct address *ret, str *ret_rest)
{
	size_t end = in.n && in.p[0] == '<' ? closing_bracket(in) : STR_NONE;
	struct address got = { STR(""), STR("") };
	str path;
	int r;

	if (end == STR_NONE || (!ret_rest && end + 1 != in.n))
		return ADDRESS_E_SYNTAX;
	path = str_sub(in, 1, end);
	if (path.n && path.p[0] == '@') {
		path = drop_route(path);
		if (path.n == 0)
			return ADDRESS_E_SYNTAX;
	}
	if (str_caseeq(path, STR("postmaster"))) {
		got.local = path;
	} else if (path.n) {
		r = mailbox(a, path, utf8, &got);
		if (r != ADDRESS_OK)
			return r;
	}
	*ret = got;
	if (ret_rest)
		*ret_rest = str_skip(in, end + 1);
	return ADDRESS_OK;
}

bool address_is_null(struct address a)
{
	return a.local.n == 0 && a.domain.n == 0;
}

bool address_eq(struct address a, struct address b)
{
	return str_eq(a.local, b.local) && str_caseeq(a.domain, b.domain);
}

void address_put(struct strbuf *out, struct address a)
{
	if (a.local.n && dot_string(a.local, true) == a.local.n) {
		strbuf_put(out, a.local);
	} else if (!address_is_null(a)) {
		strbuf_char(out, '"');
		for (size_t i = 0; i < a.local.n; i++) {
			if (is_control(a.local.p[i]))
				continue;
			if (a.local.p[i] == '"' || a.local.p[i] == '\\')
				strbuf_char(out, '\\');
			strbuf_char(out, a.local.p[i]);
		}
		strbuf_char(out, '"');
	}
	if (a.domain.n) {
		strbuf_char(out, '@');
		strbuf_put(out, a.domain);
	}
}

/* Where the label before the dot at end begins. */
static size_t label_start(str domain, size_t end)
{
	size_t dot = str_rchr(str_sub(domain, 0, end), '.');

	return dot == STR_NONE ? 0 : dot + 1;
}

/* What an organisation can register: the last two labels, or three. */
static str owned_domain(str domain)
{
	size_t top = label_start(domain, domain.n);
	size_t second = top ? label_start(domain, top - 1) : 0;

	if (second && domain.n - top == 2 && top - 1 - second <= 3)
		second = label_start(domain, second - 1);
	return str_skip(domain, second);
}

bool address_domains_related(str a, str b)
{
	str shorter = a.n < b.n ? a : b, longer = a.n < b.n ? b : a;

	if (shorter.n == 0)
		return longer.n == 0;
	if (str_caseends(longer, shorter) &&
	    (longer.n == shorter.n || longer.p[longer.n - shorter.n - 1] == '.'))
		return true;
	return str_caseeq(owned_domain(a), owned_domain(b));
}
