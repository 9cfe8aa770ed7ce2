/* base/str.h - a borrowed slice of bytes.
 *
 * Input    trusted or hostile; a str may hold any byte and is never NUL-terminated.
 * Memory   borrows: whoever made the bytes keeps them alive.
 * Limits   none of its own; every function is linear.
 * Threads  pure.
 * Errors   cannot fail; searches answer STR_NONE when nothing was found.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/defs.h"

#include <string.h>

typedef struct str {
	const char *p;
	size_t n;
} str;

#define STR(lit) ((str){ "" lit, sizeof(lit) - 1 })
#define STR_NONE ((size_t)-1)
#define STR_NULL ((str){ NULL, 0 })
/* For printf("%.*s", STR_ARG(s)) of text that is already known to be safe to print. */
#define STR_ARG(s) (int)(s).n, (s).p

static inline str str_of(const void *p, size_t n)
{
	return (str){ p, n };
}

/* From a NUL-terminated string of our own. NULL gives STR_NULL. */
static inline str str_c(const char *c)
{
	return (str){ c, c ? strlen(c) : 0 };
}

static inline bool str_empty(str s)
{
	return s.n == 0;
}

bool str_eq(str a, str b);
/* ASCII case only, as RFC 5234 strings compare. */
bool str_caseeq(str a, str b);
/* Order of bytes, as memcmp: <0, 0, >0. */
int str_cmp(str a, str b);
bool str_starts(str s, str prefix);
bool str_casestarts(str s, str prefix);
bool str_ends(str s, str suffix);
bool str_caseends(str s, str suffix);

/* Offset of the first (or last) such byte or substring, or STR_NONE. */
size_t str_find(str s, str needle);
size_t str_casefind(str s, str needle);
size_t str_chr(str s, char c);
size_t str_rchr(str s, char c);

/* The bytes [from, to), each end clamped into s. */
str str_sub(str s, size_t from, size_t to);
/* Without the first n bytes (or empty). */
str str_skip(str s, size_t n);
/* Without SP, HTAB, CR, LF at both ends. */
str str_trim(str s);

/* Cuts *rest at the first sep: puts what stands before it in *ret_head and leaves
 * the remainder in *rest. False once *rest is exhausted (p becomes NULL). */
bool str_split(str *rest, char sep, str *ret_head);

static inline char str_lower_char(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static inline bool str_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool str_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool str_is_alnum(char c)
{
	return str_is_alpha(c) || str_is_digit(c);
}

/* SP, HTAB, CR or LF. */
static inline bool str_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

#endif
