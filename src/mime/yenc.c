#include "mime/yenc.h"

static str line_of(str text)
{
	size_t lf = str_chr(text, '\n');

	return str_sub(text, 0, lf == STR_NONE ? text.n : lf + 1);
}

bool yenc_begins(str text, str *ret_name)
{
	str line = line_of(text);
	size_t name;

	if (!str_starts(line, STR("=ybegin ")))
		return false;
	name = str_find(line, STR("name="));
	if (name == STR_NONE)
		return false;
	*ret_name = str_trim(str_skip(line, name + 5));
	return true;
}

static void put_line(struct strbuf *out, str line)
{
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];

		if (c == '\r' || c == '\n')
			continue;
		if (c == '=' && i + 1 < line.n)
			c = (unsigned char)(line.p[++i] - 64);
		strbuf_char(out, (char)(c - 42));
	}
}

size_t yenc_decode(struct strbuf *out, str text)
{
	str rest = text;

	while (rest.n) {
		str line = line_of(rest);

		rest = str_skip(rest, line.n);
		if (str_starts(line, STR("=yend")))
			break;
		if (!str_starts(line, STR("=ybegin ")) && !str_starts(line, STR("=ypart ")))
			put_line(out, line);
	}
	return text.n - rest.n;
}
