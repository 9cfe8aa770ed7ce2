#include "records/recordstext.h"

#include "base/utf8.h"

enum { ARRAY_MAX = 4 << 20 }; /* 1000 addresses of 512 bytes, each byte escaped */

str recordstext_clean(struct arena *a, str s)
{
	struct strbuf b;

	if (utf8_valid(s) && str_chr(s, '\0') == STR_NONE)
		return s;
	b = strbuf_make(a, 4 * s.n);
	strbuf_printable(&b, s);
	return strbuf_str(&b);
}

str recordstext_array(struct arena *a, const str *v, size_t n)
{
	struct strbuf b = strbuf_make(a, ARRAY_MAX);

	strbuf_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			strbuf_char(&b, ',');
		strbuf_json(&b, v[i]);
	}
	strbuf_char(&b, ']');
	return b.overflow ? STR("[]") : strbuf_str(&b);
}
