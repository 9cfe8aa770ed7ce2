#include "auth/spfmacro.h"

enum { ALL_LABELS = 1000 }; /* more than a name can have */

/* One piece of a macro-string: literal bytes, or a macro. */
struct piece {
	str literal; /* p == NULL: a macro */
	char letter;
	bool reverse;
	size_t keep; /* right-hand parts to keep */
	str delimiters;
};

/*
 * macro-expand = ( "%{" macro-letter transformers *delimiter "}" ) / "%%" / "%_" / "%-"
 * transformers = *DIGIT [ "r" ]
 * delimiter    = "." / "-" / "+" / "," / "/" / "_" / "="        (RFC 7208 7.1)
 */
static bool read_braces(str inside, struct piece *ret)
{
	struct piece p = { .keep = ALL_LABELS, .delimiters = STR(".") };
	size_t at = 1, number = 0;

	if (inside.n == 0 || str_chr(STR("slodiphcrtv"), str_lower_char(inside.p[0])) == STR_NONE)
		return false;
	p.letter = inside.p[0];
	for (; at < inside.n && str_is_digit(inside.p[at]); at++)
		if (number < ALL_LABELS)
			number = number * 10 + (size_t)(inside.p[at] - '0');
	if (at > 1) {
		if (number == 0)
			return false;
		p.keep = number;
	}
	if (at < inside.n && str_lower_char(inside.p[at]) == 'r') {
		p.reverse = true;
		at++;
	}
	if (at < inside.n)
		p.delimiters = str_skip(inside, at);
	for (size_t i = 0; i < p.delimiters.n; i++)
		if (str_chr(STR(".-+,/_="), p.delimiters.p[i]) == STR_NONE)
			return false;
	*ret = p;
	return true;
}

static bool read_percent(str *rest, struct piece *ret)
{
	size_t end;

	if (rest->n < 2)
		return false;
	if (rest->p[1] == '{') {
		end = str_chr(*rest, '}');
		if (end == STR_NONE || !read_braces(str_sub(*rest, 2, end), ret))
			return false;
		*rest = str_skip(*rest, end + 1);
		return true;
	}
	switch (rest->p[1]) {
	case '%':
		ret->literal = STR("%");
		break;
	case '_':
		ret->literal = STR(" ");
		break;
	case '-':
		ret->literal = STR("%20");
		break;
	default:
		return false;
	}
	*rest = str_skip(*rest, 2);
	return true;
}

/* macro-literal = %x21-24 / %x26-7E */
static size_t literal_length(str s, bool spaces)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '%' &&
	       ((s.p[n] > 0x20 && s.p[n] < 0x7f) || (spaces && s.p[n] == ' ')))
		n++;
	return n;
}

/* Takes the next piece off a non-empty rest. */
static bool next_piece(str *rest, bool spaces, struct piece *ret)
{
	size_t n;

	*ret = (struct piece){ 0 };
	if (rest->p[0] == '%')
		return read_percent(rest, ret);
	n = literal_length(*rest, spaces);
	ret->literal = str_sub(*rest, 0, n);
	*rest = str_skip(*rest, n);
	return n > 0;
}

bool spfmacro_string_valid(str s, bool is_explanation)
{
	struct piece p;

	while (s.n) {
		if (!next_piece(&s, is_explanation, &p))
			return false;
		if (!p.literal.p && !is_explanation &&
		    str_chr(STR("crt"), str_lower_char(p.letter)) != STR_NONE)
			return false;
	}
	return true;
}

/* toplabel = ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum ) */
static bool is_toplabel(str s)
{
	bool digits_only = true;

	if (s.n == 0 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
		digits_only = digits_only && str_is_digit(s.p[i]);
	}
	return !digits_only;
}

static bool ends_in_macro(str s)
{
	bool macro = false;

	while (s.n) {
		struct piece p;

		macro = s.p[0] == '%';
		if (!next_piece(&s, false, &p))
			return false;
	}
	return macro;
}

/*
 * domain-spec = macro-string domain-end
 * domain-end  = ( "." toplabel [ "." ] ) / macro-expand
 */
bool spfmacro_domain_spec_valid(str spec)
{
	size_t dot;

	if (spec.n == 0 || !spfmacro_string_valid(spec, false))
		return false;
	if (ends_in_macro(spec))
		return true;
	if (str_ends(spec, STR(".")))
		spec.n--;
	dot = str_rchr(spec, '.');
	return dot != STR_NONE && is_toplabel(str_skip(spec, dot + 1));
}

/* The dotted form of the address that %{i} stands for (RFC 7208 7.3). */
static str dotted(struct arena *a, struct ip ip)
{
	struct strbuf b = strbuf_make(a, 64);

	for (size_t i = 0; i < ip.n; i++) {
		if (i)
			strbuf_char(&b, '.');
		if (ip.n == IP_V4)
			strbuf_fmt(&b, "%u", ip.bytes[i]);
		else
			strbuf_fmt(&b, "%X.%X", (unsigned)ip.bytes[i] >> 4, ip.bytes[i] & 15U);
	}
	return strbuf_str(&b);
}

static str readable(struct arena *a, struct ip ip)
{
	struct strbuf b = strbuf_make(a, IP_TEXT_MAX);

	ip_put(&b, ip);
	return strbuf_str(&b);
}

static str sender(struct arena *a, const struct spfmacro_env *env)
{
	struct strbuf b = strbuf_make(a, env->local.n + 1 + env->sender_domain.n);

	strbuf_put(&b, env->local);
	strbuf_char(&b, '@');
	strbuf_put(&b, env->sender_domain);
	return strbuf_str(&b);
}

static str letter_value(struct arena *a, const struct spfmacro_env *env, char letter)
{
	switch (str_lower_char(letter)) {
	case 's':
		return sender(a, env);
	case 'l':
		return env->local;
	case 'o':
		return env->sender_domain;
	case 'd':
		return env->domain;
	case 'i':
		return dotted(a, env->ip);
	case 'p':
		return env->validated_name(env->ctx, env->domain);
	case 'h':
		return env->helo;
	case 'c':
		return readable(a, env->ip);
	case 'r':
		return env->receiver;
	case 't':
		return arena_fmt(a, "%lld", (long long)env->wall);
	default:
		return env->ip.n == IP_V6 ? STR("ip6") : STR("in-addr");
	}
}

struct parts {
	ARENA_VEC(str) list;
};

static void split(struct arena *a, str value, str delimiters, struct parts *ret)
{
	size_t start = 0;

	for (size_t i = 0; i <= value.n; i++) {
		if (i < value.n && str_chr(delimiters, value.p[i]) == STR_NONE)
			continue;
		*arena_push(a, &ret->list) = str_sub(value, start, i);
		start = i + 1;
	}
}

/* Upper-case letters: what is not unreserved (RFC 3986 2.3) is percent-encoded. */
static void put_part(struct strbuf *out, str part, bool encode)
{
	if (!encode) {
		strbuf_put(out, part);
		return;
	}
	for (size_t i = 0; i < part.n; i++) {
		char c = part.p[i];

		if (str_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~')
			strbuf_char(out, c);
		else
			strbuf_fmt(out, "%%%02X", (unsigned char)c);
	}
}

static void put_macro(struct arena *a, const struct spfmacro_env *env, const struct piece *p,
		      struct strbuf *out)
{
	bool encode = p->letter >= 'A' && p->letter <= 'Z';
	struct parts parts = { 0 };
	size_t first;

	split(a, letter_value(a, env, p->letter), p->delimiters, &parts);
	first = parts.list.n > p->keep ? parts.list.n - p->keep : 0;
	for (size_t i = first; i < parts.list.n; i++) {
		/* Reversed first, then cut to the right-hand parts. */
		size_t at = p->reverse ? parts.list.n - 1 - i : i;

		if (i > first)
			strbuf_char(out, '.');
		put_part(out, parts.list.v[at], encode);
	}
}

bool spfmacro_expand(struct arena *a, const struct spfmacro_env *env, str s, size_t max, str *ret)
{
	struct strbuf out = strbuf_make(a, max);
	struct piece p;

	while (s.n && !out.overflow) {
		if (!next_piece(&s, true, &p))
			return false;
		if (p.literal.p)
			strbuf_put(&out, p.literal);
		else
			put_macro(a, env, &p, &out);
	}
	if (out.overflow)
		return false;
	*ret = out.n ? strbuf_str(&out) : STR("");
	return true;
}
