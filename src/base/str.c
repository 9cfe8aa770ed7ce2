#include "base/str.h"

bool str_eq(str a, str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_caseeq(str a, str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (str_lower_char(a.p[i]) != str_lower_char(b.p[i]))
			return false;
	}
	return true;
}

int str_cmp(str a, str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n ? memcmp(a.p, b.p, n) : 0;

	return r ? r : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(str s, str prefix)
{
	return s.n >= prefix.n && str_eq(str_of(s.p, prefix.n), prefix);
}

bool str_casestarts(str s, str prefix)
{
	return s.n >= prefix.n && str_caseeq(str_of(s.p, prefix.n), prefix);
}

bool str_ends(str s, str suffix)
{
	return s.n >= suffix.n && str_eq(str_skip(s, s.n - suffix.n), suffix);
}

bool str_caseends(str s, str suffix)
{
	return s.n >= suffix.n && str_caseeq(str_skip(s, s.n - suffix.n), suffix);
}

size_t str_find(str s, str needle)
{
	const char *hit;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return STR_NONE;
	hit = memmem(s.p, s.n, needle.p, needle.n);
	return hit ? (size_t)(hit - s.p) : STR_NONE;
}

/* A place in the needle that is looked for first: one that is no letter is found fast and,
 * in the long texts that we search, seldom. */
static size_t anchor_of(str needle)
{
	for (size_t i = 0; i < needle.n; i++) {
		if (!str_is_alnum(needle.p[i]))
			return i;
	}
	return 0;
}

/* The next place from i on where c stands, in either case; s.n when there is none. */
static size_t next_of(str s, size_t i, char c)
{
	const char *hit;

	if (!str_is_alpha(c)) {
		hit = i < s.n ? memchr(s.p + i, c, s.n - i) : NULL;
		return hit ? (size_t)(hit - s.p) : s.n;
	}
	while (i < s.n && str_lower_char(s.p[i]) != c)
		i++;
	return i;
}

/* Needles are short words of our own, so the product of lengths stays linear in s. */
size_t str_casefind(str s, str needle)
{
	size_t anchor = anchor_of(needle);
	char c;

	if (needle.n == 0)
		return 0;
	if (needle.n > s.n)
		return STR_NONE;
	c = str_lower_char(needle.p[anchor]);
	for (size_t i = next_of(s, anchor, c); i < s.n; i = next_of(s, i + 1, c)) {
		size_t at = i - anchor;

		if (needle.n > s.n - at)
			break;
		if (str_caseeq(str_of(s.p + at, needle.n), needle))
			return at;
	}
	return STR_NONE;
}

size_t str_chr(str s, char c)
{
	const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;

	return hit ? (size_t)(hit - s.p) : STR_NONE;
}

size_t str_rchr(str s, char c)
{
	const char *hit = s.n ? memrchr(s.p, c, s.n) : NULL;

	return hit ? (size_t)(hit - s.p) : STR_NONE;
}

str str_sub(str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return str_of(s.p ? s.p + from : NULL, to - from);
}

str str_skip(str s, size_t n)
{
	return str_sub(s, n, s.n);
}

str str_trim(str s)
{
	while (s.n && str_is_space(s.p[0]))
		s = str_skip(s, 1);
	while (s.n && str_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool str_split(str *rest, char sep, str *ret_head)
{
	size_t at;

	if (!rest->p)
		return false;
	at = str_chr(*rest, sep);
	if (at == STR_NONE) {
		*ret_head = *rest;
		*rest = STR_NULL;
		return true;
	}
	*ret_head = str_sub(*rest, 0, at);
	*rest = str_skip(*rest, at + 1);
	return true;
}
