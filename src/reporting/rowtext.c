#include "reporting/rowtext.h"

#include "base/utf8.h"

static void put_clean(struct strbuf *b, str s)
{
	bool keep = utf8_valid(s);

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		strbuf_char(b, c < ' ' || c == 127 || (c > 127 && !keep) ? '?' : (char)c);
	}
}

void rowtext_put(struct strbuf *b, const char *key, str value)
{
	str name = str_c(key), kept = str_sub(value, 0, ROWTEXT_VALUE_MAX);

	if (kept.n == 0 || b->n + name.n + kept.n + 2 > ROWTEXT_MAX)
		return;
	if (b->n)
		strbuf_char(b, '\t');
	strbuf_put(b, name);
	strbuf_char(b, '=');
	put_clean(b, kept);
}

bool rowtext_next(str *rest, str *ret_key, str *ret_value)
{
	str field;

	while (str_split(rest, '\t', &field)) {
		if (!str_split(&field, '=', ret_key) || !field.p)
			continue;
		*ret_value = field;
		return true;
	}
	return false;
}
