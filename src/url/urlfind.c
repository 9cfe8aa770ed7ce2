#include "url/urlfind.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "url/urldefang.h"
#include "url/urlhost.h"
#include "url/urlorg.h"

/* Schemes that are made clickable wherever they stand; the first ones need a slash. */
static const struct {
	str name;
	bool slash;
} schemes[] = {
	{ STR("http:"), true },	   { STR("https:"), true }, { STR("ftp:"), true },
	{ STR("mailto:"), false }, { STR("file:"), true },
};

/* Top-level domains that are also endings of files: no link without a path. */
static const str file_endings[] = {
	STR("zip"), STR("mov"), STR("md"), STR("py"), STR("sh"), STR("pl"),  STR("rs"),
	STR("ps"),  STR("so"),	STR("ai"), STR("cc"), STR("mm"), STR("pub"), STR("bat"),
};

struct urlfind urlfind_make(struct arena *a, str text)
{
	return (struct urlfind){ .arena = a, .rest = text };
}

/* Zero width, soft hyphen, marks of direction, variation selectors. */
static bool invisible(uint32_t cp)
{
	return cp == 0xad || cp == 0x34f || cp == 0x61c || (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
	       (cp >= 0xfe00 && cp <= 0xfe0f) || cp == 0x180e;
}

enum { BLANK = 1, PERHAPS_BLANK = 2, DOT = 4 };

/* What a byte may be; the loop over all of the text looks at most of it only here. */
static unsigned kind_of(unsigned char c)
{
	if (c <= ' ' || c == '<' || c == '>' || c == '"' || c == 0x7f)
		return BLANK;
	if (c < 0x80)
		return c == '.' || c == ':' ? DOT : 0;
	if (c == 0xc2 || c == 0xe2)
		return PERHAPS_BLANK;
	return c == 0xe3 ? PERHAPS_BLANK | DOT : c > 0xe3 ? DOT : 0; /* wide dots */
}

/* Length of a blank or quotation mark beyond ASCII, or 0. */
static size_t wide_blank(str s)
{
	uint32_t cp;
	size_t n = utf8_next(s, &cp);
	bool blank = cp == 0xa0 || cp == 0xab || cp == 0xbb || (cp >= 0x2000 && cp <= 0x200a) ||
		     cp == 0x201c || cp == 0x201d || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
		     cp == 0x205f || cp == 0x3000;

	return n && blank ? n : 0;
}

/* The next piece without blanks that holds something like a dot or colon. */
static bool next_token(struct urlfind *f)
{
	size_t i = 0, start = 0;
	bool promising = false;

	while (i < f->rest.n) {
		unsigned kind = kind_of((unsigned char)f->rest.p[i]);
		size_t n = kind == BLANK;

		if (kind & PERHAPS_BLANK)
			n = wide_blank(str_skip(f->rest, i));
		if (n && promising)
			break;
		promising |= (kind & DOT) && !n;
		i += n ? n : 1;
		if (n)
			start = i;
	}
	if (!promising)
		return false;
	f->turned = urlfind_turns(str_sub(f->rest, start, i));
	f->defanged = urldefang(f->arena, str_sub(f->rest, start, i), &f->token);
	f->rest = str_skip(f->rest, i);
	return true;
}

static size_t count(str s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

/* Brackets that were closed more often than opened. */
static size_t surplus(str s, char close)
{
	char open = (char)(close == ')' ? '(' : close == ']' ? '[' : '{');
	size_t opened = count(s, open), closed = count(s, close);

	return closed > opened ? closed - opened : 0;
}

/* Length of a curved quotation mark, an ellipsis or something invisible at the end, or 0. */
static size_t wide_end(str s)
{
	str last = str_skip(s, s.n > 3 ? s.n - 3 : 0);
	uint32_t cp;

	if (last.n < 3 || utf8_next(last, &cp) != 3)
		return 0;
	return cp == 0x2019 || cp == 0x2026 || invisible(cp) ? 3 : 0;
}

/* Punctuation at the end belongs to the sentence; a bracket too, unless it was opened. */
static str trim_end(str s)
{
	static const char brackets[] = ")]}";
	size_t left[] = { STR_NONE, STR_NONE, STR_NONE };

	while (s.n) {
		char c = s.p[s.n - 1];
		const char *bracket = strchr(brackets, c ? c : 'x');

		if (bracket) {
			size_t *n = &left[bracket - brackets];

			if (*n == STR_NONE)
				*n = surplus(s, c);
			if ((*n)-- == 0)
				break;
		} else if ((unsigned char)c >= 0x80 && wide_end(s)) {
			s.n -= 2;
		} else if (!strchr(".,;:!?'*_~|`", c ? c : 'x')) {
			break;
		}
		s.n--;
	}
	return s;
}

static str trim_start(str s)
{
	while (s.n && strchr("([{'*_~|`,;:.!?-=", s.p[0] ? s.p[0] : 'x'))
		s = str_skip(s, 1);
	return s;
}

/* Two links written together: the second begins behind a separator. */
static size_t next_link(str s)
{
	for (size_t i = 1; i + 1 < s.n; i++) {
		if (strchr(",;|)]", s.p[i] ? s.p[i] : 'x') &&
		    (str_casestarts(str_skip(s, i + 1), STR("http://")) ||
		     str_casestarts(str_skip(s, i + 1), STR("https://"))))
			return i;
	}
	return s.n;
}

/* Where a link with a known scheme begins in a token. */
static bool find_scheme(str token, size_t *ret_at)
{
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] != ':')
			continue;
		for (size_t k = 0; k < ARRAY_LEN(schemes); k++) {
			str before = str_sub(token, 0, i + 1), name = schemes[k].name;
			char after = i + 1 < token.n ? token.p[i + 1] : '\0';

			if (!str_caseends(before, name) ||
			    (schemes[k].slash ? after != '/' && after != '\\'
					      : !str_is_alnum(after)))
				continue;
			*ret_at = i + 1 - name.n;
			if (*ret_at == 0 || !str_is_alnum(token.p[*ret_at - 1]))
				return true;
		}
	}
	return false;
}

static str host_of(str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '/' && s.p[n] != '\\' && s.p[n] != '?' && s.p[n] != '#' &&
	       s.p[n] != ':')
		n++;
	return str_sub(s, 0, n);
}

static bool name_character(char c)
{
	return str_is_alnum(c) || c == '-' || c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

static bool upper_in(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			return true;
	}
	return false;
}

/* What browsers take for a full stop: U+3002, U+FF0E, U+FF61. */
static bool wide_dot(str s)
{
	return str_starts(s, STR("\xe3\x80\x82")) || str_starts(s, STR("\xef\xbc\x8e")) ||
	       str_starts(s, STR("\xef\xbd\xa1"));
}

/* "fin.La suite" and "rapport.md" are no links: the name ends in a lower-case top-level
 * domain that is no ending of files, or a path follows. */
static bool likely_name(str host, bool path)
{
	size_t dot = str_rchr(host, '.');
	str last = str_skip(host, dot + 1);

	if (dot == STR_NONE || dot < (path ? 1 : 2) || last.n < 2 || upper_in(last))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(file_endings) && !path; i++) {
		if (str_eq(last, file_endings[i]))
			return false;
	}
	return str_find(host, STR("..")) == STR_NONE;
}

/* With the dots of other scripts as full stops. */
static str plain_dots(struct arena *a, str s)
{
	struct strbuf b = strbuf_make(a, s.n);

	for (size_t i = 0; i < s.n; i++) {
		if (wide_dot(str_skip(s, i))) {
			strbuf_char(&b, '.');
			i += 2;
		} else {
			strbuf_char(&b, s.p[i]);
		}
	}
	return strbuf_str(&b);
}

static bool bare_name(struct urlfind *f, str s)
{
	str host = host_of(s);
	bool path = host.n < s.n && s.p[host.n] == '/';

	if (host.n < 4 || host.n > URLORG_MAX || f->names >= URLFIND_MAX_NAMES)
		return false;
	for (size_t i = 0; i < host.n; i++) {
		if (!name_character(host.p[i]))
			return false;
	}
	if (!urlhost_ascii(host))
		host = plain_dots(f->arena, host);
	if (f->defanged)
		return str_chr(host, '.') != STR_NONE;
	return likely_name(host, path) && ++f->names && urlorg_known_tld(host);
}

static bool make_link(struct urlfind *f, str text, str prefix, struct urlfind_link *ret)
{
	ret->text = str_sub(text, 0, URLFIND_MAX);
	while (ret->text.n < text.n && ret->text.n &&
	       ((unsigned char)text.p[ret->text.n] & 0xc0) == 0x80)
		ret->text.n--;
	ret->url = ret->text;
	if (prefix.n)
		ret->url = arena_fmt(f->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(ret->text));
	return true;
}

/* The first link of the token, which is cut to what stands behind it. */
static bool link_in_token(struct urlfind *f, struct urlfind_link *ret)
{
	str token = f->token, text;
	size_t at;

	f->token = STR_NULL;
	ret->bare = false;
	ret->defanged = f->defanged;
	ret->turned = f->turned;
	if (find_scheme(token, &at)) {
		text = str_skip(token, at);
		text.n = next_link(text);
		f->token = str_skip(token, at + text.n);
		return make_link(f, trim_end(text), STR(""), ret);
	}
	text = trim_end(trim_start(token));
	if (str_casestarts(text, STR("www.")) && text.n > 4)
		return make_link(f, text, STR("http://"), ret);
	if (str_chr(host_of(text), '@') != STR_NONE || !bare_name(f, text))
		return false;
	ret->bare = true;
	return make_link(f, text, STR("http://"), ret);
}

bool urlfind_next(struct urlfind *f, struct urlfind_link *ret)
{
	do {
		if (f->token.n && link_in_token(f, ret))
			return true;
	} while (next_token(f));
	return false;
}

bool urlfind_whole(struct arena *a, str text, struct urlfind_link *ret)
{
	struct urlfind f = urlfind_make(a, str_trim(text));

	if (!urlfind_next(&f, ret))
		return false;
	return ret->text.n + 2 >= str_trim(text).n; /* a bracket or a stop beside it */
}

str urlfind_visible(struct arena *a, str s)
{
	struct strbuf b = strbuf_make(a, s.n);
	size_t start = 0;

	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t n = (unsigned char)s.p[i] < 0x80 ? 1 : utf8_next(str_skip(s, i), &cp);

		if (n > 1 && invisible(cp)) {
			strbuf_put(&b, str_sub(s, start, i));
			start = i + n;
		}
		i += n ? n : 1;
	}
	if (start == 0)
		return s;
	strbuf_put(&b, str_skip(s, start));
	return strbuf_str(&b);
}

bool urlfind_turns(str s)
{
	for (size_t i = 0; i + 2 < s.n; i++) {
		uint32_t cp;

		if ((unsigned char)s.p[i] != 0xe2 || utf8_next(str_skip(s, i), &cp) != 3)
			continue;
		if (cp == 0x202a || cp == 0x202b || cp == 0x202d || cp == 0x202e || cp == 0x2066 ||
		    cp == 0x2067)
			return true;
	}
	return false;
}
