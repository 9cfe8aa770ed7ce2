#include "base/strbuf.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

struct strbuf strbuf_make(struct arena *a, size_t max)
{
	return (struct strbuf){ .arena = a, .max = max };
}

static bool reserve(struct strbuf *b, size_t more)
{
	size_t need, cap;
	char *grown;

	if (b->overflow || more > b->max || b->n > b->max - more) {
		b->overflow = true;
		return false;
	}
	need = b->n + more;
	if (need <= b->cap)
		return true;
	cap = b->cap ? b->cap * 2 : 256;
	if (cap < need)
		cap = need;
	if (cap > b->max)
		cap = b->max;
	grown = arena_alloc(b->arena, cap);
	if (b->n)
		memcpy(grown, b->p, b->n);
	b->p = grown;
	b->cap = cap;
	return true;
}

void strbuf_reserve(struct strbuf *b, size_t more)
{
	size_t left = b->max - b->n;

	if (!b->overflow)
		(void)reserve(b, more < left ? more : left); /* cannot overflow */
}

void strbuf_put(struct strbuf *b, str s)
{
	if (!reserve(b, s.n) || s.n == 0)
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void strbuf_char(struct strbuf *b, char c)
{
	if (reserve(b, 1))
		b->p[b->n++] = c;
}

void strbuf_le(struct strbuf *b, uint64_t v, size_t bytes)
{
	char out[8];

	for (size_t i = 0; i < bytes; i++)
		out[i] = (char)(v >> (8 * i));
	strbuf_put(b, str_of(out, bytes));
}

void strbuf_utf8(struct strbuf *b, uint32_t cp)
{
	char out[4];

	strbuf_put(b, str_of(out, utf8_encode(cp, out)));
}

void strbuf_int(struct strbuf *b, int64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

	do
		digits[--at] = (char)('0' + left % 10);
	while (left /= 10);
	if (n < 0)
		digits[--at] = '-';
	strbuf_put(b, str_of(digits + at, sizeof(digits) - at));
}

void strbuf_fmt(struct strbuf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	bug_if(n < 0);
	if ((size_t)n < sizeof(small)) {
		strbuf_put(b, str_of(small, (size_t)n));
		return;
	}
	if (!reserve(b, (size_t)n))
		return;
	char *tmp = arena_alloc(b->arena, (size_t)n + 1);

	va_start(ap, fmt);
	vsnprintf(tmp, (size_t)n + 1, fmt, ap);
	va_end(ap);
	strbuf_put(b, str_of(tmp, (size_t)n));
}

static void json_char(struct strbuf *b, str raw)
{
	unsigned char c = (unsigned char)raw.p[0];

	switch (c) {
	case '"':
		strbuf_put(b, STR("\\\""));
		break;
	case '\\':
		strbuf_put(b, STR("\\\\"));
		break;
	case '\n':
		strbuf_put(b, STR("\\n"));
		break;
	case '\r':
		strbuf_put(b, STR("\\r"));
		break;
	case '\t':
		strbuf_put(b, STR("\\t"));
		break;
	default:
		if (c < 0x20 || c == 0x7f)
			strbuf_fmt(b, "\\u%04x", c);
		else
			strbuf_put(b, raw);
	}
}

/* How many bytes at the start of s stand in JSON as they are. */
static size_t plain_run(str s)
{
	size_t i = 0;

	while (i < s.n && (unsigned char)s.p[i] >= 0x20 && (unsigned char)s.p[i] < 0x7f &&
	       s.p[i] != '"' && s.p[i] != '\\')
		i++;
	return i;
}

void strbuf_json(struct strbuf *b, str s)
{
	strbuf_char(b, '"');
	for (;;) {
		size_t n = plain_run(s);
		uint32_t cp;

		strbuf_put(b, str_sub(s, 0, n));
		s = str_skip(s, n);
		if (s.n == 0)
			break;
		n = utf8_next(s, &cp);
		if (n == 0) {
			strbuf_put(b, STR("\xef\xbf\xbd"));
			n = 1;
		} else {
			json_char(b, str_of(s.p, n));
		}
		s = str_skip(s, n);
	}
	strbuf_char(b, '"');
}

void strbuf_printable(struct strbuf *b, str s)
{
	while (s.n) {
		uint32_t cp;
		size_t n = utf8_next(s, &cp);

		if (n == 0 || cp < 0x20 || (cp >= 0x7f && cp < 0xa0)) {
			strbuf_fmt(b, "\\x%02x", (unsigned char)s.p[0]);
			n = n ? n : 1;
			for (size_t i = 1; i < n; i++)
				strbuf_fmt(b, "\\x%02x", (unsigned char)s.p[i]);
		} else {
			strbuf_put(b, str_of(s.p, n));
		}
		s = str_skip(s, n);
	}
}

void strbuf_clear(struct strbuf *b)
{
	b->n = 0;
	b->overflow = false;
}
