#include "lists/listkey.h"

#include "base/num.h"
#include "base/utf8.h"
#include "url/url.h"
#include "url/urlcode.h"

static str lower(struct arena *a, str s)
{
	char *p;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == str_lower_char(s.p[i]))
			continue;
		p = arena_alloc(a, s.n);
		for (size_t k = 0; k < s.n; k++)
			p[k] = str_lower_char(s.p[k]);
		return str_of(p, s.n);
	}
	return s;
}

/* In ASCII when it is a name with other letters; what is no name stays as it is. */
static str domain_form(struct arena *a, str s)
{
	struct urlhost host;
	uint32_t odd = 0;

	if (s.n > 1 && s.p[s.n - 1] == '.')
		s.n--;
	s = lower(a, s);
	if (urlhost_ascii(s) && str_find(s, STR("xn--")) == STR_NONE)
		return s;
	return urlhost_parse(a, s, true, &host, &odd) ? lower(a, host.text) : s;
}

static str address_form(struct arena *a, str local, str domain)
{
	local = lower(a, local);
	domain = domain_form(a, domain);
	return arena_fmt(a, "%.*s@%.*s", STR_ARG(local), STR_ARG(domain));
}

/* --- URLs --- */

static bool is_unreserved(char c)
{
	return str_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* RFC 3986 6.2.2: %61 is "a", %2f is %2F. */
static void put_unescaped(struct strbuf *out, str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c;

		if (!urlcode_escape_at(s, i)) {
			strbuf_char(out, s.p[i]);
			continue;
		}
		c = (char)(num_hex_digit(s.p[i + 1]) << 4 | num_hex_digit(s.p[i + 2]));
		if (is_unreserved(c))
			strbuf_char(out, c);
		else
			strbuf_fmt(out, "%%%02X", (unsigned char)c);
		i += 2;
	}
}

struct page {
	str whole; /* "host:port/path?query" */
	size_t host, path;
	struct ip ip; /* the host, n == 0 when it is a name */
};

/* Without scheme, user, fragment and a slash at the end. */
static bool page_of(struct arena *a, str url, struct page *ret)
{
	struct strbuf b = strbuf_make(a, 3 * url.n + 16);
	struct url u;

	if (!url_parse(a, url, NULL, &u) || !url_special(&u) || u.host.kind < URLHOST_NAME)
		return false;
	strbuf_put(&b, u.host.text);
	if (b.n && b.p[b.n - 1] == '.')
		b.n--;
	ret->host = b.n;
	ret->ip = u.host.ip;
	if (u.port != URL_NO_PORT)
		strbuf_fmt(&b, ":%d", u.port);
	put_unescaped(&b, u.path);
	if (b.n && b.p[b.n - 1] == '/')
		b.n--;
	ret->path = b.n;
	if (u.has_query && u.query.n) {
		strbuf_char(&b, '?');
		put_unescaped(&b, u.query);
	}
	ret->whole = strbuf_str(&b);
	return !b.overflow;
}

/* --- entries --- */

static bool has_blank(str s)
{
	return str_chr(s, ' ') != STR_NONE || str_chr(s, '\t') != STR_NONE;
}

/* "192.0.2.1 5.0", as other programs write their lists: no word of anybody. */
static bool is_two_things(str s)
{
	struct ip ip;

	s = str_sub(s, 0, str_chr(s, ' '));
	return ip_parse(str_sub(s, 0, str_chr(s, '/')), &ip) || str_chr(s, '@') != STR_NONE ||
	       str_find(s, STR("://")) != STR_NONE;
}

static bool is_hash(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (num_hex_digit(s.p[i]) < 0)
			return false;
	}
	return s.n == 64;
}

static bool is_glob(str s)
{
	return str_chr(s, '*') != STR_NONE || str_chr(s, '?') != STR_NONE;
}

/* "evil.example/login": the name before the slash has a dot in it. */
static bool is_bare_url(str s)
{
	size_t slash = str_chr(s, '/');

	return slash != STR_NONE && slash > 0 && str_chr(s, '*') == STR_NONE &&
	       str_chr(str_sub(s, 0, slash), '.') != STR_NONE;
}

static bool network_entry(struct arena *a, str s, struct ip ip, uint64_t prefix,
			  struct listkey *ret)
{
	char *bytes = arena_alloc(a, 1 + IP_V6);
	struct ip net = ip;

	*ret = listkey_of_ip(ip, (unsigned)prefix, bytes);
	memcpy(net.bytes, ret->text.p + 1, net.n);
	return ip_eq(net, ip) || str_chr(s, '/') == STR_NONE;
}

/* True when it looks like an address, then *ok says whether it is one. */
static bool take_network(struct arena *a, str s, struct listkey *ret, bool *ok)
{
	size_t slash = str_chr(s, '/');
	struct ip ip;
	uint64_t prefix;

	if (!ip_parse(str_sub(s, 0, slash), &ip))
		return false;
	prefix = 8u * ip.n;
	*ok = (slash == STR_NONE || num_u64_max(str_skip(s, slash + 1), prefix, &prefix)) &&
	      network_entry(a, s, ip, prefix, ret);
	return true;
}

static bool url_entry(struct arena *a, str s, bool exact, struct listkey *ret)
{
	struct page page;

	if (str_find(s, STR("://")) == STR_NONE)
		s = arena_fmt(a, "http://%.*s", STR_ARG(s));
	if (!page_of(a, s, &page) || str_chr(str_sub(page.whole, 0, page.host), '*') != STR_NONE)
		return false;
	*ret = (struct listkey){ exact ? LISTKEY_URL_EXACT : LISTKEY_URL, page.whole };
	return true;
}

static bool named_entry(struct arena *a, str s, bool exact, struct listkey *ret)
{
	size_t at = str_rchr(s, '@');
	bool below = s.p[0] == '.' || str_starts(s, STR("*."));

	if (at != STR_NONE && at > 0) {
		*ret = (struct listkey){ LISTKEY_ADDRESS,
					 address_form(a, str_sub(s, 0, at), str_skip(s, at + 1)) };
		return at + 1 < s.n && !is_glob(s);
	}
	if (at == 0)
		s = str_skip(s, 1);
	else if (below)
		s = str_skip(s, s.p[0] == '.' ? 1 : 2);
	*ret = (struct listkey){ below		? LISTKEY_BELOW
				 : exact || !at ? LISTKEY_EXACT
						: LISTKEY_NAME,
				 domain_form(a, s) };
	return s.n > 0 && !is_glob(s);
}

static bool glob_entry(struct arena *a, str s, struct listkey *ret)
{
	*ret = (struct listkey){ LISTKEY_GLOB, lower(a, s) };
	return s.n <= LISTKEY_GLOB_MAX;
}

bool listkey_of_entry(struct arena *a, str s, struct listkey *ret, const char **ret_expected)
{
	bool exact = s.n > 1 && s.p[0] == '=';
	bool ok;

	*ret_expected = "an entry of text";
	if (s.n == 0 || s.n > LISTKEY_MAX || !utf8_valid(s))
		return false;
	if (has_blank(s) && is_two_things(s)) {
		*ret_expected = "one entry a line; a note begins with #";
		return false;
	}
	if (has_blank(s)) {
		*ret = (struct listkey){ LISTKEY_NAME, lower(a, s) };
		return true;
	}
	if (exact)
		s = str_skip(s, 1);
	*ret_expected = "an address or a network without bits behind its prefix";
	if (take_network(a, s, ret, &ok))
		return ok;
	*ret_expected = "a URL with a host";
	if (str_find(s, STR("://")) != STR_NONE || is_bare_url(s))
		return url_entry(a, s, exact, ret);
	*ret_expected = "no regular expression: rules have them, with header, url or filename";
	if (s.n > 1 && s.p[0] == '/')
		return false;
	if (is_hash(s)) {
		*ret = (struct listkey){ LISTKEY_HASH, lower(a, s) };
		return true;
	}
	*ret_expected = "a pattern of at most 200 bytes";
	if (is_glob(str_starts(s, STR("*.")) ? str_skip(s, 2) : s))
		return glob_entry(a, s, ret);
	*ret_expected = "a domain, a mailbox or a word";
	return named_entry(a, s, exact, ret);
}

/* --- what is looked up --- */

/* The array is large and stays as it is. */
static void clear(struct listkey_set *set)
{
	set->n = 0;
	set->ip.n = 0;
	set->text = STR("");
}

static void add(struct listkey_set *set, enum listkey_kind kind, str text)
{
	if (set->n < LISTKEY_CANDIDATES)
		set->v[set->n++] = (struct listkey){ kind, text };
}

void listkey_client(struct ip ip, struct listkey_set *ret)
{
	clear(ret);
	ret->ip = ip;
}

void listkey_word(struct arena *a, str word, struct listkey_set *ret)
{
	clear(ret);
	ret->text = domain_form(a, word);
	add(ret, LISTKEY_NAME, ret->text);
}

static void add_domain(struct listkey_set *set, str domain)
{
	unsigned labels = 0;
	size_t dot;

	if (domain.n == 0)
		return;
	add(set, LISTKEY_EXACT, domain);
	for (; domain.n && labels < LISTKEY_LABELS; labels++) {
		add(set, LISTKEY_NAME, domain);
		dot = str_chr(domain, '.');
		if (dot == STR_NONE)
			return;
		domain = str_skip(domain, dot + 1);
		add(set, LISTKEY_BELOW, domain);
	}
}

void listkey_domain(struct arena *a, str domain, struct listkey_set *ret)
{
	clear(ret);
	ret->text = domain_form(a, str_sub(domain, 0, LISTKEY_MAX));
	add_domain(ret, ret->text);
}

void listkey_address(struct arena *a, str local, str domain, struct listkey_set *ret)
{
	clear(ret);
	domain = domain_form(a, str_sub(domain, 0, LISTKEY_MAX));
	ret->text = address_form(a, str_sub(local, 0, LISTKEY_MAX), domain);
	add(ret, LISTKEY_ADDRESS, ret->text);
	add_domain(ret, domain);
}

/* "h/a/b?x" is below "h/a/b", "h/a" and "h"; steps beyond the limit are only found whole. */
static void add_pages(struct listkey_set *set, const struct page *page)
{
	str path = str_sub(page->whole, 0, page->path);

	add(set, LISTKEY_URL_EXACT, page->whole);
	if (page->path < page->whole.n)
		add(set, LISTKEY_URL, page->whole);
	add(set, LISTKEY_URL, path);
	for (size_t i = page->host, steps = 0; i < path.n && steps < LISTKEY_PATHS; i++) {
		if (path.p[i] != '/')
			continue;
		add(set, LISTKEY_URL, str_sub(path, 0, i));
		steps++;
	}
}

void listkey_url(struct arena *a, str url, struct listkey_set *ret)
{
	struct page page;

	clear(ret);
	if (!page_of(a, url, &page))
		return;
	ret->text = str_sub(page.whole, 0, LISTKEY_GLOB_TEXT);
	add_pages(ret, &page);
	ret->ip = page.ip;
	if (!page.ip.n)
		add_domain(ret, str_sub(page.whole, 0, page.host));
}

void listkey_hash(struct arena *a, const uint8_t sha256[32], struct listkey_set *ret)
{
	struct strbuf b = strbuf_make(a, 64);

	for (size_t i = 0; i < 32; i++)
		strbuf_fmt(&b, "%02x", sha256[i]);
	clear(ret);
	ret->text = strbuf_str(&b);
	add(ret, LISTKEY_HASH, ret->text);
}
