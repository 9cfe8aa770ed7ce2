#include "url/urlcode.h"

#include "base/num.h"

/* What each set adds to the controls and the bytes above "~". */
static const char *const extra[] = {
	[URLCODE_C0] = "",
	[URLCODE_FRAGMENT] = " \"<>`",
	[URLCODE_QUERY] = " \"#<>",
	[URLCODE_SPECIAL_QUERY] = " \"#<>'",
	[URLCODE_PATH] = " \"#<>?^`{}",
	[URLCODE_USERINFO] = " \"#<>?^`{}/:;=@[\\]|",
};

static bool must_encode(enum urlcode_set set, unsigned char c)
{
	return c <= 0x1f || c > 0x7e || strchr(extra[set], c);
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
