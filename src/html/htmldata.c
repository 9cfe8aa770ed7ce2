#include "html/htmldata.h"

#include "base/base64.h"
#include "base/num.h"
#include "base/utf8.h"

/* The value of n hexadecimal digits at s.p[at], or -1. */
static int32_t hex_at(str s, size_t at, size_t n)
{
	int32_t value = 0;

	if (at + n > s.n)
		return -1;
	for (size_t i = at; i < at + n; i++) {
		int digit = num_hex_digit(s.p[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

str htmldata_unescape(struct arena *a, str s)
{
	struct strbuf b = strbuf_make(a, s.n);

	strbuf_reserve(&b, s.n);
	for (size_t i = 0; i < s.n;) {
		bool wide = i + 1 < s.n && (s.p[i + 1] == 'u' || s.p[i + 1] == 'U');
		int32_t value = s.p[i] == '%' ? hex_at(s, i + 1 + wide, wide ? 4 : 2) : -1;

		if (value < 0) {
			strbuf_char(&b, s.p[i++]);
			continue;
		}
		if (wide)
			strbuf_utf8(&b, (uint32_t)value);
		else
			strbuf_char(&b, (char)value);
		i += wide ? 6 : 3;
	}
	return strbuf_str(&b);
}

bool htmldata_read(struct arena *a, str url, size_t max, str *ret_type, str *ret_bytes)
{
	size_t comma = str_chr(url, ','), end;
	str head, body;
	struct base64_seen seen;
	struct strbuf b;

	if (!str_casestarts(url, STR("data:")) || comma == STR_NONE || url.n - comma > 2 * max)
		return false;
	head = str_sub(url, 5, comma);
	body = htmldata_unescape(a, str_skip(url, comma + 1));
	end = str_chr(head, ';');
	*ret_type = str_trim(str_sub(head, 0, end == STR_NONE ? head.n : end));
	*ret_bytes = body;
	if (str_caseends(str_trim(head), STR("base64"))) {
		b = strbuf_make(a, max);
		base64_decode_lenient(&b, body, &seen);
		*ret_bytes = strbuf_str(&b);
	}
	return ret_bytes->n <= max;
}
