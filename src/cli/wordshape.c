#include "cli/wordshape.h"

static char class_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return 'A';
	if (str_is_digit(c))
		return '9';
	if (str_is_alnum(c) || (unsigned char)c >= 0x7f)
		return 'a';
	return (unsigned char)c < ' ' && c != '\n' ? ' ' : c;
}

static bool is_of_word(char class)
{
	return class == 'A' || class == 'a' || class == '9';
}

void wordshape_put(struct strbuf *out, str text, size_t max)
{
	size_t n = text.n < max ? text.n : max, length = 0;
	char last = '\n';

	for (size_t i = 0; i < n; i++) {
		char class = class_of(text.p[i]);

		if (!is_of_word(class))
			length = 0;
		else if (class == last || ++length > WORDSHAPE_WORD)
			continue;
		strbuf_char(out, class);
		last = class;
	}
}
