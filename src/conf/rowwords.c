#include "conf/rowwords.h"

str rowwords_next(str *rest)
{
	str s = str_trim(*rest), word = str_sub(s, 0, str_chr(s, ' '));

	*rest = str_skip(s, word.n);
	return word;
}

bool rowwords_is_name(str s, size_t max)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
			return false;
	}
	return s.n > 0 && s.n <= max;
}
