#include "conf/rowwords.h"

#include <errno.h>

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

static str name_of(str row)
{
	return rowwords_next(&row);
}

int rowwords_check(const char *key, const struct conf_strings *rows, size_t max, struct why *why)
{
	if (rows->n > max)
		return why_set(why, -EINVAL, "%s: found %zu rows, expected at most %zu", key,
			       rows->n, max);
	for (size_t i = 0; i < rows->n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (str_eq(name_of(rows->v[i]), name_of(rows->v[k])))
				return why_set(why, -EINVAL, "%s: two rows have the name %.*s", key,
					       STR_ARG(name_of(rows->v[i])));
		}
	}
	return 0;
}
