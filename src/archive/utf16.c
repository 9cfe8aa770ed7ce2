#include "archive/utf16.h"

#include "base/strbuf.h"
#include "base/utf8.h"

static void put(struct strbuf *b, uint32_t unit)
{
	strbuf_char(b, (char)unit);
	strbuf_char(b, (char)(unit >> 8));
}

str utf16_of(struct arena *a, str utf8)
{
	struct strbuf b = strbuf_make(a, (size_t)UTF16_BYTES_MAX * 2);

	utf8 = str_sub(utf8, 0, UTF16_BYTES_MAX);
	while (utf8.n) {
		uint32_t cp = 0;
		size_t n = utf8_next(utf8, &cp);

		if (!n)
			cp = (unsigned char)utf8.p[0];
		if (cp >= 0x10000) {
			put(&b, 0xd800 + ((cp - 0x10000) >> 10));
			put(&b, 0xdc00 + ((cp - 0x10000) & 0x3ff));
		} else {
			put(&b, cp);
		}
		utf8 = str_skip(utf8, n ? n : 1);
	}
	return strbuf_str(&b);
}
