#include "relay/maildirname.h"

#include "base/num.h"

static bool is_plain(char c, bool first)
{
	if (c == '.')
		return !first;
	return str_is_alnum(c) || c == '_' || c == '-' || c == '+' || c == '=' || c == '@';
}

bool maildirname_encode(str s, struct maildir_name *ret)
{
	static const char hex[] = "0123456789ABCDEF";
	struct maildir_name name = { { 0 } };
	size_t n = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (n + 3 > MAILDIRNAME_MAX)
			return false;
		if (is_plain(s.p[i], i == 0)) {
			name.text[n++] = s.p[i];
			continue;
		}
		name.text[n++] = '%';
		name.text[n++] = hex[c >> 4];
		name.text[n++] = hex[c & 15];
	}
	*ret = name;
	return true;
}

bool maildirname_decode(struct strbuf *out, str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		uint64_t byte;

		if (is_plain(c, i == 0)) {
			strbuf_char(out, c);
			continue;
		}
		if (c != '%' || i + 2 >= name.n || !num_hex(str_sub(name, i + 1, i + 3), &byte))
			return false;
		c = (char)byte;
		if (is_plain(c, i == 0))
			return false;
		strbuf_char(out, c);
		i += 2;
	}
	return name.n > 0 && !out->overflow;
}
