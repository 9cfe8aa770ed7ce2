/* base/strbuf.h - a growing buffer that is created with its maximum.
 *
 * Memory   in the caller's arena; the result of strbuf_str borrows from it and is
 *          valid until the next put.
 * Limits   max bytes, then a sticky overflow flag: later puts change nothing, so
 *          a caller may check once, at the end.
 * Threads  one at a time.
 * Errors   cannot fail but for overflow.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/arena.h"

struct strbuf {
	struct arena *arena;
	char *p;
	size_t n, cap, max;
	bool overflow;
};

struct strbuf strbuf_make(struct arena *a, size_t max);
/* Takes memory for that many bytes more at once, as far as max allows: only a saving. */
void strbuf_reserve(struct strbuf *b, size_t more);
void strbuf_put(struct strbuf *b, str s);
void strbuf_char(struct strbuf *b, char c);
void strbuf_int(struct strbuf *b, int64_t n);
/* The low bytes (1 to 8) of v, little-endian. */
void strbuf_le(struct strbuf *b, uint64_t v, size_t bytes);
/* One character as UTF-8 (RFC 3629), what is none as U+FFFD. */
void strbuf_utf8(struct strbuf *b, uint32_t cp);
void strbuf_fmt(struct strbuf *b, const char *fmt, ...) printf_like(2, 3);
/* Text as a JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
void strbuf_json(struct strbuf *b, str s);
/* Hostile text for a terminal or a log: control bytes and invalid UTF-8 as \xHH. */
void strbuf_printable(struct strbuf *b, str s);
/* Keeps the memory, forgets the bytes and the overflow. */
void strbuf_clear(struct strbuf *b);

static inline str strbuf_str(const struct strbuf *b)
{
	return str_of(b->p, b->n);
}

#endif
