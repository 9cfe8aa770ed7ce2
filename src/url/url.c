#include "url/url.h"

#include "base/num.h"
#include "base/utf8.h"
#include "url/urlcode.h"

/* What is being made, and what is left to read. The states of the standard are functions,
 * in its order; each reads from the front of rest. */
struct parse {
	struct arena *a;
	const struct url *base;
	struct url u;
	str rest;
	bool special, file;
};

static const struct {
	str scheme;
	int port;
} special_schemes[] = {
	{ STR("http"), 80 }, { STR("https"), 443 }, { STR("ftp"), 21 },
	{ STR("ws"), 80 },   { STR("wss"), 443 },   { STR("file"), URL_NO_PORT },
};

static bool scheme_special(str scheme, int *ret_port)
{
	for (size_t i = 0; i < ARRAY_LEN(special_schemes); i++) {
		if (str_eq(scheme, special_schemes[i].scheme)) {
			*ret_port = special_schemes[i].port;
			return true;
		}
	}
	return false;
}

bool url_special(const struct url *u)
{
	int port;

	return scheme_special(u->scheme, &port);
}

static void set_scheme(struct parse *p, str scheme)
{
	int port;

	p->u.scheme = scheme;
	p->special = scheme_special(scheme, &port);
	p->file = str_eq(scheme, STR("file"));
}

/* The character in front, or NUL at the end; a NUL of the input ends nothing either way. */
static char front(const struct parse *p)
{
	return p->rest.n ? p->rest.p[0] : '\0';
}

static bool is_slash(const struct parse *p, char c)
{
	return c == '/' || (p->special && c == '\\');
}

/* Takes one slash away and notes a backslash. */
static bool take_slash(struct parse *p)
{
	if (!p->rest.n || !is_slash(p, front(p)))
		return false;
	if (front(p) == '\\')
		p->u.odd |= URL_ODD_BACKSLASH;
	p->rest = str_skip(p->rest, 1);
	return true;
}

/* Up to the end of the authority, or of a path segment: slash, "?" or "#". */
static size_t until_slash(const struct parse *p)
{
	size_t n = 0;

	while (n < p->rest.n && !is_slash(p, p->rest.p[n]) && p->rest.p[n] != '?' &&
	       p->rest.p[n] != '#')
		n++;
	return n;
}

static str encoded(struct parse *p, enum urlcode_set set, str in)
{
	struct strbuf b;

	if (urlcode_is_clean(set, in))
		return in;
	b = strbuf_make(p->a, in.n * 3);
	urlcode_encode(&b, set, in);
	return strbuf_str(&b);
}

/* "C|" or "C:", and with normal only the latter. */
static bool drive_letter(str s, bool normal)
{
	return s.n == 2 && str_is_alpha(s.p[0]) && (s.p[1] == ':' || (!normal && s.p[1] == '|'));
}

static bool starts_with_drive(str s)
{
	return drive_letter(str_sub(s, 0, 2), false) &&
	       (s.n == 2 || strchr("/\\?#", s.p[2] ? s.p[2] : 'x'));
}

static void push_segment(struct parse *p, str segment)
{
	*arena_push(p->a, &p->u.pieces.part) = segment;
}

/* "Shorten a path": a drive letter stays. */
static void shorten(struct parse *p)
{
	struct url_path *path = &p->u.pieces;

	if (p->file && path->part.n == 1 && drive_letter(path->part.v[0], true))
		return;
	path->part.n -= path->part.n > 0;
}

static void copy_path(struct parse *p)
{
	for (size_t i = 0; i < p->base->pieces.part.n; i++)
		push_segment(p, p->base->pieces.part.v[i]);
}

/* "." or "%2e" at the front of s. */
static size_t dot(str s)
{
	if (s.n && s.p[0] == '.')
		return 1;
	return str_casestarts(s, STR("%2e")) ? 3 : 0;
}

static bool single_dot(str s)
{
	return dot(s) && dot(s) == s.n;
}

static bool double_dot(str s)
{
	size_t first = dot(s);

	return first && single_dot(str_skip(s, first));
}

static bool query_state(struct parse *p)
{
	if (front(p) == '?' && p->rest.n) {
		size_t end = str_chr(p->rest, '#');
		str query = str_sub(p->rest, 1, end);

		p->u.has_query = true;
		p->u.query = encoded(p, p->special ? URLCODE_SPECIAL_QUERY : URLCODE_QUERY, query);
		p->rest = str_skip(p->rest, query.n + 1);
	}
	if (p->rest.n) {
		p->u.has_fragment = true;
		p->u.fragment = encoded(p, URLCODE_FRAGMENT, str_skip(p->rest, 1));
	}
	return true;
}

static void add_segment(struct parse *p, str raw)
{
	str segment = encoded(p, URLCODE_PATH, raw);

	if (p->file && p->u.pieces.part.n == 0 && drive_letter(segment, false))
		segment = arena_fmt(p->a, "%c:", segment.p[0]);
	push_segment(p, segment);
}

static bool path_state(struct parse *p)
{
	bool slash;

	do {
		str raw = str_sub(p->rest, 0, until_slash(p));

		p->rest = str_skip(p->rest, raw.n);
		slash = take_slash(p);
		if (double_dot(raw))
			shorten(p);
		else if (!single_dot(raw))
			add_segment(p, raw);
		if (!slash && (double_dot(raw) || single_dot(raw)))
			push_segment(p, STR(""));
	} while (slash);
	return query_state(p);
}

static bool path_start_state(struct parse *p)
{
	if (p->special) {
		take_slash(p);
		return path_state(p);
	}
	if (!p->rest.n || front(p) == '?' || front(p) == '#')
		return query_state(p);
	take_slash(p);
	return path_state(p);
}

static bool opaque_path_state(struct parse *p)
{
	size_t n = 0;
	struct strbuf b;
	str path;

	while (n < p->rest.n && p->rest.p[n] != '?' && p->rest.p[n] != '#')
		n++;
	path = str_sub(p->rest, 0, n);
	b = strbuf_make(p->a, n * 3);
	/* A blank right before the query or fragment would otherwise get lost. */
	if (n < p->rest.n && n && path.p[n - 1] == ' ') {
		urlcode_encode(&b, URLCODE_C0, str_sub(path, 0, n - 1));
		strbuf_put(&b, STR("%20"));
	} else {
		urlcode_encode(&b, URLCODE_C0, path);
	}
	p->u.opaque = true;
	p->u.path = strbuf_str(&b);
	p->rest = str_skip(p->rest, n);
	return query_state(p);
}

/* The last "@" ends the credentials, all others become "%40". */
static bool take_userinfo(struct parse *p, str *authority)
{
	size_t at = str_rchr(*authority, '@');
	size_t colon;
	str info;

	if (at == STR_NONE)
		return true;
	info = str_sub(*authority, 0, at);
	*authority = str_skip(*authority, at + 1);
	colon = str_chr(info, ':');
	p->u.odd |= URL_ODD_USERINFO;
	p->u.username = encoded(p, URLCODE_USERINFO, str_sub(info, 0, colon));
	if (colon != STR_NONE)
		p->u.password = encoded(p, URLCODE_USERINFO, str_skip(info, colon + 1));
	return authority->n > 0;
}

/* The first colon outside brackets. */
static size_t port_colon(str s)
{
	bool inside = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '[')
			inside = true;
		else if (s.p[i] == ']')
			inside = false;
		else if (s.p[i] == ':' && !inside)
			return i;
	}
	return STR_NONE;
}

static bool set_port(struct parse *p, str digits)
{
	int usual = URL_NO_PORT;
	unsigned port = 0;

	for (size_t i = 0; i < digits.n; i++) {
		if (!str_is_digit(digits.p[i]))
			return false;
		port = port * 10 + (unsigned)(digits.p[i] - '0');
		if (port > UINT16_MAX)
			return false;
	}
	(void)scheme_special(p->u.scheme, &usual);
	p->u.port = digits.n == 0 || (int)port == usual ? URL_NO_PORT : (int)port;
	return true;
}

static bool authority_state(struct parse *p)
{
	str authority = str_sub(p->rest, 0, until_slash(p));
	size_t colon;
	str host;

	p->rest = str_skip(p->rest, authority.n);
	if (!take_userinfo(p, &authority))
		return false;
	colon = port_colon(authority);
	host = str_sub(authority, 0, colon);
	if (host.n == 0 && (p->special || colon != STR_NONE))
		return false;
	if (!urlhost_parse(p->a, host, p->special, &p->u.host, &p->u.odd))
		return false;
	if (colon != STR_NONE && !set_port(p, str_skip(authority, colon + 1)))
		return false;
	return path_start_state(p);
}

/* Browsers take any number of slashes, of either kind. */
static bool special_authority_state(struct parse *p, size_t seen)
{
	while (take_slash(p))
		seen++;
	if (seen != 2)
		p->u.odd |= URL_ODD_SLASHES;
	return authority_state(p);
}

static void copy_authority(struct parse *p)
{
	p->u.username = p->base->username;
	p->u.password = p->base->password;
	p->u.host = p->base->host;
	p->u.port = p->base->port;
}

static void copy_query(struct parse *p)
{
	p->u.has_query = p->base->has_query;
	p->u.query = p->base->query;
}

/* What follows once authority, path and query of the base have been copied. */
static bool relative_rest(struct parse *p)
{
	if (p->rest.n && front(p) == '?')
		return query_state(p);
	if (!p->rest.n || front(p) == '#') {
		copy_query(p);
		return query_state(p);
	}
	if (p->file && starts_with_drive(p->rest))
		p->u.pieces.part.n = 0;
	else
		shorten(p);
	return path_state(p);
}

static bool relative_state(struct parse *p)
{
	set_scheme(p, p->base->scheme);
	if (take_slash(p)) {
		if (p->rest.n && is_slash(p, front(p))) {
			take_slash(p);
			return p->special ? special_authority_state(p, 2) : authority_state(p);
		}
		copy_authority(p);
		return path_state(p);
	}
	copy_authority(p);
	copy_path(p);
	return relative_rest(p);
}

static bool file_host_state(struct parse *p)
{
	str host = str_sub(p->rest, 0, until_slash(p));

	if (drive_letter(host, false))
		return path_state(p);
	p->rest = str_skip(p->rest, host.n);
	if (host.n && !urlhost_parse(p->a, host, true, &p->u.host, &p->u.odd))
		return false;
	if (str_eq(p->u.host.text, STR("localhost")))
		p->u.host = (struct urlhost){ .kind = URLHOST_EMPTY, .text = STR("") };
	return path_start_state(p);
}

static bool file_state(struct parse *p)
{
	const struct url *base = p->base && str_eq(p->base->scheme, STR("file")) ? p->base : NULL;

	set_scheme(p, STR("file"));
	p->u.host = (struct urlhost){ .kind = URLHOST_EMPTY, .text = STR("") };
	if (take_slash(p)) {
		if (take_slash(p))
			return file_host_state(p);
		if (base) {
			p->u.host = base->host;
			if (!starts_with_drive(p->rest) && base->pieces.part.n &&
			    drive_letter(base->pieces.part.v[0], true))
				push_segment(p, base->pieces.part.v[0]);
		}
		return path_state(p);
	}
	if (!base)
		return path_state(p);
	p->u.host = base->host;
	copy_path(p);
	return relative_rest(p);
}

static bool no_scheme_state(struct parse *p)
{
	if (!p->base || (p->base->opaque && front(p) != '#'))
		return false;
	if (p->base->opaque) {
		set_scheme(p, p->base->scheme);
		p->u.opaque = true;
		p->u.path = p->base->path;
		copy_query(p);
		return query_state(p);
	}
	return str_eq(p->base->scheme, STR("file")) ? file_state(p) : relative_state(p);
}

/* Lower case, or empty: there is none. */
static str take_scheme(struct parse *p)
{
	struct strbuf b;
	size_t n = 0;

	if (!p->rest.n || !str_is_alpha(p->rest.p[0]))
		return STR_NULL;
	while (n < p->rest.n && (str_is_alnum(p->rest.p[n]) || p->rest.p[n] == '+' ||
				 p->rest.p[n] == '-' || p->rest.p[n] == '.'))
		n++;
	if (n == p->rest.n || p->rest.p[n] != ':')
		return STR_NULL;
	b = strbuf_make(p->a, n);
	for (size_t i = 0; i < n; i++)
		strbuf_char(&b, str_lower_char(p->rest.p[i]));
	p->rest = str_skip(p->rest, n + 1);
	return strbuf_str(&b);
}

static bool scheme_state(struct parse *p)
{
	str scheme = take_scheme(p);

	if (!scheme.n)
		return no_scheme_state(p);
	set_scheme(p, scheme);
	if (p->file)
		return file_state(p);
	if (p->special && p->base && str_eq(p->base->scheme, scheme) &&
	    !str_starts(p->rest, STR("//"))) {
		p->u.odd |= URL_ODD_SLASHES;
		return relative_state(p);
	}
	if (p->special)
		return special_authority_state(p, 0);
	if (!take_slash(p))
		return opaque_path_state(p);
	return take_slash(p) ? authority_state(p) : path_state(p);
}

/* ASCII without what is taken out. */
static bool is_plain(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x80 || c == '\t' || c == '\n' || c == '\r')
			return false;
	}
	return true;
}

/* Controls and blanks at the ends, tabs and line ends anywhere fall away. In a long path
 * they come from careless wrapping and hide nothing. */
static str cleaned(struct arena *a, str in, uint32_t *odd)
{
	struct strbuf b;
	unsigned slashes = 0;

	while (in.n && (unsigned char)in.p[0] <= ' ')
		in = str_skip(in, 1);
	while (in.n && (unsigned char)in.p[in.n - 1] <= ' ')
		in.n--;
	if (is_plain(in))
		return in;
	b = strbuf_make(a, in.n * 3);
	for (size_t i = 0; i < in.n;) {
		uint32_t cp;
		size_t n = utf8_next(str_skip(in, i), &cp);

		if (n == 1 && (cp == '\t' || cp == '\n' || cp == '\r'))
			*odd |= slashes <= 2 ? URL_ODD_BLANKS : 0;
		else
			strbuf_put(&b, n ? str_sub(in, i, i + n) : STR("\xef\xbf\xbd"));
		if (slashes <= 2)
			slashes += in.p[i] == '/' || in.p[i] == '\\' ? 1 : in.p[i] == '?' ? 3 : 0;
		i += n ? n : 1;
	}
	return strbuf_str(&b);
}

static void put_authority(struct strbuf *b, const struct url *u)
{
	strbuf_put(b, STR("//"));
	strbuf_put(b, u->username);
	if (u->password.n) {
		strbuf_char(b, ':');
		strbuf_put(b, u->password);
	}
	if (u->username.n || u->password.n)
		strbuf_char(b, '@');
	strbuf_put(b, u->host.text);
	if (u->port != URL_NO_PORT) {
		strbuf_char(b, ':');
		strbuf_int(b, u->port);
	}
}

static void serialise(struct arena *a, struct url *u)
{
	struct strbuf b = strbuf_make(a, SIZE_MAX / 2);
	size_t path_at;

	strbuf_put(&b, u->scheme);
	strbuf_char(&b, ':');
	if (u->host.kind != URLHOST_NONE)
		put_authority(&b, u);
	else if (!u->opaque && u->pieces.part.n > 1 && u->pieces.part.v[0].n == 0)
		strbuf_put(&b, STR("/.")); /* else "//x" would be read as a host */
	path_at = b.n;
	if (u->opaque)
		strbuf_put(&b, u->path);
	for (size_t i = 0; i < u->pieces.part.n; i++) {
		strbuf_char(&b, '/');
		strbuf_put(&b, u->pieces.part.v[i]);
	}
	u->path.n = b.n - path_at;
	if (u->has_query) {
		strbuf_char(&b, '?');
		strbuf_put(&b, u->query);
	}
	if (u->has_fragment) {
		strbuf_char(&b, '#');
		strbuf_put(&b, u->fragment);
	}
	u->href = strbuf_str(&b);
	u->path = str_sub(u->href, path_at, path_at + u->path.n);
}

bool url_parse(struct arena *a, str in, const struct url *base, struct url *ret)
{
	struct parse p = { .a = a, .base = base, .u = { .port = URL_NO_PORT } };

	p.rest = cleaned(a, in, &p.u.odd);
	if (!scheme_state(&p))
		return false;
	serialise(a, &p.u);
	*ret = p.u;
	return true;
}
