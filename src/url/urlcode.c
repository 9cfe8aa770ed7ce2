#include "url/urlcode.h"

#include "base/num.h"

#define BIT(c) (1ull << ((c)&63))

/* What each set adds to the controls and the bytes above "~": characters below 64, the others. */
#define FRAGMENT_LOW (BIT(' ') | BIT('"') | BIT('<') | BIT('>'))
#define QUERY_LOW (FRAGMENT_LOW | BIT('#'))
#define PATH_HIGH (BIT('^') | BIT('`') | BIT('{') | BIT('}'))

static const struct {
	uint64_t low, high;
} extra[] = {
	[URLCODE_C0] = { 0, 0 },
	[URLCODE_FRAGMENT] = { FRAGMENT_LOW, BIT('`') },
	[URLCODE_QUERY] = { QUERY_LOW, 0 },
	[URLCODE_SPECIAL_QUERY] = { QUERY_LOW | BIT('\''), 0 },
	[URLCODE_PATH] = { QUERY_LOW | BIT('?'), PATH_HIGH },
	[URLCODE_USERINFO] = { QUERY_LOW | BIT('?') | BIT('/') | BIT(':') | BIT(';') | BIT('='),
			       PATH_HIGH | BIT('@') | BIT('[') | BIT('\\') | BIT(']') | BIT('|') },
};

static bool must_encode(enum urlcode_set set, unsigned char c)
{
	return c <= 0x1f || c > 0x7e || ((c < 64 ? extra[set].low : extra[set].high) & BIT(c));
}

bool urlcode_is_clean(enum urlcode_set set, str in)
{
	for (size_t i = 0; i < in.n; i++) {
		if (must_encode(set, (unsigned char)in.p[i]))
			return false;
	}
	return true;
}

void urlcode_encode(struct strbuf *out, enum urlcode_set set, str in)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t start = 0;

	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];

		if (!must_encode(set, c))
			continue;
		strbuf_put(out, str_sub(in, start, i));
		strbuf_put(out, str_of((char[]){ '%', hex[c >> 4], hex[c & 15] }, 3));
		start = i + 1;
	}
	strbuf_put(out, str_sub(in, start, in.n));
}

bool urlcode_escape_at(str s, size_t i)
{
	return i + 2 < s.n && s.p[i] == '%' && num_hex_digit(s.p[i + 1]) >= 0 &&
	       num_hex_digit(s.p[i + 2]) >= 0;
}

void urlcode_decode(struct strbuf *out, str in)
{
	for (size_t i = 0; i < in.n; i++) {
		if (urlcode_escape_at(in, i)) {
			strbuf_char(out, (char)(num_hex_digit(in.p[i + 1]) * 16 +
						num_hex_digit(in.p[i + 2])));
			i += 2;
		} else {
			strbuf_char(out, in.p[i]);
		}
	}
}
